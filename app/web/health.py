"""What the operator's tools ask: is it alive, can it work, how is it doing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry
from redis.exceptions import RedisError

from app import queues, stopping
from app.models import (
    CallLog,
    DeadJob,
    Delivery,
    Heartbeat,
    Posting,
    PushMessage,
    Recording,
    Review,
    Subscription,
    database,
)
from app.models.base import TenantDocument
from app.pipeline import circuit
from app.pipeline.analytics.lately import lately
from app.runtime import Runtime
from app.states import CALL_ENDED, OUTREACH_WAITING
from app.web import request_figures
from app.web.here import runtime_here

blueprint = Blueprint("health", __name__)
READY = "ready"
_SILENT = timedelta(seconds=30)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers. Says nothing about what it depends on."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Each dependency by name with its state; 503 unless all are ready, or where this is to stop.

    An open circuit and a missing speech worker are told, and are no reason to send webhooks
    elsewhere.
    """
    if stopping.is_announced():
        return jsonify(ready=False, stopping=True), 503
    states = needed(runtime_here())
    ready = all(state == READY for state in states.values())
    circuits = _tried(_circuits)
    answer = jsonify(ready=ready, **states, speech=speech_state(), circuits=circuits)
    return answer, 200 if ready else 503


def needed(runtime: Runtime) -> dict[str, str]:
    """Each part that everything needs, by name: ``READY``, or what is wrong."""
    checks: dict[str, Callable[[], str]] = {
        "mongodb": _mongodb,
        "redis": lambda: _redis(runtime),
        "storage": lambda: _storage(runtime),
        "clock": lambda: _alive("clock"),
    }
    return {name: _tried(check) for name, check in checks.items()}


def speech_state() -> str:
    """The same of who hears recordings, without whom calls go on."""
    return _tried(lambda: _alive(queues.SPEECH))


@blueprint.get("/metrics")
def metrics() -> Response:
    """The ledger's figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Ledger(runtime_here()))
    text = generate_latest(registry) + request_figures.text()
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _tried(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the operator must read it here
        return f"failed: {type(error).__name__}"


def _mongodb() -> str:
    answer = database().command("hello")
    return "ready" if answer.get("isWritablePrimary") else "failed: no writable primary"


def _redis(runtime: Runtime) -> str:
    runtime.enqueuer.depth(queues.CALLS)
    return "ready"


def _storage(runtime: Runtime) -> str:
    runtime.storage.check()
    return "ready"


def _circuits() -> str:
    stopped = [
        f"{each.name} stopped since {each.opened_at:%H:%M}Z ({each.code}: {each.reason})"
        for each in circuit.standing()
        if each.state != "closed"
    ]
    return "; ".join(stopped) or "ready"


def _alive(name: str) -> str:
    seen = Heartbeat.objects(name=name).first()
    if seen is None:
        return f"failed: no {name} has run"
    silent = datetime.now(UTC) - seen.at
    return "ready" if silent < _SILENT else f"failed: silent for {silent.seconds} s"


class Ledger(Collector):
    """Figures counted in MongoDB and Redis when asked, so that every process gives the same."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> list[GaugeMetricFamily]:
        """All families; queue depths are left out while Redis is away."""
        return [
            *_counted(),
            self._depths(),
            _circuit_family(),
            _single(
                "delauto_strangers",
                "Calls whose attempt has a second call at the network",
                CallLog.across_tenants(__raw__={"strangers.0": {"$exists": True}})
                .hint("strangers_1")
                .count(),
            ),
            _single(
                "delauto_oldest_due_seconds",
                "How long the longest due call has been waiting",
                _oldest_due(),
            ),
            _single(
                "delauto_calls_unsettled",
                "Calls that ended and are not concluded",
                CallLog.across_tenants(status__in=sorted(CALL_ENDED), settled_at=None).count(),
            ),
            _single(
                "delauto_dead_jobs",
                "Work that a person must look at",
                DeadJob.across_tenants().count(),
            ),
            *_events(),
            *_pushes(),
            _single(
                "delauto_clock_silent_seconds",
                "Seconds since a clock was last seen",
                _silence("clock"),
            ),
            _single(
                "delauto_speech_silent_seconds",
                "Seconds since a speech worker was last seen",
                _silence(queues.SPEECH),
            ),
            *_last_heard(),
            *_of_late(),
        ]

    def _depths(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily("delauto_queue_depth", "Jobs waiting", labels=["queue"])
        for queue in queues.QUEUES:
            try:
                family.add_metric([queue], self._runtime.enqueuer.depth(queue))
            except RedisError:
                break
        return family


def _counted() -> list[GaugeMetricFamily]:
    family = GaugeMetricFamily
    return [
        _by(
            family("delauto_deliveries", "Deliveries by outreach state", labels=["state"]),
            Delivery,
            "outreach.state",
            index="outreach.state_1_outreach.next_attempt_at_1",
        ),
        _by(
            family("delauto_calls", "Calls by status", labels=["state"]),
            CallLog,
            "status",
            index="status_1_updatedAt_1",
        ),
        _by(
            family("delauto_recordings", "Recordings by stage", labels=["state"]),
            Recording,
            "stage",
            index="stage_1_updatedAt_1",
        ),
        _by(
            family("delauto_second_opinions", "Second opinions by outcome", labels=["outcome"]),
            Recording,
            "second_opinion.outcome",
            index="second_opinions",
            second_opinion__outcome__gte="",
        ),
        _by(
            family("delauto_reviews_open", "What waits for a person, by reason", labels=["reason"]),
            Review,
            "reason",
            index="open_by_reason",
            closed_at=None,
        ),
    ]


def _by(
    family: GaugeMetricFamily,
    model: type[TenantDocument],
    path: str,
    *,
    index: str,
    **where: Any,
) -> GaugeMetricFamily:
    """The family, with how many documents there are for each value of the field at ``path``.

    The index alone is read, no document: of millions it takes a second, and not minutes.
    """
    stages = [{"$project": {"_id": 0, path: 1}}, {"$group": {"_id": f"${path}", "n": {"$sum": 1}}}]
    for group in model.across_tenants(**where).aggregate(stages, hint=index):
        family.add_metric([str(group["_id"])], group["n"])
    return family


def _events() -> list[GaugeMetricFamily]:
    now = datetime.now(UTC)
    waiting = Posting.across_tenants(status="pending", next_at__lte=now).order_by("next_at")
    oldest = waiting.only("next_at").first()
    family = GaugeMetricFamily(
        "delauto_event_postings", "Events on their way to subscribers", labels=["status"]
    )
    for status in ("pending", "given_up"):
        family.add_metric([status], Posting.across_tenants(status=status).count())
    return [
        family,
        _single(
            "delauto_event_oldest_due_seconds",
            "How long the longest due event has been waiting to be sent",
            (now - oldest.next_at).total_seconds() if oldest else 0.0,
        ),
        _single(
            "delauto_webhook_subscriptions_disabled",
            "Subscriptions to which nothing is sent any more",
            Subscription.across_tenants(
                is_active=False, deleted_at=None, disabled_because__in=("failing", "gone")
            ).count(),
        ),
    ]


def _pushes() -> list[GaugeMetricFamily]:
    now = datetime.now(UTC)
    waiting = PushMessage.across_tenants(status="to_send").order_by("updated_at")
    oldest = waiting.only("updated_at").first()
    return [
        _by(
            GaugeMetricFamily(
                "delauto_pushes", "What agents were told, by what became of the push",
                labels=["status"],
            ),
            PushMessage,
            "status",
            index="status_1_updatedAt_1",
            status__gt="",
        ),
        _single(
            "delauto_push_oldest_waiting_seconds",
            "How long the push has been waiting that waits longest",
            (now - oldest.updated_at).total_seconds() if oldest else 0.0,
        ),
        _single(
            "delauto_agents_reminded",
            "Instructions about which agents were sent a text message besides",
            PushMessage.across_tenants(texted_at__gt=_LONG_AGO).count(),
        ),
    ]  # fmt: skip


def _circuit_family() -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "delauto_circuit_open", "1 while the network is not asked", labels=["circuit"]
    )
    known = {each.name: each.state != "closed" for each in circuit.standing()}
    for name in dict.fromkeys((circuit.CALLS, circuit.MESSAGES, *known)):
        family.add_metric([name], float(known.get(name, False)))
    return family


def _single(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _oldest_due() -> float:
    now = datetime.now(UTC)
    due = Delivery.across_tenants(
        outreach__state__in=OUTREACH_WAITING, outreach__next_attempt_at__lte=now
    )
    oldest = due.order_by("outreach.next_attempt_at").first()
    return (now - oldest.outreach.next_attempt_at).total_seconds() if oldest else 0.0


def _last_heard() -> list[GaugeMetricFamily]:
    """How the latest recording was heard; nothing before the first."""
    seen = Heartbeat.objects(name=queues.SPEECH, job_at__ne=None).first()
    if seen is None:
        return []
    return [
        _single("delauto_speech_last_job_time", "When, Unix time", seen.job_at.timestamp()),
        _single("delauto_speech_last_job_seconds", "How long it took", seen.job_seconds),
        _single("delauto_speech_last_audio_seconds", "How long it plays", seen.audio_seconds),
    ]


def _of_late() -> list[GaugeMetricFamily]:
    """The last quarter of an hour, as the clock and the drivers' messages measured it."""
    found = lately(datetime.now(UTC))
    ended = GaugeMetricFamily(
        "delauto_calls_ended_lately", "Calls that ended in 15 minutes, by status", labels=["status"]
    )
    for status, n in found.ended.items():
        ended.add_metric([status], n)
    return [
        ended,
        _single("delauto_told_lately", "How often drivers were told in 15 minutes", found.told),
        _single(
            "delauto_hang_up_to_told_mean_seconds", "From hang-up to the driver", found.mean_told
        ),
        _single(
            "delauto_hang_up_to_told_longest_seconds", "The longest of these", found.longest_told
        ),
    ]


def _silence(name: str) -> float:
    seen = Heartbeat.objects(name=name).first()
    return (datetime.now(UTC) - seen.at).total_seconds() if seen else float("inf")

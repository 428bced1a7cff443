"""How the system itself does, minute by minute: measured by the clock, read back as series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog
from mongoengine import NotUniqueError

from app.models import (
    DEFAULT_TENANT,
    INSTALLATION,
    CallLog,
    Delivery,
    Heartbeat,
    Review,
    SystemMetric,
    Tenant,
)
from app.states import CALL, CALL_ENDED, OUTREACH_WAITING

log = structlog.get_logger()
_MEASURED = "metrics"
_MINUTE = timedelta(minutes=1)
_LATELY = timedelta(minutes=15)
_LONGEST = timedelta(hours=3)
"""From a claim to the end of its call; who takes longer is not noticed."""
_UNDER_WAY = tuple(sorted(set(CALL.table) - CALL_ENDED))


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is measured."""

    unit: str
    label: str | None
    """What its series are told apart by."""
    meaning: str
    of_company: bool = True
    """Is it one company's, or the whole installation's?"""


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "queue_depth": Metric("jobs", "queue", "Jobs that wait on a queue", of_company=False),
        "speech_job_time": Metric(
            "s", None, "How long the last recording took to hear", of_company=False
        ),
        "speech_audio_time": Metric("s", None, "How long that recording plays", of_company=False),
        "recordings_missing": Metric(
            "recordings", None, "What was not ours of yesterday's recordings", of_company=False
        ),
        "calls_under_way": Metric("calls", "status", "Calls that are not over"),
        "calls_ended": Metric("calls", "status", "Calls that ended within a minute"),
        "call_success_rate": Metric(
            "percentage", None, "Calls that a person answered, of those of the last 15 minutes"
        ),
        "deliveries_due": Metric("deliveries", None, "Deliveries whose next call is due"),
        "reviews_open": Metric("reviews", None, "What waits for a person"),
        "hang_up_to_told": Metric("s", "outcome", "From hang-up until the driver was told"),
    }
)
"""Everything that ``system_metrics`` holds, by its name."""


def measure(depths: Mapping[str, int], *, now: datetime) -> int:
    """Measure everything, once a minute however many clocks ask; returns how many were kept.

    ``depths`` are those of the queues, as far as they are known. What happened within a minute is
    of the last full one.
    """
    minute = now.replace(second=0, microsecond=0)
    if not _my_turn(minute):
        return 0
    found = [
        _noted(INSTALLATION, "queue_depth", depth, minute, queue=queue)
        for queue, depth in depths.items()
    ]
    found += _speech(minute)
    for tenant_id in sorted({DEFAULT_TENANT, *Tenant.across_tenants().scalar("tenant_id")}):
        found += _company(tenant_id, minute)
    if found:
        SystemMetric.objects.insert(found, load_bulk=False)
    return len(found)


def _my_turn(minute: datetime) -> bool:
    try:
        Heartbeat.objects(name=_MEASURED, at__lt=minute).modify(upsert=True, set__at=minute)
    except NotUniqueError:
        return False
    return True


def _noted(whose: str, metric: str, value: float, at: datetime, **labels: str) -> SystemMetric:
    return SystemMetric.noted(whose, metric, value, unit=METRICS[metric].unit, at=at, **labels)


def _speech(minute: datetime) -> Iterator[SystemMetric]:
    """What was heard within the minute, if anything was."""
    since = minute - _MINUTE
    seen = Heartbeat.objects(name="speech", job_at__gte=since, job_at__lt=minute).first()
    if seen is not None:
        yield _noted(INSTALLATION, "speech_job_time", seen.job_seconds, minute)
        yield _noted(INSTALLATION, "speech_audio_time", seen.audio_seconds, minute)


def _company(tenant_id: str, minute: datetime) -> Iterator[SystemMetric]:
    """One company's, at this minute; nothing where nothing goes on."""
    under_way = Counter(CallLog.of(tenant_id, in_flight=True).scalar("status"))
    for status in _UNDER_WAY if under_way else ():
        yield _noted(tenant_id, "calls_under_way", under_way.get(status, 0), minute, status=status)
    ended = list(_ended(tenant_id, minute))
    last = Counter(each.status for each in ended if each.end_time >= minute - _MINUTE)
    for status, n in last.items():
        yield _noted(tenant_id, "calls_ended", n, minute, status=status)
    if ended:
        yield _noted(tenant_id, "call_success_rate", _percentage(ended), minute)
    due = Delivery.of(
        tenant_id,
        outreach__state__in=OUTREACH_WAITING,
        outreach__next_attempt_at__lte=minute,
    ).count()
    waiting = Review.of(tenant_id, closed_at=None).count()
    if under_way or ended or due or waiting:
        yield _noted(tenant_id, "deliveries_due", due, minute)
        yield _noted(tenant_id, "reviews_open", waiting, minute)


def _ended(tenant_id: str, minute: datetime) -> Iterable[CallLog]:
    found: Iterable[CallLog] = CallLog.of(
        tenant_id,
        claimed_at__gte=minute - _LONGEST,
        end_time__gte=minute - _LATELY,
        end_time__lt=minute,
    ).only("status", "answered_by", "end_time")
    return found


def _percentage(ended: list[CallLog]) -> float:
    answered = [
        each for each in ended if each.status == "completed" and each.answered_by != "machine"
    ]
    return 100 * len(answered) / len(ended)

"""Operations: how work goes, what failed for good, and having that tried again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from bson import ObjectId
from redis.exceptions import RedisError

import migrations
from app import queues
from app.errors import PermanentError
from app.models import DeadJob, database
from app.pipeline import circuit, dead_jobs, installation
from app.pipeline.dead_jobs import NoDeadJobError
from app.queues import WakeUp
from app.rules.permissions import Permission
from app.saying import Saying
from app.web import health
from app.web.api.asking import Ask, Reply
from app.web.api.listing import Order, page_of
from app.web.api.operating_shapes import (
    BackupOut,
    CircuitOut,
    DeadJobOut,
    DeadJobPage,
    DeadJobsAsked,
    Discarded,
    InstallationOut,
    MigrationsOut,
    OperationsOut,
    PartOut,
    PartsOut,
    QueueOut,
    RetentionOut,
    RetriedOut,
    WaitingOut,
    WorkerOut,
)
from app.web.api.operations import Resource
from app.web.api.problems import Problem, not_found

resource = Resource("Operations", "How work goes, and what failed for good.")
READ, WRITE = Permission.OPERATIONS_READ, Permission.OPERATIONS_WRITE
_ONE = "/dead-jobs/<id:dead_job_id>"
_ORDERS = {"-last": Order("last_at", descending=True), "last": Order("last_at")}
Result = TypeVar("Result")


@resource.get("/operations", may=READ, answer=OperationsOut)
def read_operations(ask: Ask) -> OperationsOut:
    """Read how work goes.

    What of the company stands still, and whether the network is asked for calls. The company
    ``default`` is told of the installation as well: queues, workers, signs of life, the last
    retention and backup, and migrations that have not run.
    """
    whole = installation.is_told_all(ask.tenant_id)
    return OperationsOut(
        at=ask.now,
        own=_own(ask),
        circuits=[_circuit(name, whole=whole) for name in (circuit.CALLS, circuit.MESSAGES)],
        installation=_installation(ask) if whole else None,
    )


@resource.get("/operations/parts", may=READ, answer=PartsOut)
def read_parts(ask: Ask) -> PartsOut:
    """Ask each part that everything rests on whether it works.

    For the company ``default`` alone. It may take some seconds where a part does not answer.
    """
    if not installation.is_told_all(ask.tenant_id):
        says = Saying("The installation is told to its operator's company alone.")
        raise Problem("forbidden", says, mend=Saying("Ask whoever runs this installation."))
    states = {**health.needed(ask.runtime), "speech": health.speech_state()}
    parts = [
        PartOut(name=name, ready=state == health.READY, says=state)
        for name, state in states.items()
    ]
    return PartsOut(at=ask.now, parts=parts)


@resource.get("/dead-jobs", may=READ, answer=DeadJobPage)
def list_dead_jobs(ask: Ask, query: DeadJobsAsked) -> DeadJobPage:
    """List work that failed for good, or too often."""
    page = page_of(
        DeadJob, ask.tenant_id, query, where=dead_jobs.chosen(job=query.job),
        order=_ORDERS[query.sort], show=lambda found: _shown(ask.tenant_id, found),
        page=DeadJobPage,
    )  # fmt: skip
    return DeadJobPage.model_validate(page)


@resource.post("/dead-jobs/retry", may=WRITE, status=200, answer=RetriedOut)
def retry_dead_jobs(ask: Ask) -> Reply:
    """Have all tried again.

    A hundred at once, the one that failed last first; those that are being tried already are left
    out. What works goes off the list.
    """
    found = dead_jobs.to_retry(ask.tenant_id, most=dead_jobs.MOST_AT_ONCE + 1)
    wake: list[WakeUp] = []
    refused = 0
    for each in found[: dead_jobs.MOST_AT_ONCE]:
        try:
            wake.append(_retried(ask, each))
        except PermanentError:
            refused += 1
    done = RetriedOut(retried=len(wake), refused=refused, more=len(found) > dead_jobs.MOST_AT_ONCE)
    return Reply(done, wake=tuple(wake))


@resource.post(f"{_ONE}/retry", may=WRITE, status=200, answer=DeadJobOut)
def retry_dead_job(ask: Ask, dead_job_id: ObjectId) -> Reply:
    """Have one tried again.

    A recording that was given up is fetched, or heard, anew. Safe to repeat. Once it works, the job
    is not on the list any more.
    """
    found = _found(lambda: dead_jobs.find(ask.tenant_id, dead_job_id))
    wake = _retried(ask, found)
    (shown,) = _shown(ask.tenant_id, [dead_jobs.find(ask.tenant_id, dead_job_id)])
    return Reply(shown, wake=(wake,))


@resource.post(f"{_ONE}/discard", may=WRITE, status=204)
def discard_dead_job(ask: Ask, body: Discarded, dead_job_id: ObjectId) -> Reply:
    """Put one away.

    Nobody needs to look at it any more; the audit log keeps the reason.
    """
    found = _found(lambda: dead_jobs.find(ask.tenant_id, dead_job_id))
    (before,) = _shown(ask.tenant_id, [found])
    dead_jobs.discard(found)
    detail = {"job": found.job, "document_id": str(found.document_id), "reason": body.reason}
    ask.note("job.discarded", "dead_job", dead_job_id, before=before, detail=detail)
    return Reply()


def _retried(ask: Ask, found: DeadJob) -> WakeUp:
    if found.job not in queues.JOBS:
        raise PermanentError(Saying("this version knows no such job: discard it"))
    dead_jobs.retry(found, by=ask.caller.actor.label, now=ask.now)
    detail = {"job": found.job, "document_id": str(found.document_id)}
    ask.note("job.retried", "dead_job", found.pk, detail=detail)
    return WakeUp(queues.JOBS[found.job], found.document_id, first=True)


def _found(look: Callable[[], Result]) -> Result:
    try:
        return look()
    except NoDeadJobError:
        raise not_found(Saying("There is no such dead job.")) from None


def _shown(tenant_id: str, found: Sequence[DeadJob]) -> list[DeadJobOut]:
    about = dead_jobs.about(tenant_id, found)
    shown = []
    for each in found:
        what = about.get(each.document_id)
        delivery_id = str(what.delivery_id) if what and what.delivery_id else None
        shown.append(
            DeadJobOut.model_construct(
                id=str(each.pk),
                job=each.job,
                about=what.kind if what else None,
                delivery_id=delivery_id,
                error=each.error,
                first_at=each.first_at,
                last_at=each.last_at,
                tries=each.tries,
                retried_at=each.retried_at,
                retried_by=each.retried_by,
            )
        )
    return shown


def _own(ask: Ask) -> WaitingOut:
    found = installation.waiting(ask.tenant_id, now=ask.now)
    disabled = [
        {
            "id": str(each.pk),
            "description": each.description or "",
            "disabled_at": each.disabled_at,
            "disabled_because": each.disabled_because,
        }
        for each in found.webhooks_disabled
    ]
    numbers = {name: getattr(found, name) for name in WaitingOut.model_fields}
    return WaitingOut.model_validate({**numbers, "webhooks_disabled": disabled})


def _circuit(name: str, *, whole: bool) -> CircuitOut:
    found = next((each for each in circuit.standing() if each.name == name), None)
    if found is None or found.state == "closed":
        return CircuitOut.model_validate({"name": name, "state": "closed"})
    held = found.code == circuit.HELD
    return CircuitOut.model_validate(
        {
            "name": name,
            "state": found.state,
            "opened_at": found.opened_at,
            "by_hand": held,
            "next_try_at": None if held else found.probe_at,
            "code": found.code if whole and not held else None,
            "reason": found.reason if whole else None,
        }
    )


def _installation(ask: Ask) -> InstallationOut:
    signs = installation.signs()
    try:
        standing = ask.runtime.waker.standing()
    except RedisError:
        standing = None
    return InstallationOut(
        queues=[QueueOut.model_validate(each) for each in standing.queues] if standing else None,
        workers=[WorkerOut.model_validate(each) for each in standing.workers] if standing else None,
        clock_at=signs.clock_at,
        speech_at=signs.speech_at,
        heard_at=signs.heard_at,
        heard_seconds=signs.heard_seconds,
        audio_seconds=signs.audio_seconds,
        dead_jobs=signs.dead_jobs,
        retention=RetentionOut.model_validate(signs.retention) if signs.retention else None,
        backup=BackupOut.model_validate(signs.backup) if signs.backup else None,
        migrations=_migrations(),
    )


@lru_cache(maxsize=1)
def _known() -> dict[int, str]:
    return {each.number: f"{each.number:04} {each.name}" for each in migrations.known()}


def _migrations() -> MigrationsOut:
    done = migrations.applied(database())
    known = _known()
    newest = max(done, default=None)
    return MigrationsOut(
        newest=known.get(newest, f"{newest:04}") if newest is not None else None,
        pending=[name for number, name in known.items() if number not in done],
    )

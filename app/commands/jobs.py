"""`delauto jobs`: work that failed for good, for who has no page open at three in the morning."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from bson import ObjectId

from app import queues
from app.commands.company import of_tenant
from app.commands.surroundings import database, operator, plainly
from app.errors import PermanentError
from app.models import DeadJob
from app.pipeline import dead_jobs
from app.pipeline.audit import audited, record
from app.queues import WakeUp
from app.rules.audit_actions import Action
from app.runtime import Runtime


@click.group()
def jobs() -> None:
    """Work that was given up after many tries, and waits for somebody to look."""


@jobs.command("list")
@of_tenant
@plainly
def list_jobs(tenant_id: str) -> None:
    """Print them, the one that failed last first: id, job, what it was about, and why."""
    with database(tenant_id):
        found = list(DeadJob.of(tenant_id).order_by("-last_at").limit(1000))
        about = dead_jobs.about(tenant_id, found)
        for each in found:
            what = about.get(each.document_id)
            said = f"{what.kind} {each.document_id}" if what else f"{each.document_id}, gone"
            again = "  tried again" if each.retried_at else ""
            click.echo(
                f"{each.pk}  {each.last_at:%Y-%m-%d %H:%M}Z  {each.job} of {said}  "
                f"{each.tries} time(s){again}\n  {each.error}"
            )
        if not found:
            click.echo("no work has failed for good")


@jobs.command()
@click.argument("job_ids", nargs=-1, metavar="[ID]...")
@of_tenant
@plainly
def retry(job_ids: tuple[str, ...], tenant_id: str) -> None:
    """Have these tried again, or all that were not yet. What works goes off the list."""
    with database(tenant_id) as settings:
        named = [_found(tenant_id, each) for each in job_ids]
        wake, refused = [], 0
        for each in named or dead_jobs.to_retry(tenant_id, most=1000):
            try:
                wake.append(_retried(tenant_id, each))
            except PermanentError as error:
                refused += 1
                click.echo(f"{each.pk} was not: {error}", err=True)
        Runtime(settings).waker.enqueue_all(tuple(wake))
        click.echo(f"{len(wake)} tried again" + (f", {refused} refused" if refused else ""))


@jobs.command()
@click.argument("job_id", metavar="ID")
@click.option("--why", required=True, help="For the audit log; no names in it.")
@of_tenant
@plainly
def discard(job_id: str, why: str, tenant_id: str) -> None:
    """Put one away: nobody needs to look at it any more."""
    with database(tenant_id):
        found = _found(tenant_id, job_id)

        def both() -> None:
            dead_jobs.discard(found)
            _note(found, Action.JOB_DISCARDED, reason=why)

        audited(tenant_id, both)
        click.echo(f"{found.job} of {found.document_id} is put away")


def _found(tenant_id: str, job_id: str) -> DeadJob:
    if not ObjectId.is_valid(job_id):
        raise PermanentError(f"{job_id} is no id: `delauto jobs list` prints them")
    return dead_jobs.find(tenant_id, ObjectId(job_id))


def _retried(tenant_id: str, dead: DeadJob) -> WakeUp:
    if dead.job not in queues.JOBS:
        raise PermanentError("this version knows no such job: discard it")

    def both() -> None:
        dead_jobs.retry(dead, by=operator().label, now=datetime.now(UTC))
        _note(dead, Action.JOB_RETRIED)

    audited(tenant_id, both)
    return WakeUp(queues.JOBS[dead.job], dead.document_id, first=True)


def _note(dead: DeadJob, action: Action, **more: str) -> None:
    detail = {"job": dead.job, "document_id": str(dead.document_id), **more}
    record(
        dead.tenant_id, operator(), action, "dead_job", dead.pk,
        now=datetime.now(UTC), detail=detail,
    )  # fmt: skip

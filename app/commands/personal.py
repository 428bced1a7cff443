"""Commands about one person's data: give it, erase it, and look whether anything is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

import migrations
from app import models
from app.commands.surroundings import database, operator, plainly
from app.config import E164
from app.errors import PermanentError
from app.pipeline import audit
from app.pipeline.erase import erase as erase_number
from app.pipeline.export_person import export as export_number
from app.pipeline.held import held
from app.pipeline.traces import Scanner, Traces
from app.rules.audit_actions import Action
from app.runtime import Runtime

_PIECE = 1 << 20


def _number(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not E164.fullmatch(value):
        raise click.BadParameter("must be like +14155550123")
    return value


_phone = click.option(
    "--phone", "number", required=True, callback=_number, help="As +14155550123."
)  # fmt: skip
_logs = click.option(
    "--log", "logs", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file to look through as well; repeat it.",
)  # fmt: skip
_words = click.option("--word", "words", multiple=True, help="To look for as well; repeat it.")


@click.command("export")
@_phone
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@plainly
def export_person(number: str, file: Path) -> None:
    """Write all that is kept about a number to FILE, a zip of JSON and audio."""
    now = datetime.now(UTC)
    with database() as found:
        try:
            counts = export_number(number, file, Runtime(found).storage, now=now)
        except OSError as error:
            raise PermanentError(f"{file}: {error.strerror}") from None
        _audit(number, Action.DATA_EXPORTED, now)
    for name, count in sorted(counts.items()):
        click.echo(f"{count} {name}")
    click.echo(f"written to {file}" if counts else f"nothing is kept; {file} says so")


@click.command("erase")
@_phone
@click.option("--verify", is_flag=True, help="Only look whether anything is left.")
@_logs
@_words
@plainly
def erase_person(number: str, verify: bool, logs: tuple[Path, ...], words: tuple[str, ...]) -> None:
    """Erase all that is kept about a number: here, in the storage and at the network.

    Then look through everything for what is left, and exit with status 1 where there is something.
    The wish not to be called is kept, as a digest. Backups that are older keep what they hold.
    """
    now = datetime.now(UTC)
    with database() as found:
        if migrations.pending(models.database()):
            raise PermanentError("migrations have not run: `delauto migrate up` first")
        runtime = Runtime(found)
        if not verify:
            _audit(number, Action.DATA_ERASED, now)
            ids = held(number).all_ids
            proof = erase_number(
                number, runtime.bucket, runtime.copies, by=operator().label, now=now
            )
            jobs = runtime.enqueuer.forget(ids)
            for name, count in sorted({**proof.gone, "jobs": jobs}.items()):
                click.echo(f"{count} {name}" if count else f"no {name}")
            if not any(proof.gone.values()):
                click.echo("nothing was kept about this number: is it the right one?")
            click.echo(f"proof: {proof.pk} in the collection erasures")
        traces = _looked(number, words, logs, runtime)
    for line in _report(traces):
        click.echo(line)
    if traces.found:
        raise SystemExit(1)


def _audit(number: str, action: Action, now: datetime) -> None:
    """For each company that keeps something about the number, before it is done."""
    digest = models.numbers.key().digest(number).hex()
    companies = {
        each["tenant_id"]
        for documents in held(number).documents.values()
        for each in documents
        if "tenant_id" in each
    }
    for tenant_id in sorted(companies):
        audit.record(tenant_id, operator(), action, "number", digest, now=now)


def _looked(
    number: str, words: tuple[str, ...], logs: tuple[Path, ...], runtime: Runtime
) -> Traces:
    scanner = Scanner(number, words)
    scanner.database()
    scanner.bucket(runtime.bucket)
    for value in runtime.enqueuer.everything():
        scanner.pieces("Redis", [value])
    for log in logs:
        scanner.pieces(f"file {log}", _pieces(log))
    return scanner.traces


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _report(traces: Traces) -> Iterator[str]:
    for where, count in sorted(traces.looked_at.items()):
        left = traces.found.get(where, 0)
        yield f"{where}: {left or 'nothing'} found in {count}"
    yield "something is left" if traces.found else "nothing is left"

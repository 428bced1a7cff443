"""What is wrong, what of the company it stops, and what to do about it; the gravest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import url_for

from app.web.api.operating_shapes import CircuitOut, InstallationOut, OperationsOut, PartsOut
from app.web.words import gettext as _
from app.web.words import moment_of, time_of

_SILENT = timedelta(seconds=30)
_OLD_BACKUP = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, as whoever is woken by it has to know it."""

    what: str
    """What does not happen while it lasts, and why."""
    mend: str
    """What to do, and what becomes of what waits."""
    command: str = ""
    """To be typed where the installation runs."""
    at: str = ""
    """The address where more is told of it."""


def silent(at: datetime | None) -> bool:
    """Was this sign of life left too long ago, or never?"""
    return at is None or datetime.now(UTC) - at > _SILENT


def old_backup(at: datetime | None) -> bool:
    """Was this backup taken too long ago, or never?"""
    return at is None or datetime.now(UTC) - at > _OLD_BACKUP


def troubles(now: OperationsOut) -> list[Trouble]:
    """All that is wrong, as far as this company is told of it."""
    whole = now.installation
    return [
        *(_at_a_stand(whole) if whole else ()),
        *(_stopped(each, told_all=whole is not None)
          for each in now.circuits if each.state != "closed"),
        *_own(now),
        *(_later(whole) if whole else ()),
    ]  # fmt: skip


def of_parts(parts: PartsOut) -> list[Trouble]:
    """What is wrong with those parts of which ``troubles`` says nothing."""
    says = {
        "mongodb": Trouble(
            _("Nothing new is kept: the database (MongoDB) takes no writes."),
            _("Look at its replica set: it has no primary. Work goes on once it has one."),
        ),
        "storage": Trouble(
            _("Recordings can be neither kept nor played: their storage (S3) does not answer."),
            _(
                "Look whether it runs, and whether its address and keys are right. Calls go on, "
                "and their recordings are fetched later."
            ),
        ),
    }
    return [says[each.name] for each in parts.parts if not each.ready and each.name in says]


def _at_a_stand(whole: InstallationOut) -> Iterator[Trouble]:
    """Processes without which no work is done."""
    again = _("Start it again: what waits is done then.")
    if whole.queues is None or whole.workers is None:
        yield Trouble(
            _("Nothing is called, heard or sent: the queues (Redis) do not answer."),
            _("Look whether Redis runs where REDIS_URL points. Nothing is lost: work goes on "
              "by itself then."),
            at="#queues-title",
        )  # fmt: skip
    if silent(whole.clock_at):
        yield Trouble(
            _("Nobody is called: the clock stands still."), again, "delauto clock", "#signs-title"
        )
    idle = {
        "calls": _("Nobody is called: no worker for calls runs."),
        "answers": _("Drivers hear nothing of what customers say: no worker for answers runs."),
        "webhooks": _("Other systems are told nothing: no worker for webhooks runs."),
    }
    served = {queue for each in whole.workers or () for queue in each.queues}
    for queue, what in idle.items():
        if whole.workers is not None and queue not in served:
            yield Trouble(what, again, f"delauto worker {queue}", "#queues-title")
    if silent(whole.speech_at):
        yield Trouble(
            _("Recordings are not heard: speech recognition stands still."),
            again,
            "delauto worker speech",
            "#signs-title",
        )


def _stopped(circuit: CircuitOut, *, told_all: bool) -> Trouble:
    calls = circuit.name == "calls"
    what = _("No calls go out.") if calls else _("No text messages go out.")
    if circuit.by_hand:
        why = _("Somebody stopped them by hand.")
        mend = _("Ask who did it, and why; then let them go on.")
    else:
        why = _("The telephone network refuses them.")
        mend = _("Mend what this command names; then let them go on.")
    if circuit.opened_at:
        why += " " + _("That was at %(time)s.", time=moment_of(circuit.opened_at))
    if circuit.next_try_at:
        mend += " " + _("A single try goes out at %(time)s.", time=time_of(circuit.next_try_at))
    if not told_all:
        return Trouble(what, f"{why} {_('Ask whoever runs this installation.')}", at="#own-title")
    command = f"delauto circuit close {circuit.name}" if circuit.by_hand else "delauto circuit show"
    return Trouble(what, f"{why} {mend}", command, "#own-title")


def _own(now: OperationsOut) -> Iterator[Trouble]:
    if now.own.dead_jobs:
        yield Trouble(
            _("Some work kept failing and was given up."),
            _("Read below why. Try it again; what nobody needs any more, discard."),
            at="#dead-title",
        )
    if now.own.webhooks_disabled:
        yield Trouble(
            _("A system of yours is told nothing any more: its webhook was stopped."),
            _("Check its address, and switch it on again."),
            at=url_for("settings.webhooks"),
        )


def _later(whole: InstallationOut) -> Iterator[Trouble]:
    """What stops nothing today."""
    if whole.migrations.pending:
        yield Trouble(
            _("The database is older than this program: some things may fail."),
            _("Stop every process, update the database, and start them again."),
            "delauto migrate up",
            "#signs-title",
        )
    if whole.retention and whole.retention.failed:
        yield Trouble(
            _("Old personal data was not deleted."),
            _("It is tried again by itself. If it still fails tomorrow, look whether the storage "
              "and the telephone network can be reached."),
            at="#signs-title",
        )  # fmt: skip
    if old_backup(whole.backup.at if whole.backup else None):
        yield Trouble(
            _("There is no backup of the last two days: a broken disk would take them along.")
            if whole.backup
            else _("There is no backup: a broken disk would take everything along."),
            _("Make one now, and see to it that one is made every night."),
            "delauto backup FOLDER",
            "#signs-title",
        )

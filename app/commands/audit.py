"""`delauto audit`: who did what, and whether the log of it is whole."""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from typing import Any

import click

from app.commands.surroundings import database, moment, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT, Agent, AuditEntry
from app.pipeline import audit_chain
from app.pipeline.audit_chain import Checked, Head
from app.pipeline.audit_search import MOST, Found, Wanted, search
from app.rules.audit_actions import Action


@click.group()
def audit() -> None:
    """See who did what, and whether that record is whole."""


class _Place(click.ParamType[Head]):
    name = "SEQUENCE:HASH"

    def convert(self, value: Any, param: Any, ctx: Any) -> Head:
        try:
            return Head.read(value)
        except ValueError:
            self.fail(
                "must be a place as `delauto audit head` and the clock's log say it, like "
                "5123:9f86d081… with all 64 letters of the hash",
                param,
                ctx,
            )


@audit.command()
@click.option("--tenant", "tenant_id", help="One company; all of them unless given.")
@click.option(
    "--since-hash", "since", type=_Place(),
    help="A head from the clock's log or `audit head`: that entry must still be there, and the "
    "walk begins behind it.",
)  # fmt: skip
@plainly
def verify(tenant_id: str | None, since: Head | None) -> None:
    """Walk the log's chain of hashes, and say where it breaks first. Exit status 1 then.

    A log whose end was cut off is whole in itself: only --since-hash finds that.
    """
    if since is not None and tenant_id is None:
        raise PermanentError("--since-hash is a place in one company's log: give --tenant as well")
    whole = True
    with database(tenant_id):
        for name in [tenant_id] if tenant_id else audit_chain.heads():
            checked = audit_chain.verify(name, since)
            whole = whole and checked.broken is None
            click.echo(f"{name}: {_said(checked)}")
    if not whole:
        sys.exit(1)


def _said(checked: Checked) -> str:
    if checked.broken is not None:
        return (
            f"BROKEN ({checked.broken.what}): {checked.broken.says}; "
            f"{checked.entries} entries before that are whole"
        )
    if not checked.head.sequence:
        return "no entries"
    removed = (
        f" (those up to {checked.removed_up_to} were removed by retention)"
        if checked.removed_up_to
        else ""
    )
    return f"{checked.entries} entries are whole, up to {checked.head}{removed}"


@audit.command()
@click.option("--tenant", "tenant_id", help="One company; all of them unless given.")
@plainly
def head(tenant_id: str | None) -> None:
    """Print each company's last entry, as SEQUENCE:HASH: keep it where nobody can change it."""
    with database(tenant_id):
        known = {tenant_id: audit_chain.head(tenant_id)} if tenant_id else audit_chain.heads()
    for name, at in known.items():
        click.echo(f"{name} {at if at.sequence else 'no entries'}")


def _action(_context: click.Context, _parameter: click.Parameter, name: str | None) -> str | None:
    if name is not None and name not in set(Action):
        raise click.BadParameter(f"{name} is no action; `delauto audit actions` lists them")
    return name


@audit.command("list")
@click.option(
    "--actor", help="A person's e-mail address or id, or the id of a key or of who ran a command."
)
@click.option("--subject", help="What it was done to, as delivery:ID, or a kind alone.")
@click.option("--action", callback=_action, help="As recording.listened.")
@click.option("--since", callback=moment, help="A time; UTC unless it says otherwise.")
@click.option("--until", callback=moment, help="Entries before this time.")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON lines, with all there is.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def list_entries(
    actor: str | None, subject: str | None, limit: int, as_json: bool, tenant_id: str, **wanted: Any
) -> None:
    """Search a company's entries, the newest first."""
    kind, _, of = (subject or "").partition(":")
    with database(tenant_id):
        actor_id = _id_of(tenant_id, actor) if actor else None
        asked = Wanted(
            actor_id=actor_id, subject_kind=kind or None, subject_id=of or None, **wanted
        )
        entries = search(tenant_id, asked, limit=limit)
        if not entries:
            kinds = AuditEntry.of(tenant_id).distinct("subject.kind")
            click.echo(
                "no entry fits; --subject is a kind or KIND:ID, and the kinds in this log are: "
                + (", ".join(sorted(kinds)) or "none, for it is empty"),
                err=True,
            )
    for each in entries:
        click.echo(_as_json(each) if as_json else _line(each))
    if len(entries) == limit:
        click.echo(f"there may be more: --limit, or --until {entries[-1].at.isoformat()}", err=True)


def _id_of(tenant_id: str, actor: str) -> str:
    """The id that entries have of who did it; of a person who is named by an e-mail address too."""
    if "@" not in actor:
        return actor
    person = Agent.of(tenant_id, email=actor.strip().lower()).only("id").first()
    if person is None:
        raise PermanentError(
            "nobody of this company has that e-mail address; `delauto user list` prints them"
        )
    return str(person.pk)


@audit.command()
def actions() -> None:
    """List what is logged, and what each name means."""
    for each in Action:
        click.echo(f"{each.value}: {each.meaning}")


def _line(entry: Found) -> str:
    about = f"{entry.subject_kind}:{entry.subject_id}"
    who = f"{entry.actor_kind} {entry.actor_label} ({entry.actor_id})"
    more = [*entry.changed, *(f"{name}={value}" for name, value in entry.detail.items())]
    said = f"  {' '.join(more)}" if more else ""
    return f"{entry.sequence}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {entry.action}  {about}  {who}{said}"


def _as_json(entry: Found) -> str:
    plain = {each.name: getattr(entry, each.name) for each in fields(entry)}
    whole = {**plain, "at": entry.at.isoformat(), "detail": dict(entry.detail)}
    return json.dumps(whole, ensure_ascii=False)

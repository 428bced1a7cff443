"""Commands about people: who may log in, as what, and who no longer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from app.commands.company import of_tenant
from app.commands.surroundings import database, operator, plainly
from app.errors import PermanentError
from app.models import Agent
from app.pipeline import passwords, second_factor, staff
from app.pipeline.audit import audited, record
from app.pipeline.sign_in import sign_out_everywhere
from app.rules.audit_actions import Action
from app.rules.permissions import Role
from app.rules.texts import LANGUAGES

_ROLES = click.Choice([role.value for role in Role])
_LANGUAGES = click.Choice(LANGUAGES)


@click.group()
def user() -> None:
    """The people who drive, plan, look on and administer; named by e-mail address or id."""


@user.command("add")
@click.argument("name")
@click.option("--email", required=True)
@click.option("--phone", required=True, help="As +14155550100.")
@click.option("--role", type=_ROLES, default=Role.AGENT.value, show_default=True)
@click.option(
    "--language", type=_LANGUAGES, default="en", show_default=True,
    help="In which they read what customers want.",
)  # fmt: skip
@click.option("--invite", is_flag=True, help="Print a link by which they choose a password.")
@click.option("--password", help="Asked for unless given, or --invite.")
@of_tenant
@plainly
def add(
    name: str, email: str, phone: str, role: str, language: str, invite: bool,
    tenant_id: str, password: str | None,
) -> None:  # fmt: skip
    """Add a person; asks for the password."""
    new = staff.NewPerson(name, email, phone, Role(role), language)
    with database(tenant_id) as settings:
        if password is None and not invite:
            staff.check_new(tenant_id, new)
            password = click.prompt("Password", hide_input=True, confirmation_prompt=True)

        def both() -> Agent:
            made = staff.add_person(tenant_id, new, None if invite else password)
            _note(made, Action.USER_CREATED, role=role)
            return made

        made = audited(tenant_id, both)
        click.echo(f"{made.pk}: {made.name}, {made.role}; {settings.public_url}/login")
        if invite:
            _print_link(made, settings.public_url)


@user.command("list")
@of_tenant
@plainly
def list_people(tenant_id: str) -> None:
    """Print everybody of the company: id, role, e-mail, name, state and last log-in."""
    with database(tenant_id):
        for each in Agent.of(tenant_id, deleted_at=None).order_by("role", "name"):
            state = "active" if each.is_active else "deactivated"
            last = f"{each.last_login:%Y-%m-%d %H:%MZ}" if each.last_login else "never"
            click.echo(
                f"{each.pk}  {each.role:<10} {each.email}  {each.name}  "
                f"{state}, last log-in {last}, {each.login_count} in all"
            )


@user.command("change")
@click.argument("who")
@click.option("--name")
@click.option("--email")
@click.option("--phone")
@click.option("--role", type=_ROLES)
@click.option("--language", type=_LANGUAGES)
@of_tenant
@plainly
def change(who: str, tenant_id: str, **given: Any) -> None:
    """Change a person. What is not given stays; a new role holds at once."""
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise PermanentError("say what to change: --name, --email, --phone, --role or --language")
    with database(tenant_id):
        found = staff.named(tenant_id, who)
        changed = audited(tenant_id, lambda: _changed(found, changes))
        click.echo(f"{changed.pk}: {changed.name}, {changed.role}, {changed.email}")


@user.command("deactivate")
@click.argument("who")
@of_tenant
@plainly
def deactivate(who: str, tenant_id: str) -> None:
    """Let a person in no more, from now on, wherever they are signed in."""
    with database(tenant_id):
        found = staff.named(tenant_id, who)
        if not found.is_active:
            click.echo(f"{found.name} was deactivated before; nothing has changed")
            return

        def both() -> int:
            _note(found, Action.USER_DEACTIVATED)
            return staff.deactivate(tenant_id, found.pk, now=_now())

        ended = audited(tenant_id, both)
        click.echo(f"{found.name} is deactivated; {ended} session(s) ended")


@user.command("activate")
@click.argument("who")
@of_tenant
@plainly
def activate(who: str, tenant_id: str) -> None:
    """Let a person in again, with the password they had."""
    with database(tenant_id):
        found = staff.named(tenant_id, who)
        if found.is_active:
            click.echo(f"{found.name} may log in already; nothing has changed")
            return

        def both() -> None:
            _note(found, Action.USER_REACTIVATED)
            staff.activate(tenant_id, found.pk)

        audited(tenant_id, both)
        click.echo(f"{found.name} may log in")


@user.command("reset")
@click.argument("who")
@of_tenant
@plainly
def reset(who: str, tenant_id: str) -> None:
    """Print a link by which a person sets a new password; it works once, for an hour."""
    with database(tenant_id) as settings:
        _print_link(staff.named(tenant_id, who), settings.public_url)


@user.command("sign-out")
@click.argument("who")
@of_tenant
@plainly
def sign_out(who: str, tenant_id: str) -> None:
    """End every session of a person; they may log in again."""
    with database(tenant_id):
        found = staff.named(tenant_id, who)

        def both() -> int:
            _note(found, Action.USER_LOGGED_OUT, everywhere=True)
            return sign_out_everywhere(tenant_id, found.pk, now=_now(), why="stopped")

        ended = audited(tenant_id, both)
        click.echo(f"{found.name}: {ended} session(s) ended")


@user.command("remove-second-factor")
@click.argument("who")
@of_tenant
@plainly
def remove_second_factor(who: str, tenant_id: str) -> None:
    """Ask a person for no codes any more, who has lost their app; their sessions end."""
    with database(tenant_id):
        found = staff.named(tenant_id, who)

        def both() -> bool:
            removed = second_factor.remove(tenant_id, found.pk)
            if removed:
                _note(found, Action.SECOND_FACTOR_OFF)
                sign_out_everywhere(tenant_id, found.pk, now=_now(), why="stopped")
            return removed

        removed = audited(tenant_id, both)
        says = "is asked for no code any more" if removed else "was not asked for a code"
        click.echo(f"{found.name} {says}")


def _print_link(user: Agent, public_url: str) -> None:
    def both() -> str | None:
        token = passwords.make_reset(user.tenant_id, user.pk, now=_now())
        if token is not None:
            _note(user, Action.PASSWORD_RESET_ASKED)
        return token

    token = audited(user.tenant_id, both)
    if token is None:
        raise PermanentError(
            f"{user.name} is deactivated: `delauto user activate {user.email}` first"
        )
    click.echo(f"Hand this over in person; it works once, until an hour from now:\n"
               f"{passwords.address(public_url, token)}")  # fmt: skip


def _changed(user: Agent, changes: dict[str, Any]) -> Agent:
    changed = staff.change_person(user.tenant_id, user.pk, changes, now=_now())
    _note(user, Action.USER_CHANGED, fields=", ".join(sorted(changes)))
    return changed


def _note(user: Agent, action: Action, **detail: str | bool) -> None:
    """Have it in the company's audit log, in the transaction of what was done."""
    record(user.tenant_id, operator(), action, "user", user.pk, now=_now(), detail=detail)


def _now() -> datetime:
    return datetime.now(UTC)

"""The one door for pages and API: attempts are counted, log-ins judged, and what was done noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from flask import request

from app.models import Agent, LoginSession
from app.pipeline import audit, passwords, second_factor, sign_in
from app.pipeline.passwords import Refused
from app.pipeline.person import Person
from app.pipeline.sign_in import Opened, Proven, Visit
from app.rules.audit_actions import Action
from app.rules.passwords import Weakness
from app.web import request_id
from app.web.attempts import attempts_here


@dataclass(frozen=True, slots=True)
class Throttled:
    """There were too many attempts."""

    seconds: int
    """Until the next is let through."""


def enter(
    kind: str, company: str, email: str, plain: str, *, now: datetime
) -> Opened | Proven | Throttled | None:
    """Open a session of this kind; None where address and password do not fit.

    Proven where a code is asked for beside the password: go on with ``enter_code``.
    """
    attempts, address = attempts_here(), _address()
    if wait := attempts.wait(address, company, email):
        return Throttled(wait)
    visit = Visit(kind, address, request.user_agent.string)
    found = sign_in.sign_in(company, email, plain, visit=visit, now=now)
    if found is None:
        attempts.failed(address)
    elif isinstance(found, Opened):
        attempts.worked(company, email)
        _note(found.person, Action.USER_LOGGED_IN, now, kind=kind)
    return found


def enter_code(kind: str, proven: Proven, code: str, *, now: datetime) -> Opened | Throttled | None:
    """Open the session for who proves the second factor too; None for a wrong or used code."""
    attempts, address = attempts_here(), _address()
    # Guesses of codes are counted for themselves: who knows the password has proved nothing yet.
    whose = ("code", str(proven.user_id))
    if wait := attempts.wait(address, proven.tenant_id, *whose):
        return Throttled(wait)
    visit = Visit(kind, address, request.user_agent.string)
    opened = sign_in.with_code(proven, code, visit=visit, now=now)
    if opened is None:
        attempts.failed(address)
        return None
    attempts.worked(proven.tenant_id, *whose)
    _note(opened.person, Action.USER_LOGGED_IN, now, kind=kind, code=True)
    return opened


def set_up_second_factor(person: Person, code: str, *, now: datetime) -> tuple[str, ...] | None:
    """Ask for codes from now on; the recovery codes, or None where the code is not right.

    All other sessions of the person end.
    """

    def confirmed() -> tuple[str, ...] | None:
        plain = second_factor.confirm(person, code, now=now)
        if plain is not None:
            LoginSession.of(person.tenant_id, pk=person.session_id).update_one(unset__limited=True)
            sign_in.sign_out_everywhere(
                person.tenant_id, person.user_id, now=now, but=person.session_id
            )
            _note(person, Action.SECOND_FACTOR_ON, now)
        return plain

    return audit.audited(person.tenant_id, confirmed)


def switch_off_second_factor(person: Person, code: str, *, now: datetime) -> Throttled | bool:
    """Ask for no codes any more; False where the code is not right."""
    attempts, address = attempts_here(), _address()
    whose = ("code", str(person.user_id))
    if wait := attempts.wait(address, person.tenant_id, *whose):
        return Throttled(wait)

    def removed() -> bool:
        user = Agent.of(person.tenant_id, pk=person.user_id).get()
        if not second_factor.is_on(user) or not second_factor.passes(user, code, now=now):
            return False
        second_factor.remove(person.tenant_id, person.user_id)
        _note(person, Action.SECOND_FACTOR_OFF, now)
        return True

    done = audit.audited(person.tenant_id, removed)
    if done:
        attempts.worked(person.tenant_id, *whose)
    else:
        attempts.failed(address)
    return done


def leave(person: Person, *, now: datetime, everywhere: bool = False) -> None:
    """End this session, or all of this person's."""

    def both() -> None:
        if everywhere:
            sign_in.sign_out_everywhere(person.tenant_id, person.user_id, now=now)
        else:
            sign_in.sign_out(person, now=now)
        _note(person, Action.USER_LOGGED_OUT, now, everywhere=everywhere)

    audit.audited(person.tenant_id, both)


def change_password(
    person: Person, old: str, new: str, *, now: datetime
) -> Weakness | Refused | Throttled | None:
    """Set one's own password; None where it was set."""
    attempts, address = attempts_here(), _address()
    user = Agent.of(person.tenant_id, pk=person.user_id).only("email", "tenant_id").get()
    if wait := attempts.wait(address, person.tenant_id, user.email):
        return Throttled(wait)
    refused = passwords.change_password(
        person, old, new, now=now, note=lambda: _note(person, Action.PASSWORD_CHANGED, now)
    )
    if refused is Refused.WRONG:
        attempts.failed(address)
    else:
        attempts.worked(person.tenant_id, user.email)
    return refused


def proves(person: Person, plain: str) -> Throttled | bool:
    """Is this the password of who is signed in? For what wants more than an open session."""
    attempts, address = attempts_here(), _address()
    user: Agent = Agent.of(person.tenant_id, pk=person.user_id).get()
    if wait := attempts.wait(address, person.tenant_id, user.email):
        return Throttled(wait)
    if not user.password_matches(plain):
        attempts.failed(address)
        return False
    attempts.worked(person.tenant_id, user.email)
    return True


def reset_password(token: str, new: str, *, now: datetime) -> Weakness | Refused | Throttled | None:
    """Set the password that a link is for; None where it was set.

    Who was shut out gets in, and so does everybody at their address: a link that is good cannot
    be guessed.
    """
    attempts, address = attempts_here(), _address()
    whose = passwords.resetting(token, now=now)
    if whose is None:
        if wait := attempts.wait(address, "reset", token):
            return Throttled(wait)
        attempts.failed(address)
        return Refused.GONE

    def note() -> None:
        _append(whose.tenant_id, whose.user_id, whose.name, Action.PASSWORD_CHANGED, now, link=True)

    refused = passwords.reset(token, new, now=now, note=note)
    if refused is None:
        attempts.worked(whose.tenant_id, whose.email)
        attempts.forget(address)
    return refused


def _note(person: Person, action: Action, now: datetime, **detail: str | bool) -> None:
    _append(person.tenant_id, person.user_id, person.name, action, now, **detail)


def _append(
    tenant_id: str,
    user_id: ObjectId,
    name: str,
    action: Action,
    now: datetime,
    **detail: str | bool,
) -> None:
    audit.record(
        tenant_id,
        audit.Actor("user", str(user_id), name),
        action,
        "user",
        user_id,
        now=now,
        request_id=request_id.current() or None,
        detail=detail,
    )


def _address() -> str:
    return request.remote_addr or ""

"""Who asks: a person with an access token, a page of ours, or another system with an API key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from flask import request

from app.pipeline import api_keys
from app.pipeline.audit import Actor
from app.pipeline.person import Person
from app.rules.permissions import MAY, NOT_FOR_KEYS, Permission, Reach
from app.saying import Saying
from app.web import sessions
from app.web.api.problems import Problem

KEY_MARK = "da_"
"""How every key begins; no token does."""
PAGE_HEADER = "X-Delauto-Page"
"""What scripts of our pages send with each request: no form and no other site can send it, which is
the defence against forged requests that OWASP describes as custom request headers."""
_SCHEME = "Bearer"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="delauto"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which company, and what they may do."""

    tenant_id: str
    actor: Actor
    permissions: Mapping[Permission, Reach]
    person_id: ObjectId | None
    """The user; None for a key."""
    session_id: ObjectId | None
    allowance: tuple[int, int] | None
    """Requests, and in how many seconds, where a key has its own; None: as for every user."""

    def reach(self, permission: Permission) -> Reach | None:
        """Over which records the permission extends; None where the caller has it not."""
        return self.permissions.get(permission)

    def needs(self, permission: Permission) -> Reach:
        """The same; raises the problem that tells which permission is missing."""
        reach = self.reach(permission)
        if reach is None:
            never = self.person_id is None and permission in NOT_FOR_KEYS
            raise Problem(
                "forbidden",
                Saying("This needs the permission %(permission)s.", permission=permission),
                mend=_NOT_BY_KEY if never else None,
            )
        return reach


def caller_of(authorization: str | None, now: datetime) -> Caller:
    """Who sent this header. Raises Problem ``unauthenticated`` where it names nobody."""
    scheme, _, credentials = (authorization or "").strip().partition(" ")
    credentials = credentials.strip()
    if not authorization:
        raise _nobody(Saying("There is no Authorization header."))
    if scheme.lower() != _SCHEME.lower() or not credentials:
        raise _nobody(
            Saying("The Authorization header must be: Bearer, a space, and the key or token.")
        )
    if credentials.startswith(KEY_MARK):
        return _by_key(credentials, now)
    return _by_token(credentials, now)


def caller_of_page() -> Caller | None:
    """Who sent this request from a page of ours; None where it does not say to be from one."""
    if PAGE_HEADER not in request.headers or "Authorization" in request.headers:
        return None
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise _nobody(Saying("A page of another site cannot use this session."))
    person = sessions.person_of_page_session()
    if person is None:
        raise _nobody(Saying("You are not logged in any more: log in again."))
    return caller_of_person(person)


def caller_of_person(person: Person) -> Caller:
    """Somebody who is signed in, as the API sees them. Raises Problem for who must prove more."""
    if person.limited:
        says = Saying("Your company asks for a second factor: set it up at /second-factor first.")
        mend = Saying("Set it up on that page, then log in again.")
        raise Problem("forbidden", says, mend=mend)
    return Caller(
        tenant_id=person.tenant_id,
        actor=Actor("user", str(person.user_id), person.name),
        permissions=MAY[person.role],
        person_id=person.user_id,
        session_id=person.session_id,
        allowance=None,
    )


def _by_key(plain: str, now: datetime) -> Caller:
    found = api_keys.key_of(plain, now)
    if not isinstance(found, api_keys.KeyInUse):
        raise _nobody(found.says)
    return Caller(
        tenant_id=found.tenant_id,
        actor=Actor("key", str(found.key_id), found.name),
        permissions=dict.fromkeys(found.permissions, Reach.ALL),
        person_id=None,
        session_id=None,
        allowance=(found.requests, found.period_seconds),
    )


def _by_token(token: str, now: datetime) -> Caller:
    try:
        person = sessions.person_of_token(token, now)
    except sessions.NotSignedInError as error:
        raise _nobody(error.says, _TOKEN_MENDS.get(error.reason)) from None
    return caller_of_person(person)


_NOT_BY_KEY = Saying("No API key may have it: log in as somebody who has.")
_TOKEN_MENDS = {
    "expired": Saying("Send the refresh token to POST /api/v1/auth/refresh, or log in again."),
    "ended": Saying("Log in again: POST /api/v1/auth/token."),
}


def _nobody(why: Saying, mend: Saying | None = None) -> Problem:
    return Problem("unauthenticated", why, headers=_CHALLENGE, mend=mend)

"""A second factor: codes that an app on somebody's telephone makes, and some to keep for bad days.

The codes are TOTP (RFC 6238; pyotp makes and reads them). A code counts once, and none of before
the last that was used (OWASP ASVS 5.0, 6.5.1); one half minute early or late is taken, for clocks.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from bson import ObjectId

from app.errors import PermanentError
from app.models import Agent, Tenant
from app.models.people import SecondFactor
from app.pipeline.person import Person
from app.saying import Saying

_STEP = 30
"""Seconds that a code is shown."""
_LATE = 1
_RECOVERY = 8
_RECOVERY_BYTES = 15


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """A secret for somebody's app."""

    secret: str
    address: str
    """The same with its names, as the otpauth address that is put into a QR code."""


def offer(person: Person) -> Offer:
    """Make a secret, to be confirmed by a first code. Raises PermanentError where one is in use."""
    secret = pyotp.random_base32()
    mine = Agent.of(person.tenant_id, pk=person.user_id, second_factor__since=None)
    user = mine.modify(new=True, set__second_factor=SecondFactor(secret=secret))
    if user is None:
        raise PermanentError(Saying("a second factor is in use already: switch that off first"))
    return offered(user)


def offered(user: Agent) -> Offer:
    """The secret that was made for somebody, as their app takes it."""
    company = Tenant.of(user.tenant_id).only("name").first()
    secret = user.second_factor.secret
    named = pyotp.TOTP(secret).provisioning_uri(
        name=user.email, issuer_name=company.name if company else "DelAuto"
    )
    return Offer(secret, named)


def confirm(person: Person, code: str, *, now: datetime) -> tuple[str, ...] | None:
    """Ask for codes from now on; returns the recovery codes, which are shown this once.

    None where the code is not one of the secret that was offered.
    """
    user: Agent = Agent.of(person.tenant_id, pk=person.user_id).get()
    offered = user.second_factor
    if offered is None or offered.since is not None:
        return None
    step = _step_of(offered.secret, code, now)
    if step is None:
        return None
    plain = tuple(_recovery_code() for _ in range(_RECOVERY))
    taken = Agent.of(person.tenant_id, pk=person.user_id, second_factor__since=None).update_one(
        set__second_factor__since=now,
        set__second_factor__used_step=step,
        set__second_factor__recovery=[_digest(each) for each in plain],
    )
    return plain if taken else None


def is_on(user: Agent) -> bool:
    """Is this person asked for a code?"""
    return bool(user.second_factor and user.second_factor.since)


def passes(user: Agent, code: str, *, now: datetime) -> bool:
    """Is this a code of theirs? It is used up with that, also where two ask at once."""
    mine = Agent.of(user.tenant_id, pk=user.pk)
    step = _step_of(user.second_factor.secret, code, now)
    if step is not None:
        fresh = mine.filter(second_factor__used_step__lt=step)
        return bool(fresh.update_one(set__second_factor__used_step=step))
    known = mine.filter(second_factor__recovery=_digest(code))
    return bool(known.update_one(pull__second_factor__recovery=_digest(code)))


def remove(tenant_id: str, user_id: ObjectId) -> bool:
    """Ask this person for no codes any more; was it asked for?"""
    theirs = Agent.of(tenant_id, pk=user_id, second_factor__since__ne=None)
    return bool(theirs.update_one(unset__second_factor=True))


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """Of which half minute since 1970 a code is, near now; None for what is no code of it."""
    digits = "".join(code.split())
    present = int(now.timestamp()) // _STEP
    app = pyotp.TOTP(secret, interval=_STEP)
    for step in range(present - _LATE, present + _LATE + 1):
        if secrets.compare_digest(app.at(step * _STEP).encode(), digits.encode()):
            return step
    return None


def _recovery_code() -> str:
    plain = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _digest(code: str) -> str:
    plain = "".join(code.lower().replace("-", "").split())
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()

"""Consents: why numbers may be called, noted and withdrawn by people of the company."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.errors import PermanentError
from app.models import Consent
from app.models.numbers import sealed
from app.saying import Saying


def chosen(
    *, phone: str | None = None, basis: str | None = None, in_force: bool | None = None
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these."""
    where: dict[str, Any] = {}
    if phone is not None:
        where["phone"] = sealed(phone)
    if basis is not None:
        where["basis"] = basis
    if in_force is not None:
        where["withdrawn"] = None if in_force else {"$ne": None}
    return where


def give(
    tenant_id: str, phone: str, basis: str, source: str, *, since: datetime, now: datetime
) -> Consent:
    """Note a consent. Raises PermanentError where it holds on this basis and source already."""
    known = Consent.of(tenant_id, phone=phone, basis=basis, source=source, withdrawn=None).first()
    if known is not None:
        raise PermanentError(Saying("it is noted already, as the consent %(id)s", id=known.pk))
    made: Consent = Consent(
        tenant_id=tenant_id, phone=phone, basis=basis, source=source, since=since, created_at=now
    ).save()
    return made


def withdraw(consent: Consent, *, now: datetime) -> Consent:
    """It holds no more, from now on. Raises PermanentError where it was withdrawn before.

    The gate does the rest: a planned call that nothing else allows ends when its turn comes.
    """
    if consent.withdrawn is not None:
        raise PermanentError(Saying("it was withdrawn already"))
    consent.modify({"withdrawn": None}, set__withdrawn=now)
    return consent

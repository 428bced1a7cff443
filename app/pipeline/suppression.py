"""Suppression: a number that asked not to be called or texted, and one that took it back."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.models import Suppression, numbers


def suppress(
    tenant_id: str,
    phone: str,
    *,
    scope: str = "all",
    source: str,
    evidence: ObjectId | None,
    now: datetime,
) -> None:
    """Do not reach this number again, from now on.

    ``scope`` is all, calls or sms; ``source`` says how we know (key, speech, sms, dispatcher);
    ``evidence`` is the call, message or recording in which it was said. Safe to repeat: what holds
    already keeps its first date and evidence. What was lifted holds again.
    """
    erased = Suppression.of(tenant_id, phone=numbers.key().digest(phone), scope=scope)
    if erased.filter(lifted_at=None).first() is not None:
        return
    known = Suppression.of(tenant_id, phone=phone, scope=scope)
    known.filter(lifted_at__ne=None).update_one(
        set__source=source, set__since=now, set__evidence=evidence, unset__lifted_at=True
    )
    known.update_one(
        upsert=True,
        set_on_insert__source=source,
        set_on_insert__since=now,
        set_on_insert__evidence=evidence,
        set_on_insert__created_at=now,
    )


def lift(
    tenant_id: str,
    phone: str,
    *,
    scope: str | None = None,
    evidence: ObjectId | None = None,
    now: datetime,
) -> bool:
    """The customer took it back; True where something held until now.

    Without ``scope``, whatever holds for the number. With ``evidence``, only what rests on that
    call or message: an older wish stays.
    """
    holding = Suppression.of(tenant_id, phone__in=numbers.either(phone), lifted_at=None)
    if scope is not None:
        holding = holding.filter(scope=scope)
    if evidence is not None:
        holding = holding.filter(evidence=evidence)
    return bool(holding.update(set__lifted_at=now))

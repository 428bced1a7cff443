"""Subscribe: who hears of which events, where, and with which secret they are signed."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId

from app.errors import PermanentError
from app.models import Subscription
from app.models.webhooks import Secret
from app.rules.events import TYPES
from app.rules.webhooks import addresses
from app.saying import Saying

log = structlog.get_logger()
MOST = 20
"""Subscriptions of one company."""
LONGEST_DESCRIPTION = 200
OVERLAP = timedelta(days=1)
"""How long a former secret goes on to sign beside the new one, unless said otherwise."""
LONGEST_OVERLAP = timedelta(days=30)
_SECRET_BYTES = 32


class SubscriptionRefusedError(PermanentError):
    """It cannot be kept as it is; ``problems`` says what is wrong with which field."""

    def __init__(self, problems: Sequence[tuple[str, Saying]]) -> None:
        super().__init__("; ".join(f"{field}: {says}" for field, says in problems))
        self.problems = tuple(problems)


class NoSubscriptionError(PermanentError):
    """There is none of this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionWish:
    """What somebody wants a subscription to be; None leaves it as it is."""

    url: str | None = None
    types: tuple[str, ...] | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A new subscription, or a new secret. The secret is shown now and never again."""

    subscription: Subscription
    secret: str


def subscribe(
    tenant_id: str, wish: SubscriptionWish, *, by: ObjectId | None, now: datetime, to_loopback: bool
) -> Subscribed:
    """Send events to an address from now on. Raises SubscriptionRefusedError.

    ``to_loopback``: see ``app.rules.webhooks.addresses.target``.
    """
    problems = _problems(wish, to_loopback)
    if wish.url is None:
        problems.append(("url", Saying("is needed")))
    if Subscription.of(tenant_id, deleted_at=None).count() >= MOST:
        problems.append(
            ("url", Saying("there are %(most)s subscriptions already: remove one first", most=MOST))
        )
    if problems:
        raise SubscriptionRefusedError(problems)
    secret = _new_secret()
    subscription = Subscription(
        tenant_id=tenant_id,
        url=_normal(wish.url or "", to_loopback),
        types=list(wish.types or ("*",)),
        description=wish.description,
        secrets=[Secret(value=secret, since=now)],
        created_by=by,
    ).save(force_insert=True)
    log.info("subscribed", subscription_id=str(subscription.pk), types=subscription.types)
    return Subscribed(subscription, secret)


def change(
    tenant_id: str, subscription_id: ObjectId, wish: SubscriptionWish, *, to_loopback: bool
) -> Subscription:
    """Change where or of what it hears. Raises SubscriptionRefusedError, NoSubscriptionError."""
    subscription = find(tenant_id, subscription_id)
    problems = _problems(wish, to_loopback)
    if problems:
        raise SubscriptionRefusedError(problems)
    changes: dict[str, Any] = {"set__description": wish.description}
    changes["set__url"] = _normal(wish.url, to_loopback) if wish.url is not None else None
    changes["set__types"] = list(wish.types) if wish.types is not None else None
    given = {name: value for name, value in changes.items() if value is not None}
    if given:
        subscription.modify({"deleted_at": None}, **given)
    return subscription


def rotate(
    tenant_id: str, subscription_id: ObjectId, *, now: datetime, overlap: timedelta = OVERLAP
) -> Subscribed:
    """A new secret; those before sign beside it for ``overlap``, so that nothing is refused while
    the receiver changes over. None: they are worth nothing at once."""
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        most = LONGEST_OVERLAP // timedelta(hours=1)
        raise SubscriptionRefusedError(
            [("overlap", Saying("must be from 0 to %(most)s hours", most=most))]
        )
    subscription = find(tenant_id, subscription_id)
    secret = _new_secret()
    former = [each for each in subscription.secrets if each.until is None or now < each.until]
    for each in former:
        each.until = min(each.until or now + overlap, now + overlap)
    subscription.secrets = [Secret(value=secret, since=now), *former]
    return Subscribed(subscription.save(), secret)


def chosen(*, active: bool | None = None) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these subscriptions."""
    where: dict[str, Any] = {"deleted_at": None}
    if active is not None:
        where["is_active"] = active
    return where


def find(tenant_id: str, subscription_id: ObjectId) -> Subscription:
    """The tenant's subscription of this id. Raises NoSubscriptionError."""
    found: Subscription | None = Subscription.of(
        tenant_id, pk=subscription_id, deleted_at=None
    ).first()
    if found is None:
        raise NoSubscriptionError(Saying("there is no subscription of this id"))
    return found


def _problems(wish: SubscriptionWish, to_loopback: bool) -> list[tuple[str, Saying]]:
    problems: list[tuple[str, Saying]] = []
    if wish.url is not None:
        try:
            addresses.target(wish.url, to_loopback=to_loopback)
        except addresses.AddressError as error:
            problems.append(("url", error.says))
    if wish.types is not None:
        problems += [("types", says) for says in _wrong_types(wish.types)]
    if wish.description is not None and len(wish.description) > LONGEST_DESCRIPTION:
        problems.append(
            ("description", Saying("must have at most %(most)s letters", most=LONGEST_DESCRIPTION))
        )
    return problems


def _wrong_types(types: tuple[str, ...]) -> list[Saying]:
    if not types:
        return [Saying("name at least one, or * for all")]
    if types == ("*",):
        return []
    # What is unknown is not repeated: it may be anything.
    unknown = sum(name not in TYPES for name in types)
    known = ", ".join(TYPES)
    wrong = []
    if unknown:
        wrong.append(
            Saying(
                "%(count)s of them are no event; there are %(known)s, or * alone",
                count=unknown,
                known=known,
            )
        )
    if len(set(types)) < len(types):
        wrong.append(Saying("each may be named once"))
    return wrong


def _normal(url: str, to_loopback: bool) -> str:
    return addresses.target(url, to_loopback=to_loopback).url


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()

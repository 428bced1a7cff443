"""Reviews: found, taken on by one dispatcher at a time, and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from bson import ObjectId

from app.errors import PermanentError
from app.models import Review
from app.pipeline.audit import Actor
from app.saying import Saying

HELD = timedelta(minutes=2)
"""How long a review stays with who claimed it; claiming it again holds it anew, as an open page
does all the time. Who goes away without a word keeps nobody waiting for long."""
UNDO = timedelta(minutes=2)
"""How long who settled a review may take that back."""
State = Literal["open", "closed"]
Resolution = Literal["done", "not_needed", "not_possible"]
_OF_THE_END = ("closed_at", "closed_by", "closed_as", "resolution", "note", "answer",
           "answered_version")  # fmt: skip
NOBODY: Mapping[str, Any] = MappingProxyType(
    {f"unset__{name}": True for name in ("claimed_by", "claimed_as", "claimed_name", "claimed_at")}
)
"""Takes a claim away, in an update."""


def chosen(
    state: State,
    *,
    reason: Sequence[str] = (),
    delivery_id: str | None = None,
    mine: ObjectId | None = None,
    now: datetime,
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these reviews.

    ``mine``: who has claimed it or, of the closed ones, closed it.
    """
    where: dict[str, Any] = {"closed_at": None if state == "open" else {"$type": "date"}}
    if reason:
        where["reason"] = {"$in": list(reason)}
    if delivery_id is not None:
        where["delivery_id"] = ObjectId(delivery_id)
    if mine is not None and state == "open":
        where |= {"claimed_by": mine, "claimed_at": {"$gt": now - HELD}}
    elif mine is not None:
        where["closed_by"] = mine
    return where


def find(tenant_id: str, review_id: ObjectId) -> Review | None:
    """The review; None where there is none."""
    found: Review | None = Review.of(tenant_id, pk=review_id).first()
    return found


def claim(review: Review, who: Actor, *, now: datetime) -> None:
    """Take it on: no other does for ``HELD``. Who has it already holds it anew.

    Raises PermanentError, saying who has it since when, or that it is closed.
    """
    _write(
        review, who, now,
        set__claimed_by=ObjectId(who.id), set__claimed_as=who.kind, set__claimed_name=who.label,
        set__claimed_at=now,
    )  # fmt: skip


def release(review: Review, who: Actor, *, now: datetime) -> None:
    """Leave it to the others again; safe to repeat. Raises PermanentError as ``claim`` does."""
    _write(review, who, now, **NOBODY)


def close(
    review: Review, who: Actor, resolution: Resolution, *, note: str | None, now: datetime
) -> None:
    """Settle it; whoever closes it need not have claimed it. Raises PermanentError as ``claim``."""
    _write(
        review, who, now,
        set__closed_at=now, set__closed_by=ObjectId(who.id), set__closed_as=who.kind,
        set__resolution=resolution, set__note=note or None, **NOBODY,
    )  # fmt: skip


def reopen(review: Review, who: Actor, *, now: datetime) -> None:
    """Take back that it was settled, within ``UNDO``, by who did; it is theirs again.

    Raises PermanentError for who cannot.
    """
    if review.closed_at is None:
        raise PermanentError(Saying("it is open"))
    check_mine(review, who)
    if not can_reopen(review, now):
        raise PermanentError(
            Saying("it is closed since %(what)s, too long ago", what=_written(review.closed_at))
        )
    if not review.modify(
        {"closed_at": review.closed_at, "closed_by": review.closed_by},
        **{f"unset__{name}": True for name in _OF_THE_END},
    ):
        raise PermanentError(Saying("somebody else was faster"))
    review.reload()
    claim(review, who, now=now)


def check_mine(review: Review, who: Actor) -> None:
    """Did they settle it? Raises PermanentError for anybody else."""
    if review.closed_by != ObjectId(who.id):
        raise PermanentError(Saying("somebody else settled it: only they can take that back"))


def can_reopen(review: Review, now: datetime) -> bool:
    """Was it settled so recently that it can be taken back?"""
    return review.closed_at is not None and now - review.closed_at < UNDO


def held(review: Review, now: datetime) -> bool:
    """Has anybody claimed it who still holds it?"""
    at = review.claimed_at
    return review.claimed_by is not None and at is not None and now - at < HELD


def _write(review: Review, who: Actor, now: datetime, **changes: Any) -> None:
    """Compare and set: it is open, and nobody else has it."""
    free = [
        {"claimed_by": None},
        {"claimed_by": ObjectId(who.id)},
        {"claimed_at": {"$lte": now - HELD}},
    ]
    if review.modify({"closed_at": None, "__raw__": {"$or": free}}, **changes):
        return
    review.reload()
    if review.closed_at is not None:
        raise PermanentError(Saying("it is closed since %(what)s", what=_written(review.closed_at)))
    who_else = review.claimed_name or "another system"
    raise PermanentError(
        Saying(
            "%(who_else)s has it since %(what)s",
            who_else=who_else,
            what=_written(review.claimed_at),
        )
    )


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

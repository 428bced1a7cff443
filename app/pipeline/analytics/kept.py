"""Figures are computed once for all who ask at about the same time, and say how old they are.

They are kept in MongoDB, beside what they are counted from: without Redis nothing changes. Of
several that find nothing fresh, one computes; the others take what was there before, or wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from mongoengine import NotUniqueError

from app.models import KeptFigures

log = structlog.get_logger()
FRESH = timedelta(seconds=60)
"""So old may figures be."""
STALE = timedelta(minutes=10)
"""So old may they be while somebody computes newer ones."""
_LIFE = timedelta(minutes=15)
"""Longer than stale ones are of use: whoever asks for ever other days fills no disk."""
_LEASE = timedelta(seconds=60)
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Terms:
    """How long kept figures will do, and how long to wait for those of somebody else."""

    fresh: timedelta = FRESH
    stale: timedelta = STALE
    patience: float = 15.0
    """Seconds; who has waited so long computes by themselves."""


AS_USUAL = Terms()


def kept(
    tenant_id: str,
    name: str,
    compute: Callable[[], dict[str, Any]],
    terms: Terms = AS_USUAL,
) -> tuple[dict[str, Any], datetime]:
    """Return figures, and as of when they are: as kept, or computed now and kept."""
    waited_until = time.monotonic() + terms.patience
    while True:
        now = datetime.now(UTC)
        known = KeptFigures.of(tenant_id, name=name).first()
        if _as_of(known, now) < terms.fresh:
            return known.figures, known.computed_at
        if _mine(tenant_id, name, known, now):
            return _computed(tenant_id, name, compute)
        if _as_of(known, now) < terms.stale:
            return known.figures, known.computed_at
        if time.monotonic() >= waited_until:
            log.warning("figures computed beside somebody who takes long", name=name)
            return _computed(tenant_id, name, compute)
        time.sleep(_POLL)


def _as_of(known: KeptFigures | None, now: datetime) -> timedelta:
    if known is None or known.computed_at is None:
        return timedelta.max
    age: timedelta = now - known.computed_at
    return age


def _mine(tenant_id: str, name: str, known: KeptFigures | None, now: datetime) -> bool:
    """Is it for me to compute them? Not while another does, nor where another just has."""
    seen = known.computed_at if known else None
    free = KeptFigures.of(tenant_id, name=name, computed_at=seen, computing_until__not__gt=now)
    try:
        taken = free.modify(
            upsert=True,
            set__computing_until=now + _LEASE,
            set_on_insert__expires_at=now + _LIFE,
            set_on_insert__created_at=now,
            new=True,
        )
    except NotUniqueError:
        return False
    return taken is not None


def _computed(
    tenant_id: str, name: str, compute: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], datetime]:
    # As of before the first query: what happens meanwhile may be missing.
    at = datetime.now(UTC)
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)  # as MongoDB keeps it
    mine = KeptFigures.of(tenant_id, name=name)
    try:
        figures = compute()
    except BaseException:
        mine.update_one(unset__computing_until=True)
        raise
    mine.update_one(
        set__figures=figures,
        set__computed_at=at,
        set__expires_at=at + _LIFE,
        unset__computing_until=True,
    )
    return figures, at

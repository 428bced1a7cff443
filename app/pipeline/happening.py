"""Happenings: things that happened about a delivery, each told once whoever else keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from bson import ObjectId

from app.pipeline.dispatch import LONGEST_AWAY

About = Literal["delivery", "outreach", "call", "recording", "text", "answer", "push", "analysis",
                "review"]  # fmt: skip
_TOLD_LATE = {
    "delivery.started": ("delivery.started",),
    "delivery.completed": ("delivery.completed",),
    "delivery.failed": ("delivery.failed",),
    "delivery.acknowledged": ("delivery.acknowledged", "push.acknowledged"),
}
"""Acts that drivers tell of when there is a network again, and what stands there of each when
it was done."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened."""

    at: datetime
    about: About
    what: str
    of: ObjectId | None = None
    """The call, recording, text, answer or review."""
    by: str | None = None
    """Who did it, as colleagues know them."""
    detail: str | None = None
    to: str | None = None
    """The agent whom it was given to."""
    scheduled_before: datetime | None = None
    scheduled_time: datetime | None = None
    """Of one that was moved to another time: the one before, and the one from then on."""
    told_at: datetime | None = None
    """When it was told, where that was later than it was done."""


def once(all_of_it: Iterable[Happening]) -> list[Happening]:
    """What several places keep of one moment, once: one says why, another says who."""
    found: dict[tuple[int, str, ObjectId | None], Happening] = {}
    for each in all_of_it:
        key = (moment(each.at), each.what, each.of)
        known = found.get(key)
        found[key] = (
            each
            if known is None
            else replace(
                known,
                by=known.by or each.by,
                detail=known.detail or each.detail,
                to=known.to or each.to,
                scheduled_before=known.scheduled_before or each.scheduled_before,
                scheduled_time=known.scheduled_time or each.scheduled_time,
                told_at=known.told_at or each.told_at,
            )
        )
    return list(found.values())


def of_one_act(all_of_it: Iterable[Happening], entries: Iterable[Happening]) -> list[Happening]:
    """All of it and the entries of the audit log; an entry about an act is one with that act.

    The log tells when a driver's telephone sent what was done, up to ``LONGEST_AWAY`` later: each
    entry belongs to the nearest such act before it that no other has.
    """
    found = once(all_of_it)
    rest: list[Happening] = []
    taken: set[int] = set()
    for entry in sorted(entries, key=lambda each: each.at):
        place = max(_acts(entry, found, taken), key=lambda n: found[n].at, default=None)
        if place is None:
            rest.append(entry)
            continue
        taken.add(place)
        act = found[place]
        late = entry.at if moment(entry.at) > moment(act.at) else None
        found[place] = replace(
            act, about=entry.about, what=entry.what, of=entry.of, by=entry.by, told_at=late
        )
    return [*found, *rest]


def _acts(entry: Happening, found: list[Happening], taken: set[int]) -> Iterator[int]:
    """Where those stand that the entry may be about."""
    names = _TOLD_LATE.get(entry.what, ())
    for place, each in enumerate(found):
        if place not in taken and each.what in names:
            late = moment(entry.at) - moment(each.at)
            if 0 <= late <= LONGEST_AWAY.total_seconds() * 1000:
                yield place


def moment(at: datetime) -> int:
    """In milliseconds, as the database keeps it."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)

"""What a page listens to, and what becomes of the changes that it hears of."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from bson import ObjectId

from app.web.live.changes import Change


class Event(NamedTuple):
    """What a page's script hears."""

    name: str
    data: str
    once: str = ""
    """What a page must not hear twice, by its id; empty where repeating it changes nothing."""


class Made:
    """What was made of things as they stand, for everybody who asks for the same."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, dict[ObjectId, Any]] = {}

    def of(
        self,
        name: Hashable,
        ids: Iterable[ObjectId],
        make: Callable[[list[ObjectId]], dict[ObjectId, Any]],
    ) -> dict[ObjectId, Any]:
        """What ``make`` makes of each; it is asked only for what nobody asked for before.

        ``name`` says what it is, whose, and for whose eyes. What ``make`` leaves out is None.
        """
        kept = self._kept.setdefault(name, {})
        ids = list(ids)
        if missing := [each for each in ids if each not in kept]:
            kept.update(dict.fromkeys(missing) | make(missing))
        return {each: kept[each] for each in ids}

    def forget(self, ids: Iterable[ObjectId]) -> None:
        """These have changed."""
        for kept in self._kept.values():
            for each in ids:
                kept.pop(each, None)

    def clear(self) -> None:
        """Begin anew: what a row says also depends on the time, and on names."""
        self._kept.clear()


class Feed(Protocol):
    """What one kind of page makes of changes. Equal feeds make the same, and it is made once."""

    @property
    def tenant_id(self) -> str:
        """Whose changes it hears of: never another's."""

    @property
    def kinds(self) -> frozenset[str]:
        """Which: see ``Change.kind``."""

    def everything(self) -> Iterator[Event]:
        """All as it stands, for a page that knows nothing yet, or was away too long."""

    def events(self, changes: Sequence[Change], made: Made, after: int | None) -> list[Event]:
        """What these changes come to, as it stands now.

        ``after``: for one page that comes back, up to when it has heard; None for all that listen.
        """

    def told(self, once: Sequence[str]) -> None:
        """These events have reached a page."""

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class Things:
    """Names what changed, for pages that fetch it by themselves: event ``changed``.

    Its data is JSON: ``kind``, ``id``, ``what`` and ``deliveries``, as ``Change`` has them. A page
    that was away too long hears ``reset`` and fetches everything.
    """

    tenant_id: str
    kinds: frozenset[str]

    def everything(self) -> Iterator[Event]:
        """No more than that all is to be fetched."""
        yield Event("reset", "")

    def events(self, changes: Sequence[Change], made: Made, after: int | None) -> list[Event]:  # noqa: ARG002
        """Each thing once, as it was last."""
        last = {(change.kind, change.id): change for change in changes}
        return [Event("changed", _as_json(change)) for change in last.values()]

    def told(self, once: Sequence[str]) -> None:
        """Nothing to remember."""


def _as_json(change: Change) -> str:
    about = [str(each) for each in change.deliveries]
    kept = {"kind": change.kind, "id": str(change.id), "what": change.what, "deliveries": about}
    return json.dumps(kept)


def text_of(events: Sequence[Event], event_id: str = "") -> bytes:
    """Server-sent events, the id on the last: who hears not all of them must hear all again."""
    last = len(events) - 1
    texts = (_text(each, event_id if number == last else "") for number, each in enumerate(events))
    return "".join(texts).encode()


def _text(event: Event, event_id: str) -> str:
    lines = [f"event: {event.name}"]
    if event_id:
        lines.append(f"id: {event_id}")
    lines.extend(f"data: {line}" for line in event.data.splitlines() or [""])
    return "\n".join(lines) + "\n\n"

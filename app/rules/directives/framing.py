"""Reads a fragment as if it stood where it belongs: "the back door" behind a "leave it at"."""

from __future__ import annotations

from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.corrections import reframed, same_family
from app.rules.directives.readers import read_clause
from app.rules.directives.reading import Page, Reading, Scene
from app.rules.directives.text import plain_form


def in_frame(last: Reading, words: str, scene: Scene) -> list[Reading]:
    """Return what a fragment says in the place of what it corrects."""
    return read_as(reframed(last, words, scene.page.spoken.plain), last, scene)


def read_as(order: str, last: Reading, scene: Scene) -> list[Reading]:
    """Return what a clause yields once its words are put into an order like the one before."""
    if not order:
        return []
    spoken = plain_form(order)
    length = len(spoken.plain)
    alone = Scene(Page(spoken), scene.number, 0, length, length, scene.now, known=scene.known)
    found = [one for one in read_clause(alone) if same_family(one.kind, last.kind)]
    quoted = scene.page.spoken.quote(scene.start, scene.end)
    lies = scene.page.spoken.place(scene.start, scene.end)
    merged = [{**last.slots, **one.slots} if _keeps_day(last, one) else one.slots for one in found]
    return [
        replace(
            one,
            start=scene.start,
            end=scene.end,
            quoted=quoted,
            lies=lies,
            confidence=0.85,
            slots=slots,
            kind=Kind.RESCHEDULE if last.kind is Kind.RESCHEDULE else one.kind,
        )
        for one, slots in zip(found, merged, strict=True)
    ]


def _keeps_day(last: Reading, new: Reading) -> bool:
    """A corrected hour keeps the day it was said for, and a corrected number whom it reaches."""
    if last.kind is Kind.CONTACT:
        return True
    return (
        last.kind in (Kind.RESCHEDULE, Kind.TIME_WINDOW, Kind.UNAVAILABLE)
        and "date" not in new.slots
        and not ({"start", "end"} & set(last.slots) - set(new.slots))
    )

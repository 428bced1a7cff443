"""What is forbidden without a "don't": "not on the doorstep", "keep off the drive"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.deeds import deed, where_not
from app.rules.directives.lexicon import PREPOSITION
from app.rules.directives.reading import Reading, Scene

_KEEP_OFF = re.compile(
    r"\b(?:keep|stay|stand|walk|drive|park)(?: (?:the|your|that) (?:van|truck|lorry|wheels|"
    r"trolley|tyres))?"
    r" (?:well )?(?:off|clear of|out of|away from) (?:the|my|"
    r"our) (?:\w+ )?(?:grass|lawn|garden|flowers?|flower beds?|beds?|borders?|plants?|gravel|deck|"
    r"decking|back yard|backyard|yard|house|pool|neighbou?r's \w+|new \w+|seedlings?|vegetables?|"
    r"concrete)\b"
)
_DRIVE = r"(?:drive|driveway|drive way|garage(?: door)?|dropped kerb|gateway|gates?|access)"
_KEEP_CLEAR = re.compile(
    rf"\b(?:keep|stay) (?:off|clear of|out of|away from) (?:the|my|our) (?:\w+ )?(?:drive|driveway|"
    rf"drive way)\b|\b(?:keep|leave) (?:the|my|our) (?:\w+ )?{_DRIVE} (?:clear|free)\b|"
    rf"\bnot (?:across|over|in front of|blocking) (?:the|my|our|anyone's|next door's) "
    rf"(?:\w+ )?{_DRIVE}\b"
)
_OFF_LIMITS = re.compile(
    r"\b(?:the|that|our|my) (?:front )?(?:door ?bell|bell|buzzer|intercom)(?:'s| is) (?:strictly "
    r")?(?:off limits|"
    r"out of bounds|forbidden|a no[- ]?no|not to be (?:used|rung|touched|pressed))\b"
)
_NOT_THEM = re.compile(
    r"^(?:(?:and|but|just|only|please) )*(?:not|never)(?: (?:to|with|at))? (?:the other side|the "
    r"other (?:neighbours?|neighbors?|lot|one|ones|house)|next door|number \w+|(?:the|them|those) "
    r"(?:people|lot|ones|lady|man|couple|family|lads|students)? ?(?:at|in|opposite|upstairs|"
    r"downstairs|next door|across|on the other side)\b[\w ]*)(?: (?:though|please|mind|either))*$"
)
"""Whom it is not for, beside who may have it: "Carol will take it, not the other side though"."""
_NOT_AT = re.compile(
    rf"^(?:(?:and|but|so|just|only|please|oh|well|kindly) )*(?:not|(?:anywhere|any place) (?:but|"
    rf"except|other than)) (?P<where>(?:{PREPOSITION} )?(?:the|my|our) [^_,;]+|outside)"
    rf"(?: please| thanks)*$"
)
"""A place refused with no verb: "not on the doorstep please"."""


def _refused_place(scene: Scene) -> Iterator[Reading]:
    match = _NOT_AT.match(scene.text)
    if not match or any(one.kind in (Kind.LEAVE_AT, Kind.REDIRECT) for one in scene.found):
        return
    where = match["where"]
    placed = where if where == "outside" or re.match(PREPOSITION, where) else f"at {where}"
    if placed != where and scene.found and "but" not in match.group():
        return
    found = deed(f"leave it {placed}")
    action = found[0] if found else where_not(f"leave it {placed}")
    if action in ("leave_outside", "leave_unattended"):
        yield scene.read(Kind.AVOID, match.span(), {"action": action}, 0.85)


def read_refusals(scene: Scene) -> Iterator[Reading]:
    """Yield the places, ways and people that a clause refuses with no verb of its own."""
    yield from _refused_place(scene)
    for match in scene.matches(_KEEP_CLEAR):
        yield scene.read(Kind.AVOID, match.span(), {"action": "block_driveway"}, 0.9)
    for match in scene.matches(_OFF_LIMITS):
        yield scene.read(Kind.AVOID, match.span(), {"action": "ring_bell"}, 0.9)
    if (not_them := _NOT_THEM.match(scene.text)) and any(
        one.kind is Kind.LEAVE_WITH for one in scene.found
    ):
        yield scene.read(Kind.AVOID, not_them.span(), {"action": "leave_with_neighbor"}, 0.85)
    for match in scene.matches(_KEEP_OFF):
        yield scene.read(Kind.AVOID, match.span(), {"action": "other"}, 0.85)

"""All that the page of one delivery shows, asked of the API's operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.rules.permissions import Permission
from app.web.api.agents import AgentOut
from app.web.api.analyses import UnderstoodOut
from app.web.api.analysis_shapes import DirectiveOut
from app.web.api.call_shapes import CallOut, WhyOut
from app.web.api.customers import CustomerOut
from app.web.api.delivery_shapes import DeliveryOut
from app.web.api.problems import Problem
from app.web.api.proofs import ProofOut
from app.web.api.recordings import RecordingOut
from app.web.api.reviews import ReviewOut
from app.web.api.timelines import HappeningOut
from app.web.pages.asking import ask, may
from app.web.pages.delivery.choices import Choice, choices_for
from app.web.pages.delivery.evidence import SURE, Evidence, evidence_of
from app.web.pages.delivery.wording import CALL, OUTREACH, STAGE, directive_in_words, said
from app.web.words import day_of

_MOST_DRIVERS = 200
_UNSURE = 0.6
_OF_A_RECORDING = frozenset(
    f"recording.{step}" for step in ("announced", "stored", "transcribed", "understood")
)


@dataclass(frozen=True, slots=True)
class Line:
    """One directive, as the page shows it."""

    number: int
    directive: DirectiveOut
    sentence: str
    evidence: Evidence | None
    doubted: bool
    choices: tuple[Choice, ...]

    @property
    def unsure(self) -> bool:
        """Is it in doubt?"""
        return self.doubted or self.directive.confidence < _UNSURE


@dataclass(frozen=True, slots=True)
class Spell:
    """An event, or a call or recording with all of its steps, the earliest first."""

    event: HappeningOut
    call: CallOut | None = None
    steps: tuple[HappeningOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """What was said in one recording, and what was understood of it."""

    recordings: tuple[RecordingOut, ...]
    understood: UnderstoodOut | None
    lines: tuple[Line, ...]
    proposed: tuple[str, ...]
    sure: float = SURE
    codes: bool = False
    """Is something hidden that who looks may see?"""


def sound_of(delivery_id: str, calls: Sequence[CallOut]) -> Sound:
    """What was said about a delivery, as far as who asks may know it."""
    recordings = _recordings(delivery_id, calls)
    understood: UnderstoodOut | None = None
    if may(Permission.ANALYSES_READ):
        understood = ask("read_analysis", path={"delivery_id": delivery_id})
    now = understood.current if understood else None
    earlier = [each for record in understood.history for each in record.directives] if (
        understood
    ) else []  # fmt: skip
    proposed = understood.proposed if understood else []
    lines = tuple(
        Line(
            number=number,
            directive=each,
            sentence=directive_in_words(each.kind, each.text, each.slots),
            evidence=evidence_of(each, recordings, earlier),
            doubted=bool(understood and each.kind in understood.doubted),
            choices=tuple(choices_for(each, proposed)),
        )
        for number, each in enumerate(now.directives if now else ())
    )
    hidden = any("•" in (each.transcript.text or "") for each in recordings if each.transcript)
    return Sound(
        recordings=tuple(recordings),
        understood=understood,
        lines=lines,
        proposed=tuple(directive_in_words(each.kind, each.text, each.slots) for each in proposed),
        codes=hidden and may(Permission.CODES_READ),
    )


def _recordings(delivery_id: str, calls: Sequence[CallOut]) -> list[RecordingOut]:
    """Those of the delivery, and of calls that were about others of its household as well."""
    if not may(Permission.RECORDINGS_READ):
        return []
    found = {each.id: each for each in _listed("list_recordings", delivery_id=delivery_id)}
    for call in calls:
        if call.covers and call.covers[0] != delivery_id:
            found |= {each.id: each for each in _listed("list_recordings", call_id=call.id)}
    return sorted(found.values(), key=lambda each: each.id, reverse=True)


def _listed(operation: str, **query: Any) -> list[Any]:
    return list(ask(operation, query={"limit": 50, **query}).items)


def calls_of(delivery_id: str) -> list[CallOut]:
    """Its calls, the latest first."""
    return _listed("list_calls", delivery_id=delivery_id) if may(Permission.CALLS_READ) else []


def reviews_of(delivery_id: str) -> list[ReviewOut]:
    """What is open for a person to decide."""
    if not may(Permission.REVIEWS_READ):
        return []
    return _listed("list_reviews", delivery_id=delivery_id)


def proofs_of(delivery_id: str) -> list[ProofOut]:
    """Its photos and signatures without their pictures, the first taken first: to name them is not
    yet to look at them."""
    if not may(Permission.PROOFS_READ):
        return []
    return list(ask("list_proofs", path={"delivery_id": delivery_id}).items)


def customer_of(delivery: DeliveryOut) -> CustomerOut | None:
    """Its customer; None where they are gone, or not to be seen."""
    if delivery.customer_id is None:
        return None
    found: CustomerOut | None = _or_none("read_customer", customer_id=delivery.customer_id)
    return found


def agent_of(delivery: DeliveryOut) -> AgentOut | None:
    """Who drives; None where nobody does yet."""
    if delivery.agent_id is None:
        return None
    found: AgentOut | None = _or_none("read_agent", agent_id=delivery.agent_id)
    return found


def why_of(delivery_id: str) -> WhyOut | None:
    """Why the customer is, or is not, called now."""
    if not may(Permission.CALLS_READ):
        return None
    found: WhyOut = ask("explain_calls", path={"delivery_id": delivery_id})
    return found


def drivers() -> list[AgentOut]:
    """Who may be given a delivery, by name."""
    if not may(Permission.DELIVERIES_WRITE) or not may(Permission.AGENTS_READ):
        return []
    asked = {"is_active": True, "sort": "name", "limit": _MOST_DRIVERS}
    return list(ask("list_agents", query=asked).items)


def spells(delivery_id: str, calls: Sequence[CallOut]) -> list[Spell]:
    """The timeline, the latest first, with the events of each call and recording in one."""
    items: list[HappeningOut] = ask("read_timeline", path={"delivery_id": delivery_id}).items
    known = {each.id: each for each in calls}
    of_calls: dict[str, list[HappeningOut]] = {}
    of_recordings: dict[str, list[HappeningOut]] = {}
    found: list[Spell] = []
    for each in items:
        if each.about == "call" and each.of:
            of_calls.setdefault(each.of, []).append(each)
        elif each.what in _OF_A_RECORDING and each.of:
            of_recordings.setdefault(each.of, []).append(each)
        elif each.what != "outreach.calling":
            found.append(Spell(each))
    for steps in of_recordings.values():
        found.append(Spell(steps[0], steps=tuple(reversed(steps))))
    for call_id, steps in of_calls.items():
        found.append(Spell(steps[-1], known.get(call_id), tuple(reversed(steps))))
    # That it was planned is the first of all, even where the clock tells both of one moment.
    return sorted(
        found,
        key=lambda spell: (spell.event.what != "delivery.created", spell.event.at),
        reverse=True,
    )


def by_day(found: Sequence[Spell], zone: str) -> list[tuple[str, list[Spell]]]:
    """The same under the days of that zone, as they are written."""
    days = groupby(found, key=lambda spell: day_of(spell.event.at, zone))
    return [(day, list(spells)) for day, spells in days]


def happening_now(
    delivery: DeliveryOut, calls: Sequence[CallOut], recordings: Sequence[RecordingOut]
) -> tuple[str, bool]:
    """What is going on, in a few words, and whether it goes on by itself in moments."""
    state = delivery.outreach.state
    if state == "calling" and calls:
        status = calls[0].status
        busy = [each for each in recordings if each.stage != "understood"]
        if status == "completed" and busy:
            return said(STAGE, busy[0].stage), True
        return said(CALL, status), True
    return said(OUTREACH, state), False


def _or_none(operation: str, **path: str) -> Any:
    try:
        return ask(operation, path=path)
    except Problem as problem:
        if problem.kind in ("forbidden", "not-found"):
            return None
        raise

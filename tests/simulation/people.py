"""Who is called: customers of every kind, drawn by dice, with what they do call by call."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.places import PLACES, STATES, Law, Place
from tests.simulation.speech import FOLDER, answers

Dice = random.Random
Call = dict[str, Any]
DRIVER = "+14155550100"
"""The telephone of either company's driver."""
SECOND_COMPANY = "night-freight"
_SPOKEN = (
    "leave it with my neighbor",
    "yes that is fine",
    "i want to speak to a person",
    "stop calling me",
    "put it behind the planter",
)
_TEXTS: tuple[Any, ...] = (
    "delivered",
    {"reply": "STOP", "reply_after": 60},
    {"reply": "1", "reply_after": 240},
    {"reply": "leave it with the neighbour please", "reply_after": 600},
    {"reply": "HELP", "reply_after": 20},
    "undelivered",
    "landline",
    "filtered",
    "failed",
    "no-receipt",
    "stuck",
    "unsubscribed",
)


@dataclass
class Customer:
    """One person with a telephone. ``known_by`` is what the dispatcher knows of the place."""

    name: str
    number: str
    place: Place
    tenant_id: str
    known_by: str
    calls: list[Call]
    texts: list[Any]
    refuse: dict[str, int] | None
    visits_link: str
    law: list[Law] = field(default_factory=list)

    @property
    def assignment(self) -> dict[str, Any]:
        """How the number behaves, as the carrier takes it."""
        given: dict[str, Any] = {"calls": self.calls, "texts": self.texts}
        return {**given, "refuse": self.refuse} if self.refuse else given


def customer(dice: Dice, place: Place, index: int, faults: tuple[str, ...]) -> Customer:
    """Draw somebody who lives there, perhaps with a telephone from elsewhere.

    Most calls are such that the faults of the day have something to strike at.
    """
    home = place
    if place.state and dice.random() < 0.15:
        home = dice.choice([each for each in PLACES if each.state])
    ways = ["coordinates", "coordinates", "coordinates", "stated"]
    if place.number_tells and home is place:
        ways.append("number")
    laws = {id(law): law for law in (place.law, STATES.get(home.state or "", Law()))}
    return Customer(
        name=f"Customer {index}",
        number=home.number(dice),
        place=place,
        # The second company notifies: no text follows its one call, and nothing is recorded.
        tenant_id=SECOND_COMPANY
        if dice.random() < (0.1 if _fitting(faults) else 0.3)
        else "default",
        known_by=dice.choice(ways),
        calls=[behaviour(dice, faults) for _ in range(dice.choice((1, 1, 2, 3)))],
        texts=[dice.choice(_TEXTS) for _ in range(2)],
        refuse={"status": 400, "code": 21211} if dice.random() < 0.02 else None,
        visits_link=dice.choice(("never", "never", "fine", "note", "audio", "no_contact")),
        law=list(laws.values()),
    )


def behaviour(dice: Dice, faults: tuple[str, ...]) -> Call:
    """Draw what somebody does in one call."""
    (way,) = dice.choices(list(_WAYS), list(_WAYS.values()))
    fitting = _fitting(faults)
    if fitting and dice.random() < 0.7:
        way = dice.choice(fitting)
    call = way(dice)
    if dice.random() < 0.08:
        call["queued"] = round(dice.expovariate(1 / 40), 1)
    if call["outcome"] != "answers" and dice.random() < 0.12:
        call["calls_back"] = {
            "after": round(dice.uniform(5, 2400), 1),
            "steps": _talk(dice)["steps"],
        }
    return call


def _fitting(faults: tuple[str, ...]) -> list[Callable[[Dice], Call]]:
    """What customers do that gives these faults something to strike at."""
    return [_STRUCK[each] for each in _STRUCK if any(kind.startswith(each) for kind in faults)]


def _answers(*steps: dict[str, Any], **more: Any) -> Call:
    return {"outcome": "answers", "steps": list(steps), **more}


def _key(dice: Dice, keys: str) -> dict[str, Any]:
    return {"on": "gather", "press": keys, "after": round(dice.uniform(0.3, 15), 1)}


def _say(dice: Dice, **more: Any) -> dict[str, Any]:
    return {"on": "record", "speak": dice.choice(list(answers())), "after": 0.4, **more}


def _presses_one(dice: Dice) -> Call:
    return _answers(_key(dice, "1"))


def _leaves_instructions(dice: Dice) -> Call:
    ending: dict[str, Any] = dice.choice(
        ({"press": "#"}, {}, {"press": "9"}, {"hang_up_after": dice.uniform(0.6, 4)})
    )
    return _answers(_key(dice, "2"), _say(dice, **ending))


def _says_nothing(dice: Dice) -> Call:
    silence = {"on": "gather", "silent": True}
    return _answers(silence, silence, {"on": "record", "silent": True})


def _just_talks(dice: Dice) -> Call:
    silence = {"on": "gather", "silent": True}
    return _answers(silence, silence, _say(dice))


def _another_day(dice: Dice) -> Call:
    keys = ("3", dice.choice("1234"), dice.choice("12"), dice.choice("12"))
    return _answers(*(_key(dice, key) for key in keys), _say(dice))


def _opts_out(dice: Dice) -> Call:
    keys: tuple[str, ...] = dice.choice((("9",), ("9", "9"), ("9", "1", "1")))
    return _answers(*(_key(dice, key) for key in keys))


def _by_keys(dice: Dice) -> Call:
    keys = ("4", dice.choice("12345"), dice.choice(("1", "2", "0")), dice.choice("12345"))
    return _answers(*(_key(dice, key) for key in keys))


def _nonsense(dice: Dice) -> Call:
    keys = (dice.choice("578*"), dice.choice("6*8"), dice.choice("012"))
    return _answers(*(_key(dice, key) for key in keys), _say(dice))


def _speaks(dice: Dice) -> Call:
    words = {"on": "gather", "words": dice.choice(_SPOKEN), "after": 4.0}
    return _answers(words, _key(dice, dice.choice("129")), _say(dice))


def _wants_a_person(dice: Dice) -> Call:
    return _answers(_key(dice, "0"))


def _hangs_up(dice: Dice) -> Call:
    return _answers({"on": "say", "hang_up_after": round(dice.uniform(0.5, 20), 1)})


def _taken_for_a_machine(dice: Dice) -> Call:
    return _answers(_key(dice, "1"), answered_by="machine_start")


def _machine(dice: Dice) -> Call:
    call: Call = {"outcome": "voicemail", "keeps_line": 40}
    if dice.random() < 0.7:
        call["greeting"] = str(FOLDER / "audio/voicemail-greeting.wav")
    if dice.random() < 0.2:
        call["answered_by"] = dice.choice(("human", "unknown", "fax"))
    return call


def _busy(dice: Dice) -> Call:
    return {"outcome": "busy"}


def _no_answer(dice: Dice) -> Call:
    return {"outcome": "no_answer"}


def _fails(dice: Dice) -> Call:
    return {"outcome": "fails", "sip_code": dice.choice((404, 480, 503))}


def _talk(dice: Dice) -> Call:
    """Somebody who is on the line anyway, because they called."""
    way = dice.choice((_presses_one, _leaves_instructions, _opts_out, _another_day, _by_keys))
    return way(dice)


_WAYS: dict[Callable[[Dice], Call], float] = {
    _presses_one: 9,
    _leaves_instructions: 24,
    _says_nothing: 3,
    _just_talks: 7,
    _another_day: 5,
    _opts_out: 4,
    _by_keys: 4,
    _nonsense: 3,
    _speaks: 4,
    _wants_a_person: 7,
    _hangs_up: 4,
    _taken_for_a_machine: 3,
    _machine: 9,
    _busy: 9,
    _no_answer: 13,
    _fails: 4,
}
"""Every kind of customer in one call, and how many of them there are."""
_STRUCK: dict[str, Callable[[Dice], Call]] = {
    "message_": _no_answer,
    "media_": _leaves_instructions,
    "recording_": _leaves_instructions,
    "hang_up_in_record": _just_talks,
    "hang_up_in_dial": _wants_a_person,
    "hang_up_in_say": _says_nothing,
    "amd_": _machine,
}
"""What customers do on days of these faults, so that those have something to strike at."""
CALLS_IN = _talk

"""What the snapshots of the driver's sentence are made of."""

from __future__ import annotations

from collections.abc import Iterator

from app.rules.analysis import CHOICES, Directive, Kind


def one(kind: str, text: str = "", wording: str = "", **slots) -> Directive:
    return Directive(Kind(kind), text, 0.9, slots, wording=wording)


def leave(wording: str, place: str, **slots) -> Directive:
    return one("leave_at", f"leave it {wording}", wording, place=place, **slots)


def give(wording: str, recipient: str, **slots) -> Directive:
    return one("leave_with", f"leave it with {wording}", wording, recipient=recipient, **slots)


def mind(wording: str, hazard: str, **slots) -> Directive:
    return one("caution", f"mind {wording}", wording, hazard=hazard, **slots)


def each_kind() -> Iterator[Directive]:
    """Every kind, with every slot it carries and every choice of a slot."""
    yield one("cancel")
    for when in _times():
        for kind in ("reschedule", "time_window", "unavailable"):
            if when or kind != "time_window":
                yield one(kind, **when)
    yield one("redirect", "take it to 12 mill lane", "12 mill lane", address="12 mill lane")
    yield one("redirect", "take it to my office", "my office", address="office")
    yield one("redirect", "to my sister's house", "my sister's house", address="sister's house")
    yield one("redirect", "to the old mill", "the old mill", address="old mill")
    for action in CHOICES["action"]:
        yield one("avoid", "don't park on the grass", action=action)
    yield mind("the loose step", "loose step")
    yield mind("the trapeze artist", "trapeze artist")
    yield one("access", code="4519#")
    yield one("access", unit="3B")
    for floor in (
        "2",
        "ground",
        "lower ground",
        "top",
        "upper",
        "bottom",
        "main",
        "basement",
        "mezzanine",
    ):
        yield one("access", floor=floor)
    yield one("access", entrance="green door")
    yield one("access", entrance="tradesmen's entrance")
    yield one("access", code="4519#", unit="3B", floor="2", entrance="side gate")
    yield one("hand_over")
    for slots in (
        {"recipient": "me"},
        {"signature": True},
        {"id_check": True},
        {"recipient": "me", "signature": True, "id_check": True},
    ):
        yield one("hand_over", **slots)
    yield one("hand_over", "give it only to my wife", "wife", recipient="wife")
    yield one("hand_over", "only to him", "him", recipient="him")
    yield give("my neighbour", "neighbour")
    yield give("a neighbour", "neighbour")
    yield leave("behind the bins", "bins")
    yield give("someone", "someone")
    yield leave("by the outside steps", "outside steps")
    yield mind("the outside steps", "outside steps")
    yield leave("at reception", "reception")
    yield one("leave_at", place="shed")
    for note in CHOICES["note"]:
        yield one("handling", "keep it flat", note=note)
    for channel in ({}, *({"channel": channel} for channel in CHOICES["channel"])):
        for when in ({}, *({"when": when} for when in CHOICES["when"])):
            yield one("contact", **channel, **when)
    yield one("contact", channel="call", when="before", minutes=1)
    yield one("contact", channel="text", when="before", minutes=10, phone="07700900123")
    yield one("contact", "call my son", "my son", channel="call", recipient="son")
    yield one("contact", "text my son", "my son", channel="text", recipient="son")
    for kind in ("wrong_number", "opt_out", "speak_to_human", "confirm"):
        yield one(kind)
    for topic in CHOICES["topic"]:
        yield one("question", "how big is it?", topic=topic)


def _times() -> Iterator[dict[str, str]]:
    day = {"date": "2026-12-01"}
    yield {}
    yield day
    for hours in (
        {"start": "18:00"},
        {"end": "12:30"},
        {"start": "14:00", "end": "14:00"},
        {"start": "13:00", "end": "15:15"},
        {"start": "01:00"},
    ):
        yield hours
        yield {**day, **hours}


CONDITIONS = (
    "nobody answers",
    "there's no answer",
    "nobody's in",
    "no-one is home",
    "i'm not in",
    "we're out",
    "there's nobody to sign",
    "it's raining",
    "it's wet out",
    "it fits",
    "it fits in the letterbox",
    "it doesn't fit",
    "it doesn't fit through the letterbox",
    "it's too big",
    "it's too heavy",
    "the gate's locked",
    "the gate is open",
    "the door's locked",
    "the door is open",
    "the garage is shut",
    "the garage is open",
    "the office is closed",
    "reception is closed",
    "you can't find it",
    "my neighbour isn't in",
    "there's no room",
    "you're late",
    "unless it's raining",
    "unless nobody's in",
    "the side gate is open",
    "it's that shoe company",
)

COMBINATIONS: tuple[tuple[Directive, ...], ...] = (
    (
        leave("behind the planter on the porch", "planter on the porch"),
        one("access", code="4519#"),
        one("avoid", action="ring_bell"),
    ),
    (one("cancel"), one("contact", channel="call")),
    (one("reschedule", date="2026-11-23"), one("unavailable", date="2026-11-20")),
    (one("hand_over", recipient="me"), leave("in the shed", "shed", condition="i'm not in")),
    (leave("next to the bins", "bins"), leave("in the garage", "garage", condition="it's raining")),
    (
        mind("the dog", "dog"),
        one("access", entrance="side gate"),
        leave("by the back door", "back door"),
    ),
    (
        mind("two big dogs in the back yard", "two big dogs in the back yard"),
        one("avoid", action="open_gate"),
    ),
    (mind("the slippery steps", "slippery steps"), one("handling", note="fragile")),
    (give("mrs. okafor at fourteen", "mrs. okafor at fourteen"), one("avoid", action="knock")),
    (give("mr. patel at number 22", "mr. patel at number 22"),),
    (give("the neighbour at number thirty two", "neighbour at number thirty two"),),
    (give("my neighbour tom", "neighbour tom", condition="nobody answers"),),
    (give("my daughter rosa", "daughter rosa"), one("handling", note="perishable")),
    (give("sanjay next door", "sanjay next door"),),
    (give("the lady upstairs", "lady upstairs"),),
    (give("the neighbour across the street", "neighbour across the street"),),
    (give("the people at number nine", "people at number nine"),),
    (give("reception", "reception"), one("access", floor="3")),
    (give("the security guard at the front gate", "security guard at the front gate"),),
    (give("the bakery on the corner", "bakery on the corner"),),
    (give("whoever answers the door", "whoever answers the door"),),
    (give("the alpaca farmer", "alpaca farmer"),),
    (give("maria", "maria"), one("hand_over", signature=True)),
    (leave("in the boot of the blue car on the drive", "boot of the blue car on the drive"),),
    (leave("at the end of the drive", "end of the drive"),),
    (leave("at the bottom of the stairs", "bottom of the stairs"), one("handling", note="heavy")),
    (leave("round the back", "back"), one("handling", note="conceal")),
    (
        leave(
            "in the big blue storage box next to the garage",
            "big blue storage box next to the garage",
        ),
    ),
    (leave("under the old oak tree", "old oak tree"),),
    (leave("between the shed and the fence", "shed and the fence"),),
    (leave("on top of the gas meter", "gas meter"), one("handling", note="keep_dry")),
    (leave("in the neighbour's garage", "neighbour's garage"),),
    (leave("outside flat 3b", "flat 3b"), one("avoid", action="call")),
    (leave("upstairs", "upstairs"), one("access", code="1234", unit="204")),
    (leave("behind the hedge", "hedge"), one("avoid", action="block_driveway")),
    (leave("under the awning opposite the hall", "awning opposite the hall"),),
    (
        leave("on the bench by the front door", "bench by the front door"),
        one("avoid", action="leave_with_neighbor"),
    ),
    (leave("somewhere dry", "somewhere dry"), one("handling", note="keep_upright")),
    (
        mind("the low beam in the hallway", "low beam in the hallway"),
        one("access", entrance="main entrance"),
    ),
    (mind("ice on the path", "ice on the path"), one("contact", channel="call", when="on_arrival")),
    (
        mind("the wasps' nest by the letterbox", "wasps' nest by the letterbox"),
        one("avoid", action="knock"),
    ),
    (mind("the angry peacock behind the house", "angry peacock behind the house"),),
    (one("time_window", start="18:00"), one("access", floor="ground", unit="2")),
    (
        one("unavailable", start="13:30", end="14:15"),
        one("contact", channel="text", when="before", minutes=20),
    ),
    (
        one(
            "redirect",
            "take it to 48 orchard street",
            "48 orchard street",
            address="48 orchard street",
        ),
        one("hand_over", id_check=True),
    ),
    (
        one(
            "redirect",
            "to the pickup point on station road",
            "the pickup point on station road",
            address="pickup point on station road",
        ),
    ),
    (
        one(
            "redirect",
            "to my daughter's school",
            "my daughter's school",
            address="daughter's school",
        ),
    ),
    (
        one("avoid", action="leave_outside", condition="it's raining"),
        give("the concierge", "concierge"),
    ),
    (leave("on the porch", "porch", condition="unless it's raining"),),
    (one("cancel", condition="it's that shoe company"),),
    (
        one("access", code="4519", condition="the gate's locked"),
        one("avoid", "don't let the cat out", action="other"),
    ),
    (
        one("contact", channel="call", condition="the gate's locked"),
        leave("in the shed", "shed", condition="it isn't"),
    ),
    (
        leave("in the shed", "shed"),
        one("leave_at", "otherwise on the porch", "on the porch", place="porch"),
    ),
    (one("avoid", action="call", condition="before nine"), give("14", "14")),
    (one("unavailable", condition="until the 30th"),),
    (one("reschedule", "Friday after lunch", date="2026-11-20"),),
    (leave("with my bins", "bins", condition="i've lost my key"),),
    (
        give("a friend", "friend", condition="nobody's in"),
        one("contact", channel="call", when="no_answer"),
    ),
)

"""Where it goes, who takes it and what not to do, said in the ways that tables of verbs miss."""

from __future__ import annotations

from typing import Any

import pytest

from app.rules.directives import understand
from tests.rules.directives.answers import CALLED_AT, bare, found, unpunctuated


def at(place: str, **slots: str) -> dict[str, Any]:
    return {"kind": "leave_at", "place": place, **slots}


def with_(recipient: str, **slots: str) -> dict[str, Any]:
    return {"kind": "leave_with", "recipient": recipient, **slots}


def to(address: str) -> dict[str, Any]:
    return {"kind": "redirect", "address": address}


def way_in(**slots: str) -> dict[str, Any]:
    return {"kind": "access", **slots}


def never(action: str) -> dict[str, Any]:
    return {"kind": "avoid", "action": action}


def beware(hazard: str) -> dict[str, Any]:
    return {"kind": "caution", "hazard": hazard}


def note(what: str) -> dict[str, Any]:
    return {"kind": "handling", "note": what}


def only_to(**slots: str | bool) -> dict[str, Any]:
    return {"kind": "hand_over", **slots}


SAID: list[tuple[str, list[dict[str, Any]]]] = [
    # The second choice, with a verb or without one.
    (
        "If it's sunny put it in the shed, otherwise the coal bunker is fine.",
        [at("shed", condition="it's sunny"), at("coal bunker")],
    ),
    (
        "If I'm out try the neighbour, otherwise with the porter.",
        [with_("neighbour", condition="i'm out"), with_("porter")],
    ),
    (
        "Put it in the mailbox if it fits. If not, the lady at number 6.",
        [at("mailbox", condition="it fits"), with_("lady at number 6")],
    ),
    # A condition ends where the order begins; what is to be answered is none.
    ("If it doesn't fit put it in the shed.", [at("shed", condition="it doesn't fit")]),
    ("If anyone asks it's a lamp, just leave it in the hall.", [at("hall")]),
    ("In case of rain put it under the awning.", [at("awning", condition="rain")]),
    ("When nobody's in use the shed.", [at("shed", condition="nobody's in")]),
    (
        "Provided it's not raining, the step's fine.",
        [at("step", condition="it's not raining")],
    ),
    # Who takes it, told rather than asked.
    ("Ask for Tommy in the garage, he'll sort it.", [with_("tommy in the garage")]),
    ("It goes to the lady upstairs.", [with_("lady upstairs")]),
    ("My mate Dave is having it.", [with_("mate dave")]),
    ("Try Mrs Kaur over the road, she won't mind.", [with_("mrs kaur over the road")]),
    ("Pass it over the fence to Joan.", [with_("joan")]),
    ("Give it to the porter only, he'll keep it for me.", [with_("porter")]),
    ("The warden has instructions to accept everything.", [with_("warden")]),
    (
        "Leave it with my cousin, no, hold on, he's away, leave it with my aunt.",
        [with_("aunt")],
    ),
    ("The shop opposite have said they'll have it.", [with_("shop opposite")]),
    # Who alone may have it.
    ("It's for my niece, so nobody but her.", [only_to(recipient="niece")]),
    (
        "Speak to Jean in the office, she'll sign for it.",
        [only_to(recipient="jean in the office", signature=True)],
    ),
    ("This one needs signing for.", [only_to(signature=True)]),
    ("This one's for Dr Ahmed and her alone.", [only_to(recipient="dr ahmed")]),
    ("You ought to see some photo ID before you go.", [only_to(id_check=True)]),
    ("Someone will hold it at the bakery on the corner.", [with_("bakery on the corner")]),
    ("Lena at nine will take it.", [with_("lena at nine")]),
    # Where it stays and where else it goes.
    ("It's fine in the porch.", [at("porch")]),
    (
        "Put it in the stock room and hide it behind the coats.",
        [at("stock room"), note("conceal")],
    ),
    ("Drop it to fourteen Ash Grove instead.", [to("fourteen ash grove")]),
    ("It should go to 3 Hill View in Oakham.", [to("3 hill view in oakham")]),
    ("Bring it round the corner to 12 Canal Street.", [to("12 canal street")]),
    ("Could you pop it to the salon on Green Street instead?", [to("salon on green street")]),
    ("Could you hold it at the pickup point on Ferry Road.", [to("pickup point on ferry road")]),
    ("Can you reroot it to 40 Dock Road?", [to("40 dock road")]),
    ("Leave it at the nurses station on ward 7.", [at("nurses station on ward 7")]),
    ("Put it in the bin with 40 on it.", [at("bin with 40 on it")]),
    ("Keep it at the parcel shop on Elm Street.", [to("parcel shop on elm street")]),
    # The way in, and codes begun again.
    ("Round the back through the cellar door.", [way_in(entrance="cellar door")]),
    ("Take the lift to the sixth floor, we're 6C.", [way_in(floor="6", unit="6C")]),
    ("Go up to the second floor, flat 9.", [way_in(floor="2", unit="9")]),
    ("Gate code's four oh one one, then star.", [way_in(code="4011*")]),
    ("The code is, hold on, let me check, eight two two five.", [way_in(code="8225")]),
    ("The code is three three one, no, three three nine oh.", [way_in(code="3390")]),
    ("The door code changed, it's now seven one one two.", [way_in(code="7112")]),
    ("Gate code: star, five five oh one.", [way_in(code="*5501")]),
    # What not to do.
    ("Nothing is to be left on the doorstep.", [never("leave_outside")]),
    ("Nothing to be left with next door, please.", [never("leave_with_neighbor")]),
    ("I don't want it on the step.", [never("leave_outside")]),
    ("Keep off the driveway please.", [never("block_driveway")]),
    ("Park on the road, not across the garage.", [never("block_driveway")]),
    ("Keep your truck off the lawn.", [never("other")]),
    ("The doorbell is off limits.", [never("ring_bell")]),
    ("The gate is chained up, please don't try to open it.", [never("open_gate")]),
    (
        "Nora at nine will take it. Not the people opposite, please.",
        [with_("nora at nine"), never("leave_with_neighbor")],
    ),
    # What to beware of, with what tells it.
    ("There's a hole where the grid should be.", [beware("hole where the grid should be")]),
    ("There's a pond with no fence round it.", [beware("pond with no fence round it")]),
    ("Mind the gap between the deck and the path.", [beware("gap between the deck and the path")]),
    ("There's a swarm of bees by the gate, keep well back.", [beware("swarm of bees by the gate")]),
    (
        "There's a ledge behind the gate, everyone trips on it.",
        [beware("ledge behind the gate")],
    ),
    ("There's scaffolding up, mind yourself.", [beware("scaffolding up")]),
    # How to treat it.
    ("It's a surprise, so keep it under wraps.", [note("conceal")]),
    ("Keep it away from the radiator.", [note("other")]),
    ("Don't let the damp get into it.", [note("keep_dry")]),
    ("It mustn't have any water near it.", [note("keep_dry")]),
    ("It's crystal in there, so easy does it.", [note("fragile")]),
]
CHATTER = [
    "I thought you'd left it with the neighbour.",
    "I had a parcel left with number 9 yesterday.",
    "Mind you, he did leave it in the shed last time.",
    "Is it going to need a signature?",
    "It's going back for an exchange.",
    "Is it at all possible to have a chat about it?",
    "He never did knock at the door.",
    "Under the mat there's a spare key.",
    "Years ago you still got a friendly knock at the door.",
]


@pytest.mark.parametrize(("said", "directives"), SAID)
def test_what_is_said_of_where_and_who(said: str, directives: list[dict[str, Any]]) -> None:
    assert found(understand(said, now=CALLED_AT)) == bare(directives)


@pytest.mark.parametrize(("said", "directives"), SAID)
def test_the_same_without_punctuation(said: str, directives: list[dict[str, Any]]) -> None:
    assert found(understand(unpunctuated(said), now=CALLED_AT)) == bare(directives)


@pytest.mark.parametrize("said", CHATTER)
def test_a_story_names_no_place_and_no_way_in(said: str) -> None:
    kinds = {one.kind.value for one in understand(said, now=CALLED_AT).directives}
    assert not kinds & {"leave_at", "leave_with", "hand_over", "access", "redirect"}


@pytest.mark.parametrize(
    ("heard", "directives"),
    [
        ("leaf it buy the side gate please", [at("side gate")]),
        ("you will have to sine but only hand it to me", [only_to(recipient="me", signature=True)]),
        ("flat too second flaw", [way_in(unit="2", floor="2")]),
        ("if its pouring put it in the barn", [at("barn", condition="it's pouring")]),
        ("if shes out leave it with my gran", [with_("gran", condition="she's out")]),
    ],
)
def test_what_the_telephone_misheard_is_read_as_meant(
    heard: str, directives: list[dict[str, Any]]
) -> None:
    assert found(understand(heard, now=CALLED_AT)) == bare(directives)

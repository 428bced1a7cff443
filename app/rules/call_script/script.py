"""The conversation with a customer, as one graph of scenes.

This is the table to read and to change: what each scene says (the texts are in ``languages/``),
what each key means and where it leads. TwiML (``app.web.twiml``) and the page for people
(``docs/call-script.md``) are both made from it. Nothing here knows Twilio.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.rules.analysis import Directive, Kind, SlotValue
from app.rules.call_script.scenes import WRONG_NUMBER, Choice, Effect, Scene

START = "greeting"
NOTIFICATION = "notification"
VOICEMAIL = "voicemail"
INBOUND = "inbound"
STRANGER = "inbound-unknown"
STRANGER_GOODBYE = "inbound-goodbye"
ENOUGH = "enough"
MOST_SECONDS = 60
"""The longest answer that is recorded."""
MOST_ANSWERS = 30
"""Whoever has pressed so many keys in one call hears goodbye, so that every call ends."""


def _means(kind: Kind, text: str, **slots: SlotValue) -> tuple[Directive, ...]:
    """What a key says as directives; keys are never in doubt."""
    return (Directive(kind, text, 1.0, slots),)


ALL_FINE = Choice("confirmed", "everything is fine", means=_means(Kind.CONFIRM, "all fine"))
LEAVE_INSTRUCTIONS = Choice("instructions", "leave instructions after the beep")
ANOTHER_DAY = Choice("another-day", "another day")
KEYS_ONLY = Choice("keypad", "choose by keys, without being recorded")
NEVER_AGAIN = Choice(
    "opt-out", "never call again", means=_means(Kind.OPT_OUT, "never call this number again")
)
A_PERSON = Choice(
    "transfer", "speak to a person", means=_means(Kind.SPEAK_TO_HUMAN, "speak to a person")
)
NEVER_AGAIN_AT_ONCE = NEVER_AGAIN.to_scene("opted-out-at-once")
NOT_MINE = Choice(
    "wrong-number",
    "this is a wrong number",
    means=_means(Kind.WRONG_NUMBER, "this is the wrong number"),
)
_ALWAYS = {"9": NEVER_AGAIN, "0": A_PERSON}
_MENU: Mapping[str, Choice] = {
    "1": ALL_FINE,
    "2": LEAVE_INSTRUCTIONS,
    "3": ANOTHER_DAY,
    "4": KEYS_ONLY,
    **_ALWAYS,
    WRONG_NUMBER: NOT_MINE,
}
KEYPAD: Mapping[str, Choice] = {
    "1": Choice(
        "keypad-more",
        "leave it at the front door",
        means=_means(Kind.LEAVE_AT, "leave it at the front door", place="front door"),
        reply=("noted_front_door",),
    ),
    "2": Choice(
        "keypad-more",
        "leave it with a neighbour",
        means=_means(Kind.LEAVE_WITH, "leave it with a neighbor", recipient="neighbor"),
        reply=("noted_neighbour",),
    ),
    "3": Choice(
        "keypad-more",
        "leave it in a safe place, out of sight",
        means=(
            *_means(Kind.LEAVE_AT, "leave it in a safe place", place="safe place"),
            *_means(Kind.HANDLING, "out of sight", note="conceal"),
        ),
        reply=("noted_safe_place",),
    ),
    "4": Choice(
        "keypad-more",
        "hand it only to me",
        means=_means(Kind.HAND_OVER, "hand it only to me", recipient="me"),
        reply=("noted_only_me",),
    ),
    "5": Choice(
        "keypad-more",
        "text me on arrival",
        means=_means(Kind.CONTACT, "text me when you arrive", channel="text", when="on_arrival"),
        reply=("noted_text",),
    ),
}
"""What can be asked for by keys alone."""

SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        # -- We call the customer ------------------------------------------------------------
        "greeting": Scene(
            "Greeting and menu",
            say=("greeting", "callback", "notice"),
            ask=("menu",),
            choices=_MENU,
            speech="menu",
            listens="heard",
            agreed="all-fine",
            again=1,
            # Whoever presses nothing may simply be talking: they get the beep.
            unanswered="instructions",
        ),
        "menu": Scene(
            "Back at the menu",
            ask=("menu",),
            choices=_MENU,
            speech="menu",
            listens="heard",
            agreed="all-fine",
            again=1,
            unanswered="instructions",
        ),
        # Who picks up with "Yes?" has confirmed nothing.
        "all-fine": Scene(
            "Is everything fine?",
            ask=("all_fine",),
            choices={"1": ALL_FINE, "2": Choice("menu", "hear what else there is"), **_ALWAYS},
            speech="yes_no",
            listens="heard",
            again=1,
            unanswered="instructions",
        ),
        # -- Instructions in the customer's own words ----------------------------------------
        "instructions": Scene(
            "Recording",
            say=("notice", "speak"),
            records=True,
            choices={"9": NEVER_AGAIN},
            recorded="thanks",
            # A key pressed while nothing is said may be lost: the next question hears it.
            again=0,
            unanswered="unheard",
            effect=Effect.RECORDS,
        ),
        "unheard": Scene(
            "Nothing was recorded",
            ask=("unheard",),
            choices={
                "1": ALL_FINE,
                "2": LEAVE_INSTRUCTIONS,
                "4": KEYS_ONLY,
                **_ALWAYS,
                WRONG_NUMBER: NOT_MINE,
            },
            speech="menu",
            agreed="all-fine",
            again=0,
            unanswered="nothing",
        ),
        "heard": Scene(
            "Reading back what was said",
            ask=("heard",),
            choices={
                "1": Choice("thanks", "that is right"),
                "2": Choice("instructions", "say it again after the beep", drops_said=True),
                **_ALWAYS,
            },
            speech="yes_no",
            again=1,
            unanswered="thanks",
        ),
        # -- Instructions by keys alone ------------------------------------------------------
        "keypad": Scene(
            "By keys alone",
            ask=("keypad",),
            choices={**KEYPAD, **_ALWAYS},
            unanswered="nothing",
        ),
        "keypad-more": Scene(
            "More by keys?",
            ask=("keypad_more",),
            choices={"1": Choice("keypad", "add something"), **_ALWAYS},
            again=0,
            unanswered="thanks",
        ),
        # -- Another day ---------------------------------------------------------------------
        "another-day": Scene(
            "Another day",
            ask=("another_day",),
            choices={
                "1": Choice("day-chosen", "the first of the days", day=1),
                "2": Choice("day-chosen", "the second of the days", day=2),
                "3": Choice("day-chosen", "the third of the days", day=3),
                "4": Choice("instructions", "none of these: say it after the beep"),
                **_ALWAYS,
            },
            speech="days",
            unanswered="nothing",
        ),
        "day-chosen": Scene(
            "Is that the day?",
            ask=("day_chosen",),
            choices={
                "1": Choice("day-kept", "that is right", keeps_day=True),
                "2": Choice("another-day", "choose again"),
                **_ALWAYS,
            },
            speech="yes_no",
            unanswered="nothing",
        ),
        # -- Never again ---------------------------------------------------------------------
        "opt-out": Scene(
            "Never again",
            say=("opt_out",),
            ask=("opt_out_confirm",),
            choices={
                "9": Choice("opted-out", "yes, never again"),
                "1": Choice(
                    "menu", "it was a mistake", takes_back=Kind.OPT_OUT, reply=("opt_out_undone",)
                ),
            },
            speech="opt_out",
            again=0,
            unanswered="opted-out",
        ),
        # -- A person ------------------------------------------------------------------------
        "transfer": Scene(
            "A person",
            say=("transfer",),
            transfers=True,
            answered="transferred",
            unanswered="promise",
        ),
        "promise": Scene("Promise of a call back", say=("promise",), effect=Effect.PROMISED),
        "transferred": Scene("After the talk", say=("goodbye",), effect=Effect.TRANSFERRED),
        # -- How calls end -------------------------------------------------------------------
        "confirmed": Scene("All fine", say=("confirmed",)),
        "thanks": Scene("Noted", say=("thanks",)),
        "day-kept": Scene("Day noted", say=("day_kept",)),
        "nothing": Scene("Nothing changed", say=("nothing",)),
        "opted-out": Scene("Never again, confirmed", say=("opted_out",)),
        "opted-out-at-once": Scene("Never again, at once", say=("opt_out", "opted_out")),
        "wrong-number": Scene("A wrong number", say=("wrong_number",)),
        "enough": Scene("After very many keys", say=("goodbye",)),
        "voicemail": Scene("An answering machine", say=("voicemail",), effect=Effect.VOICEMAIL),
        # -- Only a notification: keys alone, under a minute, nothing recorded ---------------
        "notification": Scene(
            "Notification",
            say=("greeting", "callback"),
            ask=("notification_menu",),
            choices={
                "1": ALL_FINE,
                "4": Choice("brief-keypad", "choose by keys"),
                "9": NEVER_AGAIN_AT_ONCE,
            },
            again=0,
            patience=3,
            unanswered="brief-goodbye",
        ),
        "brief-keypad": Scene(
            "Notification: by keys",
            ask=("keypad",),
            choices={
                **{key: choice.to_scene("thanks") for key, choice in KEYPAD.items()},
                "9": NEVER_AGAIN_AT_ONCE,
            },
            again=0,
            patience=3,
            unanswered="brief-goodbye",
        ),
        "brief-goodbye": Scene("Notification: goodbye", say=("goodbye",)),
        # -- The customer calls us -----------------------------------------------------------
        "inbound": Scene(
            "The customer calls us",
            say=("inbound", "reference", "notice"),
            ask=("menu",),
            choices=_MENU,
            speech="menu",
            listens="heard",
            agreed="all-fine",
            again=1,
            unanswered="instructions",
        ),
        # By keys alone: no notice stands before it, so that no word may be listened to.
        "inbound-unknown": Scene(
            "A stranger calls us",
            say=("inbound_unknown",),
            ask=("ask_reference",),
            choices={"9": NEVER_AGAIN_AT_ONCE},
            reference=True,
            patience=10,
            unanswered="inbound-goodbye",
        ),
        "inbound-goodbye": Scene("Stranger: goodbye", say=("inbound_goodbye",)),
    }
)
ENTRANCES = (START, NOTIFICATION, INBOUND, STRANGER, VOICEMAIL, ENOUGH)
"""Scenes that no other scene leads to; a machine is led to VOICEMAIL from any that waits."""


def start_for(direction: str, mode: str = "consent") -> str:
    """The first scene of an outbound or inbound call; ``mode`` is the company's choice."""
    if direction == "inbound":
        return INBOUND
    return NOTIFICATION if mode == "package_notification" else START

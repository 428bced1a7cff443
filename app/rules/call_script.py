"""The conversation with a customer, as one table of scenes.

A scene says something, then listens for keys, records, or ends. ``app.web.twiml`` turns a scene
into TwiML; nothing here knows Twilio.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.rules.analysis import Directive, Kind

NOTICE_VERSION = "en/1"
MOST_SECONDS = 60
"""The longest answer that is recorded."""


class Effect(StrEnum):
    """What entering a scene means for the delivery."""

    CONFIRM = "confirm"
    OPT_OUT = "opt_out"
    RECORDS = "records"
    VOICEMAIL = "voicemail"


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of the call.

    ``keys`` maps a key to the next scene, ``other`` is for any other key and ``silent`` for none;
    ``recorded`` follows a recorded answer. A scene with none of these ends the call.
    """

    say: tuple[str, ...]
    keys: Mapping[str, str] | None = None
    other: str | None = None
    silent: str | None = None
    records: bool = False
    recorded: str | None = None
    effect: Effect | None = None


_MENU = {"1": "confirmed", "2": "instructions", "9": "opt-out", "*": "greeting"}
START = "greeting"
VOICEMAIL = "voicemail"

SCENES: Mapping[str, Scene] = {
    "greeting": Scene(say=("greeting", "notice", "menu"), keys=_MENU, other="menu", silent="menu"),
    "menu": Scene(say=("menu",), keys=_MENU, other="instructions", silent="instructions"),
    # Whoever presses nothing may simply be talking: they get the beep as well.
    "instructions": Scene(
        say=("speak",), records=True, recorded="thanks", silent="nothing", effect=Effect.RECORDS
    ),
    "thanks": Scene(say=("thanks",)),
    "nothing": Scene(say=("nothing",)),
    "confirmed": Scene(say=("confirmed",), effect=Effect.CONFIRM),
    "opt-out": Scene(say=("opt_out",), keys={"9": "opted-out"}, other="menu", silent="menu"),
    "opted-out": Scene(say=("opted_out",), effect=Effect.OPT_OUT),
    "voicemail": Scene(say=("voicemail",), effect=Effect.VOICEMAIL),
}

PROMPTS: Mapping[str, str] = {
    "greeting": "Hello. This is an automated call from {company} about your delivery {when}.",
    "notice": "If you leave a message, it will be recorded so that your driver knows what to do.",
    "menu": "If everything is fine as it is, press 1. To leave instructions for the driver, "
    "press 2. If you never want us to call you again, press 9. To hear this again, press star.",
    "speak": "Please say what the driver should do after the beep. Press the hash key when done.",
    "thanks": "Thank you. We will tell your driver. Goodbye.",
    "nothing": "We did not hear anything. Your delivery will come as planned. Goodbye.",
    "confirmed": "Thank you. Your delivery will come as planned. Goodbye.",
    "opt_out": "To confirm that {company} must never call this number again, press 9 now.",
    "opted_out": "We will not call this number again. Goodbye.",
    "voicemail": "This is {company} about your delivery {when}. To tell us where to leave it, "
    "please call {callback}. Goodbye.",
}

_KEY_DIRECTIVES = {Effect.CONFIRM: Kind.CONFIRM, Effect.OPT_OUT: Kind.OPT_OUT}


def next_scene(scene: str, digits: str) -> str:
    """The scene that a pressed key leads to. Raises KeyError for an unknown scene."""
    here = SCENES[scene]
    following = (here.keys or {}).get(digits[:1]) or here.other or here.silent
    return following or scene


def for_machine(scene: str) -> str:
    """Where the scene would wait or record, a machine gets the short message instead."""
    here = SCENES[scene]
    return VOICEMAIL if here.records or here.keys else scene


def words(scene: str, *, company: str, callback: str, when: str) -> tuple[str, ...]:
    """What is said in a scene, plain text, not escaped."""
    values = {"company": company, "callback": callback, "when": when}
    return tuple(PROMPTS[prompt].format(**values) for prompt in SCENES[scene].say)


def said_when(scheduled: datetime, end: datetime | None, time_zone: str, today: date) -> str:
    """When the delivery comes, as one says it: "today between 9:30 AM and 11 AM"."""
    zone = ZoneInfo(time_zone)
    start_local = scheduled.astimezone(zone)
    days = (start_local.date() - today).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {start_local:%A, %B} {start_local.day}")
    if end is None:
        return f"{day} around {_clock(start_local)}"
    return f"{day} between {_clock(start_local)} and {_clock(end.astimezone(zone))}"


def _clock(moment: datetime) -> str:
    hour = moment.hour % 12 or 12
    minutes = f":{moment:%M}" if moment.minute else ""
    return f"{hour}{minutes} {moment:%p}"


def key_directive(effect: Effect) -> Directive | None:
    """What a pressed key means as a directive, where it means one."""
    kind = _KEY_DIRECTIVES.get(effect)
    return Directive(kind, text=f"key for {kind.value}", confidence=1.0) if kind else None

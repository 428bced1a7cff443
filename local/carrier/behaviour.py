"""How a number behaves: in one call, and when it gets one text. The format is in `personas`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.carrier.account import Refusal
from local.carrier.audio import AudioError, read_audio
from local.carrier.persona_fields import PersonaError, ReadFields

_RINGS = {"answers": 2, "voicemail": 4, "busy": 0, "no_answer": 0, "fails": 0}
_CALL_FIELDS = {
    *("outcome", "rings", "steps", "sip_code", "error_code", "answered_by", "greeting"),
    *("keeps_line", "queued", "talks", "calls_back"),
}
_STEP_FIELDS = {
    "gather": {"press", "words", "confidence", "speak", "after", "silent", "hang_up_after"},
    "record": {"press", "speak", "after", "silent", "hang_up_after"},
    "say": {"hang_up_after"},
}
_VERDICTS = (
    "human",
    "machine_start",
    "machine_end_beep",
    "machine_end_silence",
    "machine_end_other",
    "fax",
    "unknown",
)
_ENDS = ("delivered", "undelivered", "failed", "sent", "queued")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a customer does when a verb begins."""

    on: str
    press: str = ""
    words: str = ""
    confidence: float = 0.9
    speak: Path | None = None
    after: float = 1.0
    hang_up_after: float | None = None


@dataclass(frozen=True, slots=True)
class CallBack:
    """The customer calls back so many call seconds after the end of the call, and does this."""

    after: float
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class CallBehaviour:
    """How a number behaves during one call."""

    outcome: str
    rings: int = 0
    steps: tuple[Step, ...] = ()
    sip_code: int = 503
    error_code: int | None = None
    answered_by: str | None = None
    greeting: Path | None = None
    keeps_line: float = 30.0
    queued: float = 0.0
    talks: float = 20.0
    calls_back: CallBack | None = None


@dataclass(frozen=True, slots=True)
class TextBehaviour:
    """What becomes of one text: its last status after so many call seconds, and an answer to it."""

    ends: str = "delivered"
    error_code: int | None = None
    after: float = 2.0
    refuse: Refusal | None = None
    reply: str = ""
    reply_after: float = 30.0


NOBODY = CallBehaviour(outcome="fails", sip_code=404)
DELIVERED = TextBehaviour()
TEXTS = {
    "delivered": DELIVERED,
    "undelivered": TextBehaviour("undelivered", 30003),
    "unknown": TextBehaviour("undelivered", 30005),
    "landline": TextBehaviour("undelivered", 30006),
    "filtered": TextBehaviour("undelivered", 30007),
    "failed": TextBehaviour("failed", 30008),
    "unregistered": TextBehaviour("failed", 30034),
    "no-receipt": TextBehaviour("sent"),
    "stuck": TextBehaviour("queued"),
    "unsubscribed": TextBehaviour(refuse=Refusal(400, 21610)),
    "not-mobile": TextBehaviour(refuse=Refusal(400, 21614)),
}
"""What may become of a text, by name."""


def read_calls(raw: Any, where: str, folder: Path) -> tuple[CallBehaviour, ...]:
    """Return the behaviours in a list of calls; PersonaError says what is wrong."""
    if not isinstance(raw, list) or not raw:
        raise PersonaError(f"{where}: calls must be a list with at least one entry")
    return tuple(
        _behaviour(call, f"{where}, calls[{index}]", folder) for index, call in enumerate(raw)
    )


def read_steps(raw: Any, where: str, folder: Path) -> tuple[Step, ...]:
    """Return what a customer does during one call; PersonaError says what is wrong."""
    if not isinstance(raw, list):
        raise PersonaError(f"{where}: steps must be a list")
    return tuple(_step(step, f"{where}, steps[{index}]", folder) for index, step in enumerate(raw))


def read_texts(raw: Any, where: str) -> tuple[TextBehaviour, ...]:
    """Return what becomes of texts, one by one; PersonaError says what is wrong."""
    several = raw if isinstance(raw, list) else [raw]
    if not several:
        raise PersonaError(f"{where}: texts must not be empty")
    return tuple(_text(each, f"{where}, texts[{index}]") for index, each in enumerate(several))


def _behaviour(raw: Any, where: str, folder: Path) -> CallBehaviour:
    fields = ReadFields(raw, where, _CALL_FIELDS)
    outcome = fields.choice("outcome", tuple(_RINGS))
    if raw.get("steps") and outcome != "answers":
        raise PersonaError(f"{where}: steps need the outcome 'answers'")
    steps = read_steps(raw.get("steps", []), where, folder)
    return CallBehaviour(
        outcome=outcome,
        rings=int(fields.number("rings", _RINGS[outcome])),
        steps=steps,
        sip_code=int(fields.number("sip_code", 503)),
        error_code=int(fields.number("error_code", 0)) or None,
        answered_by=fields.choice("answered_by", _VERDICTS) if "answered_by" in raw else None,
        greeting=_sound(fields, "greeting", folder),
        keeps_line=fields.number("keeps_line", 30.0),
        queued=fields.number("queued", 0.0),
        talks=fields.number("talks", 20.0),
        calls_back=_call_back(raw["calls_back"], where, folder) if "calls_back" in raw else None,
    )


def _call_back(raw: Any, where: str, folder: Path) -> CallBack:
    where = f"{where}, calls_back"
    fields = ReadFields(raw, where, {"after", "steps"})
    return CallBack(fields.number("after", 60.0), read_steps(raw.get("steps", []), where, folder))


def _text(raw: Any, where: str) -> TextBehaviour:
    if isinstance(raw, str):
        if raw not in TEXTS:
            raise PersonaError(f"{where}: {raw!r} is none of {', '.join(TEXTS)}")
        return TEXTS[raw]
    known = {"ends", "error_code", "after", "reply", "reply_after"}
    fields = ReadFields(raw, where, known)
    return TextBehaviour(
        ends=fields.choice("ends", _ENDS) if "ends" in raw else "delivered",
        error_code=int(fields.number("error_code", 0)) or None,
        after=fields.number("after", DELIVERED.after),
        reply=fields.text("reply"),
        reply_after=fields.number("reply_after", DELIVERED.reply_after),
    )


def _step(raw: Any, where: str, folder: Path) -> Step:
    if not isinstance(raw, dict) or raw.get("on") not in _STEP_FIELDS:
        raise PersonaError(f"{where}: on must be one of {', '.join(_STEP_FIELDS)}")
    on = raw["on"]
    fields = ReadFields(raw, where, _STEP_FIELDS[on] | {"on"})
    hang_up_after = fields.number("hang_up_after", 0.0) if "hang_up_after" in raw else None
    step = Step(
        on=on,
        press=fields.keys("press"),
        words=fields.text("words"),
        confidence=fields.number("confidence", 0.9),
        speak=_sound(fields, "speak", folder),
        after=fields.number("after", 0.5 if on == "record" else 1.0),
        hang_up_after=hang_up_after,
    )
    acts = bool(step.press or step.words or step.speak)
    if on == "gather" and step.speak and not step.words:
        raise PersonaError(f"{where}: speak needs words, which is what recognition hears")
    if on == "gather" and step.press and step.words:
        raise PersonaError(f"{where}: press and words exclude each other")
    if acts == (raw.get("silent") is True) and (acts or hang_up_after is None):
        raise PersonaError(f"{where}: needs something to do, or silent: true, and not both")
    return step


def _sound(fields: ReadFields, name: str, folder: Path) -> Path | None:
    written = fields.text(name)
    if not written:
        return None
    path = folder / written
    try:
        read_audio(path)
    except AudioError as error:
        raise PersonaError(f"{fields.where}: {name}: {error}") from error
    return path

"""Who answers the telephone: customers as a JSON file describes them.

    {"personas": [{"name": "…", "numbers": ["+1…"], "calls": [CALL, …]}, …]}

The n-th call to a number uses the n-th CALL; the last one repeats. All times are seconds of call
time. A CALL is an object with

- `outcome`: `answers`, `busy`, `no_answer`, `fails` or `voicemail` (required);
- `rings`: rings of six seconds each before that (2 for a person, 4 for voicemail, else 0);
- `sip_code`: for `fails` (503);
- `answered_by`: what machine detection is to say, where it should be wrong or special;
- `greeting` (WAV file or absent for a silent one) and `keeps_line` (30): for `voicemail`, the
  machine's announcement and how long it listens afterwards;
- `steps`: for `answers`, what the customer does, each an object with `on` and
  - `on: "gather"`: `press` (keys) or `words` (what speech recognition hears, with `confidence`
    and optionally the sound in `speak`), `after` so many seconds (1.0) from the beginning of the
    Gather, so that a small `after` interrupts the prompt; or `silent: true`;
  - `on: "record"`: `speak` (a WAV file) `after` so many seconds (0.5) from the beep, then
    optionally `press` a key; or `silent: true`;
  - `on: "say"`: only `hang_up_after`;
  - on any: `hang_up_after` seconds from the beginning of that verb (Record: from the beep).

Each Gather and each Record takes the next unused step for that verb; without one the customer
stays silent. A `say` step waits until all steps before it are used, then applies to the next
Say or Play, or to the next Gather with prompts in it. Sound files are found relative to the
personas' file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.carrier.audio import AudioError, read_audio
from local.carrier.persona_fields import PersonaError, ReadFields

_RINGS = {"answers": 2, "voicemail": 4, "busy": 0, "no_answer": 0, "fails": 0}
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
class CallBehaviour:
    """How a number behaves during one call."""

    outcome: str
    rings: int = 0
    steps: tuple[Step, ...] = ()
    sip_code: int = 503
    answered_by: str | None = None
    greeting: Path | None = None
    keeps_line: float = 30.0


@dataclass(frozen=True, slots=True)
class Persona:
    """A customer: name, telephone numbers, and behaviour call by call."""

    name: str
    numbers: tuple[str, ...]
    calls: tuple[CallBehaviour, ...]


NOBODY = CallBehaviour(outcome="fails", sip_code=404)


@dataclass(frozen=True, slots=True)
class Directory:
    """All personas, by name and by number, and where their sounds lie."""

    folder: Path
    by_name: Mapping[str, Persona]
    by_number: Mapping[str, Persona]

    def behaviours(self, assignment: Any, number: str) -> tuple[CallBehaviour, ...]:
        """Return how the number behaves, call by call.

        `assignment` is what an administrator gave the number (see `check`) or None for what the
        file says. A number nobody has fails with SIP 404.
        """
        if assignment is not None:
            return self.check(assignment)
        persona = self.by_number.get(number)
        return persona.calls if persona else (NOBODY,)

    def check(self, assignment: Any) -> tuple[CallBehaviour, ...]:
        """Return the behaviours in `{"persona": name}` or `{"calls": […]}`; PersonaError if bad."""
        if not isinstance(assignment, dict) or len(assignment.keys() & {"persona", "calls"}) != 1:
            raise PersonaError('an assignment needs either "persona" or "calls"')
        if "calls" in assignment:
            return _calls(assignment["calls"], "assignment", self.folder)
        persona = self.by_name.get(assignment["persona"])
        if persona is None:
            raise PersonaError(f"there is no persona named {assignment['persona']!r}")
        return persona.calls


def load_personas(path: Path | None) -> Directory:
    """Return the personas of a file, or none at all without one.

    Raises PersonaError naming persona and field when the file is not as described above.
    """
    if path is None:
        return Directory(Path.cwd(), {}, {})
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PersonaError(f"{path}: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("personas"), list):
        raise PersonaError(f'{path}: needs a list "personas"')
    personas = [_persona(raw, path.parent) for raw in content["personas"]]
    by_name = {persona.name: persona for persona in personas}
    by_number = {number: persona for persona in personas for number in persona.numbers}
    if len(by_name) < len(personas):
        raise PersonaError(f"{path}: two personas have the same name")
    if len(by_number) < sum(len(persona.numbers) for persona in personas):
        raise PersonaError(f"{path}: two personas have the same number")
    return Directory(path.parent, by_name, by_number)


def _persona(raw: Any, folder: Path) -> Persona:
    name = raw.get("name") if isinstance(raw, dict) else None
    if not isinstance(name, str) or not name:
        raise PersonaError(f"a persona needs a name: {raw!r:.80}")
    where = f"persona {name!r}"
    fields = ReadFields(raw, where, {"name", "numbers", "calls", "about"})
    return Persona(name, fields.numbers("numbers"), _calls(raw.get("calls"), where, folder))


def _calls(raw: Any, where: str, folder: Path) -> tuple[CallBehaviour, ...]:
    if not isinstance(raw, list) or not raw:
        raise PersonaError(f"{where}: calls must be a list with at least one entry")
    return tuple(
        _behaviour(call, f"{where}, calls[{index}]", folder) for index, call in enumerate(raw)
    )


def _behaviour(raw: Any, where: str, folder: Path) -> CallBehaviour:
    known = {"outcome", "rings", "steps", "sip_code", "answered_by", "greeting", "keeps_line"}
    fields = ReadFields(raw, where, known)
    outcome = fields.choice("outcome", tuple(_RINGS))
    steps = raw.get("steps", [])
    if not isinstance(steps, list):
        raise PersonaError(f"{where}: steps must be a list")
    if steps and outcome != "answers":
        raise PersonaError(f"{where}: steps need the outcome 'answers'")
    answered_by = fields.choice("answered_by", _VERDICTS) if "answered_by" in raw else None
    return CallBehaviour(
        outcome=outcome,
        rings=int(fields.number("rings", _RINGS[outcome])),
        steps=tuple(
            _step(step, f"{where}, steps[{index}]", folder) for index, step in enumerate(steps)
        ),
        sip_code=int(fields.number("sip_code", 503)),
        answered_by=answered_by,
        greeting=_sound(fields, "greeting", folder),
        keeps_line=fields.number("keeps_line", 30.0),
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

"""Who answers the telephone: customers as a JSON file describes them.

    {"personas": [{"name": "…", "numbers": ["+1…"], "calls": [CALL, …], "texts": [TEXT, …]}, …]}

`also` beside `personas` may list other such files, relative to this one, whose personas count too.

The n-th call to a number uses the n-th CALL; the last one repeats. All times are seconds of call
time. A CALL is an object with

- `outcome`: `answers`, `busy`, `no_answer`, `fails` or `voicemail` (required);
- `rings`: rings of six seconds each before that (2 for a person, 4 for voicemail, else 0);
- `queued`: how long the call waits before anything is dialled (0);
- `sip_code`: for `fails` (503), and with it `error_code`, Twilio's reason, such as 32017;
- `answered_by`: what machine detection is to say, where it should be wrong or special;
- `greeting` (WAV file or absent for a silent one) and `keeps_line` (30): for `voicemail`, the
  machine's announcement and how long it listens afterwards;
- `talks` (20): how long the person stays on the line when a `Dial` reached them;
- `calls_back`: after the end of this call the customer calls the number they were called from:
  `{"after": 60, "steps": [STEP, …]}`;
- `steps`: for `answers`, what the customer does, each a STEP with `on` and
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

The n-th text to a number meets the n-th TEXT (`delivered` without any): a name of
`local.carrier.behaviour.TEXTS`, or an object with `ends` (`delivered`, `undelivered`, `failed`,
`sent` without a receipt, `queued` for ever), `error_code`, `after` so many seconds (2), and
`reply`, a text that the customer sends back `reply_after` seconds (30) later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.carrier.account import AccountError, Refusal
from local.carrier.behaviour import (
    DELIVERED,
    NOBODY,
    CallBehaviour,
    TextBehaviour,
    read_calls,
    read_texts,
)
from local.carrier.persona_fields import PersonaError, ReadFields

__all__ = ["SHIPPED", "CallBehaviour", "Directory", "Owner", "Persona", "load_personas"]

SHIPPED = Path(__file__).with_name("personas.json")
"""Those that come with the local telephone network."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a number: behaviour call by call and text by text; `refuse` refuses both."""

    calls: tuple[CallBehaviour, ...] = (NOBODY,)
    texts: tuple[TextBehaviour, ...] = (DELIVERED,)
    refuse: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Persona:
    """A customer: name, telephone numbers, and behaviour call by call and text by text."""

    name: str
    numbers: tuple[str, ...]
    calls: tuple[CallBehaviour, ...]
    texts: tuple[TextBehaviour, ...] = (DELIVERED,)
    about: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """All personas, by name and by number, and where their sounds lie."""

    folder: Path
    by_name: Mapping[str, Persona]
    by_number: Mapping[str, Persona]

    def owner(self, assignment: Any, number: str) -> Owner:
        """Return how the number behaves.

        `assignment` is what an administrator gave the number (see `check`) or None for what the
        file says. A number nobody has fails with SIP 404, and gets its texts.
        """
        persona = self.by_number.get(number)
        known = Owner(persona.calls, persona.texts) if persona else Owner()
        return known if assignment is None else self.check(assignment, known)

    def check(self, assignment: Any, known: Owner | None = None) -> Owner:
        """Return the owner that an assignment describes; PersonaError if it is not well-formed.

        It is an object with `persona` (a name) or `calls` (a list of CALLs), `texts` (a TEXT or a
        list of them) and `refuse` (`{"status", "code"}`, with which Twilio refuses the number), at
        least one of them. What it leaves out is as `known`, or as a number nobody has.
        """
        fields = {"persona", "calls", "texts", "refuse"}
        if (
            not isinstance(assignment, dict)
            or not assignment
            or {"persona", "calls"} <= (assignment.keys())
        ):
            raise PersonaError('an assignment needs "persona" or "calls", "texts" or "refuse"')
        ReadFields(assignment, "assignment", fields)
        known = self._persona(assignment["persona"]) if "persona" in assignment else known
        owner = known or Owner()
        calls, texts, refuse = owner.calls, owner.texts, owner.refuse
        if "calls" in assignment:
            calls = read_calls(assignment["calls"], "assignment", self.folder)
        if "texts" in assignment:
            texts = read_texts(assignment["texts"], "assignment")
        if "refuse" in assignment:
            refuse = _refusal(assignment["refuse"])
        return Owner(calls, texts, refuse)

    def _persona(self, name: Any) -> Owner:
        persona = self.by_name.get(name) if isinstance(name, str) else None
        if persona is None:
            raise PersonaError(f"there is no persona named {name!r}")
        return Owner(persona.calls, persona.texts)


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
    personas = [
        _persona(raw, path.parent) for raw in [*content["personas"], *_others(content, path)]
    ]
    by_name = {persona.name: persona for persona in personas}
    by_number = {number: persona for persona in personas for number in persona.numbers}
    if len(by_name) < len(personas):
        raise PersonaError(f"{path}: two personas have the same name")
    if len(by_number) < sum(len(persona.numbers) for persona in personas):
        raise PersonaError(f"{path}: two personas have the same number")
    return Directory(path.parent, by_name, by_number)


def _others(content: dict[str, Any], path: Path) -> list[Any]:
    """Return the personas of the files this one names."""
    found: list[Any] = []
    for name in content.get("also", []):
        other = path.parent / str(name)
        try:
            found += json.loads(other.read_text(encoding="utf-8"))["personas"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PersonaError(f"{other}: {error}") from error
    return found


def _persona(raw: Any, folder: Path) -> Persona:
    name = raw.get("name") if isinstance(raw, dict) else None
    if not isinstance(name, str) or not name:
        raise PersonaError(f"a persona needs a name: {raw!r:.80}")
    where = f"persona {name!r}"
    fields = ReadFields(raw, where, {"name", "numbers", "calls", "texts", "about"})
    texts = read_texts(raw["texts"], where) if "texts" in raw else (DELIVERED,)
    calls = read_calls(raw.get("calls"), where, folder)
    return Persona(name, fields.numbers("numbers"), calls, texts, str(raw.get("about", "")))


def _refusal(raw: Any) -> Refusal:
    try:
        return Refusal.read(raw)
    except AccountError as error:
        raise PersonaError(f"assignment: {error}") from error

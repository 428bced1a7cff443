"""The texts of the script: those that come with it, and a company's own in their place."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any

from app.rules.call_script import voices as voices_known
from app.rules.texts import wording
from app.saying import Saying

LANGUAGES = ("en", "es", "fr", "de")
DEFAULT_LANGUAGE = LANGUAGES[0]
LONGEST = 600
"""Letters in one text; more than 40 seconds of speech."""
SPOKEN_LETTERS_A_SECOND = 14.0
"""How fast a synthetic voice speaks, roughly."""
_SECONDS_A_DIGIT = 0.25
_ONE_BY_ONE = re.compile(r"\d|(?<!\w)\w(?= )")
NEEDED: Mapping[str, frozenset[str]] = {
    "greeting": frozenset({"company"}),
    "greeting_several": frozenset({"company"}),
    "voicemail": frozenset({"company", "callback"}),
    "inbound": frozenset({"company"}),
    "inbound_several": frozenset({"company"}),
    "another_day": frozenset({"day_1", "day_2", "day_3"}),
    "day_chosen": frozenset({"day"}),
    "heard": frozenset({"said"}),
}
"""What a text must name, because the law or the customer needs it there."""
_MAY = frozenset({"company", "callback", "when"})


@dataclass(frozen=True, slots=True)
class Language:
    """One language: how it sounds, what is said, and the words that mean keys."""

    code: str
    locale: str
    voice: str
    speech_model: str
    notice_version: str
    prompts: Mapping[str, str]
    days: Mapping[str, str]
    speech: Mapping[str, Any]

    def say(self, prompt: str, values: Mapping[str, str]) -> str | None:
        """A text with its names filled in; None where one of them has no value."""
        text = self.prompts[prompt]
        if any(not values.get(name) for name in names_in(text)):
            return None
        return text.format_map(values)


@cache
def language(code: str | None) -> Language:
    """A language as it comes with the script; the default one for an unknown code."""
    known = code if code in LANGUAGES else DEFAULT_LANGUAGE
    source = resources.files("app.rules.call_script").joinpath("languages", f"{known}.toml")
    read = tomllib.loads(source.read_text(encoding="utf-8"))
    return Language(
        code=str(known),
        locale=read["locale"],
        voice=read["voice"],
        speech_model=read["speech_model"],
        notice_version=f"{known}/{read['notice_version']}",
        prompts=read["prompts"],
        days=read["days"],
        speech=read["speech"],
    )


def own_language(
    code: str | None, prompts: Mapping[str, Any] | None, voices: Mapping[str, Any] | None
) -> Language:
    """A language with a company's own texts and voice; what ``problems`` finds fault with is left.

    ``prompts`` is {language: {prompt: text}}, ``voices`` {language: name of a voice}.
    """
    base = language(code)
    own = dict((prompts or {}).get(base.code) or {})
    voice = (voices or {}).get(base.code)
    if not own and not voice:
        return base
    good = {name: text for name, text in own.items() if problem(base, name, text) is None}
    notice = good.get("notice")
    version = base.notice_version
    if notice is not None:
        version = f"{base.code}/own-{hashlib.sha256(notice.encode()).hexdigest()[:12]}"
    return Language(
        code=base.code,
        locale=base.locale,
        voice=str(voice)
        if voice and voices_known.problem(base.code, voice) is None
        else base.voice,
        speech_model=base.speech_model,
        notice_version=version,
        prompts={**base.prompts, **good},
        days=base.days,
        speech=base.speech,
    )


_SAYS_RECORDED = re.compile(r"record|grab|enregistr|aufzeichn|aufgezeichn|aufnahm|aufnehm", re.I)
"""A word of each language without which a recording notice is none."""


def problems(wish: Mapping[str, Any]) -> list[Saying]:
    """Everything wrong with a company's own texts, as read from their file; each says where.

    What is wrong with one text has ``table``, ``name`` and ``fault`` as its values.
    """
    found: list[Saying] = []
    for code, texts in wish.items():
        if code == "voices":
            found += _voice_problems(texts)
        elif code not in LANGUAGES:
            found.append(_unknown(code))
        elif not isinstance(texts, Mapping):
            found.append(Saying("[%(table)s] must be a table of texts", table=code))
        else:
            checked = ((name, _text_problem(code, name, text)) for name, text in texts.items())
            found += [_at(code, name, fault) for name, fault in checked if fault]
    return found


def _at(table: str, name: str, fault: Saying) -> Saying:
    return Saying("[%(table)s] %(name)s: %(fault)s", table=table, name=name, fault=fault)


def _unknown(table: str) -> Saying:
    known = ", ".join(LANGUAGES)
    return Saying("[%(table)s]: the languages are %(names)s", table=table, names=known)


def _text_problem(code: str, name: str, text: Any) -> Saying | None:
    if name == wording.OVERRIDE:
        return wording.own_problem(code, text)
    return problem(language(code), name, text)


def problem(base: Language, name: str, text: Any) -> Saying | None:
    """What is wrong with one own text, or None."""
    if name not in base.prompts:
        return Saying("there is no such text; `delauto script show` lists them")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        return Saying(
            "must be a text of 1 to %(most)s letters, that is at most some 40 seconds", most=LONGEST
        )
    if name == "notice" and not _SAYS_RECORDED.search(text):
        return Saying(
            "must say that what is said is recorded: without that, nobody may be recorded"
        )
    return _names_problem(base, name, text)


def _names_problem(base: Language, name: str, text: str) -> Saying | None:
    try:
        named = names_in(text)
    except ValueError:
        return Saying("has a brace { or } that is no placeholder")
    known = names_in(base.prompts[name]) | _MAY
    if unknown := sorted(named - known):
        return Saying(
            "knows no %(name)s; it may name %(names)s",
            name=_listed(unknown[:1]),
            names=_listed(known),
        )
    if missing := sorted(NEEDED.get(name, frozenset()) - named):
        return Saying("must name %(names)s", names=_listed(missing))
    return None


def names_in(text: str) -> frozenset[str]:
    """The placeholders of a text. Raises ValueError for braces that are none."""
    found = set()
    for _, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        # "{company.__class__}" would reach into what is filled in.
        if not name.isidentifier() or form or conversion:
            raise ValueError("a placeholder is a plain name in braces")
        found.add(name)
    return frozenset(found)


def seconds(text: str) -> float:
    """How long a text takes to be said, roughly; digits take longer than letters."""
    alone = len(_ONE_BY_ONE.findall(text))
    return len(text) / SPOKEN_LETTERS_A_SECOND + alone * _SECONDS_A_DIGIT


def _voice_problems(voices: Any) -> list[Saying]:
    if not isinstance(voices, Mapping):
        return [Saying('[voices] must be a table, as en = "Polly.Matthew-Neural"')]
    known = ", ".join(LANGUAGES)
    found = [
        _at("voices", code, Saying("the languages are %(names)s", names=known))
        for code in voices
        if code not in LANGUAGES
    ]
    return found + [
        _at("voices", code, fault)
        for code, voice in voices.items()
        if code in LANGUAGES and (fault := voices_known.problem(code, voice))
    ]


def _listed(names: Any) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))

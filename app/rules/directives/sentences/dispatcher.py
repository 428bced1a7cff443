"""The dispatcher's summary: one sentence on the whole answer, with what is not for the driver.

English alone has a ``[summary]`` yet; a language that gets one can be asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.rules.analysis import Directive, Kind
from app.rules.directives.sentences.kinds import form_of, words_of
from app.rules.directives.sentences.spans import span
from app.rules.directives.sentences.tables import LANGUAGES, Table, table
from app.rules.directives.sentences.voices import voice

_PLAIN = frozenset(
    {Kind.CANCEL, Kind.WRONG_NUMBER, Kind.OPT_OUT, Kind.SPEAK_TO_HUMAN, Kind.CONFIRM}
)
_TIMED = frozenset({Kind.UNAVAILABLE, Kind.TIME_WINDOW, Kind.RESCHEDULE})
_REPORTED = frozenset({*_PLAIN, *_TIMED, Kind.QUESTION})


def dispatcher_summary(
    directives: Sequence[Directive],
    *,
    voicemail: bool,
    complaint: bool,
    said: bool,
    language: str = "en",
) -> str:
    """The summary; in English where there is none in ``language``."""
    speaking = voice(language if _has_summary(language) else "en")
    texts = speaking.table.section("summary")
    if voicemail:
        return str(texts["voicemail"])
    parts = [words for one in directives if (words := _reported(one, speaking.table))]
    told = [words_of(one, speaking) for one in directives if one.kind not in _REPORTED]
    if orders := "; ".join(told):
        parts.append(str(texts["says"]).format(orders=orders))
    if complaint:
        parts.append(str(texts["complaint"]))
    if not parts:
        return str(texts["nothing"] if said else texts["silence"])
    return str(texts["customer"]).format(parts="; ".join(parts))


def _has_summary(language: str) -> bool:
    return language in LANGUAGES and bool(table(language).section("summary"))


def _reported(one: Directive, words: Table) -> str:
    texts = words.section("summary")
    if one.kind is Kind.QUESTION:
        topic = texts["topics"].get(one.slots.get("topic"))
        if topic is None:
            return str(texts["other_question"]).format(quote=words.quote(one.text))
        return str(texts["question"]).format(topic=topic)
    if one.kind in _TIMED:
        when = span(one.slots, words, by=one.kind is not Kind.UNAVAILABLE)
        open_day = one.kind is Kind.RESCHEDULE and not when
        said = str(texts["reschedule_open" if open_day else one.kind.value]).format(span=when)
        return _under(one, said, texts)
    if one.kind not in _PLAIN:
        return ""
    return _under(one, str(texts[one.kind.value]), texts)


def _under(one: Directive, said: str, texts: Mapping[str, Any]) -> str:
    """What is reported, under its condition."""
    condition = str(one.slots.get("condition", ""))
    if not condition:
        return said
    form = form_of(condition)
    return str(texts[form]).format(words=said, condition=condition.removeprefix("unless "))

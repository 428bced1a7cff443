"""The driver's sentence in every language, and what it is derived from."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.analysis import CHOICES, Kind, Quote
from app.rules.directives.sentences import dispatcher_summary, driver_sentence
from app.rules.directives.sentences.conditions import sense_of
from app.rules.directives.sentences.framing import framed
from app.rules.directives.sentences.tables import LANGUAGES, table
from tests.rules.directives.sentences.cases import (
    COMBINATIONS,
    CONDITIONS,
    each_kind,
    give,
    leave,
    mind,
    one,
)
from tests.rules.directives.sentences.snapshots import FOLDER, snapshots

TRANSLATED = LANGUAGES[1:]


@pytest.mark.parametrize("name", sorted(snapshots()))
def test_every_sentence_is_the_one_that_was_read_over(name) -> None:
    assert snapshots()[name] == (FOLDER / name).read_text("utf-8")


def test_no_snapshot_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(snapshots())


def test_every_kind_and_every_choice_is_among_the_snapshots() -> None:
    cases = list(each_kind())
    assert {case.kind for case in cases} == set(Kind)
    for slot, choices in CHOICES.items():
        assert {case.slots.get(slot) for case in cases} >= set(choices)
    assert len(COMBINATIONS) >= 40


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_says_the_same_things(language) -> None:
    first, here = table(TRANSLATED[0]), table(language)
    assert set(here.nouns) == set(first.nouns)
    assert len(here.nouns) >= 150
    for section in ("prepositions", "phrases", "modifiers", "conditions", "pronouns", "titles"):
        assert set(here.section(section)) == set(first.section(section))
    english = table("en")
    for section in ("standing", "avoid", "handling", "spans"):
        assert set(here.section(section)) == set(english.section(section))
    assert set(english.section("texts")) - {"customer"} <= set(here.section("texts"))


@pytest.mark.parametrize("condition", CONDITIONS[:-2])
def test_a_condition_that_has_a_sense_has_words_for_it(condition) -> None:
    sense = sense_of(condition.removeprefix("unless "))
    assert all(table(each).section("conditions")[sense] for each in TRANSLATED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_most_urgent_stands_first(language) -> None:
    late_first = [
        one("contact", channel="call"),
        one("time_window", start="18:00"),
        one("handling", note="fragile"),
        leave("in the shed", "shed"),
        one("access", code="4519#"),
        one("avoid", action="knock"),
        mind("the dog", "dog"),
        one("cancel"),
    ]
    urgent_first = [driver_sentence([each], (), language) for each in reversed(late_first)]
    assert driver_sentence(late_first, (), language) == " ".join(urgent_first)


def test_a_second_choice_stays_behind_the_first() -> None:
    told = [give("my wife", "wife"), leave("in the shed", "shed", condition="nobody's in")]
    assert driver_sentence(told, (), "de") == (
        "Bei der Ehefrau des Kunden abgeben. Wenn niemand da ist, in den Schuppen legen."
    )


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("words", ["zebra crossing", "big purple mongoose", "fuse"])
def test_what_is_not_known_stands_in_the_customers_words(language, words) -> None:
    for told in (
        leave(f"behind the {words}", words),
        mind(f"the {words}", words),
        give(f"the {words}", words),
    ):
        assert table(language).quote(words) in driver_sentence([told], (), language)


WORDS = st.lists(
    st.sampled_from(
        ["the", "a", "my", "two", "couple", "of", "and", "at", "behind", "in front", "of", "next",
         "door", "to", "number", "fourteen", "3b", "mrs", "neighbour's", "bins", "old", "s'", "'s",
         "upstairs", "back", "glass", "{x}", "«»", "my sister's", "12 mill lane", "me"]
    )
    | st.text(max_size=6),
    max_size=8,
).map(" ".join)  # fmt: skip
SLOTS = {
    "leave_at": "place",
    "leave_with": "recipient",
    "hand_over": "recipient",
    "contact": "recipient",
    "redirect": "address",
    "caution": "hazard",
    "access": "entrance",
    "time_window": "date",
    "unavailable": "start",
    "reschedule": "end",
}


@given(st.sampled_from(sorted(SLOTS)), WORDS, WORDS, WORDS)
@settings(max_examples=400, deadline=None)
def test_whatever_was_said_is_worded_in_every_language(kind, value, around, condition) -> None:
    slots = {SLOTS[kind]: value, "condition": condition}
    for language in LANGUAGES:
        assert driver_sentence(
            [one(kind, f"say {around}", f"{around} {value}", **slots)], (), language
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_codes_are_never_translated(language) -> None:
    told = [one("access", code="0045*#", unit="12B"), one("contact", phone="07700900123")]
    said = driver_sentence(told, (), language)
    assert all(number in said for number in ("0045*#", "12B", "07700900123"))


@pytest.mark.parametrize(
    ("directive", "slot", "words"),
    [
        (
            one("leave_at", "Leave it behind the shed, please", place="shed"),
            "place",
            "behind the shed",
        ),
        (
            one("leave_at", "the back door", "at the back door", place="back door"),
            "place",
            "at the back door",
        ),
        (one("leave_with", "give it to my wife", recipient="wife"), "recipient", "my wife"),
        (one("leave_at", "pop it somewhere", place="shed"), "place", "shed"),
        (one("leave_at", "a shedload", place="shed"), "place", "shed"),
    ],
)
def test_the_preposition_is_found_again(directive, slot, words) -> None:
    assert framed(directive, slot) == words


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The customer says in Spanish: “con el vecino”"),
        ("es", "El cliente dice: «con el vecino»"),
        ("fr", "Le client dit en espagnol\u00a0: «\u00a0con el vecino\u00a0»"),
        ("de", "Der Kunde sagt auf Spanisch: „con el vecino“"),
        ("nl", "The customer says in Spanish: “con el vecino”"),
    ],
)
def test_what_was_not_understood_is_quoted_with_its_language(language, said) -> None:
    assert driver_sentence((), (Quote("says", "es", "con el vecino"),), language) == said


def test_the_tables_are_read_when_something_is_worded_and_not_before() -> None:
    code = (
        "from app.rules import directives\n"
        "directives.prepare()\n"
        "from app.rules.directives.sentences.tables import table\n"
        "raise SystemExit(table.cache_info().currsize)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_summary_is_english_for_whoever_asks() -> None:
    asked = [one("question", topic="eta"), leave("in the shed", "shed")]
    for language in LANGUAGES:
        said = dispatcher_summary(
            asked, voicemail=False, complaint=False, said=True, language=language
        )
        assert said == "The customer asks when it will come; says: leave it in the shed."

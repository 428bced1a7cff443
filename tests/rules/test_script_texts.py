"""What is said: as speakers of each language do, and in a company's own words if it likes."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest

from app.rules.call_script.speaking import said_day, said_number, said_reference, said_when
from app.rules.call_script.speech import MOST_HINTS, hints, key_meant, merely_yes
from app.rules.call_script.texts import (
    LANGUAGES,
    LONGEST,
    NEEDED,
    language,
    names_in,
    own_language,
    problem,
    problems,
)

START = datetime(2026, 3, 10, 13, 30, tzinfo=UTC)
TODAY = date(2026, 3, 10)
NOTICES = {
    "en/2": "57bfd604",
    "es/1": "b7234f36",
    "es/2": "6b91f7de",
    "fr/1": "724bf2d7",
    "de/1": "08f93256",
}
"""The digest of each notice that ever was in use: its version must tell the very words."""


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_says_everything_and_names_the_same_things(code) -> None:
    english, other = language("en"), language(code)
    assert list(other.prompts) == list(english.prompts)
    for name, text in other.prompts.items():
        assert names_in(text) == names_in(english.prompts[name]), name
        assert problem(other, name, text) is None
        assert NEEDED.get(name, frozenset()) <= names_in(text)
        assert text == text.strip()
        assert text[-1] in ".!?"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_notice_keeps_its_version_only_as_long_as_its_words(code) -> None:
    spoken = language(code)
    digest = hashlib.sha256(spoken.prompts["notice"].encode()).hexdigest()
    assert digest.startswith(NOTICES[spoken.notice_version])


def test_an_unknown_language_is_english() -> None:
    assert language("xx") is not None
    assert language("xx").code == language(None).code == "en"


@pytest.mark.parametrize(
    ("code", "days", "minutes", "said"),
    [
        ("en", 0, None, "today around 9:30 AM"),
        ("en", 1, None, "tomorrow around 9:30 AM"),
        ("en", 3, None, "on Friday, March 13 around 9:30 AM"),
        ("en", 0, 90, "today between 9:30 AM and 11 AM"),
        ("en", 0, 150, "today between 9:30 AM and noon"),
        ("es", 0, 90, "hoy entre las 9 y media y las 11 de la mañana"),
        ("es", 1, 240, "mañana entre las 9 y media de la mañana y la una y media de la tarde"),
        ("es", 3, None, "el viernes 13 de marzo alrededor de las 9 y media de la mañana"),
        ("es", 0, 150, "hoy entre las 9 y media de la mañana y las 12 del mediodía"),
        ("fr", 0, 150, "aujourd'hui entre 9 heures 30 et midi"),
        ("es", 22, None, "el miércoles primero de abril alrededor de las 9 y media de la mañana"),
        ("fr", 22, None, "le mercredi 1er avril vers 9 heures 30"),
        ("de", 1, 90, "morgen zwischen 9 Uhr 30 und 11 Uhr"),
        ("de", 3, 90, "am Freitag, den 13. März zwischen 9 Uhr 30 und 11 Uhr"),
    ],
)
def test_when_is_said_as_people_say_it(code, days, minutes, said) -> None:
    start = START + timedelta(days=days)
    end = start + timedelta(minutes=minutes) if minutes else None
    assert said_when(language(code), start, end, "America/New_York", TODAY) == said


def test_the_day_is_that_of_the_place_not_of_the_server() -> None:
    late = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
    assert said_when(language("en"), late, None, "America/New_York", TODAY) == "today around 10 PM"


@pytest.mark.parametrize(
    ("code", "hour", "minute", "said"),
    [
        ("en", 0, 0, "midnight"),
        ("en", 0, 30, "12:30 AM"),
        ("es", 0, 0, "las 12 de la noche"),
        ("es", 0, 30, "las 12 y media de la noche"),
        ("es", 1, 0, "la una de la mañana"),
        ("es", 12, 30, "las 12 y media de la tarde"),
        ("es", 13, 15, "la una y cuarto de la tarde"),
        ("es", 21, 0, "las 9 de la noche"),
        ("fr", 0, 0, "minuit"),
    ],
)
def test_a_time_of_day_is_said_as_people_say_it(code, hour, minute, said) -> None:
    start = datetime(2026, 3, 10, hour, minute, tzinfo=UTC)
    assert said_when(language(code), start, None, "UTC", TODAY).endswith(said)


def test_a_day_is_said_with_its_name() -> None:
    assert [said_day(language(code), date(2026, 3, 13)) for code in LANGUAGES] == [
        "Friday, March 13",
        "el viernes 13 de marzo",
        "le vendredi 13 mars",
        "Freitag, den 13. März",
    ]


@pytest.mark.parametrize(
    ("code", "number", "listener", "said"),
    [
        ("en", "+14155550100", "+12125550123", "4 1 5, 5 5 5, 0 1 0 0"),
        ("en", "+14155550100", "+442079460958", "1, 4 1 5, 5 5 5, 0 1 0 0"),
        ("en", "+442079460958", "+447700900123", "0 2 0, 7 9 4 6, 0 9 5 8"),
        ("en", "12345", "nobody", "1 2, 3 4 5"),
        ("fr", "+33123456789", "+33612345678", "01, 23, 45, 67, 89"),
        ("fr", "+14155550100", "+33612345678", "1, 4 1 5, 5 5 5, 0 1 0 0"),
        ("de", "+493012345678", "+493011111111", "0 3 0, 1 2, 3 4, 5 6, 7 8"),
        ("de", "+4915123456789", "+493011111111", "0 1, 5 1 2, 3 4, 5 6, 7 8 9"),
    ],
)
def test_a_number_is_said_in_the_groups_that_people_know(code, number, listener, said) -> None:
    assert said_number(language(code), number, listener) == said


def test_a_reference_is_spelled() -> None:
    assert said_reference("R-1042/b") == "R 1 0 4 2 b"


@pytest.mark.parametrize(
    ("code", "table", "words", "key"),
    [
        ("en", "menu", "Yes, please.", None),
        ("en", "menu", "Yes?", None),
        ("en", "menu", "okay", None),
        ("en", "menu", "stop", "9"),
        ("en", "menu", "stop at the back door", None),
        ("en", "menu", "sorry, wrong number", None),
        ("en", "menu", "you have the wrong number", "wrong_number"),
        ("en", "menu", "Yeah, that's fine, thank you!", "1"),
        ("en", "menu", "I'd like another day", "3"),
        ("en", "menu", "Stop calling me.", "9"),
        ("en", "menu", "don't call me again", "9"),
        ("en", "menu", "not fine", None),
        ("en", "menu", "no", None),
        ("en", "menu", "leave it at the back door", None),
        ("en", "menu", "fine but leave it at the back door", None),
        ("en", "menu", "yes one more thing", None),
        ("en", "menu", "", None),
        ("en", "menu", "I want to talk to a person", None),
        ("en", "menu", "talk to someone please", "0"),
        ("en", "menu", "what?", "*"),
        ("en", "menu", "please leave a message after the tone", None),
        ("en", "yes_no", "No.", "2"),
        ("en", "yes_no", "that's right", "1"),
        ("en", "days", "The second one, please", "2"),
        ("en", "opt_out", "yes", "9"),
        ("en", "opt_out", "No, that was a mistake", None),
        ("en", "opt_out", "that was a mistake", "1"),
        ("en", "opt_out", "no", None),
        ("en", "menu", "2.", "2"),
        ("en", "menu", "press two", "2"),
        ("en", "menu", "please leave a message", None),
        ("en", "yes_no", "again", None),
        ("es", "menu", "Sí, por favor", None),
        ("es", "menu", "¡Basta!", "9"),
        ("es", "menu", "Se equivocó de número", "wrong_number"),
        ("es", "menu", "quiero hablar con una persona", "0"),
        ("es", "menu", "no me llamen más", "9"),
        ("es", "menu", "está bien", "1"),
        ("es", "menu", "no está bien", None),
        ("es", "yes_no", "no", "2"),
        ("es", "menu", "ya no me llamen por favor", "9"),
        ("es", "opt_out", "no", None),
        ("fr", "menu", "oui, tout va bien", "1"),
        ("fr", "menu", "Oui ?", None),
        ("fr", "menu", "Stop !", "9"),
        ("fr", "menu", "Vous avez le mauvais numéro.", "wrong_number"),
        ("fr", "menu", "un autre jour s'il vous plaît", "3"),
        ("fr", "menu", "ne m’appelez plus", "9"),
        ("fr", "menu", "ça ne va pas", None),
        ("fr", "days", "le deuxième", "2"),
        ("fr", "menu", "je ne veux plus recevoir d'appels", "9"),
        ("fr", "opt_out", "non", None),
        ("de", "menu", "Ja, alles in Ordnung.", "1"),
        ("de", "menu", "Ja bitte?", None),
        ("de", "menu", "stopp", "9"),
        ("de", "menu", "Sie sind falsch verbunden", "wrong_number"),
        ("de", "menu", "Ich möchte einen anderen Tag", "3"),
        ("de", "menu", "bitte nicht mehr anrufen", "9"),
        ("de", "menu", "das passt nicht", None),
        ("de", "yes_no", "Nein", "2"),
        ("de", "menu", "die Zwo bitte", "2"),
        ("de", "opt_out", "nein", None),
    ],
)
def test_a_spoken_choice_is_the_key_it_stands_for(code, table, words, key) -> None:
    assert key_meant(language(code), table, words) == key


@pytest.mark.parametrize(
    ("code", "words"),
    [("en", "on Thursday please"), ("es", "el jueves"), ("fr", "jeudi"), ("de", "am Donnerstag")],
)
def test_a_day_may_be_named(code, words) -> None:
    days = (date(2026, 3, 11), date(2026, 3, 12), date(2026, 3, 13))
    assert key_meant(language(code), "days", words, days) == "2"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "not Thursday"),
        ("en", "any day except Thursday"),
        ("en", "I can't do Thursday"),
        ("es", "el jueves no"),
        ("es", "cualquier día menos el jueves"),
        ("fr", "pas jeudi"),
        ("fr", "tous les jours sauf jeudi"),
        ("de", "nicht am Donnerstag"),
        ("de", "Donnerstag geht's nicht"),
        ("de", "nur Donnerstag bin ich außer Haus"),
    ],
)
def test_a_day_that_is_ruled_out_is_not_chosen(code, words) -> None:
    days = (date(2026, 3, 11), date(2026, 3, 12), date(2026, 3, 13))
    assert key_meant(language(code), "days", words, days) is None


@pytest.mark.parametrize("words", ["Samstag bitte", "am Sonnabend"])
def test_saturday_has_two_names_in_german(words) -> None:
    saturday = date(2026, 3, 14)
    assert key_meant(language("de"), "days", words, (saturday,)) == "1"
    assert "Sonnabend" in hints(language("de"), "days", (saturday,))


@pytest.mark.parametrize(
    ("code", "words", "bare"),
    [
        ("en", "Yes?", True),
        ("en", "Yeah, okay.", True),
        ("en", "Hello? Yes?", True),
        ("en", "Hello?", False),
        ("en", "yes, leave it at the door", False),
        ("en", "everything is fine", False),
        ("en", "yes two", False),
        ("es", "¿Sí?", True),
        ("es", "¿Bueno?", False),
        ("es", "¿Sí, bueno?", True),
        ("fr", "Oui, allô ?", True),
        ("fr", "Allô ?", False),
        ("de", "Ja bitte?", True),
        ("de", "Ja, hallo, wer ist da?", True),
        ("de", "Ja, passt", False),
    ],
)
def test_a_bare_yes_is_known(code, words, bare) -> None:
    assert merely_yes(language(code), words) is bare


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_bare_yes_chooses_from_a_menu_and_each_agrees_to_a_question(code) -> None:
    spoken = language(code)
    for words in spoken.speech["assent"]:
        assert merely_yes(spoken, words)
        assert key_meant(spoken, "menu", words) is None
    assert key_meant(spoken, "yes_no", spoken.speech["assent"][0]) == "1"


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_phrase_means_two_keys_and_every_phrase_is_understood(code) -> None:
    spoken = language(code)
    for table in ("menu", "days", "yes_no", "opt_out"):
        for key, phrases in spoken.speech[table].items():
            for phrase in phrases:
                assert key_meant(spoken, table, phrase) == key, (table, phrase)
        expected = hints(spoken, table).split(", ")
        assert len(expected) <= MOST_HINTS
        assert all(len(phrase) <= 100 for phrase in expected)


OWN = "Your words are recorded for the driver."


def test_a_company_may_say_it_in_its_own_words_and_voice() -> None:
    own = own_language("en", {"en": {"notice": OWN}}, {"en": "Polly.Matthew-Neural"})
    assert own.prompts["notice"] == OWN
    assert own.prompts["menu"] == language("en").prompts["menu"]
    assert own.voice == "Polly.Matthew-Neural"
    assert own.notice_version.startswith("en/own-")
    assert own_language("de", {"en": {"notice": OWN}}, {}) == language("de")


def test_own_words_of_the_notice_have_a_version_of_their_own() -> None:
    one = own_language("en", {"en": {"notice": OWN}}, {}).notice_version
    other = own_language("en", {"en": {"notice": OWN + " Thanks."}}, {}).notice_version
    unrelated = own_language("en", {"en": {"goodbye": "Bye."}}, {}).notice_version
    assert len({one, other, unrelated, language("en").notice_version}) == 3
    assert unrelated == language("en").notice_version


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        ({"xx": {}}, "languages are en, es, fr, de"),
        ({"en": "hello"}, "must be a table"),
        ({"en": {"greetings": "Hi"}}, "there is no such text"),
        ({"en": {"goodbye": " "}}, "1 to 600 letters"),
        ({"en": {"goodbye": "x" * (LONGEST + 1)}}, "1 to 600 letters"),
        ({"en": {"goodbye": 7}}, "1 to 600 letters"),
        ({"en": {"goodbye": "Bye {customer}."}}, "knows no {customer}"),
        ({"en": {"goodbye": "Bye {company.__class__}."}}, "no placeholder"),
        ({"en": {"goodbye": "Bye {company!r}."}}, "no placeholder"),
        ({"en": {"goodbye": "Bye {0}."}}, "no placeholder"),
        ({"en": {"goodbye": "Bye {."}}, "no placeholder"),
        ({"en": {"greeting": "Hello, your parcel comes {when}."}}, "must name {company}"),
        ({"en": {"voicemail": "This is {company}."}}, "must name {callback}"),
        ({"en": {"notice": "Hello."}}, "must say that what is said is recorded"),
        ({"de": {"notice": "Guten Tag."}}, "must say that what is said is recorded"),
        ({"voices": {"en": "Siri"}}, "must be the name of a voice"),
        ({"voices": {"en": "Polly.Nope"}}, "the network knows no voice 'Polly.Nope'"),
        ({"voices": {"en": "Polly.Lea-Standard"}}, "knows no voice"),
        ({"voices": {"en": "Google.en-US-Nope-A"}}, "knows no voice"),
        ({"voices": {"en": "Polly.Lea-Neural"}}, "speaks fr, not en"),
        ({"voices": {"fr": "Google.de-DE-Neural2-A"}}, "speaks de, not fr"),
        ({"en": {"sms_link": "{company}: {link}"}}, "with the word STOP"),
        ({"en": {"sms_link": "{company}: STOP"}}, "must name {link}"),
        ({"en": {"sms_link": "{link} {secret} STOP"}}, "knows no {secret}"),
        ({"en": {"sms_link": "{link!r} STOP"}}, "no plain name"),
        ({"en": {"sms_link": "{link} STOP " + "x" * 120}}, "takes 2 text messages"),
        ({"voices": {"it": "Polly.Bianca-Neural"}}, "languages are"),
        ({"voices": ["Polly.Joanna"]}, "must be a table"),
    ],
)
def test_what_is_wrong_with_own_texts_is_said_and_such_a_text_is_never_spoken(wish, fault) -> None:
    (found,) = problems(wish)
    assert fault in found
    prompts = {code: texts for code, texts in wish.items() if code != "voices"}
    voices = wish.get("voices", {})
    if all(isinstance(each, dict) for each in (*prompts.values(), voices)):
        assert own_language("en", prompts, voices) == language("en")


def test_all_faults_are_found_at_once() -> None:
    assert len(problems({"en": {"a": "b", "goodbye": ""}, "voices": {"en": "x", "zz": "y"}})) == 4


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_voices_that_come_with_the_script_and_a_few_of_each_maker_are_known(code) -> None:
    country = {"en": "US", "es": "ES", "fr": "FR", "de": "DE"}[code]
    for voice in (
        language(code).voice,
        "man",
        "woman",
        "alice",
        f"Google.{code}-{country}-Wavenet-B",
        f"Google.{code}-{country}-Chirp3-HD-Aoede",
        "ElevenLabs.21m00Tcm4TlvDq8ikWAM",
    ):
        assert problems({"voices": {code: voice}}) == []
        assert own_language(code, None, {code: voice}).voice == voice


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_companys_own_text_message_is_no_fault_where_it_fits(code) -> None:
    assert problems({code: {"sms_link": "{company}, {when}: {link} STOP=no more"}}) == []

"""Messages fit into one segment, name who and when, and always say how to stop them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.rules.texts import LANGUAGES, spoken, wording
from app.rules.texts.answers import ANSWERS
from app.rules.texts.moments import Moment, named, said
from app.rules.texts.segments import plain, segments

LINK = "https://calls.harbour-parcels.example/i/" + "x" * 39
START = datetime(2026, 9, 23, 13, 30, tzinfo=UTC)


def moment(ahead: int, zone: str = "America/New_York") -> Moment:
    return Moment(START, START + timedelta(hours=2), zone, (START - timedelta(days=ahead)).date())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ahead", [0, 1, 2], ids=["today", "tomorrow", "later"])
@pytest.mark.parametrize(
    "company",
    [
        "DX",
        "Harbour Parcels",
        "Süddeutsche Paketgesellschaft mbH",
        "Compañía Iberoamericana de Logística y Mensajería Urgente Internacional S.A.",
        "L’Étoile du Nord – Livraisons",
        "A" * 120,
    ],
)
def test_the_link_fits_into_one_segment(language, ahead, company) -> None:
    when = said(moment(ahead), language)
    text = wording.link_text(language, company=company, when=when, link=LINK)
    assert segments(text) == 1, text
    assert LINK in text
    assert "STOP" in text
    assert plain(when) in text
    assert text.startswith(plain(company)[: min(11, len(company))])


def test_a_short_name_gets_the_courteous_text() -> None:
    text = wording.link_text("en", company="DX", when="today 2-4 PM", link="https://dx.example/i/a")
    assert text == (
        "DX: your delivery comes today 2-4 PM. Tell the driver what to do: "
        "https://dx.example/i/a Reply STOP to opt out."
    )


@pytest.mark.parametrize(
    ("company", "named"),
    [
        ("Harbour Parcels and Freight Limited", "Harbour Parcels and Freight"),
        ("Harbour Parcels, Freight & Removals of the North", "Harbour Parcels, Freight"),
        ("Donaudampfschifffahrtsgesellschaftskapitäne", "Donaudampfschifffahrtsgesellschaf."),
    ],
)
def test_a_long_name_loses_its_legal_form_then_words_then_letters(company, named) -> None:
    text = wording.link_text("en", company=company, when="tomorrow 9:30-11:30 AM", link=LINK)
    assert text.partition(":")[0] == named
    assert segments(text) == 1


def test_a_name_in_another_script_is_kept_whole_at_the_price_of_more_segments() -> None:
    text = wording.link_text("en", company="Гавань Посылки", when="today", link=LINK)
    assert text.startswith("Гавань Посылки:")
    assert segments(text) == 2


def test_no_address_is_ever_cut_however_long() -> None:
    link = "https://" + "a-long-name." * 12 + "example/i/" + "x" * 39
    text = wording.link_text("de", company="Harbour Parcels", when="heute", link=link)
    assert link in text
    assert "STOP" in text


@pytest.mark.parametrize(
    ("own", "used"),
    [
        ("{company} comes {when}: {link} STOP ends this", True),
        ("{company} comes {when}: {link}", False),
        ("{company} comes {when}. STOP ends this", False),
        ("{company} {link} {secret} STOP", False),
        ("{company {link} STOP", False),
        (7, False),
    ],
    ids=["good", "no stop", "no link", "unknown word", "broken", "no text"],
)
def test_a_company_has_its_own_text_where_it_keeps_to_the_rules(own, used) -> None:
    text = wording.link_text(
        "en", company="DX", when="today", link="https://x", own={"en": {"sms_link": own}}
    )
    assert (text == "DX comes today: https://x STOP ends this") is used
    assert "https://x" in text
    assert "STOP" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ANSWERS["en"])
def test_every_answer_fits_into_one_segment(language, which) -> None:
    for company in ("Harbour Parcels", "B" * 120):
        text = wording.answer_text(which, language, company=company, phone="+441632960123")
        assert segments(text) == 1
        assert text.startswith(company[:11])


def test_every_answer_is_there_in_every_language() -> None:
    assert set(ANSWERS) == set(LANGUAGES)
    assert len({frozenset(answers) for answers in ANSWERS.values()}) == 1


@pytest.mark.parametrize(
    ("language", "zone", "ahead", "expected"),
    [
        ("en", "America/New_York", 0, "today 9:30–11:30 AM"),
        ("en", "Europe/London", 1, "tomorrow 14:30–16:30"),
        ("en", "America/New_York", 3, "Wed, Sep 23 9:30–11:30 AM"),
        ("en", "Europe/London", 3, "Wed 23 Sept 14:30–16:30"),
        ("es", "Europe/Madrid", 0, "hoy 15:30–17:30"),
        ("es", "Europe/Madrid", 3, "el mié 23 sept 15:30–17:30"),
        ("es", "America/New_York", 0, "hoy 9:30–11:30 a.m."),
        ("es", "America/Mexico_City", 1, "mañana 7:30–9:30 a.m."),
        ("fr", "Europe/Paris", 1, "demain 15h30–17h30"),
        ("fr", "Europe/Paris", 3, "le mer. 23 sept. 15h30–17h30"),
        ("de", "Europe/Berlin", 0, "heute 15:30–17:30 Uhr"),
        ("de", "Europe/Berlin", 3, "am Mi., 23.9., 15:30–17:30 Uhr"),
    ],
)
def test_the_time_is_said_as_people_write_it(language, zone, ahead, expected) -> None:
    assert said(moment(ahead, zone), language) == expected


def test_a_window_over_noon_names_both_halves_and_one_without_an_end_its_start() -> None:
    noon = datetime(2026, 9, 23, 15, 0, tzinfo=UTC)
    over = Moment(noon, noon + timedelta(hours=3), "America/New_York", date(2026, 9, 23))
    assert said(over, "en") == "today 11 AM–2 PM"
    assert said(Moment(noon, None, "Europe/Paris", date(2026, 9, 23)), "fr") == (
        "aujourd’hui vers 17h"
    )


@pytest.mark.parametrize(
    ("zone", "hour", "expected"),
    [
        ("Europe/Madrid", 1, "hoy sobre la 1:00"),
        ("Europe/Madrid", 13, "hoy sobre las 13:00"),
        ("America/Bogota", 1, "hoy sobre la 1 a.m."),
        ("America/Bogota", 13, "hoy sobre la 1 p.m."),
        ("America/Bogota", 11, "hoy sobre las 11 a.m."),
        ("America/Bogota", 12, "hoy sobre las 12 p.m."),
    ],
)
def test_one_o_clock_is_singular_in_spanish(zone, hour, expected) -> None:
    start = datetime(2026, 9, 23, hour, tzinfo=ZoneInfo(zone))
    assert said(Moment(start, None, zone, start.date()), "es") == expected


@pytest.mark.parametrize(
    ("hour", "until", "expected"),
    [
        ((14, 0), (16, 0), "heute 14–16 Uhr"),
        ((14, 0), (16, 30), "heute 14:00–16:30 Uhr"),
        ((9, 0), None, "heute gegen 9 Uhr"),
        ((9, 30), None, "heute gegen 9:30 Uhr"),
    ],
)
def test_in_german_the_time_is_said_with_uhr(hour, until, expected) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 9, 23, *hour, tzinfo=zone)
    end = datetime(2026, 9, 23, *until, tzinfo=zone) if until else None
    assert said(Moment(start, end, zone.key, start.date()), "de") == expected


def test_in_french_the_first_of_a_month_is_said_by_its_rank() -> None:
    start = datetime(2026, 5, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
    moment = Moment(start, None, "Europe/Paris", date(2026, 4, 28))
    assert said(moment, "fr") == "le ven. 1er mai vers 9h"
    assert named(date(2026, 5, 1), "fr") == "vendredi 1er mai"
    assert named(date(2026, 5, 11), "fr") == "lundi 11 mai"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Saturday 14 March"),
        ("es", "sábado 14 de marzo"),
        ("fr", "samedi 14 mars"),
        ("de", "Samstag, 14. März"),
    ],
)
def test_a_day_to_choose_is_named_in_full(language, expected) -> None:
    assert named(date(2026, 3, 14), language) == expected


def test_a_time_that_ends_in_a_stop_gets_no_second_one() -> None:
    text = wording.link_text("es", company="DX", when="hoy 2-4 p.m.", link="https://dx.example/i/a")
    assert text == (
        "DX: su entrega llega hoy 2-4 p.m. Indique al repartidor qué hacer: "
        "https://dx.example/i/a Responda STOP para darse de baja."
    )


def test_in_french_one_stops_calls_and_messages_and_not_the_delivery() -> None:
    text = wording.link_text("fr", company="DX", when="demain 9h", link="https://dx.example/i/a")
    assert text.endswith("Répondez STOP pour ne plus recevoir ni appels ni SMS.")
    text = wording.link_text("fr", company="Harbour Parcels", when="demain 9h", link=LINK)
    assert text.endswith("STOP=fin SMS")
    assert "Consignes : https://" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("àèéìòùñöüÄß" * 14, 1),
        ("á", 1),
        ("á" + "a" * 70, 2),
    ],
)
def test_segments_are_counted_as_the_standard_counts_them(text, expected) -> None:
    assert segments(text) == expected


def test_accents_that_the_cheap_alphabet_lacks_are_left_off() -> None:
    assert plain("¿Qué? Mañana, sábado – “más” façade à l’hôtel…") == (
        '¿Qué? Mañana, sabado - "mas" facade à l\'hotel...'
    )
    assert plain("Привет 😀") == "Привет 😀"


@pytest.mark.parametrize(
    ("given", "ours"), [("es-MX", "es"), ("FR", "fr"), ("pt", "en"), (None, "en"), ("de_AT", "de")]
)
def test_a_language_that_we_do_not_speak_becomes_english(given, ours) -> None:
    assert spoken(given) == ours

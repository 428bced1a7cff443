"""STOP, START and HELP are known in any spelling, and in sentences they are not keywords."""

from __future__ import annotations

import pytest

from app.rules.texts.keywords import answered_by_network, keyword, may_mean_the_parcel


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        "Stop.",
        " stop \n",
        "S T O P",
        "s-t-o-p",
        "STOP!!!",
        "Stop all",
        "STOPALL",
        "Unsubscribe",
        "cancel",
        "END",
        "Quit",
        "revoke",
        "Opt out",
        "opt-out",
        "OPTOUT",
        "please stop",
        "stop please",
        "Alto",
        "PARAR",
        "Baja",
        "ARRÊT",
        "Arrête",
        "désabonner",
        "STOPP",
        "Abmelden",
        "aufhören",
        "stop svp",
        "“Stop”",
        "Stop SMS",
        "STOP, gracias",
        "Stop merci",
        "¡Ya basta!",
        "Darme de baja, por favor",
        "No me llamen más",
        "Désabonnement",
        "Ne m’appelez plus, s’il vous plaît",
        "Bitte nicht mehr anrufen",
        "Hören Sie auf!",
        "Keine SMS mehr",
    ],
)
def test_every_word_for_stop(text) -> None:
    assert keyword(text) == "stop"


@pytest.mark.parametrize(
    "text", ["START", "unstop", "Yes", "Iniciar", "démarrer", "Anmelden", "Alta"]
)
def test_every_word_for_start(text) -> None:
    assert keyword(text) == "start"


@pytest.mark.parametrize("text", ["HELP", "info", "Help?", "Ayuda", "información", "AIDE", "Hilfe"])
def test_every_word_for_help(text) -> None:
    assert keyword(text) == "help"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👍",
        "stop at the gate and ring",
        "don't stop at the front, use the back door",
        "the bus stop",
        "stop 4",
        "help yourself to the code 4711",
        "please",
        "yes leave it",
        "ja",
        "in the end house",
        "no llamen al timbre",
        "planta baja",
        "annuler",
        "ne pas sonner, merci",
        "nicht klingeln",
        "gracias",
        "s’il vous plaît",
    ],
)
def test_words_within_an_answer_are_no_keywords(text) -> None:
    assert keyword(text) is None


def test_only_its_own_words_are_confirmed_by_the_network() -> None:
    assert answered_by_network(" Stop ")
    assert not answered_by_network("please stop")
    assert answered_by_network("START")
    assert not answered_by_network("Abmelden")
    assert not answered_by_network("HELP")


def test_cancel_may_be_meant_for_the_parcel() -> None:
    assert may_mean_the_parcel("CANCEL")
    assert may_mean_the_parcel("Abbestellen")
    assert not may_mean_the_parcel("STOP")

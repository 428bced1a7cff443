"""What the driver is told, in the language they read, whoever drives."""

from __future__ import annotations

import pytest

from app.models import AnalysisRecord, Delivery
from app.pipeline.tell import sentence, tell
from app.rules.analysis import Analysis, Directive, Kind, Quote
from app.rules.directives import understand
from app.rules.directives.sentences import driver_sentence
from tests import factories
from tests.factories import NOW

SAID = "Leave it behind the bins, the gate code is 4519 hash, and don't ring."
TOLD = {
    "en": "Don't ring the bell. Code 4519#. Leave it behind the bins.",
    "es": "No toque el timbre. Código 4519#. Déjelo detrás de los contenedores.",
    "fr": "Ne sonnez pas. Code 4519#. Laissez-le derrière les poubelles.",
    "de": "Nicht klingeln. Code 4519#. Hinter die Mülltonnen legen.",
}


def answered(analysis: Analysis | None, state: str = "instructed", **agent) -> Delivery:
    """A delivery with news for its driver, as it is kept."""
    delivery = factories.delivery(
        agent_id=factories.agent(**agent).pk, outreach={"state": state, "attempts": 1}
    )
    if analysis is not None:
        delivery.analysis = AnalysisRecord.from_rules(
            analysis, source_id=delivery.pk, call_id=None, at=NOW
        )
    delivery.analysis_version, delivery.to_tell = 1, True
    delivery.save()
    return Delivery.of("default", pk=delivery.pk).get()


@pytest.mark.parametrize("language", TOLD)
def test_each_driver_is_told_in_their_own_language(settings, language) -> None:
    delivery = answered(understand(SAID, now=NOW), language=language)
    assert tell(delivery.pk, now=NOW).text == TOLD[language]


def test_another_driver_who_takes_over_is_told_in_theirs(settings) -> None:
    delivery = answered(understand(SAID, now=NOW), language="de")
    assert tell(delivery.pk, now=NOW).text == TOLD["de"]
    delivery.modify(
        set__agent_id=factories.agent(language="fr").pk, inc__analysis_version=1, set__to_tell=True
    )
    assert tell(delivery.pk, now=NOW).text == TOLD["fr"]


@pytest.mark.parametrize(
    ("state", "german"),
    [
        ("confirmed", "Alles in Ordnung: wie geplant liefern."),
        ("instructed", "Der Kunde hat eine Nachricht hinterlassen. Das Büro hört sie gerade ab."),
        ("unreachable", "Der Kunde war nicht zu erreichen. Wie geplant liefern."),
    ],
)
def test_what_leaves_nothing_to_do_is_told_in_their_language(settings, state, german) -> None:
    assert tell(answered(None, state, language="de").pk, now=NOW).text == german


def test_words_that_nothing_was_read_from_are_told_with_the_rest(settings) -> None:
    directives = (Directive(Kind.AVOID, "don't knock", 0.9, {"action": "knock"}),)
    quotes = (Quote("writes", "en", "the green one"),)
    analysis = Analysis(directives, driver_sentence(directives, quotes), quotes=quotes)
    delivery = answered(analysis, language="de")
    assert sentence(delivery) == "Don't knock. The customer writes: “the green one”"
    assert tell(delivery.pk, now=NOW).text == (
        "Nicht klopfen. Der Kunde schreibt auf Englisch: „the green one“"
    )


def test_an_analysis_from_before_loses_none_of_its_words(settings) -> None:
    directives = (Directive(Kind.AVOID, "don't knock", 0.9, {"action": "knock"}),)
    delivery = answered(Analysis(directives, "Don't knock. The customer writes: “here”"))
    delivery.update(unset__analysis__quotes=True)
    delivery.reload()
    assert sentence(delivery, "de") == "Don't knock. The customer writes: “here”"

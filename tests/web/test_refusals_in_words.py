"""Who is refused reads why in their own language; the API itself speaks English unless asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core.core_schema import ErrorType

from app.pipeline import dispatch
from app.rules.permissions import Permission
from app.saying import Saying
from app.web import words
from app.web.api import OPERATIONS, odd
from tests import factories
from tests.web import api_side, page_side
from tools import words as catalogues

APP = Path(__file__).parents[2] / "app"
WHERE = ("pipeline", "rules", "web")
FOR_THE_OPERATOR = (
    "pipeline/backup", "pipeline/audit_chain.py",
    # Faults of rules and code of ours, which nobody's request brings about.
    "rules/analysis.py", "rules/attempts.py", "rules/directives", "rules/gate",
    "rules/retention.py",
    "rules/call_script/scenes.py", "rules/call_script/texts.py", "rules/vapid.py",
    "rules/second_opinion", "pipeline/claim_writes.py", "pipeline/standing.py",
    "pipeline/analytics/calls.py", "pipeline/turn.py", "pipeline/copies.py",
    "pipeline/circuit.py",
    # Twilio's requests, and streams: no person's.
    "web/webhooks", "web/live",
    # The customer's page has words of its own; of these errors it reads the kind.
    "pipeline/reply.py",
)  # fmt: skip
"""Where texts are raised that no reader of a page ever sees."""

ELSEWHERE = {
    "TypeError", "KeyError", "PydanticCustomError", "NotSignedInError", "NotPutThroughError"
}  # fmt: skip
"""Errors whose texts are written elsewhere: pydantic's kinds in ``odd``, the others' with them."""


def raised_in_english() -> Iterator[str]:
    for path in (found for name in WHERE for found in (APP / name).rglob("*.py")):
        name = str(path.relative_to(APP))
        if name.startswith(FOR_THE_OPERATOR):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                continue
            told = ast.unparse(node.exc.func)
            is_ours = told.endswith("Error") and told not in ELSEWHERE
            if is_ours and any(isinstance(a, ast.Constant | ast.JoinedStr) for a in node.exc.args):
                yield f"{name}:{node.lineno}"


def test_whatever_is_refused_is_written_to_be_translated() -> None:
    # What Problem and Fault take, mypy sees to.
    assert list(raised_in_english()) == []


def test_every_refusal_there_is_has_its_words_in_every_language() -> None:
    assert [fault for fault in catalogues.faults() if fault.startswith("app/words")] == []
    assert len(list(catalogues.said(APP))) > 300


@pytest.fixture
def api(client: Any) -> api_side.Api:
    return api_side.key_for(client, "default")


def refused(api: api_side.Api, language: str | None) -> dict[str, Any]:
    headers = {"Accept-Language": language} if language else {}
    answer = api.post("/customers", json={"name": ""}, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["Content-Language"] == (language or "en")
    assert "Accept-Language" in answer.headers["Vary"]
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_api_refuses_in_english_unless_it_is_asked_for_another_language(api) -> None:
    english, spanish = refused(api, None), refused(api, "es")
    assert english["title"] == "The request does not have the form that is described"
    assert spanish["title"] == "La solicitud no tiene la forma descrita"
    assert spanish["detail"] == "Hay 2 errores."
    assert {each["pointer"]: each["detail"] for each in spanish["errors"]} == {
        "/name": "no debe estar vacío",
        "/phone": "debe indicarse",
    }
    for same in ("type", "status"):
        assert english[same] == spanish[same]


def test_a_driver_is_refused_in_their_own_language_whatever_their_browser_speaks(client) -> None:
    driver = page_side.person("agent", language="es")
    delivery = factories.delivery(agent_id=driver.pk, status="cancelled")
    answer = page_side.browser(client, driver).post(
        f"/api/v1/deliveries/{delivery.pk}/complete",
        json={},
        headers={"X-Delauto-Page": "1", "Accept-Language": "en"},
    )
    assert answer.status_code == 409
    assert answer.get_json()["detail"] == "está cancelada y no puede completarse"


def planned(client: Any, language: str, **given: str) -> Any:
    """A new delivery by hand, of somebody who reads this language."""
    api_side.company("default")
    other = page_side.browser(client, page_side.person("dispatcher", language=language))
    filled = {
        "customer_name": "Casey", "phone": "+14155550123", "address": "1 Mill Lane",
        "day": "2050-01-01", "clock": "09:30",
        "csrf_token": page_side.token_of(other.get("/plan/new")),
    }  # fmt: skip
    return other.post("/plan/new/given", data={**filled, **given})


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "must be a telephone number: with its country as +14155550123, or with its region"),
        ("es", "debe ser un número de teléfono, con su país, como +14155550123"),
        ("de", "muss eine Telefonnummer sein, mit Land wie +14155550123"),
    ],
)
def test_a_page_tells_what_is_wrong_at_its_field_in_the_readers_language(
    client, language, says
) -> None:
    answer = planned(client, language, phone="nonsense")
    assert answer.status_code == 422
    assert f'id="phone-fault">{says}<' in answer.get_data(as_text=True)


def test_several_things_that_cannot_be_planned_stand_each_at_its_field(client) -> None:
    answer = planned(client, "es", day="2020-01-01")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="clock-fault">la hora debe estar en el futuro (scheduled_time)<' in text


def test_a_page_that_is_not_ones_own_is_refused_in_ones_language(client) -> None:
    driver = page_side.person("agent", language="fr")
    answer = page_side.browser(client, driver).get("/plan", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    needed = Permission.DELIVERIES_READ
    text = answer.get_data(as_text=True)
    assert str(needed) in text or "toute l’entreprise" in text
    nowhere = page_side.browser(client, driver).get("/nowhere", headers={"Accept": "text/html"})
    assert "Il n’y a rien ici" in nowhere.get_data(as_text=True)


def test_a_log_in_that_came_too_often_is_told_in_the_browsers_language(client, settings) -> None:
    api_side.company("default")
    who = page_side.person("agent")
    given = {"email": who.email, "password": "wrong wrong wrong"}
    for _ in range(settings.login_allowance[0] + 1):
        answer = client.post("/api/v1/auth/token", json=given, headers={"Accept-Language": "de"})
    assert answer.status_code == 429
    assert answer.get_json()["detail"].startswith("Es gab zu viele Versuche.")


def test_what_helps_is_told_in_the_same_language_as_what_is_wrong(api, client) -> None:
    given = {"email": "nobody@example.com", "password": "wrong wrong wrong"}
    answer = client.post("/api/v1/auth/token", json=given, headers={"Accept-Language": "de"})
    assert answer.get_json()["mend"].startswith("Prüfen Sie beides und die Firma")
    delivery = factories.delivery(status="in_transit")
    asked = api.post(f"/deliveries/{delivery.pk}/call-customer", headers={"Accept-Language": "es"})
    assert asked.get_json()["detail"].startswith("Una clave no tiene teléfono")


def test_a_reference_that_is_planned_already_is_told_at_its_field(client) -> None:
    soon = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    assert planned(client, "es", reference="R-1", day=soon).status_code == 303
    answer = planned(client, "es", reference="R-1", day=soon)
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert 'id="reference-fault">' in text
    assert "R-1 ya está planificada" in text


def test_what_the_ledger_keeps_is_told_in_the_readers_language_too(client) -> None:
    api_side.company("default")
    delivery = factories.delivery()
    moved = dispatch.cancel(delivery, reason="no longer wanted", now=datetime.now(UTC))
    assert moved.delivery.outreach.reason == "the delivery was cancelled"
    other = page_side.browser(client, page_side.person("dispatcher", language="es"))
    assert "la entrega se canceló" in other.get(f"/deliveries/{delivery.pk}").get_data(as_text=True)
    failed = factories.delivery(status="in_transit")
    dispatch.fail(failed, reason="nobody at home: rang twice", now=datetime.now(UTC))
    shown = other.get(f"/deliveries/{failed.pk}").get_data(as_text=True)
    assert "Nadie en casa: rang twice" in shown
    with words.speaking("de"):
        told = words.retold("nobody answered; the delivery failed; and what nobody knows")
    assert told == "niemand nahm ab; die Lieferung ist gescheitert; and what nobody knows"


WRONG: tuple[Any, ...] = (
    None, True, -1, 10**40, 1.5, float("inf"), "", "x", "x" * 6000, "2026-02-30T10:00:00Z",
    "2026-02-20", [], [None], ["x"] * 3000, {}, {"no": 1},
)  # fmt: skip
MODELS = {
    model
    for operation in OPERATIONS
    for model in (operation.body, operation.query)
    if model is not None
}


@pytest.mark.parametrize("model", sorted(MODELS, key=lambda model: model.__qualname__))
def test_what_pydantic_finds_odd_is_told_in_words_of_our_own(model: type[BaseModel]) -> None:
    names = [field.alias or name for name, field in model.model_fields.items()]
    tries: list[dict[str, Any]] = [{"unknown": 1}, {}]
    tries += [{name: value} for name in names for value in WRONG]
    with words.speaking("es"):
        for given in tries:
            for error in errors(model, given):
                assert not words.told(odd.says(error)).endswith(str(error["msg"])), error


def errors(model: type[BaseModel], given: dict[str, Any]) -> list[Any]:
    try:
        model.model_validate(given)
    except ValidationError as error:
        return list(error.errors(include_url=False))
    return []


def test_the_kinds_of_oddities_that_have_words_are_those_that_there_are() -> None:
    assert set(odd.KINDS) <= set(get_args(ErrorType))
    assert isinstance(odd.says({"type": "extra_forbidden"}), Saying)

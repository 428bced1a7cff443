"""Many deliveries at once through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import Customer, Delivery
from app.models.audit import AuditEntry
from app.web.api.delivery_batches import MOST
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api

SOON = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
HEADER = "reference,customer_name,phone,address,scheduled_time,time_zone\n"


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def wish(number: int, **but: object) -> dict:
    plain = {
        "reference": f"R-{number}",
        "customer_name": f"Customer {number}",
        "phone": f"+1415555{number:04}",
        "address": "12 Mill Lane",
        "time_zone": "America/Los_Angeles",
        "scheduled_time": SOON,
    }
    return {**plain, **but}


def sent(api: Api, text: str, query: str = "", **headers: str):
    answer = api.ask(
        "POST", f"/deliveries/import{query}", data=text, content_type="text/csv", headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json


def row(number: int, **but: str) -> str:
    cells = {**wish(number), **but}
    return ",".join(str(cells[name]) for name in HEADER.strip().split(",")) + "\n"


def test_each_of_a_batch_is_planned_or_refused_by_itself(api) -> None:
    items = [wish(1), wish(2, agent_email="nobody@example.com"), wish(1), wish(4, consent=False)]
    told = api.post("/deliveries/batch", {"items": items}).json
    assert [each["outcome"] for each in told["rows"]] == [
        "planned", "refused", "refused", "planned_without_a_call",
    ]  # fmt: skip
    assert "nobody@example.com" in told["rows"][1]["detail"]
    assert "R-1" in told["rows"][2]["detail"]
    assert (told["planned"], told["without_a_call"], told["refused"]) == (2, 1, 2)
    assert Delivery.of("default").count() == Customer.of("default").count() == 2
    assert AuditEntry.of("default", action="delivery.created").count() == 2


def test_nothing_of_a_batch_is_planned_where_the_form_of_one_is_wrong(api) -> None:
    answer = api.post("/deliveries/batch", {"items": [wish(1), wish(2, phone=5)]})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"] == "/items/1/phone"
    assert Delivery.of("default").count() == 0


def test_a_batch_that_is_sent_again_plans_what_was_not_planned(api) -> None:
    headers = {"Idempotency-Key": "k"}
    items = [wish(1), wish(2, agent_email="dana@example.com")]
    first = api.post("/deliveries/batch", {"items": items}, headers=headers).json
    factories.agent(email="dana@example.com")
    again = api.post("/deliveries/batch", {"items": items}, headers=headers).json
    assert again["rows"][0] == first["rows"][0]
    assert [each["outcome"] for each in again["rows"]] == ["planned", "planned"]
    assert Delivery.of("default").count() == 2


def test_a_thousand_are_taken_and_one_more_is_not(api) -> None:
    many = [wish(number) for number in range(MOST + 1)]
    assert api.post("/deliveries/batch", {"items": many}).status_code == 400
    assert api.post("/deliveries/batch", {"items": []}).status_code == 400


def test_a_file_is_tried_before_it_counts(api) -> None:
    text = HEADER + row(1) + row(2, phone="abc") + row(1) + row(4, scheduled_time="tomorrow")
    tried = sent(api, text, "?dry_run=true")
    assert tried["dry_run"] is True
    outcomes = [each["outcome"] for each in tried["rows"]]
    assert outcomes == ["planned", "refused", "refused", "refused"]
    assert [each["row"] for each in tried["rows"]] == [2, 3, 4, 5]
    assert all(each["delivery_id"] is None for each in tried["rows"])
    assert Delivery.of("default").count() == Customer.of("default").count() == 0
    assert AuditEntry.of("default", action="delivery.created").count() == 0
    real = sent(api, text)
    assert [each["outcome"] for each in real["rows"]] == outcomes
    assert str(Delivery.of("default").get().pk) == real["rows"][0]["delivery_id"]


def test_a_file_sent_twice_with_one_key_is_planned_once(api) -> None:
    text = HEADER + row(1, reference="") + row(2, reference="")
    first = sent(api, text, **{"Idempotency-Key": "k"})
    assert sent(api, text, **{"Idempotency-Key": "k"}) == first
    assert Delivery.of("default").count() == 2


@pytest.mark.parametrize(
    "text",
    ["", "name;phone\n", "a,b\n1,2\n", HEADER[:-1] + '\n"', "\x00", HEADER + row(1) * (MOST + 1)],
)  # fmt: skip
def test_what_is_no_such_file_is_told(api, text) -> None:
    answer = api.ask("POST", "/deliveries/import", data=text, content_type="text/csv")
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert answer.json["planned"] == 0
    else:
        assert answer.json["errors"][0]["detail"]


def test_columns_that_nobody_reads_are_named(api) -> None:
    told = sent(api, HEADER.strip() + ",colour\n" + row(1).strip() + ",red\n")
    assert told["unknown_columns"] == ["colour"]


def test_a_formula_in_a_cell_is_kept_as_text(api) -> None:
    sent(api, HEADER + row(1, customer_name="=HYPERLINK(1)"))
    assert Customer.of("default").get().name == "=HYPERLINK(1)"

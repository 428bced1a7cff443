"""Many rows at once: few requests to the database, and each row as if it had come alone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import monitoring

from app import create_app, models
from app.models import Consent, Customer, Delivery, Suppression, Tenant, database
from app.models.audit import AuditEntry, digest_of
from app.pipeline.audit_chain import verify
from app.pipeline.plan import NewDelivery, plan
from app.runtime import Runtime
from app.web.api import batch_rows
from app.web.api.delivery_shapes import shown
from tests import factories
from tests.factories import ALL_DAY, BOOK
from tests.web import api_side
from tests.web.api_side import Api

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
COLUMNS = (
    "reference", "customer_name", "phone", "address", "scheduled_time", "time_zone",
    "agent_email", "consent", "delivery_instructions",
)  # fmt: skip


class Requests(monitoring.CommandListener):
    """Counts what the database is asked."""

    def __init__(self) -> None:
        self.count = 0
        self.looked_up: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.count += 1
        if event.command_name == "find":
            self.looked_up.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def wish(number: int, **but: str) -> dict[str, str]:
    plain = {
        "reference": f"R-{number}",
        "customer_name": f"Customer {number}",
        "phone": f"+1415555{number:04}",
        "address": "12 Mill Lane",
        "time_zone": "America/Los_Angeles",
        "scheduled_time": SOON.isoformat(),
    }
    return {**plain, **but}


def a_file(wishes: list[dict[str, str]]) -> str:
    lines = [COLUMNS, *([each.get(name, "") for name in COLUMNS] for each in wishes)]
    return "".join(",".join(line) + "\n" for line in lines)


def imported(api: Api, wishes: list[dict[str, str]], query: str = "", key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    answer = api.ask(
        "POST", f"/deliveries/import{query}", data=a_file(wishes).encode(),
        content_type="text/csv", headers=headers,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json


def outcomes(told: Any) -> list[tuple[str, str | None]]:
    return [(each["outcome"], each["detail"]) for each in told["rows"]]


def everything() -> dict[str, list[Any]]:
    models_ = (Delivery, Customer, Consent, AuditEntry)
    return {
        model.__name__: list(database()[model._get_collection_name()].find().sort("_id"))
        for model in models_
    }


@pytest.fixture
def counted(settings):
    """An API on a connection whose requests are counted."""
    listener = Requests()
    monitoring.register(listener)
    models.connect(settings, anew=True)
    client = create_app(settings, Runtime(settings)).test_client()
    factories.agent(email="dana@example.com")
    yield api_side.key_for(client, "default"), listener
    monitoring._LISTENERS.command_listeners.remove(listener)
    models.connect(settings, anew=True)


@pytest.mark.parametrize("way", ["tried", "file", "batch"])
def test_ten_times_the_rows_take_hardly_more_requests(counted, way) -> None:
    api, requests = counted

    def asked(numbers: range) -> int:
        wishes = [
            wish(each, **({"agent_email": "dana@example.com"} if each % 2 else {}))
            for each in numbers
        ]
        before = requests.count
        if way == "batch":
            told = api.post("/deliveries/batch", {"items": wishes}).json
        else:
            key = "" if way == "tried" else f"k{numbers.start}"
            told = imported(api, wishes, "?dry_run=true" if way == "tried" else "", key)
        assert told["planned"] == len(numbers)
        return requests.count - before

    asked(range(2))
    few = asked(range(100, 120))
    many = asked(range(1000, 1200))
    assert (many - few) / 180 < 0.25, (few, many)


def mixed() -> list[dict[str, str]]:
    return [
        wish(1, agent_email="dana@example.com", delivery_instructions="the porch"),
        wish(2, phone="abc"),
        wish(3, consent="no"),
        # The consent of an earlier row holds for the number.
        wish(4, phone=wish(1)["phone"], consent="no"),
        wish(1),
        wish(6, phone="+14155559999"),
        wish(7, agent_email="nobody@example.com"),
        wish(8, reference="R-planned"),
        wish(9, reference=""),
        wish(10, phone=wish(9)["phone"], reference="", customer_name="Nine's new name"),
    ]


@pytest.fixture
def surroundings_of_mixed(api) -> None:
    factories.agent(email="dana@example.com")
    now = datetime.now(UTC)
    Suppression(
        tenant_id="default", phone="+14155559999", scope="calls", source="speech", since=now
    ).save()
    imported(api, [wish(99, reference="R-planned")])


@pytest.mark.usefixtures("surroundings_of_mixed")
def test_a_trial_tells_what_an_import_does(api) -> None:
    before = everything()
    tried = imported(api, mixed(), "?dry_run=true")
    assert everything() == before
    real = imported(api, mixed())
    assert outcomes(real) == outcomes(tried)
    assert [each["outcome"] for each in real["rows"]] == [
        "planned", "refused", "planned_without_a_call", "planned", "refused",
        "planned_without_a_call", "refused", "refused", "planned", "planned",
    ]  # fmt: skip


@pytest.mark.usefixtures("surroundings_of_mixed")
def test_rows_together_come_to_what_they_come_to_one_by_one(api) -> None:
    factories.agent("other", email="dana@example.com")
    other = api_side.key_for(api.client, "other")
    Suppression(
        tenant_id="other", phone="+14155559999", scope="calls", source="speech",
        since=datetime.now(UTC),
    ).save()  # fmt: skip
    imported(other, [wish(99, reference="R-planned")])
    together = imported(api, mixed())
    singly = [imported(other, [each]) for each in mixed()]
    for row, alone in zip(together["rows"], singly, strict=True):
        assert row["outcome"] == alone["rows"][0]["outcome"]
    for model in (Customer, Consent, Delivery):
        found = [
            [_plain(each) for each in model.of(tenant).order_by("_id")]
            for tenant in ("default", "other")
        ]
        assert found[0] == found[1], model


def _plain(document: Any) -> Any:
    """What two companies' documents must have in common."""
    if isinstance(document, Customer):
        wishes = document.preferences
        return (
            document.name, document.phone, document.address, document.total_deliveries,
            wishes.language, wishes.timezone, wishes.delivery_instructions,
            document.deleted_at, document.created_at is not None,
        )  # fmt: skip
    if isinstance(document, Consent):
        by_reference = document.source if document.source.startswith("R-") else "its id"
        return (document.phone, document.basis, by_reference, document.withdrawn)
    steps = [(each.machine, each.source, each.target) for each in document.history]
    notes = [each.type for each in document.outbox]
    return (document.reference, document.status, document.outreach.state, steps, notes)


@pytest.mark.usefixtures("surroundings_of_mixed")
def test_a_file_that_is_imported_again_changes_nothing(api) -> None:
    wishes = [each for each in mixed() if each["reference"]]
    imported(api, wishes)
    before = everything()
    again = imported(api, wishes)
    assert again["planned"] == 0
    assert everything() == before


def test_each_row_has_an_audit_entry_about_what_is_stored(api) -> None:
    factories.agent(email="dana@example.com")
    told = imported(api, [*(wish(each) for each in range(250)), *mixed()[6:8]])
    entries = {
        each.subject.id: each for each in AuditEntry.of("default", action="delivery.created")
    }
    made = list(Delivery.of("default"))
    assert {str(each.pk) for each in made} == entries.keys()
    assert len(made) == told["planned"] == 251
    for each in made:
        assert entries[str(each.pk)].after == digest_of(shown(each).model_dump(mode="json"))
    assert verify("default").broken is None


def test_what_is_planned_by_itself_is_answered_as_it_is_stored(api) -> None:
    body = {**wish(1), "place": {"longitude": -122.4, "latitude": 37.7}, "priority": "high"}
    body["scheduled_time"] = (SOON + timedelta(microseconds=123456)).isoformat()
    made = api.post("/deliveries", body)
    assert made.status_code == 201
    found = api.get(f"/deliveries/{made.json['id']}")
    assert found.headers["ETag"] == made.headers["ETag"]
    assert found.json["priority"] == "high"


def test_rows_that_were_planned_under_a_key_are_answered_the_same(api) -> None:
    wishes = [wish(each, reference="") for each in range(150)]
    wishes[7]["agent_email"] = "dana@example.com"
    first = imported(api, wishes, key="k")
    assert (first["planned"], first["refused"]) == (149, 1)
    factories.agent(email="dana@example.com")
    again = imported(api, wishes, key="k")
    assert (again["planned"], again["refused"]) == (150, 0)
    assert again["rows"][:7] + again["rows"][8:] == first["rows"][:7] + first["rows"][8:]
    assert Delivery.of("default").count() == 150


def test_another_file_under_the_same_key_is_refused_row_by_row(api) -> None:
    imported(api, [wish(1)], key="k")
    told = imported(api, [wish(1, customer_name="Somebody else")], key="k")
    assert "Idempotency-Key" in told["rows"][0]["detail"]
    assert Customer.of("default").get().name == "Customer 1"


def test_one_whom_another_was_faster_with_costs_its_neighbours_nothing(api, monkeypatch) -> None:
    """Somebody plans R-2 between our look at the references and our writing."""
    faster = threading.Event()
    really = batch_rows.write_all

    def first_another(terms, drafts) -> None:
        if not faster.is_set():
            faster.set()
            alone = threading.Thread(target=_plan_elsewhere)
            alone.start()
            alone.join()
        really(terms, drafts)

    monkeypatch.setattr(batch_rows, "write_all", first_another)
    told = imported(api, [wish(each) for each in (1, 2, 3)])
    assert [each["outcome"] for each in told["rows"]] == ["planned", "refused", "planned"]
    assert "R-2 is planned already" in told["rows"][1]["detail"]
    assert Delivery.of("default").count() == 3
    assert AuditEntry.of("default", action="delivery.created").count() == 2
    assert verify("default").broken is None


def _plan_elsewhere() -> None:
    other = NewDelivery(
        reference="R-2", customer_name="Robin", phone="+12125550123", address="1 Elm Street",
        scheduled_time=SOON, time_zone="America/New_York",
    )  # fmt: skip
    plan("default", other, now=datetime.now(UTC), window=ALL_DAY, book=BOOK)


def test_a_group_that_cannot_be_written_is_written_row_by_row(api, monkeypatch) -> None:
    """The database takes no more than one row at once."""
    really = batch_rows.write_all
    sizes = []

    def few(terms, drafts) -> None:
        sizes.append(len(drafts))
        if len(drafts) > 1:
            database().command("find", 5)
        really(terms, drafts)

    monkeypatch.setattr(batch_rows, "write_all", few)
    told = imported(api, [wish(each) for each in (1, 2, 3)], key="k")
    assert told["planned"] == 3
    assert sizes == [3, 1, 1, 1]
    assert AuditEntry.of("default", action="delivery.created").count() == 3


def test_references_of_a_file_are_looked_up_by_their_index(counted) -> None:
    api, requests = counted
    imported(api, [wish(each) for each in range(20)])
    requests.looked_up.clear()
    imported(api, [wish(5), wish(30)], "?dry_run=true")
    (asked,) = (each for each in requests.looked_up if each["find"] == "deliveries")
    told = database().command("explain", {"find": "deliveries", "filter": asked["filter"]})
    assert told["executionStats"]["nReturned"] == 1
    assert told["executionStats"]["totalDocsExamined"] == 1


def test_calls_of_a_day_count_against_each_row(api) -> None:
    Tenant.of("default").update_one(set__calling__most_calls_a_day=1)
    imported(api, [wish(1), wish(2)])
    called = Delivery.of("default", reference="R-1").get()
    # On the day on which the next call is due, which late in the evening is tomorrow.
    at = called.outreach.next_attempt_at
    factories.call(called, status="completed", in_flight=False, claimed_at=at, end_time=at)
    imported(api, [wish(3, phone=wish(1)["phone"]), wish(4)])
    then = {
        each.reference: each.outreach.next_attempt_at
        for each in Delivery.of("default", reference__in=["R-3", "R-4"])
    }
    assert then["R-4"].date() == at.date()
    assert then["R-3"] is None or then["R-3"] > then["R-4"]

"""What was understood, read and put right through the API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.models import Correction, Delivery, Review, database
from app.models.audit import AuditEntry
from app.rules.analysis import CHOICES, SLOTS, Kind
from app.rules.permissions import Permission, Role
from app.web.api.analyses import NewDirective, Slots
from tests import factories
from tests.pipeline.test_correct import answered
from tests.web import api_side
from tests.web.api_side import Api

SHED = {"kind": "leave_at", "text": "behind the shed", "slots": {"place": "shed"}}


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def corrected(api: Api, delivery: Delivery, *directives: dict, **fields):
    body = {"analysis_version": delivery.analysis_version, "directives": list(directives)}
    return api.post(f"/deliveries/{delivery.pk}/analysis/corrections", {**body, **fields})


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.of(delivery.tenant_id, pk=delivery.pk).get()


def test_a_correction_is_what_the_driver_is_told_next(client, runtime) -> None:
    dot = api_side.person("default", Role.DISPATCHER)
    api = api_side.signed_in(client, dot)
    delivery = answered()
    delivery.modify(set__agent_id=factories.agent().pk)
    answer = corrected(api, delivery, SHED, why="she says shed")
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"].endswith(f"/deliveries/{delivery.pk}/analysis")
    told = api.get(f"/deliveries/{delivery.pk}/analysis").json
    assert told == answer.json["understood"]
    assert told["analysis_version"] == delivery.analysis_version + 1
    assert told["current"]["corrected"] is True
    assert [each["slots"] for each in told["current"]["directives"]] == [{"place": "shed"}]
    assert [each["directives"][0]["slots"]["place"] for each in told["history"]] == ["planter"]
    (correction,) = told["corrections"]
    assert (correction["by"], correction["kind"]) == (str(dot.pk), "user")
    assert correction["why"] == "she says shed"
    assert f"tell-{delivery.pk}" in runtime.enqueuer._queue("answers").job_ids
    noted = AuditEntry.of("default", action="analysis.corrected").get()
    assert (noted.actor.id, noted.subject.id) == (str(dot.pk), str(delivery.pk))


def test_a_key_corrects_in_its_own_name(client, settings) -> None:
    api = api_side.key_for(client, "default", {Permission.ANALYSES_WRITE, Permission.ANALYSES_READ})
    delivery = answered()
    assert corrected(api, delivery, SHED).status_code == 201
    kept = Correction.of("default").get()
    key = database().api_keys.find_one({"_id": kept.corrected_by})
    assert (kept.corrected_as, key["name"]) == ("key", "tests")
    reader = api_side.key_for(client, "default", {Permission.ANALYSES_READ})
    assert corrected(reader, fresh(delivery), SHED).status_code == 403


def test_who_looked_at_something_older_changes_nothing(api) -> None:
    delivery = answered()
    assert corrected(api, delivery, SHED).status_code == 201
    barn = {"kind": "leave_at", "slots": {"place": "barn"}}
    late = corrected(api, delivery, barn)
    assert late.status_code == 412
    assert "analysis_version" in late.json["mend"]
    assert late.json["type"].endswith("#changed-meanwhile")
    assert "version 2, you looked at 1" in late.json["detail"]
    assert fresh(delivery).analysis.directives[0].slots == {"place": "shed"}
    assert Correction.of("default").count() == 1


def test_everything_that_is_wrong_is_told_with_its_place(api) -> None:
    answer = corrected(
        api, answered(), {"kind": "leave_at"}, SHED, {"kind": "access", "slots": {"place": "x"}}
    )
    assert answer.status_code == 422
    assert [(each["pointer"], each["detail"]) for each in answer.json["errors"]] == [
        ("/directives/0", "leave_at needs place"),
        ("/directives/2", "access has only code, unit, floor, entrance, condition"),
    ]
    unread = factories.delivery()
    nothing = corrected(api, unread)
    assert (nothing.status_code, nothing.json["errors"][0]["pointer"]) == (422, "/directives")
    assert Correction.of("default").count() == 0


@pytest.mark.parametrize(
    "slots",
    [{"code": "••••"}, {"code": {"$gt": ""}}, {"minutes": True}, {"date": "tomorrow"},
     {"made_up": "x"}, {"place": "x" * 201}],
)  # fmt: skip
def test_slots_that_are_none_are_refused_where_they_stand(api, slots) -> None:
    answer = corrected(api, answered(), {"kind": "access", "slots": slots})
    assert answer.status_code == 400
    (name,) = slots
    assert answer.json["errors"][0]["pointer"].startswith(f"/directives/0/slots/{name}")


def test_the_described_slots_are_those_that_there_are() -> None:
    known = {name for slots in SLOTS.values() for name in slots} | {"condition"}
    assert set(Slots.model_fields) == known
    properties = Slots.model_json_schema()["properties"]
    for name, choices in CHOICES.items():
        assert properties[name]["anyOf"][0]["enum"] == list(choices)
    kinds = NewDirective.model_json_schema()["properties"]["kind"]["enum"]
    assert kinds == [each.value for each in Kind]


def test_a_code_is_masked_wherever_it_stands(api) -> None:
    delivery = answered("the gate code is four seven one one leave it behind the planter")
    code = {"kind": "access", "text": "it is 4 5 1 9", "slots": {"code": "4519"}}
    answer = corrected(api, delivery, code, SHED, why="he said 4519, not four seven one one")
    assert answer.status_code == 201, answer.text
    for path in ("analysis", ""):
        text = api.get(f"/deliveries/{delivery.pk}/{path}".rstrip("/")).text
        for secret in ("4519", "4 5 1 9", "4711", "four", "seven"):
            assert secret not in text, path
    told = api.get(f"/deliveries/{delivery.pk}/analysis").json
    assert told["current"]["directives"][0]["slots"]["code"] == "••••"
    assert told["current"]["directives"][1]["slots"]["place"] == "shed"
    items = api.post(f"/deliveries/{delivery.pk}/codes").json["items"]
    assert items[0]["slots"]["code"] == "4519"


def test_other_slots_are_readable_beside_a_code(api) -> None:
    delivery = answered("the gate code is 4711")
    hours = {"kind": "time_window", "slots": {"date": "2027-03-01", "start": "18:30"}}
    code = {"kind": "access", "slots": {"code": "4711", "floor": "3"}}
    told = corrected(api, delivery, hours, code).json["understood"]["current"]["directives"]
    assert told[0]["slots"] == {"date": "2027-03-01", "start": "18:30"}
    assert told[1]["slots"] == {"code": "••••", "floor": "3"}


def test_what_was_to_be_looked_at_is_settled_by_whoever_corrects(api) -> None:
    delivery = answered()
    review = Review(
        tenant_id="default", delivery_id=delivery.pk, source_id=delivery.analysis.source_id,
        reason="unclear", due=datetime.now(UTC), opened_at=datetime.now(UTC),
    ).save()  # fmt: skip
    assert corrected(api, delivery, SHED).status_code == 201
    closed = Review.of("default", pk=review.pk).get()
    assert closed.closed_by == Correction.of("default").get().corrected_by


def test_an_agent_reads_about_their_own_deliveries_and_corrects_none(client, settings) -> None:
    dana = api_side.person("default", Role.AGENT)
    mine, theirs = answered(), answered()
    mine.modify(set__agent_id=dana.pk)
    driver = api_side.signed_in(client, dana)
    assert driver.get(f"/deliveries/{mine.pk}/analysis").status_code == 200
    assert driver.get(f"/deliveries/{theirs.pk}/analysis").status_code == 404
    assert corrected(driver, mine, SHED).status_code == 403


def test_another_companys_analyses_are_not_there(client, api) -> None:
    delivery = answered()
    other = api_side.key_for(client, "other")
    assert other.get(f"/deliveries/{delivery.pk}/analysis").status_code == 404
    assert corrected(other, delivery, SHED).status_code == 404
    assert Correction.of("default").count() == 0


def test_a_delivery_of_which_nothing_is_known_says_so(api) -> None:
    told = api.get(f"/deliveries/{factories.delivery().pk}/analysis").json
    assert (told["current"], told["history"], told["corrections"]) == (None, [], [])

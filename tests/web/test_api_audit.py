"""The audit log through the API: searched, its readers noted, and verified in parts."""

from __future__ import annotations

import pytest

from app.models import database
from app.models.audit import AuditEntry
from app.rules.permissions import MAY, Permission, Role
from app.web.api import audit
from tests.web import api_side
from tests.web.api_side import Api


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default", {Permission.AUDIT_READ, Permission.CUSTOMERS_WRITE})


def customers(api: Api, count: int) -> list[str]:
    found = []
    for number in range(count):
        wish = {"name": f"Casey {number}", "phone": f"+1415555{number:04}"}
        found.append(api.post("/customers", wish).json["id"])
    return found


def actions(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["action"] for each in answer.json["items"]]


def test_entries_are_found_by_who_what_on_what_and_when(api) -> None:
    first, second = customers(api, 2)
    entry = api.get(f"/audit?subject_kind=customer&subject_id={first}").json["items"][0]
    assert (entry["action"], entry["subject"]["id"]) == ("customer.created", first)
    assert entry["actor"]["kind"] == "key"
    assert len(entry["request_id"]) > 10
    by_actor = api.get(f"/audit?actor={entry['actor']['id']}&action=customer.created")
    assert [each["subject"]["id"] for each in by_actor.json["items"]] == [second, first]
    assert actions(api.get("/audit?action=delivery.created")) == []
    assert "customer.created" not in actions(api.get("/audit?before=2026-01-01T00:00:00Z"))
    since = api.get("/audit", query_string={"since": entry["at"], "action": "customer.created"})
    assert {each["subject"]["id"] for each in since.json["items"]} >= {first}
    assert api.get("/audit?subject_id=x").status_code == 422
    assert api.get("/audit?action=parcel.eaten").status_code == 400


def test_pages_go_on_where_the_last_ended_though_reading_adds_entries(api) -> None:
    made = customers(api, 5)
    seen, path = [], "/audit?limit=2"
    while True:
        page = api.get(path).json
        seen += page["items"]
        if page["next"] is None:
            break
        path = f"/audit?limit=2&cursor={page['next']}"
    sequences = [each["sequence"] for each in seen]
    assert sequences == sorted(set(sequences), reverse=True)
    subjects = [each["subject"]["id"] for each in seen if each["action"] == "customer.created"]
    assert subjects == made[::-1]
    for cursor in ("x", "AAAA", "MTIzLg", "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ"):
        assert api.get("/audit", query_string={"cursor": cursor}).status_code == 422


def test_who_reads_it_stands_in_it_with_what_kind_of_question_and_not_the_words(api) -> None:
    api.get("/audit?actor=%2B14155550123")
    entry = AuditEntry.of("default", action="audit.read").get()
    assert (entry.actor.kind, entry.detail) == ("key", {"filters": "actor"})
    assert api.get("/audit").json["items"][0]["action"] == "audit.read"


def test_a_whole_log_is_verified_in_parts(api, monkeypatch) -> None:
    monkeypatch.setattr(audit, "MOST_WALKED", 3)
    customers(api, 4)
    head = api.get("/audit/head").json
    assert head["place"] == f"{head['sequence']}:{head['hash']}"
    first = api.post("/audit/verify", {}).json
    assert (first["entries"], first["broken"], first["more"]) == (3, None, True)
    second = api.post("/audit/verify", {"since": first["head"]}).json
    assert second["entries"] >= 2
    assert second["broken"] is None
    read = AuditEntry.of("default", action="audit.read").order_by("sequence").first()
    assert read.detail == {"verified": 3}


def test_the_first_break_is_told(api) -> None:
    customers(api, 4)
    head = api.get("/audit/head").json
    entry = AuditEntry.of("default").order_by("sequence")[2]
    database().audit_log.update_one({"_id": entry.pk}, {"$set": {"action": "customer.deleted"}})
    answer = api.post("/audit/verify", {}).json
    assert (answer["broken"]["sequence"], answer["broken"]["what"]) == (entry.sequence, "changed")
    assert (answer["entries"], answer["more"]) == (entry.sequence - 1, False)
    database().audit_log.delete_many({"sequence": {"$gte": head["sequence"]}})
    cut = api.post("/audit/verify", {"since": head["place"]}).json
    assert cut["broken"]["what"] == "truncated"


def test_another_companys_log_is_not_seen(client, api) -> None:
    customers(api, 1)
    other = api_side.key_for(client, "other", {Permission.AUDIT_READ})
    assert "customer.created" not in actions(other.get("/audit"))
    here, there = (each.get("/audit/head").json["hash"] for each in (api, other))
    assert here != there


def test_only_administrators_read_it(client, settings) -> None:
    for role in Role:
        system = api_side.key_of_role(client, "default", role)
        allowed = Permission.AUDIT_READ in MAY[role]
        assert allowed == (role is Role.ADMIN)
        for answer in (system.get("/audit"), system.get("/audit/head"),
                       system.post("/audit/verify", {})):  # fmt: skip
            assert answer.status_code == (200 if allowed else 403)

"""API keys through the API: shown once, changed, replaced with an overlap, and ended at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app.models import ApiKey, database
from app.models.audit import AuditEntry
from app.pipeline.api_keys_uses import uses
from app.pipeline.audit import Actor
from app.rules.permissions import MAY, Permission, Reach, Role
from app.web.api.callers import Caller
from app.web.api.keys import beyond
from tests.web import api_side
from tests.web.api_side import Api

WISH = {"name": "Warehouse", "permissions": ["customers:read"], "environment": "production"}


@pytest.fixture
def admin(client, settings) -> Api:
    return api_side.signed_in(client, api_side.person("default", Role.ADMIN))


def made(admin: Api, **but: object) -> dict:
    answer = admin.post("/keys", {**WISH, **but})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_key_is_shown_once_and_opens_what_it_may(client, admin) -> None:
    answer = admin.post("/keys", WISH)
    key = answer.json
    assert answer.headers["Location"] == f"/api/v1/keys/{key['id']}"
    system = Api(client, key["key"])
    assert system.get("/customers").status_code == 200
    assert system.get("/deliveries").status_code == 403
    uses.flush()
    read = admin.get(f"/keys/{key['id']}").json
    assert (read["usage_count"], read["state"]) == (2, "in_use")
    assert read["last_used_at"] is not None
    assert read["version"] == key["version"]
    assert "key" not in read
    everywhere = admin.get("/keys").text + admin.get(f"/keys/{key['id']}").text
    assert key["key"] not in everywhere
    assert key["key"] not in str(list(database().api_keys.find()))
    (entry,) = AuditEntry.of("default", action="key.created", subject__id=key["id"])
    assert (entry.actor.kind, entry.request_id) == ("user", answer.headers["X-Request-Id"])


def test_a_repeated_request_makes_one_key_and_shows_it_again_unreadable_in_between(admin) -> None:
    once = {"Idempotency-Key": "warehouse-1"}
    first, again = (admin.post("/keys", WISH, headers=once) for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json == first.json
    assert ApiKey.of("default", name="Warehouse").count() == 1
    assert first.json["key"] not in str(list(database().idempotent_answers.find()))


def test_a_key_is_changed_from_its_next_request_on(client, admin) -> None:
    key = made(admin, description="Ramp 4")
    path = f"/keys/{key['id']}"
    wish = {"permissions": ["deliveries:read"], "description": None, "requests": 7}
    changed = admin.patch(path, wish, key["version"])
    assert changed.status_code == 200, changed.text
    assert changed.json["permissions"] == ["deliveries:read"]
    assert (changed.json["description"], changed.json["requests"]) == (None, 7)
    assert (changed.json["name"], changed.json["period_seconds"]) == ("Warehouse", 900)
    assert Api(client, key["key"]).get("/customers").status_code == 403
    assert Api(client, key["key"]).get("/deliveries").status_code == 200
    assert admin.patch(path, {"name": "Late"}, key["version"]).status_code == 412


def test_a_key_and_its_successor_work_until_the_overlap_is_over(client, admin) -> None:
    key = made(admin)
    answer = admin.post(f"/keys/{key['id']}/rotate", {"overlap_hours": 2})
    assert answer.status_code == 201, answer.text
    successor = answer.json
    assert successor["replaces"] == key["id"]
    ends = datetime.fromisoformat(successor["replaced_ends_at"]) - datetime.now(UTC)
    assert timedelta(hours=1, minutes=58) < ends <= timedelta(hours=2)
    for plain in (key["key"], successor["key"]):
        assert Api(client, plain).get("/customers").status_code == 200
    assert admin.get(f"/keys/{key['id']}").json["replaced_by"] == successor["id"]
    assert admin.post(f"/keys/{key['id']}/rotate", {}).status_code == 409
    at_once = admin.post(f"/keys/{successor['id']}/rotate", {"overlap_hours": 0}).json
    assert Api(client, successor["key"]).get("/customers").status_code == 401
    assert admin.get(f"/keys/{successor['id']}").json["state"] == "expired"
    assert Api(client, at_once["key"]).get("/customers").status_code == 200


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(client, admin) -> None:
    key = made(admin)
    path = f"/keys/{key['id']}"
    assert admin.delete(path, "0" * 20).status_code == 412
    assert admin.delete(path, key["version"]).status_code == 204
    assert Api(client, key["key"]).get("/customers").status_code == 401
    assert admin.delete(path).status_code == 204
    assert [each["state"] for each in admin.get("/keys").json["items"]] == ["revoked"]
    assert admin.get("/keys?is_active=true").json["items"] == []
    assert admin.post(f"{path}/rotate", {}).status_code == 409
    assert AuditEntry.of("default", action="key.revoked").count() == 1


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ({"permissions": ["customers:read", "keys:write"]}, "/permissions/1"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
    ],
)
def test_what_no_key_can_be_is_told_where(admin, wish, where) -> None:
    answer = admin.post("/keys", {**WISH, **wish})
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json["errors"]] == [where]
    assert ApiKey.of("default").count() == 0


@pytest.mark.parametrize(
    "wish",
    [{"permissions": []}, {"permissions": ["parcels:eat"]}, {"name": " "}, {"requests": 0}],
)
def test_what_has_not_the_form_is_refused(admin, wish) -> None:
    assert admin.post("/keys", {**WISH, **wish}).status_code == 400


def test_nobody_gives_what_they_have_not_over_all_records() -> None:
    reach = {Permission.KEYS_WRITE: Reach.ALL, Permission.CODES_READ: Reach.OWN}
    actor = Actor("user", str(ObjectId()), "Dana")
    caller = Caller("default", actor, reach, ObjectId(), None, None)
    wanted = [Permission.CODES_READ, Permission.KEYS_WRITE, Permission.AUDIT_READ]
    assert beyond(caller, wanted) == [Permission.CODES_READ, Permission.AUDIT_READ]


def test_who_may_less_gives_no_more_and_replaces_no_stronger_key(
    client, admin, monkeypatch
) -> None:
    from app.web.api import callers

    strong = made(admin, permissions=["audit:read"])
    less = {**MAY[Role.VIEWER], Permission.KEYS_READ: Reach.ALL, Permission.KEYS_WRITE: Reach.ALL}
    monkeypatch.setattr(callers, "MAY", {**MAY, Role.VIEWER: less})
    viewer = api_side.signed_in(client, api_side.person("default", Role.VIEWER))
    refused = viewer.post("/keys", {**WISH, "permissions": ["customers:read", "audit:read"]})
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json["errors"]] == ["/permissions/1"]
    assert viewer.post(f"/keys/{strong['id']}/rotate", {}).status_code == 403
    wish = {"permissions": ["audit:read"]}
    own = viewer.post("/keys", WISH).json
    assert viewer.patch(f"/keys/{own['id']}", wish).status_code == 422


def test_only_administrators_see_keys_and_no_key_makes_another(client, admin) -> None:
    key = made(admin, permissions=["keys:read"])
    system = Api(client, key["key"])
    assert [each["id"] for each in system.get("/keys").json["items"]] == [key["id"]]
    assert system.post("/keys", WISH).status_code == 403
    assert system.delete(f"/keys/{key['id']}").status_code == 403
    for role in set(Role) - {Role.ADMIN}:
        other = api_side.signed_in(client, api_side.person("default", role))
        assert other.get("/keys").status_code == 403
        assert other.post("/keys", WISH).status_code == 403


def test_another_companys_keys_are_not_there(client, admin) -> None:
    key = made(admin)
    other = api_side.signed_in(client, api_side.person("other", Role.ADMIN))
    path = f"/keys/{key['id']}"
    assert other.get(path).status_code == 404
    assert other.patch(path, {"name": "X"}).status_code == 404
    assert other.post(f"{path}/rotate", {}).status_code == 404
    assert other.delete(path).status_code == 404
    assert other.get("/keys").json["items"] == []
    assert Api(client, key["key"]).get("/customers").status_code == 200

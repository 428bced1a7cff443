"""Users through the API: added, given roles, let in and kept out; the last administrator stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import Agent, PasswordReset, database
from app.models.audit import AuditEntry
from app.rules.permissions import MAY, Permission, Role
from tests.web import api_side
from tests.web.api_side import Api

ROBIN = {
    "name": "Robin Planner",
    "email": "Robin@example.com",
    "phone": "(415) 555-0102",
    "role": "dispatcher",
}
NEW = "eight herons over the weir"


@pytest.fixture
def boss(settings) -> Agent:
    return api_side.person("default", Role.ADMIN)


@pytest.fixture
def admin(client, boss) -> Api:
    return api_side.signed_in(client, boss)


def made(admin: Api, **but: object) -> dict:
    answer = admin.post("/users", {**ROBIN, **but})
    assert answer.status_code == 201, answer.text
    return answer.json


def log_in(client, email: str, password: str):
    wish = {"email": email, "password": password}
    return client.post("/api/v1/auth/token", json=wish)


def reset_by(client, link: dict, password: str):
    token = link["path"].removeprefix("/reset/")
    return client.post("/api/v1/auth/reset", json={"token": token, "new": password})


def actions() -> list[str]:
    of_users = {"subject__kind": "user", "actor__kind": "user"}
    return [each.action for each in AuditEntry.of("default", **of_users).order_by("sequence")]


def test_somebody_is_added_and_chooses_a_password_by_a_link_that_works_once(client, admin) -> None:
    robin = made(admin)
    assert (robin["email"], robin["phone"]) == ("robin@example.com", "+14155550102")
    path = f"/users/{robin['id']}"
    answer = admin.post(f"{path}/reset")
    assert answer.status_code == 200, answer.text
    link = answer.json
    assert link["address"].endswith(link["path"])
    ends = datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=58) < ends <= timedelta(hours=1)
    token = link["path"].removeprefix("/reset/")
    assert token not in str(list(database().password_resets.find()))
    assert token not in str(list(database().audit_log.find()))
    assert reset_by(client, link, NEW).status_code == 204
    assert reset_by(client, link, NEW + "s").status_code == 422
    assert log_in(client, "robin@example.com", NEW).status_code == 200
    assert admin.get(path).json["login_count"] == 1
    assert admin.get(path).json["version"] == robin["version"]
    assert set(actions()) >= {"user.created", "password.reset_asked", "password.changed"}


def test_a_new_role_holds_at_once_in_open_sessions(client, admin) -> None:
    viewer = api_side.person("default", Role.VIEWER)
    system = api_side.signed_in(client, viewer)
    assert system.get("/suppressions").status_code == 403
    path = f"/users/{viewer.pk}"
    seen = admin.get(path).json
    changed = admin.patch(path, {"role": "dispatcher", "language": "fr"}, seen["version"])
    assert changed.status_code == 200, changed.text
    assert (changed.json["role"], changed.json["name"]) == ("dispatcher", seen["name"])
    assert system.get("/suppressions").status_code == 200
    assert admin.patch(path, {"role": "viewer"}, seen["version"]).status_code == 412
    entry = AuditEntry.of("default", action="user.changed").get()
    assert entry.changed == ["language", "role", "updated_at", "version"]


def test_the_last_administrator_stays(client, boss, admin) -> None:
    path = f"/users/{boss.pk}"
    for refused in (admin.patch(path, {"role": "viewer"}), admin.post(f"{path}/deactivate")):
        assert (refused.status_code, "administrator" in refused.json["detail"]) == (409, True)
    other = made(admin, role="admin")
    assert admin.post(f"/users/{other['id']}/deactivate").status_code == 200
    assert admin.patch(path, {"role": "viewer"}).status_code == 409
    assert admin.post(f"/users/{other['id']}/activate").status_code == 200
    assert admin.patch(path, {"role": "viewer"}).status_code == 200
    assert admin.get("/users").status_code == 403


def test_who_is_deactivated_is_out_at_once_and_comes_back_with_their_password(
    client, admin
) -> None:
    person = api_side.person("default", Role.DISPATCHER)
    system = api_side.signed_in(client, person)
    path = f"/users/{person.pk}"
    link = admin.post(f"{path}/reset").json
    assert admin.post(f"{path}/deactivate").json["is_active"] is False
    assert system.get("/me").status_code == 401
    assert PasswordReset.of("default").count() == 0
    assert reset_by(client, link, NEW).status_code == 422
    assert admin.post(f"{path}/reset").status_code == 409
    assert log_in(client, person.email, api_side.PASSWORD).status_code == 401
    assert [each["id"] for each in admin.get("/users?is_active=false").json["items"]] == [
        str(person.pk)
    ]
    assert admin.post(f"{path}/activate").json["is_active"] is True
    assert log_in(client, person.email, api_side.PASSWORD).status_code == 200
    assert {"user.deactivated", "user.reactivated"} <= set(actions())


def test_every_session_of_somebody_is_ended(client, admin) -> None:
    person = api_side.person("default", Role.AGENT)
    sessions = [api_side.signed_in(client, person) for _ in range(2)]
    answer = admin.post(f"/users/{person.pk}/sign-out")
    assert (answer.status_code, answer.json) == (200, {"sessions": 2})
    assert [each.get("/me").status_code for each in sessions] == [401, 401]
    assert log_in(client, person.email, api_side.PASSWORD).status_code == 200
    assert admin.get("/me").status_code == 200


def test_everybody_is_listed_by_role_and_name_and_who_was_let_go_is_not(client, boss, admin):
    names = ["Cleo", "Ada", "Ben"]
    for number, name in enumerate(names):
        made(admin, name=name, email=f"{name}@example.com", phone=f"+1415555012{number}",
             role="agent")  # fmt: skip
    agents = admin.get("/users?role=agent&sort=name").json["items"]
    assert [each["name"] for each in agents] == ["Ada", "Ben", "Cleo"]
    assert len(admin.get("/users").json["items"]) == 4
    first = admin.get("/users?limit=3&sort=created").json
    rest = admin.get(f"/users?limit=3&sort=created&cursor={first['next']}").json
    assert [each["name"] for each in first["items"] + rest["items"]] == [boss.name, *names]
    gone = agents[0]["id"]
    dispatcher = api_side.key_for(client, "default", {Permission.AGENTS_WRITE})
    assert dispatcher.delete(f"/agents/{gone}").status_code == 204
    assert admin.get(f"/users/{gone}").status_code == 404
    assert len(admin.get("/users?role=agent").json["items"]) == 2


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ({"email": "ROBIN@example.com", "phone": "+14155550177"}, "/email"),
        ({"email": "r2@example.com"}, "/phone"),
        ({"email": "r2@example.com", "phone": "nobody"}, "/phone"),
    ],
)
def test_what_cannot_be_kept_is_told_where(admin, wish, where) -> None:
    made(admin)
    answer = admin.post("/users", {**ROBIN, **wish})
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json["errors"]] == [where]
    assert Agent.of("default", role="dispatcher").count() == 1


def test_another_companys_people_are_not_there(client, boss) -> None:
    other = api_side.signed_in(client, api_side.person("other", Role.ADMIN))
    path = f"/users/{boss.pk}"
    assert other.get(path).status_code == 404
    assert other.patch(path, {"role": "viewer"}).status_code == 404
    for deed in ("deactivate", "activate", "reset", "sign-out"):
        assert other.post(f"{path}/{deed}").status_code == 404, deed
    assert len(other.get("/users").json["items"]) == 1


def test_only_administrators_themselves_keep_users(client, boss) -> None:
    assert [role for role in Role if Permission.USERS_WRITE in MAY[role]] == [Role.ADMIN]
    for role in set(Role) - {Role.ADMIN}:
        person = api_side.signed_in(client, api_side.person("default", role))
        assert person.get("/users").status_code == 403
        assert person.post("/users", ROBIN).status_code == 403
        assert person.post(f"/users/{boss.pk}/reset").status_code == 403
    system = api_side.key_for(client, "default")
    assert system.get("/users").status_code == 200
    for deed in ("deactivate", "activate", "reset", "sign-out"):
        assert system.post(f"/users/{boss.pk}/{deed}").status_code == 403, deed

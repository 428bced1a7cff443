"""Logging in to the API, refreshing, logging out, and passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import Agent, LoginSession
from app.models.audit import AuditEntry
from app.pipeline import passwords, staff
from app.rules.permissions import MAY, Permission, Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api
from tests.web.page_side import PASSWORD, browser, person

PREFIX = "/api/v1"
NEW = "quiet marmalade over Lisbon"


@pytest.fixture
def dot(settings) -> Agent:
    factories.tenant()
    return person("dispatcher", name="Dot", email="dot@example.com")


@pytest.fixture
def post(client):
    """POST without credentials."""
    return lambda path, **body: client.post(PREFIX + path, json=body)


def log_in(post, who: Agent, password: str = PASSWORD, **more):
    return post("/auth/token", email=who.email, password=password, **more)


def actions() -> list[str]:
    return [each.action for each in AuditEntry.of("default").order_by("sequence")]


def test_a_person_logs_in_and_asks_who_they_are(client, post, dot) -> None:
    answer = log_in(post, dot)
    assert answer.status_code == 200
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)
    assert answer.headers["Cache-Control"] == "no-store"
    me = Api(client, answer.json["access_token"]).get("/me").json
    assert (me["id"], me["role"], me["email"]) == (str(dot.pk), "dispatcher", "dot@example.com")
    assert me["permissions"] == {str(p): str(r) for p, r in MAY[Role.DISPATCHER].items()}
    assert me["login_count"] == 1
    assert "argon2" not in str(me)
    assert actions() == ["user.logged_in"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"email": "nobody@example.com"},
        {"company": "other"},
        {"company": "Nonsense/$"},
        {"password": PASSWORD + " "},
    ],
)
def test_every_refusal_says_the_same(post, dot, wrong) -> None:
    answer = post("/auth/token", **{"email": dot.email, "password": PASSWORD, **wrong})
    assert answer.status_code == 401
    assert answer.json["detail"] == "E-mail address and password do not fit together."


@pytest.mark.parametrize(
    "body",
    [
        {"email": {"$gt": ""}, "password": {"$gt": ""}},
        {"email": ["dot@example.com"], "password": PASSWORD},
        {"email": "dot@example.com", "password": PASSWORD, "company": {"$ne": "x"}},
        {"email": "dot@example.com", "password": PASSWORD, "role": "admin"},
        {"email": "dot@example.com"},
        {"email": "dot@example.com", "password": "x" * 1001},
        {"email": None, "password": None},
    ],
)
def test_what_is_no_log_in_is_refused_by_its_form(post, dot, body) -> None:
    assert post("/auth/token", **body).status_code in (400, 422)
    assert LoginSession.of("default").count() == 0


def test_too_many_attempts_are_told_how_long_to_wait(post, dot) -> None:
    for _ in range(10):
        assert log_in(post, dot, "wrong").status_code == 401
    answer = log_in(post, dot)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert answer.json["type"].endswith("#too-many-requests")


def test_a_refresh_token_is_good_once(client, post, dot) -> None:
    first = log_in(post, dot).json
    second = post("/auth/refresh", refresh_token=first["refresh_token"])
    assert second.status_code == 200
    assert Api(client, second.json["access_token"]).get("/me").status_code == 200
    LoginSession.of("default").update(set__refreshed_at=datetime.now(UTC) - timedelta(seconds=11))
    replayed = post("/auth/refresh", refresh_token=first["refresh_token"])
    assert replayed.status_code == 401
    assert replayed.json["detail"] == "The session is over: log in again."
    assert Api(client, second.json["access_token"]).get("/me").status_code == 401
    assert LoginSession.of("default").get().revoked_why == "reused"


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_what_is_no_refresh_token_is_refused(post, dot, token) -> None:
    assert post("/auth/refresh", refresh_token=token).status_code == 401
    access = log_in(post, dot).json["access_token"]
    assert post("/auth/refresh", refresh_token=access).status_code == 401


def test_logging_out_ends_this_session_or_all_of_them(client, post, dot) -> None:
    here, there = (Api(client, log_in(post, dot).json["access_token"]) for _ in range(2))
    page = browser(client, dot)
    assert here.post("/auth/logout", {}).status_code == 204
    assert (here.get("/me").status_code, there.get("/me").status_code) == (401, 200)
    assert there.post("/auth/logout", {"everywhere": True}).status_code == 204
    assert (there.get("/me").status_code, page.get("/").status_code) == (401, 303)
    assert actions()[-2:] == ["user.logged_out", "user.logged_out"]


def test_a_password_is_changed_and_other_sessions_end(client, post, dot) -> None:
    here, there = (Api(client, log_in(post, dot).json["access_token"]) for _ in range(2))
    for old, new, pointer in (
        ("wrong", NEW, "/old"),
        (PASSWORD, PASSWORD, "/new"),
        (PASSWORD, "short", "/new"),
        (PASSWORD, "passwordpassword", "/new"),
    ):
        answer = here.post("/auth/password", {"old": old, "new": new})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert here.post("/auth/password", {"old": PASSWORD, "new": NEW}).status_code == 204
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 401)
    assert log_in(post, dot, NEW).status_code == 200
    assert actions().count("password.changed") == 1


def test_a_link_sets_a_password_once(post, dot) -> None:
    token = passwords.make_reset("default", dot.pk, now=datetime.now(UTC))
    assert post("/auth/reset", token=token, new="short").json["errors"][0]["pointer"] == "/new"
    assert post("/auth/reset", token=token, new=NEW).status_code == 204
    assert post("/auth/reset", token=token, new=NEW).json["errors"][0]["pointer"] == "/token"
    assert log_in(post, dot, NEW).status_code == 200


def test_deactivation_ends_the_api_at_once(client, post, dot) -> None:
    tokens = log_in(post, dot).json
    staff.deactivate("default", dot.pk, now=datetime.now(UTC))
    assert Api(client, tokens["access_token"]).get("/me").status_code == 401
    assert post("/auth/refresh", refresh_token=tokens["refresh_token"]).status_code == 401
    assert log_in(post, dot).status_code == 401


def test_a_key_is_nobody_who_could_log_out(client, settings) -> None:
    key = api_side.key_for(client, "default")
    for answer in (
        key.post("/auth/logout", {}),
        key.post("/auth/password", {"old": "x", "new": NEW}),
        key.patch("/me", {"language": "fr"}, version=None),
    ):
        assert (answer.status_code, "Log in" in answer.json["mend"]) == (403, True)


def test_a_key_is_told_what_it_may(client, settings) -> None:
    key = api_side.key_for(client, "default", [Permission.DELIVERIES_READ])
    mine = key.get("/me").json
    assert (mine["kind"], mine["company"], mine["name"]) == ("key", "default", "tests")
    assert mine["permissions"] == {"deliveries:read": "all"}
    assert (mine["email"], mine["role"]) == (None, None)
    refused = key.get("/customers").json
    assert "customers:read" in refused["detail"]
    assert "role or key" in refused["mend"]
    never = key.post("/keys", {"name": "x", "permissions": ["deliveries:read"]}).json
    assert "No API key may" in never["mend"]


def test_a_refusal_at_the_door_says_what_helps_there(post, dot) -> None:
    said = {
        "password": log_in(post, dot, "wrong").json["mend"],
        "refresh_token": post("/auth/refresh", refresh_token="x").json["mend"],
    }
    tokens = log_in(post, dot).json
    post("/auth/refresh", refresh_token=tokens["refresh_token"])
    LoginSession.of("default").update(set__refreshed_at=datetime.now(UTC) - timedelta(seconds=11))
    used = post("/auth/refresh", refresh_token=tokens["refresh_token"])
    said["/auth/token"] = used.json["mend"]
    for what, mend in said.items():
        assert what in mend
        assert "Authorization" not in mend


def test_a_cookie_of_a_page_opens_nothing_of_the_api(client, dot) -> None:
    assert browser(client, dot).get(f"{PREFIX}/me").status_code == 401

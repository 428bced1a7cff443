"""One's own account over the API: name, language, and where one is logged in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import Agent, LoginSession
from app.models.audit import AuditEntry
from app.rules.permissions import Role
from tests.web import api_side


@pytest.fixture
def dot(settings) -> Agent:
    return api_side.person("default", Role.VIEWER)


def test_somebody_changes_their_own_name_and_language_alone(client, dot) -> None:
    api = api_side.signed_in(client, dot)
    changed = api.patch("/me", {"name": "Dot Dash", "language": "fr"})
    assert changed.status_code == 200
    assert (changed.json["name"], changed.json["language"]) == ("Dot Dash", "fr")
    dot.reload()
    assert (dot.name, dot.language, dot.role) == ("Dot Dash", "fr", "viewer")
    assert AuditEntry.of("default", action="user.changed").first().subject.id == str(dot.pk)
    for refused in ({"role": "admin"}, {"email": "x@example.com"}, {"name": ""}):
        assert api.patch("/me", refused).status_code == 400, refused


def test_where_one_is_logged_in_is_listed_and_can_be_ended_there(client, dot) -> None:
    here, there = api_side.signed_in(client, dot), api_side.signed_in(client, dot)
    listed = here.get("/auth/sessions").json["items"]
    assert [each["is_this"] for each in listed].count(True) == 1
    (other,) = [each["id"] for each in listed if not each["is_this"]]
    assert listed[0]["device"] == "tests"
    assert here.post(f"/auth/sessions/{other}/end").status_code == 204
    assert there.get("/me").status_code == 401
    assert [each["is_this"] for each in here.get("/auth/sessions").json["items"]] == [True]
    assert here.post(f"/auth/sessions/{other}/end").status_code == 404
    assert AuditEntry.of("default", action="user.logged_out").count() == 1


def test_sessions_that_are_over_are_not_listed(client, dot) -> None:
    here = api_side.signed_in(client, dot)
    api_side.signed_in(client, dot)
    (other,) = [s["id"] for s in here.get("/auth/sessions").json["items"] if not s["is_this"]]
    unused = datetime.now(UTC) - timedelta(hours=3)
    LoginSession.of("default", pk=other).update_one(set__kind="page", set__seen_at=unused)
    assert len(here.get("/auth/sessions").json["items"]) == 1


def test_nobody_ends_the_session_of_somebody_else(client, dot) -> None:
    api_side.signed_in(client, dot)
    theirs = LoginSession.of("default", user_id=dot.pk).first()
    for role in (Role.ADMIN, Role.AGENT):
        other = api_side.signed_in(client, api_side.person("default", role))
        assert other.post(f"/auth/sessions/{theirs.pk}/end").status_code == 404
    theirs.reload()
    assert theirs.revoked_at is None


def test_a_key_has_no_account(client) -> None:
    api = api_side.key_for(client, "default")
    assert api.get("/auth/sessions").status_code == 403
    assert api.patch("/me", {"language": "es"}).status_code == 403

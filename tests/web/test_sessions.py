"""Tokens of the API: what they open, and what ends them at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from pymongo import monitoring

from app import models
from app.models import Agent, LoginSession
from app.pipeline import sign_in
from app.pipeline.sign_in import OVERLAP, Opened, Visit
from app.rules.permissions import Role
from app.web import sessions
from app.web.sessions import NotSignedInError, Tokens, person_of_token, refreshed
from tests import factories

PASSWORD = "nine violet tortoises yawn"
API = Visit("api", "203.0.113.77", "a driver's telephone")


@pytest.fixture
def flask(client):
    """Within the application."""
    with client.application.app_context():
        yield client.application


@pytest.fixture
def dot(flask) -> Agent:
    """A dispatcher with a password."""
    made = factories.agent(name="Dot Dispatcher", email="dot@example.com", role="dispatcher")
    made.set_password(PASSWORD)
    return made.save()


def opened(user: Agent) -> Opened:
    done = sign_in.sign_in(user.tenant_id, user.email, PASSWORD, visit=API, now=now())
    assert done is not None
    return done


def tokens(user: Agent) -> Tokens:
    return sessions.tokens_of(opened(user), now=now())


def now() -> datetime:
    return datetime.now(UTC)


def refused(token: str, at: datetime | None = None) -> str:
    with pytest.raises(NotSignedInError) as error:
        person_of_token(token, at or now())
    return error.value.reason


def test_an_access_token_says_who_is_asking(dot) -> None:
    person = person_of_token(tokens(dot).access, now())
    assert (person.tenant_id, person.user_id, person.name) == ("default", dot.pk, "Dot Dispatcher")
    assert person.role is Role.DISPATCHER
    assert LoginSession.of("default", pk=person.session_id).get().address == "203.0.113.0/24"


def test_an_access_token_is_good_for_a_quarter_of_an_hour(dot) -> None:
    made = tokens(dot)
    assert made.access_seconds == 900
    with time_machine.travel(now() + timedelta(minutes=14)):
        assert person_of_token(made.access, now()).user_id == dot.pk
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert refused(made.access) == "expired"


def test_a_role_that_changes_holds_at_once(dot) -> None:
    made = tokens(dot)
    Agent.of("default", pk=dot.pk).update(set__role="viewer")
    assert person_of_token(made.access, now()).role is Role.VIEWER


def test_deactivation_and_deletion_end_what_is_open_at_once(dot) -> None:
    made = tokens(dot)
    Agent.of("default", pk=dot.pk).update(set__is_active=False)
    assert refused(made.access) == "ended"
    Agent.of("default", pk=dot.pk).delete()
    assert refused(made.access) == "ended"


def test_who_signs_out_is_out_on_that_device_alone(dot) -> None:
    here, there = tokens(dot), tokens(dot)
    sign_in.sign_out(person_of_token(here.access, now()), now=now())
    assert refused(here.access) == "ended"
    assert person_of_token(there.access, now()).user_id == dot.pk
    with pytest.raises(NotSignedInError):
        refreshed(here.refresh, now())


def test_who_signs_out_everywhere_is_out_on_every_device(dot) -> None:
    here, there = tokens(dot), tokens(dot)
    assert sign_in.sign_out_everywhere("default", dot.pk, now=now()) == 2
    assert {refused(here.access), refused(there.access)} == {"ended"}


def test_a_refresh_token_brings_new_tokens_of_the_same_session(dot) -> None:
    first = tokens(dot)
    second = refreshed(first.refresh, now())
    before, after = (person_of_token(each.access, now()) for each in (first, second))
    assert before.session_id == after.session_id
    assert second.refresh != first.refresh
    assert abs(second.session_ends - first.session_ends) < timedelta(seconds=1)


def test_a_refresh_token_that_comes_twice_ends_the_session_for_thief_and_owner(dot) -> None:
    stolen = tokens(dot)
    owner = refreshed(stolen.refresh, now())
    other_device = tokens(dot)
    later = now() + OVERLAP + timedelta(seconds=1)
    with pytest.raises(NotSignedInError):
        refreshed(stolen.refresh, later)
    assert refused(owner.access) == "ended"
    with pytest.raises(NotSignedInError):
        refreshed(owner.refresh, now())
    session = LoginSession.of("default", revoked_why="reused").get()
    assert session.refresh_id is None
    assert person_of_token(other_device.access, now()).user_id == dot.pk


def test_who_lost_the_answer_to_a_refresh_gets_it_again_for_some_seconds(dot) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        first = tokens(dot)
        lost = refreshed(first.refresh, now())
        clock.shift(OVERLAP)
        again = refreshed(first.refresh, now())
        assert claims_of(again.refresh)["jti"] == claims_of(lost.refresh)["jti"]
        assert person_of_token(again.access, now()).user_id == dot.pk
        third = refreshed(again.refresh, now())
        with pytest.raises(NotSignedInError):
            refreshed(first.refresh, now())
        assert refused(third.access) == "ended"


def test_no_refresh_carries_a_session_beyond_a_day(dot) -> None:
    began = now()
    with time_machine.travel(began, tick=False) as clock:
        made = tokens(dot)
        for _ in range(4):
            clock.shift(timedelta(hours=5, minutes=55))
            made = refreshed(made.refresh, now())
        assert made.access_seconds == 900
        clock.shift(timedelta(minutes=15))
        made = refreshed(made.refresh, now())
        assert made.access_seconds in (299, 300)
        clock.shift(timedelta(minutes=6))
        with pytest.raises(NotSignedInError):
            refreshed(made.refresh, now())
        assert refused(made.access) == "expired"


def test_one_kind_of_token_is_none_of_the_other(dot) -> None:
    made = tokens(dot)
    assert refused(made.refresh) == "invalid"
    with pytest.raises(NotSignedInError) as error:
        refreshed(made.access, now())
    assert error.value.reason == "invalid"


def test_a_session_of_a_page_is_no_session_of_the_api(dot) -> None:
    page = sign_in.sign_in("default", dot.email, PASSWORD, visit=Visit("page"), now=now())
    assert page.refresh_id == ""
    assert refused(sessions.tokens_of(page, now=now()).access) == "ended"


def claims_of(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def test_a_token_holds_ids_alone(dot) -> None:
    for token in (tokens(dot).access, tokens(dot).refresh):
        held = claims_of(token)
        assert {"sub", "sid", "tenant", "jti", "exp", "type"} <= set(held)
        assert "Dot" not in str(held)
        assert "@" not in str(held)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "\x00", "a" * 10_000, "..", "{}"])
def test_what_is_no_token_is_refused(dot, token) -> None:
    assert refused(token) in ("missing", "invalid")


def test_a_token_signed_otherwise_is_refused(dot, flask) -> None:
    held = claims_of(tokens(dot).access)
    secret = flask.config["SECRET_KEY"]
    none = jwt.encode(held, None, algorithm="none")
    wrong = [jwt.encode(held, key, algorithm="HS256") for key in (secret, "x" * 32)]
    other = jwt.encode(held, flask.config["JWT_SECRET_KEY"], algorithm="HS512")
    elsewhere = jwt.encode({**held, "aud": "else"}, flask.config["JWT_SECRET_KEY"])
    assert {refused(each) for each in (none, *wrong, other, elsewhere)} == {"invalid"}


def test_another_companys_name_in_a_token_opens_nothing(dot, flask) -> None:
    held = {**claims_of(tokens(dot).access), "tenant": "other"}
    forged = jwt.encode(held, flask.config["JWT_SECRET_KEY"], algorithm="HS256")
    assert refused(forged) == "ended"


class Questions(monitoring.CommandListener):
    """What the database was asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event) -> None: ...

    def failed(self, event) -> None: ...

    def drained(self) -> list[str]:
        found, self.names = self.names, []
        return [name for name in found if name in ("find", "update", "aggregate")]


@pytest.fixture
def questions(settings):
    """Listens to a connection of this test's own."""
    listener = Questions()
    monitoring.register(listener)
    models.connect(settings, anew=True)
    yield listener
    monitoring._LISTENERS.command_listeners.remove(listener)
    models.connect(settings, anew=True)


def test_a_look_at_a_token_reads_twice_and_writes_once_a_minute(dot, questions) -> None:
    made = tokens(dot)
    questions.drained()
    person_of_token(made.access, now())
    assert questions.drained() == ["find", "find"]
    with time_machine.travel(now() + timedelta(minutes=2)):
        person_of_token(made.access, now())
        person_of_token(made.access, now())
    assert questions.drained() == ["find", "find", "update", "find", "find"]

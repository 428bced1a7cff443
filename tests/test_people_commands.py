"""`delauto user`: who may log in, as the operator decides it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from app.models import Agent, AuditEntry, LoginSession
from app.pipeline import passwords
from app.pipeline.sign_in import Visit, sign_in
from tests import factories
from tests.processes import delauto

PASSWORD = "nine violet tortoises yawn"
DANA = ("Dana Driver", "--email", "Dana@example.com", "--phone", "+14155550101")


@pytest.fixture
def user(surroundings, settings):
    """`delauto user` with these arguments."""
    return lambda *arguments: delauto("user", *arguments, environment=surroundings)


def lets_in(email: str = "dana@example.com") -> bool:
    now = datetime.now(UTC)
    return sign_in("default", email, PASSWORD, visit=Visit("page"), now=now) is not None


def test_who_is_added_can_log_in(user) -> None:
    added = user("add", *DANA, "--password", PASSWORD)
    assert added.returncode == 0, added.stderr
    assert "Dana Driver, agent; http://calls.test/login" in added.stdout
    assert lets_in()


def test_the_same_person_twice_is_refused_plainly(user) -> None:
    assert user("add", *DANA, "--password", PASSWORD).returncode == 0
    answer = user("add", *DANA, "--password", PASSWORD)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "delauto: email belongs to somebody of this company already\n"


@pytest.mark.parametrize(
    ("option", "wrong", "says"),
    [
        ("--phone", "555", "phone must be like +14155550100"),
        ("--email", "nobody", "email "),
        ("--password", "short", "password must have at least 12 characters"),
        ("--password", "danadriver2026", "made of your name"),
    ],
)
def test_a_person_who_cannot_be_kept_is_refused_plainly(user, option, wrong, says) -> None:
    given = {"--email": "d@example.com", "--phone": "+14155550101", "--password": PASSWORD}
    given[option] = wrong
    answer = user("add", "Dana Driver", *(each for pair in given.items() for each in pair))
    assert (answer.returncode, Agent.of("default").count()) == (1, 0)
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "wrong", [("--phone", "555"), ("--email", "nobody"), ("--email", "d@x.org")]
)
def test_nobody_types_a_password_for_who_cannot_be_kept(user, wrong) -> None:
    factories.agent(email="d@x.org")
    given = {"--email": "d@example.com", "--phone": "+14155550101", **dict([wrong])}
    answer = user("add", "Dana Driver", *(each for pair in given.items() for each in pair))
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"delauto: {wrong[0].removeprefix('--')} ")
    assert "Password" not in answer.stdout + answer.stderr


def test_what_changes_nothing_is_not_logged_as_a_change(user) -> None:
    factories.agent(name="Dana", email="dana@example.com")
    assert "already" in user("activate", "dana@example.com").stdout
    for says in ("session(s) ended", "nothing has changed"):
        assert says in user("deactivate", "dana@example.com").stdout
    assert [each.action for each in AuditEntry.of("default")] == ["user.deactivated"]


def test_who_is_invited_chooses_a_password_by_a_link(user) -> None:
    added = user("add", *DANA, "--invite", "--role", "viewer")
    token = re.search(r"http://calls\.test/reset/(\S+)", added.stdout)[1]
    assert passwords.reset(token, PASSWORD, now=datetime.now(UTC)) is None
    assert lets_in()


def test_everybody_is_listed_and_no_hash_is(user) -> None:
    factories.agent(name="Dot", email="dot@example.com", role="admin", password="$argon2id$x")
    factories.agent(name="Tom", email="tom@example.com", is_active=False)
    factories.agent("other", name="Eve", email="eve@example.com")
    text = user("list").stdout
    assert [line.split()[1] for line in text.splitlines()] == ["admin", "agent"]
    assert "dot@example.com  Dot  active, last log-in never, 0 in all" in text
    assert "tom@example.com  Tom  deactivated" in text
    assert "argon2" not in text


def test_a_person_is_changed_deactivated_and_let_in_again(user) -> None:
    user("add", *DANA, "--password", PASSWORD)
    changed = user("change", "DANA@example.com", "--role", "dispatcher", "--name", "Dana D")
    assert "Dana D, dispatcher, dana@example.com" in changed.stdout
    assert lets_in()
    assert "1 session(s) ended" in user("deactivate", "dana@example.com").stdout
    assert not lets_in()
    refused = user("reset", "dana@example.com")
    assert (refused.returncode, "user activate" in refused.stderr) == (1, True)
    assert user("activate", "dana@example.com").returncode == 0
    assert lets_in()
    assert "1 session(s) ended" in user("sign-out", "dana@example.com").stdout
    assert LoginSession.of("default", revoked_at=None).count() == 0


def test_a_forgotten_password_is_set_anew_by_a_link(user) -> None:
    factories.agent(name="Dana", email="dana@example.com")
    answer = user("reset", "dana@example.com")
    token = answer.stdout.strip().rpartition("/")[2]
    assert passwords.reset(token, PASSWORD, now=datetime.now(UTC)) is None
    assert lets_in()


def test_the_last_administrator_can_be_neither_deactivated_nor_demoted(user) -> None:
    factories.agent(email="a@example.com", role="admin")
    for act in (("deactivate", "a@example.com"), ("change", "a@example.com", "--role", "agent")):
        answer = user(*act)
        assert (answer.returncode, "the last administrator" in answer.stderr) == (1, True)
    assert Agent.of("default").get().is_active


def test_nobody_is_said_to_be_nobody(user) -> None:
    factories.agent("other", email="eve@example.com")
    for act in ("deactivate", "activate", "reset", "sign-out"):
        answer = user(act, "eve@example.com")
        assert answer.stderr == "delauto: there is no such person in this company\n"
    nothing = user("change", "eve@example.com")
    assert (nothing.returncode, "say what to change" in nothing.stderr) == (1, True)


@pytest.mark.parametrize(
    "command",
    [
        ["user", "list"], ["key", "add", "x", "--permission", "deliveries:read"], ["metrics"],
        ["audit", "verify"], ["webhooks", "list"], ["jobs", "list"],
        ["user", "add", "Zoe", "--email", "zoe@example.com", "--phone", "+14155550199", "--invite"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_company_that_is_none_is_said_to_be_none(surroundings, settings, command) -> None:
    factories.tenant()
    answer = delauto(*command, "--tenant", "nope", environment=surroundings)
    assert answer.returncode == 1, answer.stdout
    assert "there is no company 'nope': delauto tenant set" in answer.stderr
    assert answer.stdout == ""

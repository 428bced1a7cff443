"""What commands do is in the audit log; and the log is searched and verified by commands."""

from __future__ import annotations

import json
import os
import pwd
import re
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app.models import Agent, ApiKey, AuditEntry, Circuit, database
from app.pipeline import api_keys, circuit
from app.pipeline.api_keys import KeyInUse
from app.pipeline.audit import Actor, record
from app.pipeline.audit_chain import head
from app.runtime import Runtime
from tests import factories
from tests.processes import delauto
from tests.test_commands import COLUMNS, GOOD_ROW
from workers import clock


def entries() -> list[tuple[str, str]]:
    return [
        (each.action, each.subject.kind) for each in AuditEntry.of("default").order_by("sequence")
    ]


@pytest.fixture
def three(surroundings, settings) -> None:
    for name in ("Harbour", "Anchor", "Beacon"):
        assert delauto("tenant", "set", name, environment=surroundings).returncode == 0


def test_commands_that_change_something_say_so_and_by_whom(surroundings, settings) -> None:
    delauto("tenant", "set", "Harbour", environment=surroundings)
    delauto("tenant", "set", "Anchor", "--hours", "09:00-17:00", environment=surroundings)
    delauto("user", "add", "Dana", "--email", "d@example.com", "--phone", "+14155550101",
            "--password", "correct horse battery staple", environment=surroundings)  # fmt: skip
    for act in (("change", "--role", "viewer"), ("deactivate",), ("activate",), ("reset",)):
        done = delauto("user", act[0], "d@example.com", *act[1:], environment=surroundings)
        assert done.returncode == 0, done.stderr
    soon = (datetime.now(UTC) + timedelta(hours=3)).isoformat(timespec="seconds")
    planned = delauto("plan", "-", environment=surroundings,
                      stdin=COLUMNS + GOOD_ROW.replace("{soon}", soon))  # fmt: skip
    assert planned.returncode == 0, planned.stderr
    Circuit(name=circuit.CALLS, state="open").save()
    delauto("circuit", "close", "calls", environment=surroundings)
    assert entries() == [
        ("settings.changed", "tenant"),
        ("settings.changed", "tenant"),
        ("user.created", "user"),
        *((f"user.{what}", "user") for what in ("changed", "deactivated", "reactivated")),
        ("password.reset_asked", "user"),
        ("delivery.created", "delivery"),
        ("circuit.closed", "circuit"),
    ]
    second = AuditEntry.of("default", sequence=2).get()
    assert second.changed == ["calling.hours", "name"]
    assert second.actor.kind == "command"
    assert second.actor.label == pwd.getpwuid(os.getuid()).pw_name
    stored = str(list(database().audit_log.find()))
    assert "4155550101" not in stored
    assert "d@example.com" not in stored


def test_who_stopped_every_call_and_why_is_known(surroundings, settings) -> None:
    held = delauto("circuit", "hold", "calls", "--why", "wrong file", environment=surroundings)
    assert held.returncode == 0, held.stderr
    assert not circuit.may_ask(circuit.CALLS, ObjectId(), now=datetime.now(UTC))
    assert delauto("circuit", "close", "calls", environment=surroundings).returncode == 0
    assert circuit.may_ask(circuit.CALLS, ObjectId(), now=datetime.now(UTC))
    first, second = AuditEntry.of("default").order_by("sequence")
    assert (first.action, first.subject.id, dict(first.detail)) == (
        "circuit.held",
        "calls",
        {"why": "wrong file"},
    )
    assert first.actor.label == pwd.getpwuid(os.getuid()).pw_name
    assert second.action == "circuit.closed"
    assert "circuit.held: " in delauto("audit", "actions").stdout


def test_who_reads_what_customers_said_is_known(surroundings, settings) -> None:
    from tests.pipeline.test_labelled import said

    delivery = said("put it behind the shred")
    delauto("corrections", "show", str(delivery.pk), environment=surroundings)
    delauto("corrections", "export", environment=surroundings)
    assert entries() == [("analysis.read", "delivery"), ("data.exported", "corrections")]


def test_what_was_refused_is_not_in_the_log(surroundings, settings) -> None:
    delauto("circuit", "close", "calls", environment=surroundings)
    delauto("key", "add", "nothing", environment=surroundings)
    delauto("user", "add", "Dana", "--email", "nobody", "--phone", "+14155550101",
            "--password", "x", environment=surroundings)  # fmt: skip
    assert (entries(), Agent.of("default").count(), ApiKey.of("default").count()) == ([], 0, 0)


def test_a_key_is_made_listed_rotated_and_revoked(surroundings, settings) -> None:
    made = delauto("key", "add", "billing", "--permission", "deliveries:read", "--environment",
                   "production", "--days", "90", environment=surroundings)  # fmt: skip
    plain = made.stdout.strip()
    assert re.fullmatch(r"da_live_\w{12}_\w{49}", plain), made.stderr
    assert "not shown again" in made.stderr
    prefix = plain[: len("da_live_") + 12]
    listed = delauto("key", "list", environment=surroundings).stdout
    assert f"{prefix}  billing  production  in use until" in listed
    assert "may deliveries:read" in listed
    assert plain not in listed
    rotated = delauto("key", "rotate", prefix, "--overlap", "2", environment=surroundings)
    successor = rotated.stdout.strip()
    assert f"{prefix} ends at" in rotated.stderr
    now = datetime.now(UTC)
    for each in (plain, successor):
        assert isinstance(api_keys.key_of(each, now), KeyInUse)
    # Whoever has only the key can end it with that.
    assert delauto("key", "revoke", plain, environment=surroundings).returncode == 0
    again = delauto("key", "revoke", prefix, environment=surroundings)
    assert (again.returncode, "revoked already" in again.stderr) == (1, True)
    assert isinstance(api_keys.key_of(successor, now), KeyInUse)
    assert not isinstance(api_keys.key_of(plain, now), KeyInUse)
    assert "revoked" in delauto("key", "list", environment=surroundings).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "x"), "a key without permissions can do nothing"),
        (("add", "x", "--permission", "users:write"), "no key may have users:write"),
        (("add", "x", "--permission", "fly"), "there is no permission fly; there are agents:read"),
        (("add", "", "--permission", "calls:read"), "a key needs a name"),
        (("rotate", "da_live_nobody"), "no API key of this company begins so"),
        (("revoke", "da_live_nobody"), "no API key of this company begins so"),
    ],
)
def test_what_cannot_be_done_to_a_key_is_said_plainly(
    surroundings, settings, arguments, said
) -> None:
    answer = delauto("key", *arguments, environment=surroundings)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_log_is_searched_from_the_command_line(surroundings, three) -> None:
    delauto("key", "add", "billing", "--permission", "calls:read", environment=surroundings)
    everything = delauto("audit", "list", environment=surroundings).stdout.splitlines()
    assert [line.split("  ")[0] for line in everything] == ["4", "3", "2", "1"]
    keys = delauto("audit", "list", "--action", "key.created", environment=surroundings).stdout
    assert keys.startswith("4  ")
    about = delauto("audit", "list", "--subject", "tenant:default", "--limit", "2", "--json",
                    environment=surroundings)  # fmt: skip
    told = [json.loads(line) for line in about.stdout.splitlines()]
    assert [each["sequence"] for each in told] == [3, 2]
    assert told[0]["changed"] == ["name"]
    assert "there may be more" in about.stderr
    mine = delauto("audit", "list", "--actor", f"os:{os.getuid()}", "--since", "2020-01-01",
                   environment=surroundings)  # fmt: skip
    assert len(mine.stdout.splitlines()) == 4
    past = delauto("audit", "list", "--until", "2020-01-01", environment=surroundings)
    assert past.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--action", "fly"), "fly is no action"),
        (("list", "--since", "soon"), "must be a time like"),
        (("list", "--subject", ":5"), "delivery:ID"),
        (("verify", "--since-hash", "5"), "must be a place"),
        (("verify", "--since-hash", "1:" + "a" * 64), "give --tenant as well"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(surroundings, settings, arguments, said) -> None:
    answer = delauto("audit", *arguments, environment=surroundings)
    assert answer.returncode in (1, 2)
    assert said in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr


def test_a_whole_log_is_verified_and_a_broken_one_is_said(surroundings, three) -> None:
    whole = delauto("audit", "verify", environment=surroundings)
    assert (whole.returncode, whole.stdout) == (
        0, f"default: 3 entries are whole, up to {head('default')}\n",
    )  # fmt: skip
    database().audit_log.update_one({"sequence": 2}, {"$set": {"actor.label": "somebody else"}})
    broken = delauto("audit", "verify", environment=surroundings)
    assert broken.returncode == 1
    assert broken.stdout == (
        "default: BROKEN (changed): entry 2 was changed after it was written; "
        "1 entries before that are whole\n"
    )


def test_a_head_that_was_printed_finds_a_tail_that_was_cut_off(surroundings, three) -> None:
    printed = delauto("audit", "head", environment=surroundings).stdout
    name, place = printed.split()
    assert (name, place) == ("default", str(head("default")))
    ask = ("audit", "verify", "--tenant", name, "--since-hash", place)
    assert delauto(*ask, environment=surroundings).returncode == 0
    database().audit_log.delete_one({"sequence": 3})
    answer = delauto(*ask, environment=surroundings)
    assert (answer.returncode, "entry 3 is cut off the end" in answer.stdout) == (1, True)


def test_the_clock_logs_every_companys_head(surroundings, three, settings) -> None:
    from structlog.testing import capture_logs

    factories.tenant("quiet")
    with capture_logs() as lines:
        clock.tell_audit_heads(Runtime(settings))
    told = [each for each in lines if each["event"] == "audit head"]
    assert [(each["tenant_id"], each["since_hash"]) for each in told] == [
        ("default", str(head("default")))
    ]
    assert any(duty.do is clock.tell_audit_heads for duty in clock.DUTIES)


def test_every_action_is_listed_with_its_meaning() -> None:
    listed = delauto("audit", "actions").stdout
    assert "recording.listened: A link to a recording's audio was handed out." in listed


def test_entries_are_found_by_a_persons_address_and_none_is_said_to_be_none(
    surroundings, settings
) -> None:
    ada = factories.agent(email="ada@example.com", name="Ada")
    who = Actor("user", str(ada.pk), "Ada")
    record("default", who, "user.changed", "user", ada.pk, now=datetime.now(UTC))

    def listed(*options: str):
        return delauto("audit", "list", *options, environment=surroundings)

    assert "user.changed" in listed("--actor", "Ada@example.com").stdout
    unknown = listed("--actor", "bob@example.com")
    assert (unknown.returncode, "that e-mail address" in unknown.stderr) == (1, True)
    nothing = listed("--subject", "foo")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "no entry fits" in nothing.stderr
    assert "the kinds in this log are: user\n" in nothing.stderr


def test_an_erasure_says_where_nothing_was_kept(surroundings, settings) -> None:
    answer = delauto("erase", "--phone", "+14155550177", environment=surroundings)
    assert "nothing was kept about this number: is it the right one?" in answer.stdout

"""The `delauto` command: what it prints, what it refuses, and how it says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.models import Agent, Customer, Delivery, Tenant
from app.models.audit import AuditEntry
from tests import factories
from tests.processes import delauto


def test_without_settings_all_that_is_missing_is_named() -> None:
    for command in (["migrate", "status"], ["clock"], ["worker", "calls"], ["web"]):
        answer = delauto(*command)
        assert answer.returncode == 1
        assert "MONGODB_URI is not set" in answer.stderr
        assert "FIELD_ENCRYPTION_KEY is not set" in answer.stderr
        assert "Traceback" not in answer.stderr


def test_a_worker_serves_one_queue() -> None:
    answer = delauto("worker", "calls", "answers")
    assert answer.returncode == 2
    assert "one worker serves one queue" in answer.stderr
    assert "nonsense" in delauto("worker", "nonsense").stderr


def test_a_database_out_of_reach_is_said_plainly(surroundings) -> None:
    away = {**surroundings, "MONGODB_URI": "mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=200"}
    answer = delauto("migrate", "up", environment=away)
    assert answer.returncode == 1
    assert "check MONGODB_URI" in answer.stderr


def test_migrations_from_the_command_line(surroundings, settings) -> None:
    status = delauto("migrate", "status", environment=surroundings)
    assert "0001 collections_and_indexes: ran" in status.stdout
    assert delauto("migrate", "up", environment=surroundings).stdout == "nothing to do\n"


def test_understand_reads_lines_and_writes_json_lines() -> None:
    answer = delauto(
        "understand",
        "--now",
        "2026-11-20T09:00:00",
        "--tz",
        "America/New_York",
        stdin="leave it behind the planter\ncan you bring it on monday instead\n\n",
    )
    first, second, third = (json.loads(line) for line in answer.stdout.splitlines())
    assert first["directives"][0]["place"] == "planter"
    assert second["directives"][0]["date"] == "2026-11-23"
    assert third["directives"] == []
    assert third["needs_review"] is True


def test_understand_is_told_what_is_known_of_the_delivery() -> None:
    answer = delauto(
        "understand", "--now", "2026-11-20T15:00:00", "--tz", "Europe/London",
        "--day", "2026-11-21", "--window", "09:00-13:00", "--name", "Priya Nair",
        "--usual-place", "behind the shed",
        stdin="come after eight\nthe usual place please\ni'm not priya nair\n",
    )  # fmt: skip
    when, where, who = (json.loads(line) for line in answer.stdout.splitlines())
    assert when["directives"][0]["start"] == "08:00"
    assert where["instructions"] == "Leave it in the usual place (behind the shed)."
    assert who["directives"][0]["kind"] == "wrong_number"


@pytest.mark.parametrize(
    "options",
    [["--tz", "Mars/Base"], ["--now", "whenever"], ["--day", "soon"], ["--window", "9 to 5"]],
)
def test_understand_refuses_nonsense_plainly(options) -> None:
    answer = delauto("understand", *options, stdin="hello\n")
    assert answer.returncode in (1, 2)
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("changed", "arguments", "problem"),
    [
        ({"WHISPER_SHORT_WINDOWS": "perhaps"}, (), "WHISPER_SHORT_WINDOWS"),
        ({"WHISPER_THREADS": "many"}, (), "WHISPER_THREADS"),
        ({"WHISPER_COMPUTE_TYPE": "nonsense"}, (), "WHISPER_COMPUTE_TYPE"),
        ({}, ("--language", "klingon"), "--language klingon is no language"),
    ],
)
def test_transcribe_says_what_is_wrong_with_its_settings(changed, arguments, problem) -> None:
    file = "local/carrier/audio/gate-code.wav"
    answer = delauto("transcribe", file, *arguments, environment=changed)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert problem in answer.stderr
    assert "Traceback" not in answer.stderr


def test_transcribe_takes_no_folder() -> None:
    answer = delauto("transcribe", "local")
    assert answer.returncode == 2
    assert "is a directory" in answer.stderr


def test_transcribe_tells_where_another_language_was_heard() -> None:
    answer = delauto("transcribe", "--language", "es", "local/carrier/audio/gate-code.wav")
    assert json.loads(answer.stdout)["language"] == "en"
    assert "this model heard it as en" in answer.stderr


def test_transcribe_goes_on_after_a_file_that_is_no_audio(tmp_path) -> None:
    rubbish = tmp_path / "rubbish.wav"
    rubbish.write_bytes(b"not audio")
    answer = delauto("transcribe", str(rubbish), "local/carrier/audio/gate-code.wav")
    assert answer.returncode == 1
    assert "rubbish.wav" in answer.stderr
    assert json.loads(answer.stdout)["text"] == "the gate code is four five one nine hash"


def test_keys_are_made() -> None:
    assert len(delauto("keys", "field-encryption").stdout.strip()) == 44
    assert len(delauto("keys", "secret").stdout.strip()) >= 32


COLUMNS = (
    "reference,customer_name,phone,address,longitude,latitude,"
    "scheduled_time,window_end,agent_email\n"
)
ROWS = """\
R-1,Casey Jones,+14155550123,"12 Mill Lane",-73.98,40.74,{soon},,dana@example.com
R-2,,+14155550124,"13 Mill Lane",-73.98,40.74,{soon},,
R-3,Robin,nonsense,"14 Mill Lane",-73.98,40.74,{soon},,
R-4,Robin,+14155550125,"14 Mill Lane",north,40.74,{soon},,
R-5,Robin,+14155550125,"14 Mill Lane",-73.98,40.74,tomorrow,,
R-6,Robin,+14155550125,"14 Mill Lane",-73.98,40.74,2030-01-01T10:00:00,,
R-1,Casey Jones,+14155550123,"12 Mill Lane",-73.98,40.74,{soon},,
R-7,Robin,+14155550125,"14 Mill Lane",-73.98,40.74,{soon},,nobody@example.com
"""


def test_the_way_from_nothing_to_a_planned_delivery(surroundings, settings) -> None:
    # Late enough that the customer, in New York, can be called before whatever hour it is now.
    tomorrow = datetime.now(UTC).replace(hour=18) + timedelta(days=1)
    soon = tomorrow.isoformat(timespec="seconds")
    named = delauto("tenant", "set", "Harbour Parcels", environment=surroundings)
    assert named.returncode == 0, named.stderr
    assert "give --time-zone, as Europe/London" in named.stdout
    added = delauto(
        "user", "add", "Dana Driver", "--email", "dana@example.com", "--phone", "+14155550101",
        "--language", "de", "--password", "correct horse 7 tulips", environment=surroundings,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert Tenant.of("default").get().name == "Harbour Parcels"
    agent = Agent.of("default").get()
    assert (agent.password_matches("correct horse 7 tulips"), agent.language) == (True, "de")

    answer = delauto("plan", "-", environment=surroundings, stdin=COLUMNS + ROWS.format(soon=soon))
    assert answer.returncode == 1
    assert "1 planned, 7 refused" in answer.stdout
    for row, said in (
        (3, "customer_name is empty"),
        (4, "telephone number"),
        (5, "decimal degrees"),
        (6, "scheduled_time must be like"),
        (7, "offset from UTC"),
        (8, "planned already"),
        (9, "no active agent"),
    ):
        (line,) = [line for line in answer.stderr.splitlines() if line.startswith(f"row {row}:")]
        assert said in line
    assert "Traceback" not in answer.stderr
    assert Delivery.of("default").get().reference == "R-1"
    assert Customer.of("default").get().phone == "+14155550123"

    why = delauto("why", "R-1", environment=surroundings)
    assert "outreach: pending" in why.stdout
    assert "47 CFR 64.1200" in why.stdout
    assert "no delivery has" in delauto("why", "R-99", environment=surroundings).stderr


def test_without_the_company_no_row_is_looked_at(surroundings, settings) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=3)).isoformat(timespec="seconds")
    rows = COLUMNS + ROWS.format(soon=soon)
    answer = delauto("plan", "-", "--tenant", "nosuch", environment=surroundings, stdin=rows)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines() == [
        "delauto: there is no company 'nosuch': delauto tenant set NAME --tenant nosuch"
    ]
    assert Delivery.across_tenants().count() == 0


def test_a_file_without_its_columns_is_refused_whole(surroundings, settings) -> None:
    answer = delauto("plan", "-", environment=surroundings, stdin="a,b\n1,2\n")
    assert answer.returncode == 1
    assert "lacks the columns customer_name, phone" in answer.stderr


GOOD_ROW = 'R-1,Casey,+14155550123,"12 Mill Lane",-73.98,40.74,{soon},,\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((COLUMNS + GOOD_ROW).replace("Casey", "Jos\u00e9").encode("latin-1"), "not UTF-8"),
        (COLUMNS.encode("utf-16"), "not UTF-8"),
        (COLUMNS.replace(",", "~").encode(), "lacks the columns"),
        (b"", "lacks the columns"),
        ((COLUMNS + GOOD_ROW + "x" * 200_000).encode(), "no CSV that can be read"),
    ],
)
def test_a_file_that_cannot_be_read_plans_nothing(surroundings, settings, tmp_path, content, said):
    factories.tenant()
    soon = (datetime.now(UTC) + timedelta(hours=3)).isoformat(timespec="seconds")
    path = tmp_path / "deliveries.csv"
    path.write_bytes(content.replace(b"{soon}", soon.encode()))
    answer = delauto("plan", str(path), environment=surroundings)
    assert (answer.returncode, said in answer.stderr) == (1, True), answer.stderr
    assert "Traceback" not in answer.stderr
    assert Delivery.of("default").count() == 0


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("{soon}", "9999-12-31T23:59:59-14:00", "scheduled_time must lie between 2000 and"),
        ("Casey", "C" * 300, "at most 200 letters"),
        ("Casey", "C\x07", "control codes"),
    ],
)
def test_a_row_out_of_all_bounds_is_refused(surroundings, settings, was, now, said) -> None:
    factories.tenant()
    soon = (datetime.now(UTC) + timedelta(hours=3)).isoformat(timespec="seconds")
    text = COLUMNS + GOOD_ROW.replace(was, now).replace("{soon}", soon)
    answer = delauto("plan", "-", environment=surroundings, stdin=text)
    assert said in answer.stderr, answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_demonstration_wipes_only_its_own(tmp_path) -> None:
    mine = tmp_path / "mine"
    (mine / "mongodb").mkdir(parents=True)
    (mine / "mongodb" / "data").write_text("dear")
    (mine / "secrets.json").write_text("{}")
    answer = delauto("demo", "--once", "--folder", str(mine))
    assert answer.returncode == 1
    assert "not a demonstration's folder" in answer.stderr
    assert (mine / "mongodb" / "data").read_text() == "dear"


@pytest.mark.parametrize("name", ["MONGODB_URI", "REDIS_URL", "S3_ENDPOINT_URL"])
def test_the_demonstration_keeps_away_from_what_is_real(name, tmp_path) -> None:
    answer = delauto("demo", "--folder", str(tmp_path / "x"), environment={name: "mongodb://db"})
    assert (answer.returncode, f"unset {name}" in answer.stderr) == (1, True)


def test_a_port_in_use_is_said_before_the_product_starts(tmp_path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = delauto("up", "--port", port, environment={"DELAUTO_HOME": str(tmp_path)})
    assert answer.returncode == 1
    assert f"Port {port} is in use" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_demonstration_never_calls_real_people(surroundings) -> None:
    answer = delauto("demo", "--once", environment=surroundings)
    assert answer.returncode == 1
    assert "TWILIO_ACCOUNT_SID" in answer.stderr


def test_an_invented_customer_gets_a_number(surroundings, carrier) -> None:
    listed = delauto("carrier", "personas").stdout.splitlines()
    assert "gate-code" in listed
    assert "another-day: takes the second of the days on offer" in listed
    given = delauto("carrier", "assign", "+447700900321", "gate-code", environment=surroundings)
    assert given.stdout == "+447700900321 is answered as gate-code\n"
    for number, persona in (("+447700900321", "nobody"), ("nonsense", "gate-code")):
        answer = delauto("carrier", "assign", number, persona, environment=surroundings)
        assert answer.returncode == 1
        assert "refused" in answer.stderr
        assert "Traceback" not in answer.stderr


def test_corrections_are_exported_as_labelled_lines(surroundings, settings) -> None:
    from tests import factories
    from tests.pipeline.test_labelled import SHED, put_right, said

    delivery = said("the code is four five one nine put it behind the shred")
    put_right(delivery, factories.agent(role="admin").pk, {"kind": "access", "code": "4519"}, SHED)
    answer = delauto("corrections", "export", environment=surroundings)
    assert (answer.returncode, answer.stderr) == (0, "1 exported\n")
    line = json.loads(answer.stdout)
    assert line["directives"][1] == {"kind": "leave_at", "text": "", "place": "shed"}
    assert "four five one nine" not in line["text"]
    as_said = delauto("corrections", "export", "--as-said", environment=surroundings)
    assert "four five one nine" in json.loads(as_said.stdout)["text"]
    later = delauto("corrections", "export", "--since", "2026-03-11", environment=surroundings)
    assert (later.stdout, later.stderr) == ("", "0 exported\n")
    wrong = delauto("corrections", "export", "--since", "soon", environment=surroundings)
    assert (wrong.returncode, "--since must be a time" in wrong.stderr) == (1, True)


def test_a_dispatcher_corrects_by_editing_what_is_shown(surroundings, settings, tmp_path) -> None:
    from tests import factories
    from tests.pipeline.test_labelled import SHED, said

    delivery = said("put it behind the shred")
    dana = factories.agent(role="dispatcher", email="dana@example.com")
    name = str(delivery.pk)
    shown = json.loads(delauto("corrections", "show", name, environment=surroundings).stdout)
    assert shown["said"] == ["put it behind the shred"]
    assert [each["place"] for each in shown["directives"]] == ["shred"]
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps({**shown, "directives": [SHED]}))
    make = ("corrections", "make", name, str(edited), "--why", "misheard")
    stranger = delauto(*make, "--by", "nobody@example.com", environment=surroundings)
    assert (stranger.returncode, "nobody of this company" in stranger.stderr) == (1, True)
    factories.agent(role="agent", email="driver@example.com")
    factories.agent(role="dispatcher", is_active=False, email="gone@example.com")
    for email in ("driver@example.com", "gone@example.com"):
        refused = delauto(*make, "--by", email, environment=surroundings)
        assert (refused.returncode, "only an active dispatcher" in refused.stderr) == (1, True)
    done = delauto(*make, "--by", "DANA@example.com", environment=surroundings)
    noted = AuditEntry.of("default", action="analysis.corrected").get()
    assert (noted.actor.kind, noted.detail) == ("command", {"judged_by": str(dana.pk)})
    assert done.stdout == f"version {shown['version'] + 1}: Leave it here: shed.\n"
    delivery.reload()
    (leave_at,) = delivery.analysis.directives
    assert (leave_at.slots, delivery.to_tell) == ({"place": "shed"}, True)
    edited.write_text(json.dumps({**shown, "directives": []}))
    late = delauto(*make, "--by", dana.email, environment=surroundings)
    assert (late.returncode, "look at what stands there now" in late.stderr) == (1, True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "this is not JSON"),
        ("[]", "must hold a version"),
        ('{"version": true, "directives": []}', "must hold a version"),
        ('{"version": 1, "directives": [{"kind": "fly"}]}', "directive 1: kind must be one of"),
    ],
)
def test_what_cannot_be_a_correction_is_refused_in_words(
    surroundings, settings, tmp_path, content, problem
) -> None:
    from tests import factories
    from tests.pipeline.test_labelled import said

    delivery = said("put it behind the shred")
    factories.agent(role="dispatcher", email="dana@example.com")
    file = tmp_path / "wrong.json"
    file.write_text(content)
    make = ("corrections", "make", str(delivery.pk), str(file), "--by", "dana@example.com")
    answer = delauto(*make, environment=surroundings)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert problem in answer.stderr
    assert "Traceback" not in answer.stderr

"""The commands about calls: the company's choices, the rules, and why a customer is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.models import Consent, Delivery, Tenant
from app.rules.gate.page import page
from tests import factories
from tests.factories import BOOK, NOW
from tests.processes import delauto

ROOT = Path(__file__).parents[1]
PHONE = "+442079460123"


def expected(**fields) -> Delivery:
    """A delivery whose customer may be called at NOW."""
    Consent(
        tenant_id="default", phone=PHONE, basis="order", source="R-1",
        since=NOW - timedelta(days=1),
    ).save()  # fmt: skip
    return factories.delivery(
        customer=factories.customer(phone=PHONE), **{"reference": "R-1", **fields}
    )


def why(surroundings, *arguments: str) -> str:
    answer = delauto("why", *arguments, environment=surroundings)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_why_names_every_rule_that_allows_a_call(surroundings, settings) -> None:
    expected(time_zone="Europe/London")
    said = why(surroundings, "R-1", "--at", "2026-03-10T10:00")
    assert "delivery: R-1, van Tue 2026-03-10 13:00 in Europe/London" in said
    assert "attempts: 0 of 4" in said
    assert "rules say: a call is allowed, until Tue 2026-03-10 13:00" in said
    assert "[other-countries-hours/1: this product's own choice" in said
    assert "order of 2026-03-09" in said
    assert "[installation-hours/1: this installation's setting CALLING_HOURS]" in said
    assert "found by: time zone from the door's coordinates" in said
    assert f"rules: version {BOOK.version}" in said


def test_why_says_from_when_by_both_clocks(surroundings, settings) -> None:
    expected(coordinates=[-73.98, 40.75], scheduled_time=NOW + timedelta(days=1))
    said = why(surroundings, "R-1", "--at", "2026-03-10T10:00")
    assert "asked about: Tue 2026-03-10 06:00 in America/New_York (2026-03-10 10:00 UTC)" in said
    assert "not before Tue 2026-03-10 08:00 in America/New_York (2026-03-10 12:00 UTC)" in said
    assert "delays  06:00 in America/New_York is outside" in said
    assert "47 CFR 64.1200(c)(1)" in said


def test_why_says_never_and_why_not(surroundings, settings) -> None:
    expected(outreach={"state": "declined", "reason": "heard in attempt 1"})
    said = why(surroundings, "R-1", "--at", "2026-03-10T10:00")
    assert "outreach: declined (heard in attempt 1)" in said
    assert "rules say: never a call" in said
    assert "forbids the customer was heard already: declined" in said


def test_why_judges_texts_too(surroundings, settings) -> None:
    expected()
    said = why(surroundings, "R-1", "--at", "2026-03-10T10:00", "--channel", "sms")
    assert "rules say: a text is allowed" in said


def test_why_tells_what_was_kept_with_each_call(surroundings, settings) -> None:
    from app.pipeline.permission import judge_delivery

    delivery = expected()
    verdict = judge_delivery(delivery, BOOK, now=NOW, window=factories.ALL_DAY)
    factories.call(
        delivery, status="no-answer", in_flight=False, claimed_at=NOW, why_allowed=verdict.as_dict()
    )
    said = why(surroundings, str(delivery.pk), "--at", "2026-03-10T11:00")
    kept = said[said.index("attempt 1: no-answer") :]
    assert f"allowed by rules {BOOK.version}" in kept
    assert "local time: Tue 2026-03-10 10:00:00 in Europe/London" in kept
    assert "other-countries-hours/1" in kept
    assert "consent: " in kept


def test_why_keeps_to_the_operators_own_rules(surroundings, settings, tmp_path) -> None:
    expected(scheduled_time=NOW + timedelta(days=1))
    own = tmp_path / "rules.toml"
    text = factories.ALWAYS_RULES.read_text()
    own.write_text(text.replace("00:00", "11:00").replace('"always"', '"ours-7"'))
    changed = {**surroundings, "CALLING_RULES": str(own)}
    said = why(changed, "R-1", "--at", "2026-03-10T10:00")
    assert "not before Tue 2026-03-10 11:00" in said
    assert "rules: version ours-7" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('version = "1"', "CALLING_RULES: has no hours"),
        ("version =", "CALLING_RULES: is no TOML"),
        (None, "CALLING_RULES cannot be read: No such file"),
    ],
)
def test_rules_that_cannot_be_read_are_said_at_the_start(
    surroundings, tmp_path, content, said
) -> None:
    own = tmp_path / "rules.toml"
    if content is not None:
        own.write_text(content)
    broken = {**surroundings, "CALLING_RULES": str(own)}
    for command in (["clock"], ["worker", "calls"]):
        answer = delauto(*command, environment=broken)
        assert answer.returncode == 1, command
        assert said in answer.stderr, command
        assert "Traceback" not in answer.stderr


def test_the_page_of_the_rules_is_current() -> None:
    assert (ROOT / "docs" / "calling-rules.md").read_text() == page(BOOK), "delauto rules > docs/…"
    assert delauto("rules").stdout == page(BOOK)


def test_an_operators_rules_are_checked_before_they_are_used(tmp_path) -> None:
    own = tmp_path / "rules.toml"
    own.write_text(factories.ALWAYS_RULES.read_text())
    assert "| `any-hour` 1 | everywhere | 00:00 to 24:00 |" in delauto("rules", str(own)).stdout
    own.write_text("nonsense")
    answer = delauto("rules", str(own))
    assert (answer.returncode, "is no TOML" in answer.stderr) == (1, True)
    assert delauto("rules", str(tmp_path / "none.toml")).returncode == 1


def test_a_company_makes_its_choices(surroundings, settings) -> None:
    answer = delauto(
        "tenant", "set", "Harbour Parcels", "--hours", "09:00-20:00", "--mode",
        "package_notification", "--calls-a-day", "2", "--calls-a-delivery", "3",
        "--calls-per-second", "0.5", "--calls-in-progress", "7", "--quiet-day", "2026-12-24",
        "--quiet-day", "2026-12-25", "--transfer-number", "+14155550100", "--transfer-hours",
        "09:00-17:00", "--no-texts", "--time-zone", "Europe/London", environment=surroundings,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "quiet days: 2026-12-24, 2026-12-25" in answer.stdout
    assert "time zone: Europe/London" in answer.stdout
    calling = Tenant.of("default").get().calling
    assert (calling.hours, calling.mode, calling.texts) == (
        "09:00-20:00",
        "package_notification",
        False,
    )
    assert (calling.most_calls_a_day, calling.most_calls_a_delivery) == (2, 3)
    assert (calling.calls_per_second, calling.calls_in_progress) == (0.5, 7)
    assert calling.quiet_days == ["2026-12-24", "2026-12-25"]
    assert (calling.transfer_number, calling.transfer_hours) == ("+14155550100", "09:00-17:00")

    # What is not given stays; what is unset is as if it had never been given.
    answer = delauto(
        "tenant", "set", "Harbour Parcels", "--unset", "hours", "--unset", "quiet-days",
        "--unset", "calls-a-day", "--texts", environment=surroundings,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    calling = Tenant.of("default").get().calling
    assert (calling.hours, calling.most_calls_a_day, calling.quiet_days) == (None, None, [])
    assert (calling.mode, calling.texts) == ("package_notification", True)
    assert calling.time_zone == "Europe/London"


def test_quiet_days_are_added_until_they_are_unset(surroundings, settings) -> None:
    def given(*options: str) -> str:
        answer = delauto("tenant", "set", "Harbour Parcels", *options, environment=surroundings)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    assert "callback number: +14155550100" in given(
        "--callback-number", "+14155550100", "--quiet-day", "2026-12-25"
    )
    said = given("--quiet-day", "2026-12-24", "--quiet-day", "2026-12-25")
    assert "quiet days: 2026-12-24, 2026-12-25" in said
    said = given("--unset", "quiet-days", "--quiet-day", "2027-01-01")
    assert "quiet days: 2027-01-01\n" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tenant", "Harbour Parcels"], "must be of small letters a to z, digits and hyphens"),
        (["--tenant", "-x"], "the first no hyphen"),
        (["--hours", "9-5"], "--hours must be two times of day"),
        (["--hours", "20:00-09:00"], "the earlier first"),
        (["--hours", "22:00-23:00"], "outside what the rules allow in any country"),
        (["--transfer-hours", "always"], "--transfer-hours must be"),
        (["--transfer-number", "0800 REX"], "--transfer-number must be like +14155550100"),
        (["--callback-number", "555"], "--callback-number must be like"),
        (["--quiet-day", "Christmas"], "--quiet-day must be dates"),
        (["--unset", "name"], "--unset knows no name"),
        (["--calls-a-day", "0"], "0 is not in the range"),
        (["--mode", "hope"], "hope"),
        (["--calls-per-second", "nan"], "--calls-per-second must be a number"),
    ],
)
def test_a_companys_wrong_choice_changes_nothing(surroundings, settings, options, said) -> None:
    answer = delauto("tenant", "set", "Harbour Parcels", *options, environment=surroundings)
    assert answer.returncode != 0
    assert said in answer.stderr
    assert Tenant.of("default").count() == 0


def test_a_company_needs_a_name(surroundings, settings) -> None:
    answer = delauto("tenant", "set", "  ", environment=surroundings)
    assert answer.returncode != 0
    assert "needs a name" in answer.stderr
    assert Tenant.of("default").count() == 0


CSV = """\
customer_name,phone,address,scheduled_time,reference,longitude,latitude,time_zone,consent
Casey,+14155550123,12 Mill Lane,{soon},R-1,,,,
Robin,+14155550124,13 Mill Lane,{soon},R-2,-73.98,40.74,,no
Sasha,+14155550125,14 Mill Lane,{soon},R-3,,,Europe/Paris,YES
Jo,+14155550126,15 Mill Lane,{soon},R-4,-73.98,,,
Kim,+14155550127,16 Mill Lane,{soon},R-5,,,,perhaps
Alex,+61491570156,17 Mill Lane,{soon},R-6,,,,
"""


def test_a_file_may_leave_out_where_the_doors_are(surroundings, settings) -> None:
    factories.tenant()
    # A day and more ahead, some hour is lawful wherever the customer is.
    soon = (datetime.now(UTC) + timedelta(hours=30)).isoformat(timespec="seconds")
    answer = delauto("plan", "-", environment=surroundings, stdin=CSV.format(soon=soon))
    assert "3 planned (1 of them without a call), 3 refused" in answer.stdout, answer.stderr
    zones = {each.reference: each.time_zone for each in Delivery.of("default")}
    assert zones == {
        "R-1": "America/Los_Angeles",
        "R-2": "America/New_York",
        "R-3": "Europe/Paris",
    }
    assert sorted(each.source for each in Consent.of("default")) == ["R-1", "R-3"]
    assert "together, or neither" in answer.stderr
    assert "consent must be yes or no" in answer.stderr
    assert "the number tells none" in answer.stderr


def test_why_says_when_the_next_call_is_planned(surroundings, settings) -> None:
    known = expected(time_zone="Europe/London")
    at = NOW + timedelta(hours=2)
    known.modify(set__outreach__state="waiting", set__outreach__next_attempt_at=at)
    planned = f"next: a call, not before {at:%a %Y-%m-%d %H:%M} in Europe/London"
    assert planned in why(surroundings, "R-1", "--at", "2026-03-10T10:00Z")
    known.modify(set__outreach__state="calling")
    assert "next: a call is under way" in why(surroundings, "R-1")
    known.modify(set__outreach__state="confirmed")
    assert "next: nothing more is planned" in why(surroundings, "R-1")


def test_why_takes_a_time_with_its_offset_and_says_how_to_write_one(surroundings, settings) -> None:
    expected(coordinates=[-73.98, 40.75], scheduled_time=NOW + timedelta(days=1))
    said = why(surroundings, "R-1", "--at", "2026-03-10T06:00-04:00")
    assert "asked about: Tue 2026-03-10 06:00 in America/New_York (2026-03-10 10:00 UTC)" in said
    answer = delauto("why", "R-1", "--at", "tomorrow", environment=surroundings)
    assert answer.returncode == 1
    assert "2026-11-20T09:30-05:00" in answer.stderr


def test_both_circuits_are_shown_before_anything_failed(surroundings, settings) -> None:
    answer = delauto("circuit", "show", environment=surroundings)
    assert answer.stdout.splitlines() == ["calls: closed", "messages: closed"]


def test_an_open_circuit_names_what_to_check(surroundings, settings) -> None:
    from bson import ObjectId

    from app.pipeline import circuit

    circuit.failed(circuit.CALLS, "20003", ObjectId(), now=NOW)
    said = delauto("circuit", "show", environment=surroundings).stdout
    assert "calls: open" in said
    assert "check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in said
    assert "then: delauto circuit close calls" in said


def test_a_circuit_that_there_is_not_is_not_said_to_be_closed(surroundings, settings) -> None:
    answer = delauto("circuit", "close", "nonsense", environment=surroundings)
    assert (answer.returncode, "nonsense is no circuit" in answer.stderr) == (2, True)


def test_a_push_services_circuit_is_shown_and_closed_like_the_others(
    surroundings, settings
) -> None:
    from bson import ObjectId

    from app.pipeline import circuit

    name = circuit.pushes("push.example.com")
    for _ in range(3):
        circuit.failed(name, "push-refused", ObjectId(), now=NOW)
    said = delauto("circuit", "show", environment=surroundings).stdout
    assert "pushes:push.example.com: open" in said
    assert "check VAPID_PRIVATE_KEY and VAPID_SUBJECT" in said
    closing = ("circuit", "close", "pushes:push.example.com")
    assert delauto(*closing, environment=surroundings).returncode == 0
    again = delauto(*closing, environment=surroundings)
    assert (again.returncode, "closed already" in again.stderr) == (1, True)

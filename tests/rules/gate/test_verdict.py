"""The verdict is a record: it can be defended years later from what it says itself."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, time, timedelta

import bson
import pytest

from app.rules.gate import Consented, Contact, Facts, Suppressed, Weight, judge
from app.rules.gate.overlap import meets_anywhere
from tests.factories import BOOK

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
FACTS = Facts(
    now=NOW,
    phone="+13055550123",
    coordinates=(-80.19, 25.76),
    delivery_id="d",
    consents=(Consented("order", NOW - timedelta(days=1), "R-1", id="c1"),),
    contacts=(Contact(NOW - timedelta(hours=2), "call", ("d",)),),
)


def test_the_record_holds_all_by_which_it_can_be_defended() -> None:
    kept = judge(FACTS, BOOK).as_dict()
    assert kept["allowed"] is True
    assert kept["rules_version"] == BOOK.version
    assert kept["consent_id"] == "c1"
    assert kept["local_times"] == {"America/New_York": "2026-03-10T11:00:00-04:00"}
    assert kept["counts"]["us-three-in-24-hours"] == {"made": 1, "most": 3}
    assert kept["regions"] == ["US", "US-FL"]
    assert any("coordinates" in how for how in kept["found_by"])
    rules = {reason["rule"]: reason for reason in kept["reasons"]}
    assert {"us-hours", "us-states-until-eight", "consent", "calls-a-day"} <= set(rules)
    for reason in kept["reasons"]:
        assert reason["source"]
        assert reason["says"]
        assert reason["version"] >= 1


def test_the_record_goes_into_the_ledger_and_comes_back() -> None:
    kept = judge(FACTS, BOOK).as_dict()
    again = bson.decode(
        bson.encode(kept), codec_options=bson.CodecOptions(tz_aware=True, tzinfo=UTC)
    )
    assert again == kept


def test_the_record_holds_no_telephone_number() -> None:
    assert "3055550123" not in repr(judge(FACTS, BOOK).as_dict())


def test_a_verdict_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        judge(FACTS, BOOK).allowed = False  # type: ignore[misc]


def test_what_stands_against_it_comes_first() -> None:
    barred = replace(FACTS, suppressions=(Suppressed("all", NOW),), now=NOW + timedelta(hours=12))
    weights = [reason.weight.value for reason in judge(barred, BOOK).reasons]
    assert weights[0] == "forbids"
    assert weights == sorted(weights, key=["forbids", "delays", "allows"].index)


def test_the_summary_says_what_stands_against_it() -> None:
    late = judge(replace(FACTS, now=NOW + timedelta(hours=10)), BOOK)
    assert late.summary.startswith("21:00 in America/New_York is outside")
    assert "nothing stands against it" in judge(FACTS, BOOK).summary


def test_a_notification_says_on_what_basis_it_is_made() -> None:
    verdict = judge(replace(FACTS, mode="package_notification", contacts=()), BOOK)
    (basis,) = [reason for reason in verdict.reasons if reason.rule == "package-notification"]
    assert "needs no consent" in basis.says
    assert "64.1200(a)(9)(i)" in basis.source


MORNING = (time(8), time(11))
VAN = NOW + timedelta(days=20)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"deadline": NOW + timedelta(hours=4), "quiet_days": {date(2026, 3, 10)}}, "due before"),
        ({"tenant_hours": (time(22), time(23))}, "company's hours and the lawful hours never meet"),
        (
            {"tenant_hours": (time(22), time(23)), "deadline": None},
            "company's hours and the lawful hours never meet",
        ),
        (
            {"tenant_hours": (time(12), time(20)), "installation_hours": MORNING},
            "company's hours and the lawful hours never meet",
        ),
        ({"installation_hours": (time(22), time(23))}, "no hour before the van suits every rule"),
        (
            {"installation_hours": (time(22), time(23)), "deadline": None},
            "no hour in the next weeks suits every rule",
        ),
    ],
)
def test_where_no_hour_is_left_the_reason_says_what_leaves_none(given, said) -> None:
    verdict = judge(replace(FACTS, **{"deadline": VAN, **given}), BOOK)
    assert verdict.never
    (forbids,) = [each for each in verdict.reasons if each.weight is Weight.FORBIDS]
    assert said in forbids.says
    has_a_van = {"deadline": VAN, **given}["deadline"] is not None
    assert forbids.rule == ("deadline" if has_a_van else "no-opening")


@pytest.mark.parametrize(
    ("hours", "somewhere"),
    [
        ((time(22), time(23)), False),
        ((time(21), time(22)), False),
        ((time(6), time(8)), False),
        ((time(20), time(22)), True),
        ((time(9), time(17)), True),
    ],
)
def test_hours_that_no_rule_could_allow_are_told_from_others(hours, somewhere) -> None:
    assert meets_anywhere(BOOK, hours) is somewhere
    assert not meets_anywhere(BOOK, hours, (time(4), time(5)))

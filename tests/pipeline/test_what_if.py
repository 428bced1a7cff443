"""What other choices would have changed: the gate asked again about last week, and nothing kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from app.models import Consent, Delivery, Message, Suppression, database
from app.pipeline import what_if as asked
from app.pipeline.what_if import Answer, spread, what_if
from tests import factories
from tests.factories import ALL_DAY, BOOK, NOW

PHONE = "+442079460123"
PLANNED = NOW - timedelta(days=2)
"""Sunday, 8 March 2026, 10:00 in London, where nobody is called on Sundays."""
MONDAY = NOW - timedelta(days=1)


def last_week(*, planned: datetime = MONDAY, phone: str = PHONE, **fields: Any) -> Delivery:
    """A delivery whose van came an hour ago."""
    known = factories.customer(phone=phone)
    delivery = factories.delivery(
        customer=known, time_zone="Europe/London", created_at=planned,
        **{"scheduled_time": NOW - timedelta(hours=1), "status": "completed",
           "outreach": {"state": "confirmed", "attempts": 1}, **fields},
    )  # fmt: skip
    Consent(tenant_id="default", phone=phone, basis="order", source=str(delivery.pk),
            since=planned - timedelta(minutes=1)).save()  # fmt: skip
    return delivery


def ask(proposed: dict[str, Any], present: dict[str, Any] | None = None) -> Answer:
    return what_if("default", present or {}, proposed, now=NOW, book=BOOK, window=ALL_DAY)


def changes(answer: Answer) -> list[str]:
    return [each.change for each in answer.first]


def test_the_same_choices_change_nothing(settings) -> None:
    last_week()
    answer = ask({})
    assert (answer.known, answer.looked_at, changes(answer)) == (1, 1, ["same"])
    assert answer.first[0].present == MONDAY


def test_later_hours_move_a_call_and_say_why(settings) -> None:
    last_week()
    (moved,) = ask({"hours": "14:00-17:00"}).first
    assert (moved.change, moved.present, moved.proposed) == (
        "moved", MONDAY, MONDAY + timedelta(hours=4),
    )  # fmt: skip
    assert [reason.rule for reason in moved.reasons] == ["company-hours"]


def test_hours_that_come_after_the_van_drop_a_call(settings) -> None:
    last_week(planned=NOW - timedelta(hours=2))
    (dropped,) = ask({"hours": "14:00-17:00"}).first
    assert (dropped.change, dropped.proposed) == ("dropped", None)
    assert "deadline" in [reason.rule for reason in dropped.reasons]


def test_wider_hours_gain_a_call(settings) -> None:
    last_week(planned=NOW - timedelta(hours=2))
    (gained,) = ask({}, present={"hours": "14:00-17:00"}).first
    assert (gained.change, gained.present) == ("gained", None)
    assert gained.reasons


def test_a_quiet_day_moves_what_was_called_on_it(settings) -> None:
    last_week()
    assert changes(ask({"quiet_days": ["2026-03-09"]})) == ["moved"]
    assert changes(ask({"quiet_days": ["2026-03-01"]})) == ["same"]


def test_fewer_days_ahead_move_what_was_planned_early(settings) -> None:
    last_week(planned=NOW - timedelta(days=5))
    assert changes(ask({"days_ahead": 1})) == ["moved"]


def test_a_number_that_asked_to_be_left_alone_is_never_called(settings) -> None:
    last_week()
    stop = Suppression(tenant_id="default", phone=PHONE, scope="all", source="key",
                       since=MONDAY - timedelta(days=1)).save()  # fmt: skip
    assert changes(ask({"hours": "14:00-17:00"})) == ["never"]
    stop.modify(set__since=MONDAY + timedelta(hours=1))
    assert changes(ask({})) == ["same"], "what was asked for later changed what was before"


def test_what_the_customer_answered_since_does_not_count(settings) -> None:
    last_week(outreach={"state": "declined", "attempts": 1})
    assert changes(ask({})) == ["same"]


def test_a_cap_is_held_against_further_calls(settings) -> None:
    delivery = last_week()
    factories.call(delivery, attempt=1, status="no-answer", in_flight=False, direction="outbound",
                   call_sid=factories.sid("CA"), claimed_at=MONDAY, dialing_at=MONDAY)  # fmt: skip
    later = MONDAY + timedelta(hours=3)
    factories.call(delivery, attempt=2, status="completed", in_flight=False, direction="outbound",
                   call_sid=factories.sid("CA"), claimed_at=later, dialing_at=later)  # fmt: skip
    answer = ask({"most_calls_a_delivery": 1})
    assert changes(answer) == ["same"]
    (second,) = answer.further
    assert (second.attempt, second.change, second.present) == (2, "dropped", later)
    assert [reason.rule for reason in second.reasons] == ["company-calls-a-delivery"]


def test_texts_more_and_fewer_are_counted(settings) -> None:
    delivery = last_week(outreach={"state": "unreachable", "attempts": 3})
    assert ask({"texts": True}, present={"texts": False}).texts == 1
    assert ask({"texts": False}, present={"texts": True}).texts == 0
    Message(tenant_id="default", purpose="link", delivery_id=delivery.pk, to_number=PHONE,
            status="delivered", claimed_at=MONDAY).save()  # fmt: skip
    assert ask({"texts": False}).texts == -1


@pytest.mark.parametrize(
    "fields",
    [
        {"scheduled_time": NOW + timedelta(hours=1)},
        {"scheduled_time": NOW - timedelta(days=8)},
        {"deleted_at": NOW},
    ],
)
def test_other_weeks_and_what_was_put_away_are_left_out(settings, fields) -> None:
    last_week(**fields)
    assert ask({}).known == 0


def test_no_other_company_is_looked_at(settings) -> None:
    last_week()
    answer = what_if("other", {}, {}, now=NOW, book=BOOK, window=ALL_DAY)
    assert answer.known == 0


def test_of_many_so_many_are_looked_at_and_all_are_counted(settings, monkeypatch) -> None:
    monkeypatch.setattr(asked, "MOST", 3)
    for number in range(7):
        last_week(phone=f"+44207946{number:04}", scheduled_time=NOW - timedelta(hours=number + 1))
    answer = ask({})
    assert (answer.known, answer.looked_at, len(answer.first)) == (7, 3, 3)


def test_a_sample_is_spread_from_the_first_to_the_last() -> None:
    ids = [ObjectId() for _ in range(10)]
    assert spread(ids, 5) == ids[::2]
    assert spread(ids, 10) == spread(ids, 20) == ids


def test_nothing_is_written(settings) -> None:
    last_week()
    names = sorted(database().list_collection_names())
    before = {name: list(database()[name].find().sort("_id", 1)) for name in names}
    ask({"hours": "14:00-17:00", "texts": False})
    assert {name: list(database()[name].find().sort("_id", 1)) for name in names} == before

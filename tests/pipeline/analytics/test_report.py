"""The figures of a small ledger made by hand, and that MongoDB counts as plain Python does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bson import ObjectId

from app.models import Delivery
from app.pipeline.analytics import Span, SpanError, computed, known, names_of, report, zone_of
from app.pipeline.analytics.figures import (
    Cost,
    CostOfDay,
    FirstTime,
    OfAgent,
    OfAttempts,
    OfHour,
    OfKind,
    OfWait,
    Outcome,
    Rate,
    Told,
)
from benchmarks.ledger import TODAY, Wanted, fill
from tests import factories
from tests.pipeline.analytics import plain

MONDAY = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
WEEK = Span(date(2026, 3, 9), date(2026, 3, 15), "Europe/Berlin")


def step(machine: str, target: str, at: datetime) -> dict[str, Any]:
    return {"machine": machine, "source": "before", "target": target, "at": at, "cause": "test"}


def delivery(status: str, state: str, attempts: int = 1, **fields: Any) -> Delivery:
    outreach = {"state": state, "attempts": attempts, **fields.pop("outreach", {})}
    basics = {"status": status, "outreach": outreach, "scheduled_time": MONDAY}
    return factories.delivery(**{**basics, **fields})


def over(target: str, at: datetime = MONDAY) -> dict[str, Any]:
    return step("delivery", target, at)


def instructed(at: datetime = MONDAY - timedelta(days=1)) -> dict[str, Any]:
    return step("outreach", "instructed", at)


def call(of: Delivery, **fields: Any) -> Any:
    at = fields.pop("at", MONDAY)
    basics = {
        "status": "completed",
        "answered_by": "human",
        "outcome": "instructed",
        "in_flight": False,
        "claimed_at": at,
        "dialing_at": at,
        "end_time": at + timedelta(seconds=40),
        "call_sid": factories.sid("CA"),
    }
    return factories.call(of, **{**basics, **fields})


def push(of: Delivery, about: Any, after: float, version: int = 1) -> None:
    from app.models import PushMessage

    PushMessage(
        tenant_id=of.tenant_id,
        agent_id=of.agent_id or ObjectId(),
        kind="instructions",
        delivery_id=of.pk,
        call_id=about.pk,
        version=version,
        sent_at=about.end_time + timedelta(seconds=after),
    ).save()


def test_success_is_counted_by_agent_as_the_share_of_completed(settings) -> None:
    dana, erin = factories.agent(name="Dana"), factories.agent(name="Erin")
    for status in ("completed", "completed", "failed", "in_transit", "cancelled"):
        delivery(status, "skipped", 0, agent_id=dana.pk)
    delivery("failed", "skipped", 0, agent_id=erin.pk)
    delivery("scheduled", "skipped", 0)
    found = computed("default", WEEK).by_agent
    assert found == (
        OfAgent(str(dana.pk), Outcome(5, 1, Rate(2, 3))),
        OfAgent(str(erin.pk), Outcome(1, 0, Rate(0, 1))),
        OfAgent(None, Outcome(1)),
    )
    assert found[0].outcome.success.share == pytest.approx(2 / 3)
    assert found[2].outcome.success.share is None
    names = names_of("default", [each.agent_id for each in found])
    assert names == {str(dana.pk): "Dana", str(erin.pk): "Erin"}


def test_who_is_still_being_called_counts_neither_as_reached_nor_as_missed(settings) -> None:
    delivery("assigned", "instructed")
    delivery("assigned", "nothing_said", 2)
    delivery("assigned", "unreachable", 3)
    delivery("assigned", "superseded", 0)
    for state in ("pending", "calling", "waiting"):
        delivery("assigned", state, 2)
    delivery("assigned", "skipped", 0)
    # Called once, and through no fault of the customer's never reached.
    delivery("assigned", "unreachable", 1, outreach={"excused": 1})
    total = computed("default", WEEK).total
    assert total.deliveries == 9
    assert total.reach == Rate(3, 4)
    assert total.instructed == Rate(1, 4)


def test_attempts_are_told_for_customers_whom_a_call_of_ours_reached(settings) -> None:
    delivery("assigned", "confirmed", 1)
    delivery("assigned", "instructed", 3, outreach={"excused": 1})
    delivery("assigned", "declined", 2)
    delivery("assigned", "instructed", 3, outreach={"channel": "link"})
    delivery("assigned", "instructed", 1, outreach={"channel": "inbound"})
    delivery("assigned", "unreachable", 4)
    assert computed("default", WEEK).attempts == (OfAttempts(1, 1), OfAttempts(2, 2))


def test_only_the_first_try_counts_and_only_orders_given_before_its_end(settings) -> None:
    delivery("completed", "instructed", history=[instructed(MONDAY), over("completed")])
    delivery(
        "completed",
        "instructed",
        history=[
            instructed(),
            over("failed"),
            step("delivery", "scheduled", MONDAY),
            over("completed", MONDAY + timedelta(days=1)),
        ],
    )
    # The order came when the van had been.
    later = instructed(MONDAY + timedelta(hours=1))
    delivery("failed", "instructed", history=[over("failed"), later])
    delivery("completed", "unreachable", history=[over("completed")])
    delivery("in_transit", "instructed", history=[instructed()])
    found = computed("default", WEEK)
    assert found.first_time == FirstTime(with_instructions=Rate(1, 2), without=Rate(1, 2))
    assert found.total.first_time == Rate(2, 4)
    assert found.total.success == Rate(3, 4)


def test_a_delivery_is_counted_once_for_each_kind_of_its_directives(settings) -> None:
    porch = {"directives": [{"kind": "leave_at"}, {"kind": "leave_at"}, {"kind": "avoid"}]}
    delivery("completed", "instructed", analysis=porch, history=[over("completed")])
    gate = {"directives": [{"kind": "leave_at"}]}
    delivery("failed", "instructed", analysis=gate, history=[over("failed")])
    delivery("completed", "confirmed", history=[over("completed")])
    assert computed("default", WEEK).by_kind == (
        OfKind("leave_at", 2, Rate(1, 2)),
        OfKind("avoid", 1, Rate(1, 1)),
    )


def test_calls_are_counted_in_the_hour_that_the_companys_clock_showed(settings) -> None:
    made = [delivery("assigned", "instructed") for _ in range(7)]
    call(made[0])
    call(made[1], status="no-answer", answered_by=None, outcome="no-answer")
    call(made[2], answered_by="machine", outcome="machine", at=MONDAY + timedelta(hours=2))
    call(made[3], answered_by=None, outcome="confirmed", at=MONDAY + timedelta(hours=2))
    # None of these was a call that rang.
    call(made[4], status="canceled", outcome="withdrawn")
    call(made[5], status="failed", outcome="not_placed", call_sid=None)
    call(made[6], status="in-progress", outcome=None)
    call(made[6], direction="inbound", attempt=0, dialing_at=None)
    assert computed("default", WEEK).by_hour == (
        OfHour(16, answered=Rate(1, 2), instructed=Rate(1, 2)),
        OfHour(18, answered=Rate(1, 2), instructed=Rate(0, 2)),
    )


def test_cents_add_up_exactly_and_what_has_no_price_is_told(settings) -> None:
    made = [delivery("assigned", "instructed") for _ in range(5)]
    # As doubles, a tenth and two of them are more than three.
    for each, cost in zip(made[:2], (0.1, 0.2), strict=True):
        call(each, cost=cost, currency="USD")
    call(made[2], cost=0.0085, currency="EUR")
    call(made[3], cost=7)
    call(made[4])
    found = computed("default", WEEK)
    assert found.costs == (
        Cost("EUR", Decimal("0.0085"), 1),
        Cost("USD", Decimal("0.3"), 2),
        Cost("unknown", Decimal(7), 1),
    )
    assert found.priced == Rate(4, 5)


def test_a_driver_counts_as_told_by_the_first_message_about_a_call(settings) -> None:
    made = [delivery("assigned", "instructed") for _ in range(3)]
    for each, seconds in zip(made, (4.9, 2.0, 8.2), strict=True):
        about = call(each)
        push(each, about, seconds)
        # A correction of the next day tells the driver anew.
        push(each, about, 86_000, version=2)
    assert computed("default", WEEK).told == Told(3, mean=14 / 3, median=4, p95=8, longest=8)


def test_nothing_at_all_gives_no_share_of_nothing(settings) -> None:
    found = computed("default", WEEK)
    assert found.total == Outcome()
    assert found.total.success.share is None
    assert [each.day for each in found.by_day] == list(WEEK.days)
    assert found.told == Told()
    assert found.by_hour == found.by_agent == found.costs == ()


def test_another_company_and_other_days_stay_out(settings) -> None:
    # Berlin's Monday begins at eleven in the evening of Sunday, UTC.
    first = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
    last = datetime(2026, 3, 15, 22, 59, 59, tzinfo=UTC)
    delivery("completed", "confirmed", scheduled_time=first - timedelta(seconds=1))
    delivery("completed", "confirmed", scheduled_time=first)
    delivery("completed", "confirmed", scheduled_time=last)
    delivery("completed", "confirmed", scheduled_time=last + timedelta(seconds=1))
    delivery("completed", "confirmed", tenant_id="theirs")
    found = computed("default", WEEK)
    assert found.total.deliveries == 2
    assert [each.outcome.deliveries for each in found.by_day] == [1, 0, 0, 0, 0, 0, 1]


def test_a_company_counts_by_its_own_clock(settings) -> None:
    assert zone_of("default") == "UTC"
    factories.tenant(calling={"time_zone": "Europe/Berlin"})
    assert zone_of("default") == "Europe/Berlin"


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
def test_a_made_up_ledger_is_counted_as_plain_python_counts_it(settings, zone) -> None:
    fill(Wanted(600))
    fill(Wanted(100, tenant_id="theirs"))
    span = Span(TODAY - timedelta(days=30), TODAY + timedelta(days=1), zone)
    expected = plain.report("default", span)
    found = computed("default", span)
    assert replace(found, computed_at=expected.computed_at) == expected
    assert found.total.deliveries > 150
    assert found.told.calls > 50


def test_one_agents_figures_are_those_of_their_deliveries_and_calls_alone(settings) -> None:
    dana, other = ObjectId(), ObjectId()
    hers = delivery("completed", "instructed", agent_id=dana, history=[over("completed")])
    about = call(hers, cost=0.1, currency="USD")
    push(hers, about, 4)
    theirs = delivery("failed", "confirmed", agent_id=other, history=[over("failed")])
    push(theirs, call(theirs, cost=5, currency="USD"), 400)
    found = computed("default", WEEK, dana)
    assert (found.total.deliveries, found.total.success) == (1, Rate(1, 1))
    assert [each.agent_id for each in found.by_agent] == [str(dana)]
    assert (found.told.calls, found.told.longest) == (1, 4)
    assert found.waits[0] == OfWait(5, 1)
    assert found.costs == (Cost("USD", Decimal("0.1"), 1),)
    assert computed("default", WEEK, ObjectId()).waits == ()


def test_the_last_count_is_known_without_counting_again(settings) -> None:
    assert known("default", WEEK) is None
    counted = report("default", WEEK)
    delivery("completed", "instructed")
    assert known("default", WEEK) == counted
    assert known("default", WEEK, ObjectId()) is None
    assert known("theirs", WEEK) is None


def test_what_a_day_cost_is_told_by_the_day_on_which_its_calls_were_begun(settings) -> None:
    made = [delivery("assigned", "instructed") for _ in range(3)]
    for each, cost in zip(made[:2], (0.1, 0.2), strict=True):
        call(each, cost=cost, currency="USD")
    call(made[2], cost=0.4, currency="USD", at=MONDAY + timedelta(days=1))
    monday = WEEK.first
    assert computed("default", WEEK).costs_by_day == (
        CostOfDay(monday, "USD", Decimal("0.3"), 2),
        CostOfDay(monday + timedelta(days=1), "USD", Decimal("0.4"), 1),
    )


def test_a_range_that_takes_too_long_is_refused_with_a_way_out(settings, monkeypatch) -> None:
    fill(Wanted(3000))
    from app.pipeline.analytics import deliveries

    monkeypatch.setattr(deliveries, "MOST_MILLISECONDS", 1)
    with pytest.raises(SpanError, match="ask for fewer"):
        computed("default", Span(TODAY - timedelta(days=90), TODAY, "UTC"))


def test_a_call_that_was_dialled_after_the_clock_changed_is_in_the_hour_it_showed(settings) -> None:
    begun = datetime(2026, 3, 28, 23, 59, tzinfo=UTC)
    dialled = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    call(delivery("assigned", "instructed"), at=begun, dialing_at=dialled)
    span = Span(date(2026, 3, 28), date(2026, 3, 28), "Europe/London")
    assert [each.hour for each in computed("default", span).by_hour] == [2]

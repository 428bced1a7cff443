"""Whatever stands in the ledger, MongoDB counts it as plain Python does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import database
from app.pipeline.analytics import Span, computed
from app.rules.analysis import Kind
from app.states import CallStatus, DeliveryStatus, OutreachState
from tests.pipeline.analytics import plain

ZONES = ("UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo")
# New York changes its clock on the eighth; the others' changes lie in the second half.
BEGIN = datetime(2026, 3, 6, tzinfo=UTC)
END = datetime(2026, 5, 2, tzinfo=UTC)
AGENTS = [None, ObjectId("a" * 24), ObjectId("b" * 24)]
COLLECTIONS = ("deliveries", "call_logs", "push_messages")

moments = st.one_of(
    st.datetimes(BEGIN.replace(tzinfo=None), END.replace(tzinfo=None)),
    # About the changes of the clocks, and midnights.
    st.sampled_from(
        [
            datetime(2026, 3, 8, 6, 59, 59),  # noqa: DTZ001 - made aware below
            datetime(2026, 3, 8, 7, 0),  # noqa: DTZ001
            datetime(2026, 4, 4, 14, 59, 59),  # noqa: DTZ001
            datetime(2026, 4, 4, 15, 0),  # noqa: DTZ001
            datetime(2026, 4, 23, 21, 59, 59),  # noqa: DTZ001
            datetime(2026, 4, 23, 22, 0),  # noqa: DTZ001
        ]
    ),
).map(lambda at: at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000))
steps = st.builds(
    lambda to, at: {"machine": to[0], "from": "x", "to": to[1], "at": at, "cause": "drawn"},
    st.sampled_from(
        [("delivery", each.value) for each in DeliveryStatus]
        + [("outreach", "instructed"), ("outreach", "calling"), ("outreach", "completed")]
    ),
    moments,
)
outreaches = st.fixed_dictionaries(
    {
        "state": st.sampled_from([each.value for each in OutreachState]),
        "attempts": st.integers(0, 4),
        "channel": st.sampled_from(["call", "link", "sms", "inbound"]),
    },
    optional={"excused": st.integers(0, 4)},
)
analyses = st.builds(
    lambda kinds: {"directives": [{"kind": each.value} for each in kinds]},
    st.lists(st.sampled_from(Kind), max_size=4),
)
deliveries = st.fixed_dictionaries(
    {
        "scheduled_time": moments,
        "status": st.sampled_from([each.value for each in DeliveryStatus]),
        "outreach": outreaches,
        "tenant_id": st.sampled_from(["default", "default", "default", "theirs"]),
    },
    optional={
        "history": st.lists(steps, max_size=5),
        "agent_id": st.sampled_from(AGENTS),
        "analysis": analyses,
    },
)
outcomes = st.sampled_from(
    ["instructed", "confirmed", "machine", "not_placed", "withdrawn", "no-answer"]
)
calls = st.fixed_dictionaries(
    {
        "claimed_at": moments,
        "status": st.sampled_from([each.value for each in CallStatus]),
        "direction": st.sampled_from(["outbound", "outbound", "inbound"]),
        "tenant_id": st.sampled_from(["default", "default", "default", "theirs"]),
        "wait": st.one_of(st.none(), st.integers(0, 7000)),
        "talk": st.one_of(st.none(), st.integers(0, 90)),
        "told": st.lists(st.integers(-3_000, 200_000_000), max_size=2),
        "known": st.booleans(),
    },
    optional={
        "outcome": outcomes,
        "answered_by": st.sampled_from(["human", "machine", "unknown", None]),
        # Amounts as networks state them: five digits after the point.
        "cost": st.one_of(st.none(), st.integers(0, 10**7).map(lambda n: n / 100_000)),
        "currency": st.sampled_from(["USD", "EUR", None]),
    },
)


def write(drawn: list[dict[str, Any]], called: list[dict[str, Any]]) -> None:
    for n, each in enumerate(drawn):
        each |= {"customer_id": ObjectId(), "address": "x", "time_zone": "UTC"}
        each["_id"] = ObjectId(f"{n:024x}")
    messages = []
    for n, each in enumerate(called):
        wait, talk, told = each.pop("wait"), each.pop("talk"), each.pop("told")
        each |= {"_id": ObjectId(f"{n:024x}"), "attempt": n + 1, "in_flight": False}
        each |= {"from_number": "+1", "to_number": "+2", "delivery_id": ObjectId()}
        if wait is not None:
            each["dialing_at"] = each["claimed_at"] + timedelta(seconds=wait)
        if talk is not None:
            each["end_time"] = each["claimed_at"] + timedelta(seconds=talk)
        if each.pop("known"):
            each["call_sid"] = f"CA{n:032x}"
        for version, after in enumerate(told):
            at = each["claimed_at"] + timedelta(milliseconds=after)
            messages.append(
                {
                    "tenant_id": each["tenant_id"],
                    "agent_id": AGENTS[1],
                    "kind": "instructions",
                    "delivery_id": each["delivery_id"],
                    "call_id": each["_id"],
                    "version": version,
                    "sent_at": at,
                }
            )
    for name, documents in zip(COLLECTIONS, (drawn, called, messages), strict=True):
        database()[name].delete_many({})
        if documents:
            database()[name].insert_many(documents)


@pytest.fixture
def empty(settings) -> None:
    return None


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    drawn=st.lists(deliveries, max_size=12),
    called=st.lists(calls, max_size=12),
    zone=st.sampled_from(ZONES),
    first=st.integers(0, 50),
    length=st.integers(0, 55),
)
def test_any_ledger_is_counted_alike(empty, drawn, called, zone, first, length) -> None:
    write(drawn, called)
    begin = date(2026, 3, 6) + timedelta(days=first)
    span = Span(begin, begin + timedelta(days=length), zone)
    expected = plain.report("default", span)
    found = computed("default", span)
    assert replace(found, computed_at=expected.computed_at) == expected
    total = found.total
    for rate in (total.success, total.first_time, total.reach, total.instructed, found.priced):
        assert 0 <= rate.hits <= rate.of
    split = found.first_time.with_instructions + found.first_time.without
    assert split == total.first_time
    assert sum((each.outcome.deliveries for each in found.by_agent), 0) == total.deliveries

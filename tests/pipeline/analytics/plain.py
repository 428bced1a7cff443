"""The figures again, counted by plain Python from whole documents: what MongoDB must agree with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date
from decimal import Decimal
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from app.models import CallLog, Delivery, PushMessage
from app.pipeline.analytics.figures import (
    Cost,
    CostOfDay,
    FirstTime,
    OfAgent,
    OfAttempts,
    OfDay,
    OfHour,
    OfKind,
    OfWait,
    Outcome,
    Rate,
    Report,
    Told,
)
from app.pipeline.analytics.span import Span

HEARD = ("instructed", "confirmed", "declined", "nothing_said", "superseded")
STILL_CALLED = ("pending", "calling", "waiting")
OVER = ("completed", "busy", "no-answer", "failed", "canceled")


def report(tenant_id: str, span: Span) -> Report:
    zone = ZoneInfo(span.time_zone)
    wanted = set(span.days)
    deliveries = [
        each
        for each in Delivery.of(tenant_id)
        if each.scheduled_time.astimezone(zone).date() in wanted
    ]
    calls = [
        each
        for each in CallLog.of(tenant_id)
        if each.claimed_at.astimezone(zone).date() in wanted and each.status in OVER
    ]
    by_day: dict[date, list[Delivery]] = defaultdict(list)
    by_agent: dict[str | None, list[Delivery]] = defaultdict(list)
    by_kind: dict[str, list[Delivery]] = defaultdict(list)
    for each in deliveries:
        by_day[each.scheduled_time.astimezone(zone).date()].append(each)
        by_agent[str(each.agent_id) if each.agent_id else None].append(each)
        for kind in {one.kind.value for one in each.analysis.directives} if each.analysis else ():
            by_kind[kind].append(each)
    return Report(
        first=span.first,
        last=span.last,
        time_zone=span.time_zone,
        computed_at=span.start.astimezone(UTC),
        total=outcome(deliveries),
        by_day=tuple(OfDay(day, outcome(by_day[day])) for day in sorted(wanted)),
        by_agent=tuple(sorted(
            (OfAgent(agent, outcome(mine)) for agent, mine in by_agent.items()),
            key=lambda one: (one.agent_id is None, -one.outcome.deliveries, one.agent_id),
        )),
        by_hour=hours(calls, zone),
        attempts=tuple(
            OfAttempts(n, count)
            for n, count in sorted(Counter(filter(None, map(reached_after, deliveries))).items())
        ),
        first_time=FirstTime(
            first_tries(each for each in deliveries if knew_before(each)),
            first_tries(each for each in deliveries if not knew_before(each)),
        ),
        by_kind=tuple(sorted(
            (OfKind(kind, len(those), first_tries(those)) for kind, those in by_kind.items()),
            key=lambda one: (-one.deliveries, one.kind),
        )),
        told=told(tenant_id, calls),
        waits=waits(told_after(tenant_id, calls)),
        costs=costs(calls),
        costs_by_day=tuple(
            CostOfDay(day, each.currency, each.amount, each.calls)
            for day in sorted(wanted)
            for each in costs(c for c in calls if c.claimed_at.astimezone(zone).date() == day)
        ),
        priced=Rate(
            sum(1 for each in calls if each.call_sid and each.cost is not None),
            sum(1 for each in calls if each.call_sid),
        ),
    )  # fmt: skip


def outcome(deliveries: list[Delivery]) -> Outcome:
    statuses = Counter(each.status for each in deliveries)
    approached = [each for each in deliveries if was_approached(each)]
    return Outcome(
        deliveries=len(deliveries),
        cancelled=statuses["cancelled"],
        success=Rate(statuses["completed"], statuses["completed"] + statuses["failed"]),
        first_time=first_tries(deliveries),
        reach=Rate(sum(each.outreach.state in HEARD for each in approached), len(approached)),
        instructed=Rate(
            sum(each.outreach.state == "instructed" for each in approached), len(approached)
        ),
    )


def counted(delivery: Delivery) -> int:
    return delivery.outreach.attempts - (delivery.outreach.excused or 0)


def was_approached(delivery: Delivery) -> bool:
    if delivery.outreach.state in STILL_CALLED:
        return False
    return delivery.outreach.state in HEARD or counted(delivery) > 0


def reached_after(delivery: Delivery) -> int | None:
    heard = delivery.outreach.state in HEARD and delivery.outreach.channel == "call"
    return counted(delivery) if heard and counted(delivery) > 0 else None


def first_end(delivery: Delivery) -> Any:
    for step in delivery.history:
        if step.machine == "delivery" and step.target in ("completed", "failed"):
            return step
    return None


def first_tries(deliveries: Iterable[Delivery]) -> Rate:
    ends = [end for end in map(first_end, deliveries) if end is not None]
    return Rate(sum(end.target == "completed" for end in ends), len(ends))


def knew_before(delivery: Delivery) -> bool:
    end = first_end(delivery)
    return end is not None and any(
        step.machine == "outreach" and step.target == "instructed" and step.at <= end.at
        for step in delivery.history
    )


def hours(calls: list[CallLog], zone: ZoneInfo) -> tuple[OfHour, ...]:
    found: dict[int, list[CallLog]] = defaultdict(list)
    for each in calls:
        placed = each.direction == "outbound" and each.dialing_at and each.status != "canceled"
        if placed and each.outcome != "not_placed":
            found[each.dialing_at.astimezone(zone).hour].append(each)
    return tuple(
        OfHour(
            hour,
            Rate(
                sum(e.status == "completed" and e.answered_by != "machine" for e in those),
                len(those),
            ),
            Rate(sum(e.outcome == "instructed" for e in those), len(those)),
        )
        for hour, those in sorted(found.items())
    )


def told_after(tenant_id: str, calls: list[CallLog]) -> list[int]:
    first: dict[Any, Any] = {}
    for message in PushMessage.of(tenant_id).order_by("sent_at"):
        first.setdefault(message.call_id, message.sent_at)
    return sorted(
        min(86_400, max(0, int((first[each.pk] - each.end_time).total_seconds() // 1)))
        for each in calls
        if each.pk in first
        and each.end_time
        and each.status == "completed"
        and each.answered_by != "machine"
    )


def waits(seconds: list[int]) -> tuple[OfWait, ...]:
    if not seconds:
        return ()
    steps = ((0, 5), (5, 10), (10, 20), (20, 30), (30, 60), (60, 120), (120, 300), (300, 900))
    steps += ((900, 3600), (3600, None))
    return tuple(
        OfWait(to, sum(s > since or since == s == 0 for s in seconds if to is None or s <= to))
        for since, to in steps
    )


def told(tenant_id: str, calls: list[CallLog]) -> Told:
    seconds = told_after(tenant_id, calls)
    if not seconds:
        return Told()
    return Told(
        calls=len(seconds),
        mean=fmean(seconds),
        median=seconds[(len(seconds) + 1) // 2 - 1],
        p95=seconds[-(-len(seconds) * 95 // 100) - 1],
        longest=seconds[-1],
    )


def costs(calls: Iterable[CallLog]) -> tuple[Cost, ...]:
    found: dict[str, list[Decimal]] = defaultdict(list)
    for each in calls:
        if each.call_sid and each.cost is not None:
            found[each.currency or "unknown"].append(Decimal(f"{each.cost:.15g}"))
    return tuple(
        Cost(currency, sum(amounts, Decimal(0)), len(amounts))
        for currency, amounts in sorted(found.items())
    )

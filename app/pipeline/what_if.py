"""What if: which of last week's calls would other choices of the company have changed?

The gate is asked again about deliveries whose van came last week, under the choices that hold and
under those that are proposed: at the moment each was planned, when its first call would have been;
at each further call that was made, whether it would have been. Numbers, consents and contacts
count as they stood then, to the day. What would have followed from a changed call is not
guessed. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal

from bson import ObjectId

from app.models import CallLog, Delivery, Message
from app.pipeline.standing import Ledger, of_the_company
from app.rules.gate import Facts, Reason, RuleBook, Verdict, Weight, judge

SPAN = timedelta(days=7)
MOST = 300
"""Deliveries that are judged again; of more, so many spread evenly over the week."""
_KNOWN = 20_000
"""Deliveries of the week that are counted."""
_EQUAL = timedelta(minutes=1)
_BEFORE = timedelta(days=1)
"""A delivery of which nobody knows when it was planned: so long before its van."""
_TEXTED = ("unreachable", "nothing_said")
Change = Literal["same", "moved", "dropped", "gained", "never"]
"""``dropped``: allowed under the present choices, never under the proposed; ``gained``: the other
way round; ``never``: under neither."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call, under the present choices and the proposed."""

    delivery_id: ObjectId
    reference: str | None
    time_zone: str
    attempt: int
    change: Change
    present: datetime | None
    """When it would be allowed; None for never."""
    proposed: datetime | None
    reasons: tuple[Reason, ...]
    """What the proposed choices bring against it that did not stand against it before; what the
    present ones did, where it is gained."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What would have changed."""

    since: datetime
    until: datetime
    known: int
    """Deliveries of the week; ``_KNOWN`` stands for that many or more."""
    looked_at: int
    first: tuple[Outcome, ...]
    further: tuple[Outcome, ...]
    texts: int
    """Text messages more, or fewer where negative, among the deliveries looked at."""


@dataclass(frozen=True, slots=True)
class _Asked:
    delivery: Delivery
    at: datetime
    attempt: int


def what_if(
    tenant_id: str,
    present: Mapping[str, Any],
    proposed: Mapping[str, Any],
    *,
    now: datetime,
    book: RuleBook,
    window: tuple[time, time],
) -> Answer:
    """Ask the gate again. ``present`` and ``proposed`` hold fields of ``CallingChoices``."""
    since = now - SPAN
    ids = _of_the_week(tenant_id, since, now)
    chosen = spread(ids, MOST)
    deliveries = list(Delivery.of(tenant_id, pk__in=chosen)) if chosen else []
    first = [_Asked(each, _planned(each), 1) for each in deliveries]
    further = _further(tenant_id, deliveries)
    before, after = of_the_company(present), of_the_company(proposed)

    def outcomes(asked: Sequence[_Asked]) -> tuple[Outcome, ...]:
        return tuple(
            _outcome(each, replace(facts, **before), replace(facts, **after), book)
            for each, facts in _facts(asked, window)
        )

    return Answer(
        since=since,
        until=now,
        known=len(ids),
        looked_at=len(deliveries),
        first=outcomes(first),
        further=outcomes(further),
        texts=_texts(tenant_id, deliveries, present, proposed),
    )


def spread(ids: Sequence[ObjectId], most: int) -> list[ObjectId]:
    """At most so many of them, evenly spread from the first to the last."""
    if len(ids) <= most:
        return list(ids)
    return [ids[place * len(ids) // most] for place in range(most)]


def _of_the_week(tenant_id: str, since: datetime, until: datetime) -> list[ObjectId]:
    found = Delivery.of(
        tenant_id, scheduled_time__gte=since, scheduled_time__lt=until, deleted_at=None
    )
    return list(found.order_by("scheduled_time").limit(_KNOWN).scalar("id"))


def _planned(delivery: Delivery) -> datetime:
    latest: datetime = delivery.scheduled_time - timedelta(minutes=1)
    made: datetime = delivery.created_at or delivery.scheduled_time - _BEFORE
    return min(made, latest)


def _further(tenant_id: str, deliveries: Sequence[Delivery]) -> list[_Asked]:
    """The calls after the first that were made about them."""
    by_id = {each.pk: each for each in deliveries}
    calls = CallLog.of(
        tenant_id, delivery_id__in=list(by_id), direction="outbound", attempt__gt=1
    ).only("tenant_id", "delivery_id", "attempt", "dialing_at", "claimed_at")
    return [
        _Asked(by_id[call.delivery_id], call.dialing_at or call.claimed_at, call.attempt)
        for call in calls
    ]


def _facts(asked: Sequence[_Asked], window: tuple[time, time]) -> Iterator[tuple[_Asked, Facts]]:
    """The facts about each as they stood then; the collections are read once for each day."""
    by_day: dict[datetime, list[_Asked]] = {}
    for each in asked:
        day = each.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        by_day.setdefault(day, []).append(each)
    for day, some in sorted(by_day.items()):
        ledger = Ledger.read([each.delivery for each in some], day, None, frozenset())
        for each in some:
            facts = ledger.facts(each.delivery, "call", each.at, window)
            if facts is not None:
                yield each, _then(facts, each.at)


def _then(facts: Facts, at: datetime) -> Facts:
    """Without what came later: the answer, the van, later contacts and wishes; later consents
    the gate leaves out by itself."""
    return replace(
        facts,
        over=False,
        heard=None,
        contacts=tuple(each for each in facts.contacts if each.at < at),
        suppressions=tuple(each for each in facts.suppressions if each.since <= at),
    )


def _outcome(asked: _Asked, present: Facts, proposed: Facts, book: RuleBook) -> Outcome:
    was, would = judge(present, book), judge(proposed, book)
    change = _change(was.not_before, would.not_before)
    reasons: tuple[Reason, ...] = ()
    if change in ("moved", "dropped"):
        reasons = _new(would, was)
    elif change == "gained":
        reasons = _new(was, would)
    return Outcome(
        delivery_id=asked.delivery.pk,
        reference=asked.delivery.reference,
        time_zone=asked.delivery.time_zone,
        attempt=asked.attempt,
        change=change,
        present=was.not_before,
        proposed=would.not_before,
        reasons=reasons,
    )


def _change(was: datetime | None, would: datetime | None) -> Change:
    if was is None:
        return "never" if would is None else "gained"
    if would is None:
        return "dropped"
    return "same" if abs(would - was) < _EQUAL else "moved"


def _new(against: Verdict, other: Verdict) -> tuple[Reason, ...]:
    """What stands against it in the one verdict and not in the other; all, where nothing does."""
    found = tuple(each for each in against.reasons if each.weight is not Weight.ALLOWS)
    known = {each.rule for each in other.reasons if each.weight is not Weight.ALLOWS}
    return tuple(each for each in found if each.rule not in known) or found


def _texts(
    tenant_id: str,
    deliveries: Iterable[Delivery],
    present: Mapping[str, Any],
    proposed: Mapping[str, Any],
) -> int:
    """Messages more where they are let, and fewer where they are not any more."""
    was, would = bool(present.get("texts", True)), bool(proposed.get("texts", True))
    if was == would:
        return 0
    if would:
        return sum(each.outreach.state in _TEXTED for each in deliveries)
    ids = [each.pk for each in deliveries]
    return -int(Message.of(tenant_id, delivery_id__in=ids, purpose="link").count())

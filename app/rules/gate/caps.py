"""How often a number was contacted, how often it may be, and when the next time is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.rules.gate import standing, windows
from app.rules.gate.book import Applying, Cap
from app.rules.gate.facts import Contact, Facts
from app.rules.gate.verdict import Count, Reason, Weight

_COMPANY = "the company's own choice"


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap as it holds in one case: its rule, and the number that may not be passed."""

    rule: Cap
    most: int


def applying(facts: Facts, rules: Applying) -> tuple[Limit, ...]:
    """The caps that hold, with the company's own, which only narrow."""
    held = standing.consent(facts)
    limits = [Limit(rule, rule.most) for rule in rules.caps if not (rule.without_consent and held)]
    if facts.channel == "call":
        limits += [Limit(rule, rule.most) for rule in _own(facts)]
    return tuple(limits)


def _own(facts: Facts) -> list[Cap]:
    own = []
    if facts.most_calls_a_day is not None:
        own.append(
            Cap(
                id="company-calls-a-day", version=1, source=_COMPANY, per="phone",
                most=facts.most_calls_a_day, local_day=True,
                says=f"at most {facts.most_calls_a_day} calls to a number on one day",
            )
        )  # fmt: skip
    if facts.most_calls_a_delivery is not None:
        own.append(
            Cap(
                id="company-calls-a-delivery", version=1, source=_COMPANY, per="delivery",
                most=facts.most_calls_a_delivery,
                says=f"at most {facts.most_calls_a_delivery} calls about one delivery",
            )
        )  # fmt: skip
    return own


def counted(limit: Limit, facts: Facts, zones: tuple[str, ...]) -> Count:
    """How much of the cap is used up now."""
    made = len(_in_force(limit.rule, facts.now, facts, zones))
    return Count(limit.rule.id, made, limit.most)


def reason(limit: Limit, count: Count) -> Reason:
    """What a cap says of its count."""
    rule = limit.rule
    says = f"{count.made} of {limit.most} made: {rule.says}"
    weight = Weight.ALLOWS
    if count.made >= limit.most:
        weight = Weight.FORBIDS if rule.per == "delivery" else Weight.DELAYS
    return Reason(rule.id, rule.version, rule.source, says, weight)


def free_from(
    at: datetime, limits: tuple[Limit, ...], facts: Facts, zones: tuple[str, ...]
) -> datetime | None:
    """The first moment from ``at`` on at which no cap stands against it; None where never."""
    free = at
    for limit in limits:
        moment: datetime | None = free
        while moment is not None and (
            len(force := _in_force(limit.rule, moment, facts, zones)) >= limit.most
        ):
            moment = _after(limit, moment, force, zones)
        if moment is None:
            return None
        free = moment
    return free


def _in_force(rule: Cap, at: datetime, facts: Facts, zones: tuple[str, ...]) -> list[Contact]:
    """The contacts that count at a moment. Those dated later count too: clocks differ."""
    matter = [contact for contact in facts.contacts if contact.channel in rule.counts]
    if rule.per == "delivery":
        return [contact for contact in matter if standing.about(contact, facts)]
    if rule.hours is not None:
        since = at - timedelta(hours=rule.hours)
        return [contact for contact in matter if contact.at > since]
    # In several zones the fullest day counts.
    days = []
    for zone in zones:
        today = at.astimezone(windows.zone(zone)).date()
        days.append([c for c in matter if c.at.astimezone(windows.zone(zone)).date() >= today])
    return max(days, key=len, default=matter)


def _after(
    limit: Limit, at: datetime, force: list[Contact], zones: tuple[str, ...]
) -> datetime | None:
    """A later moment at which fewer contacts count."""
    if limit.rule.per == "delivery":
        return None
    if limit.rule.hours is not None:
        oldest = min(contact.at for contact in force)
        return oldest.astimezone(UTC) + timedelta(hours=limit.rule.hours)
    starts = []
    for zone in zones:
        day = at.astimezone(windows.zone(zone)).date()
        for ahead in range(1, 4):
            stretches = windows.stretches(zone, day + timedelta(days=ahead))
            if stretches:
                starts.append(stretches[0][0])
                break
    return min(starts, default=None)

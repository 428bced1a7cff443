"""The judgement: what every rule that holds here makes of the facts, and when it is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from app.rules.gate import caps, leads, standing, windows
from app.rules.gate.book import Applying, Closed, RuleBook
from app.rules.gate.calendar import clock, closed_by, hours_on, seconds
from app.rules.gate.facts import Facts
from app.rules.gate.overlap import meets
from app.rules.gate.place import Place, find
from app.rules.gate.verdict import Count, Reason, Verdict, Weight

HOUSE = "this installation's setting CALLING_HOURS"
COMPANY = "the company's own choice"
PRODUCT = "how this product works"
_MOST_STEPS = 64


def judge(facts: Facts, book: RuleBook) -> Verdict:
    """May the customer be called or texted at ``facts.now``; if not, from when, or never?

    Every rule that may hold where the customer may be has to agree: rules only narrow one another.
    The reasons name each that mattered, those that stand against it first.
    """
    place = find(facts.phone, facts.coordinates, facts.stated_zone, facts.states)
    rules = book.applying(place.regions, facts.channel)
    case = _Case(facts, place, rules)
    reasons = [*standing.reasons(facts, rules)]
    capped = caps.applying(facts, rules)
    counts = tuple(caps.counted(cap, facts, place.zones) for cap in capped)
    reasons += [
        caps.reason(cap, count) for cap, count in zip(capped, counts, strict=True) if count.made
    ]
    reasons += case.of_the_clock()
    span = None
    if not place.zones:
        reasons.append(_reason("place", "nobody knows what time it is where the customer is"))
    elif not any(reason.weight is Weight.FORBIDS for reason in reasons):
        span = case.opening(capped)
        reasons += leads.reasons(facts, rules, None if span is None else span[0])
        if span is None:
            reasons.append(case.too_late(capped))
    return _verdict(case, book.version, span, reasons, counts)


@dataclass(slots=True)
class _Case:
    facts: Facts
    place: Place
    rules: Applying
    days: dict[date, windows.Hours | None] = field(default_factory=dict)

    def open_on(self, day: date) -> windows.Hours | None:
        """The local day's hours, by rules, installation, company and quiet days."""
        if day not in self.days:
            self.days[day] = self._open_on(day)
        return self.days[day]

    def _open_on(self, day: date) -> windows.Hours | None:
        if day in self.facts.quiet_days:
            return None
        since, until = hours_on(self.rules, day.weekday())
        for own in (self.facts.installation_hours, self.facts.tenant_hours):
            if own is not None:
                narrower = seconds(own)
                since, until = max(since, narrower[0]), min(until, narrower[1])
        if since >= until or any(
            closed_by(rule, self.place.regions, day) for rule in self.rules.closed
        ):
            return None
        return since, until

    def opening(self, capped: tuple[caps.Limit, ...]) -> windows.Span | None:
        """The first stretch that all rules leave open; rather too early than never."""
        now = self.facts.now.astimezone(UTC)
        for begin in leads.beginnings(self.facts, self.rules):
            span = self.earliest(max(now, begin), capped, self.facts.deadline)
            if span is not None or begin <= now:
                return span
        return self.earliest(now, capped, self.facts.deadline)

    def earliest(
        self, at: datetime, capped: tuple[caps.Limit, ...], until: datetime | None
    ) -> windows.Span | None:
        """The first stretch from ``at`` on that clock, calendar and caps leave open."""
        for _ in range(_MOST_STEPS):
            free = caps.free_from(at, capped, self.facts, self.place.zones)
            if free is None:
                return None
            span = windows.next_open(free, self.place.zones, self.open_on, until)
            if span is None or span[0] == at:
                return span
            at = span[0]
        return None

    def local(self, zone: str) -> datetime:
        return self.facts.now.astimezone(windows.zone(zone))

    def of_the_clock(self) -> Iterator[Reason]:
        """What hours, closed days and quiet days say of this moment in every zone."""
        walls = [(zone, self.local(zone)) for zone in self.place.zones]
        for rule in self.rules.hours:
            outside = [
                _wall(zone, wall)
                for zone, wall in walls
                if wall.weekday() in rule.days and not rule.since <= _second(wall) < rule.until
            ]
            yield _hours_reason(rule.id, rule.version, rule.source, rule.says, outside)
        for closed in self.rules.closed:
            yield self._closed_reason(closed, walls)
        yield from self._own_hours(walls)
        quiet = [wall for _, wall in walls if wall.date() in self.facts.quiet_days]
        if quiet:
            says = f"{quiet[0]:%Y-%m-%d} is a quiet day"
            yield Reason("quiet-days", 1, COMPANY, says, Weight.DELAYS)

    def _closed_reason(self, rule: Closed, walls: list[tuple[str, datetime]]) -> Reason:
        for _, wall in walls:
            why = closed_by(rule, self.place.regions, wall.date())
            if why:
                return Reason(
                    rule.id, rule.version, rule.source, f"{why}: {rule.says}", Weight.DELAYS
                )
        return Reason(rule.id, rule.version, rule.source, rule.says)

    def _own_hours(self, walls: list[tuple[str, datetime]]) -> Iterator[Reason]:
        for name, own, source in (
            ("installation-hours", self.facts.installation_hours, HOUSE),
            ("company-hours", self.facts.tenant_hours, COMPANY),
        ):
            if own is None:
                continue
            since, until = seconds(own)
            outside = [
                _wall(zone, wall) for zone, wall in walls if not since <= _second(wall) < until
            ]
            yield _hours_reason(
                name, 1, source, f"from {clock(since)} to {clock(until)} where the customer is",
                outside,
            )  # fmt: skip

    def too_late(self, capped: tuple[caps.Limit, ...]) -> Reason:
        """Why there is no opening; one after the van tells that the van is what is too early."""
        van = self.facts.deadline is not None
        rule = "deadline" if van else "no-opening"
        if van and self.earliest(self.facts.now.astimezone(UTC), capped, None) is not None:
            return _reason(rule, "the delivery is due before that")
        installation, tenant = self.facts.installation_hours, self.facts.tenant_hours
        house = () if installation is None else (installation,)
        if (
            tenant is not None
            and meets(self.rules, *house)
            and not meets(self.rules, *house, tenant)
        ):
            return _reason(rule, "the company's hours and the lawful hours never meet")
        when = "before the van" if van else "in the next weeks"
        return _reason(rule, f"no hour {when} suits every rule that may hold")


def _reason(rule: str, says: str) -> Reason:
    return Reason(rule, 1, PRODUCT, says, Weight.FORBIDS)


def _hours_reason(rule: str, version: int, source: str, says: str, outside: list[str]) -> Reason:
    if not outside:
        return Reason(rule, version, source, says)
    at = outside[0] if len(outside) == 1 else f"{outside[0]}, and {len(outside) - 1} more"
    return Reason(rule, version, source, f"{at} is outside: {says}", Weight.DELAYS)


def _wall(zone: str, wall: datetime) -> str:
    return f"{wall:%H:%M} in {zone}"


def _second(wall: datetime) -> int:
    return wall.hour * 3600 + wall.minute * 60 + wall.second


_ORDER = {Weight.FORBIDS: 0, Weight.DELAYS: 1, Weight.ALLOWS: 2}


def _verdict(
    case: _Case,
    version: str,
    span: windows.Span | None,
    reasons: list[Reason],
    counts: tuple[Count, ...],
) -> Verdict:
    now = case.facts.now.astimezone(UTC)
    end = span[1] if span else None
    if end is not None and case.facts.deadline is not None:
        end = min(end, case.facts.deadline.astimezone(UTC))
    consent = standing.consent(case.facts)
    return Verdict(
        allowed=span is not None and span[0] == now,
        not_before=span[0] if span else None,
        not_after=end,
        reasons=tuple(sorted(reasons, key=lambda reason: _ORDER[reason.weight])),
        local_times=tuple((zone, case.local(zone)) for zone in case.place.zones),
        found_by=case.place.found_by,
        regions=tuple(sorted(case.place.regions)),
        rules_version=version,
        at=now,
        channel=case.facts.channel,
        consent_id=consent.id if consent else None,
        counts=counts,
    )

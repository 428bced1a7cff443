"""How early before the van: what a customer says weeks ahead is out of date when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.rules.gate.book import Applying, Lead
from app.rules.gate.facts import Facts
from app.rules.gate.verdict import Reason, Weight

_COMPANY = "the company's own choice"
_DOUBLINGS = 10


def beginnings(facts: Facts, rules: Applying) -> Iterator[datetime]:
    """From when the customer may be disturbed; should no hour after it do, then from the next."""
    held = _holding(facts, rules)
    if held is None or facts.deadline is None:
        return
    lead = timedelta(hours=held.hours)
    for _ in range(_DOUBLINGS):
        yield facts.deadline.astimezone(UTC) - lead
        lead *= 2


def reasons(facts: Facts, rules: Applying, opening: datetime | None) -> Iterator[Reason]:
    """What the lead says of this moment, given the first that all rules together leave open."""
    held = _holding(facts, rules)
    begin = next(beginnings(facts, rules), None)
    if held is None or begin is None:
        return
    says, weight = held.says, Weight.ALLOWS
    if facts.now < begin and opening is not None:
        if opening > facts.now:
            weight = Weight.DELAYS
        else:
            says += ", but no hour after that is open"
    yield Reason(held.id, held.version, held.source, says, weight)


def _holding(facts: Facts, rules: Applying) -> Lead | None:
    """The shortest that holds, with the company's own, which only narrows."""
    held = list(rules.leads)
    if facts.days_ahead is not None:
        days = f"{facts.days_ahead} days" if facts.days_ahead > 1 else "a day"
        held.append(
            Lead(
                id="company-days-ahead", version=1, source=_COMPANY, hours=24 * facts.days_ahead,
                says=f"not earlier than {days} before the van",
            )
        )  # fmt: skip
    return min(held, key=lambda lead: lead.hours, default=None)

"""The figures of a range of days. What each means stands here and nowhere else.

``docs/metrics.md`` tells the same to people, and a test holds the two together. Every share comes
with what it is a share of: three of four is not three thousand of four thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.states import OUTREACH_SETTLED, CallStatus, OutreachState

REACHED: frozenset[str] = frozenset(
    state.value
    for state in (
        OutreachState.INSTRUCTED,
        OutreachState.CONFIRMED,
        OutreachState.DECLINED,
        OutreachState.NOTHING_SAID,
        OutreachState.SUPERSEDED,
    )
)
"""Outreach states in which a customer was reached: somebody answered, by call, link or text."""
SETTLED = OUTREACH_SETTLED
NOT_MADE: frozenset[str] = frozenset(("not_placed",))
"""Outcomes of calls that never left the house."""
NEVER_RANG = CallStatus.CANCELED.value
WAITS = (5, 10, 20, 30, 60, 120, 300, 900, 3600)
"""Seconds: the steps in which it is told how long drivers waited for what was heard."""
LONGEST_TOLD = 86_400
"""Seconds; whoever was told later counts as told after so long."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many ``hits`` ``of`` so many."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.hits / self.of if self.of else None

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.hits + other.hits, self.of + other.of)


NONE = Rate(0, 0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some deliveries."""

    deliveries: int = 0
    """Whose van was planned for these days, as the plan stands now."""
    cancelled: int = 0
    success: Rate = NONE
    """Completed, of those completed or failed."""
    first_time: Rate = NONE
    """Completed at the first try, of those whose first try is over."""
    reach: Rate = NONE
    """Customers reached, of those approached: called at least once (attempts that are no fault of
    theirs left out), or heard without a call. Whoever is still being called does not count yet."""
    instructed: Rate = NONE
    """Customers who gave instructions, of those approached."""

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.deliveries + other.deliveries,
            self.cancelled + other.cancelled,
            self.success + other.success,
            self.first_time + other.first_time,
            self.reach + other.reach,
            self.instructed + other.instructed,
        )


@dataclass(frozen=True, slots=True)
class OfDay:
    """The deliveries of one day by the company's clock; a day without any has zeros."""

    day: date
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class OfAgent:
    """The deliveries that are one agent's now; without an id, those that are nobody's."""

    agent_id: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class OfHour:
    """Calls that were placed in one hour of the day by the company's clock, over all the days."""

    hour: int
    answered: Rate
    """Answered by a person as far as is known, of calls that were placed and are over."""
    instructed: Rate
    """Calls that brought instructions, of the same."""


@dataclass(frozen=True, slots=True)
class OfAttempts:
    """Customers reached by a call of ours that was the so-many-eth."""

    attempts: int
    customers: int


@dataclass(frozen=True, slots=True)
class OfKind:
    """Deliveries for which a directive of one kind holds now."""

    kind: str
    deliveries: int
    first_time: Rate
    """As in ``Outcome``."""


@dataclass(frozen=True, slots=True)
class FirstTime:
    """First tries, by whether the customer had given instructions before the try was over."""

    with_instructions: Rate
    without: Rate


@dataclass(frozen=True, slots=True)
class Told:
    """From hang-up to the driver's first message about the call, in whole seconds."""

    calls: int = 0
    """Calls of which a driver was told."""
    mean: float | None = None
    median: int | None = None
    p95: int | None = None
    """Nineteen in twenty were told within so long."""
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class OfWait:
    """Calls of which a driver was told after so long, and no sooner than the step before says."""

    within: int | None
    """Seconds, one of ``WAITS``; None: longer than the longest of these."""
    calls: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls cost, in one currency, as the network said."""

    currency: str
    """ISO 4217; ``unknown`` where only an amount was kept."""
    amount: Decimal
    calls: int
    """Calls with a price."""


@dataclass(frozen=True, slots=True)
class CostOfDay:
    """What the calls that were begun on one day cost, in one currency."""

    day: date
    currency: str
    amount: Decimal
    calls: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a range of days."""

    first: date
    last: date
    time_zone: str
    computed_at: datetime
    total: Outcome
    by_day: tuple[OfDay, ...]
    by_agent: tuple[OfAgent, ...]
    by_hour: tuple[OfHour, ...]
    """The hours in which calls were placed."""
    attempts: tuple[OfAttempts, ...]
    first_time: FirstTime
    by_kind: tuple[OfKind, ...]
    told: Told
    waits: tuple[OfWait, ...]
    """The same calls by how long it took; all steps are there once anybody was told."""
    costs: tuple[Cost, ...]
    costs_by_day: tuple[CostOfDay, ...]
    """Days on which nothing was paid are left out."""
    priced: Rate
    """Calls with a price, of all that the network knows and that are over, in either direction."""

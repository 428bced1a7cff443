"""Figures as the API shows them: each share with what it is a share of."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.pipeline.analytics.series import MOST_POINTS
from app.saying import Saying
from app.web.api.shapes import Given, GivenMoment, Id, Moment, Shape

_AS_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Metric = Literal[
    "calls_under_way", "calls_ended", "call_success_rate", "deliveries_due", "reviews_open",
    "hang_up_to_told",
]  # fmt: skip
"""Those of one company; the installation's own are the operator's."""


def _day(given: Any) -> Any:
    # Without this, a number would be taken for so many seconds since 1970.
    if isinstance(given, str) and not _AS_WRITTEN.fullmatch(given):
        raise ValueError(Saying("must be a day, as 2026-03-02"))
    return given


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-02"]}),
]


class _Figures(Shape):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class RateOut(_Figures):
    """So many of so many."""

    hits: int
    of: int
    share: float | None = Field(description="Between 0 and 1; null of nothing.")


class OutcomeOut(_Figures):
    """What became of some deliveries."""

    deliveries: int = Field(description="Whose van was planned for these days.")
    cancelled: int
    success: RateOut = Field(description="Completed, of those completed or failed.")
    first_time: RateOut = Field(
        description="Completed at the first try, of those whose first try is over."
    )
    reach: RateOut = Field(description="Customers reached, of those approached.")
    instructed: RateOut = Field(description="Who gave instructions, of those approached.")


class DayOut(_Figures):
    """One day by the company's clock."""

    day: Day
    outcome: OutcomeOut


class AgentFiguresOut(_Figures):
    """The deliveries that are one agent's now."""

    agent_id: str | None = Field(description="Null: nobody's.")
    name: str | None = None
    outcome: OutcomeOut


class HourOut(_Figures):
    """Calls that were dialled in one hour of the day."""

    hour: int = Field(description="0 to 23, by the company's clock.")
    answered: RateOut
    instructed: RateOut


class AttemptsOut(_Figures):
    """Customers reached by the so-many-eth call."""

    attempts: int
    customers: int


class KindOut(_Figures):
    """Deliveries with a directive of one kind."""

    kind: str
    deliveries: int
    first_time: RateOut


class FirstTimeOut(_Figures):
    """First tries, by whether the customer had given instructions before."""

    with_instructions: RateOut
    without: RateOut


class ToldOut(_Figures):
    """From hang-up to the driver's first message, in seconds."""

    calls: int
    mean: float | None
    median: int | None
    p95: int | None
    longest: int | None


class CostOut(_Figures):
    """What calls cost in one currency."""

    currency: str = Field(description="ISO 4217, or unknown.")
    amount: Decimal = Field(description="A decimal number as text: fractions of cents are exact.")
    calls: int


class WaitOut(_Figures):
    """Calls of which a driver was told after so long."""

    within: int | None = Field(
        description="Seconds at most, and longer than the step before; null: longer than any step."
    )
    calls: int


class CostOfDayOut(CostOut):
    """What the calls that were begun on one day cost in one currency."""

    day: Day


class ReportOut(_Figures):
    """All figures of a range of days."""

    first: Day
    last: Day
    time_zone: str
    computed_at: Moment = Field(description="As of when the figures are: a minute old at most.")
    total: OutcomeOut
    by_day: list[DayOut]
    by_agent: list[AgentFiguresOut]
    by_hour: list[HourOut]
    attempts: list[AttemptsOut]
    first_time: FirstTimeOut
    by_kind: list[KindOut]
    told: ToldOut
    waits: list[WaitOut]
    costs: list[CostOut]
    costs_by_day: list[CostOfDayOut]
    priced: RateOut = Field(description="Calls with a price, of all that the network knows.")


class KnownReportOut(Shape):
    """All figures of a range of days as they were last counted."""

    report: ReportOut | None = Field(description="Null where nobody has asked for them lately.")


class ReportAsked(Given):
    """Which days, by whose clock, and of whom."""

    first: Annotated[
        Day | None, Field(description="First day; the Monday of last week where both are absent.")
    ] = None
    last: Annotated[
        Day | None, Field(description="Last day, included; where one end is absent, a week.")
    ] = None
    time_zone: Annotated[
        str | None, Field(max_length=60, description="The company's where it is absent.")
    ] = None
    agent_id: Annotated[
        Id | None,
        Field(description="Only what is this agent's now; everybody's where it is absent."),
    ] = None


class PointOut(_Figures):
    """What was measured within one step."""

    at: Moment
    mean: float
    low: float
    high: float
    n: int = Field(description="How many measurements these are.")


class OneSeriesOut(_Figures):
    """One metric of one label."""

    labels: dict[str, str]
    points: list[PointOut]


class SeriesOut(Shape):
    """A metric over time; steps in which nothing was measured have no point."""

    metric: Metric
    unit: str
    series: list[OneSeriesOut]


class SeriesAsked(Given):
    """What is to be drawn, and how finely."""

    metric: Metric
    since: GivenMoment | None = None
    until: GivenMoment | None = None
    points: Annotated[int, Field(ge=1, le=MOST_POINTS, description="How many at most.")] = 300

"""What planning asks and is told: the calendar, many assignments, suggestions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.rules.suggestion import WhyLeft
from app.web.api.delivery_shapes import Outreaching, Status, Urgency
from app.web.api.shapes import WHOLE, Given, GivenMoment, Id, Moment, Place, Shape

MOST = 500
_MOST_STOPS = 2000
_ID = "65a1b2c3d4e5f60718293a4b"


class CalendarAsked(Given):
    """Which range, and how it is divided."""

    scheduled_from: GivenMoment
    scheduled_before: Annotated[GivenMoment, Field(description="At most 100 days later.")]
    by: Literal["day", "hour"] = "day"
    time_zone: Annotated[
        str | None,
        Field(max_length=60, description="Divides the days; the company's unless given."),
    ] = None
    agent_id: Annotated[Id | None, Field(description="Those of one agent.")] = None
    unassigned: Annotated[bool, Field(description="Those of nobody, instead.")] = False
    status: Annotated[
        list[Status], Field(max_length=6, description="One of these; repeat it for several.")
    ] = []
    stops_up_to: Annotated[
        int,
        Field(
            ge=0, le=_MOST_STOPS, description="List the deliveries where there are at most so many."
        ),
    ] = 300


class StateCountOut(Shape):
    """So many deliveries in one state."""

    start: Moment = Field(description="Of the day or hour.")
    status: Status
    deliveries: int


class StopOut(Shape):
    """One delivery, as far as planning it needs; read it to change it."""

    id: Id
    reference: str | None
    customer_id: Id | None = Field(description="null once the customer was erased.")
    customer: str | None = Field(description="The name; null without customers:read.")
    address: str
    place: Place | None
    status: Status
    outreach: Outreaching
    needs_review: bool
    agent_id: Id | None
    sequence: int | None
    priority: Urgency
    scheduled_time: Moment
    window_end: Moment | None
    time_zone: str
    estimated_duration: int = Field(description="Minutes.")


class CalendarOut(Shape):
    """A range of time."""

    time_zone: str
    total: int
    counts: list[StateCountOut]
    stops: list[StopOut] | None = Field(
        description="In the order of their times; null where there are more than were asked for."
    )


class AssignedOne(Given):
    """One delivery for one agent."""

    delivery_id: Id
    agent_id: Id


class ManyAssigned(Given):
    """Who is to drive what."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"delivery_id": _ID, "agent_id": _ID}]}]}
    )
    items: Annotated[list[AssignedOne], Field(min_length=1, max_length=MOST)]
    only_unassigned: Annotated[
        bool, Field(description="Refuse what somebody else drives already.")
    ] = False


class AssignedRow(Shape):
    """What came of one."""

    delivery_id: Id
    outcome: Literal["assigned", "refused"]
    detail: str | None = Field(default=None, description="Why it was refused.")


class ManyAssignedOut(Shape):
    """What came of each, in the order in which they were sent."""

    assigned: int
    refused: int
    rows: list[AssignedRow]


class SuggestionAsked(Given):
    """For which deliveries, and whom."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scheduled_from": "2027-03-01T00:00:00-05:00",
                    "scheduled_before": "2027-03-02T00:00:00-05:00",
                    "room": 30,
                }
            ]
        }
    )
    scheduled_from: GivenMoment
    scheduled_before: Annotated[GivenMoment, Field(description="At most 7 days later.")]
    delivery_ids: Annotated[list[Id] | None, Field(max_length=MOST, description="These alone.")] = (
        None
    )
    agent_ids: Annotated[
        list[Id] | None, Field(max_length=200, description="These alone; unless given, all.")
    ] = None
    room: Annotated[
        int | None,
        Field(ge=1, le=1000, description="Stops that each can have; the company's unless given."),
        WHOLE,
    ] = None


class MatchOut(Shape):
    """One delivery for one agent."""

    delivery_id: Id
    agent_id: Id
    metres: float | None = Field(
        description="As the crow flies, from the nearest place where the agent is or comes to "
        "anyway; null where it would be the first that is known."
    )


class LeftOut(Shape):
    """A delivery for which nobody was found."""

    delivery_id: Id
    why: WhyLeft = Field(
        description="nowhere: its place is not known; nobody: there is no agent; full: all have as "
        "many as they can; times: who has room is elsewhere then."
    )


class LoadOut(Shape):
    """What one agent has, and would get."""

    agent_id: Id
    name: str
    room: int
    has: int
    gets: int
    metres: float = Field(description="The sum for what they would get: a rough measure.")


class SuggestionOut(Shape):
    """Who could take what. Nothing is changed: assign what you like of it."""

    items: list[MatchOut]
    left: list[LeftOut]
    agents: list[LoadOut]
    more: bool = Field(description="There are more than 500: the later ones were not looked at.")

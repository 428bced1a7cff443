"""Agents: who drives, where they are, and whether they are on shift."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.models import Agent
from app.pipeline import agents, staff
from app.pipeline.dispatch import taken_at
from app.pipeline.staff import NewPerson
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.asking import Ask, Reply
from app.web.api.listing import NEWEST, OLDEST, Order, page_of
from app.web.api.operations import Resource
from app.web.api.phones import Phone, Region, phone_of
from app.web.api.places import NEAR, RADIUS, near_of
from app.web.api.problems import Fault, invalid, not_found
from app.web.api.shapes import (
    Email,
    Given,
    GivenMoment,
    Id,
    Line,
    Listed,
    Moment,
    Page,
    Place,
    Selected,
    Shape,
    Versioned,
    stamped,
)

resource = Resource("Agents", "Who drives: on shift or not, where, and with which deliveries.")
Language = Literal["en", "es", "fr", "de"]
ONE = "/agents/<id:agent_id>"
_ORDERS = {"-created": NEWEST, "created": OLDEST, "name": Order("name")}
_MOST_NEAR = 50


class AgentOut(Versioned):
    """An agent."""

    VOLATILE = frozenset({"place", "located_at", "active_deliveries", "updated_at"})
    id: Id
    name: str
    phone: str
    email: str
    language: Language
    is_active: bool = Field(description="May log in.")
    on_shift_since: Moment | None
    place: Place | None = Field(description="Where they are; known on shift alone.")
    located_at: Moment | None
    receives_pushes: bool
    active_deliveries: int
    total_deliveries: int
    successful_deliveries: int
    average_rating: float
    last_login: Moment | None
    created_at: Moment | None
    updated_at: Moment | None


class AgentPage(Page[AgentOut]):
    """Some agents."""


class NearAgent(Shape):
    """An agent, and how far they are."""

    agent: AgentOut
    metres: float


class NearAgents(Shape):
    """Agents on shift, the nearest first."""

    items: list[NearAgent]


class NewAgent(Given):
    """Somebody who is to drive."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Dana Driver", "email": "dana@example.com", "phone": "+14155550101"}
            ]
        }
    )
    name: Line
    email: Email
    phone: Phone
    region: Region = None
    language: Language = "en"


class ChangedAgent(Given):
    """What is to change; the rest stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "es"}]})
    name: Line = ""
    email: Email = ""
    phone: Phone = ""
    region: Region = None
    language: Language = "en"


class AgentsAsked(Listed):
    """Which agents."""

    is_active: bool | None = None
    on_shift: bool | None = None
    near: NEAR = None
    radius: RADIUS = 5000
    sort: Literal["-created", "created", "name"] = "-created"


class NearestAsked(Given):
    """Near where."""

    place: Annotated[
        str,
        Field(
            pattern=r"^-?\d{1,3}(\.\d{1,8})?,-?\d{1,2}(\.\d{1,8})?$",
            description="Longitude,latitude.",
            examples=["-73.98,40.74"],
        ),
    ]
    radius: Annotated[int, Field(ge=1, le=200_000, description="Metres.")] = 20_000
    limit: Annotated[int, Field(ge=1, le=_MOST_NEAR)] = 10


class Position(Given):
    """Where an agent is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"place": {"longitude": -73.98, "latitude": 40.74}}]}
    )
    place: Place
    at: Annotated[GivenMoment | None, Field(description="Then; now unless given.")] = None


class Shift(Given):
    """Whether the shift begins or ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": True}]})
    on: bool
    at: Annotated[
        GivenMoment | None,
        Field(description="Then; now unless given. At most 72 hours ago, for who had no network."),
    ] = None


@resource.get("/agents", may=Permission.AGENTS_READ, answer=AgentPage)
def list_agents(ask: Ask, query: AgentsAsked) -> AgentPage:
    """List agents.

    An agent sees themselves.
    """
    where = agents.chosen(
        own_id=ask.own_id,
        active=query.is_active,
        on_shift=query.on_shift,
        near=near_of(query.near, query.radius),
    )

    def show(found: Sequence[Agent]) -> list[AgentOut]:
        return [shown(each) for each in found]

    page = page_of(
        Agent, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=AgentPage,
    )  # fmt: skip
    return AgentPage.model_validate(page)


@resource.get("/agents/nearest", may=Permission.DELIVERIES_WRITE, answer=NearAgents)
def list_nearest_agents(ask: Ask, query: NearestAsked) -> NearAgents:
    """List the agents on shift who are nearest to a place."""
    place = near_of(query.place, query.radius)
    found = agents.nearest(ask.tenant_id, place[:2], query.radius, query.limit) if place else []
    return NearAgents(
        items=[
            NearAgent(agent=stamped(shown(each.agent)), metres=round(each.metres, 1))
            for each in found
        ]
    )


@resource.post("/agents", may=Permission.AGENTS_WRITE, answer=AgentOut)
def create_agent(ask: Ask, body: NewAgent) -> Reply:
    """Add an agent.

    They can log in once they have set a password, by a link from an administrator.
    """
    phone = phone_of(ask, body.phone, body.region)
    made = kept(
        lambda: staff.add_person(
            ask.tenant_id,
            NewPerson(name=body.name, email=body.email, phone=phone, language=body.language),
        )
    )
    after = stamped(shown(made))
    ask.note("agent.created", "agent", made.pk, after=after)
    return Reply(after, location=f"/agents/{made.pk}")


@resource.get(ONE, may=Permission.AGENTS_READ, answer=AgentOut)
def read_agent(ask: Ask, query: Selected, agent_id: ObjectId) -> AgentOut:  # noqa: ARG001
    """Read an agent."""
    return stamped(shown(found(ask, agent_id)))


@resource.patch(ONE, may=Permission.AGENTS_WRITE, answer=AgentOut)
def change_agent(ask: Ask, body: ChangedAgent, agent_id: ObjectId) -> AgentOut:
    """Change an agent's particulars."""
    agent = found(ask, agent_id)
    before = stamped(shown(agent))
    ask.still(before)
    changes = body.given("region")
    if "phone" in changes:
        changes["phone"] = phone_of(ask, body.phone, body.region)
    changed = kept(lambda: staff.change_person(ask.tenant_id, agent_id, changes, now=ask.now))
    after = stamped(shown(changed))
    ask.note("agent.changed", "agent", agent_id, before=before, after=after)
    return after


@resource.delete(ONE, may=Permission.AGENTS_WRITE, versioned=True)
def delete_agent(ask: Ask, agent_id: ObjectId) -> Reply:
    """Let an agent go: no log-in any more, and not listed.

    Refused while deliveries are assigned to them.
    """
    agent = found(ask, agent_id)
    before = stamped(shown(agent))
    ask.still(before)
    agents.put_away(agent, now=ask.now)
    ask.note("agent.deleted", "agent", agent_id, before=before)
    return Reply()


@resource.post(f"{ONE}/position", may=Permission.AGENTS_REPORT, status=204)
def report_position(ask: Ask, body: Position, agent_id: ObjectId) -> Reply:
    """Report where an agent is.

    Taken on shift alone. A position older than the one that is known changes nothing.
    """
    agents.report_position(found(ask, agent_id), body.place.pair, body.at or ask.now, now=ask.now)
    return Reply()


@resource.post(f"{ONE}/shift", may=Permission.AGENTS_REPORT, status=200, answer=AgentOut)
def change_shift(ask: Ask, body: Shift, agent_id: ObjectId) -> AgentOut:
    """Begin or end an agent's shift.

    Where they were is forgotten with its end.
    """
    agent = found(ask, agent_id)
    before = stamped(shown(agent))
    at = taken_at(body.at, now=ask.now)
    after = stamped(shown(agents.change_shift(agent, body.on, now=at)))
    ask.note("agent.reported", "agent", agent_id, before=before, after=after)
    return after


def found(ask: Ask, agent_id: ObjectId) -> Agent:
    """The agent, where the caller may know of them. Raises Problem."""
    known = agents.find(ask.tenant_id, agent_id, own_id=ask.own_id)
    if known is None:
        raise not_found(Saying("There is no such agent."))
    return known


def kept(keep: Callable[[], Agent]) -> Agent:
    """What ``keep`` answers. Raises Problem, naming the fields, for what cannot be kept."""
    try:
        return keep()
    except staff.NotKeptError as error:
        raise invalid(
            *(
                Fault(detail=says, source="body", pointer=f"/{field}")
                for field, says in error.problems.items()
            )
        ) from None


def shown(agent: Agent) -> AgentOut:
    """An agent as they are shown, without the version."""
    figures = agent.performance_metrics
    return AgentOut.model_construct(
        version="",
        id=str(agent.pk),
        name=agent.name,
        phone=agent.phone,
        email=agent.email,
        language=agent.language,
        is_active=agent.is_active,
        on_shift_since=agent.shift_since,
        place=Place.of(agent.current_location),
        located_at=agent.located_at,
        receives_pushes=bool(agent.push_devices),
        active_deliveries=agent.active_deliveries,
        total_deliveries=figures.total_deliveries,
        successful_deliveries=figures.successful_deliveries,
        average_rating=figures.average_rating,
        last_login=agent.last_login,
        created_at=agent.created_at,
        updated_at=agent.updated_at,
    )

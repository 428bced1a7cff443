"""The driver's live list: what each customer wants, in the order of the round."""

from __future__ import annotations

from bson import ObjectId
from flask import Blueprint, Response, abort, render_template, url_for

from app.models import Agent
from app.pipeline.person import Person
from app.rules.permissions import Permission
from app.web import guard, live
from app.web.agent.round_feed import RoundFeed
from app.web.pages import board, eyes_of

blueprint = Blueprint("agent", __name__, url_prefix="/agent")
guard.protect(blueprint)


@guard.page(blueprint, "", Permission.DELIVERIES_READ)
def own() -> str:
    """One's own deliveries."""
    person = guard.person_here()
    return _page(person, _agent(person, str(person.user_id)), url_for("agent.own_changes"))


@guard.page(blueprint, "/<agent_id>", Permission.DELIVERIES_READ)
def home(agent_id: str) -> str:
    """One driver's deliveries."""
    person = guard.person_here()
    agent = _agent(person, agent_id)
    return _page(person, agent, url_for("agent.changes", agent_id=agent_id))


@guard.page(blueprint, "/live", Permission.DELIVERIES_READ, script=True)
def own_changes() -> Response:
    """One's own cards as they change."""
    person = guard.person_here()
    return _stream(person, _agent(person, str(person.user_id)))


@guard.page(blueprint, "/<agent_id>/live", Permission.DELIVERIES_READ, script=True)
def changes(agent_id: str) -> Response:
    """The driver's cards as they change, and each message (event ``told``) once.

    Messages go to the driver alone: who else looks on would take them from them.
    """
    person = guard.person_here()
    return _stream(person, _agent(person, agent_id))


def _page(person: Person, agent: Agent, stream: str) -> str:
    since = live.now()
    eyes = eyes_of(person, agent.language)
    found = board.today(person.tenant_id, agent.pk, language=agent.language)
    rows = sorted(
        (board.for_eyes(row, eyes) for row in found),
        key=lambda row: (row.done, row.sequence, row.order),
    )
    return render_template(
        "agent.html",
        agent=agent,
        rows=rows,
        steps=board.STEPS,
        person=person,
        live_url=f"{stream}?after={since}",
    )


def _stream(person: Person, agent: Agent) -> Response:
    own = person.user_id == agent.pk
    eyes = eyes_of(person, agent.language)
    return live.stream(person, RoundFeed(person.tenant_id, agent.pk, eyes, own))


def _agent(person: Person, agent_id: str) -> Agent:
    """The driver, where this person may see their round: what others may not see is not there."""
    theirs = guard.sees_all() or agent_id == str(person.user_id)
    if not theirs or not ObjectId.is_valid(agent_id):
        abort(404, "there is no such agent")
    agent: Agent | None = Agent.of(person.tenant_id, pk=ObjectId(agent_id)).first()
    if agent is None:
        abort(404, "there is no such agent")
    return agent

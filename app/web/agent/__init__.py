"""The driver's page: what each customer wants, in the order of the round, and what was done."""

from __future__ import annotations

from datetime import UTC, datetime

from bson import ObjectId
from flask import Blueprint, Response, abort, jsonify, redirect, render_template, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from app.models import Agent, Tenant
from app.models.as_stored import first
from app.pipeline.person import Person
from app.rules.permissions import Permission, Role
from app.saying import Saying
from app.web import guard, live, whose, words
from app.web.agent import installed, stops
from app.web.agent.labels import CALLING, LABELS, REASONS, for_scripts
from app.web.agent.round_feed import RoundFeed
from app.web.agent.stops import Reader

blueprint = Blueprint("agent", __name__, url_prefix="/agent", template_folder="templates")
guard.protect(blueprint)


@guard.page(blueprint, "", Permission.DELIVERIES_READ)
def own() -> AnyResponse:
    """One's own deliveries. A browser that has the page installed shows its own copy instead."""
    person = guard.person_here()
    agent = _agent(person, str(person.user_id))
    if agent.role != Role.AGENT:
        # Who drives nothing has no round, and no shift to begin.
        return redirect(url_for("pages.home"), 303)
    shown = _page(person, agent, url_for("agent.own_changes"))
    whose.tell(shown, person.user_id)
    return shown


@guard.page(blueprint, "/<agent_id>", Permission.DELIVERIES_READ)
def home(agent_id: str) -> Response:
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


@guard.page(blueprint, "/me", Permission.DELIVERIES_READ, script=True, part_of="agent.own")
def me() -> Response:
    """Who uses this browser, for the copy of the page that was kept in it."""
    person = guard.person_here()
    agent = _agent(person, str(person.user_id))
    company = first(Tenant.of(person.tenant_id))
    answer = jsonify(
        id=str(person.user_id),
        name=agent.name,
        language=person.language,
        shift_since=agent.shift_since.isoformat() if agent.shift_since else None,
        office=(company.callback_number if company else None) or "",
        csrf=generate_csrf(),
        # By it the page corrects its telephone's clock.
        now=datetime.now(UTC).isoformat(),
    )
    whose.tell(answer, person.user_id)
    return answer


def _page(person: Person, agent: Agent, live_url: str) -> Response:
    since, reader = live.now(), _reader(person, agent)
    found = stops.today(person.tenant_id, agent.pk, reader.sentences)
    shown = render_template(
        "agent/round.html",
        person=person,
        agent=agent,
        stops=found,
        reader=reader,
        labels=LABELS,
        calling=CALLING,
        reasons=REASONS,
        said=for_scripts(),
        modules=installed.modules(),
        live_url=f"{live_url}?after={since}",
    )
    return installed.with_its_rights(shown)


def _reader(person: Person, agent: Agent) -> Reader:
    return Reader(
        language=words.language_here(),
        sentences=agent.language,
        own=person.user_id == agent.pk,
        codes=guard.may(person, Permission.CODES_READ),
        audio=guard.may(person, Permission.RECORDINGS_LISTEN),
    )


def _stream(person: Person, agent: Agent) -> Response:
    return live.stream(person, RoundFeed(person.tenant_id, agent.pk, _reader(person, agent)))


def _agent(person: Person, agent_id: str) -> Agent:
    """The driver, where this person may see their round: what others may not see is not there."""
    theirs = guard.sees_all() or agent_id == str(person.user_id)
    if not theirs or not ObjectId.is_valid(agent_id):
        abort(404, Saying("there is no such agent"))
    agent: Agent | None = Agent.of(person.tenant_id, pk=ObjectId(agent_id)).first()
    if agent is None:
        abort(404, Saying("there is no such agent"))
    return agent

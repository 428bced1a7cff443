"""The driver's live list: what each customer wants, in the order of the round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from bson import ObjectId
from flask import Blueprint, Response, abort, render_template, request, url_for
from mongoengine import Q

from app.models import Agent, PushMessage
from app.pipeline.person import Person
from app.pipeline.tell import delivered
from app.rules.permissions import Permission
from app.web import guard, live
from app.web.pages import board, seen_by, stream

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

    A client that comes back with ``Last-Event-ID``, or ``after`` in the address, gets the
    messages since. Event ``gone`` names a delivery that is another driver's. Messages go to the
    driver alone: who else looks on would take them from them.
    """
    person = guard.person_here()
    return _stream(person, _agent(person, agent_id))


def _page(person: Person, agent: Agent, live_url: str) -> str:
    rows = sorted(
        seen_by(person, board.today(person.tenant_id, agent.pk, language=agent.language)),
        key=lambda row: (row.done, row.sequence, row.order),
    )
    return render_template(
        "agent.html", agent=agent, rows=rows, steps=board.STEPS, person=person, live_url=live_url
    )


def _stream(person: Person, agent: Agent) -> Response:
    last = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    seen = [ObjectId(last)] if ObjectId.is_valid(last) else []
    tenant_id, language, own_id = person.tenant_id, agent.language, str(agent.pk)

    def events_for(delivery_ids: list[ObjectId] | None) -> Iterator[str]:
        rows = (
            board.today(tenant_id, agent.pk, language=language)
            if delivery_ids is None
            else board.some(tenant_id, delivery_ids, language=language)
        )
        for row in seen_by(person, rows):
            if row.agent_id == own_id:
                yield live.event("card", render_template("_card.html", row=row))
            else:
                yield live.event("gone", row.id)
        if person.user_id != agent.pk:
            return
        for message in _messages(agent, seen[-1] if seen else None):
            seen.append(message.pk)
            yield live.event("told", _as_json(message), str(message.pk))
            delivered(message, now=datetime.now(UTC))

    return stream(person, events_for)


def _agent(person: Person, agent_id: str) -> Agent:
    """The driver, where this person may see their round: what others may not see is not there."""
    theirs = guard.sees_all() or agent_id == str(person.user_id)
    if not theirs or not ObjectId.is_valid(agent_id):
        abort(404, "there is no such agent")
    agent: Agent | None = Agent.of(person.tenant_id, pk=ObjectId(agent_id)).first()
    if agent is None:
        abort(404, "there is no such agent")
    return agent


def _messages(agent: Agent, after: ObjectId | None) -> list[PushMessage]:
    found = PushMessage.of(agent.tenant_id, agent_id=agent.pk)
    if after is not None:
        # Ids of one second, made by several processes, have no order: what was never shown counts.
        found = found.filter(Q(pk__gt=after) | Q(delivered_at=None))
    else:
        found = found.filter(delivered_at=None)
    return list(found.order_by("id").limit(500))


def _as_json(message: PushMessage) -> str:
    return json.dumps(
        {
            "delivery_id": str(message.delivery_id),
            "version": message.version,
            "kind": message.kind,
            "text": message.text,
            "sent_at": message.sent_at.isoformat(),
        }
    )

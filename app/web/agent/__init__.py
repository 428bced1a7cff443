"""The driver's live list: what each customer wants, in the order of the round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from bson import ObjectId
from flask import Blueprint, Response, abort, render_template, request
from mongoengine import Q

from app.models import DEFAULT_TENANT, Agent, PushMessage
from app.pipeline.tell import delivered
from app.web import live
from app.web.here import only_known_hosts
from app.web.pages import board, stream

blueprint = Blueprint("agent", __name__, url_prefix="/agent")
blueprint.before_request(only_known_hosts)


@blueprint.get("/<agent_id>")
def home(agent_id: str) -> str:
    """One driver's deliveries."""
    agent = _agent(agent_id)
    rows = sorted(
        board.today(DEFAULT_TENANT, agent.pk, language=agent.language),
        key=lambda row: (row.done, row.sequence, row.order),
    )
    return render_template("agent.html", agent=agent, rows=rows, steps=board.STEPS)


@blueprint.get("/<agent_id>/live")
def changes(agent_id: str) -> Response:
    """The driver's cards as they change, and each message (event ``told``) once.

    A client that comes back with ``Last-Event-ID``, or ``after`` in the address, gets the
    messages since. Event ``gone`` names a delivery that is another driver's.
    """
    agent = _agent(agent_id)
    last = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    seen = [ObjectId(last)] if ObjectId.is_valid(last) else []

    def events_for(delivery_ids: list[ObjectId] | None) -> Iterator[str]:
        rows = (
            board.today(DEFAULT_TENANT, agent.pk, language=agent.language)
            if delivery_ids is None
            else board.some(DEFAULT_TENANT, delivery_ids, language=agent.language)
        )
        for row in rows:
            if row.agent_id == agent_id:
                yield live.event("card", render_template("_card.html", row=row))
            else:
                yield live.event("gone", row.id)
        for message in _messages(agent.pk, seen[-1] if seen else None):
            seen.append(message.pk)
            yield live.event("told", _as_json(message), str(message.pk))
            delivered(message, now=datetime.now(UTC))

    return stream(events_for)


def _agent(agent_id: str) -> Agent:
    if not ObjectId.is_valid(agent_id):
        abort(404, "there is no such agent")
    agent: Agent | None = Agent.of(DEFAULT_TENANT, pk=ObjectId(agent_id)).first()
    if agent is None:
        abort(404, "there is no such agent")
    return agent


def _messages(agent_id: ObjectId, after: ObjectId | None) -> list[PushMessage]:
    found = PushMessage.of(DEFAULT_TENANT, agent_id=agent_id)
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

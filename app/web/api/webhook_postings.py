"""How events were sent to a webhook, and sending them again."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from app.models import Posting
from app.pipeline import event_log
from app.rules.events import public_id
from app.saying import Saying
from app.web.api.asking import Ask, Reply
from app.web.api.listing import page_of
from app.web.api.problems import Fault, invalid
from app.web.api.shapes import Selected
from app.web.api.webhook_shapes import (
    PostingOut,
    PostingPage,
    PostingsAsked,
    PostingWithEvent,
    Range,
    ReplayedOut,
)
from app.web.api.webhooks import ONE, ORDERS, READ, WRITE, checked, found, resource, woken

_POSTING = f"{ONE}/postings/<id:posting_id>"
MOST_REPLAYED = 100
"""Events that one request looks at: its transaction holds the audit log."""


@resource.get(f"{ONE}/postings", may=READ, answer=PostingPage)
def list_postings(ask: Ask, query: PostingsAsked, webhook_id: ObjectId) -> PostingPage:
    """List how events were sent to a webhook.

    They are kept for 30 days.
    """
    found(ask, webhook_id)
    where = event_log.chosen(
        webhook_id,
        status=query.status,
        event_id=_event(query.event_id),
        delivery_id=ObjectId(query.delivery_id) if query.delivery_id else None,
    )

    def show(known: Sequence[Posting]) -> list[PostingOut]:
        return [PostingOut.of(each) for each in known]

    page = page_of(
        Posting, ask.tenant_id, query, where=where, order=ORDERS[query.sort], show=show,
        page=PostingPage,
    )  # fmt: skip
    return PostingPage.model_validate(page)


@resource.get(_POSTING, may=READ, answer=PostingWithEvent)
def read_posting(
    ask: Ask,
    query: Selected,  # noqa: ARG001
    webhook_id: ObjectId,
    posting_id: ObjectId,
) -> PostingWithEvent:
    """Read how an event was sent, each try of it, and what it tells."""
    posting = _found(ask, webhook_id, posting_id)
    return PostingWithEvent.with_event(posting, event_log.event(ask.tenant_id, posting.event_id))


@resource.post(f"{_POSTING}/replay", may=WRITE, status=200, answer=PostingOut)
def replay_posting(ask: Ask, webhook_id: ObjectId, posting_id: ObjectId) -> Reply:
    """Send an event again, taken or not.

    The event keeps its id: a receiver that knows it drops it. Answers the new posting; where it is
    on its way already, that one, which is hurried. Refused where the webhook is disabled.
    """
    event_id = _found(ask, webhook_id, posting_id).event_id
    sent = checked(lambda: event_log.replay(ask.tenant_id, webhook_id, event_id, now=ask.now))
    told = PostingOut.of(sent)
    ask.note("webhook.replayed", "webhook", webhook_id, detail={"event": told.event_id})
    return Reply(told, wake=woken(webhook_id))


@resource.post(f"{ONE}/replay", may=WRITE, status=200, answer=ReplayedOut)
def replay_postings(ask: Ask, body: Range, webhook_id: ObjectId) -> Reply:
    """Send again what happened between two times, in that order.

    Looks at 100 events: where there are more, send `next` as `after` to go on. Refused where the
    webhook is disabled.
    """
    until = body.until or ask.now
    if until <= body.since:
        raise invalid(Fault(detail=Saying("must lie after since"), source="body", pointer="/until"))
    done = checked(
        lambda: event_log.replay_range(
            ask.tenant_id,
            webhook_id,
            since=body.since,
            until=until,
            now=ask.now,
            after=_event(body.after),
            only_missed=body.only_missed,
            most=MOST_REPLAYED,
        )
    )
    ask.note("webhook.replayed", "webhook", webhook_id, detail={"events": done.events})
    go_on = public_id(str(done.go_on)) if done.go_on else None
    return Reply(ReplayedOut(events=done.events, next=go_on), wake=woken(webhook_id))


def _found(ask: Ask, webhook_id: ObjectId, posting_id: ObjectId) -> Posting:
    found(ask, webhook_id)
    return checked(lambda: event_log.posting(ask.tenant_id, webhook_id, posting_id))


def _event(given: str | None) -> ObjectId | None:
    return ObjectId(given.removeprefix("evt_")) if given else None

"""The review queue: what a dispatcher must decide or do, one dispatcher at each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.models import Review
from app.pipeline import reviews
from app.pipeline.reviews import HELD, Resolution, State
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.asking import Ask
from app.web.api.listing import Order, page_of
from app.web.api.operations import Resource
from app.web.api.problems import not_found
from app.web.api.shapes import Given, Id, Listed, Moment, Page, Selected, Shape, Text

resource = Resource(
    "Review queue", "What needs a person: in the order in which the vans arrive, one at each."
)
_ORDERS = {"due": Order("due"), "-due": Order("due", descending=True)}
_READ, _WRITE = Permission.REVIEWS_READ, Permission.REVIEWS_WRITE
_ONE = "/reviews/<id:review_id>"
Why = Literal[
    "speak_to_human", "cancel", "redirect", "reschedule", "wrong_number", "unclear", "unheard",
    "unverified", "unread", "picture", "unacknowledged",
]  # fmt: skip


class ClaimOut(Shape):
    """Who is at it."""

    by: Id
    kind: Literal["user", "key"]
    name: str | None
    since: Moment
    until: Moment = Field(description="Then it is free again, unless it is claimed anew.")


class ClosedOut(Shape):
    """How it was settled."""

    at: Moment
    by: Id | None
    kind: Literal["user", "key"]
    resolution: Literal["done", "not_needed", "not_possible", "corrected"] | None = Field(
        description="corrected: by putting right what was understood."
    )
    note: str | None
    answer: str | None = Field(description="Which of the likely answers it was.")


class ReviewOut(Shape):
    """Something that a person must decide or do."""

    id: Id
    delivery_id: Id
    reason: Why
    source_id: Id = Field(description="The call, recording, answer or text that calls for it.")
    call_id: Id | None
    due: Moment = Field(description="When the van arrives.")
    opened_at: Moment
    claimed: ClaimOut | None
    closed: ClosedOut | None


class ReviewPage(Page[ReviewOut]):
    """Some reviews."""


class ReviewsAsked(Listed):
    """Which reviews."""

    state: State = "open"
    reason: Annotated[
        list[Why], Field(max_length=10, description="One of these; repeat it for several.")
    ] = []
    delivery_id: Id | None = None
    mine: Annotated[
        bool, Field(description="Those that you have claimed; of the closed ones, closed.")
    ] = False
    sort: Literal["due", "-due"] = "due"


class Settled(Given):
    """What came of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"resolution": "done", "note": "Called back: she will be in after six."}]
        }
    )
    resolution: Resolution
    note: Text | None = None


@resource.get("/reviews", may=_READ, answer=ReviewPage)
def list_reviews(ask: Ask, query: ReviewsAsked) -> ReviewPage:
    """List what waits for a person, or what was settled."""
    where = reviews.chosen(
        query.state,
        reason=query.reason,
        delivery_id=query.delivery_id,
        mine=ObjectId(ask.caller.actor.id) if query.mine else None,
        now=ask.now,
    )

    def show(found: Sequence[Review]) -> list[ReviewOut]:
        return [shown(each, ask.now) for each in found]

    page = page_of(
        Review, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=ReviewPage,
    )  # fmt: skip
    return ReviewPage.model_validate(page)


@resource.get(_ONE, may=_READ, answer=ReviewOut)
def read_review(ask: Ask, query: Selected, review_id: ObjectId) -> ReviewOut:  # noqa: ARG001
    """Read a review."""
    return shown(find_review(ask, review_id), ask.now)


@resource.post(f"{_ONE}/claim", may=_WRITE, status=200, answer=ReviewOut)
def claim_review(ask: Ask, review_id: ObjectId) -> ReviewOut:
    """Take a review on: nobody else can for two minutes.

    Claim it again to hold it for longer: an open page does so every half minute. Where somebody
    else has it, the answer tells who, and since when.
    """
    who, review = ask.caller.actor, find_review(ask, review_id)
    if reviews.held(review, ask.now) and review.claimed_by == ObjectId(who.id):
        # Only that it was taken on is worth an entry of the audit log.
        reviews.claim(review, who, now=ask.now)
        return shown(review, ask.now)
    return _done(ask, review_id, "claimed", lambda it: reviews.claim(it, who, now=ask.now))


@resource.post(f"{_ONE}/release", may=_WRITE, status=200, answer=ReviewOut)
def release_review(ask: Ask, review_id: ObjectId) -> ReviewOut:
    """Leave a review to the others again."""
    who = ask.caller.actor
    return _done(ask, review_id, "released", lambda it: reviews.release(it, who, now=ask.now))


@resource.post(f"{_ONE}/close", may=_WRITE, status=200, answer=ReviewOut)
def close_review(ask: Ask, body: Settled, review_id: ObjectId) -> ReviewOut:
    """Settle a review that nobody else has claimed.

    It stays closed whatever is read again of the same answer.
    """
    who, how = ask.caller.actor, body.resolution
    return _done(
        ask, review_id, "closed",
        lambda it: reviews.close(it, who, how, note=body.note, now=ask.now),
    )  # fmt: skip


def _done(ask: Ask, review_id: ObjectId, deed: str, work: Callable[[Review], None]) -> ReviewOut:
    review = find_review(ask, review_id)
    before = shown(review, ask.now)
    work(review)
    after = shown(review, ask.now)
    ask.note(f"review.{deed}", "review", review_id, before=before, after=after)
    return after


def find_review(ask: Ask, review_id: ObjectId) -> Review:
    """The review. Raises the problem that there is none."""
    found = reviews.find(ask.tenant_id, review_id)
    if found is None:
        raise not_found(Saying("There is no such review."))
    return found


def shown(review: Review, now: datetime) -> ReviewOut:
    """A review as it is shown."""
    return ReviewOut.model_construct(
        id=str(review.pk),
        delivery_id=str(review.delivery_id),
        reason=review.reason,
        source_id=str(review.source_id),
        call_id=str(review.call_id) if review.call_id else None,
        due=review.due or review.opened_at,
        opened_at=review.opened_at,
        claimed=ClaimOut.model_construct(
            by=str(review.claimed_by),
            kind=review.claimed_as or "user",
            name=review.claimed_name,
            since=review.claimed_at,
            until=review.claimed_at + HELD,
        )
        if reviews.held(review, now)
        else None,
        closed=ClosedOut.model_construct(
            at=review.closed_at,
            by=str(review.closed_by) if review.closed_by else None,
            kind=review.closed_as or "user",
            resolution=review.resolution,
            note=review.note,
            answer=review.answer,
        )
        if review.closed_at
        else None,
    )

"""The likely answers to reviews: offered, given, and taken back for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.errors import PermanentError
from app.models import Customer, Delivery, InboundMessage, Review
from app.models import Reply as CustomersReply
from app.pipeline import review_answers, reviews
from app.pipeline.review_answers import Does, Offer
from app.pipeline.reviews import Resolution
from app.rules.hiding import hide
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api import analyses, calls, deliveries, delivery_deeds, suppressions
from app.web.api.analysis_shapes import LOOK_ANEW, DirectiveOut, codes_of
from app.web.api.asking import Ask, Reply
from app.web.api.correction_shapes import NewCorrection, NewDirective, Slots
from app.web.api.delivery_shapes import ChangedDelivery, NewTime, Reason
from app.web.api.problems import Problem
from app.web.api.reviews import ReviewOut, find_review, resource, shown
from app.web.api.shapes import WHOLE, Given, Moment, Selected, Shape, Text
from app.web.api.suppressions import NewSuppression

_ONE = "/reviews/<id:review_id>"
_WHY = "the customer asked for it"
_RESOLUTIONS: Mapping[Does, Resolution] = MappingProxyType(
    {"leave": "not_needed", "not_possible": "not_possible"}
)


class AnswerOut(Shape):
    """A likely answer."""

    name: str = Field(description="Send it as answer.")
    does: Does = Field(
        description="accept: it was understood rightly; also, instead: what a second reader "
        "found; without: all but this; called_back: somebody has spoken with the customer."
    )
    directive: DirectiveOut | None
    when: Moment | None = Field(description="To when the delivery would move.")
    undoable: bool = Field(description="Can be taken back for two minutes.")


class Answers(Shape):
    """What may be answered to a review, the likeliest first."""

    analysis_version: int
    words: str | None = Field(
        description="What the customer wrote, where it is about a message; codes are masked."
    )
    items: list[AnswerOut]


class NewAnswer(Given):
    """The answer to a review."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"answer": "called_back", "analysis_version": 0}]}
    )
    answer: Annotated[str, Field(pattern=r"^[a-z_]{1,20}(-[0-9]{1,2})?$")]
    analysis_version: Annotated[
        int, Field(ge=0, le=10**9, description="Of the answers that you saw."), WHOLE
    ]
    note: Text | None = None


@resource.get(f"{_ONE}/answers", may=Permission.REVIEWS_READ, answer=Answers)
def list_review_answers(ask: Ask, query: Selected, review_id: ObjectId) -> Answers:  # noqa: ARG001
    """List what is likely to be answered to a review; codes are masked."""
    review = find_review(ask, review_id)
    delivery = _delivery(ask, review)
    if delivery is None or review.closed_at is not None:
        version = delivery.analysis_version if delivery else 0
        return Answers(analysis_version=version, words=None, items=[])
    secret = codes_of([delivery.analysis])
    return Answers(
        analysis_version=delivery.analysis_version,
        words=_words(ask, review, secret),
        items=[
            AnswerOut.model_construct(
                name=each.name,
                does=each.does,
                directive=DirectiveOut.of(each.directive, secret) if each.directive else None,
                when=each.when,
                undoable=each.undoable,
            )
            for each in review_answers.offers(review, delivery, ask.now)
        ],
    )


@resource.post(
    f"{_ONE}/answer",
    may=Permission.REVIEWS_WRITE,
    status=200,
    answer=ReviewOut,
    problems={"changed-meanwhile"},
)
def answer_review(ask: Ask, body: NewAnswer, review_id: ObjectId) -> Reply:
    """Give one of the likely answers: what it says is done, and the review is settled with it.

    Each needs the permission for what it does as well. Refused while somebody else has the review.
    """
    review = find_review(ask, review_id)
    before = shown(review, ask.now)
    # Whoever answers has it: nobody else can answer at the same time.
    reviews.claim(review, ask.caller.actor, now=ask.now)
    delivery = _delivery(ask, review)
    if delivery is None:
        raise PermanentError(Saying("its delivery was deleted: close the review"))
    offer = _offered(ask, body, review, delivery)
    deed = _DEEDS.get(offer.does)
    reply = deed(ask, delivery, offer) if deed else Reply()
    review.reload()
    if review.closed_at is None:
        resolution = _RESOLUTIONS.get(offer.does, "done")
        reviews.close(review, ask.caller.actor, resolution, note=body.note, now=ask.now)
    delivery.reload()
    corrected = delivery.analysis_version != body.analysis_version
    review.modify(
        set__answer=offer.name,
        **({"set__answered_version": delivery.analysis_version} if corrected else {}),
    )
    after = shown(review, ask.now)
    ask.note("review.closed", "review", review_id, before=before, after=after,
             detail={"answer": offer.name})  # fmt: skip
    return Reply(after, wake=reply.wake)


@resource.post(
    f"{_ONE}/undo",
    may=Permission.REVIEWS_WRITE,
    status=200,
    answer=ReviewOut,
    problems={"changed-meanwhile"},
)
def undo_review(ask: Ask, review_id: ObjectId) -> Reply:
    """Take back that you settled a review, within two minutes; it is yours again.

    What the answer corrected is as it was before, and the driver is told. An answer that reached
    beyond our own books (`undoable` says so) is not taken back.
    """
    review = find_review(ask, review_id)
    before = shown(review, ask.now)
    answer, version = review.answer, review.answered_version
    if answer and answer.partition("-")[0] not in review_answers.UNDOABLE:
        raise PermanentError(Saying("what the answer did cannot be taken back"))
    wake: Reply = Reply()
    if version is not None and reviews.can_reopen(review, ask.now):
        ask.caller.needs(Permission.ANALYSES_WRITE)
        reviews.check_mine(review, ask.caller.actor)
        wake = analyses.restored(ask, version, review.delivery_id)
        review.reload()
    if review.closed_at is None and version is not None:
        # Taking the correction back has opened it.
        reviews.claim(review, ask.caller.actor, now=ask.now)
    else:
        reviews.reopen(review, ask.caller.actor, now=ask.now)
    after = shown(review, ask.now)
    ask.note("review.reopened", "review", review_id, before=before, after=after)
    return Reply(after, wake=wake.wake)


def _offered(ask: Ask, body: NewAnswer, review: Review, delivery: Delivery) -> Offer:
    if delivery.analysis_version != body.analysis_version:
        says = Saying("What was understood has changed: look at it anew.")
        raise Problem("changed-meanwhile", says, mend=LOOK_ANEW)
    for each in review_answers.offers(review, delivery, ask.now):
        if each.name == body.answer:
            return each
    raise PermanentError(Saying("this is none of the answers to it: list_review_answers has them"))


def _words(ask: Ask, review: Review, secret: frozenset[str]) -> str | None:
    if not ask.may(Permission.RECORDINGS_READ):
        return None
    message = InboundMessage.of(ask.tenant_id, pk=review.source_id).only("body").first()
    reply = CustomersReply.of(ask.tenant_id, pk=review.source_id).only("text").first()
    written = message.body if message else reply.text if reply else None
    return hide(written, secret) if written else None


def _delivery(ask: Ask, review: Review) -> Delivery | None:
    found: Delivery | None = Delivery.of(
        ask.tenant_id, pk=review.delivery_id, deleted_at=None
    ).first()
    return found


def _corrected(ask: Ask, delivery: Delivery, offer: Offer) -> Reply:
    ask.caller.needs(Permission.ANALYSES_WRITE)
    there = range(len(delivery.analysis.directives)) if delivery.analysis else range(0)
    fresh = []
    if offer.does in ("also", "instead") and offer.directive is not None:
        found = offer.directive
        slots = Slots.model_construct(None, **dict(found.slots))
        kind = found.kind.value
        fresh.append(NewDirective.model_construct(kind=kind, text=found.text[:500], slots=slots))
    body = NewCorrection.model_construct(
        analysis_version=delivery.analysis_version,
        directives=fresh,
        keep=[
            place
            for place in there
            if offer.does != "instead" and (offer.does, place) != ("without", offer.number)
        ],
    )
    return analyses.corrected(ask, body, delivery.pk)


def _cancel(ask: Ask, delivery: Delivery, offer: Offer) -> Reply:  # noqa: ARG001
    ask.caller.needs(Permission.DELIVERIES_WRITE)
    return delivery_deeds.cancel_delivery(ask, Reason(reason=_WHY), delivery.pk)


def _move(ask: Ask, delivery: Delivery, offer: Offer) -> Reply:
    ask.caller.needs(Permission.DELIVERIES_WRITE)
    if offer.when is None:
        raise PermanentError(Saying("nobody said to when"))
    window = delivery.window
    end = None
    if window and window.end and window.start and window.end > window.start:
        end = offer.when + min(window.end - window.start, timedelta(hours=12))
    to = NewTime.model_construct(scheduled_time=offer.when, window_end=end, reason=_WHY)
    return delivery_deeds.reschedule_delivery(ask, to, delivery.pk)


def _redirect(ask: Ask, delivery: Delivery, offer: Offer) -> Reply:
    ask.caller.needs(Permission.DELIVERIES_WRITE)
    address = str(offer.directive.slots["address"]) if offer.directive else ""
    # Where the old address lay does not hold for the new one.
    body = ChangedDelivery(address=address, place=None)
    deliveries.change_delivery(replace(ask, if_match="*"), body, delivery.pk)
    return Reply()


def _stop_calls(ask: Ask, delivery: Delivery, offer: Offer) -> Reply:  # noqa: ARG001
    ask.caller.needs(Permission.SUPPRESSIONS_WRITE)
    customer = Customer.of(ask.tenant_id, pk=delivery.customer_id).first()
    if customer is None:
        raise PermanentError(Saying("the customer is gone"))
    suppressions.create_suppression(ask, NewSuppression(phone=customer.phone))
    return Reply()


def _call(ask: Ask, delivery: Delivery, offer: Offer) -> Reply:  # noqa: ARG001
    ask.caller.needs(Permission.CALLS_WRITE)
    calls.place_call(ask, Reason(reason="a question is open"), delivery.pk)
    return Reply()


_DEEDS: Mapping[Does, Callable[[Ask, Delivery, Offer], Reply]] = MappingProxyType(
    {
        "accept": _corrected, "also": _corrected, "instead": _corrected, "without": _corrected,
        "cancel": _cancel, "move": _move, "redirect": _redirect, "stop_calls": _stop_calls,
        "call": _call,
    }
)  # fmt: skip

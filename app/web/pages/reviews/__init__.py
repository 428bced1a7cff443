"""The queue of questions: what needs a person, one at each, with the likely answers at hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request

from app.rules.permissions import Permission
from app.web import guard, headers
from app.web.api.agents import AgentOut
from app.web.api.delivery_shapes import DeliveryOut
from app.web.api.problems import Problem
from app.web.api.review_answers import AnswerOut
from app.web.api.reviews import ReviewOut
from app.web.pages.asking import ask, may
from app.web.pages.delivery import gathered, live_url, wording
from app.web.pages.parts import mark_of
from app.web.words import elsewhere, gettext, moment_of, time_of

blueprint = Blueprint("reviews", __name__, template_folder="templates")
guard.protect(blueprint)
_MOST = 100
_UNCONFIRMED = "unacknowledged"


@guard.page(blueprint, "/reviews", Permission.REVIEWS_READ)
def queue() -> str:
    """The page."""
    since = live_url()
    known = _known()
    nonce = headers.style_nonce()
    return render_template("reviews/page.html", live_url=since, nonce=nonce, **known)


@guard.page(
    blueprint, "/reviews/now", Permission.REVIEWS_READ, script=True, part_of="reviews.queue"
)
def now() -> str:
    """Both parts of the page as they are now; ``at`` says which question is looked at."""
    return render_template("reviews/_parts.html", **_known())


def _known() -> dict[str, Any]:
    page = ask("list_reviews", query={"limit": _MOST})
    me = str(guard.person_here().user_id)
    deliveries = {each.delivery_id: _delivery(each.delivery_id) for each in page.items}
    chosen = request.args.get("at", "")
    at = _chosen(page.items, chosen) if chosen else _next(page.items, deliveries, me)
    known: dict[str, Any] = {
        "person": guard.person_here(),
        "mark_of": mark_of,
        "me": me,
        "items": page.items,
        "more": page.next is not None,
        "at": at,
        "names": _names(deliveries.values()),
        "deliveries": deliveries,
        "writes": may(Permission.REVIEWS_WRITE),
        "said": wording.said,
        "wording": wording,
        "may": may,
        "P": Permission,
    }
    if at is not None:
        return known | _looked_at(at, deliveries)
    gone = gettext("This question is not there any more.") if chosen else ""
    return known | {"gone": gone, "looked_at": chosen}


def _looked_at(at: ReviewOut, deliveries: Mapping[str, DeliveryOut | None]) -> dict[str, Any]:
    """What there is to know about this question, to answer it."""
    delivery = deliveries.get(at.delivery_id) or _delivery(at.delivery_id)
    gone = _gone(at, delivery)
    customer = gathered.customer_of(delivery) if delivery else None
    known = {"looked_at": at.id, "gone": gone, "delivery": delivery, "customer": customer}
    if gone or delivery is None:
        return known
    driver = gathered.agent_of(delivery)
    return known | {
        "driver": driver,
        "sound": gathered.sound_of(delivery.id, gathered.calls_of(delivery.id)),
        "answers": ask("list_review_answers", path={"review_id": at.id}),
        "matter": _matter(at, delivery, driver),
        "label": partial(label, about_driver=at.reason == _UNCONFIRMED),
    }


def _matter(review: ReviewOut, delivery: DeliveryOut, driver: AgentOut | None) -> str:
    """What is the matter, where neither the words nor what was understood tell; else empty."""
    if review.reason != _UNCONFIRMED:
        return ""
    name = driver.name if driver else gettext("The driver")
    when = time_of(review.due, delivery.time_zone) + elsewhere(review.due, delivery.time_zone)
    if review.due < datetime.now(UTC):
        return gettext(
            "%(name)s has not confirmed these instructions; the van was due at %(when)s.",
            name=name, when=when,
        )  # fmt: skip
    return gettext(
        "%(name)s has not confirmed these instructions; the van is due at %(when)s.",
        name=name, when=when,
    )  # fmt: skip


def label(answer: AnswerOut, time_zone: str, *, about_driver: bool = False) -> str:
    """What the button of an answer says; some say another thing of drivers than of customers."""
    directive = answer.directive
    what = (
        wording.directive_in_words(directive.kind, directive.text, directive.slots)
        if directive
        else ""
    )
    when = moment_of(answer.when, time_zone) if answer.when else ""
    address = directive.slots.get("address", "") if directive else ""
    return {
        "accept": gettext("Right as understood"),
        "also": gettext("Also: %(what)s", what=what),
        "instead": gettext("Rather: %(what)s", what=what),
        "without": gettext("All but: %(what)s", what=what),
        "cancel": gettext("Cancel the delivery"),
        "move": gettext("Move to %(when)s", when=when),
        "redirect": gettext("Deliver to %(address)s", address=address),
        "stop_calls": gettext("Do not call this number again"),
        "call": gettext("Have them called again"),
        "called_back": gettext("I have told the driver")
        if about_driver
        else gettext("I have spoken with them"),
        "leave": gettext("Leave it as planned"),
        "not_possible": gettext("They cannot be reached"),
    }[answer.does]


def _chosen(items: list[ReviewOut], chosen: str) -> ReviewOut | None:
    """The question that was chosen, settled or not: never another one in its place."""
    listed = next((each for each in items if each.id == chosen), None)
    return listed or _read("read_review", review_id=chosen)


def _next(
    items: list[ReviewOut], deliveries: Mapping[str, DeliveryOut | None], me: str
) -> ReviewOut | None:
    """The question that is theirs, or the first that nobody has; what can be answered first."""
    for wanted in (
        lambda each: each.claimed is not None and each.claimed.by == me,
        lambda each: each.claimed is None and deliveries[each.delivery_id] is not None,
        lambda each: each.claimed is None,
    ):
        found = next(filter(wanted, items), None)
        if found is not None:
            return found
    return None


def _gone(review: ReviewOut, delivery: DeliveryOut | None) -> str:
    """Why there is nothing to answer any more; empty where there is."""
    if delivery is None:
        return gettext("Its delivery was deleted.")
    if review.closed is None:
        return ""
    happened = ask("read_timeline", path={"delivery_id": delivery.id}).items
    closed = (each for each in happened if (each.what, each.of) == ("review.closed", review.id))
    name = next((each.by for each in closed if each.by), None)
    if name is None:
        return gettext("Settled meanwhile.")
    if review.reason == _UNCONFIRMED and review.closed.by == delivery.agent_id:
        return gettext("Settled meanwhile: %(name)s has confirmed the instructions.", name=name)
    return gettext("Settled meanwhile by %(name)s.", name=name)


def _delivery(delivery_id: str) -> DeliveryOut | None:
    found: DeliveryOut | None = _read("read_delivery", delivery_id=delivery_id)
    return found


def _read(operation: str, **path: str) -> Any:
    """What it answers; None where there is no such thing."""
    try:
        return ask(operation, path=path)
    except Problem as problem:
        if problem.kind == "not-found":
            return None
        raise


def _names(deliveries: Any) -> dict[str, str]:
    """Of each customer."""
    found: dict[str, str] = {}
    for delivery in deliveries:
        if delivery is not None and delivery.customer_id not in found:
            customer = gathered.customer_of(delivery)
            found[delivery.customer_id] = customer.name if customer else ""
    return found

"""The queue of questions: what needs a person, one at each, with the likely answers at hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from app.rules.permissions import Permission
from app.web import guard, headers
from app.web.api.problems import Problem
from app.web.api.review_answers import AnswerOut
from app.web.api.reviews import ReviewOut
from app.web.pages.asking import ask, may
from app.web.pages.delivery import gathered, live_url, wording
from app.web.pages.parts import mark_of
from app.web.words import gettext, moment_of

blueprint = Blueprint("reviews", __name__, template_folder="templates")
guard.protect(blueprint)
_MOST = 100


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
    at = _at(page.items, me)
    deliveries = {each.delivery_id: _delivery(each.delivery_id) for each in page.items}
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
    delivery = deliveries.get(at.delivery_id) if at else None
    if at is None or delivery is None:
        return known | {"delivery": None}
    answers = ask("list_review_answers", path={"review_id": at.id})
    return known | {
        "delivery": delivery,
        "customer": gathered.customer_of(delivery),
        "driver": gathered.agent_of(delivery),
        "sound": gathered.sound_of(delivery.id, gathered.calls_of(delivery.id)),
        "answers": answers,
        "label": label,
    }


def label(answer: AnswerOut, time_zone: str) -> str:
    """What the button of an answer says."""
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
        "called_back": gettext("I have spoken with them"),
        "leave": gettext("Leave it as planned"),
        "not_possible": gettext("They cannot be reached"),
    }[answer.does]


def _at(items: list[ReviewOut], me: str) -> ReviewOut | None:
    """The question that was chosen, or that is theirs, or the first that nobody has."""
    chosen = request.args.get("at")
    for wanted in (
        lambda each: each.id == chosen,
        lambda each: each.claimed is not None and each.claimed.by == me,
        lambda each: each.claimed is None,
    ):
        found = next(filter(wanted, items), None)
        if found is not None:
            return found
    return None


def _delivery(delivery_id: str) -> Any:
    try:
        return ask("read_delivery", path={"delivery_id": delivery_id})
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

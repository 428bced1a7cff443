"""The page of one delivery: all that happened, what was said and understood, and what to do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, url_for

from app.rules.analysis import CHOICES, SLOTS
from app.rules.permissions import Permission
from app.saying import Saying
from app.web import guard, headers, live
from app.web.here import runtime_here
from app.web.pages.asking import ask, may
from app.web.pages.delivery import gathered, wording
from app.web.pages.delivery.weighing import why_in_words
from app.web.pages.parts import mark_of
from app.web.words import gettext

blueprint = Blueprint("delivery", __name__, template_folder="templates")
guard.protect(blueprint)
_KINDS = frozenset(("delivery", "call", "recording", "review", "message", "bridged_call"))


@guard.page(blueprint, "/deliveries/<delivery_id>", Permission.DELIVERIES_READ)
def whole(delivery_id: str) -> str:
    """The page."""
    since = live_url()
    known = _known(delivery_id)
    if may(Permission.PROOFS_READ):
        # The first one may come while the page is open.
        headers.also("img-src", runtime_here().settings.s3_endpoint_url)
    return render_template(
        "delivery/page.html",
        live_url=since,
        customer_name=(known["customer"] and known["customer"].name) or gettext("No name"),
        drivers=gathered.drivers(),
        nonce=headers.style_nonce(),
        slots={kind.value: [*names, "condition"] for kind, names in SLOTS.items()},
        options=dict(CHOICES),
        kinds={kind.value: gettext(wording.KINDS[kind.value]) for kind in SLOTS},
        **known,
    )


@guard.page(blueprint, "/deliveries/<delivery_id>/now", Permission.DELIVERIES_READ, script=True)
def now(delivery_id: str) -> str:
    """The parts of the page that change by themselves, as they are now."""
    return render_template("delivery/_parts.html", **_known(delivery_id))


@guard.page(blueprint, "/deliveries/live", Permission.DELIVERIES_READ, script=True)
def changes() -> Response:
    """Names what changes, for pages that fetch what they show of it: ``live.Things``."""
    if not guard.sees_all():
        abort(403, Saying("these are the deliveries of the whole company"))
    person = guard.person_here()
    return live.stream(person, live.Things(person.tenant_id, _KINDS))


def live_url() -> str:
    """Where a page hears what changes from now on; empty for who does not see all of it.

    To be asked before anything is read that the page shows.
    """
    return url_for("delivery.changes", after=live.now()) if guard.sees_all() else ""


def _known(delivery_id: str) -> dict[str, Any]:
    delivery = ask("read_delivery", path={"delivery_id": delivery_id})
    calls = gathered.calls_of(delivery.id)
    sound = gathered.sound_of(delivery.id, calls)
    doing, busy = gathered.happening_now(delivery, calls, sound.recordings)
    why = gathered.why_of(delivery.id)
    return {
        "person": guard.person_here(),
        "mark_of": mark_of,
        "delivery": delivery,
        "customer": gathered.customer_of(delivery),
        "agent": gathered.agent_of(delivery),
        "calls": calls,
        "sound": sound,
        "doing": doing,
        "busy": busy,
        "why": why,
        "why_words": why_in_words(why) if why else None,
        "reviews": gathered.reviews_of(delivery.id),
        "proofs": gathered.proofs_of(delivery.id),
        "days": gathered.by_day(gathered.spells(delivery.id, calls), delivery.time_zone),
        "said": wording.said,
        "wording": wording,
        "may": may,
        "P": Permission,
    }

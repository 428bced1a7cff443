"""What the events are called where somebody chooses which of them are sent."""

from __future__ import annotations

from app.web.words import gettext, marked

GROUPS: dict[str, str] = {
    "delivery": marked("Deliveries"),
    "analysis": marked("What was understood"),
    "call": marked("Calls"),
    "recording": marked("Recordings"),
    "review": marked("Questions"),
    "subscription": marked("Webhooks"),
    "webhook": marked("Tests"),
}
EVENTS: dict[str, str] = {
    "delivery.scheduled": marked("A delivery is planned"),
    "delivery.assigned": marked("A driver is assigned"),
    "delivery.started": marked("The driver is on the way"),
    "delivery.completed": marked("It is delivered"),
    "delivery.failed": marked("It could not be delivered"),
    "delivery.cancelled": marked("It is cancelled"),
    "delivery.rescheduled": marked("It moves to another time"),
    "delivery.rated": marked("The customer gave feedback"),
    "delivery.instructed": marked("The customer gave instructions"),
    "delivery.confirmed": marked("The customer says all is fine"),
    "delivery.declined": marked("The customer wants no more calls"),
    "delivery.nothing_said": marked("Somebody answered and said nothing"),
    "delivery.unreachable": marked("The last call reached nobody"),
    "delivery.suppressed": marked("The number is blocked"),
    "delivery.skipped": marked("The customer is not called"),
    "delivery.acknowledged": marked("The driver has seen the instructions"),
    "analysis.corrected": marked("A dispatcher corrected the instructions"),
    "call.completed": marked("A call is over"),
    "recording.ready": marked("A recording and its words are ready"),
    "review.opened": marked("A dispatcher has to decide something"),
    "subscription.disabled": marked("Another webhook was stopped"),
    "webhook.test": marked("A test that you sent"),
}


def event_in_words(name: str) -> str:
    """What an event of this type says; the type itself where it is not known."""
    return gettext(EVENTS[name]) if name in EVENTS else name

"""What states, events and directives are called on the pages, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from app.pipeline.happening import Happening
from app.rules.analysis import Directive, Kind
from app.rules.directives.sentences import driver_sentence
from app.web.agent.labels import REASONS
from app.web.words import gettext, language_here, marked, moment_of, retold, time_of

_TOLD = ("review", "recording", "text")
"""Kinds of entries whose titles tell their details, too."""
_OBVIOUS = ("attempt ", "planned with", "given to ", "moved to another time")
"""How causes begin, as the ledger keeps them, that only say what stands beside them anyhow."""
STATUS: Mapping[str, str] = {
    "scheduled": marked("Scheduled"),
    "assigned": marked("Assigned"),
    "in_transit": marked("On the way"),
    "completed": marked("Delivered"),
    "failed": marked("Not delivered"),
    "cancelled": marked("Cancelled"),
}
OUTREACH: Mapping[str, str] = {
    "pending": marked("Waiting to be called"),
    "calling": marked("On the phone"),
    "waiting": marked("Trying again later"),
    "instructed": marked("Instructions given"),
    "confirmed": marked("All fine as planned"),
    "nothing_said": marked("Said nothing"),
    "declined": marked("Wants no calls"),
    "unreachable": marked("Not reached"),
    "suppressed": marked("Not to be called"),
    "skipped": marked("Not called"),
    "superseded": marked("Heard another way"),
}
CALL: Mapping[str, str] = {
    "intended": marked("About to dial"),
    "unknown": marked("The network is asked"),
    "queued": marked("Dialling"),
    "ringing": marked("Ringing"),
    "in-progress": marked("Speaking"),
    "completed": marked("Ended"),
    "busy": marked("Busy"),
    "no-answer": marked("No answer"),
    "failed": marked("Failed"),
    "canceled": marked("Withdrawn"),
}
STAGE: Mapping[str, str] = {
    "announced": marked("Fetching the recording"),
    "stored": marked("Writing down what was said"),
    "transcribed": marked("Understanding what was said"),
    "understood": marked("Understood"),
}
ANSWERED: Mapping[str, str] = {
    "human": marked("a person"),
    "machine": marked("a machine"),
    "unknown": marked("somebody"),
}
KINDS: Mapping[str, str] = {
    "leave_at": marked("Leave it somewhere"),
    "leave_with": marked("Leave it with somebody"),
    "hand_over": marked("Hand it over in person"),
    "time_window": marked("Come at a time"),
    "unavailable": marked("Nobody is there"),
    "reschedule": marked("Another day"),
    "redirect": marked("Another address"),
    "access": marked("How to get in"),
    "contact": marked("Call or write"),
    "avoid": marked("Something not to do"),
    "caution": marked("Take care"),
    "handling": marked("How to handle it"),
    "cancel": marked("Wants to cancel"),
    "wrong_number": marked("Wrong number"),
    "opt_out": marked("No more calls"),
    "speak_to_human": marked("Wants to speak with somebody"),
    "question": marked("Has a question"),
    "confirm": marked("All fine as planned"),
}
REVIEWS: Mapping[str, str] = {
    "speak_to_human": marked("Wants to speak with somebody"),
    "cancel": marked("Wants to cancel"),
    "redirect": marked("Wants another address"),
    "reschedule": marked("Wants another time"),
    "wrong_number": marked("Wrong number"),
    "unclear": marked("Not sure what was meant"),
    "unheard": marked("Could not be heard"),
    "unverified": marked("Called from another number"),
    "unread": marked("A message that was not read"),
    "picture": marked("Sent a picture"),
    "unacknowledged": marked("The driver has not confirmed"),
}
RESOLUTIONS: Mapping[str, str] = {
    "done": marked("done"),
    "not_needed": marked("nothing to do"),
    "not_possible": marked("not possible"),
    "corrected": marked("put right"),
}
EVENTS: Mapping[str, str] = {
    "delivery.created": marked("Planned"),
    "delivery.planned_anew": marked("Planned anew"),
    "delivery.changed": marked("Particulars changed"),
    "delivery.assigned": marked("Given to a driver"),
    "delivery.started": marked("On the way"),
    "delivery.completed": marked("Delivered"),
    "delivery.failed": marked("Not delivered"),
    "delivery.cancelled": marked("Cancelled"),
    "delivery.rescheduled": marked("Moved to another time"),
    "delivery.acknowledged": marked("Instructions seen by the driver"),
    "delivery.rated": marked("Feedback noted"),
    "delivery.deleted": marked("Put away"),
    "codes.read": marked("Codes were shown"),
    "customer.called": marked("Asked to be put through to the customer"),
    "bridged.talking": marked("Put through: they talk"),
    "bridged.talked": marked("The talk is over"),
    "bridged.customer_busy": marked("Put through: the customer was busy"),
    "bridged.customer_no_answer": marked("Put through: the customer did not answer"),
    "bridged.customer_failed": marked("Put through: the customer could not be rung"),
    "bridged.refused": marked("Not put through: not allowed any more"),
    "bridged.you_busy": marked("Not put through: the own telephone was busy"),
    "bridged.you_no_answer": marked("Not put through: the own telephone was not answered"),
    "bridged.no_key": marked("Not put through: no key was pressed"),
    "bridged.failed": marked("Not put through: the telephone network refused"),
    "bridged.withdrawn": marked("Not put through: it took too long"),
    "outreach.pending": marked("To be called"),
    "outreach.calling": marked("Being called"),
    "outreach.waiting": marked("To be called again"),
    "outreach.instructed": marked("The customer gave instructions"),
    "outreach.confirmed": marked("The customer is fine with the plan"),
    "outreach.nothing_said": marked("The customer said nothing"),
    "outreach.declined": marked("The customer wants no calls"),
    "outreach.unreachable": marked("The customer was not reached"),
    "outreach.suppressed": marked("The number is not to be called"),
    "outreach.skipped": marked("Nobody is called"),
    "outreach.superseded": marked("The customer was heard another way"),
    "call.planned": marked("Call"),
    "call.inbound": marked("The customer called"),
    "call.placed": marked("Asked for by hand"),
    "call.cancelled": marked("Cancelled by hand"),
    "call.key": marked("Key pressed"),
    "call.spoken": marked("Choice spoken"),
    "call.queued": marked("Dialled"),
    "call.unknown": marked("The network did not answer"),
    "call.ringing": marked("Rang"),
    "call.in-progress": marked("Answered"),
    "call.completed": marked("Ended"),
    "call.busy": marked("Busy"),
    "call.no-answer": marked("No answer"),
    "call.failed": marked("Failed"),
    "call.canceled": marked("Withdrawn"),
    "network.amd": marked("Person or machine: judged"),
    "network.script": marked("A sentence was played"),
    "network.keys": marked("An answer came in"),
    "network.recorded": marked("The answer was recorded"),
    "network.recording": marked("The recording is ready"),
    "network.transferred": marked("The transfer ended"),
    "network.inbound": marked("The call came in"),
    "recording.announced": marked("A recording was announced"),
    "recording.stored": marked("The recording was fetched"),
    "recording.transcribed": marked("What was said was written down"),
    "recording.understood": marked("What was said was understood"),
    "recording.listened": marked("The recording was listened to"),
    "recording.read": marked("The words were shown with their codes"),
    "recording.deleted": marked("The recording was deleted"),
    "text.link": marked("A text with a link"),
    "text.receipt": marked("A text that confirms"),
    "text.queued": marked("Text handed over"),
    "text.sent": marked("Text sent"),
    "text.delivered": marked("Text arrived"),
    "text.undelivered": marked("Text did not arrive"),
    "text.failed": marked("Text failed"),
    "text.canceled": marked("Text withdrawn"),
    "text.unknown": marked("The network did not answer"),
    "answer.link": marked("The customer answered by the link"),
    "answer.sms": marked("The customer answered by text"),
    "push.sent": marked("The driver was told"),
    "push.delivered": marked("It reached the driver’s screen"),
    "push.acknowledged": marked("The driver has seen it"),
    "analysis.read": marked("What was understood was shown"),
    "analysis.corrected": marked("What was understood was put right"),
    "review.opened": marked("Put before a person"),
    "review.claimed": marked("Somebody took it on"),
    "review.released": marked("Left to the others again"),
    "review.closed": marked("Settled"),
    "review.reopened": marked("Settling it was taken back"),
}
_PICKED = dict(REASONS)
_ALONE = (Kind.CONFIRM, Kind.WRONG_NUMBER, Kind.OPT_OUT, Kind.SPEAK_TO_HUMAN, Kind.QUESTION)
"""Kinds for which the driver has no sentence."""


def said(table: Mapping[str, str], word: str) -> str:
    """What a state or event is called; as it stands where it is not known."""
    english = table.get(word)
    return gettext(english) if english else word.replace("_", " ").replace(".", ": ")


def cause(stored: str) -> str:
    """Why something happened, as the ledger keeps it: in English, or in somebody's own words.

    What a driver picked as the reason of a failure stands before what they wrote themselves.
    """
    picked, between, own = stored.partition(": ")
    if picked in _PICKED:
        return gettext(_PICKED[picked]) + between + own
    return retold(stored)


def aside(event: Happening) -> str:
    """What explains an entry of the timeline, below it; empty where its title says it all."""
    told = not event.detail or event.about in _TOLD or event.detail.startswith(_OBVIOUS)
    return "" if told else cause(event.detail or "")


def moved(event: Happening, zone: str) -> str:
    """From when to when, by the clock of the delivery: the day of both where it changed."""
    before, after = event.scheduled_before, event.scheduled_time
    if before is None or after is None:
        return ""
    same_day = before.astimezone(ZoneInfo(zone)).date() == after.astimezone(ZoneInfo(zone)).date()
    written = time_of if same_day else moment_of
    return f"{written(before, zone)} → {written(after, zone)}"


def sent_later(event: Happening, zone: str) -> str:
    """When it was sent, by the clock of the delivery; empty where that was in the same minute."""
    done, told = event.at.astimezone(ZoneInfo(zone)), event.told_at
    if told is None or done.timestamp() // 60 == told.timestamp() // 60:
        return ""
    same_day = done.date() == told.astimezone(ZoneInfo(zone)).date()
    return time_of(told, zone) if same_day else moment_of(told, zone)


def directive_in_words(kind: str, text: str, slots: Mapping[str, Any]) -> str:
    """What a directive asks for, as the driver would read it."""
    known = Kind(kind)
    sentence = ""
    if known not in _ALONE:
        sentence = driver_sentence([Directive(known, text, 1.0, slots)], (), language_here())
    if not sentence or slots.get("action") == "other":
        label = said(KINDS, kind)
        return f"{label}: “{text}”" if text and known not in _ALONE else label
    return sentence

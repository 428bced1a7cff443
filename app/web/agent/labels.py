"""What the driver's page calls things, in English; translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from app.web.words import gettext, marked

LABELS: Mapping[str, str] = {
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
    "caution": marked("Take care"),
    "cancel": marked("Wants to cancel"),
    "reschedule": marked("Another day"),
    "redirect": marked("Another address"),
    "wrong_number": marked("Wrong number"),
    "hand_over": marked("In person only"),
    "opt_out": marked("No phone calls"),
    "completed": marked("Delivered"),
    "failed": marked("Not delivered"),
    "cancelled": marked("Cancelled"),
    "unit": marked("Unit"),
    "floor": marked("Floor"),
    "entrance": marked("Entrance"),
}
"""States, chips, and ways in."""

CALLING: Mapping[str, str] = {
    "dialling": marked("One moment: your telephone rings next"),
    "ringing_you": marked("Your telephone is ringing: pick up"),
    "press_a_key": marked("Press 1 on your telephone to be connected"),
    "ringing_customer": marked("The customer’s telephone is ringing"),
    "talking": marked("You are talking to the customer"),
    "talked": marked("Call over"),
    "customer_busy": marked("The customer’s line was busy"),
    "customer_no_answer": marked("The customer did not answer"),
    "customer_failed": marked("The customer’s telephone could not be reached"),
    "refused": marked("Not connected: this customer cannot be called now"),
    "you_busy": marked("Your own telephone was busy"),
    "you_no_answer": marked("You did not pick up"),
    "no_key": marked("Not connected: 1 was not pressed"),
    "failed": marked("The call did not go out. Call the office instead."),
    "withdrawn": marked("It took too long. Please try again."),
}
"""How the driver's call to the customer is getting on, as ``app.rules.bridging`` names it."""

REASONS: tuple[tuple[str, str], ...] = (
    ("nobody at home", marked("Nobody at home")),
    ("no way in", marked("No way in")),
    ("address not found", marked("Address not found")),
    ("refused by the customer", marked("Refused by the customer")),
    ("customer wants another day", marked("Customer wants another day")),
    ("no safe place to leave it", marked("No safe place to leave it")),
    ("unsafe to deliver", marked("Unsafe to deliver")),
    ("parcel damaged", marked("Parcel damaged")),
    ("parcel missing", marked("Parcel missing")),
)
"""Why a stop failed: as the dispatcher reads it, and as the driver picks it."""


def for_scripts() -> dict[str, str]:
    """What the page's scripts say; %(name)s are filled there."""
    return {
        "to_go": gettext("%(left)s to go, %(done)s done"),
        "news_one": gettext("1 new message"),
        "news_many": gettext("%(count)s new messages"),
        "waits_one": gettext("1 thing waits to be sent"),
        "waits_many": gettext("%(count)s things wait to be sent"),
        "refused_one": gettext("1 thing was not accepted"),
        "refused_many": gettext("%(count)s things were not accepted"),
        "waits": gettext("Waits to be sent"),
        "not_kept": gettext("This telephone could not keep it. Please try again."),
        "no_codes": gettext("Codes need a connection: they are not kept on the telephone."),
        "code_before": gettext("As you read it before"),
        "code_none": gettext("There is no code any more."),
        "code_gone": gettext("Hidden again"),
        "no_sound": gettext("The recording cannot be played now."),
        "offline_out": gettext("Logging out needs a connection."),
        "refused_api": gettext("It did not work: %(why)s"),
        "acknowledge": gettext("Got it"),
        "start": gettext("Start"),
        "complete": gettext("Delivered"),
        "fail": gettext("Not delivered"),
        "proof": gettext("Photo or signature"),
        "shift_on": gettext("Begin shift"),
        "shift_off": gettext("End shift"),
        "again": gettext("Try again"),
        "drop": gettext("Remove"),
        "others": gettext("Somebody else’s, kept until they log in here"),
        "what_now": gettext("Tell the office if it matters, then remove it here."),
        "since": gettext("On shift since %(time)s"),
        "off": gettext("Off shift"),
        "shared": gettext("Your position is shared"),
        "unshared": gettext("Your position is not shared"),
        "no_position": gettext(
            "The telephone does not tell where you are. Allow it in the settings."
        ),
        "bad_photo": gettext("That picture cannot be read. Take another one."),
        "need_signature": gettext("The sender wants a signature."),
        "need_reason": gettext("Say why."),
        "photo_name": gettext("Photo %(number)s, tap to remove it"),
        "copied": gettext("Address copied"),
        "no_push": gettext("Notifications are blocked in the browser’s settings."),
        "push_on": gettext("Notifications are on"),
        "sent": gettext("All sent"),
        "no_call": gettext("No connection: your telephone will not ring. Call the office instead."),
        "why_over": gettext("This delivery is over or not yours yet. Ask the office."),
        "why_gone": gettext("There is no customer to call any more. Ask the office."),
        "why_same_number": gettext("Your number is the customer’s. Have the office put it right."),
        "why_suppressed": gettext("The customer asked not to be called. Ask the office."),
        "why_not_due": gettext("It is too early or too late to call. Ask the office."),
        "why_night": gettext("It is night where the customer is. Ask the office."),
        "why_on_the_line": gettext("The customer is on the telephone. Try again in a minute."),
        "why_too_often": gettext("The customer was called often enough for now. Ask the office."),
        "why_you_are_busy": gettext("Another call of yours is not over yet."),
        "why_network_away": gettext("No calls go out at the moment. Call the office instead."),
    }

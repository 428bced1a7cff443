"""What the network's error codes mean to us, and what follows from each: one table.

The codes are Twilio's (https://www.twilio.com/docs/api/errors); the meanings are in our words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class Sort(StrEnum):
    """Whose trouble an error is."""

    NUMBER_INVALID = "number_invalid"
    """This number cannot be reached, now or later."""
    BLOCKED = "blocked"
    """Somebody forbids this contact: the law, the network, or a carrier."""
    CONFIGURATION = "configuration"
    """Ours: every other call or message would fail the same way."""
    NOT_SENT = "transient_not_sent"
    """The network was too busy to look at it."""
    AMBIGUOUS = "ambiguous"
    """Nobody knows whether it was done."""
    NO_LUCK = "no_luck"
    """This try failed on the way; the next one may not."""
    NOTHING_SAID = "nothing_said"
    """There is no recording because there was nothing to record."""
    UNHEARD = "unheard"
    """Somebody spoke, and the recording is lost or locked."""
    WEBHOOK = "webhook"
    """The network could not reach or read what we answered."""
    UNSPOKEN = "unspoken"
    """A customer answered, and we had no words for them."""
    UNSUBSCRIBED = "unsubscribed"
    """The customer told the network that they want no messages."""
    UNKNOWN = "unknown"
    """Not in the table."""


class Action(StrEnum):
    """What is done about it."""

    CORRECT = "correct"
    """End the attempt for good and ask for a correction of the number."""
    STOP = "stop"
    """End the attempt for good and tell the operator."""
    TRIP = "trip"
    """Open the circuit: nothing more is asked of the network until a single try works."""
    REPEAT = "repeat"
    """The same request may be sent again, after a pause."""
    RECONCILE = "reconcile"
    """Ask the network what became of it; never send it again blindly."""
    RETRY = "retry"
    """A new attempt by the retry policy."""
    REVIEW = "review"
    """Put it before a person."""
    ALERT = "alert"
    """Tell the operator; the customer's attempt goes on by what else is known."""
    SUPPRESS = "suppress"
    """Never contact the number again in this way."""
    NONE = "none"
    """It is an answer in itself."""


@dataclass(frozen=True, slots=True)
class NetworkError:
    """One code. ``trips_after`` failures within TRIP_WITHIN open the circuit; 0 never do."""

    code: str
    meaning: str
    sort: Sort
    action: Action
    trips_after: int = 0

    @property
    def setting(self) -> str | None:
        """The setting of this installation that is likely wrong; None where none is."""
        return _SETTINGS.get(self.code)

    @property
    def ours(self) -> bool:
        """Would it have met anybody, so that it must not use up one of the customer's retries?"""
        return self.sort in (Sort.CONFIGURATION, Sort.NOT_SENT, Sort.AMBIGUOUS)

    @property
    def ends_it(self) -> bool:
        """Is the same number not to be called again, whatever the retry policy says?"""
        return self.action in (Action.CORRECT, Action.STOP, Action.SUPPRESS)

    @property
    def shows_late(self) -> bool:
        """May the network take the request and refuse it only later, on the way?"""
        return self.sort in (Sort.BLOCKED, Sort.UNSPOKEN)


TRIP_WITHIN = timedelta(minutes=10)
"""Failures that are further apart do not add up."""
SEVERAL = 3
UNSPOKEN = "unspoken"
PUSH_REFUSED = "push-refused"
PUSH_UNANSWERED = "push-unanswered"

_Row = tuple[str, str]


def _rows(
    sort: Sort, action: Action, rows: Iterable[_Row], trips_after: int = 0
) -> Iterator[NetworkError]:
    for code, meaning in rows:
        yield NetworkError(code, meaning, sort, action, trips_after)


_TABLE: tuple[NetworkError, ...] = (
    *_rows(
        Sort.NUMBER_INVALID,
        Action.CORRECT,
        [
            ("21201", "no number to call was given"),
            ("21202", "the number is a premium-rate number"),
            ("21211", "the number to reach is not a valid number"),
            ("21214", "the number cannot be reached by the network"),
            ("21217", "the number does not look valid"),
            ("21265", "the number is a short code, which takes no messages"),
            ("21266", "the number to reach is our own"),
            ("21268", "the number is a premium-rate number, which takes no messages"),
            ("21401", "the number is not valid"),
            ("21421", "the number is not valid"),
            ("21614", "the number is not a mobile and takes no messages"),
            ("13223", "the number to dial is not written as a number"),
            ("13224", "the number to dial is invalid, or not one that the network calls"),
            ("13226", "the number to dial has no valid country code"),
            ("30005", "the handset is not known: the number may not exist"),
            ("30006", "the number is a landline, or its carrier takes no messages"),
        ],
    ),
    *_rows(
        Sort.BLOCKED,
        Action.STOP,
        [
            ("21216", "the network blocks calls to this number"),
            ("13225", "the network blocks dialling this number"),
            ("30004", "the message was blocked before the handset"),
        ],
        SEVERAL,
    ),
    *_rows(
        Sort.BLOCKED,
        Action.TRIP,
        [
            ("21203", "the account may not call abroad"),
            ("21215", "the account's geographic permissions forbid this country"),
            ("13227", "the account's geographic permissions forbid dialling this country"),
            ("32205", "the account's geographic permissions forbid this country on a trunk"),
            ("21408", "the account may not send messages to this region"),
        ],
        SEVERAL,
    ),
    *_rows(
        Sort.BLOCKED,
        Action.TRIP,
        [
            ("32017", "a carrier blocks our number: its reputation is bad"),
            ("32203", "the network blocks calls from the account: risk, law or missing profile"),
            ("30007", "a carrier filtered the message as unwanted"),
        ],
        SEVERAL,
    ),
    *_rows(
        Sort.CONFIGURATION,
        Action.TRIP,
        [
            ("20003", "the account's credentials are wrong"),
            ("20005", "the account is not active"),
            ("10001", "the account is suspended or closed"),
            ("10002", "a trial account cannot do this"),
            ("10005", "calling is switched off for the account"),
            ("30002", "the account is suspended, so messages do not leave"),
            ("21210", "our number is not verified for outgoing calls"),
            ("21212", "our number is not valid"),
            ("21213", "no number of ours was given"),
            ("21218", "the application that was named does not exist"),
            ("21264", "our number is not verified"),
            ("21205", "an address that we handed over is not valid"),
            ("21206", "the digits to send after the answer are not valid"),
            ("21207", "the setting for machines is not valid"),
            ("21208", "the time to ring is not valid"),
            ("21209", "the HTTP method of an address is not valid"),
            ("21234", "the setting of answering-machine detection is not valid"),
            ("21262", "answering-machine detection has no address to report to"),
            ("21263", "the parameters of answering-machine detection are not valid"),
            ("21602", "the message has no text"),
            ("21603", "the message has no sender"),
            ("21606", "our number cannot send messages to this destination"),
            ("21617", "the message is longer than the network takes"),
            ("21703", "the messaging service has no number to send from"),
            ("30034", "our number is not registered for messages to United States mobiles"),
            ("30032", "our toll-free number is not verified for messages"),
        ],
        1,
    ),
    # A trial account fails for each customer alone, until somebody verifies every number.
    *_rows(
        Sort.CONFIGURATION,
        Action.TRIP,
        [
            ("21219", "a trial account calls verified numbers only"),
            ("21608", "a trial account sends messages to verified numbers only"),
        ],
        1,
    ),
    *_rows(
        Sort.NOT_SENT,
        Action.REPEAT,
        [
            ("429", "too many requests at once, none was looked at"),
            ("20429", "too many requests at once, this one was not looked at"),
            ("10004", "the account has as many calls in progress as it may"),
            ("21611", "the sender's queue of messages is full"),
            ("14107", "messages are sent faster than the account may"),
        ],
    ),
    *_rows(
        Sort.AMBIGUOUS,
        Action.RECONCILE,
        [
            ("500", "the network failed while it worked on the request"),
            ("502", "a proxy of the network failed"),
            ("503", "the network could not serve the request"),
            ("504", "a proxy of the network waited in vain"),
            ("20500", "the network failed inside; the call may have been placed"),
            ("20503", "the service was not available; the call may have been placed"),
            ("20504", "the network failed inside; the message may have been sent"),
        ],
    ),
    *_rows(
        Sort.NO_LUCK,
        Action.RETRY,
        [
            ("32016", "no carrier on the way answered in time"),
            ("22005", "the call waited a day in the network's queue and was dropped"),
            ("12400", "the network failed while the call was under way"),
            ("21612", "no way to this number is known from our sender at present"),
            ("30001", "the message waited too long in the queue"),
            ("30003", "the handset is off or out of reach"),
            ("30008", "a carrier lost the message and does not say why"),
        ],
    ),
    *_rows(
        Sort.NOTHING_SAID,
        Action.NONE,
        [
            ("16101", "the recording is too short to keep"),
            ("16102", "the recording is silent"),
            ("13617", "the recording is too short or too long to be transcribed by the network"),
        ],
    ),
    *_rows(
        Sort.UNHEARD,
        Action.REVIEW,
        [
            ("16104", "the recording could not be encrypted and is lost"),
            ("16105", "the account has no valid key to encrypt recordings with"),
            ("16106", "the recording was lost to an error in its encryption"),
            ("16107", "the recording is encrypted with another key than the one chosen"),
            ("16108", "a second recording of the same call was refused"),
            ("16109", "an encrypted recording is to be had as WAV alone"),
            ("13618", "the recording is not there for the network to transcribe"),
        ],
    ),
    *_rows(
        Sort.WEBHOOK,
        Action.ALERT,
        [
            ("11100", "an address of ours is not written as one"),
            ("11200", "our webhook could not be fetched"),
            ("11201", "no connection to our webhook within the time"),
            ("11202", "our webhook refused the connection"),
            ("11203", "our webhook took longer than a webhook may"),
            ("11205", "no connection to our webhook"),
            ("11206", "our webhook does not speak proper HTTP"),
            ("11210", "the host of our webhook has no address"),
            ("11215", "our webhook redirects too often"),
            ("11216", "our webhook redirects to where it cannot be followed"),
            ("11217", "our webhook answered with an error"),
            ("11220", "no TLS handshake with our webhook"),
            ("11235", "our certificate is for another host"),
            ("11236", "our certificate has expired"),
            ("11237", "our certificate leads to no authority that is trusted"),
            ("11240", "the edge location for webhooks is not valid"),
            ("11241", "the edge location for webhooks is not supported"),
            ("11242", "webhooks may not come over the private interconnection"),
            ("11243", "the retry settings in a webhook's address are not valid"),
            ("11251", "our webhook broke the protocol"),
            ("11750", "our answer is larger than 64 KB"),
            ("11770", "our answer has no body"),
            ("12100", "our answer is not well-formed XML"),
            ("12101", "our answer names a wrong version of XML"),
            ("12102", "our answer does not begin with a Response"),
            ("12200", "our answer has a verb or attribute that the network does not know"),
            ("12300", "our answer has the wrong content type"),
            ("13335", "speech is waited for automatically without a model for it"),
            ("15002", "a report on the call waited too long and was dropped"),
            ("15003", "our answer to a report on the call was an error"),
        ],
    ),
    # Not the network's code: it was content, and the customer heard nothing.
    *_rows(
        Sort.UNSPOKEN,
        Action.TRIP,
        [(UNSPOKEN, "customers answered, and our application had no words for them")],
        SEVERAL,
    ),
    # Neither the network's codes: what push services answer, in our words.
    *_rows(
        Sort.CONFIGURATION,
        Action.TRIP,
        [(PUSH_REFUSED, "the push service does not accept who we say we are")],
        SEVERAL,
    ),
    *_rows(
        Sort.NOT_SENT,
        Action.TRIP,
        [(PUSH_UNANSWERED, "the push service does not answer, or is in trouble")],
        SEVERAL,
    ),
    *_rows(
        Sort.UNSUBSCRIBED,
        Action.SUPPRESS,
        [("21610", "the customer has told the network: no more messages")],
    ),
    # Not errors of an attempt, but of a second request about it: it is over, or gone.
    *_rows(
        Sort.NO_LUCK,
        Action.NONE,
        [
            ("21220", "the call is not in a state in which that can be done"),
            ("20009", "a call that is not over cannot be deleted"),
            ("20404", "the network has no such thing, or not yet"),
        ],
    ),
)

ERRORS: Mapping[str, NetworkError] = MappingProxyType({error.code: error for error in _TABLE})
"""By code."""
_SETTINGS: Mapping[str, str] = {
    "20003": "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN",
    "21205": "PUBLIC_URL",
    UNSPOKEN: "PUBLIC_URL, and whether /readyz there says ok",
    PUSH_REFUSED: "VAPID_PRIVATE_KEY and VAPID_SUBJECT",
    PUSH_UNANSWERED: "whether this machine reaches the push service",
    "21703": "TWILIO_MESSAGING_SERVICE_SID",
    **dict.fromkeys(
        ("21210", "21212", "21213", "21264", "21603", "21606", "30032", "30034", "32017"),
        "TWILIO_FROM_NUMBER",
    ),
}
_GROUPS = {"1122": "11220", "1123": "11235"}
"""Codes that are not spelt out: what troubles TLS between the network and our webhooks."""


def of(code: str | None) -> NetworkError:
    """The table's row; for a code that is not in it, a careful default.

    An unknown refusal is not repeated as it is: the attempt ends and the retry policy decides.
    Several of one kind within TRIP_WITHIN open the circuit, for then it is likely about us.
    """
    known = ERRORS.get(code or "")
    if known is not None:
        return known
    group = ERRORS.get(_GROUPS.get((code or "")[:4], ""))
    if group is not None and len(code or "") == 5:
        return replace(group, code=str(code))
    return NetworkError(
        code or "none",
        "the network refused with a code that is not in our table",
        Sort.UNKNOWN,
        Action.RETRY,
        trips_after=5,
    )

"""The words by which a customer stops and starts an account's texts, as Twilio treats them.

Twilio's default for long codes: a text that is one of these words alone, whatever its case. The
text is passed on all the same. https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""

from __future__ import annotations

_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START = frozenset({"START", "YES", "UNSTOP"})
_HELP = frozenset({"HELP", "INFO"})

AUTOMATIC_REPLIES = {
    "STOP": "You will get no more messages from this number. START brings them back.",
    "START": "You will get messages from this number again. STOP ends them.",
    "HELP": "STOP ends messages from this number.",
}
"""What the network itself answers, in our words; these texts are in the journal only."""


def opt_out_type(body: str) -> str:
    """Return `STOP`, `START` or `HELP` for a text that is such a word, else an empty text."""
    word = body.strip().upper()
    if word in _STOP:
        return "STOP"
    if word in _START:
        return "START"
    return "HELP" if word in _HELP else ""

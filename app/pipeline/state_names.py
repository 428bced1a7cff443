"""What states are called where somebody is told that one stands in the way."""

from __future__ import annotations

from app.saying import Saying

_NAMES = (
    Saying("scheduled"),
    Saying("assigned"),
    Saying("in_transit"),
    Saying("completed"),
    Saying("failed"),
    Saying("cancelled"),
    Saying("pending"),
    Saying("calling"),
    Saying("waiting"),
    Saying("instructed"),
    Saying("confirmed"),
    Saying("nothing_said"),
    Saying("declined"),
    Saying("unreachable"),
    Saying("suppressed"),
    Saying("skipped"),
    Saying("superseded"),
    Saying("intended"),
    Saying("unknown"),
    Saying("queued"),
    Saying("ringing"),
    Saying("in-progress"),
    Saying("busy"),
    Saying("no-answer"),
    Saying("canceled"),
)
_BY_STATE = {str(each): each for each in _NAMES}


def state_name(state: str) -> Saying:
    """The state of a delivery, an outreach or a call, for who reads of it."""
    return _BY_STATE[state]

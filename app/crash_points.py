"""Crash points: named places at which a test can make the process die, as by kill -9.

They do nothing unless the variable DELAUTO_CRASH_AT names one when the process starts; then the
process ends there at once, without any clean-up. A point in the code is ``reach(name)``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType

POINTS: Mapping[str, str] = MappingProxyType(
    {
        # Claim: one transaction.
        "claim-begin": "due deliveries are picked, nothing is written",
        "claim-moved": "inside the transaction, deliveries are calling, no call is written",
        "claim-written": "inside the transaction, all is written, nothing committed",
        "claim-committed": "calls are intended, no worker has been woken",
        # Dial: intent, one request, its answer.
        "dial-begin": "the worker has the intended call, no moment is reserved",
        "dial-reserved": "a moment of the account is reserved, nothing is written on the call",
        "dial-intent": "dialing_at is written, nothing has been sent",
        "dial-sent": "the network has answered, nothing of it is written",
        "dial-bound": "the network's id is written, the call's state is not",
        "dial-noted": "the answer is written, nobody has been woken",
        # Reconcile: what became of a call.
        "reconcile-asked": "the network has been asked, nothing is written",
        "reconcile-closed": "the call is closed as not placed, its delivery waits for nothing yet",
        # Conclude: the call speaks for its deliveries.
        "conclude-begin": "the call has ended, nothing is concluded",
        "conclude-suppressed": "an opt-out is in force, the deliveries do not know",
        "conclude-delivery": "one delivery is settled, perhaps others of the household are not",
        "conclude-settled": "everything is concluded, nobody has been woken",
        # Webhooks.
        "webhook-begin": "a signed report has come, nothing is written",
        "webhook-kept": "the report is in the ledger, no job is offered",
        "webhook-answered": "jobs are offered, the network has no answer",
        # Recordings.
        "recording-announced": "the recording is announced, no job is offered",
        "recording-fetched": "the audio is here, nothing is in our storage",
        "recording-put": "the audio is in our storage, the ledger does not know",
        "recording-stored": "the recording is stored, nobody has been woken",
        "recording-heard": "the words are there, the ledger does not have them",
        "recording-understood": "the directives are in the ledger, nobody has been woken",
        "recording-deleted": "the network's copy is deleted, the ledger does not know",
    }
)
"""Every point, and what has and has not happened when it is reached."""

DIED = 137
"""The exit status, as after kill -9."""
_AT = os.environ.get("DELAUTO_CRASH_AT")
if _AT is not None and _AT not in POINTS:
    raise ValueError(f"DELAUTO_CRASH_AT names no crash point; there are {', '.join(POINTS)}")

on_reach: Callable[[str], None] | None = None
"""A test's own way to die, or to see what else may happen at a point: called with its name."""


def reach(name: str) -> None:
    """Die here where a test asked for it. ``name`` is one of POINTS."""
    if on_reach is not None:
        on_reach(name)
    if _AT is not None and name == _AT:
        os._exit(DIED)

"""What the telephone network keeps of somebody, and having it deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Copy:
    """One thing that the network keeps, by its id there."""

    kind: Literal["call", "recording", "message"]
    sid: str


class NetworkCopies(Protocol):
    """The network's books. Every method raises TransientError where they cannot be read."""

    def with_number(self, number: str) -> Sequence[Copy]:
        """Calls and messages to the number and from it."""

    def recordings_of(self, call_sid: str) -> Sequence[Copy]:
        """The recordings of a call."""

    def delete(self, copy: Copy) -> bool:
        """Delete it; False where it was gone. TransientError for what is still under way."""

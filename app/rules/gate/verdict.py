"""What the gate answers, and why: kept with every call, immutably."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.saying import Saying


class Weight(StrEnum):
    """What one rule makes of the facts."""

    ALLOWS = "allows"
    DELAYS = "delays"
    FORBIDS = "forbids"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that mattered, and what it says about this case in plain words."""

    rule: str
    version: int
    source: str
    says: str
    weight: Weight = Weight.ALLOWS


@dataclass(frozen=True, slots=True)
class Count:
    """How often was contacted what a cap counts, of how often it allows."""

    rule: str
    made: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Allowed now, not before a moment, or never.

    ``not_before`` is the first moment that is allowed as far as is known now: ``now`` itself where
    allowed, None where never. ``not_after`` is the end of the stretch that begins there: whatever
    is still queued then is to be cancelled.
    """

    allowed: bool
    not_before: datetime | None
    not_after: datetime | None
    reasons: tuple[Reason, ...]
    local_times: tuple[tuple[str, datetime], ...]
    """The time on the wall in every zone that the customer may be in."""
    found_by: tuple[str, ...]
    """How the zones and the region were found, in plain words."""
    regions: tuple[str, ...]
    """Countries and states whose rules were asked; empty where nobody knows: then all were."""
    rules_version: str
    at: datetime
    channel: str = "call"
    consent_id: str | None = None
    counts: tuple[Count, ...] = field(default=())

    @property
    def never(self) -> bool:
        """Will it not be allowed at any time that still helps?"""
        return not self.allowed and self.not_before is None

    def has(self, rule: str) -> bool:
        """Does this rule stand against it?"""
        return any(
            reason.rule == rule and reason.weight is not Weight.ALLOWS for reason in self.reasons
        )

    @property
    def summary(self) -> str:
        """One line for the dispatcher: what stands against it, or the hours it is within."""
        against = [reason.says for reason in self.reasons if reason.weight is not Weight.ALLOWS]
        return "; ".join(against) or Saying(
            "within the hours for calls, and nothing stands against it"
        )

    def as_dict(self) -> dict[str, Any]:
        """What is kept as ``why_allowed``: everything by which the verdict can be defended."""
        return {
            "allowed": self.allowed,
            "at": self.at,
            "channel": self.channel,
            "not_before": self.not_before,
            "not_after": self.not_after,
            "rules_version": self.rules_version,
            "reasons": [{**asdict(each), "weight": each.weight.value} for each in self.reasons],
            "local_times": {zone: local.isoformat() for zone, local in self.local_times},
            "found_by": list(self.found_by),
            "regions": list(self.regions),
            "consent_id": self.consent_id,
            "counts": {each.rule: {"made": each.made, "most": each.most} for each in self.counts},
        }

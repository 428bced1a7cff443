"""One household, one call: which deliveries of one number are spoken of in the same call."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Expected(Generic[Key]):
    """A delivery that somebody waits for. ``tenant_id`` and ``phone`` say who."""

    id: Key
    tenant_id: str
    phone: Hashable
    """The number in any form, as long as all have the same."""
    van_at: datetime
    time_zone: str

    @property
    def day(self) -> date:
        """The local day on which the van comes."""
        return self.van_at.astimezone(ZoneInfo(self.time_zone)).date()


def together(lead: Expected[Key], others: Iterable[Expected[Key]]) -> list[Expected[Key]]:
    """The deliveries that a call about ``lead`` is about: itself first, then by the van's time.

    Those of the same company to the same number whose vans come on the same local day, each by the
    clock at its own door. ``others`` may hold ``lead`` again, and anything else.
    """
    same = {
        other.id: other
        for other in others
        if other.id != lead.id
        and (other.tenant_id, other.phone) == (lead.tenant_id, lead.phone)
        and other.day == lead.day
    }
    return [lead, *sorted(same.values(), key=lambda other: (other.van_at, str(other.id)))]

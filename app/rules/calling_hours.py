"""When a customer may be telephoned, by the clock on their wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

RULE = "calling-hours/1"
LAW = (time(8), time(21))
SETTING = "this installation's CALLING_HOURS, which are wider than 8 a.m. to 9 p.m."
SOURCE = "47 CFR 64.1200(c)(1): 8 a.m. to 9 p.m. at the called party's location"


@dataclass(frozen=True, slots=True)
class Verdict:
    """May the call be placed now, and if not, from when? ``not_before`` is None where never."""

    allowed: bool
    not_before: datetime | None
    local_time: datetime
    reason: str
    source: str
    """What says so: the rule from outside, or this installation's setting."""

    def as_dict(self) -> dict[str, Any]:
        """What is kept with the call as its ``why_allowed``."""
        return {
            "rule": RULE,
            "source": self.source,
            "allowed": self.allowed,
            "local_time": self.local_time.isoformat(),
            "reason": self.reason,
        }


def judge(
    now: datetime, time_zone: str, window: tuple[time, time], deadline: datetime | None = None
) -> Verdict:
    """Judge a call at ``now`` to somebody in ``time_zone``.

    ``window`` holds local times: the first is allowed, the second no longer is. After
    ``deadline``, by which the van is there, a call is pointless. Safe over changes of the clock:
    the window is laid on each local day anew.
    """
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    start, end = window
    source = SOURCE if LAW[0] <= start and end <= LAW[1] else SETTING
    if deadline is not None and now >= deadline:
        return Verdict(False, None, local, "the delivery is due already", source)
    if start <= local.time() < end:
        return Verdict(
            True, now, local, f"{local:%H:%M} is between {start:%H:%M} and {end:%H:%M}", source
        )
    day = local.date() if local.time() < start else local.date() + timedelta(days=1)
    opens = datetime.combine(day, start, tzinfo=zone)
    reason = f"{local:%H:%M} is outside {start:%H:%M} to {end:%H:%M}"
    if deadline is not None and opens >= deadline:
        return Verdict(False, None, local, f"{reason}, and the delivery is due before that", source)
    return Verdict(False, opens, local, reason, source)

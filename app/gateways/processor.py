"""How many processor cores this process may use."""

from __future__ import annotations

import os
from pathlib import Path

_TOPOLOGY = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cores(topology: Path = _TOPOLOGY, quota: Path = _QUOTA) -> int:
    """Physical cores, within what the scheduler and the container allow; at least 1.

    Two threads of one core share its arithmetic units, so that a second one gains nothing. Linux's
    sysfs and cgroup v2 say so; where they are silent, every processor counts.
    """
    allowed = os.sched_getaffinity(0)
    physical = {_siblings(topology, processor) for processor in allowed}
    return max(1, min(len(physical), _most(quota, len(allowed))))


def _siblings(topology: Path, processor: int) -> str:
    try:
        return (topology / f"cpu{processor}" / "topology" / "thread_siblings_list").read_text()
    except OSError:
        return str(processor)


def _most(quota: Path, otherwise: int) -> int:
    try:
        allowed, period = quota.read_text().split()
        return otherwise if allowed == "max" else int(allowed) // int(period)
    except (OSError, ValueError):
        return otherwise

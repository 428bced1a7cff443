"""`python -m tests.simulation --days 2000 --seed 7`: days with all faults, in minutes.

One day alone: `--only DAY` with its seed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from rich.console import Console
from rich.table import Table

from tests.simulation.database import database
from tests.simulation.mishaps import STRIKING
from tests.simulation.run import DAYS, Report, simulate_part

console = Console(width=110)
_MOST_SHOWN = 40


def main() -> int:
    """Simulate; 0 only if nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--days", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20_263)
    parser.add_argument("--only", type=int, help="one day of the seed alone")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    days = range(options.days) if options.only is None else [options.only]
    console.print(f"seed {options.seed}: {len(days)} days")
    began = time.monotonic()
    with database() as environ:
        report = together(environ, days, options.seed, options.processes)
    show(report, options.seed, time.monotonic() - began)
    return 1 if report.wrong else 0


def together(environ: dict[str, str], days: Sequence[int], seed: int, processes: int) -> Report:
    """Divide the chapters among processes, a few at a time."""
    chapters = sorted({day // DAYS for day in days})
    parts = [
        [day for day in days if day // DAYS in chapters[at : at + 3]]
        for at in range(0, len(chapters), 3)
    ]
    whole = Report()
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=processes, mp_context=fresh) as pool:
        running = [pool.submit(simulate_part, environ, part, seed) for part in parts]
        for done in as_completed(running):
            whole.add(done.result())
            console.print(f"{whole.days} days, {len(whole.wrong)} wrong", highlight=False)
            for each in whole.wrong[-3:]:
                console.print(f"  {each}", highlight=False)
    return whole


def show(report: Report, seed: int, seconds: float) -> None:
    """Print what was simulated, what struck, what was looked at, and what was wrong."""
    table = Table(title=f"{report.days} days of seed {seed} in {seconds:.0f} s", show_header=False)
    for title, counts in (
        ("days", report.special),
        ("seen", report.counted),
        ("calls", report.states),
        ("carrier's faults", Counter({kind: report.faults[kind] for kind in STRIKING})),
        ("our mishaps", report.mishaps),
        ("checked", report.looked_at),
    ):
        table.add_section()
        for what, count in sorted(counts.items()):
            table.add_row(title, what, str(count))
    console.print(table)
    for each in report.wrong[:_MOST_SHOWN]:
        console.print(each, highlight=False)
    console.print(f"{len(report.wrong)} things were wrong" if report.wrong else "All of it held.")


if __name__ == "__main__":
    sys.exit(main())

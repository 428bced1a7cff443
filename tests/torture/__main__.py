"""`make torture`: 10,000 attempts, the positive control, and a table of what was survived."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from tests.torture.run import Outcome, Plan, positive_control, torture

console = Console(width=100)


def main() -> int:
    """Run both; 0 only if the product survived and the naive worker was caught."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--naive-attempts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20_261)
    parser.add_argument("--worker-faults", type=int, default=60)
    options = parser.parse_args()
    kills = {"redis": 5, "mongodb": 5}
    plan = Plan(options.attempts, options.seed, options.worker_faults, kills)
    console.print(f"seed {plan.seed}: {plan.attempts} attempts through the product")
    outcome = torture(plan, console.print)
    show("The product", outcome)
    control = Plan(
        options.naive_attempts, options.seed, options.worker_faults, {"redis": 3, "mongodb": 3}
    )
    console.print(f"seed {control.seed}: {control.attempts} attempts through a naive worker")
    caught = positive_control(control, console.print)
    show("The positive control", caught)
    good = outcome.survived and len(caught.verdict.doubles) > 10
    console.print("Survived." if good else "NOT survived, or the rig proves nothing.")
    return 0 if good else 1


def show(title: str, outcome: Outcome) -> None:
    """Print one outcome."""
    table = Table(title=title, show_header=False)
    table.add_row("attempts with more than one call", str(len(outcome.verdict.doubles)))
    table.add_row("customers never called", str(outcome.never))
    table.add_row("not closed", str(outcome.unclosed))
    table.add_row(
        "calls placed, attempts", f"{outcome.verdict.total}, {len(outcome.verdict.calls)}"
    )
    table.add_row("seconds in all", f"{outcome.seconds:.0f}")
    table.add_row("closed, seconds after the last fault", f"{outcome.closed_after:.0f}")
    for what, count in sorted(outcome.struck.items()):
        table.add_row(f"struck: {what}", str(count))
    for what, count in sorted(outcome.lies.items()):
        table.add_row(f"network: {what}", str(count))
    for what, count in sorted(outcome.states.items()):
        table.add_row(f"in the end: {what}", str(count))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())

"""How fast transcripts are understood on one core, beside keyword rules in the same run.

    python -m benchmarks.understand [ANSWERS.jsonl ...]

Without files it reads every labelled set that comes with the project. How well they are understood
is another question: ``make eval``. Long transcripts are the sets' answers one after the other.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles

from tools.evaluation import sets
from tools.evaluation.readers import keywords, product
from tools.evaluation.sets import Labelled

ROUNDS = 5
STARTS = 5
LENGTHS = (100, 1_000, 10_000)
"""Words of long transcripts; a minute of speech has about 150."""
_START = """
import time
begun = time.perf_counter()
from datetime import datetime, UTC
from app.rules.directives import understand
understand("leave it behind the planter", now=datetime(2026, 11, 18, 11, tzinfo=UTC))
print(time.perf_counter() - begun)
"""

Reader = Callable[[Labelled], object]


def times(answers: Sequence[Labelled], read: Reader) -> list[float]:
    """Seconds for each answer: the best of several rounds, so that a busy machine counts less."""
    best = [float("inf")] * len(answers)
    for _ in range(ROUNDS):
        for number, answer in enumerate(answers):
            begun = time.perf_counter()
            read(answer)
            best[number] = min(best[number], time.perf_counter() - begun)
    return best


def long_answers(answers: Sequence[Labelled]) -> list[Labelled]:
    """One transcript of each of ``LENGTHS``."""
    words = " ".join(answer.text for answer in answers).split()
    first = answers[0]
    found = []
    for length in LENGTHS:
        text = " ".join((words * (1 + length // len(words)))[:length])
        found.append(Labelled(f"{length} words", text, first.at, None))
    return found


def start() -> float:
    """Seconds from a new process's first line to its first answer; the median of some."""
    command = [sys.executable, "-c", _START]
    took = []
    for _ in range(STARTS):
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        took.append(float(done.stdout))
    return sorted(took)[STARTS // 2]


def main(paths: Sequence[Path]) -> None:
    """Print the table."""
    answers = [answer for path in paths for answer in sets.load(path).answers]
    ours, theirs = times(answers, product), times(answers, keywords)
    print(f"{len(answers)} answers, best of {ROUNDS} rounds, one core\n")
    print(f"{'':28}{'product':>10}{'keywords':>10}{'ratio':>8}")
    print(_row("transcripts a second", 1 / _mean(ours), 1 / _mean(theirs), ".0f"))
    for name, cut in (("p50, ms", 49), ("p99, ms", 98)):
        row = (1000 * quantiles(each, n=100, method="inclusive")[cut] for each in (ours, theirs))
        print(_row(name, *row))
    print(_row("longest, ms", 1000 * max(ours), 1000 * max(theirs)))
    long = long_answers(answers)
    for answer, mine, other in zip(long, times(long, product), times(long, keywords), strict=True):
        print(_row(f"{answer.id}, ms", 1000 * mine, 1000 * other))
    print(f"\nfirst answer of a new process: {start():.2f} s, the median of {STARTS}")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _row(name: str, ours: float, theirs: float, form: str = ".2f") -> str:
    return f"{name:28}{ours:10{form}}{theirs:10{form}}{ours / theirs:8.3g}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", nargs="*", type=Path)
    main(parser.parse_args().answers or sets.usual())

"""How well answers are understood, and how fast, beside a naive extractor in the same run.

    python -m benchmarks.understand [ANSWERS.jsonl]

Without a file it reads the tests' own answers, which the extractor was made to get right: those
figures tell a loss, not the skill. Labelled answers that it never saw tell the skill.

Each line of the file holds ``text``, ``now`` (local), ``tz``, ``directives`` and, where they were
judged, ``sentiment`` and ``priority``. A directive counts as right when its kind and all its slots
are equal to a labelled one; order does not matter.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.rules.directives import understand

Answer = dict[str, Any]
Extractor = Callable[[str, datetime], dict[str, Any]]
ROUNDS = 20
OWN_ANSWERS = Path(__file__).parents[1] / "tests" / "rules" / "directives" / "answers.jsonl"
_NAIVE: tuple[tuple[str, str, str], ...] = (
    ("leave_at", "place", r"\b(?:leave|put|pop|drop) it (?:in|on|at|by|behind|under) the ([\w ]+)"),
    ("leave_with", "recipient", r"\bleave it with (?:my |the )?([\w ]+)"),
    ("access", "code", r"\bcode is ([\d ]+)"),
    ("time_window", "start", r"\bafter (\d\d:\d\d)"),
    ("avoid", "", r"\bdon't (?:ring|knock|call)"),
    ("contact", "", r"\b(?:call|text) me"),
    ("caution", "hazard", r"\bmind the ([\w ]+)"),
    ("handling", "", r"\bfragile\b"),
    ("cancel", "", r"\bcancel\b"),
    ("wrong_number", "", r"\bwrong number\b"),
    ("opt_out", "", r"\bstop calling\b"),
    ("speak_to_human", "", r"\bperson\b"),
    ("confirm", "", r"\b(?:yes|fine)\b"),
)
_NAIVE_CHOICES: dict[str, Callable[[str], dict[str, Any]]] = {
    "avoid": lambda said: {"action": "ring_bell" if "ring" in said else said.split()[-1]},
    "contact": lambda said: {"channel": said.split()[0]},
    "handling": lambda said: {"note": said},
}


def with_keywords(text: str, _now: datetime) -> dict[str, Any]:
    """Find directives by keywords alone: the baseline."""
    directives = []
    for kind, slot, pattern in _NAIVE:
        for match in re.finditer(pattern, text.lower()):
            choice = _NAIVE_CHOICES.get(kind)
            slots = {slot: match[1].strip()} if slot else {}
            directives.append({"kind": kind, **(choice(match[0]) if choice else slots)})
    return {
        "directives": directives,
        "sentiment": "neutral",
        "priority": "normal" if directives else "low",
    }


def with_the_product(text: str, now: datetime) -> dict[str, Any]:
    """Find directives as the product does."""
    return understand(text, now=now).as_dict()


def slots_of(directives: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Directives as countable pairs of kind and slots."""
    return Counter(
        (
            one["kind"],
            json.dumps(
                {k: v for k, v in one.items() if k not in ("text", "confidence", "span")},
                sort_keys=True,
            ),
        )
        for one in directives
    )


def score(answers: list[Answer], extract: Extractor) -> dict[str, Any]:
    """Return right, heard and labelled directives per kind, and the shares of whole answers."""
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    whole = 0
    judged: dict[str, list[bool]] = {"sentiment": [], "priority": []}
    for answer in answers:
        result = extract(answer["text"], moment_of(answer))
        got, want = slots_of(result["directives"]), slots_of(answer.get("directives", []))
        whole += got == want
        for column, counter in enumerate((got & want, got, want)):
            for (kind, _), count in counter.items():
                kinds[kind][column] += count
        for name, hits in judged.items():
            if answer.get(name):
                hits.append(result[name] == answer[name])
    return {
        "kinds": kinds,
        "whole": whole / len(answers),
        **{k: _share(v) for k, v in judged.items()},
    }


def moment_of(answer: Answer) -> datetime:
    """The moment of the call, in the customer's time zone."""
    moment = datetime.fromisoformat(answer.get("now", "2026-11-18T11:00:00"))
    return moment.replace(tzinfo=ZoneInfo(answer.get("tz", "Europe/London")))


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits) if hits else 1.0


def f1(right: int, heard: int, labelled: int) -> float:
    """Return the harmonic mean of precision and recall; 1 where there was nothing to find."""
    return 2 * right / (heard + labelled) if heard + labelled else 1.0


def microseconds(answers: list[Answer], extract: Extractor) -> float:
    """Return how long one answer takes, the best of several rounds over all of them."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for answer in answers:
            extract(answer["text"], moment_of(answer))
        best = min(best, time.perf_counter() - begun)
    return 1e6 * best / len(answers)


def main(path: str) -> None:
    """Print the figures for a file of labelled answers."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    answers: list[Answer] = [json.loads(line) for line in lines if line]
    product, naive = score(answers, with_the_product), score(answers, with_keywords)
    print(f"{len(answers)} answers")
    print(f"{'kind':16}{'precision':>10}{'recall':>8}{'F1':>7}{'n':>5}{'naive F1':>10}")
    for kind in sorted({*product["kinds"], *naive["kinds"]}):
        right, heard, labelled = product["kinds"][kind]
        precision, recall = right / heard if heard else 1.0, right / labelled if labelled else 1.0
        print(
            f"{kind:16}{precision:10.3f}{recall:8.3f}{f1(right, heard, labelled):7.3f}{labelled:5d}"
            f"{f1(*naive['kinds'][kind]):10.3f}"
        )
    totals = [
        f1(*(sum(row[column] for row in result["kinds"].values()) for column in range(3)))
        for result in (product, naive)
    ]
    times = [microseconds(answers, extract) for extract in (with_the_product, with_keywords)]
    print(f"\n{'':24}{'product':>10}{'naive':>10}{'ratio':>8}")
    print(f"{'directive F1':24}{totals[0]:10.3f}{totals[1]:10.3f}{_ratio(*totals)}")
    for name in ("whole", "sentiment", "priority"):
        label = "whole answers right" if name == "whole" else f"{name} right"
        ours, theirs = product[name], naive[name]
        print(f"{label:24}{ours:10.3f}{theirs:10.3f}{_ratio(ours, theirs)}")
    print(f"{'microseconds an answer':24}{times[0]:10.0f}{times[1]:10.0f}{_ratio(*times)}")


def _ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:8.2f}" if theirs else f"{'-':>8}"


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(OWN_ANSWERS))

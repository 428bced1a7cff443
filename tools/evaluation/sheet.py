"""The answers of a run as JSON lines, kept so that the next run can say what it changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.evaluation.counting import Compared, compare
from tools.evaluation.readers import Answered
from tools.evaluation.sets import LabelError, Labelled, LabelledSet, Read

ACCEPTED = Path(__file__).with_name("sheets") / "accepted.jsonl"
"""The last run that was found good; written anew with ``--sheet`` when a change is accepted."""

Run = Mapping[tuple[str, str], Answered]
"""What was answered, by the names of the set and of the answer."""


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that is read otherwise than before."""

    set: str
    label: Labelled
    before: Answered
    now: Answered
    gained: int
    """Mistakes fewer than before; negative where there are more."""
    matters: tuple[str, ...]
    """What differs: directives, sentiment, priority, needs_review."""


def write(path: Path, run: Run) -> None:
    """Write a run, sorted, so that two runs differ only where their answers do."""
    rows = [_row(set_, id_, run[set_, id_]) for set_, id_ in sorted(run)]
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _row(set_: str, id_: str, answered: Answered) -> dict[str, Any]:
    return {
        "set": set_,
        "id": id_,
        "directives": [
            {"kind": one.kind.value, "confidence": round(one.confidence, 2), **one.slots}
            for one in answered.directives
        ],
        "sentiment": answered.sentiment,
        "priority": answered.priority,
        "needs_review": answered.needs_review,
    }


def read(path: Path) -> Run:
    """Read a sheet. Raises LabelError where a line is none of a sheet."""
    run: dict[tuple[str, str], Answered] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            run[row["set"], row["id"]] = Answered(
                directives=tuple(Read.of(one) for one in row["directives"]),
                sentiment=row["sentiment"],
                priority=row["priority"],
                needs_review=row["needs_review"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise LabelError(f"{path}, line {number} is none of a sheet: {error!r}") from None
    return run


def changes(sets: Sequence[LabelledSet], before: Run, now: Run) -> Iterator[Change]:
    """The answers of both runs that are read otherwise, in the order of the sets."""
    for each in sets:
        for label in each.answers:
            key = each.name, label.id
            if key in before and key in now:
                found = _change(each.name, label, before[key], now[key])
                if found.matters:
                    yield found


def _change(set_: str, label: Labelled, before: Answered, now: Answered) -> Change:
    was, is_ = compare(label, before), compare(label, now)
    differs = {
        "directives": _bare(before) != _bare(now),
        "sentiment": before.sentiment != now.sentiment,
        "priority": before.priority != now.priority,
        "needs_review": before.needs_review != now.needs_review,
    }
    matters = tuple(name for name, so in differs.items() if so)
    return Change(set_, label, before, now, mistakes(was) - mistakes(is_), matters)


def _bare(answered: Answered) -> list[str]:
    return sorted(f"{one.kind} {sorted(one.slots.items())}" for one in answered.directives)


def mistakes(compared: Compared) -> int:
    """Directives missed, invented or with a wrong slot, and a wrong sentiment or priority.

    Asking a person about an answer that was read rightly, or none about a wrong one, is one too.
    """
    directives = sum(
        max(tally.found, tally.labelled) - tally.exact for tally in compared.kinds.values()
    )
    judged = sum(value is False for value in (compared.sentiment, compared.priority))
    asked = compared.whole is not None and compared.whole is compared.needs_review
    return directives + judged + asked

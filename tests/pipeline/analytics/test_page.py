"""docs/metrics.md names every figure, and none that there is not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

from app.pipeline.analytics import MOST_DAYS
from app.pipeline.analytics.figures import REACHED, Outcome, Rate, Report
from app.pipeline.analytics.kept import FRESH, STALE
from app.pipeline.analytics.span import MOST_MILLISECONDS
from app.pipeline.analytics.system import METRICS

PAGE = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text()


def names(shape: type, of: str = "") -> Iterator[str]:
    """Every figure by its way through the report; what an outcome holds is named once."""
    for name, kind in get_type_hints(shape).items():
        inner: Any = next(
            (each for each in (kind, *get_args(kind)) if dataclasses.is_dataclass(each)), None
        )
        if inner is Outcome:
            yield from names(Outcome, "outcome.")
        elif inner is None or inner is Rate:
            yield f"{of}{name}"
        else:
            yield from names(inner, f"{name}.")


def rows(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("| `")]


def test_every_figure_is_explained_and_nothing_else() -> None:
    figures, _, _ = PAGE.partition("## How the system does")
    told = {name for line in rows(figures) for name in re.findall(r"`([^`]+)`", line.split("|")[1])}
    assert told == set(names(Report))


def test_every_metric_is_explained_and_nothing_else() -> None:
    _, _, metrics = PAGE.partition("## How the system does")
    assert rows(metrics) == [
        f"| `{name}` | {each.unit} | {each.label or ''} | {each.meaning} |"
        for name, each in METRICS.items()
    ]


def test_the_numbers_on_the_page_are_those_of_the_code() -> None:
    assert f"{MOST_DAYS} at most" in PAGE
    assert f"more than {MOST_MILLISECONDS // 1000} seconds" in PAGE
    assert (FRESH.total_seconds(), STALE.total_seconds()) == (60, 600)
    (reached,) = re.findall(r"outreach stands at ([^.]+)\.", PAGE)
    assert set(re.findall(r"`(\w+)`", reached)) == REACHED

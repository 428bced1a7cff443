"""Fits how sure a directive is: the coefficients of ``app/rules/directives/certainty.py``.

``python -m tools.evaluation.fit_certainty FILES...`` reads labelled answers as the product reads
them, fits a logistic model of its features and prints the coefficients, and how far said and right
lie apart before and after. ``--keep FILE`` writes the rows instead of fitting, ``--also FILE`` adds
rows that were kept: an answer that the rules were taught from flatters them, so rows belong in that
were kept before. "After" is always cross-validated: no answer is judged by a model that saw it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from app.rules.directives.answer import hear
from app.rules.directives.certainty import WEIGHTS, certainty, features
from app.rules.directives.merging import merge
from tools.evaluation.counting import plain
from tools.evaluation.scores import EDGES, Bin, calibration_error
from tools.evaluation.sets import Labelled, load

FOLDS, RIDGE, HARDLY, ROUNDS = 8, 1.0, 1e-3, 50
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One directive as read: its features, how sure it was, and whether all of it was right."""

    answer: str
    features: dict[str, float]
    said: float
    right: bool


def rows_of(name: str, answer: Labelled) -> Iterator[Row]:
    """Yield a row for each directive that is read in an answer, if the answer was labelled."""
    if answer.directives is None:
        return
    heard = hear(answer.text, answer.at)
    labelled = Counter(_key(one.kind.value, one.slots) for one in answer.directives)
    for one in merge(heard.readings):
        key = _key(one.kind.value, one.slots)
        right = labelled[key] > 0
        labelled[key] -= right
        yield Row(f"{name} {answer.id}", features(one, heard), certainty(one, heard, 1.0), right)


def _key(kind: str, slots: object) -> str:
    return f"{kind} {sorted(plain(slots).items())}"  # type: ignore[arg-type]


def fitted(told: Numbers, right: Numbers) -> Numbers:
    """Return the bias and the weights of a ridge-penalised logistic model (Newton's method).

    ``told`` has a first column of ones, whose coefficient is hardly penalised: only so much that
    there is a solution where all rows are right.
    """
    weights = np.zeros(told.shape[1])
    penalty = np.diag([HARDLY, *[RIDGE] * (told.shape[1] - 1)])
    for _ in range(ROUNDS):
        chance = chances(told, weights)
        slope = told.T @ (chance - right) + penalty @ weights
        curve = (told.T * (chance * (1 - chance))) @ told + penalty
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def chances(told: Numbers, weights: Numbers) -> Numbers:
    """Return the chance of each row to be right."""
    return np.asarray(1 / (1 + np.exp(-(told @ weights))), dtype=np.float64)


def cross_validated(told: Numbers, right: Numbers, answers: Sequence[str]) -> Numbers:
    """Return each row's chance by a model fitted without the rows of its answer."""
    names = sorted(set(answers))
    fold = {name: index % FOLDS for index, name in enumerate(names)}
    held = np.array([fold[name] for name in answers])
    chance = np.zeros(len(right))
    for number in range(FOLDS):
        out = held == number
        if out.any():
            chance[out] = chances(told[out], fitted(told[~out], right[~out]))
    return chance


def table(title: str, chance: Numbers, right: Numbers) -> list[str]:
    """Return the lines of a reliability table."""
    bins = []
    for low, high in pairwise(EDGES):
        here = (chance > low) & (chance <= high)
        if here.any():
            said, held = float(chance[here].mean()), float(right[here].mean())
            bins.append(Bin(low, high, int(here.sum()), said, held))
    loss = -float(np.mean(np.log(np.where(right > 0, chance, 1 - chance).clip(1e-6))))
    brier = float(np.mean((chance - right) ** 2))
    lines = [f"{title}: {len(right)} directives, right {right.mean():.3f}"]
    lines += [
        f"  to {one.high:.2f}  n {one.count:4d}  said {one.confidence:.3f}  right {one.exact:.3f}"
        for one in bins
    ]
    apart = calibration_error(bins)
    return [
        *lines,
        f"  expected calibration error {apart:.3f}, Brier {brier:.4f}, log loss {loss:.4f}",
    ]


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keep", type=click.Path(path_type=Path), help="Write the rows there; fit nothing.")
@click.option("--also", multiple=True, type=click.Path(exists=True, path_type=Path))
def main(files: tuple[Path, ...], keep: Path | None, also: tuple[Path, ...]) -> None:
    """Fit how sure a directive is, on labelled FILES."""
    rows = [row for path in files for one in load(path).answers for row in rows_of(str(path), one)]
    if keep is not None:
        keep.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
        return
    for path in also:
        rows += [Row(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    told = np.array([[1.0, *(row.features[name] for name in WEIGHTS)] for row in rows])
    right = np.array([float(row.right) for row in rows])
    after = cross_validated(told, right, [row.answer for row in rows])
    weights = fitted(told, right)
    click.echo("\n".join(table("before", np.array([row.said for row in rows]), right)))
    click.echo("\n".join(table("after, cross-validated", after, right)))
    click.echo(f"BIAS = {weights[0]:.2f}")
    for name, weight in zip(WEIGHTS, weights[1:], strict=True):
        click.echo(f"{name}: {weight:.2f}")


if __name__ == "__main__":
    main()

"""Fits what answers look like: ``app/rules/directives/likeness.json``.

    python -m tools.evaluation.fit_likeness [FILES...]

reads the labelled answers of FILES, or all that come with the project but those of ``--without``,
writes the weights, and prints how often a person would be asked, cross-validated by answer: no
answer is judged by a model that saw it. It needs what ``tools/evaluation/requirements.txt`` names.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from app.rules.analysis import Kind
from app.rules.directives import likeness
from app.rules.directives.text import plain_form
from app.rules.texts.choices import CHOICES
from tools.evaluation.counting import compare
from tools.evaluation.readers import product
from tools.evaluation.sets import Labelled, Read, load, usual

TARGET = Path(likeness.__file__).with_name("likeness.json")
PENALTY, SEEN_AT_LEAST, HARDLY, FOLDS = 1.0, 2, 0.05, 8
"""Inverse strength of the L1 penalty, which leaves few features; answers that a feature must stand
in; the weights left out; parts of the cross-validation."""


def fitted(answers: Sequence[Labelled]) -> dict[str, Any]:
    """The biases and weights of all kinds."""
    # Only the fit needs scikit-learn, and nothing that is installed brings it.
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    counter = CountVectorizer(
        analyzer=lambda answer: likeness.features(plain_form(answer.text).plain),
        binary=True,
        min_df=SEEN_AT_LEAST,
    )
    counted = counter.fit_transform(answers)
    names = counter.get_feature_names_out()
    bias: dict[str, float] = {}
    weights: dict[str, dict[str, float]] = {}
    for kind in Kind:
        asked = [any(one.kind is kind for one in answer.directives or ()) for answer in answers]
        model = LogisticRegression(
            C=PENALTY, l1_ratio=1, solver="liblinear", tol=1e-3, random_state=0
        )
        model.fit(counted, asked)
        bias[kind.value] = round(float(model.intercept_[0]), 3)
        for at in np.flatnonzero(np.abs(model.coef_[0]) >= HARDLY):
            weights.setdefault(str(names[at]), {})[kind.value] = round(float(model.coef_[0][at]), 3)
    return {"bias": bias, "weights": dict(sorted(weights.items()))}


def ours() -> list[Labelled]:
    """The sentences that stand for picks on the customer's page: nobody need look at those."""
    at = datetime(2026, 11, 18, 11, tzinfo=UTC)
    return [
        Labelled(name, choice.text, at, (Read(choice.kind, choice.slots),))
        for name, choice in CHOICES.items()
        for _ in range(SEEN_AT_LEAST)
    ]


def judged(answers: Sequence[Labelled], model: dict[str, Any]) -> NDArray[np.bool_]:
    """For each answer: is it read rightly, and does the model differ from the readers."""
    like = likeness.Model(model["bias"], model["weights"])
    rows = []
    for answer in answers:
        found = product(answer)
        kinds = {one.kind for one in found.directives}
        differs = likeness.differs(plain_form(answer.text).plain, kinds, like)
        rows.append((compare(answer, found).whole, differs))
    return np.array(rows, dtype=bool)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--without", multiple=True, help="Name of a set to leave out, as e.")
def main(files: tuple[Path, ...], without: tuple[str, ...]) -> None:
    """Write the weights, and print what asking a person would come to."""
    chosen = [path for path in files or usual() if path.stem not in without]
    answers = [a for path in chosen for a in load(path).answers if a.directives is not None]
    parts = np.random.default_rng(0).permutation(len(answers)) % FOLDS
    found = np.concatenate(
        [
            judged(
                [answers[at] for at in np.flatnonzero(parts == part)],
                fitted([*ours(), *(answers[at] for at in np.flatnonzero(parts != part))]),
            )
            for part in range(FOLDS)
        ]
    )
    right = found[:, 0]
    for name, these in (("wrongly", ~right), ("rightly", right)):
        differs = found[these, 1].mean()
        print(f"{these.sum()} answers read {name}: the second voice differs on {differs:.3f}")
    model = fitted([*ours(), *answers])
    TARGET.write_text(json.dumps(model, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(answers)} answers, {len(model['weights'])} features written to {TARGET}")


if __name__ == "__main__":
    main()

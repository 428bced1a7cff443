"""The fit of how sure a directive is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from tools.evaluation import sets
from tools.evaluation.fit_certainty import chances, cross_validated, fitted, main, rows_of

RNG = np.random.default_rng(7)


def test_the_fit_finds_the_weights_that_made_the_data() -> None:
    told = np.column_stack([np.ones(4000), RNG.normal(size=(4000, 2))])
    meant = np.array([0.5, 1.5, -1.0])
    right = (RNG.random(4000) < chances(told, meant)).astype(float)
    assert np.allclose(fitted(told, right), meant, atol=0.15)


def test_no_answer_is_judged_by_a_model_that_saw_it() -> None:
    """Of two answers that contradict each other, each is judged by the other's rows alone."""
    told = np.ones((40, 1))
    right = np.array([1.0] * 20 + [0.0] * 20)
    chance = cross_validated(told, right, ["a"] * 20 + ["b"] * 20)
    assert chance[:20].max() < 0.5 < chance[20:].min()


def test_a_directive_is_right_once_for_each_time_it_is_labelled() -> None:
    answer = sets.Labelled(
        "a1",
        "leave it in the shed and don't knock",
        datetime.fromisoformat("2026-11-18T11:00:00+00:00"),
        (sets.Read.of({"kind": "leave_at", "place": "shed"}),),
    )
    right = {row.features["free_words"]: row.right for row in rows_of("set", answer)}
    assert right == {1.0: True, 0.0: False}


def test_rows_that_were_kept_are_fitted_with_others(tmp_path: Path) -> None:
    kept = tmp_path / "rows.json"
    runner = CliRunner()
    answers = str(sets.usual()[0])
    assert runner.invoke(main, [answers, "--keep", str(kept)]).exit_code == 0
    alone = runner.invoke(main, ["--also", str(kept)]).output
    twice = runner.invoke(main, [answers, "--also", str(kept)]).output
    count = int(alone.split("before: ")[1].split(" ")[0])
    assert f"before: {2 * count} directives" in twice
    assert "BIAS = " in twice

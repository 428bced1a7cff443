"""The second voice: what an answer looks like, and what comes of it where the readers differ."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.rules.analysis import Kind
from app.rules.directives import understand
from app.rules.directives.likeness import Model, differs, features, fitted, likeness
from app.rules.directives.text import plain_form
from tests.rules.directives.answers import CALLED_AT

SHED = Model({"leave_at": -1.0, "cancel": -4.0}, {"shed": {"leave_at": 3.0}})


def test_features_are_runs_of_one_to_three_words() -> None:
    assert features("the shed, not the porch") == {
        *("the", "shed", "not", "porch", "the shed", "shed not", "not the", "the porch"),
        *("the shed not", "shed not the", "not the porch"),
    }


def test_weights_add_up_to_odds() -> None:
    found = likeness("shed", SHED)
    assert found[Kind.LEAVE_AT] == pytest.approx(1 / (1 + math.exp(-2.0)))
    assert likeness("porch", SHED)[Kind.LEAVE_AT] == pytest.approx(1 / (1 + math.exp(1.0)))


def test_a_likely_kind_that_was_not_read_and_an_unlikely_one_that_was_differ() -> None:
    assert not differs("shed", {Kind.LEAVE_AT}, SHED)
    assert differs("shed", set(), SHED)
    assert differs("shed", {Kind.LEAVE_AT, Kind.CANCEL}, SHED)


def test_the_model_of_the_product_knows_every_kind_and_only_numbers() -> None:
    model = fitted()
    assert set(model.bias) == set(Kind)
    weights = [weight for row in model.weights.values() for weight in row.values()]
    assert all(math.isfinite(each) for each in [*model.bias.values(), *weights])
    assert all(set(row) <= set(Kind) for row in model.weights.values())
    assert all(features(name) >= {name} for name in model.weights)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("please leave it behind the planter", {Kind.LEAVE_AT}),
        ("stop calling me", {Kind.OPT_OUT}),
        ("the gate code is four five one nine", {Kind.ACCESS}),
        ("don't ring the bell", {Kind.AVOID}),
    ],
)
def test_plain_answers_look_like_what_they_are(said: str, kinds: set[Kind]) -> None:
    plain = plain_form(said).plain
    assert not differs(plain, kinds)
    assert differs(plain, {Kind.HAND_OVER})


@given(some.text(max_size=200))
def test_it_makes_and_drops_no_directive(text: str) -> None:
    found = understand(text, now=CALLED_AT)
    kinds = {one.kind for one in found.directives}
    if found.directives and differs(plain_form(text).plain, kinds):
        assert found.needs_review
    assert all(0 < chance < 1 for chance in likeness(plain_form(text).plain, fitted()).values())

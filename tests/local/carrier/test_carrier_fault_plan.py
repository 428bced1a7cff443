"""A plan of faults: chances from a seed, the same again whenever it is followed."""

from __future__ import annotations

import pytest

from local.carrier.fault_plan import KINDS, LENGTHS, Dice, FaultError, FaultPlan


def test_the_same_seed_strikes_the_same_whatever_comes_between() -> None:
    def struck(seed: int, *numbers: str) -> dict[str, list[bool]]:
        dice = Dice(FaultPlan(seed, {"callback_lost": 0.5}))
        found: dict[str, list[bool]] = {number: [] for number in numbers}
        for number in numbers * 50:
            found[number].append(dice.strikes("callback_lost", number))
        return found

    alone, together = struck(7, "+1")["+1"], struck(7, "+1", "+2")
    assert alone == together["+1"] != together["+2"]
    assert alone != struck(8, "+1")["+1"]
    assert 10 < sum(alone) < 40


def test_rates_are_kept() -> None:
    dice = Dice(FaultPlan(3, {"callback_lost": 0.05}))
    struck = sum(dice.strikes("callback_lost", f"+1{index}") for index in range(10_000))
    assert 400 < struck < 600
    assert dice.injected == {"callback_lost": struck}


@pytest.mark.parametrize(
    "plan",
    [
        {"rates": {"earthquake": 0.1}},
        {"rates": {"callback_lost": 1.5}},
        {"rates": {"callback_lost": -0.1}},
        {"rates": {"callback_lost": True}},
        {"rates": 0.5},
        {"seed": "seven"},
        {"seconds": {"create_503_before": 1}},
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(plan: dict[str, object]) -> None:
    with pytest.raises(FaultError):
        FaultPlan.read(plan)


def test_every_kind_that_lasts_is_a_kind() -> None:
    assert LENGTHS.keys() <= KINDS.keys()

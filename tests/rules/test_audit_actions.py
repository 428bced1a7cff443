"""The table of what is logged."""

from __future__ import annotations

import re

from app.rules.audit_actions import Action


def test_every_action_is_a_subject_and_a_verb_and_says_what_it_means() -> None:
    for each in Action:
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", each.value)
        assert each.meaning.endswith(".")
        assert Action(each.value) is each


def test_no_two_actions_mean_the_same() -> None:
    assert len({each.meaning for each in Action}) == len(Action)

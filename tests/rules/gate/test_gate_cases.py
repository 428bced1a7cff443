"""The gate's table: what people would call lawful, line by line."""

from __future__ import annotations

import pytest

from app.rules.gate import judge
from tests.rules.gate.case_table import Case, against, cases


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.line}-{case.words}")
def test_the_gate_answers_as_the_table_says(case: Case) -> None:
    verdict = judge(case.facts, case.book)
    said = case.says(verdict)
    found = against(verdict)
    assert said == case.answer, verdict.summary
    assert case.against <= found if case.and_others else case.against == found


def test_the_table_is_long_and_names_each_case_once() -> None:
    words = [(case.words, case.who.phone, case.now) for case in cases()]
    assert len(words) >= 120
    assert len(set(words)) == len(words)

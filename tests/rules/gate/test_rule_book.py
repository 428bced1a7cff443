"""The book of rules: complete, sourced, and clear about what is wrong with an operator's own."""

from __future__ import annotations

import tomllib

import pytest

from app.rules.gate import BUNDLED, RuleBookError, load
from tests.factories import ALWAYS, BOOK

GOOD = """
version = "1"
[[hours]]
id = "a"
version = 1
source = "a test"
says = "a test"
since = "08:00"
until = "21:00"
"""


def test_every_rule_that_ships_has_its_version_source_and_words() -> None:
    assert len(BOOK.rules) >= 12
    for rule in BOOK.rules:
        assert rule.version >= 1
        assert len(rule.source) > 10
        assert len(rule.says) > 10
    assert len({rule.id for rule in BOOK.rules}) == len(BOOK.rules)


def test_what_is_no_law_says_so() -> None:
    for rule in BOOK.rules:
        if rule.where == ("*",):
            assert "this product's own choice" in rule.source, rule.id


def test_every_kind_of_table_in_the_file_is_read() -> None:
    raw = tomllib.loads(BUNDLED.read_text())
    written = sum(len(tables) for tables in raw.values() if isinstance(tables, list))
    assert len(BOOK.rules) == written
    assert BOOK.version == raw["version"]


def test_the_book_for_tests_is_never_the_one_that_ships() -> None:
    assert ALWAYS.version != BOOK.version


def test_a_good_book_is_read() -> None:
    assert load(GOOD).hours[0].since == 8 * 3600


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("08:00", "8 o'clock"), "time of day"),
        (("21:00", "25:00"), "within 00:00 and 24:00"),
        (("21:00", "07:00"), "since must be before until"),
        (('source = "a test"\n', ""), "source"),
        (('id = "a"', 'id = "A rule"'), "id"),
        (("[[hours]]", "[[ours]]"), "ours"),
        (("version = 1\n", "version = 0\n"), "version"),
        (('says = "a test"', 'says = "a test"\nwhere = ["Florida"]'), "where"),
        (('says = "a test"', 'says = "a test"\nwhere = []'), "where"),
        (('says = "a test"', 'says = "a test"\nchannels = ["fax"]'), "channels"),
        (('says = "a test"', 'says = "a test"\ndays = ["mon"]'), "must be one of monday"),
        (('version = "1"', "version = "), "is no TOML"),
        (('version = "1"', ""), "version"),
    ],
)
def test_a_wrong_book_is_refused_with_the_reason(change, said) -> None:
    with pytest.raises(RuleBookError, match=said):
        load(GOOD.replace(*change, 1))


def test_a_book_without_hours_is_refused() -> None:
    with pytest.raises(RuleBookError, match="no hours"):
        load('version = "1"')


def test_two_rules_of_one_name_are_refused() -> None:
    again = GOOD[GOOD.index("[[") :]
    with pytest.raises(RuleBookError, match="same id: a"):
        load(GOOD + again)


def test_a_cap_says_over_which_time_it_counts() -> None:
    cap = '[[caps]]\nid="c"\nversion=1\nsource="a test"\nsays="a test"\nper="phone"\nmost=1\n'
    for wrong in (cap, cap + "hours=24\nlocal_day=true\n"):
        with pytest.raises(RuleBookError, match="c: needs either"):
            load(GOOD + wrong)
    load(GOOD + cap + "hours=24\n")

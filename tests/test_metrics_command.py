"""`delauto metrics`: the table for Mondays, and the same for a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from bson import ObjectId
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from app.cli import main
from app.rules.spreadsheet import as_text
from tests import factories

MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WEEK = ("--from", "2026-03-02", "--to", "2026-03-08")


def driven(status: str, **fields) -> None:
    factories.delivery(
        status=status,
        scheduled_time=MONDAY,
        outreach={"state": "instructed", "attempts": 1},
        **fields,
    )


def delauto(surroundings, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["metrics", *arguments], env=surroundings)


def metrics(surroundings, *arguments: str) -> str:
    answer = delauto(surroundings, *arguments)
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_shows_shares_with_what_they_are_of(surroundings, settings) -> None:
    dana = factories.agent(name="Dana Driver")
    for status in ("completed", "completed", "failed"):
        driven(status, agent_id=dana.pk)
    said = metrics(surroundings, *WEEK, "--time-zone", "Europe/Berlin")
    assert "2026-03-02 to 2026-03-08, Europe/Berlin; as of" in said
    assert "Mon 2026-03-02" in said
    (line,) = [each for each in said.splitlines() if "Dana Driver" in each]
    assert "66.7% (2 of 3)" in line
    assert "100.0% (3 of 3)" in line


def test_without_days_it_is_the_last_full_week(surroundings, settings) -> None:
    said = metrics(surroundings)
    today = datetime.now(UTC).date()
    monday = today - timedelta(days=today.weekday() + 7)
    assert said.startswith(f"{monday} to {monday + timedelta(days=6)}, UTC; as of ")
    assert date.fromisoformat(said[:10]).weekday() == 0


def test_one_day_given_stands_for_a_week(surroundings, settings) -> None:
    assert metrics(surroundings, "--from", "2026-03-02").startswith("2026-03-02 to 2026-03-08")
    assert metrics(surroundings, "--to", "2026-03-08").startswith("2026-03-02 to 2026-03-08")


def test_a_spreadsheet_gets_one_line_a_figure(surroundings, settings, tmp_path) -> None:
    driven("completed")
    file = tmp_path / "week.csv"
    assert metrics(surroundings, *WEEK, "--csv", str(file)) == ""
    found = rows(file.read_text())
    assert found == rows(metrics(surroundings, *WEEK, "--csv", "-"))
    wanted = {"table": "day", "row": "all", "figure": "success", "value": "1", "of": "1"}
    assert wanted in found
    assert {each["table"] for each in found} >= {"day", "agent", "first tries"}


def test_a_name_never_becomes_a_formula(surroundings, settings) -> None:
    names = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\u00a0=1"]
    for name in [*names, "\r=1"]:
        driven("completed", agent_id=factories.agent(name=name).pk)
    said = metrics(surroundings, *WEEK, "--csv", "-")
    found = [each["row"] for each in rows(said) if each["table"] == "agent"]
    assert len(found) == 9 * 6
    assert all(each.startswith("'") for each in found)


@given(st.text())
def test_no_text_begins_a_formula_and_none_is_lost(text) -> None:
    cell = as_text(text)
    assert cell.strip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}
    assert cell.removeprefix("'") == text.replace("\0", "").removeprefix("'") or cell == text


def test_a_name_cannot_steer_the_terminal(surroundings, settings) -> None:
    driven("completed", agent_id=factories.agent(name="Dana [red]x[/] \x1b[2J\x07").pk)
    said = metrics(surroundings, *WEEK)
    assert "[red]x[/]" in said
    assert "\x07" not in said
    assert "\x1b" not in said


def test_an_agent_who_is_gone_is_told_by_the_id(surroundings, settings) -> None:
    gone = ObjectId()
    driven("completed", agent_id=gone)
    driven("completed")
    said = metrics(surroundings, *WEEK)
    assert str(gone) in said
    assert "nobody" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "2.3.2026"), "--from must be a day, as 2026-03-02"),
        (("--to", "tomorrow"), "--to must be a day, as 2026-03-02"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "lies before the first"),
        (("--from", "2024-03-02", "--to", "2026-03-01"), "400 at most"),
        (("--time-zone", "Berlin"), "must be one like Europe/London"),
        (("--time-zone", ".."), "must be one like Europe/London"),
    ],
)
def test_what_makes_no_sense_is_said_plainly(surroundings, settings, arguments, says) -> None:
    answer = delauto(surroundings, *arguments)
    assert answer.exit_code == 1
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_file_that_cannot_be_written_is_said_plainly(surroundings, settings, tmp_path) -> None:
    there = str(tmp_path / "no" / "such" / "folder.csv")
    answer = delauto(surroundings, *WEEK, "--csv", there)
    assert answer.exit_code == 1
    assert "No such file or directory" in answer.stderr
    assert "Traceback" not in answer.stderr

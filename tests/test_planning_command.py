"""`delauto plan`: what it says of the rows of a file."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from app import models
from app.cli import main
from app.models import Customer, Delivery, Tenant
from app.pipeline.suppression import suppress
from tests import factories

ROOT = Path(__file__).parents[1]
SOON = (datetime.now(UTC) + timedelta(hours=3)).isoformat(timespec="seconds")
HEADER = "reference,customer_name,phone,address,scheduled_time,time_zone,consent"


@pytest.fixture
def plan(surroundings, settings):
    factories.tenant()
    lawful = {**surroundings, "CALLING_RULES": str(factories.ALWAYS_RULES)}
    lawful["CALLING_HOURS"] = "00:00-23:59"

    def invoke(*rows: str, header: str = HEADER, **changed: str) -> Result:
        text = "\n".join((header, *rows)).replace("SOON", SOON)
        try:
            return CliRunner().invoke(main, ["plan", "-"], input=text, env={**lawful, **changed})
        finally:
            # A command ends its connection.
            models.connect(settings)

    return invoke


def test_a_row_whose_customer_will_not_be_called_is_named_with_the_reason(plan, settings) -> None:
    suppress(
        "default", "+447700900102", scope="calls", source="key", evidence=None,
        now=datetime.now(UTC),
    )  # fmt: skip
    answer = plan(
        "R-1,Casey,+447700900101,1 Mill Lane,SOON,Europe/London,",
        "R-2,Robin,+447700900102,2 Mill Lane,SOON,Europe/London,",
        "R-3,Sasha,nonsense,3 Mill Lane,SOON,Europe/London,",
    )
    said = answer.stdout.splitlines()
    assert said[0].startswith("row 3: planned, but nobody will be called: ")
    assert "asked not to be contacted" in said[0]
    assert said[1:] == ["2 planned (1 of them without a call), 1 refused"]
    assert answer.exit_code == 1
    states = {each.reference: each.outreach.state for each in Delivery.of("default")}
    assert states == {"R-1": "pending", "R-2": "suppressed"}


def test_rows_without_a_call_are_no_failure(plan) -> None:
    unlawful = plan("R-1,Casey,+447700900101,1 Mill Lane,SOON,Europe/London,no", CALLING_RULES="")
    assert "row 2: planned, but nobody will be called: no consent is known" in unlawful.stdout
    assert unlawful.stdout.splitlines()[-1] == "1 planned (1 of them without a call), 0 refused"
    assert unlawful.exit_code == 0


def test_an_unquoted_comma_is_noticed_before_it_cuts_anything_off(plan, settings) -> None:
    answer = plan(
        "Casey,+447700900101,SOON,1 Mill Lane, Springfield",
        'Robin,+447700900102,SOON,"2 Mill Lane, Springfield"',
        header="customer_name,phone,scheduled_time,address",
    )
    assert "row 2: has more cells than the header: quote texts with commas" in answer.stderr
    assert "1 planned, 1 refused" in answer.stdout
    assert Delivery.of("default").get().address == "2 Mill Lane, Springfield"


def test_columns_that_nothing_is_read_from_are_named_once(plan) -> None:
    answer = plan(
        "R-1,Casey,+447700900101,1 Mill Lane,SOON,Europe/London,,big,",
        "R-2,Robin,+447700900102,2 Mill Lane,SOON,Europe/London,,small,",
        header=f"{HEADER},Parsel,",
    )
    (line,) = answer.stderr.splitlines()
    assert line.startswith("delauto: nothing is read from the columns Parsel (is parcel meant?); ")
    assert "agent_email" in line
    assert "2 planned, 0 refused" in answer.stdout


def test_times_without_an_offset_are_by_the_clock_that_is_named_nearest(plan) -> None:
    Tenant.of("default").update_one(set__calling__time_zone="Europe/Paris")
    day = (datetime.now(UTC) + timedelta(days=20)).date()
    answer = plan(
        f"R-1;Casey;+447700900101;1 Mill Lane;{day} 14:30;Europe/London;",
        f"R-2;Robin;+447700900102;2 Mill Lane;{day} 14:30;;",
        header=HEADER.replace(",", ";"),
    )
    assert "2 planned, 0 refused" in answer.stdout, answer.stderr
    came = {
        each.reference: each.scheduled_time.astimezone(ZoneInfo("Europe/Paris")).hour
        for each in Delivery.of("default")
    }
    assert came == {"R-1": 15, "R-2": 14}


def test_a_file_that_is_not_utf8_is_refused(plan, tmp_path, surroundings, settings) -> None:
    file = tmp_path / "day.csv"
    file.write_bytes(f"{HEADER}\nR-1,J\xfcrgen".encode("cp1252"))
    try:
        answer = CliRunner().invoke(main, ["plan", str(file)], env=surroundings)
    finally:
        models.connect(settings)
    assert "the file is not UTF-8" in answer.stderr
    assert answer.exit_code != 0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("R-1,C,+447700900101,1 Mill Lane,1999-01-01T10:00Z,,", "must lie between 2000 and 2100"),
        ("R-1,C,+447700900101,1 Mill Lane,2100-01-01T10:00Z,,", "must lie between 2000 and 2100"),
        ("R-1,C,OURS,1 Mill Lane,SOON,,", "phone is the number that we call from"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_as_it_is(plan, settings, row, said) -> None:
    answer = plan(row.replace("OURS", settings.twilio_from_number))
    assert "row 2: " in answer.stderr
    assert said in answer.stderr
    assert "0 planned, 1 refused" in answer.stdout
    assert Customer.of("default").count() == 0


def test_the_example_in_the_readme_can_be_planned_and_explained_any_day(
    surroundings, settings, tmp_path
) -> None:
    factories.tenant()
    factories.agent(email="dana@example.com")
    (example,) = re.findall(r"```sh\n(day=.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    command = f'delauto() {{ PYTHONPATH={ROOT} {sys.executable} -m app.cli "$@"; }}\nset -e\n'
    answer = subprocess.run(
        ["bash", "-c", command + example],
        env=surroundings, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    planned, *rest = answer.stdout.splitlines()
    assert planned == "1 planned, 0 refused"
    verdicts = [line for line in rest if line.startswith("rules say: ")]
    assert verdicts[0].startswith(("rules say: a call is allowed", "rules say: not before"))
    assert verdicts[1].startswith("rules say: a call is allowed, until ")

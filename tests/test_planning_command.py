"""`delauto plan`: what it says of the rows of a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from app import models
from app.cli import main
from app.models import Customer, Delivery
from app.pipeline.suppression import suppress
from tests import factories

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

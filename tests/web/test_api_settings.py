"""A company's settings through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import Tenant
from app.models.audit import AuditEntry
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def test_choices_are_changed_one_by_one(api) -> None:
    before = api.get("/settings").json
    assert before["calling"]["mode"] == "consent"
    wish = {"calling": {"hours": "09:00-19:00", "quiet_days": ["2027-12-24"]}}
    first = api.patch("/settings", wish, before["version"])
    assert first.status_code == 200, first.text
    second = api.patch("/settings", {"calling": {"texts": False}}, first.json["version"])
    calling = second.json["calling"]
    assert (calling["hours"], calling["texts"]) == ("09:00-19:00", False)
    assert calling["quiet_days"] == ["2027-12-24"]
    cleared = api.patch("/settings", {"calling": {"hours": None}})
    assert cleared.json["calling"]["hours"] is None
    assert Tenant.of("default").get().calling.texts is False
    entry = AuditEntry.of("default").order_by("-sequence").first()
    assert (entry.action, entry.changed) == ("settings.changed", ["calling.hours", "version"])


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ({"calling": {"hours": "02:00-04:00"}}, "/calling/hours"),
        ({"calling": {"hours": "20:00-09:00"}}, "/calling/hours"),
        ({"calling": {"time_zone": "Mars/Olympus"}}, "/calling/time_zone"),
        ({"calling": {"quiet_days": ["2027-02-30"]}}, "/calling/quiet_days"),
        ({"prompts": {"en": {"no_such_text": "x"}}}, "/prompts/en/no_such_text"),
        ({"voices": {"en": "Nobody"}}, "/voices/en"),
    ],
)
def test_what_cannot_be_is_told_where_and_nothing_is_kept(api, wish, where) -> None:
    before = api.get("/settings").json
    answer = api.patch("/settings", {**wish, "name": "New"})
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["pointer"] == where
    assert api.get("/settings").json == before


def test_own_texts_replace_the_ones_before(api) -> None:
    from app.rules.call_script import texts

    name = next(iter(texts.language("en").prompts))
    original = texts.language("en").prompts[name]
    kept = api.patch("/settings", {"prompts": {"en": {name: original + " Thank you."}}})
    assert kept.status_code == 200, kept.text
    assert list(kept.json["prompts"]["en"]) == [name]
    assert api.patch("/settings", {"prompts": {}}).json["prompts"] == {}


def test_what_other_choices_would_have_changed_is_told_and_nothing_kept(api) -> None:
    now = datetime.now(UTC)
    delivery = factories.delivery(
        scheduled_time=now - timedelta(hours=1), created_at=now - timedelta(days=5),
        status="completed", reference="R-7",
    )  # fmt: skip
    factories.consent(delivery, since=now - timedelta(days=6))
    quiet = [str((now - timedelta(days=days)).date()) for days in range(-1, 7)]
    told = api.post("/settings/what-if", {"calling": {"quiet_days": quiet}})
    assert told.status_code == 200, told.text
    assert (told.json["known"], told.json["looked_at"]) == (1, 1)
    assert told.json["first"]["dropped"] == 1, told.text
    (call,) = told.json["calls"]
    assert (call["delivery_id"], call["reference"]) == (str(delivery.pk), "R-7")
    assert (call["change"], call["proposed"]) == ("dropped", None)
    assert "quiet-days" in [each["rule"] for each in told.json["because"]]
    assert api.get("/settings").json["calling"]["quiet_days"] == []
    wrong = api.post("/settings/what-if", {"calling": {"time_zone": "Nowhere"}})
    assert wrong.status_code == 422
    assert wrong.json["errors"][0]["pointer"] == "/calling/time_zone"

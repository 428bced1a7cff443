"""Figures over the API: the same as everywhere, of one's own company, with what they are of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest

from app.models import SystemMetric
from app.pipeline.analytics import Span, computed
from app.pipeline.analytics.system import METRICS
from app.rules.permissions import Permission, Role
from app.web.api.metric_shapes import Metric
from benchmarks.ledger import TODAY, Wanted, fill
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api

MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default", [Permission.METRICS_READ])


def driven(status: str, tenant_id: str = "default", **fields) -> None:
    state = {"state": "instructed", "attempts": 1}
    factories.delivery(tenant_id, status=status, scheduled_time=MONDAY, outreach=state, **fields)


def test_a_share_comes_with_what_it_is_a_share_of(api) -> None:
    dana = factories.agent(name="Dana Driver")
    for status in ("completed", "failed", "completed", "scheduled"):
        driven(status, agent_id=dana.pk)
    driven("completed", "theirs")
    answer = api.get("/metrics/report?first=2026-03-02&last=2026-03-02&time_zone=Europe/Berlin")
    assert answer.status_code == 200, answer.text
    assert answer.json["total"]["success"] == {"hits": 2, "of": 3, "share": pytest.approx(2 / 3)}
    assert answer.json["total"]["first_time"] == {"hits": 0, "of": 0, "share": None}
    (agent,) = answer.json["by_agent"]
    assert (agent["agent_id"], agent["name"]) == (str(dana.pk), "Dana Driver")
    assert answer.json["time_zone"] == "Europe/Berlin"
    assert answer.json["computed_at"].endswith("Z")


def test_it_is_the_report_that_the_use_case_makes(api) -> None:
    fill(Wanted(300))
    first, last = TODAY - timedelta(days=30), TODAY
    answer = api.get(f"/metrics/report?first={first}&last={last}").json
    expected = computed("default", Span(first, last, "UTC"))
    assert answer["total"]["deliveries"] == expected.total.deliveries > 50
    assert len(answer["by_day"]) == 31
    assert [Decimal(each["amount"]) for each in answer["costs"]] == [
        each.amount for each in expected.costs
    ]
    assert answer["told"]["calls"] == expected.told.calls > 0
    assert [each["hour"] for each in answer["by_hour"]] == [e.hour for e in expected.by_hour]


def test_without_days_it_is_the_last_full_week(api) -> None:
    found = api.get("/metrics/report").json
    first, last = (datetime.fromisoformat(found[name]) for name in ("first", "last"))
    assert (first.weekday(), last - first) == (0, timedelta(days=6))
    assert timedelta(days=7) <= datetime.now() - first < timedelta(days=15)  # noqa: DTZ005


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("first=2026-03-02&last=2026-03-01", "before the first"),
        ("first=2020-03-02&last=2026-03-01", "400 at most"),
        ("first=1999-03-02", "of this century"),
        ("last=0001-01-01", "of this century"),
        ("first=9999-12-31", "of this century"),
        ("time_zone=Mars", "like Europe/London"),
        ("time_zone=../../etc/passwd", "like Europe/London"),
        ("first=1700000000", "must be a day"),
        ("first=2026-02-30", "first"),
        ("first=2026-03-02T10:00:00", "must be a day"),
        ("first[$gt]=", "not known"),
        ("from=2026-03-02", "not known"),
    ],
)
def test_what_makes_no_sense_is_told(api, query, says) -> None:
    answer = api.get(f"/metrics/report?{query}")
    assert answer.status_code in (400, 422)
    assert says in str(answer.json["errors"])


def test_who_may_not_read_figures_reads_none(client) -> None:
    stranger = api_side.key_for(client, "default", [Permission.DELIVERIES_READ])
    agent = api_side.signed_in(client, api_side.person("default", Role.AGENT))
    for path in ("/metrics/report", "/metrics/series?metric=calls_ended"):
        assert stranger.get(path).status_code == 403
        assert agent.get(path).status_code == 403


def note(whose: str, value: float, minutes_ago: int, status: str = "busy") -> None:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    SystemMetric.noted(whose, "calls_ended", value, unit="calls", at=at, status=status).save()


def test_a_series_is_the_own_companys_and_of_the_last_day(api) -> None:
    note("default", 3, 10)
    note("default", 8, 10, status="completed")
    note("default", 5, 2 * 24 * 60)
    note("theirs", 7, 10)
    found = api.get("/metrics/series?metric=calls_ended").json
    assert (found["metric"], found["unit"]) == ("calls_ended", "calls")
    drawn = {each["labels"]["status"]: each["points"] for each in found["series"]}
    assert {status: [p["mean"] for p in points] for status, points in drawn.items()} == {
        "busy": [3],
        "completed": [8],
    }


def test_a_series_that_makes_no_sense_is_told(api) -> None:
    def status(query: str) -> int:
        return api.get(f"/metrics/series?{query}").status_code

    assert status("") == 400
    assert status("metric=queue_depth") == 400
    since = "since=2026-03-02T10:00:00Z"
    assert status(f"metric=calls_ended&{since}&until=2026-03-02T09:00:00Z") == 422
    assert status(f"metric=calls_ended&{since}&until=2028-03-02T09:00:00Z") == 422
    assert status(f"metric=calls_ended&{since}&points=0") == 400
    assert status(f"metric=calls_ended&{since}") == 200


def test_the_api_knows_every_metric_of_a_company_and_none_of_the_installation() -> None:
    assert set(get_args(Metric)) == {name for name, each in METRICS.items() if each.of_company}

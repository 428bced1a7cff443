"""How the system does: measured once a minute, kept for a while, and read back as series."""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from app import queues
from app.models import INSTALLATION, Heartbeat, PushMessage, SystemMetric, database
from app.pipeline.analytics.series import Point, SeriesError, series
from app.pipeline.analytics.system import METRICS, measure
from app.pipeline.tell import tell
from app.runtime import Runtime
from tests import factories
from workers import clock

NOW = datetime.now(UTC).replace(second=30, microsecond=0)
MINUTE = NOW.replace(second=0)


def values(whose: str = "default") -> dict[str, float]:
    found = {}
    for each in SystemMetric.objects(tenant_id=whose):
        label = METRICS[each.metric_type].label
        key = f"{each.metric_type} {each.tags[label]}" if label else each.metric_type
        assert key not in found
        assert each.unit == METRICS[each.metric_type].unit
        assert each.timestamp == MINUTE
        found[key] = each.value
    return found


def call(status: str, seconds_ago: int, **fields: object) -> None:
    factories.call(
        status=status,
        in_flight=False,
        claimed_at=MINUTE - timedelta(seconds=seconds_ago + 60),
        end_time=MINUTE - timedelta(seconds=seconds_ago),
        **fields,
    )


def test_queues_and_calls_are_measured_as_they_stand(settings) -> None:
    factories.call(status="ringing")
    factories.call(status="ringing")
    factories.call(status="queued")
    call("completed", 30, answered_by="human")
    call("completed", 200, answered_by="machine")
    call("busy", 40)
    call("no-answer", 20 * 60)
    factories.delivery(
        outreach={"state": "waiting", "next_attempt_at": MINUTE - timedelta(hours=1)}
    )
    measure({"calls": 3, "speech": 7}, now=NOW)
    assert values(INSTALLATION) == {"queue_depth calls": 3, "queue_depth speech": 7}
    found = values()
    rate = found.pop("call_success_rate")
    assert rate == pytest.approx(100 / 3)
    assert found == {
        "calls_under_way ringing": 2,
        "calls_under_way queued": 1,
        "calls_under_way in-progress": 0,
        "calls_under_way intended": 0,
        "calls_under_way unknown": 0,
        "calls_ended completed": 1,
        "calls_ended busy": 1,
        "deliveries_due": 1,
        "reviews_open": 0,
    }


def test_a_company_for_which_nothing_goes_on_costs_nothing(settings) -> None:
    factories.tenant("asleep")
    measure({}, now=NOW)
    assert SystemMetric.objects.count() == 0


def test_every_company_has_its_own(settings) -> None:
    factories.tenant("beacon")
    factories.call(factories.delivery("beacon", outreach={"state": "calling", "attempts": 1}))
    measure({}, now=NOW)
    assert values("beacon")["calls_under_way intended"] == 1
    assert values("default") == {}


def test_speech_is_measured_in_the_minute_in_which_something_was_heard(settings) -> None:
    Heartbeat(
        name="speech",
        at=NOW,
        job_at=MINUTE - timedelta(seconds=10),
        job_seconds=2.5,
        audio_seconds=9.0,
    ).save()
    measure({}, now=NOW)
    assert values(INSTALLATION) == {"speech_job_time": 2.5, "speech_audio_time": 9.0}
    measure({}, now=NOW + timedelta(minutes=1))
    assert SystemMetric.objects.count() == 2


def test_however_many_clocks_there_are_a_minute_is_measured_once(settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: measure({"calls": 1}, now=NOW), range(16)))
    assert sorted(kept) == [0] * 15 + [1]
    assert measure({"calls": 1}, now=NOW + timedelta(minutes=1)) == 1
    # A clock that lags behind.
    assert measure({"calls": 1}, now=NOW) == 0


def test_without_redis_the_clock_measures_the_rest(settings) -> None:
    class Away(queues.Enqueuer):
        def depth(self, queue: str) -> int:
            from redis.exceptions import ConnectionError as AwayError

            raise AwayError

    runtime = Runtime(settings)
    runtime.__dict__["enqueuer"] = Away(queues.connect(settings.redis_url.get_secret_value()))
    factories.call(status="ringing")
    clock.measure(runtime)
    assert SystemMetric.objects(metric_type="queue_depth").count() == 0
    assert SystemMetric.objects(metric_type="calls_under_way").count() == 5


def test_the_clock_measures(runtime) -> None:
    (duty,) = [each for each in clock.DUTIES if each.do is clock.measure]
    assert duty.every < 60
    duty.do(runtime)
    assert SystemMetric.objects(metric_type="queue_depth").count() == len(queues.QUEUES)


def note(value: float, after: float, queue: str = "calls", whose: str = INSTALLATION) -> None:
    at = MINUTE + timedelta(minutes=after)
    SystemMetric.noted(whose, "queue_depth", value, unit="jobs", at=at, queue=queue).save()


def test_a_series_is_drawn_in_as_many_points_as_wanted(settings) -> None:
    for n in range(6):
        note(n, n)
    note(50, 6)
    note(9, 1, queue="speech")
    note(9, 1, whose="default")
    calls, speech = series(
        INSTALLATION, "queue_depth", MINUTE, MINUTE + timedelta(minutes=6), most=3
    )
    assert (calls.labels, calls.unit, calls.step) == ({"queue": "calls"}, "jobs", 120)
    assert calls.points == (
        Point(MINUTE, 0.5, 0, 1, 2),
        Point(MINUTE + timedelta(minutes=2), 2.5, 2, 3, 2),
        Point(MINUTE + timedelta(minutes=4), 4.5, 4, 5, 2),
    )
    assert speech.labels == {"queue": "speech"}
    assert speech.points == (Point(MINUTE, 9, 9, 9, 1),)


def test_a_series_is_never_finer_than_what_was_measured(settings) -> None:
    note(1, 0)
    (only,) = series(INSTALLATION, "queue_depth", MINUTE, MINUTE + timedelta(minutes=5))
    assert only.step == 60
    assert series("nobody", "queue_depth", MINUTE, MINUTE + timedelta(minutes=5)) == ()


@pytest.mark.parametrize(
    ("metric", "minutes", "most", "says"),
    [
        ("$where", 5, 10, "no metric of this name; there are queue_depth"),
        ("queue_depth", 0, 10, "after the beginning"),
        ("queue_depth", -5, 10, "after the beginning"),
        ("queue_depth", 401 * 1440, 10, "by 400 days"),
        ("queue_depth", 5, 0, "1 to 1000 points"),
        ("queue_depth", 5, 1001, "1 to 1000 points"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(settings, metric, minutes, most, says) -> None:
    with pytest.raises(SeriesError, match=says):
        series(INSTALLATION, metric, NOW, NOW + timedelta(minutes=minutes), most=most)


def test_a_correction_is_no_measure_of_how_long_the_driver_waited(settings) -> None:
    of = factories.delivery(agent_id=factories.agent().pk, to_tell=True, analysis_version=1)
    about = factories.call(of, status="completed", end_time=NOW - timedelta(seconds=7))
    of.modify(set__call_log_id=about.pk)
    tell(of.pk, now=NOW)
    of.modify(set__to_tell=True, set__analysis_version=2)
    tell(of.pk, now=NOW + timedelta(days=1))
    assert PushMessage.of("default").count() == 2
    assert [each.value for each in SystemMetric.objects(metric_type="hang_up_to_told")] == [7]
    (drawn,) = series("default", "hang_up_to_told", NOW - timedelta(minutes=1), NOW + timedelta(1))
    assert drawn.points[0].mean == 7


def test_measurements_go_after_their_time(settings) -> None:
    (options,) = database().list_collections(filter={"name": "system_metrics"})
    kept = importlib.import_module("migrations.0009_metrics").KEPT_SECONDS
    assert options["options"]["expireAfterSeconds"] == kept
    assert options["options"]["timeseries"]["metaField"] == "tags"


def test_a_series_is_read_by_an_index(settings) -> None:
    for n in range(40):
        note(n, n)
        note(n, n, whose="default")
    plan = str(
        database().command(
            "explain",
            {
                "aggregate": "system_metrics",
                "pipeline": [
                    {
                        "$match": {
                            "tags.tenant": "default",
                            "tags.metric": "queue_depth",
                            "timestamp": {"$gte": MINUTE, "$lt": MINUTE + timedelta(hours=1)},
                        }
                    }
                ],
                "hint": "series",
                "cursor": {},
            },
            verbosity="queryPlanner",
        )
    )
    assert "IXSCAN" in plan
    assert "COLLSCAN" not in plan

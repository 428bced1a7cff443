"""The queue: only our functions run, a wake-up is not repeated, and the log tells what happened."""

from __future__ import annotations

import pytest
from bson import ObjectId
from rq import Queue
from rq.serializers import JSONSerializer

from app import queues, runtime
from app.models import DeadJob, Recording
from app.runtime import Runtime
from tests import factories
from tests.fakes import FakeSpeech, FakeStorage, FakeVoice
from workers import clock, jobs
from workers.main import AllowedJob, ResidentWorker


@pytest.fixture
def fakes(settings) -> Runtime:
    """A runtime whose gateways are fakes, installed for jobs."""
    made = Runtime(settings)
    made.__dict__.update(voice=FakeVoice(), storage=FakeStorage(), speech=FakeSpeech())
    runtime.install(made)
    yield made
    runtime.install(None)


def work(settings, queue: str) -> None:
    """Let a worker empty a queue, as in production but ending when it is empty."""
    connection = queues.connect(settings.redis_url.get_secret_value(), blocking=True)
    ResidentWorker(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        job_class=AllowedJob,
        log_job_description=False,
    ).work(burst=True, logging_level="WARNING")


def test_a_wake_up_that_is_waiting_is_not_repeated(fakes) -> None:
    one, two = ObjectId(), ObjectId()
    for _ in range(3):
        assert fakes.enqueuer.enqueue(queues.STORE, one)
    assert fakes.enqueuer.enqueue(queues.STORE, two)
    assert fakes.enqueuer.enqueue(queues.TELL, one)
    assert fakes.enqueuer.depth(queues.ANSWERS) == 3


def test_a_job_carries_an_id_and_nothing_else(fakes, settings) -> None:
    call = factories.call()
    fakes.enqueuer.enqueue(queues.DIAL, call.pk)
    connection = queues.connect(settings.redis_url.get_secret_value())
    (job,) = Queue(queues.CALLS, connection=connection, serializer=JSONSerializer).jobs
    assert job.args == [str(call.pk)] or tuple(job.args) == (str(call.pk),)
    raw = str(connection.hgetall(job.key))
    assert call.to_number not in raw
    assert job.description == "dial"


def test_an_answer_goes_through_the_queues_to_the_driver(fakes, settings) -> None:
    agent = factories.agent()
    delivery = factories.delivery(agent_id=agent.pk, outreach={"state": "calling", "attempts": 1})
    call = factories.call(
        delivery, status="completed", in_flight=False, effects=["records"],
        call_sid=factories.sid("CA"), start_time=factories.NOW, end_time=factories.NOW,
    )  # fmt: skip
    recording = factories.recording(call)
    fakes.enqueuer.enqueue(queues.STORE, recording.pk)
    for queue in (queues.ANSWERS, queues.SPEECH, queues.ANSWERS):
        work(settings, queue)
    delivery.reload()
    assert delivery.outreach.state == "instructed"
    assert not delivery.to_tell


@pytest.mark.parametrize("function", ["os.system", "workers.jobs._bury", "app.queues.connect"])
def test_a_function_that_is_not_in_the_table_never_runs(
    fakes, settings, function, tmp_path
) -> None:
    connection = queues.connect(settings.redis_url.get_secret_value())
    queue = Queue(queues.ANSWERS, connection=connection, serializer=JSONSerializer)
    mark = tmp_path / "ran"
    job = queue.enqueue_call(function, args=(f"touch {mark}",))
    work(settings, queues.ANSWERS)
    assert not mark.exists()
    assert job.get_status(refresh=True).value == "failed"


def test_a_callback_that_somebody_wrote_into_redis_never_runs(fakes, settings, tmp_path) -> None:
    connection = queues.connect(settings.redis_url.get_secret_value())
    queue = Queue(queues.ANSWERS, connection=connection, serializer=JSONSerializer)
    job = queue.enqueue_call("workers.jobs.tell", args=(str(ObjectId()),), result_ttl=60)
    mark = tmp_path / "ran"
    connection.hset(job.key, "success_callback_name", f"os.system touch {mark}")
    work(settings, queues.ANSWERS)
    assert not mark.exists()
    assert job.get_status(refresh=True).value == "finished"


def test_what_fails_for_good_is_put_where_a_person_looks(fakes, settings) -> None:
    from app.errors import PermanentError

    fakes.voice.audio = PermanentError("too large")
    recording = factories.recording()
    fakes.enqueuer.enqueue(queues.STORE, recording.pk)
    work(settings, queues.ANSWERS)
    dead = DeadJob.of("default").get()
    assert (dead.job, dead.document_id, dead.error) == ("store", recording.pk, "too large")
    assert Recording.of("default").get().processing_status == "failed"


def test_what_somebody_has_tried_again_is_forgotten_once_it_works(fakes, settings) -> None:
    from datetime import UTC, datetime

    from app.errors import PermanentError
    from app.pipeline import dead_jobs

    audio, fakes.voice.audio = fakes.voice.audio, PermanentError("too large")
    recording = factories.recording()
    fakes.enqueuer.enqueue(queues.STORE, recording.pk)
    work(settings, queues.ANSWERS)
    dead = DeadJob.of("default").get()
    dead_jobs.retry(dead, by="Dana", now=datetime.now(UTC))
    fakes.enqueuer.enqueue(queues.STORE, recording.pk)
    work(settings, queues.ANSWERS)
    # It fails again, and is there again, once, without a mark of who tried.
    again = DeadJob.of("default").get()
    assert (again.tries, again.retried_at) == (2, None)
    fakes.voice.audio = audio
    dead_jobs.retry(again, by="Dana", now=datetime.now(UTC))
    fakes.enqueuer.enqueue(queues.STORE, recording.pk)
    work(settings, queues.ANSWERS)
    assert DeadJob.of("default").count() == 0
    assert Recording.of("default").get().stage == "stored"


def test_what_failed_for_good_is_kept_whatever_it_was_about(fakes, settings) -> None:
    from app.errors import PermanentError
    from workers import jobs

    delivery = factories.delivery()

    @jobs.job
    def tell(runtime, document_id) -> None:
        raise PermanentError("nobody can be told")

    tell(str(delivery.pk))
    assert DeadJob.of("default").get().document_id == delivery.pk


def test_what_may_work_later_is_left_for_the_sweep(fakes, settings) -> None:
    from app.errors import TransientError

    fakes.voice.audio = TransientError("not there yet")
    recording = factories.recording()
    fakes.enqueuer.enqueue(queues.STORE, recording.pk)
    work(settings, queues.ANSWERS)
    assert DeadJob.of("default").count() == 0
    assert Recording.of("default").get().stage == "announced"


def test_the_clock_offers_what_redis_lost(fakes, settings) -> None:
    recording = factories.recording()
    settings_now = settings.model_copy(update={"patience": 0.0001})
    impatient = Runtime(settings_now)
    clock.sweep_up(impatient)
    assert impatient.enqueuer.depth(queues.ANSWERS) >= 1
    work(settings, queues.ANSWERS)
    recording.reload()
    assert recording.stage == "stored"


def test_the_tick_claims_and_enqueues(fakes, settings) -> None:
    from datetime import UTC, datetime, timedelta

    soon = datetime.now(UTC) + timedelta(hours=3)
    all_day = settings.model_copy(
        update={"calling_hours": "00:00-23:59", "calling_rules": str(factories.ALWAYS_RULES)}
    )
    delivery = factories.delivery(scheduled_time=soon)
    broken = factories.delivery(scheduled_time=soon)
    # A document that cannot be read must not stop the others.
    from app.models import Delivery

    Delivery._get_collection().update_one({"_id": broken.pk}, {"$set": {"scheduled_time": "soon"}})
    this = Runtime(all_day)
    for _ in range(3):
        clock.tick(this)
        import time

        time.sleep(1.1)
    delivery.reload()
    assert delivery.outreach.state == "calling"
    assert this.enqueuer.depth(queues.CALLS) == 1


def test_the_names_of_jobs_are_their_functions() -> None:
    for name in queues.JOBS:
        assert getattr(jobs, name).__name__ == name

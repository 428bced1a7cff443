"""The queues and the jobs, in one table; and the one way to put a job on its queue.

RQ carries wake-ups: a job is a name and one document's id. Losing every one of them loses nothing,
for the sweep offers unfinished work again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from bson import ObjectId
from redis import Redis
from redis.backoff import ConstantBackoff, NoBackoff
from redis.client import Pipeline
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from app.queue_standing import Standing, look
from app.redis_contents import everything

log = structlog.get_logger()
CALLS = "calls"
ANSWERS = "answers"
SPEECH = "speech"
WEBHOOKS = "webhooks"
"""By itself: whoever waits for a shipper's slow system must not keep a driver waiting."""
QUEUES = (CALLS, ANSWERS, SPEECH, WEBHOOKS)
MOST_WAITING: Mapping[str, int] = MappingProxyType({SPEECH: 200})
"""Jobs that a slow queue takes; what comes then is left to the sweep, but for what goes first."""
_KEEP_FAILED = 14 * 24 * 3600
_KEEP_DONE = 300


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work: what runs, on which queue, for how many seconds at most."""

    name: str
    queue: str
    seconds: int

    @property
    def path(self) -> str:
        """The dotted name of the function that runs."""
        return f"workers.jobs.{self.name}"


DIAL = Job("dial", CALLS, 60)
RECONCILE = Job("reconcile", CALLS, 60)
LOOK_AGAIN = Job("look_again", CALLS, 60)
WITHDRAW = Job("withdraw", CALLS, 60)
HANG_UP = Job("hang_up", CALLS, 60)
ASK_PRICE = Job("ask_price", CALLS, 60)
BRIDGE = Job("bridge", CALLS, 60)
FOLLOW_BRIDGE = Job("follow_bridge", CALLS, 60)
PRICE_BRIDGE = Job("price_bridge", CALLS, 60)
LOOK_FOR_RECORDING = Job("look_for_recording", ANSWERS, 60)
STORE = Job("store", ANSWERS, 120)
DELETE_COPY = Job("delete_copy", ANSWERS, 60)
COMPARE_RECORDINGS = Job("compare_recordings", ANSWERS, 300)
APPLY_RETENTION = Job("apply_retention", ANSWERS, 600)
TRANSCRIBE = Job("transcribe", SPEECH, 600)
UNDERSTAND = Job("understand", ANSWERS, 60)
CONCLUDE = Job("conclude", ANSWERS, 60)
TELL = Job("tell", ANSWERS, 30)
PUSH = Job("push", ANSWERS, 45)
SEND_TEXT = Job("send_text", ANSWERS, 45)
POST_TEXT = Job("post_text", ANSWERS, 45)
RECONCILE_TEXT = Job("reconcile_text", ANSWERS, 60)
READ_REPLY = Job("read_reply", ANSWERS, 60)
LOCATE = Job("locate", ANSWERS, 30)
PUBLISH = Job("publish", WEBHOOKS, 60)
POST_EVENTS = Job("post_events", WEBHOOKS, 60)

JOBS: Mapping[str, Job] = MappingProxyType(
    {
        job.name: job
        for job in (
            DIAL,
            RECONCILE,
            LOOK_AGAIN,
            WITHDRAW,
            HANG_UP,
            ASK_PRICE,
            BRIDGE,
            FOLLOW_BRIDGE,
            PRICE_BRIDGE,
            LOOK_FOR_RECORDING,
            STORE,
            DELETE_COPY,
            COMPARE_RECORDINGS,
            APPLY_RETENTION,
            TRANSCRIBE,
            UNDERSTAND,
            CONCLUDE,
            TELL,
            PUSH,
            SEND_TEXT,
            POST_TEXT,
            RECONCILE_TEXT,
            READ_REPLY,
            LOCATE,
            PUBLISH,
            POST_EVENTS,
        )
    }
)


def connect(redis_url: str, *, blocking: bool = False, hurried: bool = False) -> Redis:
    """A client with bounded waits; it connects on first use.

    ``blocking`` is for workers, which wait for jobs longer than a socket's usual limit, and ride
    out an outage of a few seconds; ``hurried`` for who cannot wait even a second.
    """
    if hurried:
        at_once = Retry(NoBackoff(), 0)
        return Redis.from_url(
            redis_url, socket_connect_timeout=0.3, socket_timeout=0.5, retry=at_once
        )
    if blocking:
        retry = Retry(ConstantBackoff(1), 5)
        return Redis.from_url(redis_url, socket_connect_timeout=2, retry=retry)
    return Redis.from_url(
        redis_url, socket_connect_timeout=2, socket_timeout=5, health_check_interval=30
    )


@dataclass(frozen=True, slots=True)
class WakeUp:
    """That a document is to be worked on."""

    job: Job
    document_id: ObjectId
    correlation_id: str | None = None
    first: bool = False
    """Before all that waits."""

    @property
    def job_id(self) -> str:
        """The same for the same work: what waits already is not put on the queue again."""
        return f"{self.job.name}-{self.document_id}"


class Enqueuer:
    """Puts jobs on their queues. A queue out of reach is logged and otherwise ignored."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._queues: dict[str, Queue] = {}

    def enqueue(
        self,
        job: Job,
        document_id: ObjectId,
        *,
        correlation_id: str | None = None,
        first: bool = False,
    ) -> bool:
        """Wake a worker for a document that is already saved; no use where one is awaited already.

        ``first`` puts it before all that waits. False where Redis did not take it, or the queue is
        full; then the sweep will offer it.
        """
        return self.enqueue_all([WakeUp(job, document_id, correlation_id, first)])

    def enqueue_all(self, wake_ups: Sequence[WakeUp]) -> bool:
        """The same for several documents, in two trips to Redis for all of them."""
        wanted = {each.job_id: each for each in wake_ups}
        try:
            with self._redis.pipeline(transaction=False) as asking:
                for job_id, each in wanted.items():
                    asking.lpos(self._queue(each.job.queue).key, job_id)
                awaited = asking.execute()
            fresh = [
                each for each, place in zip(wanted.values(), awaited, strict=True) if place is None
            ]
            full = self._full({each.job.queue for each in fresh if not each.first})
            refused = [each for each in fresh if not each.first and each.job.queue in full]
            fresh = [each for each in fresh if each not in refused]
            if fresh:
                with self._redis.pipeline() as putting:
                    for each in fresh:
                        self._put(each, putting)
                    putting.execute()
        except RedisError as error:
            names = sorted({each.job.name for each in wake_ups})
            log.warning("queue out of reach, the sweep will offer it", jobs=names, why=repr(error))
            return False
        if refused:
            log.warning("queue full, the sweep will offer it", jobs=len(refused))
        return not refused

    def _full(self, names: set[str]) -> set[str]:
        bounded = names & set(MOST_WAITING)
        return {name for name in bounded if self.depth(name) >= MOST_WAITING[name]}

    def _put(self, wake_up: WakeUp, pipeline: Pipeline) -> None:
        job, document_id = wake_up.job, str(wake_up.document_id)
        self._queue(job.queue).enqueue_call(
            job.path,
            args=(document_id,),
            job_id=wake_up.job_id,
            timeout=job.seconds,
            # Not 0: the end of a job must not take a second wake-up for the same document away.
            result_ttl=_KEEP_DONE,
            failure_ttl=_KEEP_FAILED,
            description=job.name,
            at_front=wake_up.first,
            meta={"correlation_id": wake_up.correlation_id or document_id},
            pipeline=pipeline,
        )

    def forget(self, ids: Collection[ObjectId]) -> int:
        """Take every job about one of these documents away, whatever became of it.

        Returns how many. Raises RedisError.
        """
        about, gone = {str(each) for each in ids}, 0
        for key in self._redis.scan_iter(match="rq:job:*", count=1000):
            name = key.decode() if isinstance(key, bytes) else str(key)
            job_id = name.removeprefix("rq:job:").removesuffix(":dependents")
            if job_id.rpartition("-")[2] in about:
                for queue in QUEUES:
                    self._queue(queue).remove(job_id)
                gone += int(self._redis.delete(key))
        return gone

    def everything(self) -> Iterator[bytes]:
        """Every key that Redis keeps, and what it holds: for looking. Raises RedisError."""
        return everything(self._redis)

    def standing(self) -> Standing:
        """What waits, who works, and what crashed. Raises RedisError."""
        return look(self._redis, QUEUES)

    def depth(self, queue: str) -> int:
        """Jobs waiting on a queue. Raises RedisError."""
        return int(self._queue(queue).count)

    def _queue(self, name: str) -> Queue:
        if name not in self._queues:
            self._queues[name] = Queue(name, connection=self._redis, serializer=JSONSerializer)
        return self._queues[name]

"""A worker process for one queue.

RQ is crash-safe for exactly one queue a process. Jobs are JSON, and only those in the table of
``app.queues`` run, for a function's name in Redis is data that anybody with access could write.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import structlog
from rq import Queue, SimpleWorker
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

from app import logs, queues, runtime
from app.config import Settings
from app.rules import directives
from workers import sign_of_life

log = structlog.get_logger()
ALLOWED = frozenset(job.path for job in queues.JOBS.values())


class AllowedJob(RqJob):
    """A job that runs only functions of our table, and no callbacks."""

    @property
    def func(self) -> Any:
        if self.func_name not in ALLOWED:
            raise PermissionError("the job's function is not in the table of app.queues")
        return super().func

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None


class ResidentWorker(SimpleWorker):
    """Runs jobs in its own process: connections and the speech model stay, and no orphan can.

    A worker that forks for each job costs five times the processor time of these short jobs, and
    one that is killed -9 leaves a child that goes on beside its successor.
    """

    job_class = AllowedJob


def run(settings: Settings, queue: str) -> None:
    """Work on one queue until told to stop by SIGTERM or SIGINT, after the job at hand.

    Raises ValueError for a queue that is not in the table.
    """
    if queue not in queues.QUEUES:
        raise ValueError(f"there is no queue {queue!r}; there are {', '.join(queues.QUEUES)}")
    logs.configure(settings.log_level, f"worker-{queue}")
    this = runtime.Runtime(settings)
    runtime.install(this)
    this.connect()
    if queue == queues.SPEECH:
        this.speech.load()
    if queue == queues.ANSWERS:
        directives.prepare()
    connection = queues.connect(settings.redis_url.get_secret_value(), blocking=True)
    worker = ResidentWorker(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        job_class=AllowedJob,
        log_job_description=False,
        maintenance_interval=30,
        job_monitoring_interval=5,
    )
    log.info("worker ready", queue=queue)
    with sign_of_life.beating() if queue == queues.SPEECH else nullcontext():
        worker.work(logging_level="WARNING", with_scheduler=False)

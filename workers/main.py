"""A worker process for one queue.

RQ is crash-safe for exactly one queue a process. Jobs are JSON, and only those in the table of
``app.queues`` run, for a function's name in Redis is data that anybody with access could write.
"""

from __future__ import annotations

import ctypes
import signal
from typing import Any

import structlog
from rq import Queue, SimpleWorker, Worker
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from app import logs, queues, runtime
from app.config import Settings

log = structlog.get_logger()
ALLOWED = frozenset(job.path for job in queues.JOBS.values())
_PR_SET_PDEATHSIG = 1


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


class _Settled:
    """What both kinds of worker share."""

    job_class = AllowedJob
    queue_class = Queue


class ForkingWorker(_Settled, Worker):
    """Runs each job in a child process, which a broken job may take down without harm."""

    def main_work_horse(self, *args: Any, **kwargs: Any) -> Any:
        # A worker killed -9 must not leave an orphan that goes on with the job beside its
        # successor.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        return super().main_work_horse(*args, **kwargs)


class ResidentWorker(_Settled, SimpleWorker):
    """Runs jobs in its own process, where the speech model is loaded once."""


def run(settings: Settings, queue: str) -> None:
    """Work on one queue until told to stop by SIGTERM or SIGINT, after the job at hand.

    Raises ValueError for a queue that is not in the table.
    """
    if queue not in queues.QUEUES:
        raise ValueError(f"there is no queue {queue!r}; there are {', '.join(queues.QUEUES)}")
    logs.configure(settings.log_level, f"worker-{queue}")
    this = runtime.Runtime(settings)
    runtime.install(this)
    kind: type[BaseWorker] = ForkingWorker
    if queue == queues.SPEECH:
        kind = ResidentWorker
        this.connect()
        load = getattr(this.speech, "load", None)
        if load is not None:
            load()
    else:
        _import_ahead()
    connection = queues.connect(settings.redis_url.get_secret_value(), blocking=True)
    worker = kind(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        job_class=AllowedJob,
        log_job_description=False,
        maintenance_interval=30,
        job_monitoring_interval=5,
    )
    log.info("worker ready", queue=queue)
    worker.work(logging_level=settings.log_level, with_scheduler=False)


def _import_ahead() -> None:
    """Import what jobs need before any fork, so that a child starts within milliseconds."""
    import workers.jobs  # noqa: F401, PLC0415

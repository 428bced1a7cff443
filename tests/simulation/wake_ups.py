"""The queues without Redis: what was put on them, first come first served, and easily lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from bson import ObjectId

from app.queues import Job, WakeUp


class WakeUps:
    """Stands in for ``app.queues.Enqueuer``; `woken` is called whenever something is put on it."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Job, ObjectId]] = deque()
        self.woken: Callable[[], None] = lambda: None

    def enqueue(
        self,
        job: Job,
        document_id: ObjectId,
        *,
        correlation_id: str | None = None,
        first: bool = False,
    ) -> bool:
        """Put a job at the end, or before all others, unless the same waits already."""
        if (job, document_id) not in self.waiting:
            (self.waiting.appendleft if first else self.waiting.append)((job, document_id))
        self.woken()
        return True

    def enqueue_all(self, wake_ups: Sequence[WakeUp]) -> bool:
        """The same for several documents."""
        for each in wake_ups:
            self.enqueue(each.job, each.document_id, first=each.first)
        return True

    def depth(self, queue: str) -> int:
        """How many jobs wait on a queue."""
        return sum(job.queue == queue for job, _ in self.waiting)

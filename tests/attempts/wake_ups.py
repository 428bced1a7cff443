"""The queue as the product must fear it: it keeps its promises only while nobody looks away."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from app import queues


class WakeUps:
    """Stands where Redis stands: waiting jobs can be run in any order, twice, or never."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, str]] = []

    def enqueue(
        self,
        job: queues.Job,
        document_id: ObjectId,
        *,
        correlation_id: str | None = None,
        first: bool = False,
    ) -> bool:
        """As ``app.queues.Enqueuer`` does: no use where one is awaited already."""
        wanted = (job.name, str(document_id))
        if wanted not in self.waiting:
            self.waiting.insert(0 if first else len(self.waiting), wanted)
        return True

    def enqueue_all(self, wake_ups: Sequence[queues.WakeUp]) -> bool:
        """The same for several documents."""
        for each in wake_ups:
            self.enqueue(each.job, each.document_id, first=each.first)
        return True

    def depth(self, queue: str) -> int:
        """Jobs waiting on a queue."""
        return sum(queues.JOBS[name].queue == queue for name, _ in self.waiting)

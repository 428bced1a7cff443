"""A company's day for the benchmark of event streams: deliveries that matter now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from app.models import DEFAULT_TENANT, Recording, database
from benchmarks.ledger import Wanted
from benchmarks.ledger import fill as fill_ledger

SEED = 1
_WORDS = ("could", "you", "leave", "it", "behind", "the", "planter", "by", "the", "back", "door")


def fill(deliveries: int) -> None:
    """So many deliveries within the next hours, with all that was said about them."""
    now = datetime.now(UTC)
    fill_ledger(Wanted(deliveries, SEED, today=now.date(), days=1))
    random = Random(SEED)  # noqa: S311 - draws, no secret
    for number, each in enumerate(database().deliveries.find({}, {"_id": 1})):
        at = now + timedelta(minutes=random.randrange(-300, 900))
        window = {"start": at, "end": at + timedelta(hours=2)}
        database().deliveries.update_one(
            {"_id": each["_id"]},
            {"$set": {"scheduled_time": at, "window": window, "route": {"sequence": number % 60}}},
        )
    segments = [
        {
            "text": " ".join(_WORDS),
            "start": 0.0,
            "end": 4.2,
            "words": [
                {"text": f" {word}", "start": n / 3, "end": (n + 1) / 3, "probability": 0.9}
                for n, word in enumerate(_WORDS)
            ],
        }
    ]
    Recording.of(DEFAULT_TENANT).update(set__segments=segments)

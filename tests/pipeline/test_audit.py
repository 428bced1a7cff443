"""Every entry follows the one before it, whoever else appends."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from app.models import Customer, database
from app.models.audit import BEGINNING, hash_of
from app.models.transaction import in_transaction
from app.pipeline.audit import Actor, audited, record
from tests import factories

NOW = datetime(2026, 3, 10, 10, 0, 0, 123456, tzinfo=UTC)
DOT = Actor("user", "65f000000000000000000001", "Dot Dispatcher")


def entry(action: str = "delivery.changed", subject: str = "d1", tenant: str = "default", **more):
    return record(tenant, DOT, action, "delivery", subject, **{"now": NOW, **more})


def stored(tenant: str = "default") -> list[dict]:
    return list(database().audit_log.find({"tenant_id": tenant}).sort("sequence"))


def test_entries_are_numbered_and_each_holds_the_hash_of_the_one_before(settings) -> None:
    made = [entry(subject=f"d{number}") for number in range(3)]
    assert [each.sequence for each in made] == [1, 2, 3]
    kept = stored()
    assert [each["previous"] for each in kept] == [BEGINNING, kept[0]["hash"], kept[1]["hash"]]
    assert all(hash_of(each) == each["hash"] for each in kept)


def test_many_threads_within_transactions_leave_one_chain(settings) -> None:
    customer = factories.customer()

    def work() -> None:
        Customer.of("default", pk=customer.pk).update_one(inc__total_deliveries=1)
        entry()

    def several() -> None:
        for _ in range(5):
            in_transaction(work)
            audited("default", work)
            entry()

    threads = [threading.Thread(target=several) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    kept = stored()
    assert [each["sequence"] for each in kept] == list(range(1, 121))
    previous = BEGINNING
    for each in kept:
        assert each["previous"] == previous
        previous = each["hash"]
    assert Customer.of("default", pk=customer.pk).get().total_deliveries == 80

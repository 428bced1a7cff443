"""What is written together comes true together, or not at all."""

from __future__ import annotations

import threading

import pytest

from app.models import Customer, Preferences, Tenant
from app.models.base import DEFAULT_TENANT
from app.models.transaction import in_transaction

PHONE = "+447700900001"


@pytest.fixture
def customer(settings) -> Customer:
    made = Customer(tenant_id=DEFAULT_TENANT, name="A", phone=PHONE, preferences=Preferences())
    return made.save()


def test_what_is_raised_undoes_what_was_written(customer) -> None:
    def work() -> None:
        found = Customer.of(DEFAULT_TENANT, phone=PHONE).get()
        found.name = "B"
        found.save()
        found.modify(inc__total_deliveries=1)
        Customer.of(DEFAULT_TENANT, phone=PHONE + "2").update_one(upsert=True, set__name="C")
        Tenant(tenant_id="other", name="Other").save()
        assert Customer.of(DEFAULT_TENANT).count() == 2
        raise KeyError

    with pytest.raises(KeyError):
        in_transaction(work)
    assert Customer.of(DEFAULT_TENANT).count() == 1
    assert Customer.of(DEFAULT_TENANT).get().name == "A"
    assert Tenant.of("other").count() == 0


def test_what_ends_well_is_there_for_everybody(customer) -> None:
    def work() -> str:
        found = Customer.of(DEFAULT_TENANT, phone=PHONE).get()
        found.modify(set__name="B", inc__total_deliveries=1)
        return found.name

    assert in_transaction(work) == "B"
    kept = Customer.of(DEFAULT_TENANT, phone=PHONE).get()
    assert (kept.name, kept.total_deliveries) == ("B", 1)


def test_who_was_slower_does_it_again_on_what_is_there_now(customer) -> None:
    both_read = threading.Barrier(2, timeout=20)
    tries: list[int] = []

    def work() -> None:
        found = Customer.of(DEFAULT_TENANT, phone=PHONE).get()
        tries.append(found.total_deliveries)
        if len(tries) <= 2:
            both_read.wait()
        found.total_deliveries += 1
        found.save()

    threads = [threading.Thread(target=in_transaction, args=(work,)) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert Customer.of(DEFAULT_TENANT, phone=PHONE).get().total_deliveries == 2
    assert len(tries) >= 3


def test_within_another_it_is_part_of_that_one(customer) -> None:
    def inner() -> None:
        Customer.of(DEFAULT_TENANT, phone=PHONE).update_one(set__name="B")

    def outer() -> None:
        in_transaction(inner)
        raise KeyError

    with pytest.raises(KeyError):
        in_transaction(outer)
    assert Customer.of(DEFAULT_TENANT).get().name == "A"

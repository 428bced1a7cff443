"""The made-up ledger that benchmarks and the figures' tests stand on."""

from __future__ import annotations

from typing import Any

import pytest

from app import models
from app.models import database, sealing
from app.models.base import TenantDocument
from app.states import DELIVERY, OUTREACH
from benchmarks.ledger import Wanted, fill

FILLED = (
    models.Tenant,
    models.Agent,
    models.Customer,
    models.Consent,
    models.Delivery,
    models.CallLog,
    models.Recording,
    models.PushMessage,
    models.Reply,
    models.Review,
    models.Suppression,
)


def plain(value: Any) -> Any:
    """A document without what is encrypted, whose bytes differ each time."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return "sealed" if sealing.is_sealed(value) else value


def contents() -> dict[str, list[Any]]:
    return {
        model._get_collection_name(): [
            plain(document)
            for document in database()[model._get_collection_name()].find().sort("_id")
        ]
        for model in FILLED
    }


def test_the_same_seed_gives_the_same_ledger(settings) -> None:
    counts = fill(Wanted(300, seed=7))
    first = contents()
    assert {name: len(documents) for name, documents in first.items()} == counts
    assert counts["deliveries"] == 300
    for name in first:
        database()[name].delete_many({})
    fill(Wanted(300, seed=7))
    assert contents() == first
    for name in first:
        database()[name].delete_many({})
    fill(Wanted(300, seed=8))
    assert contents()["deliveries"] != first["deliveries"]


def test_companies_and_seeds_lie_beside_one_another(settings) -> None:
    fill(Wanted(40))
    fill(Wanted(40, tenant_id="beacon"))
    assert models.Delivery.of("default").count() == 40
    assert models.Delivery.of("beacon").count() == 40


@pytest.mark.parametrize("model", FILLED, ids=lambda model: model.__name__)
def test_every_document_is_one_that_the_models_would_write(settings, model) -> None:
    fill(Wanted(300))
    kept: list[TenantDocument] = list(model.of("default"))
    assert kept
    for document in kept:
        document.validate()
        assert not set(document.to_mongo()) - set(model._db_field_map.values())


def test_every_life_follows_the_tables_of_states(settings) -> None:
    fill(Wanted(1000))
    seen = set()
    for delivery in models.Delivery.of("default"):
        stands = {machine.name: machine.initial for machine in (DELIVERY, OUTREACH)}
        tables = {machine.name: machine for machine in (DELIVERY, OUTREACH)}
        for step in delivery.history:
            assert step.source == stands[step.machine]
            assert tables[step.machine].allows(step.source, step.target)
            stands[step.machine] = step.target
        assert stands == {"delivery": delivery.status, "outreach": delivery.outreach.state}
        seen |= set(stands.values())
    assert seen >= {"completed", "failed", "cancelled", "in_transit", "unreachable", "instructed"}


def test_the_indexes_are_there_afterwards(settings) -> None:
    before = {
        model: database()[model._get_collection_name()].index_information() for model in FILLED
    }
    fill(Wanted(40))
    fill(Wanted(40, seed=2, tenant_id="beacon"))
    after = {
        model: database()[model._get_collection_name()].index_information() for model in FILLED
    }
    assert after == before


def test_numbers_lie_in_the_database_as_everywhere_and_belong_together(settings) -> None:
    fill(Wanted(60))
    for model in FILLED:
        stored = str(list(database()[model._get_collection_name()].find()))
        assert "+1555" not in stored
        assert "+1202" not in stored
    for call in models.CallLog.of("default"):
        assert call.to_number == models.Customer.of("default", pk=call.customer_id).get().phone
        assert models.Consent.of("default", phone=call.to_number).count() == 1

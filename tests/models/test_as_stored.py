"""Documents for showing alone read exactly as the documents that they stand for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bson import ObjectId
from mongoengine import EmbeddedDocument

from app import models
from app.models import Agent, CallLog, Customer, Delivery, Recording, Review, database
from app.models.as_stored import AsStored, first
from benchmarks.ledger import Wanted, fill
from tests import factories


def plain(value: Any) -> Any:
    """A value with all that it holds, whichever way it was read."""
    if isinstance(value, AsStored):
        return {name: plain(getattr(value, name)) for name in value._model._fields}
    if isinstance(value, EmbeddedDocument):
        return {name: plain(getattr(value, name)) for name in value._fields}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("model", [Agent, CallLog, Customer, Delivery, Recording, Review])
def test_every_field_reads_as_the_document_s(settings, model) -> None:
    fill(Wanted(deliveries=80, today=date(2026, 3, 10)))
    rows = list(database()[model._get_collection_name()].find())
    assert rows
    for row in rows:
        document = model._from_son(dict(row))
        assert plain(AsStored(model, row)) == {
            name: plain(getattr(document, name)) for name in model._fields
        }


def test_what_is_null_or_absent_is_the_default(settings) -> None:
    kept = AsStored(Delivery, {"package_details": {"fragile": None}, "priority": None})
    assert kept.priority == "normal"
    assert kept.package_details.fragile is False
    assert kept.tracking_events == []
    assert kept.outreach.state == "pending"
    assert kept.agent_id is None


def test_methods_and_properties_that_read_work(settings) -> None:
    fill(Wanted(deliveries=80, today=date(2026, 3, 10)))
    document = Delivery.of(models.DEFAULT_TENANT, analysis__exists=True).first()
    kept = first(Delivery.of(models.DEFAULT_TENANT, pk=document.pk))
    assert kept.pk == document.pk
    assert kept.analysis.to_rules() == document.analysis.to_rules()
    assert kept.analysis.needs_person == document.analysis.needs_person


def test_nothing_can_be_changed(settings) -> None:
    kept = first(Delivery.of(models.DEFAULT_TENANT, pk=factories.delivery().pk))
    with pytest.raises(AttributeError, match="for showing alone"):
        kept.address = "elsewhere"


def test_a_name_that_no_document_has_is_an_error(settings) -> None:
    kept = AsStored(Delivery, {"_id": ObjectId()})
    for name in ("adress", "_secret"):
        with pytest.raises(AttributeError):
            getattr(kept, name)


def test_first_finds_nothing_where_there_is_nothing(settings) -> None:
    assert first(Delivery.of(models.DEFAULT_TENANT, pk=ObjectId())) is None


def test_a_query_without_a_tenant_is_refused_here_too(settings) -> None:
    with pytest.raises(models.TenantScopeError):
        first(Delivery.objects(status="scheduled"))

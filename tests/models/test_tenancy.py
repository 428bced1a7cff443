"""One tenant never sees another's documents, and no query can forget to say whose it wants."""

from __future__ import annotations

import pytest
from bson import ObjectId
from mongoengine import Document, OperationError, Q, ValidationError

from app import models
from app.models import Circuit, Delivery, Heartbeat, SystemMetric, TenantDocument, TenantScopeError
from app.models.operations import BackupReport
from app.models.retention import RetentionReport
from tests import factories

FIELDS = {"address": "x", "coordinates": [0, 0], "time_zone": "UTC"}
OF_THE_INSTALLATION = {BackupReport, Circuit, Heartbeat, RetentionReport, SystemMetric}


def concrete(of: type = TenantDocument) -> list[type]:
    found = []
    for sub in of.__subclasses__():
        if not sub._meta.get("abstract"):
            found.append(sub)
        found.extend(concrete(sub))
    return found


@pytest.mark.parametrize(
    "query",
    [
        lambda: Delivery.objects.count() + 1,
        lambda: Delivery.objects.first() is None,
        lambda: list(Delivery.objects(status="scheduled")),
        lambda: Delivery.objects.get(pk=ObjectId()),
        lambda: Delivery.objects(status="scheduled").update(set__address="elsewhere"),
        lambda: Delivery.objects(status="scheduled").delete(),
        lambda: Delivery.objects(status="scheduled").modify(set__address="elsewhere"),
        lambda: Delivery.objects.distinct("address"),
        lambda: list(Delivery.objects.aggregate([{"$count": "n"}])),
        lambda: Delivery.objects.in_bulk([ObjectId()]),
        lambda: Delivery.objects.scalar("address")[:2][0],
        lambda: list(Delivery.objects(Q(tenant_id="one") | Q(status="scheduled"))),
        lambda: list(Delivery.objects(tenant_id__ne="one")),
        lambda: list(Delivery.objects(tenant_id__in=["one", "two"])),
        lambda: list(Delivery.objects.order_by("address").limit(3)),
        lambda: Delivery.objects.sum("retry_count"),
        lambda: list(Delivery.objects.no_cache().clone().filter(status="x")),
    ],
)
def test_a_query_without_a_tenant_never_runs(settings, query) -> None:
    document = factories.delivery()
    with pytest.raises(TenantScopeError):
        query()
    document.reload()
    assert document.address == "12 Mill Lane"


def test_one_tenant_cannot_see_or_change_anothers(settings) -> None:
    theirs = factories.delivery("theirs", reference="R-1")
    assert Delivery.of("mine").count() == 0
    assert Delivery.of("mine", pk=theirs.pk).first() is None
    assert Delivery.of("mine", pk=theirs.pk).update(set__address="elsewhere") == 0
    assert Delivery.of("mine", pk=theirs.pk).delete() == 0
    assert list(Delivery.of("mine").aggregate([{"$match": {"_id": theirs.pk}}])) == []
    assert Delivery.of("theirs").get().address == "12 Mill Lane"


def test_a_document_never_moves_to_another_tenant(settings) -> None:
    theirs = factories.delivery("theirs")
    with pytest.raises(OperationError, match="immutable"):
        theirs.tenant_id = "mine"


def test_a_copy_made_up_for_another_tenant_changes_nothing(settings) -> None:
    theirs = factories.delivery("theirs")
    forged = Delivery(**{**FIELDS, "tenant_id": "mine", "pk": theirs.pk})
    assert not forged.modify(set__address="elsewhere")
    with pytest.raises(Delivery.DoesNotExist):
        forged.reload()
    forged.delete()
    assert Delivery.of("theirs").get().address == "12 Mill Lane"


def test_a_scoped_query_stays_scoped_through_every_step(settings) -> None:
    mine, theirs = factories.delivery("mine"), factories.delivery("theirs")
    found = Delivery.of("mine").filter(status="scheduled").order_by("-address").limit(10).clone()
    assert [each.pk for each in found] == [mine.pk]
    assert Delivery.of("mine").filter(Q(pk=mine.pk) | Q(pk=theirs.pk)).count() == 1


def test_looking_across_tenants_must_be_said(settings) -> None:
    factories.delivery("mine")
    factories.delivery("theirs")
    assert Delivery.across_tenants().count() == 2
    assert Delivery.across_tenants(tenant_id="mine").filter(status="scheduled").count() == 1


def test_the_same_number_and_reference_may_exist_in_two_tenants(settings) -> None:
    for tenant_id in ("mine", "theirs"):
        customer = factories.customer(tenant_id, phone="+15550001111")
        factories.delivery(tenant_id, customer=customer, reference="R-1")
    assert Delivery.across_tenants(reference="R-1").count() == 2


def test_every_document_belongs_to_a_tenant() -> None:
    every = {
        value
        for value in vars(models).values()
        if isinstance(value, type)
        and issubclass(value, Document)
        and value is not TenantDocument
        and not value._meta.get("abstract")
    }
    assert {model for model in every if not issubclass(model, TenantDocument)} == (
        OF_THE_INSTALLATION
    )
    assert set(concrete()) >= every - OF_THE_INSTALLATION
    for model in concrete():
        assert model._fields["tenant_id"].required
        with pytest.raises(ValidationError):
            model().validate()

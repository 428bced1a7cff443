"""The ledger: many changes in one trip, and none of them at another's mercy."""

from __future__ import annotations

from dataclasses import replace

from bson import ObjectId

from app.models import CallLog
from app.pipeline import ledger, live_call
from app.pipeline.ledger import Change
from tests import factories
from tests.factories import sid


def to(call_id: ObjectId, **values: object) -> Change:
    return Change({"_id": call_id}, {"$set": values})


def stored(call: CallLog) -> dict:
    return CallLog._get_collection().find_one({"_id": call.pk})


def test_what_is_found_is_written_and_certain(settings) -> None:
    one, other = factories.call(), factories.call()
    assert ledger.write([to(one.pk, language="es"), to(other.pk, language="fr")]) == [True, True]
    assert (stored(one)["language"], stored(other)["language"]) == ("es", "fr")


def test_where_one_is_missing_the_others_are_written_and_nobody_is_certain(settings) -> None:
    known = factories.call()
    changes = [to(ObjectId(), language="es"), to(known.pk, language="fr")]
    assert ledger.write(changes) == [False, False]
    assert stored(known)["language"] == "fr"
    assert CallLog.of("default").count() == 1


def test_one_that_is_refused_fails_no_other(settings) -> None:
    taken, one, other = factories.call(call_sid=sid("CA")), factories.call(), factories.call()
    changes = [
        to(one.pk, language="es"),
        to(other.pk, call_sid=taken.call_sid),
        to(taken.pk, language="fr"),
    ]
    assert ledger.write(changes) == [True, False, True]
    assert "call_sid" not in stored(other)
    assert (stored(one)["language"], stored(taken)["language"]) == ("es", "fr")


def test_calls_are_found_with_their_deliveries_in_the_order_asked(settings) -> None:
    calls = [factories.call(factories.delivery(reference=f"R-{n}")) for n in range(3)]
    stranger = factories.call(delivery_id=None, attempt=0, in_flight=False)
    ids = [calls[2].pk, ObjectId(), stranger.pk, calls[0].pk, calls[2].pk]
    found = live_call.find(ids)
    assert [each and each[0]["_id"] for each in found] == [
        None if n == 1 else ids[n] for n in range(5)
    ]
    lives = [live_call.live(*each) for each in found if each]
    references = [each.parcel.reference if each.parcel else None for each in lives]
    assert references == ["R-2", None, "R-0", "R-2"]


def test_a_delivery_of_another_tenant_is_none_of_the_calls(settings) -> None:
    delivery = factories.delivery()
    call = factories.call(delivery)
    type(delivery)._get_collection().update_one(
        {"_id": delivery.pk}, {"$set": {"tenant_id": "another"}}
    )
    ((document, parcel),) = live_call.find([call.pk])
    assert live_call.live(document, parcel).parcel is None
    assert live_call.live(document, parcel).delivery_id == delivery.pk


def test_a_live_call_says_what_its_document_says(settings) -> None:
    call = factories.call(
        factories.delivery(), call_sid=sid("CA"), status="in-progress", language="de",
        answered_by="human", answered_by_proof="key", said="behind the planter",
        keys=[{"step": "menu", "digits": "2", "at": factories.NOW}],
    )  # fmt: skip
    (found,) = live_call.find([call.pk])
    live = live_call.live(*found)
    same = live_call.of(CallLog.of("default", pk=call.pk).get())
    # What was said is encrypted anew each time.
    assert replace(live, sealed_said=None) == replace(same, sealed_said=None)
    assert (live.said, live.answers, live.language) == ("behind the planter", 1, "de")
    assert "planter" not in repr(live)
    assert (live.phone, live.our_number) == (call.to_number, call.from_number)

"""Numbers that are not to be reached, and what a dispatcher must look at."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from app.models import Review, Suppression
from app.pipeline.review import open_review
from app.pipeline.suppression import lift, suppress
from tests import factories
from tests.factories import NOW

LATER = NOW + timedelta(hours=1)
PHONE = "+14155550123"


def never(evidence: ObjectId | None = None, **fields) -> None:
    basics = {"source": "key", "evidence": evidence, "now": NOW}
    suppress("default", PHONE, **{**basics, **fields})


def holding(**filters) -> list[tuple[str, str]]:
    return [
        (each.scope, each.source)
        for each in Suppression.of("default", phone=PHONE, lifted_at=None, **filters)
    ]


def test_a_number_is_suppressed_for_calls_and_texts_unless_said_otherwise(settings) -> None:
    never()
    never(scope="sms", source="sms")
    assert sorted(holding()) == [("all", "key"), ("sms", "sms")]


def test_what_holds_keeps_its_first_date_and_evidence(settings) -> None:
    first, second = ObjectId(), ObjectId()
    never(first)
    never(second, now=LATER, source="sms")
    (found,) = Suppression.of("default")
    assert (found.since, found.evidence, found.source) == (NOW, first, "key")


def test_what_was_lifted_holds_again_with_its_new_evidence(settings) -> None:
    first, second = ObjectId(), ObjectId()
    never(first)
    assert lift("default", PHONE, now=LATER)
    assert holding() == []
    never(second, now=LATER, source="sms")
    (found,) = Suppression.of("default")
    assert (found.since, found.evidence, found.lifted_at) == (LATER, second, None)


def test_lifting_may_be_of_one_scope_or_of_one_call_alone(settings) -> None:
    mine, other = ObjectId(), ObjectId()
    never(mine)
    never(other, scope="sms")
    assert not lift("default", PHONE, scope="calls", now=LATER)
    assert lift("default", PHONE, evidence=mine, now=LATER)
    assert holding() == [("sms", "key")]
    assert lift("default", PHONE, scope="sms", now=LATER)
    assert not lift("default", PHONE, now=LATER)


def test_another_company_is_another_matter(settings) -> None:
    never()
    assert not lift("other", PHONE, now=LATER)
    assert holding() == [("all", "key")]


def test_a_review_is_opened_once_for_a_source_and_a_reason(settings) -> None:
    delivery, call = factories.delivery(), ObjectId()

    def opened(reason: str, now=NOW) -> None:
        open_review(
            "default",
            delivery.pk,
            reason=reason,
            source_id=call,
            call_id=call,
            due=delivery.scheduled_time,
            now=now,
        )

    opened("speak_to_human")
    Review.of("default").update(set__closed_at=NOW)
    opened("speak_to_human", LATER)
    opened("unclear")
    found = Review.of("default").order_by("reason")
    assert [(each.reason, each.opened_at, each.closed_at) for each in found] == [
        ("speak_to_human", NOW, NOW),
        ("unclear", NOW, None),
    ]
    assert {each.due for each in found} == {delivery.scheduled_time}

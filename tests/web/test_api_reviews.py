"""The review queue through the API: one dispatcher at each review."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app.models import Delivery, Review, database
from app.models.audit import AuditEntry
from app.pipeline import reviews
from app.pipeline.review import open_review
from app.rules.permissions import Permission, Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api
from tests.web.test_api_analyses import SHED, answered, corrected

DONE = {"resolution": "done", "note": "called back, she is in after six"}


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


@pytest.fixture
def dot(client, settings) -> Api:
    return api_side.signed_in(client, api_side.person("default", Role.DISPATCHER, 1))


@pytest.fixture
def tom(client, settings) -> Api:
    return api_side.signed_in(client, api_side.person("default", Role.DISPATCHER, 2))


def opened(reason: str = "unclear", hours: float = 1, **fields) -> Review:
    now = datetime.now(UTC)
    delivery = fields.pop("delivery", None) or factories.delivery()
    source = ObjectId()
    open_review(
        delivery.tenant_id, delivery.pk, reason=reason, source_id=source, call_id=None,
        due=now + timedelta(hours=hours), now=now,
    )  # fmt: skip
    return Review.of(delivery.tenant_id, source_id=source).get()


def did(api: Api, review: Review, deed: str, body: dict | None = None):
    return api.post(f"/reviews/{review.pk}/{deed}", body)


def fresh(review: Review) -> Review:
    return Review.of(review.tenant_id, pk=review.pk).get()


def test_the_earliest_van_comes_first(api) -> None:
    late, soon = opened(hours=5), opened(hours=1)
    listed = api.get("/reviews").json["items"]
    assert [each["id"] for each in listed] == [str(soon.pk), str(late.pk)]
    assert api.get(f"/reviews/{soon.pk}").json == listed[0]
    assert [each["id"] for each in api.get("/reviews?sort=-due").json["items"]] == [
        str(late.pk), str(soon.pk)
    ]  # fmt: skip


def test_one_without_a_van_is_due_when_it_was_opened(settings) -> None:
    delivery, now = factories.delivery(), datetime(2026, 3, 10, tzinfo=UTC)
    open_review("default", delivery.pk, reason="unread", source_id=ObjectId(), call_id=None,
                due=None, now=now)  # fmt: skip
    assert Review.of("default").get().due == now


def test_two_dispatchers_are_never_at_the_same_review(dot, tom) -> None:
    review = opened()
    claimed = did(dot, review, "claim")
    assert claimed.status_code == 200, claimed.text
    name = claimed.json["claimed"]["name"]
    since = claimed.json["claimed"]["since"][:19]
    for deed, body in (("claim", None), ("release", None), ("close", DONE)):
        refused = did(tom, review, deed, body)
        assert refused.status_code == 409
        assert refused.json["detail"] == f"{name} has it since {since}Z"
    assert did(dot, review, "claim").status_code == 200
    assert did(dot, review, "release").json["claimed"] is None
    assert did(tom, review, "claim").json["claimed"]["name"] != name


def test_of_many_who_claim_at_once_one_has_it(client, settings) -> None:
    review = opened()
    people = [
        api_side.signed_in(
            client.application.test_client(), api_side.person("default", Role.DISPATCHER, number)
        )
        for number in range(4)
    ]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda each: did(each, review, "claim").status_code, people))
    assert sorted(found) == [200, 409, 409, 409]
    assert AuditEntry.of("default", action="review.claimed").count() == 1


def test_who_forgets_a_review_loses_it(dot, tom) -> None:
    review = opened()
    did(dot, review, "claim")
    fresh(review).modify(set__claimed_at=datetime.now(UTC) - reviews.HELD)
    assert dot.get(f"/reviews/{review.pk}").json["claimed"] is None
    assert did(tom, review, "claim").status_code == 200
    assert did(dot, review, "close", DONE).status_code == 409


def test_a_settled_review_says_who_how_and_why(dot, api) -> None:
    review = opened()
    did(dot, review, "claim")
    answer = did(dot, review, "close", DONE)
    assert answer.status_code == 200, answer.text
    closed = answer.json["closed"]
    assert (closed["resolution"], closed["note"]) == ("done", "called back, she is in after six")
    assert answer.json["claimed"] is None
    assert "called back" not in str(database().reviews.find_one())
    assert api.get("/reviews").json["items"] == []
    assert [each["id"] for each in api.get("/reviews?state=closed").json["items"]] == [
        str(review.pk)
    ]
    again = did(api, review, "close", DONE)
    assert (again.status_code, "closed since" in again.json["detail"]) == (409, True)
    actions = [each.action for each in AuditEntry.of("default").order_by("sequence")]
    assert actions[-2:] == ["review.claimed", "review.closed"]


def test_another_system_settles_one_in_its_own_name(api) -> None:
    review = opened()
    closed = did(api, review, "close", {"resolution": "not_needed"}).json["closed"]
    assert (closed["kind"], closed["note"]) == ("key", None)
    assert database().api_keys.find_one({"_id": ObjectId(closed["by"])})


def test_a_correction_settles_what_somebody_else_has_claimed(dot, tom) -> None:
    delivery = answered()
    review = opened(delivery=delivery)
    review.modify(set__source_id=delivery.analysis.source_id)
    did(dot, review, "claim")
    assert corrected(tom, delivery, SHED).status_code == 201
    told = dot.get(f"/reviews/{review.pk}").json
    assert (told["closed"]["resolution"], told["claimed"]) == ("corrected", None)
    assert did(dot, review, "close", DONE).status_code == 409


def test_reviews_are_found_by_what_they_are_about(dot, tom) -> None:
    mine, theirs, other = opened(), opened("cancel", 2), opened("redirect", 3)
    did(dot, mine, "claim")
    did(tom, theirs, "claim")
    did(dot, other, "close", DONE)

    def found(query: str) -> list[str]:
        answer = dot.get(f"/reviews?{query}")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json["items"]]

    assert found("mine=true") == [str(mine.pk)]
    assert found("mine=true&state=closed") == [str(other.pk)]
    assert found("reason=cancel&reason=redirect") == [str(theirs.pk)]
    assert found("reason=cancel&reason=redirect&state=closed") == [str(other.pk)]
    assert found(f"delivery_id={theirs.delivery_id}") == [str(theirs.pk)]
    fresh(mine).modify(set__claimed_at=datetime.now(UTC) - reviews.HELD)
    assert found("mine=true") == []


def test_agents_have_no_reviews_and_viewers_settle_none(client, settings) -> None:
    review = opened()
    driver = api_side.signed_in(client, api_side.person("default", Role.AGENT))
    assert driver.get("/reviews").status_code == 403
    viewer = api_side.signed_in(client, api_side.person("default", Role.VIEWER))
    assert viewer.get(f"/reviews/{review.pk}").status_code == 200
    assert did(viewer, review, "claim").status_code == 403
    reader = api_side.key_for(client, "default", {Permission.REVIEWS_READ})
    assert did(reader, review, "close", DONE).status_code == 403


def test_another_companys_reviews_are_not_there(client, settings) -> None:
    review = opened()
    other = api_side.key_for(client, "other")
    assert other.get("/reviews").json["items"] == []
    assert other.get(f"/reviews/{review.pk}").status_code == 404
    for deed, body in (("claim", None), ("release", None), ("close", DONE)):
        assert did(other, review, deed, body).status_code == 404
    assert fresh(review).claimed_by is None
    assert Delivery.of("other").count() == 0


@pytest.mark.parametrize("state", ["open", "closed"])
def test_every_list_of_reviews_rests_on_an_index(settings, state) -> None:
    made = [opened("cancel" if number % 2 else "unclear") for number in range(40)]
    me, now = ObjectId(), datetime.now(UTC)
    for each in made[:20]:
        each.modify(set__closed_at=now, set__closed_by=me)
    filters = [
        {},
        {"reason": ["cancel"]},
        {"reason": ["cancel", "unclear"]},
        {"delivery_id": str(made[0].delivery_id)},
        {"mine": me},
    ]
    for chosen in filters:
        query = {"tenant_id": "default", **reviews.chosen(state, **chosen, now=now)}
        for way in (1, -1):
            found = database().reviews.find(query).sort([("due", way), ("_id", way)])
            plan = str(found.explain()["queryPlanner"]["winningPlan"])
            assert "COLLSCAN" not in plan
            assert "'SORT'" not in plan, chosen

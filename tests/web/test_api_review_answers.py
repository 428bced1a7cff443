"""The likely answers to reviews: offered, given in one go, and taken back for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import Delivery, Review, Suppression
from app.models.audit import AuditEntry
from app.pipeline import reviews
from app.rules.analysis import Directive, Kind
from app.rules.permissions import Permission, Role
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api
from tests.web.pages.heard import fresh, heard, in_doubt, question

SHED = Directive(Kind.LEAVE_AT, "behind the shed", 0.7, {"place": "shed"})
BELL = Directive(Kind.AVOID, "don't ring the bell", 0.7, {"action": "ring_bell"})


@pytest.fixture
def dot(client, settings) -> Api:
    factories.tenant()
    return api_side.signed_in(client, api_side.person("default", Role.DISPATCHER, 1))


@pytest.fixture
def tom(client, settings) -> Api:
    return api_side.signed_in(client, api_side.person("default", Role.DISPATCHER, 2))


def offered(api: Api, review: Review) -> list[str]:
    answer = api.get(f"/reviews/{review.pk}/answers")
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json["items"]]


def given(api: Api, review: Review, name: str, **fields):
    version = Delivery.of("default", pk=review.delivery_id).get().analysis_version
    return api.post(
        f"/reviews/{review.pk}/answer", {"answer": name, "analysis_version": version, **fields}
    )


def undone(api: Api, review: Review):
    return api.post(f"/reviews/{review.pk}/undo")


def kinds(delivery: Delivery) -> list[str]:
    return [each.kind.value for each in fresh(delivery).analysis.directives]


def asked(runtime, said: str, reason: str, **fields) -> tuple[Delivery, Review]:
    """A delivery whose customer said this, and the review that came of it."""
    delivery = heard(runtime, said, **fields)
    review = Review.of("default", delivery_id=delivery.pk, reason=reason).first()
    source = delivery.analysis.source_id
    return delivery, review or question(delivery, reason, source, delivery.scheduled_time)


def test_each_reading_is_one_of_the_answers(dot, runtime) -> None:
    review = in_doubt(heard(runtime), SHED)
    assert offered(dot, review) == ["accept", "also-0", "instead-0", "called_back", "leave"]


def test_what_was_understood_rightly_needs_nobody_any_more(dot, runtime) -> None:
    delivery = heard(runtime)
    review = in_doubt(delivery)
    answer = given(dot, review, "accept")
    assert answer.status_code == 200, answer.text
    closed = answer.json["closed"]
    assert (closed["resolution"], closed["answer"]) == ("corrected", "accept")
    after = fresh(delivery).analysis
    assert (after.needs_review, kinds(delivery)) == (False, ["leave_at"])
    assert after.directives[0].slots == {"place": "planter"}
    actions = {each.action for each in AuditEntry.of("default")}
    assert {"analysis.corrected", "review.closed"} <= actions


@pytest.mark.parametrize(
    ("name", "found"),
    [("also-0", ["leave_at", "avoid"]), ("instead-0", ["avoid"])],
)
def test_a_second_readers_finding_is_taken_with_one_answer(dot, runtime, name, found) -> None:
    delivery = heard(runtime)
    review = in_doubt(delivery, BELL)
    assert given(dot, review, name).status_code == 200
    assert kinds(delivery) == found


def test_a_doubtful_directive_is_left_out_with_one_answer(dot, runtime) -> None:
    delivery = heard(runtime, "leave it behind the planter and don't ring the bell")
    analysis = delivery.analysis
    analysis.doubted = [Kind.AVOID]
    delivery.modify(set__analysis=analysis)
    review = in_doubt(delivery)
    assert "without-1" in offered(dot, review)
    assert given(dot, review, "without-1").status_code == 200
    assert kinds(delivery) == ["leave_at"]


def test_what_was_corrected_by_an_answer_is_taken_back_with_it(dot, runtime) -> None:
    delivery = heard(runtime)
    review = in_doubt(delivery, BELL)
    given(dot, review, "instead-0")
    answer = undone(dot, review)
    assert answer.status_code == 200, answer.text
    assert (answer.json["closed"], answer.json["claimed"] is not None) == (None, True)
    assert kinds(delivery) == ["leave_at"]
    after = fresh(delivery)
    assert after.analysis.needs_review
    assert [each.kind.value for each in after.analysis.proposed] == ["avoid"]
    assert after.analysis_version == delivery.analysis_version + 2
    assert offered(dot, review)[0] == "accept"


def test_only_who_settled_it_takes_it_back_and_only_for_a_while(dot, tom, runtime) -> None:
    review = in_doubt(heard(runtime))
    given(dot, review, "leave")
    assert undone(tom, review).status_code == 409
    Review.of("default", pk=review.pk).update(
        set__closed_at=datetime.now(UTC) - reviews.UNDO - timedelta(seconds=1)
    )
    late = undone(dot, review)
    assert (late.status_code, "too long ago" in late.json["detail"]) == (409, True)


def test_one_that_is_open_cannot_be_taken_back(dot, runtime) -> None:
    assert undone(dot, in_doubt(heard(runtime))).status_code == 409


def test_a_correction_that_was_itself_corrected_is_not_taken_back(dot, tom, runtime) -> None:
    delivery = heard(runtime)
    review = in_doubt(delivery, BELL)
    given(dot, review, "instead-0")
    body = {"analysis_version": fresh(delivery).analysis_version, "directives": []}
    assert tom.post(f"/deliveries/{delivery.pk}/analysis/corrections", body).status_code == 201
    assert undone(dot, review).status_code == 412
    assert Review.of("default", pk=review.pk).get().closed_at is not None


def test_who_wants_to_cancel_is_cancelled_for_good(dot, runtime) -> None:
    delivery, review = asked(runtime, "please cancel my order", "cancel")
    assert offered(dot, review) == ["cancel", "called_back", "leave"]
    assert given(dot, review, "cancel").status_code == 200
    assert fresh(delivery).status == "cancelled"
    refused = undone(dot, review)
    assert (refused.status_code, "cannot be taken back" in refused.json["detail"]) == (409, True)


def test_who_wants_another_day_is_moved_to_it(dot, runtime) -> None:
    said = "please bring it the day after tomorrow instead"
    delivery, review = asked(runtime, said, "reschedule")
    assert offered(dot, review)[0].startswith("move-")
    assert given(dot, review, offered(dot, review)[0]).status_code == 200
    moved = fresh(delivery).scheduled_time
    assert moved.date().isoformat() == delivery.analysis.directives[0].slots["date"]
    assert moved.time() == delivery.scheduled_time.time()


def test_who_wants_another_address_gets_it(dot, runtime) -> None:
    delivery = heard(runtime)
    analysis = delivery.analysis
    new = Directive(Kind.REDIRECT, "to 14 Oak Street", 0.9, {"address": "14 Oak Street"})
    analysis.directives = [type(analysis.directives[0]).from_rules(new)]
    delivery.modify(set__analysis=analysis)
    review = question(delivery, "redirect", analysis.source_id, delivery.scheduled_time)
    assert given(dot, review, "redirect-0").status_code == 200
    after = fresh(delivery)
    assert (after.address, after.coordinates) == ("14 Oak Street", None)


def test_a_wrong_number_is_not_called_again(dot, runtime) -> None:
    delivery = heard(runtime)
    review = question(delivery, "wrong_number", delivery.pk, delivery.scheduled_time)
    assert given(dot, review, "stop_calls").status_code == 200
    assert Suppression.of("default").count() == 1


def test_somebody_elses_review_is_not_answered(dot, tom, runtime) -> None:
    delivery = heard(runtime)
    review = in_doubt(delivery)
    assert tom.post(f"/reviews/{review.pk}/claim").status_code == 200
    assert given(dot, review, "accept").status_code == 409
    assert fresh(delivery).analysis_version == delivery.analysis_version


def test_who_looked_at_something_older_answers_nothing(dot, runtime) -> None:
    delivery = heard(runtime)
    review = in_doubt(delivery)
    late = given(dot, review, "accept", analysis_version=7)
    assert late.status_code == 412
    assert Review.of("default", pk=review.pk).get().closed_at is None


def test_what_was_not_offered_is_no_answer(dot, runtime) -> None:
    review = in_doubt(heard(runtime))
    refused = given(dot, review, "cancel")
    assert (refused.status_code, "none of the answers" in refused.json["detail"]) == (409, True)


def test_an_answer_needs_the_permission_for_what_it_does(client, dot, runtime) -> None:
    review = in_doubt(heard(runtime))
    may = {Permission.REVIEWS_READ, Permission.REVIEWS_WRITE}
    limited = api_side.key_for(client, "default", may)
    assert given(limited, review, "accept").status_code == 403
    assert Review.of("default", pk=review.pk).get().claimed_by is None
    assert given(limited, review, "called_back").status_code == 200


def test_looking_on_holds_a_review_without_filling_the_audit_log(dot, runtime) -> None:
    review = in_doubt(heard(runtime))
    for _ in range(3):
        assert dot.post(f"/reviews/{review.pk}/claim").status_code == 200
    assert AuditEntry.of("default", action="review.claimed").count() == 1


def test_restoring_needs_a_correction(dot, runtime) -> None:
    delivery = heard(runtime)
    path = f"/deliveries/{delivery.pk}/analysis/restore"
    refused = dot.post(path, {"analysis_version": delivery.analysis_version})
    assert (refused.status_code, "no person" in refused.json["detail"]) == (409, True)
    assert dot.post(path, {"analysis_version": 9}).status_code == 412


def test_a_directive_is_kept_by_its_place_and_no_other(dot, runtime) -> None:
    delivery = heard(runtime, "leave it behind the planter. the gate code is four five one nine")
    path = f"/deliveries/{delivery.pk}/analysis/corrections"
    body = {"analysis_version": delivery.analysis_version, "directives": [], "keep": [1]}
    done = dot.post(path, body)
    assert done.status_code == 201, done.text
    assert fresh(delivery).analysis.directives[0].slots["code"] == "4519"
    again = dot.post(path, body)
    assert again.json["correction_id"] == done.json["correction_id"]
    wrong = {**body, "analysis_version": fresh(delivery).analysis_version, "keep": [5]}
    refused = dot.post(path, wrong)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/keep/0"

"""A dispatcher puts right what was understood."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from bson import ObjectId

from app.models import (
    AnalysisRecord,
    CallLog,
    Correction,
    Customer,
    Delivery,
    PushMessage,
    Review,
    Suppression,
    database,
)
from app.pipeline.answer import Answer, take
from app.pipeline.conclude import conclude
from app.pipeline.correct import (
    CorrectionOutdatedError,
    CorrectionRefusedError,
    Wish,
    correct,
)
from app.pipeline.tell import tell
from app.rules.analysis import Analysis, Directive, Kind, Priority, Sentiment
from tests import factories
from tests.factories import NOW
from tests.pipeline.test_answer import TERMS, ended_call, heard, key

LATER = NOW + timedelta(minutes=5)
SHED = {"kind": "leave_at", "place": "shed", "text": "behind the shed"}


def answered(text: str = "leave it behind the planter", **fields) -> Delivery:
    """A delivery whose customer said something in a call, told to its driver."""
    call = ended_call(effects=["records"], **fields)
    heard(call, text)
    conclude(call.pk, TERMS, now=NOW)
    delivery = Delivery.of("default", pk=call.delivery_id).get()
    tell(delivery.pk, now=NOW)
    return fresh(delivery)


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.of(delivery.tenant_id, pk=delivery.pk).get()


@pytest.fixture
def dispatcher(settings) -> ObjectId:
    return factories.agent(name="Dot Dispatcher", role="dispatcher").pk


def corrected(delivery: Delivery, by: ObjectId, *directives: dict, **fields):
    wish = Wish(
        directives=directives, seen=fields.pop("seen", delivery.analysis_version), by=by, **fields
    )
    return correct("default", delivery.pk, wish, now=LATER)


def slots(record: AnalysisRecord) -> list[tuple[str, dict]]:
    return [(each.kind.value, each.slots) for each in record.directives]


def test_a_correction_becomes_what_the_driver_reads(dispatcher) -> None:
    delivery = answered()
    done = corrected(delivery, dispatcher, SHED, why="she says shed")
    assert (done.version, done.tell, done.withdraw) == (2, (delivery.pk,), ())
    delivery = fresh(delivery)
    assert slots(delivery.analysis) == [("leave_at", {"place": "shed"})]
    assert delivery.analysis.confidence_score == 1.0
    assert delivery.analysis.needs_review is False
    tell(delivery.pk, now=LATER)
    assert [each.text for each in PushMessage.of("default").order_by("version")] == [
        "Leave it behind the planter.",
        "Leave it behind the shed.",
    ]


def test_what_stood_there_is_kept_with_who_when_and_why(dispatcher) -> None:
    delivery = answered()
    done = corrected(delivery, dispatcher, SHED, why="she says shed")
    kept = Correction.of("default").get()
    assert (kept.pk, kept.corrected_by, kept.at) == (done.correction_id, dispatcher, LATER)
    assert (kept.why, kept.version, kept.delivery_id) == ("she says shed", 1, delivery.pk)
    assert slots(kept.before) == [("leave_at", {"place": "planter"})]
    assert slots(kept.after) == [("leave_at", {"place": "shed"})]
    delivery = fresh(delivery)
    assert [slots(each) for each in delivery.analysis_history] == [slots(kept.before)]
    step = delivery.history[-1]
    assert (step.machine, step.source, step.target, step.at) == (
        "analysis", "version 1", "version 2", LATER
    )  # fmt: skip


def test_no_word_of_a_customer_lies_open_in_the_database(dispatcher) -> None:
    delivery = answered()
    corrected(delivery, dispatcher, {"kind": "access", "code": "4519"}, why="he said it twice")
    text = str(database().corrections.find_one())
    for word in ("planter", "4519", "twice"):
        assert word not in text


def test_the_same_correction_twice_is_one(dispatcher) -> None:
    delivery = answered()
    first = corrected(delivery, dispatcher, SHED)
    again = corrected(delivery, dispatcher, SHED)
    assert again == first
    assert Correction.of("default").count() == 1
    assert fresh(delivery).analysis_version == 2
    assert len(fresh(delivery).analysis_history) == 1


def test_a_correction_that_broke_off_is_completed_by_its_repetition(dispatcher) -> None:
    delivery = answered()
    corrected(delivery, dispatcher, SHED)
    # As if the process had died before the delivery knew.
    Delivery.of("default", pk=delivery.pk).delete()
    delivery.save(force_insert=True)
    done = corrected(delivery, dispatcher, SHED)
    assert slots(fresh(delivery).analysis) == [("leave_at", {"place": "shed"})]
    assert [each.pk for each in Correction.of("default")] == [done.correction_id]


def test_a_repetition_after_a_newer_answer_does_not_bring_the_correction_back(dispatcher) -> None:
    delivery = answered()
    corrected(delivery, dispatcher, SHED)
    said_again(fresh(delivery))
    corrected(delivery, dispatcher, SHED)
    assert slots(fresh(delivery).analysis) == [("leave_at", {"place": "porch"})]


def said_again(delivery: Delivery, *, minutes: float = 1) -> None:
    """The customer answers once more, ``minutes`` after the first call was over."""
    said_at = NOW + timedelta(minutes=minutes)
    porch = Analysis((Directive(Kind.LEAVE_AT, "in the porch", 0.9, {"place": "porch"}),))
    source = ObjectId()
    record = AnalysisRecord.from_rules(porch, source_id=source, call_id=None, at=said_at)
    answer = Answer(outcome="instructed", analysis=record, channel="sms", said_at=said_at,
                    source_id=source, cause="an answer by sms")  # fmt: skip
    assert take(delivery, answer, now=LATER)


def test_a_newer_answer_of_the_customer_is_not_corrected_unseen(dispatcher) -> None:
    delivery = answered()
    said_again(fresh(delivery))
    with pytest.raises(CorrectionOutdatedError, match=r"heard again .*version 2, you looked at 1"):
        corrected(delivery, dispatcher, SHED, seen=1)
    assert slots(fresh(delivery).analysis) == [("leave_at", {"place": "porch"})]
    assert Correction.of("default").count() == 0


def test_a_colleague_who_was_faster_is_named_as_the_reason(dispatcher) -> None:
    delivery = answered()
    colleague = factories.agent(role="admin").pk
    corrected(delivery, colleague, SHED)
    with pytest.raises(CorrectionOutdatedError, match="somebody else has corrected it"):
        corrected(delivery, dispatcher, {"kind": "leave_at", "place": "barn"}, seen=1)


def test_what_the_customer_said_before_the_correction_but_after_its_answer_counts(
    dispatcher,
) -> None:
    delivery = answered()
    # Said a minute after the first answer, understood only after the dispatcher was done.
    corrected(delivery, dispatcher, SHED)
    said_again(fresh(delivery), minutes=1)
    delivery = fresh(delivery)
    assert slots(delivery.analysis) == [("leave_at", {"place": "porch"})]
    assert [slots(each)[0][1]["place"] for each in delivery.analysis_history] == ["planter", "shed"]


def test_the_same_call_concluded_again_leaves_the_correction_alone(dispatcher) -> None:
    delivery = answered()
    corrected(delivery, dispatcher, SHED)

    call = CallLog.of("default").get()
    call.modify(unset__settled_at=True)
    conclude(call.pk, TERMS, now=LATER)
    assert slots(fresh(delivery).analysis) == [("leave_at", {"place": "shed"})]
    assert fresh(delivery).analysis_version == 2
    assert Review.of("default", closed_at=None).count() == 0


def test_a_recording_that_comes_in_late_is_put_before_a_person(dispatcher) -> None:
    delivery = answered()
    done = corrected(delivery, dispatcher, SHED)

    call = CallLog.of("default").get()
    heard(call, "and please call me when you are outside")
    call.modify(unset__settled_at=True)
    for _ in range(2):
        conclude(call.pk, TERMS, now=LATER)
    delivery = fresh(delivery)
    assert slots(delivery.analysis) == [("leave_at", {"place": "shed"})]
    assert [each.kind for each in delivery.analysis_history[-1].directives] == [
        Kind.LEAVE_AT, Kind.CONTACT
    ]  # fmt: skip
    review = Review.of("default", closed_at=None).get()
    assert (review.reason, review.source_id) == ("unclear", done.correction_id)


def test_what_was_unclear_is_settled_and_what_is_wanted_now_is_put_before_a_person(
    dispatcher,
) -> None:
    delivery = answered("mumble")
    assert [each.reason for each in Review.of("default", closed_at=None)] == ["unclear"]
    corrected(delivery, dispatcher, {"kind": "reschedule", "date": "2026-03-12"})
    (closed,) = Review.of("default", closed_at__ne=None)
    assert (closed.reason, closed.closed_by, closed.closed_at) == ("unclear", dispatcher, LATER)
    assert [each.reason for each in Review.of("default", closed_at=None)] == ["reschedule"]
    assert fresh(delivery).analysis.priority is Priority.HIGH


def test_a_cancellation_that_was_none_need_not_be_acted_on(dispatcher) -> None:
    delivery = answered("i want to cancel it")
    assert [each.reason for each in Review.of("default", closed_at=None)] == ["cancel"]
    corrected(delivery, dispatcher, SHED)
    assert Review.of("default", closed_at=None).count() == 0


def test_the_outreach_follows_what_the_customer_meant(dispatcher) -> None:
    delivery = answered()
    corrected(delivery, dispatcher, {"kind": "confirm"})
    assert fresh(delivery).outreach.state == "confirmed"
    corrected(fresh(delivery), dispatcher, SHED)
    assert fresh(delivery).outreach.state == "instructed"


def test_an_opt_out_that_was_misheard_stops_the_calls(dispatcher) -> None:
    delivery = answered()
    done = corrected(delivery, dispatcher, {"kind": "opt_out"})
    assert done.suppressed is True
    assert fresh(delivery).outreach.state == "declined"
    phone = Customer.of("default").get().phone
    held = Suppression.of("default", phone=phone, lifted_at=None).get()
    assert (held.source, held.evidence) == ("dispatcher", done.correction_id)


def test_taking_an_opt_out_away_lets_the_number_rest_all_the_same(dispatcher) -> None:
    delivery = answered("stop calling me")
    assert fresh(delivery).outreach.state == "declined"
    done = corrected(delivery, dispatcher, SHED)
    assert fresh(delivery).outreach.state == "instructed"
    assert done.suppressed is True


def test_nothing_to_do_is_a_correction_too(dispatcher) -> None:
    delivery = answered()
    corrected(delivery, dispatcher)
    assert tell(delivery.pk, now=LATER).text == "Deliver as planned."


def test_a_dispatcher_may_write_down_what_nobody_understood(dispatcher) -> None:
    call = ended_call()
    conclude(call.pk, TERMS, now=NOW)
    delivery = Delivery.of("default", pk=call.delivery_id).get()
    assert (delivery.outreach.state, delivery.analysis) == ("nothing_said", None)
    done = corrected(delivery, dispatcher, SHED)
    delivery = fresh(delivery)
    assert (delivery.outreach.state, delivery.outreach.to_text) == ("instructed", None)
    assert delivery.analysis.call_id == call.pk
    assert Correction.of("default", pk=done.correction_id).get().before is None


def test_nothing_in_the_place_of_nothing_is_refused(dispatcher) -> None:
    delivery = factories.delivery()
    with pytest.raises(CorrectionRefusedError, match="no directive is given"):
        corrected(delivery, dispatcher)


def test_a_planned_call_is_dropped_once_a_dispatcher_knows(dispatcher) -> None:
    delivery = factories.delivery()
    corrected(delivery, dispatcher, SHED)
    delivery = fresh(delivery)
    assert (delivery.outreach.state, delivery.outreach.next_attempt_at) == ("instructed", None)


def test_the_driver_of_a_parcel_that_is_delivered_is_not_disturbed(dispatcher) -> None:
    delivery = answered()
    Delivery.of("default", pk=delivery.pk).update(set__status="completed")
    done = corrected(fresh(delivery), dispatcher, SHED)
    assert done.tell == ()
    assert fresh(delivery).analysis_version == 2


def test_how_the_customer_sounded_stays_unless_it_is_judged_anew(dispatcher) -> None:
    delivery = answered("this is ridiculous leave it in the porch")
    corrected(delivery, dispatcher, SHED)
    assert fresh(delivery).analysis.sentiment is Sentiment.NEGATIVE
    corrected(fresh(delivery), dispatcher, SHED, sentiment=Sentiment.NEUTRAL, priority=Priority.LOW)
    found = fresh(delivery).analysis
    assert (found.sentiment, found.priority) == (Sentiment.NEUTRAL, Priority.LOW)


def test_other_parcels_of_the_same_answer_are_named(dispatcher) -> None:
    call = ended_call(effects=["records"])
    parcels = [factories.delivery(outreach={"state": "calling"}) for _ in range(3)]
    call.modify(set__covers=[call.delivery_id, *(each.pk for each in parcels)])
    heard(call, "leave it behind the planter")
    conclude(call.pk, TERMS, now=NOW)
    first, second, *others = [Delivery.of("default", pk=pk).get() for pk in call.reload().covers]
    assert corrected(second, dispatcher, SHED).same_answer == (first.pk, *(o.pk for o in others))
    # Who was corrected on their own does not stand by the answer as it was any more.
    assert corrected(first, dispatcher, SHED).same_answer == tuple(each.pk for each in others)


def test_another_companys_delivery_is_not_there(dispatcher) -> None:
    delivery = answered()
    with pytest.raises(CorrectionRefusedError, match="no such delivery"):
        correct("other", delivery.pk, Wish(directives=[SHED], seen=1, by=dispatcher), now=LATER)


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(dispatcher) -> None:
    with pytest.raises(CorrectionRefusedError) as refused:
        corrected(answered(), dispatcher, {"kind": "leave_at"}, {"kind": "access", "code": "4 5"})
    assert refused.value.problems == (
        "directive 1: leave_at needs place",
        "directive 2: code must be digits, capital letters, # and *, without spaces",
    )
    assert Correction.of("default").count() == 0


def test_a_key_that_was_pressed_may_be_corrected_as_well(dispatcher) -> None:
    call = ended_call(chosen=[key("confirm")])
    conclude(call.pk, TERMS, now=NOW)
    delivery = Delivery.of("default", pk=call.delivery_id).get()
    corrected(delivery, dispatcher, SHED)
    assert slots(fresh(delivery).analysis) == [("leave_at", {"place": "shed"})]


def test_of_several_dispatchers_at_once_one_is_taken_and_the_others_are_told(settings) -> None:
    delivery = answered()
    people = [factories.agent(role="dispatcher").pk for _ in range(4)]

    def attempt(number: int) -> str:
        try:
            corrected(delivery, people[number], {"kind": "leave_at", "place": f"shed {number}"})
        except CorrectionOutdatedError:
            return "late"
        return f"shed {number}"

    with ThreadPoolExecutor(4) as pool:
        came = sorted(pool.map(attempt, range(4)))
    assert came[:3] == ["late"] * 3
    assert slots(fresh(delivery).analysis) == [("leave_at", {"place": came[3]})]
    assert fresh(delivery).analysis_version == 2
    assert Correction.of("default").count() == 1


def test_a_click_that_comes_twice_at_once_is_one_correction(dispatcher) -> None:
    delivery = answered()
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: corrected(delivery, dispatcher, SHED), range(4)))
    assert {each.version for each in done} == {2}
    assert len(fresh(delivery).analysis_history) == 1
    in_effect = fresh(delivery).analysis.correction_id
    assert {each.correction_id for each in done} == {in_effect}

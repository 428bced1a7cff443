"""After a call that reached nobody: another one, a text message, or an end; and households."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.models import CallLog, Circuit, Customer, Delivery, Reply, Review, Suppression, Tenant
from app.models.analysis import AnalysisRecord
from app.pipeline import circuit
from app.pipeline.conclude import Concluded, Terms, conclude, conclude_reply
from app.pipeline.suppression import lift
from app.rules import directives
from app.rules.attempts import parse
from tests import factories
from tests.factories import NOW, sid

TERMS = Terms(
    policy=parse("busy=300,no-answer=1800,failed=120,machine=7200"),
    book=factories.ALWAYS,
    window=factories.ALL_DAY,
)


def ended(status: str = "no-answer", *, also: int = 0, **fields) -> CallLog:
    """A call that has ended, about one delivery or about several of a household."""
    customer = factories.customer()
    outreach = {"state": "calling", "attempts": fields.get("attempt", 1)}
    deliveries = [
        factories.delivery(customer=customer, outreach=dict(outreach)) for _ in range(1 + also)
    ]
    basics = {"status": status, "in_flight": False, "dialing_at": NOW, "end_time": NOW}
    if status == "completed":
        basics["notice_at"] = NOW
    call = factories.call(
        deliveries[0], covers=[each.pk for each in deliveries], **{**basics, **fields}
    )
    Delivery.of("default", pk__in=call.covers).update(set__outreach__call_id=call.pk)
    return call


def key(kind: str, text: str = "", **slots) -> dict:
    return {"kind": kind, "slots": slots, "text": text or kind, "scene": "menu", "at": NOW}


def concluded(call: CallLog, terms: Terms = TERMS, now=NOW) -> Concluded | None:
    return conclude(call.pk, terms, now=now)


def of(call: CallLog) -> list[Delivery]:
    return [Delivery.of("default", pk=each).get() for each in call.covers]


def first(call: CallLog) -> Delivery:
    return of(call)[0]


def test_every_delivery_of_a_household_waits(settings) -> None:
    call = ended("busy", also=2)
    assert concluded(call) == Concluded()
    for delivery in of(call):
        assert delivery.outreach.state == "waiting"
        assert delivery.outreach.next_attempt_at == NOW + timedelta(seconds=300)


def test_one_answer_speaks_for_the_whole_household(settings) -> None:
    call = ended("completed", also=2, chosen=[key("confirm")])
    told = concluded(call).tell
    assert [each.outreach.state for each in of(call)] == ["confirmed"] * 3
    assert set(told) == set(call.covers)


def test_who_of_a_household_answered_before_keeps_that_answer(settings) -> None:
    call = ended("busy", also=1)
    Delivery.of("default", pk=call.covers[1]).update(set__outreach__state="confirmed")
    concluded(call)
    assert [each.outreach.state for each in of(call)] == ["waiting", "confirmed"]


def test_after_the_last_attempt_the_customer_is_texted(settings) -> None:
    call = ended(attempt=4)
    todo = concluded(call)
    delivery = first(call)
    assert (delivery.outreach.state, delivery.outreach.to_text) == ("unreachable", True)
    assert todo == Concluded(tell=(delivery.pk,), text=(delivery.pk,))


def test_where_the_company_wants_no_texts_there_are_none(settings) -> None:
    Tenant(tenant_id="default", name="Quiet", calling={"texts": False}).save()
    call = ended(attempt=4)
    concluded(call)
    assert (first(call).outreach.state, first(call).outreach.to_text) == ("unreachable", None)


def test_nobody_is_called_after_the_van(settings) -> None:
    call = ended("completed", answered_by="machine")
    Delivery.of("default").update(set__scheduled_time=NOW + timedelta(minutes=90))
    concluded(call)
    assert first(call).outreach.state == "unreachable"
    assert first(call).outreach.to_text


def test_that_the_company_wants_no_more_calls_that_day_is_said(settings) -> None:
    factories.tenant(calling={"most_calls_a_day": 1})
    call = ended()
    concluded(call)
    assert first(call).outreach.state == "unreachable"
    assert "1 of 1 made: at most 1 calls to a number on one day" in first(call).outreach.reason


def test_a_wrong_number_is_put_before_a_person_and_not_texted(settings) -> None:
    call = ended("failed", error_code="21211")
    concluded(call)
    assert (first(call).outreach.state, first(call).outreach.to_text) == ("unreachable", None)
    assert Review.of("default").get().reason == "wrong_number"


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "failed", "outcome": "not_placed"},
        {"status": "canceled", "outcome": "withdrawn"},
        {"status": "canceled", "outcome": "not_allowed"},
        {"status": "failed", "error_code": "20003"},
    ],
)
def test_what_never_met_the_customer_does_not_count_against_them(settings, fields) -> None:
    call = ended(**{**fields, "attempt": 4})
    concluded(call)
    outreach = first(call).outreach
    assert (outreach.state, outreach.excused) == ("waiting", 1)
    assert outreach.next_attempt_at == NOW + timedelta(seconds=60)
    # The next failure that does count is the last.
    again = factories.call(first(call), attempt=5, status="no-answer", in_flight=False,
                           dialing_at=NOW, end_time=NOW, to_number=call.to_number)  # fmt: skip
    Delivery.of("default").update(
        set__outreach__state="calling", set__outreach__attempts=5,
        set__outreach__call_id=again.pk,
    )  # fmt: skip
    concluded(again)
    assert first(call).outreach.state == "unreachable"


def test_the_calls_that_open_the_circuit_do_not_count_and_late_refusals_are_told_to_it(
    settings,
) -> None:
    calls = [ended("failed", error_code="32017", call_sid=sid("CA")) for _ in range(3)]
    for call in calls:
        concluded(call)
    assert Circuit.objects.get().state == "open"
    assert [first(call).outreach.excused or 0 for call in calls] == [0, 0, 1]
    assert all(first(call).outreach.state == "waiting" for call in calls)


def test_an_answered_call_proves_that_a_late_block_is_over(settings) -> None:
    for _ in range(3):
        concluded(ended("failed", error_code="32017", call_sid=sid("CA")))
    call = ended("no-answer", call_sid=sid("CA"))
    later = NOW + circuit.FIRST_PAUSE
    assert circuit.may_ask(circuit.CALLS, call.pk, now=later)
    concluded(call, now=later)
    assert Circuit.objects.get().state == "closed"


def test_who_is_not_to_be_called_any_more_is_not(settings) -> None:
    call = ended("canceled", outcome="suppressed")
    phone = Customer.of("default").get().phone
    Suppression(tenant_id="default", phone=phone, scope="all", source="sms", since=NOW).save()
    concluded(call)
    assert first(call).outreach.state == "suppressed"


def test_a_delivery_that_is_over_is_left_alone(settings) -> None:
    call = ended("canceled", outcome="delivery_over")
    Delivery.of("default").update(set__status="cancelled")
    concluded(call)
    assert first(call).outreach.state == "skipped"


def test_a_silent_machine_is_a_machine_and_a_silent_person_is_left_in_peace(settings) -> None:
    machine = ended("completed", answered_by="machine", effects=["records"])
    factories.recording(machine, stage="understood", transcription={"text": ""})
    concluded(machine)
    assert first(machine).outreach.state == "waiting"
    person = ended("completed", answered_by="human")
    concluded(person)
    assert first(person).outreach.state == "nothing_said"


def test_a_spoken_opt_out_is_in_force_and_what_is_taken_back_stays_so(settings) -> None:
    call = ended("completed", said="please stop calling me")
    concluded(call)
    assert first(call).outreach.state == "declined"
    held = Suppression.of("default").get()
    assert (held.scope, held.source, held.evidence) == ("all", "speech", call.pk)
    lift("default", call.to_number, now=NOW)
    call.modify(unset__settled_at=True)
    concluded(call)
    assert Suppression.of("default").get().lifted_at == NOW


def test_what_needs_a_person_is_put_before_one(settings) -> None:
    call = ended("completed", said="can you bring it on monday instead")
    concluded(call)
    review = Review.of("default").get()
    assert (review.reason, review.call_id, review.due) == (
        "reschedule", call.pk, first(call).scheduled_time,
    )  # fmt: skip


def test_who_pressed_the_key_for_a_person_was_seen_to(settings) -> None:
    call = ended("completed", chosen=[key("speak_to_human")], effects=["transferred"])
    concluded(call)
    assert Review.of("default").count() == 0


def test_words_in_another_language_are_quoted_and_put_before_a_person(settings) -> None:
    call = ended("completed", effects=["records"], language="es")
    factories.recording(
        call, stage="understood", language="es", transcription={"text": "déjelo con el vecino"}
    )
    concluded(call)
    assert first(call).outreach.state == "instructed"
    assert "déjelo con el vecino" in first(call).analysis.instructions
    assert Review.of("default").get().reason == "unclear"


def test_keys_and_several_recordings_are_one_answer(settings) -> None:
    leave = key("leave_at", "leave it at the front door", place="front door")
    call = ended("completed", chosen=[leave], effects=["records"])
    for text in ("and don't ring the bell", "mind the dog"):
        factories.recording(
            call, stage="understood", transcription={"text": text, "confidence": 0.9}
        )
    concluded(call)
    analysis = first(call).analysis
    assert [each.kind.value for each in analysis.directives] == ["leave_at", "avoid", "caution"]
    for word in ("front door", "bell", "dog"):
        assert word in analysis.instructions


def said_in(call: CallLog, *recordings: tuple[str, float]) -> list[ObjectId]:
    """Recordings of a call that were heard, each as surely as is said."""
    made = []
    for text, confidence in recordings:
        words = [
            {"text": f" {word}", "start": float(n), "end": n + 0.5, "probability": confidence}
            for n, word in enumerate(text.split())
        ]
        made.append(
            factories.recording(
                call, stage="understood", segments=[{"text": text, "words": words}],
                transcription={"text": text, "confidence": confidence},
            ).pk
        )  # fmt: skip
    return made


CLEAR, HARDLY = ("leave it behind the shed", 0.95), ("cancel my order", 0.4)


@pytest.mark.parametrize("order", [(CLEAR, HARDLY), (HARDLY, CLEAR)])
def test_what_was_said_clearly_is_kept_beside_what_could_hardly_be_heard(settings, order) -> None:
    call = ended("completed", effects=["records"])
    made = said_in(call, *order)
    concluded(call)
    analysis = first(call).analysis
    (directive,) = analysis.directives
    assert (directive.kind.value, directive.slots) == ("leave_at", {"place": "shed"})
    assert directive.recording_id == made[order.index(CLEAR)]
    assert analysis.instructions == "Leave it behind the shed."
    assert "could hardly be heard" in analysis.summary
    assert (analysis.needs_review, analysis.confidence_score) == (True, HARDLY[1])
    review = Review.of("default").get()
    assert (review.reason, review.source_id) == ("unclear", call.pk)


def test_an_opt_out_that_was_said_clearly_counts_whatever_else_was_mumbled(settings) -> None:
    call = ended("completed", effects=["records"])
    said_in(call, ("stop calling me", 0.95), ("mumble", 0.3))
    concluded(call)
    assert first(call).outreach.state == "declined"
    assert Suppression.of("default", phone=call.to_number).count() == 1
    assert Review.of("default").get().reason == "unclear"


def test_nothing_is_read_where_all_could_hardly_be_heard(settings) -> None:
    call = ended("completed", effects=["records"])
    said_in(call, HARDLY, ("stop calling me", 0.64))
    concluded(call)
    analysis = first(call).analysis
    assert (analysis.directives, analysis.instructions) == ([], "")
    assert analysis.summary == "The customer said something that could hardly be heard."
    assert Review.of("default").get().reason == "unclear"
    assert Suppression.of("default").count() == 0


def test_a_customers_own_call_in_which_nothing_was_said_changes_nothing(settings) -> None:
    waiting = factories.delivery(outreach={"state": "waiting", "next_attempt_at": NOW})
    call = factories.call(
        waiting, direction="inbound", attempt=0, in_flight=False, status="completed", end_time=NOW
    )
    concluded(call)
    waiting.reload()
    assert waiting.outreach.state == "waiting"


def test_a_customers_own_call_answers_a_delivery_that_waits(settings) -> None:
    waiting = factories.delivery(outreach={"state": "waiting", "next_attempt_at": NOW})
    call = factories.call(
        waiting, direction="inbound", attempt=0, in_flight=False, status="completed",
        end_time=NOW, chosen=[key("confirm")],
    )  # fmt: skip
    concluded(call)
    waiting.reload()
    assert (waiting.outreach.state, waiting.outreach.channel) == ("confirmed", "inbound")
    assert waiting.outreach.next_attempt_at is None


# --- replies by link and text message ----------------------------------------------------------


def reply(delivery: Delivery, text: str, *, minutes: float = 0, **fields) -> Reply:
    at = NOW + timedelta(minutes=minutes)
    made = Reply(
        tenant_id="default", delivery_id=delivery.pk, customer_id=delivery.customer_id,
        channel=fields.pop("channel", "link"), key=f"{text}{minutes}", text=text, at=at, **fields,
    )  # fmt: skip
    made.save()
    analysis = directives.understand(text, now=at)
    made.modify(
        set__analysis=AnalysisRecord.from_rules(analysis, source_id=made.pk, call_id=None, at=at)
    )
    return made


def settled(made: Reply) -> Concluded | None:
    return conclude_reply(made.pk, now=made.at)


def test_a_reply_settles_a_delivery_that_waits(settings) -> None:
    delivery = factories.delivery(
        agent_id=factories.agent().pk, outreach={"state": "waiting", "next_attempt_at": NOW}
    )
    made = reply(delivery, "leave it in the porch")
    assert settled(made) == Concluded(tell=(delivery.pk,))
    delivery.reload()
    assert (delivery.outreach.state, delivery.outreach.channel) == ("instructed", "link")
    assert delivery.outreach.next_attempt_at is None
    assert delivery.analysis.directives[0].slots == {"place": "porch"}
    assert settled(made) is None


def test_a_reply_withdraws_the_call_that_is_about_to_ring(settings) -> None:
    delivery = factories.delivery(outreach={"state": "calling", "attempts": 1})
    call = factories.call(delivery, status="queued", call_sid=sid("CA"), dialing_at=NOW)
    assert settled(reply(delivery, "leave it in the porch")).withdraw == (call.pk,)
    call.modify(set__status="canceled", set__outcome="withdrawn", set__in_flight=False)
    concluded(call)
    delivery.reload()
    assert delivery.outreach.state == "instructed"


def test_the_last_word_counts_whichever_way_it_came(settings) -> None:
    call = ended("completed", said="leave it in the porch", end_time=NOW)
    concluded(call)
    delivery = first(call)
    settled(reply(delivery, "leave it with my neighbour", minutes=5))
    settled(reply(delivery, "all fine thank you", minutes=3, channel="sms"))
    delivery.reload()
    assert (delivery.outreach.state, delivery.outreach.channel) == ("instructed", "link")
    assert delivery.analysis.directives[0].kind.value == "leave_with"
    kinds = [past.directives[0].kind.value for past in delivery.analysis_history]
    assert kinds == ["leave_at", "confirm"]


def test_who_confirmed_may_still_change_their_mind(settings) -> None:
    call = ended("completed", chosen=[key("confirm")])
    concluded(call)
    settled(reply(first(call), "leave it with my neighbour", minutes=5))
    assert first(call).outreach.state == "instructed"
    assert [step.target for step in first(call).history] == ["confirmed", "instructed"]


def test_a_reply_that_asks_never_to_be_called_is_obeyed(settings) -> None:
    delivery = factories.delivery(outreach={"state": "unreachable"})
    settled(reply(delivery, "stop calling me"))
    delivery.reload()
    assert delivery.outreach.state == "declined"
    assert Suppression.of("default").get().source == "link"


def test_a_reply_that_is_not_read_yet_waits(settings) -> None:
    made = reply(factories.delivery(), "leave it in the porch")
    made.modify(unset__analysis=True)
    assert settled(made) is None
    made.reload()
    assert made.settled_at is None


def test_who_heard_nothing_from_us_is_called_again_and_it_does_not_count(settings) -> None:
    call = ended("completed", answered_by="human", notice_at=None)
    concluded(call)
    outreach = first(call).outreach
    assert (outreach.state, outreach.excused, outreach.to_text) == ("waiting", 1, None)


def test_dialling_stops_where_customers_answer_and_we_have_no_words(settings) -> None:
    calls = [ended("completed", answered_by="human", notice_at=None) for _ in range(3)]
    for call in calls:
        concluded(call)
    assert not circuit.may_ask(circuit.CALLS, ObjectId(), now=NOW)
    (standing,) = circuit.standing()
    assert standing.reason == "customers answered, and our application had no words for them"
    # Only a customer who hears us proves that it is over, not that the network takes calls.
    later = NOW + circuit.FIRST_PAUSE
    probe = ended("completed", answered_by="human", said="yes that is fine", call_sid=sid("CA"))
    assert circuit.may_ask(circuit.CALLS, probe.pk, now=later)
    circuit.worked(circuit.CALLS, probe.pk, now=later)
    assert not circuit.may_ask(circuit.CALLS, ObjectId(), now=later)
    concluded(probe)
    assert circuit.may_ask(circuit.CALLS, ObjectId(), now=later)

"""Corrections become labelled lines, without what was wiped and without who it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.models import CallLog, Correction, Customer, Delivery, Recording, Reply
from app.pipeline.conclude import conclude, conclude_reply
from app.pipeline.correct import Wish, correct
from app.pipeline.labelled import (
    FOREIGN,
    REVEALING,
    SUPERSEDED,
    WIPED,
    LeftOut,
    Line,
    labelled,
    words_of,
)
from app.pipeline.reply import Said, keep_words, read
from app.rules.analysis import Sentiment
from app.rules.pseudonyms import Pseudonyms
from tests import factories
from tests.factories import NOW
from tests.pipeline.test_answer import TERMS, ended_call, heard, key
from tools.evaluation.sets import answer_of

LATER = NOW + timedelta(minutes=5)
HIDE = Pseudonyms(b"a key of this test")
SHED = {"kind": "leave_at", "place": "shed"}


@pytest.fixture
def dispatcher(settings) -> ObjectId:
    return factories.agent(role="dispatcher").pk


def said(text: str, **fields) -> Delivery:
    call = ended_call(effects=["records"], **fields)
    heard(call, text)
    conclude(call.pk, TERMS, now=NOW)
    return Delivery.of("default", pk=call.delivery_id).get()


def put_right(delivery: Delivery, by: ObjectId, *directives: dict, at=LATER, **fields) -> ObjectId:
    delivery.reload()
    wish = Wish(directives=directives, seen=delivery.analysis_version, by=by, **fields)
    return correct("default", delivery.pk, wish, now=at).correction_id


def lines(*, pseudonyms=None, **fields) -> list[Line | LeftOut]:
    return list(labelled("default", pseudonyms=pseudonyms, **fields))


def test_a_correction_is_a_line_that_the_evaluation_reads(dispatcher) -> None:
    delivery = said("put it behind the shred")
    Delivery.of("default").update(set__time_zone="Australia/Sydney")
    name = put_right(delivery, dispatcher, SHED, sentiment=Sentiment.NEUTRAL)
    (line,) = lines()
    assert line.as_dict() == {
        "id": str(name),
        "text": "put it behind the shred",
        "now": "2026-03-10T21:00:00",
        "tz": "Australia/Sydney",
        "confidence": Recording.of("default").get().transcription.confidence,
        "directives": [{"kind": "leave_at", "text": "", "place": "shed"}],
        "sentiment": "neutral",
    }
    answer = answer_of(line.as_dict())
    assert (answer.at, answer.text) == (NOW, "put it behind the shred")
    assert [(one.kind.value, one.slots) for one in answer.directives] == [
        ("leave_at", {"place": "shed"})
    ]


def test_who_it_was_and_how_to_get_in_is_not_told(dispatcher) -> None:
    delivery = said(
        "this is casey speaking the gate code is four five one nine leave it with imran"
    )
    recipient = {"kind": "leave_with", "recipient": "imran"}
    put_right(delivery, dispatcher, {"kind": "access", "code": "4519"}, recipient)
    (line,) = lines(pseudonyms=HIDE)
    told = str(line.as_dict())
    for secret in ("casey", "imran", "four five one nine", "4519"):
        assert secret not in told
    (open_line,) = lines()
    assert "imran" in str(open_line.as_dict())


def test_the_customers_own_name_is_known_from_the_delivery(dispatcher) -> None:
    delivery = said("it is for okonkwo leave it in the porch")
    Customer.of("default").update(set__name="Ada Okonkwo")
    put_right(delivery, dispatcher, SHED)
    (line,) = lines(pseudonyms=HIDE)
    assert "okonkwo" not in line.said.text


def test_what_would_still_tell_a_number_is_left_out(dispatcher) -> None:
    delivery = said("the code is for five one nigh")
    put_right(delivery, dispatcher, {"kind": "access", "code": "4519"})
    assert [each.why for each in lines(pseudonyms=HIDE)] == [REVEALING]


def test_what_retention_wiped_is_left_out(dispatcher) -> None:
    put_right(said("put it behind the shred"), dispatcher, SHED)
    Recording.of("default").update(unset__transcription__text=True)
    assert [each.why for each in lines()] == [WIPED]
    Recording.of("default").delete()
    CallLog.of("default").delete()
    assert [each.why for each in lines()] == [WIPED]


def test_a_correction_whose_own_words_were_wiped_is_left_out(dispatcher) -> None:
    put_right(said("put it behind the shred"), dispatcher, SHED)
    Correction.of("default").update(unset__after__directives__0__slots=True)
    assert [each.why for each in lines()] == [WIPED]


def test_a_delivery_that_is_gone_takes_its_corrections_with_it(dispatcher) -> None:
    put_right(said("put it behind the shred"), dispatcher, SHED)
    Delivery.of("default").delete()
    assert [each.why for each in lines()] == [WIPED]


def test_only_the_last_correction_of_an_answer_counts(dispatcher) -> None:
    delivery = said("put it behind the shred")
    put_right(delivery, dispatcher, {"kind": "leave_at", "place": "bread"})
    last = put_right(delivery, dispatcher, SHED, at=LATER + timedelta(minutes=1))
    first, second = lines()
    assert first.why == SUPERSEDED
    assert second.id == str(last)


def test_a_correction_that_never_came_into_effect_is_left_out(dispatcher) -> None:
    delivery = said("put it behind the shred")
    put_right(delivery, dispatcher, SHED)
    stray = Correction.of("default").get()
    stray.id = ObjectId()
    stray.save(force_insert=True)
    assert sorted(type(each).__name__ for each in lines()) == ["LeftOut", "Line"]


def test_another_language_is_left_out(dispatcher) -> None:
    delivery = said("déjalo en el porche", language="es")
    put_right(delivery, dispatcher, SHED)
    assert [each.why for each in lines()] == [FOREIGN]


def test_a_key_that_was_pressed_is_in_no_words_and_in_no_label(dispatcher) -> None:
    delivery = said("leave it in the shred", chosen=[key("confirm")])
    put_right(delivery, dispatcher, {"kind": "confirm"}, SHED)
    (line,) = lines()
    assert [one.kind.value for one in line.said.directives] == ["leave_at"]


def test_a_recording_that_came_after_the_correction_is_none_of_its_words(dispatcher) -> None:
    delivery = said("put it behind the shred")
    put_right(delivery, dispatcher, SHED, at=NOW + timedelta(seconds=1))
    late = heard(CallLog.of("default").get(), "and call me")
    late.history[-2].at = late.history[-1].at = LATER
    assert [each.target for each in late.history[-2:]] == ["transcribed", "understood"]
    late.save()
    (line,) = lines()
    assert line.said.text == "put it behind the shred"


def test_what_was_written_is_a_line_too(dispatcher) -> None:
    delivery = factories.delivery(outreach={"state": "unreachable", "attempts": 1})
    reply = keep_words(delivery, Said("sms", "k1", "en", text="put it behind the shred"), now=NOW)
    read(reply.pk, now=NOW)
    conclude_reply(reply.pk, now=NOW)
    assert Reply.of("default").get().settled_at
    put_right(delivery, dispatcher, SHED)
    (line,) = lines()
    assert (line.said.text, line.at, line.confidence) == ("put it behind the shred", NOW, 1.0)


def test_what_was_typed_and_what_was_spoken_are_both_words_of_an_answer(dispatcher) -> None:
    delivery = factories.delivery(outreach={"state": "unreachable", "attempts": 1})
    reply = keep_words(delivery, Said("link", "k1", "en", text="gate code 4711"), now=NOW)
    spoken = factories.recording(
        id=reply.pk, call_log_id=None, reply_id=reply.pk, delivery_id=delivery.pk,
        stage="understood", transcription={"text": "behind the shed", "confidence": 0.9},
    )  # fmt: skip
    reply.modify(set__recording_id=spoken.pk)
    read(reply.pk, now=NOW)
    conclude_reply(reply.pk, now=NOW)
    delivery.reload()
    words = words_of("default", delivery.analysis, NOW)
    assert words.texts == ("gate code 4711", "behind the shed")
    assert words_of("other", delivery.analysis, NOW) is None


def test_since_when_and_of_whom_can_be_said(dispatcher) -> None:
    put_right(said("put it behind the shred"), dispatcher, SHED)
    assert len(lines(since=LATER)) == 1
    assert lines(since=LATER + timedelta(seconds=1)) == []
    assert list(labelled("other", pseudonyms=None)) == []

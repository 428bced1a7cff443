"""What customers pick, write and say by link or text message is kept first and then read as one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.errors import TransientError
from app.models import Customer, Message, Recording, Reply, Review, Transcription
from app.pipeline import reply as replying
from app.pipeline.reply import Said
from app.rules.texts.choices import picked
from tests import factories
from tests.factories import NOW
from tests.fakes import FakeStorage

SOUND = b"RIFF\x00\x00\x00\x00WAVEdata"


@pytest.fixture
def delivery(settings):
    factories.tenant()
    return factories.delivery(outreach={"state": "unreachable"})


def answered(delivery, storage=None, **fields: Any) -> Reply:
    basics = {"channel": "link", "key": "k", "language": "en"}
    said = Said(**{**basics, **fields})
    return replying.keep(delivery, said, storage or FakeStorage(), "bucket", now=NOW)


def read(reply: Reply) -> Any:
    found = replying.read(reply.pk, now=NOW)
    return found.analysis.to_rules() if found else None


def heard(reply: Reply, text: str, language: str = "en", confidence: float = 0.9) -> None:
    recording = Recording.of("default", pk=reply.recording_id).get()
    for stage in ("transcribed", "understood"):
        recording.move_to(
            Recording.MACHINES[0],
            stage,
            at=NOW,
            cause="test",
            set__transcription=Transcription(text=text, confidence=confidence, language=language),
        )


@pytest.mark.parametrize(
    ("choice", "instructions"),
    [
        ("front_door", "Leave it at the front door."),
        ("neighbour", "Leave it with a neighbour."),
        ("out_of_sight", "Put it out of sight."),
        ("only_me", "Hand it only to the customer."),
        ("not_wanted", "Do not deliver: cancelled."),
        ("fine", ""),
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_pick_means_what_it_says_in_any_language(
    delivery, choice, instructions, language
) -> None:
    pick = picked(choice)
    analysis = read(answered(delivery, picked=[pick], language=language))
    assert analysis.instructions == instructions
    assert [each.kind.value for each in analysis.directives] == [pick["kind"]]
    assert dict(analysis.directives[0].slots) == pick["slots"]
    assert not analysis.needs_review


def test_another_day_is_that_day(delivery) -> None:
    day = NOW.date() + timedelta(days=6)
    (directive,) = read(answered(delivery, picked=[picked("another_day", day)])).directives
    assert (directive.kind.value, directive.slots["date"]) == ("reschedule", day.isoformat())


def test_a_pick_and_words_and_speech_are_read_together(delivery) -> None:
    reply = answered(delivery, picked=[picked("out_of_sight")], text="gate code 4711", audio=SOUND)
    assert read(reply) is None, "the recording is not heard yet"
    heard(reply, "put it behind the shed")
    assert read(reply).instructions == ("Code 4711. Leave it behind the shed. Put it out of sight.")
    assert reply.reload().analysis.source_id == reply.recording_id


def test_what_could_hardly_be_heard_takes_nothing_from_what_was_picked_and_typed(delivery) -> None:
    pick = [picked("neighbour")]
    reply = answered(delivery, picked=pick, text="gate code 4711", audio=SOUND)
    heard(reply, "cancel my order", confidence=0.4)
    analysis = read(reply)
    assert analysis.instructions == "Code 4711. Leave it with a neighbour."
    assert [each.confidence for each in analysis.directives] == [
        each.confidence
        for each in read(answered(delivery, picked=pick, text="gate code 4711")).directives
    ]
    assert "could hardly be heard" in analysis.summary
    assert analysis.needs_review
    assert Review.of("default", source_id=reply.pk).get().reason == "unclear"


def test_nothing_is_read_from_speech_alone_that_could_hardly_be_heard(delivery) -> None:
    reply = answered(delivery, audio=SOUND)
    heard(reply, "cancel my order", confidence=0.4)
    analysis = read(reply)
    assert (analysis.directives, analysis.instructions) == ((), "")
    assert analysis.summary == "The customer said something that could hardly be heard."
    assert analysis.needs_review


def test_a_recording_in_which_nothing_was_heard_is_for_a_person(delivery) -> None:
    reply = answered(delivery, audio=SOUND)
    heard(reply, "", confidence=0.0)
    analysis = read(reply)
    assert (analysis.summary, analysis.needs_review) == ("Nothing was said.", True)


def test_what_was_heard_unsurely_is_read_and_a_person_listens(delivery) -> None:
    reply = answered(delivery, audio=SOUND)
    heard(reply, "leave it in the porch", confidence=0.75)
    analysis = read(reply)
    assert analysis.instructions == "Leave it in the porch."
    assert analysis.needs_review


def test_words_that_are_not_understood_reach_the_driver_as_they_are(delivery) -> None:
    analysis = read(answered(delivery, picked=[picked("neighbour")], text="Mrs Jones, number 12"))
    assert analysis.instructions == (
        "Leave it with a neighbour. The customer writes: “Mrs Jones, number 12”"
    )
    assert analysis.needs_review


def test_another_language_is_kept_quoted_and_put_before_a_person(delivery) -> None:
    reply = answered(
        delivery, picked=[picked("front_door")], text="hinter die Tonne", language="de"
    )
    analysis = read(reply)
    assert analysis.instructions == (
        "Leave it at the front door. The customer writes in German: “hinter die Tonne”"
    )
    (review,) = Review.of("default", source_id=reply.pk)
    assert review.reason == "unclear"


def test_a_recording_that_cannot_be_heard_is_for_a_person(delivery) -> None:
    reply = answered(delivery, audio=SOUND)
    Recording.of("default", pk=reply.recording_id).update(
        set__stage="understood", set__processing_status="failed"
    )
    assert read(reply).needs_review
    (review,) = Review.of("default", source_id=reply.pk)
    assert review.reason == "unheard"


class BrokenStorage(FakeStorage):
    def put(self, key: str, content: bytes, content_type: str):
        raise TransientError("the storage is away")


def test_words_are_kept_where_their_audio_could_not_be_and_joined_by_it_later(delivery) -> None:
    said = {"text": "behind the shed", "audio": SOUND}
    with pytest.raises(TransientError):
        answered(delivery, BrokenStorage(), **said)
    (kept,) = Reply.of("default")
    assert read(kept).instructions == "Leave it behind the shed."
    kept.modify(set__settled_at=NOW)
    again = answered(delivery, **said)
    assert again.pk == kept.pk
    assert again.recording_id is not None
    assert (again.reload().analysis, again.settled_at) == (None, None)
    heard(again, "and ring the bell")
    assert "behind the shed" in read(again).instructions


def test_audio_alone_that_could_not_be_kept_leaves_nothing_behind(delivery) -> None:
    with pytest.raises(TransientError):
        answered(delivery, BrokenStorage(), audio=SOUND)
    assert Reply.of("default").count() == 0


def test_reading_again_changes_nothing(delivery) -> None:
    reply = answered(delivery, text="behind the shed")
    first = read(reply)
    assert read(reply) == first
    reply.modify(set__settled_at=NOW)
    assert read(reply) is None


def test_one_answer_is_for_the_whole_household_that_day(delivery) -> None:
    customer = Customer.of("default", pk=delivery.customer_id).get()
    same = factories.delivery(customer=customer, outreach={"state": "waiting"})
    heard_of = factories.delivery(customer=customer, outreach={"state": "confirmed"})
    later = factories.delivery(customer=customer, scheduled_time=NOW + timedelta(days=2))
    asked = factories.delivery(customer=customer)
    Message(
        tenant_id="default", purpose="link", delivery_id=asked.pk, to_number="+1", claimed_at=NOW
    ).save()
    reply = answered(delivery, text="behind the shed")
    replying.read(reply.pk, now=NOW)
    reply.reload()
    for _ in range(2):
        (shared,) = replying.share(reply, now=NOW)
        assert shared.delivery_id == same.pk
        assert shared.analysis.to_rules().instructions == "Leave it behind the shed."
    assert Reply.of("default", delivery_id__in=[heard_of.pk, later.pk, asked.pk]).count() == 0

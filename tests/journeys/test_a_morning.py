"""Whole deliveries: a customer is telephoned, says something or nothing, and the driver knows."""

from __future__ import annotations

import hashlib
import io
import re
import wave

import pytest
import requests

from app.models import DEFAULT_TENANT, PushMessage, Recording, Suppression
from app.runtime import Runtime
from tests.journeys.conftest import PASSWORD, Product, until


def test_an_answer_reaches_the_driver_word_for_word(product: Product) -> None:
    delivery = product.settled(product.deliver("leave-behind-planter"), "instructed")
    (call,) = product.calls(delivery)
    assert (call.status, call.outcome, call.answered_by) == ("completed", "instructed", "human")
    assert call.notice_version == "en/2"
    assert call.why_allowed["allowed"] is True
    recording = Recording.of(DEFAULT_TENANT, call_log_id=call.pk).get()
    assert recording.transcription.text == "please leave it behind the planter"
    assert [(d.kind.value, d.slots) for d in delivery.analysis.directives] == [
        ("leave_at", {"place": "planter"})
    ]
    message = PushMessage.of(DEFAULT_TENANT, delivery_id=delivery.pk).get()
    assert message.text == "Leave it behind the planter."
    words = [word for segment in recording.segments for word in segment["words"]]
    assert [word["text"] for word in words] == recording.transcription.text.split()
    assert all(0 <= word["start"] <= word["end"] <= recording.duration + 0.1 for word in words)
    (leave_at,) = delivery.analysis.directives
    assert (leave_at.start, leave_at.end) == (len("please "), len(recording.transcription.text))
    assert leave_at.recording_id == recording.pk
    assert (leave_at.heard_from, leave_at.heard_until) == (words[1]["start"], words[-1]["end"])


def signed_in(product: Product) -> requests.Session:
    """The dispatcher's browser."""
    browser, page = requests.Session(), f"{product.url}/login"
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page, timeout=10).text)
    assert found
    form = {
        "email": product.dispatcher.email, "password": PASSWORD, "csrf_token": found[1],
    }  # fmt: skip
    assert browser.post(page, data=form, allow_redirects=False, timeout=30).status_code == 303
    return browser


def test_the_audio_is_in_the_storage_and_can_be_played(product: Product) -> None:
    delivery = product.settled(product.deliver("gate-code"), "instructed")
    recording = Recording.of(DEFAULT_TENANT, delivery_id=delivery.pk).get()
    audio = Runtime(product.settings).storage.get(recording.storage_key)
    assert hashlib.sha256(audio).hexdigest() == recording.sha256
    dispatcher = signed_in(product)
    answer = dispatcher.get(f"{product.url}/recordings/{recording.pk}/audio", timeout=10)
    assert (answer.status_code, answer.content) == (200, audio)
    part = requests.get(answer.url, headers={"Range": "bytes=0-43"}, timeout=10)
    assert (part.status_code, part.content) == (206, audio[:44])
    assert requests.get(answer.url.replace("rec/", "rek/"), timeout=10).status_code == 403
    with wave.open(io.BytesIO(audio)) as sound:
        assert sound.getframerate() == 8000
    recording.reload()
    assert recording.access_count == 1


@pytest.mark.parametrize(
    ("persona", "state", "said"),
    [
        ("presses-1", "confirmed", "All fine"),
        ("silent-when-recorded", "nothing_said", "said nothing"),
        ("line-noise-when-recorded", "nothing_said", "said nothing"),
        ("hangs-up-during-greeting", "nothing_said", "said nothing"),
        ("never-answers", "unreachable", "could not be reached"),
        ("call-fails", "unreachable", "could not be reached"),
        ("voicemail", "unreachable", "could not be reached"),
        ("wrong-key-then-2", "instructed", ""),
        ("speak-to-a-person", "instructed", ""),
        ("yes-thats-fine", "confirmed", "as planned"),
    ],
)
def test_whatever_the_customer_does_the_driver_is_told(product, persona, state, said) -> None:
    delivery = product.settled(product.deliver(persona), state)
    message = PushMessage.of(DEFAULT_TENANT, delivery_id=delivery.pk).get()
    assert said in message.text
    assert message.text


def test_nobody_is_called_again_after_saying_never(product: Product) -> None:
    delivery = product.settled(product.deliver("presses-9-twice"), "declined")
    (call,) = product.calls(delivery)
    assert Suppression.of(DEFAULT_TENANT, phone=call.to_number, source="key").count() == 1
    again = product.deliver("presses-1")
    # The same telephone, another parcel.
    again.modify(set__customer_id=delivery.customer_id)
    until(lambda: again.reload().outreach.state in ("suppressed", "confirmed"), "suppressed")
    assert product.settled(again, "suppressed").outreach.attempts == 0


def test_a_busy_line_is_called_again(product: Product) -> None:
    delivery = product.settled(product.deliver("busy-then-answers"), "instructed")
    assert [call.outcome for call in product.calls(delivery)] == ["busy", "instructed"]
    assert len(product.rung(product.calls(delivery)[0].to_number)) == 2


def test_the_machine_is_not_recorded(product: Product) -> None:
    delivery = product.settled(product.deliver("voicemail"), "unreachable")
    calls = product.calls(delivery)
    assert {call.answered_by for call in calls} == {"machine"}
    assert Recording.of(DEFAULT_TENANT, delivery_id=delivery.pk).count() == 0


def test_no_log_names_a_person(product: Product) -> None:
    delivery = product.settled(product.deliver("several-in-one-breath"), "instructed")
    (call,) = product.calls(delivery)
    secrets = [
        call.to_number,
        call.to_number.removeprefix("+"),
        "two eight one nine",
        "Customer ",
        "Mill Lane",
        product.settings.auth_tokens[0],
        product.settings.secret_key.get_secret_value(),
        product.settings.s3_secret_access_key.get_secret_value(),
        product.settings.field_encryption_key.get_secret_value(),
    ]
    for name in ("web", "calls", "answers", "speech", "clock"):
        text = product.stack.supervisor.log_file(name).read_text()
        assert text
        for secret in secrets:
            assert secret not in text, name


def test_one_id_tells_the_whole_journey_from_the_claim_to_the_push(product: Product) -> None:
    delivery = product.settled(product.deliver("fragile"), "instructed")
    (call,) = product.calls(delivery)
    marked = {}
    for name in ("web", "calls", "answers", "speech", "clock"):
        lines = product.stack.supervisor.log_file(name).read_text().splitlines()
        marked[name] = [line for line in lines if f'"correlation_id": "{call.pk}"' in line]
        assert marked[name], name
    assert any('"job": "tell"' in line and '"event": "told"' in line for line in marked["answers"])

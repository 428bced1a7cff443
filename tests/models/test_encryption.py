"""What is sealed: by whom it can be read, and where."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from bson.binary import Binary
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from mongoengine import Document, EmbeddedDocument
from mongoengine.base.common import _document_registry

from app.errors import PermanentError
from app.models import CallLog, Reply, database, sealing, use_keys
from app.models.encryption import EncryptedField
from tests import factories


@pytest.fixture
def keys(settings) -> Iterator[tuple[str, str]]:
    """The key in use, and a new one; the first is in use again afterwards."""
    old = settings.field_encryption_key.get_secret_value()
    yield old, Fernet.generate_key().decode()
    use_keys(old)


def stored(call: CallLog) -> Binary:
    return database().call_logs.find_one({"_id": call.pk})["transcription"]


def test_a_value_is_aes_gcm_under_a_key_derived_from_the_setting(settings) -> None:
    value = stored(factories.call(transcription="behind the planter"))
    assert isinstance(value, Binary)
    assert value.subtype == 128
    secret = base64.urlsafe_b64decode(settings.field_encryption_key.get_secret_value())
    key = sealing.derived(secret, "field AES-256-GCM", 32)
    opened = AESGCM(key).decrypt(value[9:21], value[21:], value[:9])
    assert json.loads(opened) == "behind the planter"


def test_the_same_words_are_never_sealed_alike(settings) -> None:
    assert stored(factories.call(transcription="yes")) != stored(
        factories.call(transcription="yes")
    )


def test_former_keys_still_open_and_without_them_it_says_what_to_do(keys) -> None:
    old, new = keys
    call = factories.call(transcription="behind the planter")
    use_keys(f"{new},{old}")
    assert CallLog.of("default", pk=call.pk).get().transcription == "behind the planter"
    use_keys(new)
    with pytest.raises(PermanentError, match="FIELD_ENCRYPTION_KEY"):
        CallLog.of("default", pk=call.pk).get()


@pytest.mark.parametrize("at", [0, 5, 9, 21, -1], ids=["version", "place", "nonce", "words", "tag"])
def test_an_altered_value_is_noticed(settings, at) -> None:
    call = factories.call(transcription="behind the planter")
    value = bytearray(stored(call))
    value[at] ^= 1
    database().call_logs.update_one(
        {"_id": call.pk}, {"$set": {"transcription": Binary(bytes(value), 128)}}
    )
    with pytest.raises(PermanentError, match=r"altered|another field"):
        CallLog.of("default", pk=call.pk).get()


@pytest.mark.parametrize("shortened", [0, 4, 9, 20, 30])
def test_a_shortened_value_is_noticed(settings, shortened) -> None:
    value = Binary(bytes(stored(factories.call(transcription="x")))[:shortened], 128)
    with pytest.raises(PermanentError):
        sealing.ring().open(value)


def test_a_value_opens_in_no_other_field(settings) -> None:
    call = factories.call(transcription="the gate code is 4519")
    database().call_logs.update_one({"_id": call.pk}, {"$set": {"said": stored(call)}})
    with pytest.raises(PermanentError, match="another field"):
        CallLog.of("default", pk=call.pk).get()


@pytest.mark.parametrize("words", ["enc:", "enc:hello", "enc:gAAAAABk" + "A" * 92 + "="])
def test_words_that_look_like_a_former_token_are_words(settings, words) -> None:
    reply = Reply(
        tenant_id="default",
        delivery_id=factories.delivery().pk,
        customer_id=factories.customer().pk,
        channel="sms",
        key="1",
        at=factories.NOW,
        text=words,
    ).save()
    assert reply.text == words
    assert Reply.of("default").get().text == words
    assert sealing.is_sealed(database().replies.find_one()["text"])


def test_a_token_of_before_is_still_read(settings) -> None:
    call = factories.call()
    key = Fernet(settings.field_encryption_key.get_secret_value())
    token = "enc:" + key.encrypt(b'"behind the planter"').decode()
    database().call_logs.update_one({"_id": call.pk}, {"$set": {"transcription": token}})
    assert CallLog.of("default", pk=call.pk).get().transcription == "behind the planter"


def test_no_field_is_renamed_by_accident() -> None:
    # What is stored opens only in the field of this name: a new name needs a migration.
    found = {
        field.label
        for model in _document_registry.values()
        if issubclass(model, Document | EmbeddedDocument) and model.__module__.startswith("app.")
        for field in model._fields.values()
        if isinstance(field, EncryptedField)
    }
    assert found >= {
        "AnalysisRecord.instructions", "AnalysisRecord.keywords", "AnalysisRecord.quotes",
        "AnalysisRecord.summary", "CallLog.said", "CallLog.transcription", "Correction.why",
        "DirectiveRecord.slots", "DirectiveRecord.text", "DirectiveRecord.wording",
        "EntityRecord.value", "InboundMessage.body", "Message.body",
        "Preferences.delivery_instructions", "PushMessage.text", "Recording.segments",
        "Reply.text", "Review.note", "Transcription.text", "Transcription.translation",
    }  # fmt: skip
    assert len({sealing.place(label) for label in found}) == len(found)

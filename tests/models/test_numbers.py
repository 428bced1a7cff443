"""Telephone numbers: unreadable in the database, and still one number is one number."""

from __future__ import annotations

import pytest
from bson.binary import Binary
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from mongoengine import NotUniqueError
from mongoengine.errors import InvalidQueryError
from pymongo.errors import DuplicateKeyError

from app.errors import PermanentError
from app.models import Agent, CallLog, Customer, Message, database, numbers, sealing
from app.models.numbers import Erased, NumberKey, opened, sealed
from tests import factories

NUMBER = "+447700900123"


def test_no_number_can_be_read_in_the_database(settings) -> None:
    delivery = factories.delivery(customer=factories.customer(phone=NUMBER))
    factories.call(delivery, from_number="+447700900777", customer_phone="+447700900778")
    factories.consent(delivery)
    factories.agent(phone="+447700900779")
    database().customers.find_one()
    for name in ("customers", "call_logs", "consents", "agents"):
        stored = str(list(database()[name].find()))
        assert "7700900" not in stored, name
    call = CallLog.of("default").get()
    assert (call.from_number, call.to_number) == ("+447700900777", NUMBER)


def test_it_is_aes_siv_under_the_key_that_the_database_keeps(settings) -> None:
    kept = database().data_keys.find_one({"_id": "numbers"})["key"]
    secret = sealing.ring().open(kept)
    stored = database().customers.find_one({"_id": factories.customer(phone=NUMBER).pk})["phone"]
    assert AESSIV(secret).decrypt(bytes(stored), [b"delauto number"]) == NUMBER.encode()
    assert len(secret) == 64


def test_customers_are_found_by_number_and_by_several(settings) -> None:
    mine, other = factories.customer(phone=NUMBER), factories.customer()
    assert Customer.of("default", phone=NUMBER).get() == mine
    assert set(Customer.of("default", phone__in=[NUMBER, other.phone])) == {mine, other}
    assert Customer.of("default", phone__ne=NUMBER).get() == other
    Customer.of("default", pk=mine.pk).update_one(set__phone="+447700900124")
    assert Customer.of("default", phone="+447700900124").get() == mine


@pytest.mark.parametrize("how", ["contains", "startswith", "gt", "iexact"])
def test_a_number_is_not_found_in_parts(settings, how) -> None:
    with pytest.raises(InvalidQueryError, match="whole"):
        list(Customer.of("default", **{f"phone__{how}": "+44"}))


def test_one_number_is_one_customer_and_one_agent(settings) -> None:
    factories.customer(phone=NUMBER)
    with pytest.raises(NotUniqueError):
        factories.customer(phone=NUMBER)
    factories.agent(phone=NUMBER)
    with pytest.raises(NotUniqueError):
        factories.agent(phone=NUMBER)


def test_no_number_has_two_calls_in_flight(settings) -> None:
    one, other = factories.call(), factories.call()
    with pytest.raises(DuplicateKeyError):
        database().call_logs.update_one(
            {"_id": one.pk}, {"$set": {"to_number": sealed(other.to_number)}}
        )


@pytest.mark.parametrize("said", ["", "anonymous", "client:Dana", "+266696687"])
def test_what_a_network_says_instead_of_a_number_is_kept(settings, said) -> None:
    call = factories.call(direction="inbound", from_number=said, attempt=0, in_flight=False)
    assert CallLog.of("default", pk=call.pk).get().from_number == said


def test_an_altered_number_is_noticed(settings) -> None:
    customer = factories.customer(phone=NUMBER)
    value = bytearray(sealed(NUMBER))
    value[-1] ^= 1
    database().customers.update_one(
        {"_id": customer.pk}, {"$set": {"phone": Binary(bytes(value), numbers.SUBTYPE)}}
    )
    with pytest.raises(PermanentError, match="altered"):
        Customer.of("default").get()


def test_without_its_key_it_says_what_to_do(settings) -> None:
    sealed(NUMBER)
    kept = database().data_keys.find_one_and_delete({"_id": "numbers"})
    try:
        assert sealed(NUMBER), "a key in use stays in use"
        numbers.forget_key()
        with pytest.raises(PermanentError, match="delauto migrate up"):
            sealed(NUMBER)
    finally:
        database().data_keys.insert_one(kept)
    assert opened(sealed(NUMBER)) == NUMBER


def test_of_two_who_make_the_key_both_get_the_same(settings) -> None:
    one, other = NumberKey.made_in(database()), NumberKey.made_in(database())
    assert one.seal(NUMBER) == other.seal(NUMBER) == sealed(NUMBER)


def test_what_is_left_of_an_erased_number_stays_what_it_is(settings) -> None:
    digest = numbers.key().digest(NUMBER)
    message = Message(
        tenant_id="default", purpose="receipt", to_number=NUMBER, claimed_at=factories.NOW
    ).save()
    database().messages.update_one({"_id": message.pk}, {"$set": {"to_number": digest}})
    read = Message.of("default").get()
    assert isinstance(read.to_number, Erased)
    assert NUMBER not in repr(read.to_number)
    read.to_number = read.to_number
    read.save()
    assert database().messages.find_one()["to_number"] == digest
    assert digest != numbers.key().digest("+447700900124")


def test_documents_compare_after_a_rotation(settings) -> None:
    # The key is sealed anew; it is the same key.
    before, agent = sealed(NUMBER), factories.agent(phone=NUMBER)
    kept = database().data_keys.find_one()["key"]
    anew = sealing.ring().seal(sealing.ring().open(kept), sealing.place_of(kept))
    database().data_keys.update_one({}, {"$set": {"key": anew}})
    numbers.forget_key()
    assert sealed(NUMBER) == before
    assert Agent.of("default", phone=NUMBER).get() == agent

"""The migration that seals numbers: there, back, twice, and what it refuses."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId
from cryptography.fernet import Fernet
from pymongo import MongoClient
from pymongo.database import Database

from app.models import use_keys
from app.models.numbers import NumberKey
from app.models.sealing import is_sealed, ring

NUMBER = "+447700900123"
seal_numbers = importlib.import_module("migrations.0005_personal_data")


@pytest.fixture
def db(surroundings: dict[str, str]) -> Iterator[Database]:
    use_keys(surroundings["FIELD_ENCRYPTION_KEY"])
    with MongoClient(surroundings["MONGODB_URI"], tz_aware=True) as client:
        client.drop_database("delauto_seal")
        yield client.delauto_seal
        client.drop_database("delauto_seal")
    use_keys(surroundings["FIELD_ENCRYPTION_KEY"])


def token(value: Any) -> str:
    return ring().seal_legacy(json.dumps(value).encode())


def before(db: Database) -> dict[str, list[dict[str, Any]]]:
    """The ledger as it was kept before: plain numbers and tokens."""
    rows: dict[str, list[dict[str, Any]]] = {
        "customers": [
            {"phone": NUMBER, "preferences": {"delivery_instructions": "code 4519"}},
            {"phone": "+447700900124", "preferences": {}},
        ],
        "agents": [{"phone": "+447700900125"}],
        "consents": [{"phone": NUMBER}],
        "suppressions": [{"phone": NUMBER, "scope": "all"}],
        "messages": [
            {"to_number": NUMBER, "from_number": "", "body": token("Where to?"),
             "webhook_events": [{"key": "1", "data": {"To": NUMBER}}]},
        ],
        "inbound_messages": [
            {"from_number": NUMBER, "body": "enc: is how I begin", "data": {"From": NUMBER}},
        ],
        "call_logs": [
            {"from_number": "+12025550142", "to_number": NUMBER, "said": token("four five"),
             "webhook_events": [
                 {"key": "1", "data": {"To": NUMBER, "SpeechResult": token("four five")}},
                 {"key": "2", "event": "odd"},
             ],
             "ai_analysis": {"summary": token("a code"),
                             "directives": [{"kind": "access", "slots": token({"code": "4519"})}]}},
            {"from_number": NUMBER, "to_number": "+12025550142", "customer_phone": NUMBER},
        ],
        "deliveries": [{"analysis_history": [{"directives": [{"text": token("the shed")}]}]}],
    }  # fmt: skip
    for name, documents in rows.items():
        for document in documents:
            document["_id"] = ObjectId()
        db[name].insert_many(documents)
    return rows


def after(db: Database) -> dict[str, list[dict[str, Any]]]:
    return {name: list(db[name].find().sort("_id")) for name in db.list_collection_names()}


def without_tokens(value: Any) -> Any:
    """The same with all tokens opened: a new one of the same words is another."""
    if isinstance(value, str) and value.startswith("enc:gAAAAA"):
        return json.loads(ring().open_legacy(value))
    if isinstance(value, dict):
        return {name: without_tokens(each) for name, each in value.items()}
    return [without_tokens(each) for each in value] if isinstance(value, list) else value


def test_numbers_and_words_become_unreadable(db) -> None:
    before(db)
    seal_numbers.up(db)
    stored = str(after(db))
    for word in (NUMBER, "7700900", "four", "4519", "enc:", "shed"):
        assert word not in stored
    key = NumberKey.of(db)
    call = db.call_logs.find_one({"to_number": key.seal(NUMBER)})
    assert json.loads(ring().open(call["webhook_events"][0]["data"])) == {
        "To": NUMBER, "SpeechResult": "four five",
    }  # fmt: skip
    assert is_sealed(call["ai_analysis"]["directives"][0]["slots"])
    kept = db.inbound_messages.find_one({"from_number": key.seal(NUMBER)})
    assert json.loads(ring().open(kept["body"])) == "enc: is how I begin"


def test_the_documents_read_what_it_wrote(settings) -> None:
    # In the database of the tests, whose documents are connected to it.
    from app.models import CallLog, Customer, InboundMessage, database

    rows = before(database())
    for name in rows:
        database()[name].update_many({}, {"$set": {"tenant_id": "default"}})
    seal_numbers.up(database())
    call = CallLog.of("default", to_number=NUMBER).get()
    assert call.said == "four five"
    assert call.ai_analysis.directives[0].slots == {"code": "4519"}
    assert call.webhook_events[0].data["SpeechResult"] == "four five"
    customer = Customer.of("default", phone=NUMBER).get()
    assert customer.preferences.delivery_instructions == "code 4519"
    assert InboundMessage.of("default").get().data == {"From": NUMBER}


def test_there_and_back_is_where_it_began(db) -> None:
    rows = before(db)
    seal_numbers.up(db)
    seal_numbers.down(db)
    found = after(db)
    found = {name: found[name] for name in rows}
    rows["inbound_messages"][0]["body"] = without_tokens(rows["inbound_messages"][0]["body"])
    assert without_tokens(found) == without_tokens(
        {name: sorted(each, key=lambda row: row["_id"]) for name, each in rows.items()}
    )


def test_a_second_time_changes_nothing_and_the_key_stays(db) -> None:
    before(db)
    seal_numbers.up(db)
    once = after(db)
    seal_numbers.up(db)
    assert after(db) == once


def test_going_back_and_forth_again_keeps_the_key(db) -> None:
    before(db)
    seal_numbers.up(db)
    number = NumberKey.of(db).seal(NUMBER)
    seal_numbers.down(db)
    seal_numbers.up(db)
    assert db.customers.count_documents({"phone": number}) == 1


def test_what_no_key_opens_is_counted_and_the_rest_is_done(db) -> None:
    before(db)
    lost = "enc:" + Fernet(Fernet.generate_key()).encrypt(b'"never again"').decode()
    db.recordings.insert_one({"transcription": {"text": lost}})
    with pytest.raises(RuntimeError, match="1 documents"):
        seal_numbers.up(db)
    assert NUMBER not in str(after(db))


def test_a_lost_key_is_not_made_anew(db) -> None:
    before(db)
    seal_numbers.up(db)
    db.data_keys.delete_many({})
    with pytest.raises(RuntimeError, match="data_keys"):
        seal_numbers.up(db)
    assert db.data_keys.count_documents({}) == 0

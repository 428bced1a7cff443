"""Rotation: everything under the newest key, beside others who write, and what is then needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet

from app.models import CallLog, Delivery, database, sealing, use_keys
from app.models.analysis import AnalysisRecord, DirectiveRecord
from app.pipeline import rotate_keys
from app.pipeline.rotate_keys import rotate
from tests import factories


@pytest.fixture
def old(settings) -> Iterator[str]:
    old = settings.field_encryption_key.get_secret_value()
    yield old
    # What the database holds beside the documents of a test comes under the first key again.
    use_keys(f"{old},{','.join(_made)}" if _made else old)
    rotate()
    use_keys(old)


_made: list[str] = []


def new_key() -> str:
    _made.append(Fernet.generate_key().decode())
    return _made[-1]


def some_words(n: int = 3) -> Delivery:
    """A delivery with words at every depth."""
    records = [
        AnalysisRecord(
            summary=f"summary {each}",
            directives=[DirectiveRecord(kind="access", text="4519", slots={"code": "4519"})],
        )
        for each in range(n)
    ]
    return factories.delivery(analysis=records[0], analysis_history=records[1:])


def raw(call: CallLog) -> dict[str, Any]:
    return database().call_logs.find_one({"_id": call.pk})


def short(key: str) -> str:
    return sealing.KeyRing([key]).ids[0]


def test_everything_comes_under_the_newest_key_and_stays_what_it_is(old) -> None:
    call, delivery = factories.call(transcription="behind the planter"), some_words()
    new = new_key()
    use_keys(f"{new},{old}")
    found = rotate()
    assert (found.left, dict(found.unreadable)) == ({}, {})
    assert found.renewed >= 2
    assert found.under[found.newest] >= 10
    use_keys(new)
    assert CallLog.of("default", pk=call.pk).get().transcription == "behind the planter"
    kept = Delivery.of("default", pk=delivery.pk).get()
    assert [each.summary for each in kept.analysis_history] == ["summary 1", "summary 2"]
    assert kept.analysis.directives[0].slots == {"code": "4519"}


def test_a_second_time_changes_nothing(old) -> None:
    some_words()
    use_keys(f"{new_key()},{old}")
    assert rotate().renewed > 0
    before = database().deliveries.find_one()
    assert rotate().renewed == 0
    assert database().deliveries.find_one() == before


def test_what_was_begun_and_not_ended_is_ended_later(old) -> None:
    some_words()
    factories.call(transcription="behind the planter")
    use_keys(f"{new_key()},{old}")
    begun = rotate_keys.Rotation(sealing.ring().ids[0])
    assert rotate_keys._renewed(database().call_logs, begun)
    assert rotate().left == {}


def test_what_changes_meanwhile_keeps_its_change(old) -> None:
    # Between the look at a document and the write, the customer is heard again.
    call = factories.call(transcription="behind the planter")
    use_keys(f"{new_key()},{old}")
    looked = rotate_keys.Rotation(sealing.ring().ids[0])
    writes = list(rotate_keys._changes("call_logs", (raw(call),), looked))
    CallLog.of("default", pk=call.pk).update_one(set__transcription="by the gate")
    assert database().call_logs.bulk_write(writes).matched_count == 0
    assert CallLog.of("default", pk=call.pk).get().transcription == "by the gate"


def test_who_still_writes_with_the_former_key_is_noticed(old) -> None:
    call = factories.call(transcription="behind the planter")
    new = new_key()
    use_keys(f"{new},{old}")
    assert rotate().left == {}
    use_keys(f"{old},{new}")
    CallLog.of("default", pk=call.pk).update_one(set__transcription="by the gate")
    use_keys(f"{new},{old}")
    looked = rotate_keys.Rotation(sealing.ring().ids[0])
    list(rotate_keys._changes("call_logs", (raw(call),), looked))
    assert looked.left == {short(old): 1}
    assert rotate().left == {}


def test_what_no_key_opens_is_counted_and_left_alone(old) -> None:
    call = factories.call(transcription="behind the planter")
    lost = new_key()
    use_keys(lost)
    factories.call(transcription="never to be read again")
    use_keys(f"{new_key()},{old}")
    found = rotate()
    assert found.left == {short(lost): 1}
    assert dict(found.unreadable) == {"call_logs": 1}
    assert CallLog.of("default", pk=call.pk).get().transcription == "behind the planter"


def test_it_names_the_keys_by_short_names_that_tell_nothing(old) -> None:
    assert short(old) not in old
    assert len(short(old)) == 8
    assert short(old) == short(old) != short(new_key())

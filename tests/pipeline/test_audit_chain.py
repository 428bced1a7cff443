"""Whoever changes the audit log afterwards is found, and it is said what they did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.models import database
from app.models.audit import hash_of
from app.pipeline import audit_chain, audit_retention
from app.pipeline.audit import Actor, record
from app.pipeline.audit_chain import START, Head
from tests.factories import NOW

DOT = Actor("user", "65f000000000000000000001", "Dot Dispatcher")
SYSTEM = Actor("system", "retention", "Retention")


@pytest.fixture
def six(settings) -> None:
    for number in range(1, 7):
        append(number)
        record("other", DOT, "delivery.created", "delivery", str(number), now=NOW)


def append(number: int) -> None:
    at = NOW + timedelta(days=number)
    record("default", DOT, "delivery.changed", "delivery", f"d{number}", now=at)


def log():
    return database().audit_log


def stored(sequence: int) -> dict:
    return log().find_one({"tenant_id": "default", "sequence": sequence})


def put(entry: dict, **changes) -> None:
    """Write over an entry, with a hash that fits."""
    made = {**entry, **changes}
    made["hash"] = hash_of(made)
    log().replace_one({"_id": entry["_id"]}, made)


def change(**changes) -> None:
    log().update_one({"tenant_id": "default", "sequence": 3}, {"$set": changes})


def swap() -> None:
    third, fourth = stored(3), stored(4)
    log().delete_many({"_id": {"$in": [third["_id"], fourth["_id"]]}})
    log().insert_many([{**third, "sequence": 4}, {**fourth, "sequence": 3}])


def swap_with_hashes_that_fit() -> None:
    third, fourth = stored(3), stored(4)
    log().delete_many({"_id": {"$in": [third["_id"], fourth["_id"]]}})
    for entry, place in ((third, 4), (fourth, 3)):
        moved = {**entry, "sequence": place}
        log().insert_one({**moved, "hash": hash_of(moved)})


def twice() -> None:
    third = stored(3)
    log().drop_index("tenant_id_1_sequence_1")
    del third["_id"]
    log().insert_one(third)


def close_the_gap() -> None:
    log().delete_one({"_id": stored(3)["_id"]})
    for place in (4, 5, 6):
        put(stored(place), sequence=place - 1)


TAMPERED: dict[str, tuple[Callable[[], object], str, int]] = {
    "another action": (lambda: change(action="delivery.created"), "changed", 3),
    "another actor": (lambda: change(**{"actor.id": "nobody"}), "changed", 3),
    "another time": (lambda: change(at=NOW), "changed", 3),
    "another digest": (lambda: change(after="0:0"), "changed", 3),
    "another hash before it": (lambda: change(previous="1" * 64), "changed", 3),
    "a field more": (lambda: change(excuse="none"), "changed", 3),
    "a hash of one's own": (lambda: change(hash="1" * 64), "changed", 3),
    "no hash at all": (
        lambda: log().update_one({"_id": stored(3)["_id"]}, {"$unset": {"hash": 1}}),
        "changed",
        3,
    ),
    "a change with a hash that fits": (lambda: put(stored(3), action="codes.read"), "order", 4),
    "one taken out": (lambda: log().delete_one({"_id": stored(3)["_id"]}), "gap", 3),
    "the first taken out": (lambda: log().delete_one({"_id": stored(1)["_id"]}), "gap", 1),
    "one taken out, the others moved up": (close_the_gap, "order", 3),
    "given to another company": (lambda: change(tenant_id="third"), "gap", 3),
    "two exchanged": (swap, "changed", 3),
    "two exchanged, with hashes that fit": (swap_with_hashes_that_fit, "order", 3),
    "one there twice": (twice, "order", 3),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_is_found_where_it_was_done(six, migrated, how) -> None:
    tamper, what, where = TAMPERED[how]
    try:
        tamper()
        checked = audit_chain.verify("default")
    finally:
        log().delete_many({})
        log().create_index([("tenant_id", 1), ("sequence", 1)], unique=True)
    assert checked.broken is not None
    assert (checked.broken.what, checked.broken.sequence) == (what, where), checked.broken.says
    assert str(where) in checked.broken.says
    # Of two in one place, the first that is met still fits.
    assert checked.entries == (where if how == "one there twice" else where - 1)


def test_a_log_nobody_touched_is_whole(six) -> None:
    checked = audit_chain.verify("default")
    assert (checked.broken, checked.entries) == (None, 6)
    assert checked.head == audit_chain.head("default") == Head(6, stored(6)["hash"])
    assert audit_chain.verify("nobody").head == START


def test_a_tail_that_was_cut_off_is_found_by_a_head_that_was_known(six) -> None:
    known = audit_chain.head("default")
    log().delete_many({"tenant_id": "default", "sequence": {"$gte": 5}})
    # In itself it is whole: that is why heads are kept elsewhere.
    assert audit_chain.verify("default").broken is None
    broken = audit_chain.verify("default", known).broken
    assert broken is not None
    assert (broken.what, broken.sequence) == ("truncated", 5)
    assert broken.says == "entries 5 to 6 are cut off the end"


def test_a_log_that_was_deleted_altogether_is_found_by_its_head(six) -> None:
    known = audit_chain.head("default")
    log().delete_many({"tenant_id": "default"})
    broken = audit_chain.verify("default", known).broken
    assert broken is not None
    assert (broken.what, broken.sequence) == ("truncated", 1)


def test_a_tail_that_was_cut_off_and_grew_again_is_found_by_its_head(six) -> None:
    known = audit_chain.head("default")
    log().delete_many({"tenant_id": "default", "sequence": {"$gte": 5}})
    for number in range(5, 9):
        append(number + 10)
    assert audit_chain.verify("default").broken is None
    broken = audit_chain.verify("default", known).broken
    assert broken is not None
    assert (broken.what, broken.sequence) == ("rewritten", 6)


def test_a_walk_from_a_known_place_covers_what_came_after(six) -> None:
    known = Head(4, stored(4)["hash"])
    checked = audit_chain.verify("default", known)
    assert (checked.broken, checked.entries, checked.head.sequence) == (None, 2, 6)
    log().update_one({"_id": stored(6)["_id"]}, {"$set": {"action": "codes.read"}})
    assert audit_chain.verify("default", known).broken is not None
    log().update_one({"_id": stored(4)["_id"]}, {"$set": {"action": "codes.read"}})
    broken = audit_chain.verify("default", known).broken
    assert broken is not None
    assert (broken.what, broken.sequence) == ("changed", 4)


def test_a_known_place_in_the_middle_that_is_gone_is_a_gap(six) -> None:
    known = Head(4, stored(4)["hash"])
    log().delete_one({"_id": stored(4)["_id"]})
    broken = audit_chain.verify("default", known).broken
    assert broken is not None
    assert (broken.what, broken.sequence) == ("gap", 4)


def let_go(days: int) -> int:
    before = NOW + timedelta(days=days)
    return audit_retention.let_go("default", SYSTEM, before=before, now=NOW + timedelta(days=90))


def test_old_entries_go_and_the_rest_is_still_a_chain(six) -> None:
    known = Head(3, stored(3)["hash"])
    assert let_go(4) == 3
    checked = audit_chain.verify("default")
    assert (checked.broken, checked.entries, checked.removed_up_to) == (None, 4, 3)
    assert audit_chain.verify("default", known).broken is None
    assert audit_chain.verify("other").entries == 6


def test_what_retention_did_not_take_must_still_be_there(six) -> None:
    let_go(4)
    log().delete_one({"_id": stored(4)["_id"]})
    broken = audit_chain.verify("default").broken
    assert broken is not None
    assert (broken.what, broken.sequence) == ("gap", 4)


def test_a_forged_checkpoint_is_found(six) -> None:
    let_go(3)
    log().update_one({"_id": stored(7)["_id"]}, {"$set": {"detail.up_to": 5}})
    log().delete_many({"tenant_id": "default", "sequence": {"$lte": 5}})
    broken = audit_chain.verify("default").broken
    assert broken is not None
    assert broken.what in ("order", "changed")


def test_retention_that_died_in_the_middle_is_finished_by_the_next(six, monkeypatch) -> None:
    third = stored(3)
    assert let_go(4) == 3
    # As if it had died before the last of them.
    log().insert_one(third)
    assert audit_chain.verify("default").broken is None
    assert let_go(4) == 1
    assert audit_chain.verify("default").entries == 4


def test_retention_again_and_again_leaves_one_chain(six) -> None:
    assert [let_go(days) for days in (0, 2, 2, 5)] == [0, 1, 0, 3]
    checked = audit_chain.verify("default")
    assert (checked.broken, checked.removed_up_to) == (None, 4)


def test_a_log_of_old_entries_alone_leaves_its_checkpoint(six) -> None:
    assert let_go(50) == 6
    checked = audit_chain.verify("default")
    assert (checked.broken, checked.entries, checked.head.sequence) == (None, 1, 7)
    append(60)
    assert audit_chain.verify("default").entries == 2


def test_a_place_reads_as_it_is_written() -> None:
    place = Head(5123, "ab" * 32)
    assert Head.read(str(place)) == place
    for wrong in ("", "5123", "5123:ab", "x:" + "ab" * 32, "5:" + "zz" * 32, "-1:" + "ab" * 32):
        with pytest.raises(ValueError, match=r"reads like|base 16"):
            Head.read(wrong)

"""A call's progress: whatever the order and however often reports come, one state follows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product

from bson import ObjectId
from pymongo import UpdateOne

from app.models import CallLog
from app.pipeline import progress
from app.pipeline.progress import Report
from app.states import CALL, CallStatus
from tests import factories
from tests.factories import NOW, sid

SID = "CA" + "5" * 32


def report(status: str, number: int, **fields) -> Report:
    basics = {"call_sid": SID, "key": f"{number}", "event": status, "data": {}, "status": status}
    return Report(**{**basics, **fields})


REPORTS = (
    report("queued", 0),
    report("ringing", 1, stir="B"),
    report("in-progress", 2, reported_at=NOW),
    Report(SID, "answered-by", "answered-by", {}, answered_by="human", detection_ms=900),
    report("completed", 3, duration=9, answered_by="human", reported_at=NOW),
)


def sequences() -> Iterator[tuple[Report, ...]]:
    """Every order of the five, each of them once or twice: at once, or after all others."""
    for order in permutations(REPORTS):
        for twice in product((False, True), repeat=len(order)):
            doubled = [each for each, again in zip(order, twice, strict=True) if again]
            yield (*order, *doubled)


def test_every_order_with_every_choice_of_repetitions_ends_the_same(settings) -> None:
    calls = CallLog._get_collection()
    template = factories.call().to_mongo().to_dict()
    todo = {ObjectId(): sequence for sequence in sequences()}
    assert len(todo) == 120 * 32
    # Each document its own id at the network: only the sid's uniqueness stands in the way.
    calls.drop_index("call_sid_1")
    try:
        calls.delete_many({})
        fresh = {k: v for k, v in template.items() if k not in ("_id", "in_flight")}
        calls.insert_many(
            [{**fresh, "_id": name, "attempt": 0, "in_flight": None} for name in todo]
        )
        for step in range(2 * len(REPORTS)):
            writes = [
                UpdateOne(*progress.as_update(name, sequence[step], NOW))
                for name, sequence in todo.items()
                if step < len(sequence)
            ]
            calls.bulk_write(writes, ordered=False)
        ends = list(calls.find())
    finally:
        calls.delete_many({})
        calls.create_index(
            "call_sid", unique=True, partialFilterExpression={"call_sid": {"$type": "string"}}
        )
    assert len(ends) == len(todo)
    different = {repr(sorted(_settled(end).items())) for end in ends}
    assert len(different) == 1
    assert all(CALL.allows(s["from"], s["to"]) for end in ends for s in end["history"])
    end = ends[0]
    assert (end["status"], end["duration"], end["answered_by"]) == ("completed", 9, "human")


def _settled(end: dict) -> dict:
    kept = {k: v for k, v in end.items() if k not in ("_id", "history", "updatedAt")}
    kept["webhook_events"] = sorted(event["key"] for event in end["webhook_events"])
    return kept


def test_every_pair_of_states_follows_the_table(settings) -> None:
    call = factories.call(call_sid=SID)
    calls = CallLog._get_collection()
    for source, target in product(CallStatus, CallStatus):
        if target in ("intended", "unknown"):
            continue
        calls.update_one(
            {"_id": call.pk}, {"$set": {"status": source, "history": [], "in_flight": True}}
        )
        progress.take(call.pk, report(target, 7), now=NOW)
        after = calls.find_one({"_id": call.pk})
        moved = CALL.allows(source, target)
        assert after["status"] == (target if moved else source)
        expected = [("call", source, target)] if moved else []
        assert [(s["machine"], s["from"], s["to"]) for s in after["history"]] == expected


def test_the_history_reads_as_if_it_had_moved_by_hand(settings) -> None:
    call = factories.call(call_sid=SID)
    progress.take(call.pk, REPORTS[1], now=NOW)
    call.reload()
    (step,) = call.history
    assert (step.machine, step.source, step.target, step.at) == ("call", "intended", "ringing", NOW)
    assert call.move_to(CALL, "in-progress", at=NOW, cause="by hand")


def test_a_key_outweighs_what_detection_finds_before_or_after(settings) -> None:
    call = factories.call(call_sid=SID, answered_by="human", answered_by_proof="key")
    machine = Report(SID, "a", "answered-by", {}, answered_by="machine_start")
    progress.take(call.pk, machine, now=NOW)
    call.reload()
    assert (call.answered_by, call.answered_by_proof) == ("human", "key")
    assert call.detected == "machine_start"


def test_a_report_on_a_call_that_nobody_knows_leaves_nothing(settings) -> None:
    assert progress.take(ObjectId(), REPORTS[0], now=NOW) is None
    assert progress.by_sid(sid("CA")) is None
    assert CallLog.of("default").count() == 0

"""Every entry follows the one before it, whoever else appends; none is ever changed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from bson import ObjectId
from mongoengine import ValidationError

from app.models import AuditEntry, Customer, database
from app.models.audit import BEGINNING, AppendOnlyError, digest_of, hash_of, use_secret
from app.models.transaction import in_transaction
from app.pipeline import audit_turns
from app.pipeline.audit import Actor, Event, audited, record, record_all
from tests import factories

NOW = datetime(2026, 3, 10, 10, 0, 0, 123456, tzinfo=UTC)
DOT = Actor("user", "65f000000000000000000001", "Dot Dispatcher")


def entry(action: str = "delivery.changed", subject: str = "d1", tenant: str = "default", **more):
    return record(tenant, DOT, action, "delivery", subject, **{"now": NOW, **more})


def stored(tenant: str = "default") -> list[dict]:
    return list(database().audit_log.find({"tenant_id": tenant}).sort("sequence"))


def test_entries_are_numbered_and_each_holds_the_hash_of_the_one_before(settings) -> None:
    made = [entry(subject=f"d{number}") for number in range(3)]
    assert [each.sequence for each in made] == [1, 2, 3]
    kept = stored()
    assert [each["previous"] for each in kept] == [BEGINNING, kept[0]["hash"], kept[1]["hash"]]
    assert all(hash_of(each) == each["hash"] for each in kept)


def test_each_company_has_a_chain_of_its_own(settings) -> None:
    entry()
    entry()
    assert entry(tenant="other").sequence == 1
    assert stored("other")[0]["previous"] == BEGINNING


def test_an_entry_keeps_all_that_was_said(settings) -> None:
    entry(action="recording.listened", request_id="r-1", detail={"seconds": 60, "copy": True})
    (kept,) = stored()
    assert kept["at"] == NOW.replace(microsecond=123000)
    assert kept["actor"] == {"kind": "user", "id": DOT.id, "label": "Dot Dispatcher"}
    assert kept["subject"] == {"kind": "delivery", "id": "d1"}
    assert (kept["action"], kept["request_id"]) == ("recording.listened", "r-1")
    assert kept["detail"] == {"seconds": 60, "copy": True}
    assert "createdAt" not in kept


def test_what_changed_is_named_and_its_values_are_not(settings) -> None:
    before = {"phone": "+447700900001", "preferences": {"language": "en", "zone": "UTC"}, "n": 1}
    after = {"phone": "+447700900002", "preferences": {"language": "de", "zone": "UTC"}, "n": 1}
    entry(before=before, after=after)
    (kept,) = stored()
    assert kept["changed"] == ["phone", "preferences.language"]
    assert kept["before"] == digest_of(before)
    assert kept["before"] != kept["after"]
    assert "7700" not in str(kept)


def test_what_came_or_went_names_no_fields(settings) -> None:
    assert entry(after={"phone": "+447700900001"}).changed == []
    assert entry(before={"phone": "+447700900001"}).changed == []


def test_a_digest_is_the_same_for_the_same_values_under_one_key_alone(settings) -> None:
    moment, key = datetime(2026, 1, 1, 12, tzinfo=UTC), ObjectId()
    first = digest_of({"a": [1, {"b": moment}], "c": key, "d": None})
    assert first == digest_of({"d": None, "c": key, "a": [1, {"b": moment}]})
    assert first != digest_of({"d": None, "c": key, "a": [2, {"b": moment}]})
    use_secret("another secret of this installation")
    try:
        other = digest_of({"a": [1, {"b": moment}], "c": key, "d": None})
    finally:
        use_secret(settings.secret_key.get_secret_value())
    # The key is told, so that nobody takes another key for another state.
    assert other.partition(":")[0] != first.partition(":")[0]
    assert other.partition(":")[2] != first.partition(":")[2]


def test_an_action_that_is_not_in_the_table_is_refused(settings) -> None:
    with pytest.raises(ValueError, match="meddled"):
        entry(action="delivery.meddled")
    assert stored() == []


@pytest.mark.parametrize(
    "meddle",
    [
        lambda kept: kept.save(),
        lambda kept: kept.delete(),
        lambda kept: kept.update(set__action="x"),
        lambda kept: kept.modify(set__action="x"),
        lambda kept: AuditEntry.of("default").delete(),
        lambda kept: AuditEntry.of("default").update(set__action="x"),
        lambda kept: AuditEntry.of("default").update_one(set__action="x"),
        lambda kept: AuditEntry.of("default").upsert_one(set__action="x"),
        lambda kept: AuditEntry.of("default").modify(set__action="x"),
        lambda kept: AuditEntry.of("default").filter(sequence=1).delete(),
        lambda kept: AuditEntry.of("default").insert(kept),
    ],
)
def test_no_entry_can_be_changed_or_deleted(settings, meddle) -> None:
    entry()
    was = stored()
    with pytest.raises(AppendOnlyError):
        meddle(AuditEntry.of("default").get())
    assert stored() == was


def test_an_entry_comes_true_with_what_it_tells_or_not_at_all(settings) -> None:
    customer = factories.customer()

    def work() -> None:
        Customer.of("default", pk=customer.pk).update_one(set__name="B")
        entry()
        raise KeyError

    for run in (lambda: in_transaction(work), lambda: audited("default", work)):
        with pytest.raises(KeyError):
            run()
    assert stored() == []
    assert Customer.of("default").get().name == "Casey Customer"


def test_several_entries_of_one_transaction_follow_each_other(settings) -> None:
    audited("default", lambda: [entry(), entry(), entry()])
    assert [each["sequence"] for each in stored()] == [1, 2, 3]


def test_many_threads_leave_one_chain_in_turn_and_out_of_turn(settings) -> None:
    customer = factories.customer()

    def work() -> None:
        Customer.of("default", pk=customer.pk).update_one(inc__total_deliveries=1)
        entry()

    def several() -> None:
        for _ in range(5):
            in_transaction(work)
            audited("default", work)
            entry()

    threads = [threading.Thread(target=several) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    kept = stored()
    assert [each["sequence"] for each in kept] == list(range(1, 121))
    assert [each["previous"] for each in kept[1:]] == [each["hash"] for each in kept[:-1]]
    assert Customer.of("default", pk=customer.pk).get().total_deliveries == 80


def test_who_read_the_head_before_another_appended_begins_again(settings) -> None:
    read, appended = threading.Event(), threading.Event()
    runs = []

    def slow() -> None:
        runs.append(AuditEntry.of("default").count())
        read.set()
        appended.wait(10)
        entry(subject="slow")

    thread = threading.Thread(target=in_transaction, args=(slow,))
    thread.start()
    read.wait(10)
    entry(subject="fast")
    appended.set()
    thread.join()
    assert runs == [0, 1]
    assert [each["subject"]["id"] for each in stored()] == ["fast", "slow"]


def test_one_who_never_ends_its_turn_holds_the_others_up_for_a_while_only(
    settings, monkeypatch
) -> None:
    monkeypatch.setattr("app.pipeline.audit_turns.LONGEST_TURN", 0.2)
    done = threading.Event()
    holder = threading.Thread(target=lambda: audited("default", lambda: done.wait(20)))
    holder.start()
    try:
        assert entry().sequence == 1
    finally:
        done.set()
        holder.join()


def test_many_things_done_at_once_are_appended_together(settings) -> None:
    def events(count: int) -> list[Event]:
        return [
            Event(action="delivery.created", subject_kind="delivery", subject_id=f"d{number}")
            for number in range(count)
        ]

    entry()
    made = record_all("default", DOT, events(300), now=NOW)
    assert [each.sequence for each in made] == list(range(2, 302))
    audited("default", lambda: record_all("default", DOT, events(3), now=NOW))
    assert record_all("default", DOT, [], now=NOW) == []
    kept = stored()
    assert [each["previous"] for each in kept[1:]] == [each["hash"] for each in kept[:-1]]
    assert len(kept) == 304


def test_what_waits_is_appended_by_whoever_has_the_turn(settings) -> None:
    batches: list[int] = []
    at_it, go_on = threading.Event(), threading.Event()

    def append(drafts) -> None:
        batches.append(len(drafts))
        at_it.set()
        go_on.wait(10)

    threads = [
        threading.Thread(target=audit_turns.together, args=("default", AuditEntry(), append))
        for _ in range(5)
    ]
    threads[0].start()
    at_it.wait(10)
    for each in threads[1:]:
        each.start()
    line = audit_turns._lines["default"]
    while len(line.waiting) < 4:
        pass
    go_on.set()
    for each in threads:
        each.join()
    assert batches == [1, 4]


def test_all_that_waited_learn_that_it_failed_and_the_next_goes_on(settings, monkeypatch) -> None:
    def fail(drafts) -> None:
        raise ConnectionError("away")

    with pytest.raises(ConnectionError):
        audit_turns.together("default", AuditEntry(), fail)
    assert entry().sequence == 1


def test_what_cannot_be_kept_harms_nobody_else(settings) -> None:
    with pytest.raises(ValidationError):
        entry(tenant="No Such Name!")
    with pytest.raises(ValidationError):
        record("default", Actor("robot", "1", "R"), "codes.read", "d", "1", now=NOW)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        entry(detail={"a.b": 1, "$c": 2})
    assert entry().sequence == 1

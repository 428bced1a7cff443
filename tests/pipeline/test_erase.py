"""Erasure: what goes, what stays of it, and what happens when it is cut short."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.errors import PermanentError, TransientError
from app.gateways.copies import Copy
from app.models import (
    Customer,
    Delivery,
    IdempotentAnswer,
    Suppression,
    database,
    numbers,
)
from app.models.erasure import Erasure
from app.pipeline import permission
from app.pipeline.erase import erase
from app.pipeline.held import held
from app.pipeline.suppression import lift, suppress
from app.pipeline.traces import Scanner, written
from tests import factories
from tests.factories import ALL_DAY, NOW

NUMBER, OTHER = "+447700900123", "+447700900124"


class Books:
    """A network's books in memory; ``away`` where they cannot be read."""

    def __init__(self, *kept: Copy, away: bool = False) -> None:
        self.kept, self.away = set(kept), away

    def with_number(self, number: str) -> Sequence[Copy]:
        if self.away:
            raise TransientError("the network is out of reach")
        return sorted((each for each in self.kept if each.kind != "recording"), key=str)

    def recordings_of(self, call_sid: str) -> Sequence[Copy]:
        return [each for each in self.kept if each.kind == "recording"]

    def delete(self, copy: Copy) -> bool:
        there = copy in self.kept
        self.kept.discard(copy)
        return there


def somebody(number: str = NUMBER) -> Delivery:
    customer = factories.customer(phone=number, address="71 Quagmire Crescent")
    delivery = factories.delivery(customer=customer, address="71 Quagmire Crescent")
    factories.consent(delivery)
    call = factories.call(delivery, status="completed", in_flight=False, transcription="4519")
    factories.recording(call)
    return delivery


def run(runtime, books: Books | None = None) -> Erasure:
    return erase(NUMBER, runtime.bucket, books or Books(), by="dot", now=NOW)


def left(number: str = NUMBER, *words: str) -> dict[str, int]:
    scanner = Scanner(number, words)
    scanner.database()
    return dict(scanner.traces.found)


def test_everything_about_the_number_goes_and_nothing_about_another(settings, runtime) -> None:
    somebody()
    somebody(OTHER)
    other = {name: len(found) for name, found in held(OTHER).documents.items()}
    proof = run(runtime)
    assert left(NUMBER) == {}
    assert {name: len(found) for name, found in held(OTHER).documents.items()} == other
    assert (proof.gone["customers"], proof.gone["call_logs"], proof.by) == (1, 1, "dot")


def test_a_delivery_stays_countable_and_nobody_is_called_about_it(settings, runtime) -> None:
    waiting = somebody()
    run(runtime)
    kept = Delivery.of("default", pk=waiting.pk).get()
    assert (kept.address, kept.outreach.state, kept.status) == ("erased", "skipped", "scheduled")
    assert kept.history[-1].cause == "the customer was erased"
    assert kept.coordinates is None


def test_while_a_call_is_under_way_nothing_is_erased(settings, runtime) -> None:
    delivery = somebody()
    factories.call(delivery, attempt=2)
    with pytest.raises(PermanentError, match="under way"):
        run(runtime)
    assert Customer.of("default", phone=NUMBER).first()


def test_cut_short_it_is_finished_the_next_time_with_one_proof(settings, runtime) -> None:
    somebody()
    with pytest.raises(TransientError):
        run(runtime, Books(away=True))
    assert Erasure.objects.get().ended_at is None
    assert Customer.of("default", phone=NUMBER).first()
    call = Copy("call", "CA1")
    books = Books(call, Copy("recording", "RE1"), Copy("message", "SM1"))
    run(runtime, books)
    assert books.kept == set()
    proof = Erasure.objects.get()
    assert proof.ended_at is not None
    assert proof.gone["recordings at the network"] == 1
    assert left() == {}


@pytest.mark.parametrize("scope", ["all", "calls"])
def test_the_wish_not_to_be_called_holds_on(settings, runtime, scope) -> None:
    suppress("default", NUMBER, scope=scope, source="key", evidence=somebody().pk, now=NOW)
    run(runtime)
    assert left() == {}
    again = somebody()
    facts = permission.facts_of([again], now=NOW, window=ALL_DAY)[again.pk]
    assert [each.scope for each in facts.suppressions] == [scope]
    # Said once more, it is the same wish; taken back, it is over.
    suppress("default", NUMBER, scope=scope, source="key", evidence=None, now=NOW)
    assert Suppression.of("default").count() == 1
    assert lift("default", NUMBER, now=NOW)
    assert permission.facts_of([again], now=NOW, window=ALL_DAY)[again.pk].suppressions == ()


def test_the_wish_of_another_does_not_become_theirs(settings, runtime) -> None:
    suppress("default", NUMBER, source="key", evidence=None, now=NOW)
    run(runtime)
    other = somebody(OTHER)
    assert permission.facts_of([other], now=NOW, window=ALL_DAY)[other.pk].suppressions == ()


def test_erased_twice_it_is_still_one_wish(settings, runtime) -> None:
    for _ in range(2):
        suppress("default", NUMBER, source="key", evidence=None, now=NOW)
        somebody()
        run(runtime)
    assert Suppression.of("default").count() == 1
    assert left() == {}


def test_of_kept_answers_only_those_about_the_person_go(settings, runtime) -> None:
    somebody()
    for name, text in (("mine", f'{{"phone": "{NUMBER}"}}'), ("other", '{"phone": "+1"}')):
        IdempotentAnswer(
            id=name, tenant_id="default", request="r", status=201, text=text, expires_at=NOW
        ).save()
    run(runtime)
    assert [each["_id"] for each in database().idempotent_answers.find()] == ["other"]


def test_the_proof_is_of_this_number_and_leads_to_none(settings, runtime) -> None:
    somebody()
    run(runtime)
    stored = database().erasures.find_one()
    assert bytes(stored["number"]) == bytes(numbers.key().digest(NUMBER))
    assert bytes(stored["number"]) != bytes(numbers.key().digest(OTHER))
    assert "7700900123" not in str(stored)


def test_a_number_is_found_however_it_is_written() -> None:
    assert {"447700900123", "+44 7700 900123", "07700 900123", "7700900123"} <= written(NUMBER)


def test_the_scanner_looks_into_what_is_sealed(settings) -> None:
    factories.call(transcription=f"call me on {NUMBER}", said="at 71 Quagmire Crescent")
    assert left() == {"collection call_logs": 1}
    assert left(OTHER, "quagmire crescent") == {"collection call_logs": 1}
    assert left(OTHER) == {}


def test_what_shippers_were_told_of_the_person_goes(settings, runtime) -> None:
    delivery = somebody()
    for whose in ({"delivery_id": delivery.pk}, {"customer_id": delivery.customer_id}):
        database().events.insert_one({"tenant_id": "default", "type": "t", **whose})
    event = database().events.find_one()
    database().event_postings.insert_one({"tenant_id": "default", "event_id": event["_id"]})
    proof = run(runtime)
    assert (proof.gone["events"], proof.gone["event_postings"]) == (2, 1)
    assert database().events.count_documents({}) == 0

"""The circuit: what would meet everybody stops the dialling, and a single try starts it again."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from app.models import Circuit
from app.pipeline import circuit
from app.pipeline.circuit import CALLS, MESSAGES
from tests import factories
from tests.factories import NOW

PAUSE = circuit.FIRST_PAUSE


def failed(code: str, who: ObjectId | None = None, now=NOW, **options) -> bool:
    return circuit.failed(CALLS, code, who or ObjectId(), now=now, **options)


def may_ask(now=NOW, who: ObjectId | None = None) -> bool:
    return circuit.may_ask(CALLS, who or ObjectId(), now=now)


def opened(now=NOW) -> None:
    assert failed("20003", now=now)


def test_it_is_closed_to_begin_with(settings) -> None:
    assert may_ask()
    assert circuit.opens_at(CALLS) is None
    assert not circuit.close(CALLS)


def test_a_wrong_credential_opens_it_at_once_and_is_named(settings) -> None:
    who = ObjectId()
    assert failed("20003", who)
    assert not may_ask()
    seen = Circuit.objects.get()
    assert (seen.name, seen.code, seen.tripped_by) == (CALLS, "20003", [who])
    assert "credentials" in seen.reason
    assert circuit.opens_at(CALLS) == NOW + PAUSE
    assert circuit.tripped(CALLS, who)
    assert not circuit.tripped(CALLS, ObjectId())


def test_calls_and_messages_have_one_each(settings) -> None:
    opened()
    assert circuit.may_ask(MESSAGES, ObjectId(), now=NOW)


def test_a_wrong_number_opens_nothing(settings) -> None:
    for _ in range(20):
        assert not failed("21211")
    assert may_ask()


def test_a_carriers_block_opens_it_after_several_customers(settings) -> None:
    who = [ObjectId() for _ in range(3)]
    assert not failed("32017", who[0])
    assert not failed("32017", who[1])
    assert may_ask()
    assert failed("32017", who[2])
    assert Circuit.objects.get().tripped_by == who


def test_one_customer_alone_or_the_same_failure_again_opens_nothing(settings) -> None:
    customer, call = ObjectId(), ObjectId()
    for _ in range(5):
        assert not failed("21215", about=customer)
        assert not failed("32017", call)
    assert may_ask()


def test_failures_far_apart_do_not_add_up(settings) -> None:
    for minutes in (0, 6, 12, 18, 24):
        assert not failed("32017", now=NOW + timedelta(minutes=minutes))


def test_after_the_pause_one_try_is_let_through(settings) -> None:
    opened()
    assert not may_ask(NOW + PAUSE - timedelta(seconds=1))
    who = ObjectId()
    assert may_ask(NOW + PAUSE, who)
    assert not may_ask(NOW + PAUSE)
    assert may_ask(NOW + PAUSE, who)


def test_a_try_that_fails_doubles_the_pause_up_to_a_limit(settings) -> None:
    opened()
    now, pauses = NOW, []
    for _ in range(8):
        now = circuit.opens_at(CALLS)
        who = ObjectId()
        assert may_ask(now, who)
        assert failed("20003", who, now=now)
        pauses.append((circuit.opens_at(CALLS) - now).total_seconds())
    assert pauses == [120, 240, 480, 960, 1800, 1800, 1800, 1800]


def test_failures_of_calls_that_were_on_their_way_do_not_double_it(settings) -> None:
    opened()
    late = ObjectId()
    assert failed("20003", late, now=NOW + timedelta(seconds=5))
    assert circuit.opens_at(CALLS) == NOW + PAUSE
    assert circuit.tripped(CALLS, late)


def test_a_try_that_works_closes_it(settings) -> None:
    opened()
    who = ObjectId()
    assert may_ask(NOW + PAUSE, who)
    circuit.worked(CALLS, ObjectId(), now=NOW + PAUSE)
    assert not may_ask(NOW + PAUSE)
    circuit.worked(CALLS, who, now=NOW + PAUSE)
    assert may_ask(NOW + PAUSE)
    assert circuit.opens_at(CALLS) is None
    # And one failure more opens it with the first pause again.
    assert failed("20003", now=NOW + PAUSE)
    assert circuit.opens_at(CALLS) == NOW + 2 * PAUSE


def test_a_block_that_shows_late_needs_a_customer_who_was_reached(settings) -> None:
    for _ in range(3):
        failed("32017")
    who = ObjectId()
    assert may_ask(NOW + PAUSE, who)
    circuit.worked(CALLS, who, now=NOW + PAUSE)
    assert not may_ask(NOW + PAUSE)
    circuit.worked(CALLS, who, now=NOW + PAUSE, reached=True)
    assert may_ask(NOW + PAUSE)


def test_a_try_that_says_nothing_about_the_network_makes_room_for_the_next(settings) -> None:
    opened()
    who = ObjectId()
    assert may_ask(NOW + PAUSE, who)
    assert failed("21211", who, now=NOW + PAUSE)
    assert may_ask(NOW + PAUSE)


def test_a_try_whose_worker_died_makes_room_after_a_while(settings) -> None:
    opened()
    assert may_ask(NOW + PAUSE)
    assert not may_ask(NOW + PAUSE + circuit.TRY_WITHIN - timedelta(seconds=1))
    assert may_ask(NOW + PAUSE + circuit.TRY_WITHIN)


def test_calls_that_wait_for_it_go_on_when_an_operator_closes_it(settings) -> None:
    opened()
    call = factories.call(next_try_at=NOW + timedelta(hours=1))
    circuit.close(CALLS)
    call.reload()
    assert call.next_try_at is None


def test_an_operator_can_close_it(settings) -> None:
    opened()
    assert circuit.close(CALLS)
    assert may_ask()
    assert [each.state for each in circuit.standing()] == ["closed"]

"""The state tables, and the one atomic way to walk them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.models import CallLog, Delivery
from app.models.base import StateAssignedError
from app.states import (
    CALL,
    CALL_ENDED,
    DELIVERY,
    MACHINES,
    OUTREACH,
    OUTREACH_SETTLED,
    RECORDING,
    Machine,
)
from tests import factories
from tests.factories import NOW

by_name = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)


@by_name
def test_every_state_can_be_reached(machine: Machine) -> None:
    assert machine.reachable() == set(machine.table)


@by_name
def test_every_target_is_a_state(machine: Machine) -> None:
    targets = set().union(*machine.table.values())
    assert targets <= set(machine.table)


@by_name
def test_from_every_state_an_end_can_be_reached(machine: Machine) -> None:
    for state in machine.table:
        walk = Machine(machine.name, machine.path, state, machine.table)
        assert walk.reachable() & machine.final, state


def test_a_call_never_goes_back() -> None:
    order = ["intended", "queued", "ringing", "in-progress", "completed"]
    for later, state in enumerate(order):
        assert not any(CALL.allows(state, earlier) for earlier in order[: later + 1])


def test_a_settled_outreach_is_never_called_again() -> None:
    for state in OUTREACH_SETTLED:
        assert not OUTREACH.allows(state, "calling")
        assert not OUTREACH.allows(state, "waiting")


def test_a_delivery_can_be_cancelled_until_it_is_over() -> None:
    can = {state for state in DELIVERY.table if DELIVERY.allows(state, "cancelled")}
    assert can == {"scheduled", "assigned", "in_transit"}


def test_a_move_is_kept_in_the_history(settings) -> None:
    call = factories.call()
    assert call.move_to(CALL, "ringing", at=NOW, cause="a test", set__answered_by="human")
    kept = CallLog.of("default", pk=call.pk).get()
    assert (kept.status, kept.answered_by) == ("ringing", "human")
    step = kept.history[-1]
    assert (step.machine, step.source, step.target, step.at, step.cause) == (
        "call",
        "intended",
        "ringing",
        NOW,
        "a test",
    )


def test_a_refused_move_changes_nothing(settings) -> None:
    call = factories.call(status="completed")
    assert not call.move_to(CALL, "ringing", at=NOW, cause="late", set__answered_by="human")
    kept = CallLog.of("default", pk=call.pk).get()
    assert (kept.status, kept.answered_by, kept.history) == ("completed", None, [])


def test_a_stale_copy_moves_on_from_where_the_document_is(settings) -> None:
    call = factories.call()
    stale = CallLog.of("default", pk=call.pk).get()
    call.move_to(CALL, "ringing", at=NOW, cause="one")
    assert stale.move_to(CALL, "in-progress", at=NOW, cause="two")
    assert [step.source for step in stale.history] == ["intended", "ringing"]
    assert not stale.move_to(CALL, "ringing", at=NOW, cause="late")


def test_of_many_at_once_one_moves(settings) -> None:
    recording = factories.recording()

    def move(_: int) -> bool:
        from app.models import Recording

        mine = Recording.of("default", pk=recording.pk).get()
        return mine.move_to(RECORDING, "stored", at=NOW, cause="race")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(move, range(16))) == 1
    recording.reload()
    assert len(recording.history) == 1


def test_a_state_cannot_be_assigned(settings) -> None:
    delivery = factories.delivery()
    delivery.status = "completed"
    with pytest.raises(StateAssignedError, match="move_to"):
        delivery.save()
    delivery = Delivery.of("default", pk=delivery.pk).get()
    delivery.outreach.state = "confirmed"
    with pytest.raises(StateAssignedError):
        delivery.save()


def test_ended_calls_are_the_final_ones() -> None:
    assert {"completed", "busy", "no-answer", "failed", "canceled"} == CALL_ENDED

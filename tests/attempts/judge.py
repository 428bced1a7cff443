"""What must hold after every step, and what in the end; by the network's memory and the ledger."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId

from app.models import CallLog, Delivery, Recording, Suppression
from app.models.numbers import opened
from app.states import CALL, CALL_ENDED, OUTREACH, OUTREACH_SETTLED, Machine
from tests.attempts.network import ACCEPTED, AMBIGUOUS, Network

LONDON = ZoneInfo("Europe/London")
OPEN = (time(9), time(20))
MOST_A_DAY = 4
_CALL = ("tenant_id", "to_number", "status", "history", "settled_at", "covers", "delivery_id",
         "call_sid", "strangers", "outcome")  # fmt: skip
_DELIVERY = ("tenant_id", "outreach", "history", "status")


class Judge:
    """Looks after each step; what was promised and does not hold is an AssertionError."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.excused: set[str] = set()
        """Attempts whose request was on its way already when somebody changed their mind."""
        self._seen: dict[ObjectId, str] = {}
        self._asked = 0
        self._barred: set[tuple[str, str]] = set()
        self._over: set[ObjectId] = set()

    def look(self) -> None:
        """Check everything that must hold at any time."""
        calls = {each["_id"]: each for each in CallLog._get_collection().find({}, _CALL)}
        deliveries = list(Delivery._get_collection().find({}, _DELIVERY))
        self._one_call_an_attempt()
        self._one_live_call_a_number()
        for call in calls.values():
            self._never_back(call)
            _walked(CALL, call, call["status"])
        for delivery in deliveries:
            _walked(OUTREACH, delivery, delivery["outreach"]["state"])
        _nobody_waits_for_nothing(deliveries, calls)
        self._each_sid_at_its_attempt(calls)
        self._asked_for_lawfully()
        self._over = {each["_id"] for each in deliveries if each["status"] == "cancelled"}
        self._bar()

    def note_wishes(self) -> None:
        """Whoever is asked for from now on must know of what was wished until now."""
        self._asked_for_lawfully()
        self._over = set(Delivery._get_collection().distinct("_id", {"status": "cancelled"}))
        self._bar()

    def _bar(self) -> None:
        self._barred = {
            (each["tenant_id"], opened(each["phone"]))
            for each in Suppression._get_collection().find({"lifted_at": None})
        }

    def unsettled(self) -> list[str]:
        """What is not at its end yet."""
        found = [
            f"delivery {each['outreach']['state']}: {each['outreach'].get('reason')}"
            for each in Delivery._get_collection().find(
                {"outreach.state": {"$nin": sorted(OUTREACH_SETTLED)}}, {"outreach": 1}
            )
        ]
        found += [
            f"call {each['status']}, outcome {each.get('outcome')}"
            for each in CallLog._get_collection().find(
                {"$or": [{"status": {"$nin": sorted(CALL_ENDED)}}, {"settled_at": None}]}, _CALL
            )
        ]
        found += [
            f"recording {each['stage']}"
            for each in Recording._get_collection().find({"stage": {"$ne": "understood"}})
        ]
        return found + [
            f"the network's call {each.sid}" for each in self.network.calls if each.live
        ]

    def in_the_end(self) -> None:
        """Check what must hold once everything is quiet."""
        assert self.unsettled() == []
        bound = {each["call_sid"]: each for each in CallLog._get_collection().find({}, _CALL)
                 if each.get("call_sid")}  # fmt: skip
        for call in self.network.calls:
            mine = bound.get(call.sid)
            assert mine is not None, "the network placed a call that the ledger does not know"
            assert mine["status"] == call.status or mine["status"] == "canceled", (
                f"the network's call {call.status} is {mine['status']} in the ledger"
            )

    def story(self) -> str:
        """What the network did and where the ledger stands, for whoever reads a failure."""
        lines = [f"asked {each.at:%d %H:%M:%S} {each.attempt} {each.answer}"
                 for each in self.network.asked]  # fmt: skip
        for call in self.network.calls:
            events = ", ".join(f"{status} {at:%H:%M:%S}" for _, status, at in call.events)
            lines.append(f"network {call.sid[-3:]} for {call.attempt}: {events}")
        for each in CallLog._get_collection().find():
            lines.append(f"call {each['_id']} {each['status']}, {each.get('outcome')}, "
                         f"sid {each.get('call_sid')}, settled {each.get('settled_at')}, "
                         f"dialing {each.get('dialing_at')}: {_steps(each)}")  # fmt: skip
        for each in Delivery._get_collection().find():
            lines.append(f"delivery {each['_id']} {each['outreach']}: {_steps(each)}")
        return "\n".join(lines)

    # -- the checks --------------------------------------------------------------------------

    def _one_call_an_attempt(self) -> None:
        doubles = [
            attempt
            for attempt, count in Counter(call.attempt for call in self.network.calls).items()
            if count > 1
        ]
        assert not doubles, "an attempt has two calls at the network"
        perhaps: set[str] = set()
        for asked in self.network.asked:
            assert asked.attempt not in perhaps, "asked again for what may have been placed"
            if asked.answer in ACCEPTED or asked.answer in AMBIGUOUS:
                perhaps.add(asked.attempt)

    def _one_live_call_a_number(self) -> None:
        live = Counter(call.to_number for call in self.network.calls if call.live)
        assert not [number for number, count in live.items() if count > 1], (
            "two live calls to one number"
        )

    def _never_back(self, call: dict[str, Any]) -> None:
        before = self._seen.get(call["_id"], call["status"])
        assert before == call["status"] or call["status"] in _ahead(before), (
            f"a call went from {before} to {call['status']}"
        )
        self._seen[call["_id"]] = call["status"]

    def _each_sid_at_its_attempt(self, calls: dict[ObjectId, dict[str, Any]]) -> None:
        placed_for = {call.sid: call.attempt for call in self.network.calls}
        for call in calls.values():
            if call.get("call_sid"):
                assert placed_for[call["call_sid"]] == str(call["_id"]), "bound to another's call"
            assert not call.get("strangers"), "an attempt's own call was taken for a stranger's"

    def _asked_for_lawfully(self) -> None:
        new, self._asked = self.network.asked[self._asked :], len(self.network.asked)
        if not new:
            return
        ids = [ObjectId(asked.attempt) for asked in self.network.asked]
        calls = {
            str(each["_id"]): each
            for each in CallLog._get_collection().find({"_id": {"$in": ids}}, _CALL)
        }
        for asked in new:
            local = asked.at.astimezone(LONDON)
            assert OPEN[0] <= local.time() < OPEN[1], f"asked for at {local}"
            call = calls[asked.attempt]
            if asked.attempt not in self.excused:
                who = (call["tenant_id"], asked.to_number)
                assert who not in self._barred, "a suppressed number was called"
                assert not set(call["covers"]) <= self._over, "called for what was cancelled"
        days = Counter(
            (calls[call.attempt]["tenant_id"], call.to_number, _day(call.created_at))
            for call in self.network.calls
            # One that was called off before anybody answered troubled nobody.
            if call.status != "canceled"
        )
        assert all(count <= MOST_A_DAY for count in days.values()), "called too often on one day"


def _steps(document: dict[str, Any]) -> str:
    return " > ".join(
        f"{step['at']:%d %H:%M:%S} {step['to']} ({step['cause']})"
        for step in document.get("history", [])
    )


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%Y-%m-%d}"


def _ahead(status: str) -> frozenset[str]:
    """Every state that may follow, sooner or later."""
    found: set[str] = set()
    todo = [status]
    while todo:
        for each in CALL.table[todo.pop()] - found:
            found.add(each)
            todo.append(each)
    return frozenset(found)


def _walked(machine: Machine, document: dict[str, Any], state: str) -> None:
    """The history leads by allowed steps to where the document stands."""
    steps = [each for each in document.get("history", []) if each["machine"] == machine.name]
    at = steps[0]["from"] if steps else state
    for step in steps:
        assert step["from"] == at, f"{machine.name}: a step from {step['from']}, not from {at}"
        assert machine.allows(at, step["to"]), f"{machine.name}: from {at} to {step['to']}"
        at = step["to"]
    assert at == state, f"{machine.name}: the history ends at {at}, the state is {state}"


def _nobody_waits_for_nothing(
    deliveries: list[dict[str, Any]], calls: dict[ObjectId, dict[str, Any]]
) -> None:
    """A delivery is ``calling`` while a call about it is alive, or is still to be settled."""
    cared_for = {
        covered
        for call in calls.values()
        if call.get("settled_at") is None
        for covered in call["covers"]
    }
    for delivery in deliveries:
        if delivery["outreach"]["state"] == "calling":
            assert delivery["_id"] in cared_for, "calling, and no call will ever settle it"
        if delivery["outreach"]["state"] in ("pending", "waiting"):
            assert delivery["outreach"].get("next_attempt_at"), "waiting for no moment"

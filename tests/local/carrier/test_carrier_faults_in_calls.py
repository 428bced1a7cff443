"""What goes wrong in a call: its callbacks, its documents, its recordings, its customer."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.local.carrier.virtual_world import (
    ALL_STATUSES,
    AMD,
    EVENTS,
    EVERY_VERB,
    RECORD,
    VirtualWorld,
)


def test_lost_callbacks_never_come(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(callback_lost=1.0)
        virtual.place("<Say>Hello.</Say>")
        virtual.send()

    virtual.live(ask)
    assert {hook.path for hook in virtual.product.received} == {"/voice"}


def test_repeated_callbacks_are_the_same_with_the_same_token(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(callback_twice=1.0)
        virtual.place("<Say>Hello.</Say>")

    virtual.live(ask)
    told = [(hook.token, tuple(hook.parameters.items())) for hook in virtual.hooks("/status")]
    assert Counter(told).most_common(1)[0][1] == 2
    assert len(told) == 2 * len(set(told)) == 2 * len(EVENTS)


def test_late_callbacks_lose_their_order_and_none_is_lost(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        for index in range(10):
            virtual.customer(number=f"+1202555{index:04}")
        virtual.disturb(callback_late=0.5)
        for index in range(10):
            virtual.place("<Say>Hello.</Say>", to=f"+1202555{index:04}")

    virtual.live(ask)
    orders = {index: [] for index in range(10)}
    for hook in virtual.hooks("/status"):
        orders[int(hook.parameters["To"][-4:])].append(int(hook.parameters["SequenceNumber"]))
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders.values())
    assert sum(order != sorted(order) for order in orders.values()) >= 3


def test_a_callback_is_overtaken_by_the_next_one(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(callback_reordered=1.0)
        virtual.place("<Say>Hello.</Say>")

    virtual.live(ask)
    numbers = [hook.parameters["SequenceNumber"] for hook in virtual.hooks("/status")]
    assert numbers == ["1", "0", "3", "2"]


def test_earlier_callbacks_come_again_after_the_last(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb({"callback_after_end": 300}, callback_after_end=1.0)
        virtual.place("<Say>Hello.</Say>")

    virtual.live(ask)
    assert virtual.statuses()[:4] == ALL_STATUSES
    assert sorted(virtual.statuses()[4:]) == sorted(ALL_STATUSES[:3])
    assert virtual.hooks("/status")[4].at - virtual.hooks("/status")[3].at >= 299


def test_a_call_that_is_over_is_said_to_go_on(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(event_after_end=1.0)
        virtual.place("<Say>Hello.</Say>")

    virtual.live(ask)
    assert virtual.statuses() == [*ALL_STATUSES, "in-progress"]
    assert virtual.hooks("/status")[-1].parameters["SequenceNumber"] == "4"


def test_documents_are_asked_for_twice_and_after_the_end(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(document_twice=1.0, document_after_end=1.0)
        virtual.place("<Say>Hello.</Say>")

    virtual.live(ask)
    first, second, after = virtual.hooks("/voice")
    assert first.parameters == second.parameters
    assert after.at > virtual.hooks("/status")[-1].at


def test_a_call_stays_queued_and_can_still_be_cancelled(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb({"queued_long": 7200}, queued_long=1.0)
        sid = virtual.place("<Say>Hello.</Say>").json()["sid"]
        await virtual.clock.sleep(7000)
        waiting = virtual.rest("GET", f"/Calls/{sid}.json").json()
        assert (waiting["status"], waiting["start_time"]) == ("queued", None)
        virtual.rest("POST", f"/Calls/{sid}.json", Status="canceled")

    virtual.live(ask)
    assert virtual.statuses() == ["canceled"]


def test_a_call_leaves_the_queue_at_last(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb({"queued_long": 7200}, queued_long=1.0)
        virtual.place("<Say>Hello.</Say>")

    virtual.live(ask, then=10_000)
    assert virtual.statuses() == ALL_STATUSES
    assert virtual.hooks("/status")[0].at > 7200


def test_a_blocked_call_fails_with_the_networks_reason(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(call_blocked=1.0)
        virtual.place("<Say>Hello.</Say>")

    virtual.live(ask)
    last = virtual.hooks("/status")[-1].parameters
    assert (last["CallStatus"], last["ErrorCode"]) == ("failed", "32017")


def test_machine_detection_comes_when_the_call_is_over(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(amd_late=1.0)
        virtual.place("<Say>Hello.</Say>", **AMD)

    virtual.live(ask)
    (verdict,) = virtual.hooks("/amd")
    assert verdict.parameters["AnsweredBy"] == "human"
    assert verdict.at > virtual.hooks("/status")[-1].at


def test_sound_is_not_there_then_an_xml_error_then_there(
    virtual: VirtualWorld, speech: str
) -> None:
    seen: list[tuple[int, str]] = []

    async def ask() -> None:
        virtual.customer({"on": "record", "speak": speech})
        virtual.disturb({"media_404": 60, "media_xml_200": 60}, media_404=1.0, media_xml_200=1.0)
        virtual.place(RECORD)
        while not virtual.hooks("/news"):
            await virtual.clock.sleep(1)
        url = virtual.hooks("/news")[0].parameters["RecordingUrl"]
        for _ in range(3):
            media = virtual.session.get(f"{url}.wav", timeout=5)
            seen.append((media.status_code, media.headers["Content-Type"]))
            await virtual.clock.sleep(60)

    virtual.live(ask)
    assert seen == [(404, "application/json"), (200, "application/xml"), (200, "audio/x-wav")]


def test_a_recording_turns_out_absent_after_its_action(virtual: VirtualWorld, speech: str) -> None:
    async def ask() -> None:
        virtual.customer({"on": "record", "speak": speech})
        virtual.disturb(recording_absent=1.0)
        absent = 'recordingStatusCallbackEvent="completed absent"'
        virtual.place(RECORD.replace("<Record", f"<Record {absent}"))

    virtual.live(ask)
    (done,), (news,) = virtual.hooks("/done"), virtual.hooks("/news")
    assert done.parameters["RecordingSid"] == news.parameters["RecordingSid"]
    assert (news.parameters["RecordingStatus"], news.parameters["ErrorCode"]) == ("absent", "16102")


def test_a_recording_too_short_asks_no_action(virtual: VirtualWorld, speech: str) -> None:
    async def ask() -> None:
        virtual.customer({"on": "record", "speak": speech})
        virtual.disturb(recording_too_short=1.0)
        absent = 'recordingStatusCallbackEvent="completed absent"'
        virtual.place(RECORD.replace("<Record", f"<Record {absent}"))

    virtual.live(ask)
    assert virtual.hooks("/done") == []
    (news,) = virtual.hooks("/news")
    assert (news.parameters["RecordingStatus"], news.parameters["ErrorCode"]) == ("absent", "16101")


@pytest.mark.parametrize("verb", ["Say", "Play", "Pause", "Gather", "Record", "Dial"])
def test_the_customer_hangs_up_during_a_verb(virtual: VirtualWorld, speech: str, verb: str) -> None:
    async def ask() -> None:
        virtual.customer({"on": "record", "speak": speech})
        virtual.disturb(**{f"hang_up_in_{verb.lower()}": 1.0})
        virtual.place(EVERY_VERB)

    virtual.live(ask)
    assert virtual.kinds("verb")[-1]["verb"] == verb
    assert virtual.statuses() == ALL_STATUSES


def test_the_customer_hangs_up_somewhere(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(hang_up_early=1.0)
        virtual.place('<Pause length="600"/>')

    virtual.live(ask)
    answered, over = virtual.hooks("/status")[-2:]
    assert over.at - answered.at < 41

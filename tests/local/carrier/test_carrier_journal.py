"""The journal: everything, only what is new, only some kinds, and each call in short."""

from __future__ import annotations

from pathlib import Path

from local.carrier.clock import VirtualClock
from local.carrier.records import JournalEntry
from local.carrier.store import JournalFilter, Store
from tests.local.carrier.carrier_world import COMPANY, CUSTOMER
from tests.local.carrier.virtual_world import ALL_STATUSES, START, VirtualWorld


def test_only_what_is_new_is_read(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.place("<Say>Hello.</Say>")
        await virtual.clock.sleep(60)
        before = virtual.admin("GET", "/journal")
        assert before["last"] == before["entries"][-1]["position"]
        nothing = virtual.admin("GET", f"/journal?since={before['last']}")
        assert nothing == {"entries": [], "last": before["last"]}
        virtual.send()
        after = virtual.admin("GET", f"/journal?since={before['last']}")
        assert [entry["kind"] for entry in after["entries"]] == ["text_sent"]

    virtual.live(ask)


def test_a_reader_may_take_it_piece_by_piece(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.place("<Say>Hello.</Say>")
        await virtual.clock.sleep(60)
        whole = virtual.admin("GET", "/journal")["entries"]
        pieces, since = [], 0
        while piece := virtual.admin("GET", f"/journal?since={since}&limit=3"):
            if not piece["entries"]:
                break
            pieces += piece["entries"]
            since = piece["last"]
        assert pieces == whole

    virtual.live(ask)


def test_some_kinds_of_one_call(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        sid = virtual.place("<Say>Hello.</Say>").json()["sid"]
        virtual.place("<Say>Hello.</Say>", to="+12025550111")
        await virtual.clock.sleep(60)
        path = f"/journal?call_sid={sid}&kind=call_status&kind=verb"
        kinds = [entry["kind"] for entry in virtual.admin("GET", path)["entries"]]
        assert sorted(kinds) == ["call_status"] * 4 + ["verb"]

    virtual.live(ask)


def test_a_call_in_short(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        virtual.disturb(document_twice=1.0)
        sid = virtual.place("<Say>Hello.</Say><Pause/>").json()["sid"]
        await virtual.clock.sleep(60)
        short = virtual.admin("GET", f"/summaries/{sid}")
        assert (short["sid"], short["to_number"]) == (sid, CUSTOMER)
        assert short["statuses"] == ALL_STATUSES
        assert short["verbs"] == ["Say", "Pause"]
        assert short["webhooks"] == {"status": 4, "twiml": 2}
        assert short["faults"] == {"document_twice": 1}
        assert short["not_answered_well"] == short["errors"] == []
        unknown = f"{virtual.carrier.url}/_carrier/summaries/CA{'0' * 32}"
        assert virtual.session.get(unknown, timeout=5).status_code == 404

    virtual.live(ask)


def test_calls_are_filtered_and_limited(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        for index in range(5):
            virtual.place("<Say>Hello.</Say>", to=f"+1202555{index:04}")
        newest = virtual.admin("GET", "/calls?limit=2")["calls"]
        assert [call["to"] for call in newest] == ["+12025550004", "+12025550003"]
        (one,) = virtual.admin("GET", "/calls?to=%2B12025550001&status=queued")["calls"]
        assert (one["to"], one["from"]) == ("+12025550001", COMPANY)

    virtual.live(ask)


def test_the_requests_of_a_call_are_its_events(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        sid = virtual.place("<Say>Hello.</Say>").json()["sid"]
        await virtual.clock.sleep(60)
        events = virtual.rest("GET", f"/Calls/{sid}/Events.json").json()["events"]
        assert [event["request"]["url"].rpartition("/")[2] for event in events].count("voice") == 1
        assert {event["response"]["response_code"] for event in events} == {200}

    virtual.live(ask)


def test_a_long_simulation_keeps_only_the_latest_entries(tmp_path: Path) -> None:
    store = Store(tmp_path, VirtualClock(START), journal_entries=500)
    for index in range(3000):
        store.note(JournalEntry(START, "verb", details={"index": index}))
    kept = [entry["details"]["index"] for entry in store.journal(JournalFilter())]
    store.close()
    assert kept == list(range(2500, 3000))

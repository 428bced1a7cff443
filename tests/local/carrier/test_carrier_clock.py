"""Virtual time: days in no time, everything in its order, and the product in the same process."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from flask import Flask, request

from local.carrier.clock import RealClock, VirtualClock
from local.carrier.exchange_parts import PRICED_AFTER, CarrierOptions
from local.carrier.in_process import WsgiTransport, start_in_process
from local.carrier.records import CallRequest, Target
from local.carrier.store import JournalFilter
from tests.local.carrier.carrier_world import ACCOUNT_SID, AUTH_TOKEN, COMPANY, CUSTOMER, twiml
from tests.local.carrier.virtual_world import START, VirtualWorld


def test_a_year_passes_at_once_and_all_that_waits_comes_in_order() -> None:
    clock, seen = VirtualClock(START), []

    async def wait(seconds: float, name: str) -> None:
        await clock.sleep(seconds)
        seen.append((name, clock.now() - START))

    async def whole() -> None:
        async with asyncio.timeout(40_000_000):
            await asyncio.gather(wait(31_536_000, "year"), wait(1, "second"), wait(86400, "day"))

    clock.run(whole())
    assert seen == [("second", 1), ("day", 86400), ("year", 31_536_000)]
    assert (clock.now(), clock.monotonic()) == (START + 31_536_000, 31_536_000)


def test_a_timeout_ends_what_takes_too_long_in_virtual_time() -> None:
    clock = VirtualClock(START)

    async def whole() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await asyncio.Event().wait()

    clock.run(whole())
    assert clock.elapsed == 3600


def test_work_aside_takes_no_virtual_time() -> None:
    clock = VirtualClock(START)
    assert clock.run(clock.aside(lambda: 7)) == 7
    assert clock.elapsed == 0


def test_the_real_clock_tells_the_machines_time() -> None:
    clock = RealClock()
    assert abs(clock.now() - time.time()) < 5
    assert asyncio.run(clock.aside(lambda: 7)) == 7
    before = clock.monotonic()
    asyncio.run(clock.sleep(0.01))
    assert clock.monotonic() > before


def test_everything_the_carrier_tells_is_in_virtual_time(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        await virtual.clock.sleep(86400)
        virtual.customer(rings=2)
        sid = virtual.place('<Pause length="3000"/>').json()["sid"]
        await virtual.clock.sleep(4000)
        call = virtual.rest("GET", f"/Calls/{sid}.json").json()
        assert call["duration"] == "3000"
        assert call["date_created"] == "Sat, 16 Jan 2027 08:00:00 +0000"

    virtual.live(ask)
    ringing, answered = virtual.hooks("/status")[1:3]
    assert answered.at - ringing.at == pytest.approx(12)
    assert ringing.parameters["Timestamp"].startswith("Sat, 16 Jan 2027 08:00:0")
    assert all(entry["at"] >= START + 86400 for entry in virtual.entries)


def test_what_a_call_cost_is_known_a_minute_after_its_end(virtual: VirtualWorld) -> None:
    async def ask() -> None:
        virtual.customer()
        sid = virtual.place('<Pause length="61"/>').json()["sid"]
        known = {}
        for second in range(0, 200, 5):
            await virtual.clock.sleep(5)
            call = virtual.rest("GET", f"/Calls/{sid}.json").json()
            known[second] = (call["status"], call["price"])
        states = list(dict.fromkeys(known.values()))
        assert states[-2:] == [("completed", None), ("completed", "-0.02800")]
        waited = sum(each == ("completed", None) for each in known.values())
        assert waited == pytest.approx(PRICED_AFTER / 5, abs=1)

    virtual.live(ask)


def test_what_is_on_a_line_takes_its_time_whatever_the_speed(tmp_path: Path) -> None:
    clock = VirtualClock(START)
    options = CarrierOptions(ACCOUNT_SID, AUTH_TOKEN, tmp_path / "carrier", speed=10)

    async def whole() -> None:
        carrier = start_in_process(options, clock, WsgiTransport(Flask("none")))
        carrier.exchange.assign(CUSTOMER, {"calls": [{"outcome": "answers", "rings": 1}]})
        asked = CallRequest(twiml=twiml('<Pause length="100"/>'))
        carrier.exchange.place_call(CUSTOMER, COMPANY, asked)
        await clock.sleep(20)
        ended = carrier.parts.store.journal(JournalFilter(kinds=("call_ended",)))
        assert ended[0]["details"]["duration"] == 100
        assert ended[0]["at"] == pytest.approx(START + 10.65)
        await carrier.stop()

    clock.run(whole())


@pytest.mark.parametrize(("delay", "code"), [(0.0, None), (14.0, None), (20.0, 11200)])
def test_a_flask_product_answers_in_the_same_process(
    tmp_path: Path, delay: float, code: int | None
) -> None:
    app, seen = Flask("product"), []

    @app.post("/voice/<name>")
    def voice(name: str) -> tuple[str, dict[str, str]]:
        seen.append((name, request.environ["RAW_URI"], request.form["CallStatus"]))
        return twiml('<Pause length="5"/>'), {"Content-Type": "text/xml"}

    clock = VirtualClock(START)
    options = CarrierOptions(ACCOUNT_SID, AUTH_TOKEN, tmp_path / "carrier")
    errors: list[int] = []

    async def whole() -> None:
        carrier = start_in_process(options, clock, WsgiTransport(app, clock, delay))
        carrier.exchange.assign(CUSTOMER, {"calls": [{"outcome": "answers", "rings": 0}]})
        target = Target("http://product.test/voice/%41%20b?x=%2B1")
        call = carrier.exchange.place_call(CUSTOMER, COMPANY, CallRequest(target=target))
        await clock.sleep(100)
        found = carrier.parts.store.journal(JournalFilter(call_sid=call.sid))
        errors.extend(e["details"]["code"] for e in found if e["kind"] == "application_error")
        await carrier.stop()

    clock.run(whole())
    assert seen[0] == ("A b", "/voice/%41%20b?x=%2B1", "in-progress")
    assert errors == ([code] if code else [])

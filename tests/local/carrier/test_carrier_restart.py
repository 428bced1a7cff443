"""What survives when the carrier stops and starts again, and the carrier as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from local.carrier.client import CarrierAdmin
from local.carrier.exchange_parts import CarrierOptions
from tests.local.carrier.carrier_world import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    COMPANY,
    CUSTOMER,
    CarrierThread,
    Product,
    World,
    assert_lasted,
    twiml,
    write_tone,
)

RECORD = twiml('<Record action="/done" recordingStatusCallback="/news"/>')


def test_calls_recordings_messages_journal_and_numbers_survive(
    options: CarrierOptions, product: Product, tmp_path: Path
) -> None:
    first = CarrierThread(options)
    before = World(first, product)
    speech = str(write_tone(tmp_path / "speech.wav", seconds=2))
    before.admin.assign(
        CUSTOMER,
        [
            {"outcome": "answers", "steps": [{"on": "record", "speak": speech}]},
            {"outcome": "busy"},
        ],
    )
    sid = before.run(RECORD).sid
    recording_sid = product.await_webhooks("/news")[0].parameters["RecordingSid"]
    message = before.client.messages.create(to=CUSTOMER, from_=COMPANY, body="Hello")
    journal = before.admin.journal(call_sid=sid)
    first.stop()

    second = CarrierThread(options)
    after = World(second, product)
    assert_lasted(after.client.calls(sid).fetch(), 8)
    media_url = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{recording_sid}.wav"
    media = requests.get(second.url + media_url, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=10)
    assert media.content[:4] == b"RIFF"
    assert after.client.messages(message.sid).fetch().body == "Hello"
    assert after.admin.journal(call_sid=sid) == journal
    assert after.run(RECORD).status == "busy"
    second.stop()


def test_a_call_cut_off_by_a_crash_has_failed_and_says_so(
    options: CarrierOptions, product: Product
) -> None:
    first = CarrierThread(options)
    before = World(first, product)
    before.customer()
    events = ["answered", "completed"]
    sid = before.place(twiml('<Pause length="6000"/>'), status_callback_event=events)
    product.await_webhooks("/status")
    first.stop()

    second = CarrierThread(options)
    _, final = product.await_webhooks("/status", 2)
    assert final.parameters["CallStatus"] == "failed"
    assert final.parameters["SequenceNumber"] == "1"
    assert World(second, product).client.calls(sid).fetch().status == "failed"
    second.stop()


@pytest.mark.parametrize("stop_by", [signal.SIGTERM, signal.SIGINT])
def test_the_carrier_runs_as_a_process_and_stops_when_told(
    tmp_path: Path, stop_by: signal.Signals
) -> None:
    personas = tmp_path / "personas.json"
    personas.write_text(
        json.dumps(
            {"personas": [{"name": "Ada", "numbers": [], "calls": [{"outcome": "answers"}]}]}
        )
    )
    command = [sys.executable, "-m", "local.carrier", "--account-sid", ACCOUNT_SID]
    command += ["--folder", str(tmp_path / "kept"), "--speed", "10", "--personas", str(personas)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        env={**os.environ, "TWILIO_AUTH_TOKEN": AUTH_TOKEN},
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    admin = CarrierAdmin(ready["url"], ACCOUNT_SID, AUTH_TOKEN)
    admin.assign(CUSTOMER, "Ada")
    assert (ready["event"], ready["pid"], admin.calls()) == ("ready", process.pid, [])
    process.send_signal(stop_by)
    assert process.wait(20) == 0
    process.stdout.close()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--account-sid", "AC1"], "--account-sid must be AC and 32 hexadecimal digits"),
        (["--account-sid", ACCOUNT_SID, "--speed", "0"], "--speed must be above 0"),
        (["--account-sid", ACCOUNT_SID, "--personas", "/nowhere.json"], "/nowhere.json"),
    ],
)
def test_wrong_arguments_are_told(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    command = [sys.executable, "-m", "local.carrier", "--folder", str(tmp_path), *arguments]
    environment = {**os.environ, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    root = Path(__file__).parents[3]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=root, timeout=30, check=False
    )
    assert done.returncode != 0
    assert complaint in done.stderr

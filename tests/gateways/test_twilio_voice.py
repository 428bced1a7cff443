"""The Twilio adapter against the carrier: every answer, and every way of getting none."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.errors import TransientError
from app.gateways import AnswerLost, CallRequest, NotSent, Placed, Refused
from app.gateways.twilio_voice import TwilioVoice
from tests.factories import sid


@pytest.fixture
def voice(settings) -> TwilioVoice:
    return TwilioVoice(
        settings.twilio_account_sid, settings.auth_tokens[0], settings.twilio_api_url
    )


def request(to: str = "+447700900001", **fields) -> CallRequest:
    nowhere = "http://127.0.0.1:1/nobody"
    basics = {
        "to_number": to,
        "from_number": "+12025550142",
        "script_url": nowhere,
        "status_url": nowhere,
        "answered_by_url": nowhere,
    }
    return CallRequest(**{**basics, **fields})


@contextmanager
def server(answer) -> Iterator[str]:
    """An HTTP server that answers every request by ``answer(handler)``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET  # noqa: N815 - the library looks for this name

        def log_message(self, *args) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.shutdown()
        httpd.server_close()


def at(url: str) -> TwilioVoice:
    return TwilioVoice("AC" + "0" * 32, "token-token", url)


def test_no_machine_is_looked_for_where_nobody_wants_to_know() -> None:
    asked = []

    def answer(handler) -> None:
        asked.append(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        reply(500)(handler)

    with server(answer) as url:
        at(url).place_call(request(answered_by_url=None))
        at(url).place_call(request())
    assert ["MachineDetection" in each for each in asked] == [False, True]


def test_what_another_call_dialled_is_no_call_of_ours(runtime, carrier) -> None:
    number, dialled = "+12025550161", "+12025550162"
    carrier.assign(number, [{"outcome": "answers", "rings": 0}])
    carrier.assign(dialled, [{"outcome": "answers", "rings": 0, "talks": 5}])
    document = f"<Response><Dial><Number>{dialled}</Number></Dial></Response>".encode()
    since = datetime.now(UTC) - timedelta(seconds=5)
    with server(reply(200, document, "text/xml")) as url:
        placed = runtime.voice.place_call(request(number, script_url=url))
        end = time.monotonic() + 10
        while not carrier.calls(to=dialled) and time.monotonic() < end:
            time.sleep(0.02)
    (leg,) = carrier.calls(to=dialled)
    assert leg["parent_call_sid"] == placed.call_sid
    assert runtime.voice.find_calls(dialled, since) == []
    assert [each.call_sid for each in runtime.voice.find_calls(number, since)] == [placed.call_sid]


def reply(status: int, body: bytes = b"", kind: str = "application/json", **headers: str):
    def answer(handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_call_is_placed_and_found(voice, carrier) -> None:
    carrier.assign("+447700900001", "never-answers")
    since = datetime.now(UTC) - timedelta(seconds=5)
    placed = voice.place_call(request())
    assert isinstance(placed, Placed)
    assert placed.status == "queued"
    facts = voice.fetch_call(placed.call_sid)
    assert (facts.to_number, facts.from_number) == ("+447700900001", "+12025550142")
    assert facts.created_at >= since
    assert placed.call_sid in [each.call_sid for each in voice.find_calls("+447700900001", since)]
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert voice.find_calls("+447700900001", later) == []


def test_a_call_that_does_not_exist_is_none(voice) -> None:
    assert voice.fetch_call(sid("CA")) is None


@pytest.mark.parametrize(
    ("price", "unit", "known"),
    [
        ("-0.01400", "USD", (Decimal("0.014"), "USD")),
        ("-1.5", "eur", (Decimal("1.5"), "EUR")),
        ("0.00000", "USD", (Decimal(0), "USD")),
        ("0.25", "USD", (Decimal("-0.25"), "USD")),
        ("-0.02", None, (Decimal("0.02"), None)),
        ("-0.02", "$", (Decimal("0.02"), None)),
        (None, "USD", (None, None)),
        ("", "USD", (None, None)),
        ("free", "USD", (None, None)),
        ("NaN", "USD", (None, None)),
    ],
)
def test_what_a_call_cost_is_read_or_left_open(price, unit, known) -> None:
    call_sid = sid("CA")
    told = {"sid": call_sid, "status": "completed", "price": price, "price_unit": unit}
    with server(reply(200, json.dumps(told).encode())) as url:
        facts = at(url).fetch_call(call_sid)
    assert (facts.cost, facts.currency) == known


def test_a_refusal_has_its_code_and_no_number(voice) -> None:
    refused = voice.place_call(request(to="12"))
    assert isinstance(refused, Refused)
    assert refused.code == "21211"
    wrong = voice.place_call(request(from_number="+19005550000"))
    assert isinstance(wrong, Refused | Placed)
    assert "+1900555" not in str(wrong)


def test_too_many_requests_may_be_asked_again(voice, carrier) -> None:
    carrier.faults(refuse_429=1)
    assert isinstance(voice.place_call(request()), NotSent)


def test_a_broken_connection_after_acceptance_is_a_lost_answer(voice, carrier) -> None:
    carrier.assign("+447700900002", "never-answers")
    carrier.faults(lose_create_answer=1)
    before = len(carrier.calls())
    assert isinstance(voice.place_call(request("+447700900002")), AnswerLost)
    assert len(carrier.calls()) == before + 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_a_lost_answer(status) -> None:
    with server(reply(status, b'{"code": 20500, "message": "oops", "status": 500}')) as url:
        assert isinstance(at(url).place_call(request()), AnswerLost)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"sid": null}'])
def test_a_success_that_cannot_be_read_is_a_lost_answer(body) -> None:
    with server(reply(201, body)) as url:
        result = at(url).place_call(request())
        assert isinstance(result, AnswerLost), result


def test_nobody_listening_means_not_sent() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(at(f"http://127.0.0.1:{port}").place_call(request()), NotSent)


def test_deleting_what_is_gone_is_fine(voice) -> None:
    voice.delete_recording(sid("RE"))


def test_wrong_credentials_are_transient_for_looking_and_refused_for_calling(settings) -> None:
    stranger = TwilioVoice(settings.twilio_account_sid, "wrong-token", settings.twilio_api_url)
    with pytest.raises(TransientError):
        stranger.find_calls("+447700900001", datetime.now(UTC))
    with pytest.raises(TransientError):
        stranger.fetch_call(sid("CA"))
    assert isinstance(stranger.place_call(request()), Refused)

"""Every request has an id, in and out and in the log; and the log says no more than it should."""

from __future__ import annotations

import io
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request

from app import create_app, logs
from app.config import Settings
from app.runtime import Runtime
from app.web import access_log, request_id
from tests.web.page_side import browser, person

GIVEN = "0a1b2c3d-ride.42_x"


@pytest.fixture
def client(client):
    """A dispatcher's browser."""
    return browser(client, person("dispatcher"))


@pytest.fixture
def lines(client) -> Iterator[Callable[[], list[dict]]]:
    """The lines logged so far by the application."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure("DEBUG", "web", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = before
    root.setLevel(level)


def requests_of(lines) -> list[dict]:
    return [line for line in lines() if line["event"] == "request"]


def test_an_id_that_came_with_the_request_goes_back_and_into_the_log(client, lines) -> None:
    answer = client.get("/nothing", headers={"X-Request-Id": GIVEN}, buffered=True)
    assert answer.headers.getlist("X-Request-Id") == [GIVEN]
    (line,) = requests_of(lines)
    assert (line["request_id"], line["process"]) == (GIVEN, "web")


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "short",
        "x" * 65,
        "two words-1",
        "quote\"'--1",
        "447700900123",
        "+447700900123",
        "sl/ash-12345",
        "-begins-with-a-dash",
        "dötted-i-12345",
    ],
)
def test_an_id_that_is_not_well_formed_is_replaced_by_one_of_ours(client, given) -> None:
    headers = {} if given is None else {"X-Request-Id": given.encode().decode("latin-1")}
    first, second = (client.get("/healthz", headers=headers) for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{32}", first.headers["X-Request-Id"])
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_answers_of_every_kind_carry_the_id(client, twilio) -> None:
    for answer in (
        client.get("/", buffered=True),
        client.get("/nowhere"),
        client.post("/"),
        client.post("/webhooks/twilio/inbound/call"),
        client.get("/i/" + "a" * 40),
        client.post("/webhooks/twilio/inbound/call", data=b"x" * 100_000),
        client.get("/static/board.js"),
    ):
        assert len(answer.headers["X-Request-Id"]) == 32, answer.status


def test_the_log_has_the_route_and_never_the_path(client, lines) -> None:
    client.get("/i/" + "k" * 40, buffered=True)
    client.get("/agent/6b00846811996c9d20ac7734?phone=%2B447700900123", buffered=True)
    client.get("/somewhere/6b00846811996c9d20ac7735", buffered=True)
    found = requests_of(lines)
    assert [(line["route"], line["status"]) for line in found] == [
        ("/i/<token>", 404),
        ("/agent/<agent_id>", 404),
        ("none", 404),
    ]
    text = json.dumps(lines())
    for secret in ("kkkk", "6b00846811996c9d20ac773", "7700900"):
        assert secret not in text
    assert {"method", "milliseconds", "bytes", "request_id", "timestamp"} <= set(found[0])


def test_what_is_asked_every_few_seconds_is_told_only_while_looking_closely(client, lines) -> None:
    client.get("/healthz", buffered=True)
    client.get("/", buffered=True)
    assert [line["level"] for line in requests_of(lines)] == ["debug", "info"]


def test_bytes_and_time_are_those_of_the_whole_answer(client, lines) -> None:
    answer = client.get("/", buffered=True)
    (line,) = requests_of(lines)
    assert line["bytes"] == len(answer.data) > 500
    assert 0 < line["milliseconds"] < 60_000


def test_a_stream_is_told_when_it_ends(client, lines) -> None:
    answer = client.get("/live", buffered=False)
    next(answer.iter_encoded())
    assert requests_of(lines) == []
    answer.close()
    (line,) = requests_of(lines)
    assert (line["route"], line["status"]) == ("/live", 200)


def noted(app: Flask) -> None:
    """Routes that tell what a request's own code sees."""

    @app.get("/who")
    def who() -> dict[str, str]:
        access_log.note_caller("key:da_1f2e3d4c")
        logging.getLogger("deep.within").warning("something")
        return {
            "id": request_id.current(),
            "from": request.remote_addr or "",
            "scheme": request.scheme,
        }


@pytest.fixture
def app(settings: Settings, runtime: Runtime) -> Flask:
    app = create_app(settings, runtime)
    noted(app)
    return app


def test_code_within_a_request_knows_its_id_and_so_does_each_line(app, lines) -> None:
    answer = app.test_client().get("/who", headers={"X-Request-Id": GIVEN}, buffered=True)
    assert answer.json["id"] == GIVEN
    for line in lines():
        assert (line["request_id"], line["caller"]) == (GIVEN, "key:da_1f2e3d4c")
    assert [line["event"] for line in lines()] == ["something", "request"]
    assert request_id.current() == ""


def test_requests_at_once_keep_their_ids_apart(app) -> None:
    heard: dict[str, str] = {}

    def ask(number: int) -> None:
        given = f"request-number-{number}"
        for _ in range(20):
            answer = app.test_client().get("/who", headers={"X-Request-Id": given})
            heard[given] = answer.json["id"]
            assert answer.json["id"] == given

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {f"request-number-{number}": f"request-number-{number}" for number in range(8)}


@pytest.mark.parametrize(
    ("trusted", "forwarded", "believed"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 192.0.2.1", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, None, "127.0.0.1"),
    ],
)
def test_who_asks_is_believed_of_as_many_proxies_as_were_named(
    settings, trusted, forwarded, believed
) -> None:
    fitted = settings.model_copy(update={"trusted_proxies": trusted})
    app = create_app(fitted, Runtime(fitted))
    noted(app)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert app.test_client().get("/who", headers=headers).json["from"] == believed


def test_forwarded_headers_are_no_way_around_twilios_signature(settings, live_call) -> None:
    from tests.web.twilio_side import Twilio

    fitted = settings.model_copy(update={"trusted_proxies": 1})
    twilio = Twilio(create_app(fitted, Runtime(fitted)).test_client(), fitted)
    forged = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/elsewhere",
    }
    twilio.client.environ_base.update(
        {"HTTP_" + name.upper().replace("-", "_"): value for name, value in forged.items()}
    )
    form = {"CallStatus": "in-progress", "SequenceNumber": "1"}
    assert twilio.about(live_call, "status", **form).status_code == 204
    assert twilio.client.post("/webhooks/twilio/inbound/call").status_code == 403
    assert twilio.client.get("/", headers={"Host": "evil.example"}).status_code == 400

"""Targets as they come over the wire: gunicorn hands them on raw, and so they are verified."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from local.http_check import status_of
from local.ports import Ports
from local.supervisor import Process, Supervisor
from tests import factories
from tests.conftest import PUBLIC_URL
from tests.factories import sid


@pytest.fixture(scope="module")
def port(surroundings, migrated, tmp_path_factory) -> Iterator[int]:
    """The application under gunicorn, as in production."""
    folder = tmp_path_factory.mktemp("gunicorn")
    chosen = Ports(folder, {}).choose("web")
    supervisor = Supervisor(folder / "logs")
    supervisor.add(
        Process(
            name="web",
            argv=[sys.executable, "-m", "gunicorn", "wsgi:app"],
            environment={
                **surroundings,
                "PORT": str(chosen),
                "WEB_CONCURRENCY": "1",
                "PATH": os.environ["PATH"],
            },
            ready=lambda: status_of(chosen, "/healthz") == 200,
        )
    )
    try:
        supervisor.start_all()
        yield chosen
    finally:
        supervisor.stop()


class Wire:
    """Requests as bytes."""

    def __init__(self, port: int, settings) -> None:
        self.port = port
        self.account = settings.twilio_account_sid
        self.validator = RequestValidator(settings.auth_tokens[0])

    def status(self, target: str, *, signed: str | None = None, **form: str) -> int:
        """The status of a POST to a target, signed for it unless for another."""
        form = {"AccountSid": self.account, **form}
        signature = self.validator.compute_signature(PUBLIC_URL + (signed or target), form)
        return self.answer(target, urlencode(form).encode(), f"X-Twilio-Signature: {signature}\r\n")

    def answer(self, target: str, body: bytes, headers: str) -> int:
        """The status of any POST."""
        head = (
            f"POST {target} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
            f"X-Forwarded-Proto: https\r\n{headers}Connection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(head.encode("latin-1") + body)
            return int(connection.makefile("rb").readline().split()[1])


@pytest.fixture
def wire(port, settings) -> Wire:
    return Wire(port, settings)


@pytest.fixture
def call(settings):
    factories.tenant()
    return factories.call(call_sid=sid("CA"))


QUERIES = [
    "",
    "?",
    "?x=%3A%2F%40%27%28%41%7E",
    "?x=%3a%2f",
    "?q=%C3%BC&leer=",
    "?a=b+c&a=b%20c",
    "?x=1&y=2&x=1",
    "?%zz",
    "?try=1&keys=s",
    "?a;b",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_target_counts_byte_for_byte(wire, call, query) -> None:
    path = f"/webhooks/twilio/calls/{call.pk}/status"
    form = {"CallSid": call.call_sid, "CallStatus": "ringing", "Caller": "ü +'%"}
    assert wire.status(path + query, **form) == 204
    assert wire.status(path + query, signed=path + query + "&", **form) == 403


def test_a_percent_encoding_is_not_its_character(wire, call) -> None:
    path = f"/webhooks/twilio/calls/{call.pk}/status"
    form = {"CallSid": call.call_sid, "CallStatus": "ringing"}
    encoded = path.replace("status", "%73tatus")
    assert wire.status(encoded, **form) == 204
    assert wire.status(encoded, signed=path, **form) == 403


@pytest.mark.parametrize(
    "target", ["//webhooks/twilio/x", "/webhooks/twilio/../../etc", "/webhooks//twilio/calls"]
)
def test_an_odd_path_is_not_found_rather_than_an_error(wire, target) -> None:
    assert wire.status(target, CallSid=sid("CA")) in (308, 400, 403, 404, 405)


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "X-Twilio-Signature:\r\n",
        "X-Twilio-Signature: \xfc\r\n",
        "X-Twilio-Signature: a\r\nX-Twilio-Signature: b\r\n",
        f"X-Twilio-Signature: {'x' * 4000}\r\n",
    ],
)
def test_a_signature_that_is_none_is_refused(wire, call, headers) -> None:
    path = f"/webhooks/twilio/calls/{call.pk}/status"
    assert wire.answer(path, b"CallSid=CA1", headers) in (400, 403)


def test_bodies_end_somewhere(wire, call) -> None:
    path = f"/webhooks/twilio/calls/{call.pk}/status"
    assert wire.status(path, CallSid=call.call_sid, Padding="x" * 70_000) == 413


def test_another_signers_address_does_not_count_whatever_the_host_header_says(wire, call) -> None:
    form = {"AccountSid": wire.account, "CallSid": call.call_sid, "CallStatus": "completed"}
    path = f"/webhooks/twilio/calls/{call.pk}/status"
    signature = wire.validator.compute_signature("https://evil.example" + path, form)
    body = urlencode(form).encode()
    assert wire.answer(path, body, f"X-Twilio-Signature: {signature}\r\n") == 403
    call.reload()
    assert call.status == "intended"

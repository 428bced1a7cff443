"""The two sides of a call in tests: a running carrier, and the product scripted path by path."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from twilio.http.http_client import (  # type: ignore[import-untyped, unused-ignore]
    TwilioHttpClient,
)
from twilio.http.response import Response  # type: ignore[import-untyped, unused-ignore]
from twilio.request_validator import (  # type: ignore[import-untyped, unused-ignore]
    RequestValidator,
)
from twilio.rest import Client  # type: ignore[import-untyped, unused-ignore]
from werkzeug.serving import make_server
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as Answer

from local.carrier.client import CarrierAdmin
from local.carrier.exchange_parts import CarrierOptions
from local.carrier.server import Carrier, start_carrier

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "a token of the tests"
CUSTOMER, COMPANY = "+12025550123", "+12025550199"
FINAL = {"completed", "busy", "failed", "no-answer", "canceled"}

_SHARED = Path(os.environ.get("DELAUTO_SHARED", Path(__file__).parents[4] / "shared"))
OPENAPI_FILE = _SHARED / "contracts" / "twilio_api_v2010.json"
_TWILIO = "https://api.twilio.com"
_ENDS = ("Calls.json", "Recordings.json", "Messages.json", "{Sid}.json")


class CarrierThread:
    """A carrier with an event loop of its own in a thread."""

    def __init__(self, options: CarrierOptions) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._carrier: Carrier = self._run(start_carrier(options))
        except Exception:
            self._close_loop()
            raise
        self.url = self._carrier.url

    def stop(self) -> None:
        self._run(self._carrier.stop())
        self._close_loop()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def _close_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass(frozen=True, slots=True)
class Received:
    """One webhook as the product saw it."""

    path: str
    method: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    signed: bool


Script = str | bytes | int | Answer | Callable[[Received], Any]


@dataclass
class Product:
    """The product's side: answers each path from `script` and remembers what it received.

    A script entry is a document, a status, a response or a function of the webhook; a list is
    used up one by one, its last entry repeating. Other paths get an empty document.
    """

    script: dict[str, Script | list[Script]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)

    def start(self) -> None:
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def at(self, path: str) -> list[Received]:
        return [webhook for webhook in self.received if webhook.path == path]

    def await_webhooks(self, path: str, count: int = 1) -> list[Received]:
        await_truth(lambda: len(self.at(path)) >= count, f"{count} webhook(s) at {path}")
        return self.at(path)

    def _answer(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        url = f"http://{request.host}{environ['REQUEST_URI']}"
        signature = request.headers.get("X-Twilio-Signature", "")
        signed = RequestValidator(AUTH_TOKEN).validate(url, request.form, signature)
        parameters = dict(request.form) or dict(parse_qsl(urlsplit(url).query))
        headers = dict(request.headers)
        webhook = Received(request.path, request.method, parameters, headers, signed)
        self.received.append(webhook)
        return self._response(webhook)(environ, start_response)

    def _response(self, webhook: Received) -> Answer:
        entry: Any = self.script.get(webhook.path, twiml(""))
        if isinstance(entry, list):
            entry = entry.pop(0) if len(entry) > 1 else entry[0]
        if callable(entry) and not isinstance(entry, Answer):
            entry = entry(webhook)
        if isinstance(entry, int):
            return Answer(status=entry)
        if isinstance(entry, Answer):
            return entry
        return Answer(entry, content_type="text/xml")


class CheckedHttpClient(TwilioHttpClient):  # type: ignore[misc, unused-ignore]
    """Sends the client's requests to the carrier, holding each answer against Twilio's OpenAPI."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=10)
        self._base_url = base_url
        self.statuses: list[int] = []

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        response = super().request(method, url.replace(_TWILIO, self._base_url), *args, **kwargs)
        self.statuses.append(response.status_code)
        check_answer(method, url, response.status_code, response.content)
        return response


def check_answer(method: str, url: str, status: int, body: bytes | str) -> None:
    """Hold a REST answer against Twilio's OpenAPI file, where that is present.

    The file demands no property, so all it describes are demanded here. Errors are not in it.
    """
    content = body.encode() if isinstance(body, str) else body
    if status >= 400:
        error = json.loads(content)
        assert set(error) == {"code", "message", "more_info", "status"}
        assert error["status"] == status
        return
    if not OPENAPI_FILE.exists():
        return
    parts = urlsplit(url)
    request = MockRequest(_TWILIO, method.lower(), parts.path, args=dict(parse_qsl(parts.query)))
    openapi().validate_response(request, MockResponse(content, status))
    if content:
        _check_complete(json.loads(content))


@cache
def openapi() -> OpenAPI:
    description = json.loads(OPENAPI_FILE.read_text(encoding="utf-8"))
    paths = description["paths"]
    description["paths"] = {path: paths[path] for path in paths if path.endswith(_ENDS)}
    return OpenAPI.from_dict(description)


@cache
def _properties() -> dict[str, set[str]]:
    schemas = json.loads(OPENAPI_FILE.read_text(encoding="utf-8"))["components"]["schemas"]
    return {
        prefix: set(schemas[f"api.v2010.account.{name}"]["properties"])
        for prefix, name in {
            "CA": "call",
            "RE": "recording",
            "SM": "message",
            "under": "call.call_recording",
        }.items()
    }


def _check_complete(body: dict[str, Any]) -> None:
    lists = [body[name] for name in ("calls", "recordings", "messages") if name in body]
    for resource in lists[0] if lists else [body]:
        under_call = "/Calls/CA" in resource["uri"] and resource["sid"].startswith("RE")
        assert set(resource) == _properties()["under" if under_call else resource["sid"][:2]]


@dataclass
class World:
    """A carrier and a product that know each other."""

    carrier: CarrierThread
    product: Product

    def __post_init__(self) -> None:
        self.admin = CarrierAdmin(self.carrier.url, ACCOUNT_SID, AUTH_TOKEN)
        self.http = CheckedHttpClient(self.carrier.url)
        self.client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=self.http)

    def customer(self, *steps: dict[str, Any], **behaviour: Any) -> None:
        """Let the customer answer and take these steps, or behave otherwise."""
        call = {"outcome": "answers", "rings": 0, **behaviour}
        self.admin.assign(CUSTOMER, [{**call, "steps": list(steps)} if steps else call])

    def place(self, document: Script | None = None, **options: Any) -> str:
        """Place a call whose first document is at /voice; return its identifier."""
        if document is not None:
            self.product.script["/voice"] = document
        settings = {
            "to": CUSTOMER,
            "from_": COMPANY,
            "url": f"{self.product.url}/voice",
            "status_callback": f"{self.product.url}/status",
            **options,
        }
        given = {name: value for name, value in settings.items() if value is not None}
        return str(self.client.calls.create(**given).sid)

    def run(self, document: Script | None = None, **options: Any) -> Any:
        """Place a call, wait until it is over and its last status callback has come."""
        sid = self.place(document, **options)
        call = self.await_status(sid, *FINAL)
        await_truth(
            lambda: any(hook.parameters["CallStatus"] in FINAL for hook in self.statuses(sid)),
            "the final status callback",
        )
        return call

    def await_status(self, sid: str, *statuses: str) -> Any:
        await_truth(
            lambda: any(c["sid"] == sid and c["status"] in statuses for c in self.admin.calls()),
            f"{sid} to be {statuses}",
        )
        return self.client.calls(sid).fetch()

    def statuses(self, sid: str) -> list[Received]:
        return [hook for hook in self.product.at("/status") if hook.parameters["CallSid"] == sid]

    def verbs(self, sid: str) -> list[str]:
        """Return the verbs a call executed, nested prompts included, in order."""
        return [
            entry["details"]["verb"]
            for entry in self.admin.journal(call_sid=sid)
            if entry["kind"] == "verb"
        ]

    def failure(self, sid: str) -> dict[str, Any]:
        """Return the application error the journal has for a call."""
        entries = self.admin.journal(call_sid=sid)
        errors = [entry["details"] for entry in entries if entry["kind"] == "application_error"]
        assert len(errors) == 1
        return dict(errors[0])


def await_truth(condition: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    """Wait until something is so; fail naming it when it does not become so."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, f"waited in vain for {what}"
        time.sleep(0.01)


def assert_lasted(call: Any, seconds: int) -> None:
    """Hold a call's duration against the seconds it must have; the product's answers add a few."""
    assert seconds <= int(call.duration) <= seconds + 3


def write_tone(path: Path, seconds: float, rate: int = 8000, loudness: int = 8000) -> Path:
    """Write a WAV file with a steady tone, or silence at loudness 0."""
    moments = np.arange(round(seconds * rate)) / rate
    samples = (np.sin(2 * np.pi * 440 * moments) * loudness).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def twiml(inner: str) -> str:
    """Return a TwiML document with this inside its Response."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>'

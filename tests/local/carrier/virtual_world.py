"""A carrier and a scripted product in one process and in virtual time: days pass in no time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from twilio.request_validator import (  # type: ignore[import-untyped, unused-ignore]
    RequestValidator,
)

from local.carrier.clock import VirtualClock
from local.carrier.exchange_parts import CarrierOptions
from local.carrier.in_process import CarrierAdapter, InProcessCarrier, start_in_process
from local.carrier.rest_answers import account_path
from local.carrier.store import JournalFilter
from local.carrier.transport import Incoming, Limits, Outgoing
from tests.local.carrier.carrier_world import ACCOUNT_SID, AUTH_TOKEN, COMPANY, CUSTOMER, twiml

START = 1_800_000_000.0
PRODUCT = "http://product.test"
EVENTS = ("initiated", "ringing", "answered", "completed")
ALL_STATUSES = ["initiated", "ringing", "in-progress", "completed"]
RECORD = f'<Record timeout="2" recordingStatusCallback="{PRODUCT}/news" action="{PRODUCT}/done"/>'
EVERY_VERB = f'<Say>Hello.</Say><Play digits="1"/><Pause/><Gather/>{RECORD}'
AMD = {
    "MachineDetection": "Enable",
    "AsyncAmd": "true",
    "AsyncAmdStatusCallback": f"{PRODUCT}/amd",
}


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook as the product saw it; `at` is in virtual seconds since the start."""

    path: str
    at: float
    parameters: Mapping[str, str]
    token: str


@dataclass
class Scripted:
    """The product: an answer for each path, an empty document for the others."""

    clock: VirtualClock
    script: dict[str, str | Incoming] = field(
        default_factory=lambda: {"/done": twiml("<Dial>+12025550177</Dial>")}
    )
    received: list[Hook] = field(default_factory=list)

    async def request(self, outgoing: Outgoing, limits: Limits) -> Incoming:
        parameters = dict(parse_qsl((outgoing.data or b"").decode(), keep_blank_values=True))
        signature = outgoing.headers["X-Twilio-Signature"]
        assert RequestValidator(AUTH_TOKEN).validate(outgoing.url, parameters, signature)
        path, token = urlsplit(outgoing.url).path, outgoing.headers["I-Twilio-Idempotency-Token"]
        self.received.append(Hook(path, self.clock.elapsed, parameters, token))
        entry = self.script.get(path, twiml(""))
        if isinstance(entry, Incoming):
            return entry
        return Incoming(200, entry.encode(), {"content-type": "text/xml"})

    async def close(self) -> None:
        """Nothing is open."""


class VirtualWorld:
    """What tests do with both; everything happens within `live`."""

    carrier: InProcessCarrier

    def __init__(self, folder: Path) -> None:
        self._options = CarrierOptions(ACCOUNT_SID, AUTH_TOKEN, folder)
        self.clock = VirtualClock(START)
        self.product = Scripted(self.clock)
        self.session = requests.Session()
        self.session.auth = (ACCOUNT_SID, AUTH_TOKEN)
        self.entries: list[dict[str, Any]] = []
        self.injected: dict[str, int] = {}

    def live(self, scenario: Callable[[], Awaitable[None]], then: float = 1200.0) -> None:
        """Run the scenario and what follows from it for so many virtual seconds."""

        async def whole() -> None:
            self.carrier = start_in_process(self._options, self.clock, self.product)
            self.session.mount(self.carrier.url, CarrierAdapter(self.carrier))
            await scenario()
            await self.clock.sleep(then)
            self.injected = self.carrier.parts.faults.described()["injected"]
            self.entries = self.carrier.parts.store.journal(JournalFilter())
            await self.carrier.stop()

        self.clock.run(whole())

    def rest(self, method: str, path: str, **fields: Any) -> requests.Response:
        """Ask the carrier's REST API; `path` is below the account."""
        url = f"{self.carrier.url}{account_path(ACCOUNT_SID)}{path}"
        given = {"params" if method == "GET" else "data": fields}
        return self.session.request(method, url, timeout=5, **given)

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Use the carrier's own routes."""
        response = self.session.request(
            method, f"{self.carrier.url}/_carrier{path}", json=body, timeout=5
        )
        assert response.ok, response.text
        return response.json()

    def disturb(self, seconds: dict[str, float] | None = None, **rates: float) -> None:
        """Set the plan of faults."""
        plan = {"seed": 7, "rates": rates, "seconds": seconds or {}}
        self.admin("PUT", "/faults", plan)

    def customer(self, *steps: dict[str, Any], number: str = CUSTOMER, **behaviour: Any) -> None:
        """Let a number answer and do this."""
        call = {"outcome": "answers", "rings": 0, **behaviour}
        self.admin("PUT", f"/numbers/{number}", {"calls": [{**call, "steps": list(steps)}]})

    def place(self, document: str | None = None, to: str = CUSTOMER, **more: Any) -> Any:
        """Place a call with this first document; return REST's answer."""
        if document is not None:
            self.product.script["/voice"] = twiml(document)
        fields = {
            "To": to,
            "From": COMPANY,
            "Url": f"{PRODUCT}/voice",
            "StatusCallback": f"{PRODUCT}/status",
            "StatusCallbackEvent": EVENTS,
        }
        return self.rest("POST", "/Calls.json", **{**fields, **more})

    def send(self, body: str = "A parcel.", to: str = CUSTOMER, **more: Any) -> requests.Response:
        """Send a text; return REST's answer."""
        fields = {"To": to, "From": COMPANY, "Body": body, "StatusCallback": f"{PRODUCT}/sms"}
        return self.rest("POST", "/Messages.json", **{**fields, **more})

    def hooks(self, path: str) -> list[Hook]:
        """Return what came to this path, in order."""
        return [hook for hook in self.product.received if hook.path == path]

    def statuses(self, path: str = "/status") -> list[str]:
        """Return the statuses told at this path, in order."""
        name = "CallStatus" if path == "/status" else "MessageStatus"
        return [hook.parameters[name] for hook in self.hooks(path)]

    def kinds(self, kind: str) -> list[dict[str, Any]]:
        """Return the details of all journal entries of a kind."""
        return [entry["details"] for entry in self.entries if entry["kind"] == kind]

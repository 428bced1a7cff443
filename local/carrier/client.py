"""Steering a running carrier from a test or a demonstration."""

from __future__ import annotations

from typing import Any

import requests

from local.secrets_file import FROM_NUMBER

_TIMEOUT = 15.0


class CarrierAdmin:
    """The carrier's own routes, synchronously. requests.HTTPError tells what it refused."""

    def __init__(self, base_url: str, account_sid: str, auth_token: str) -> None:
        self._base_url = base_url.rstrip("/") + "/_carrier"
        self._login = (account_sid, auth_token)

    def assign(
        self,
        number: str,
        persona_or_calls: str | list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> None:
        """Let a number be answered by a persona of that name, or by these calls in turn.

        `texts` says what becomes of its texts, `refuse` (`{"status", "code"}`) refuses it.
        """
        body = dict(more)
        if persona_or_calls is not None:
            by_name = isinstance(persona_or_calls, str)
            body["persona" if by_name else "calls"] = persona_or_calls
        self._request("PUT", f"/numbers/{number}", json=body)

    def journal(self, **filters: Any) -> list[dict[str, Any]]:
        """Return what the carrier did, oldest first.

        Filters are `call_sid` (or a text's), `to`, `kind` (one or a list), `since` (a position)
        and `limit`. Every entry has `position`, `at`, `kind`, `call_sid`, `to_number`, `details`.
        """
        entries: list[dict[str, Any]] = self._request("GET", "/journal", params=filters)["entries"]
        return entries

    def summary(self, sid: str) -> dict[str, Any]:
        """Return in short what happened in one call or text: statuses, verbs, webhooks, faults."""
        found: dict[str, Any] = self._request("GET", f"/summaries/{sid}")
        return found

    def calls(self, **filters: Any) -> list[dict[str, Any]]:
        """Return calls in REST's shape, newest first; by `to`, `from`, `status`, `limit`."""
        calls: list[dict[str, Any]] = self._request("GET", "/calls", params=filters)["calls"]
        return calls

    def messages(self, **filters: Any) -> list[dict[str, Any]]:
        """Return texts of both directions in REST's shape, newest first; by `to`, `from`."""
        found: list[dict[str, Any]] = self._request("GET", "/messages", params=filters)["messages"]
        return found

    def faults(self, **counts: int) -> dict[str, int]:
        """Arm faults for the next requests and return all countdowns."""
        remaining: dict[str, int] = self._request("PUT", "/faults", json=counts)
        return remaining

    def disturb(
        self, seed: int = 0, *, seconds: dict[str, float] | None = None, **rates: float
    ) -> None:
        """Let things go wrong by chance from now on, or, without rates, no more.

        Rates are from 0 to 1 by `local.carrier.fault_plan.KINDS`; `seconds` says how long a kind
        lasts, where it should differ from LENGTHS. Counting begins anew.
        """
        plan = {"seed": seed, "rates": rates, "seconds": seconds or {}}
        self._request("PUT", "/faults", json=plan)

    def disturbed(self) -> dict[str, int]:
        """Return how often each kind of fault has struck since `disturb`."""
        injected: dict[str, int] = self._request("GET", "/faults")["injected"]
        return injected

    def configure(self, **account: Any) -> None:
        """Describe the account: addresses, `numbers`, `countries`, `refuse_all`."""
        self._request("PUT", "/account", json=account)

    def answer_with(self, voice_url: str, sms_url: str, status_callback: str = "") -> None:
        """Let calls and texts to the account's numbers be answered at these addresses."""
        self.configure(voice_url=voice_url, sms_url=sms_url, status_callback=status_callback)

    def refuse_all(self, status: int, code: int) -> None:
        """Refuse every REST request with this status and code, until `accept_all`."""
        self.configure(refuse_all={"status": status, "code": code})

    def accept_all(self) -> None:
        """Refuse no longer."""
        self.configure(refuse_all=None)

    def ring(
        self, from_number: str, steps: list[dict[str, Any]], to_number: str = FROM_NUMBER
    ) -> str:
        """Let a customer call a number of the account and do this; return the call's sid."""
        call = {"from": from_number, "to": to_number, "steps": steps}
        return str(self._request("POST", "/inbound/calls", json=call)["sid"])

    def text(self, from_number: str, body: str, to_number: str = FROM_NUMBER) -> str:
        """Let a customer write to a number of the account; return the text's sid."""
        text = {"from": from_number, "to": to_number, "body": body}
        return str(self._request("POST", "/inbound/messages", json=text)["sid"])

    def _request(self, method: str, path: str, **details: Any) -> Any:
        response = requests.request(
            method, self._base_url + path, auth=self._login, timeout=_TIMEOUT, **details
        )
        if not response.ok:
            raise requests.HTTPError(response.text, response=response)
        return response.json()

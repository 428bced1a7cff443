"""Steering a running carrier from a test or a demonstration."""

from __future__ import annotations

from typing import Any

import requests

_TIMEOUT = 15.0


class CarrierAdmin:
    """The carrier's own routes, synchronously. requests.HTTPError tells what it refused."""

    def __init__(self, base_url: str, account_sid: str, auth_token: str) -> None:
        self._base_url = base_url.rstrip("/") + "/_carrier"
        self._login = (account_sid, auth_token)

    def assign(self, number: str, persona_or_calls: str | list[dict[str, Any]]) -> None:
        """Let a number be answered by a persona of that name, or by these calls in turn."""
        by_name = isinstance(persona_or_calls, str)
        body = {"persona" if by_name else "calls": persona_or_calls}
        self._request("PUT", f"/numbers/{number}", json=body)

    def journal(self, **filters: str) -> list[dict[str, Any]]:
        """Return what the carrier did, oldest first; filters are `call_sid` and `to`.

        Every entry has `at`, `kind`, `call_sid`, `to_number` and `details`.
        """
        entries: list[dict[str, Any]] = self._request("GET", "/journal", params=filters)["entries"]
        return entries

    def calls(self) -> list[dict[str, Any]]:
        """Return all calls in REST's shape, newest first."""
        calls: list[dict[str, Any]] = self._request("GET", "/calls")["calls"]
        return calls

    def faults(self, **counts: int) -> dict[str, int]:
        """Arm faults for the next requests and return all countdowns."""
        remaining: dict[str, int] = self._request("PUT", "/faults", json=counts)
        return remaining

    def _request(self, method: str, path: str, **details: Any) -> Any:
        response = requests.request(
            method, self._base_url + path, auth=self._login, timeout=_TIMEOUT, **details
        )
        if not response.ok:
            raise requests.HTTPError(response.text, response=response)
        return response.json()

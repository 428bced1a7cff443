"""Lists in pages, with the paging fields of Twilio's 2010-04-01 API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic
from urllib.parse import urlencode

from local.carrier.rest_forms import whole_field
from local.carrier.rest_request import RestRequest
from local.carrier.store import Condition, Record, Store, Window

DEFAULT_SIZE = 50
_PAGING = {"Page", "PageSize", "PageToken"}


def one_page(name: str, items: list[dict[str, Any]], path: str) -> dict[str, Any]:
    """Return a list that is never longer than one page, as Twilio writes it."""
    return {
        name: items,
        "page": 0,
        "page_size": max(DEFAULT_SIZE, len(items)),
        "start": 0,
        "end": max(0, len(items) - 1),
        "uri": path,
        "first_page_uri": path,
        "next_page_uri": None,
        "previous_page_uri": None,
    }


class Page(Generic[Record]):
    """One page of a list: its records and the addresses around it.

    A page token is `PA` (after) or `PB` (before) and the identifier of the row the page adjoins,
    so that new rows never shift what is on the next page.
    """

    def __init__(
        self,
        request: RestRequest,
        store: Store,
        kind: type[Record],
        conditions: Sequence[Condition],
    ) -> None:
        self._request = request
        self._size = whole_field(request.query, "PageSize", DEFAULT_SIZE, (1, 1000))
        self._number = whole_field(request.query, "Page", 0, (0, 10**9))
        token = request.query.get("PageToken", "")
        window = Window(
            size=self._size + 1,
            after=token[2:] if token.startswith("PA") else None,
            before=token[2:] if token.startswith("PB") else None,
            skip=0 if token else self._number * self._size,
        )
        found = store.listing(kind, conditions, window)
        self._more = len(found) > self._size or bool(window.before)
        rows = found[-self._size :] if window.before else found[: self._size]
        self.records: list[Record] = rows

    def body(self, name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the page as Twilio writes it, its items under `name`."""
        start = self._number * self._size
        following = previous = None
        if self._more and self.records:
            following = self._address(self._number + 1, f"PA{self._sid(-1)}")
        if self._number > 0 and self.records:
            previous = self._address(self._number - 1, f"PB{self._sid(0)}")
        return {
            name: items,
            "page": self._number,
            "page_size": self._size,
            "start": start,
            "end": start + max(0, len(items) - 1),
            "uri": self._request.target,
            "first_page_uri": self._address(0, None),
            "next_page_uri": following,
            "previous_page_uri": previous,
        }

    def _sid(self, index: int) -> str:
        return self.records[index].sid

    def _address(self, number: int, token: str | None) -> str:
        filters = [pair for pair in self._request.query.items() if pair[0] not in _PAGING]
        paging = [("PageSize", str(self._size)), ("Page", str(number))]
        if token:
            paging.append(("PageToken", token))
        return f"{self._request.path}?{urlencode(filters + paging)}"

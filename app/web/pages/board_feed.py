"""What the dispatchers' board hears: each row that changed, rendered once for all who see alike."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bson import ObjectId
from flask import render_template

from app.web.live import Change, Event, Made
from app.web.pages import board
from app.web.words import speaking

KINDS = frozenset(("delivery", "call", "recording", "review"))
"""What a row is made of."""


@dataclass(frozen=True)
class BoardFeed:
    """Events: ``row``, a row's HTML; ``gone``, the id of a delivery that matters no more.

    A page that needs everything hears at last ``only``, a JSON list of the ids that there are.
    """

    tenant_id: str
    eyes: board.Eyes

    @property
    def kinds(self) -> frozenset[str]:
        """Which changes it hears of."""
        return KINDS

    def everything(self) -> Iterator[Event]:
        """All rows."""
        rows = board.today(self.tenant_id, language=self.eyes.language)
        for row in rows:
            yield Event("row", self._html(row))
        yield Event("only", json.dumps([row.id for row in rows]))

    def events(self, changes: Sequence[Change], made: Made, after: int | None) -> list[Event]:  # noqa: ARG002
        """Each delivery that they are about, once."""
        ids = about(changes)
        rows = rows_of(self.tenant_id, ids, self.eyes.language, made)
        htmls = made.of(
            ("board", self),
            ids,
            lambda missing: {
                each: self._html(row) for each in missing if (row := rows[each]) is not None
            },
        )
        return [
            Event("row", html) if html is not None else Event("gone", str(each))
            for each, html in htmls.items()
        ]

    def told(self, once: Sequence[str]) -> None:
        """Rows may be repeated."""

    def _html(self, row: board.Row) -> str:
        seen = board.for_eyes(row, self.eyes)
        with speaking(self.eyes.language):
            return render_template("_row.html", row=seen, steps=board.STEPS)


def about(changes: Sequence[Change]) -> list[ObjectId]:
    """The deliveries that changes are about, once each."""
    return list(dict.fromkeys(each for change in changes for each in change.deliveries))


def rows_of(
    tenant_id: str, ids: list[ObjectId], language: str, made: Made
) -> dict[ObjectId, board.Row | None]:
    """Their rows, None for those that matter no more; gathered once for all pages."""
    return made.of(
        ("rows", tenant_id, language),
        ids,
        lambda missing: {
            ObjectId(row.id): row for row in board.some(tenant_id, missing, language=language)
        },
    )

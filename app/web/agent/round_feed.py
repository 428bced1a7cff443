"""What a driver's list hears: their cards as they change, and each message once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId
from flask import render_template
from mongoengine import Q

from app.models import PushMessage
from app.pipeline.tell import delivered
from app.web.live import Change, Event, Made
from app.web.pages import board
from app.web.pages.board_feed import KINDS, about, rows_of
from app.web.words import speaking

_MOST_MESSAGES = 500


@dataclass(frozen=True)
class RoundFeed:
    """Events: ``card``, a card's HTML; ``gone``, the id of a delivery that is theirs no more;
    ``told``, a message as JSON, once.

    A page that needs everything hears at last ``only``, a JSON list of the ids that there are.
    """

    tenant_id: str
    agent_id: ObjectId
    eyes: board.Eyes
    own: bool
    """The driver's own page: messages go there alone, or who looks on would take them."""

    @property
    def kinds(self) -> frozenset[str]:
        """Which changes it hears of."""
        return KINDS | {"message"} if self.own else KINDS

    def everything(self) -> Iterator[Event]:
        """All cards, and the messages that were never shown."""
        rows = board.today(self.tenant_id, self.agent_id, language=self.eyes.language)
        for row in rows:
            yield Event("card", self._html(row))
        if self.own:
            yield from self._told(Q(delivered_at=None))
        yield Event("only", json.dumps([row.id for row in rows]))

    def events(self, changes: Sequence[Change], made: Made, after: int | None) -> list[Event]:
        """Cards and messages; who comes back hears also of what was never shown."""
        found = self._cards(changes, made)
        if not self.own:
            return found
        # What came at that very moment was heard, or never shown.
        new = [
            change.id
            for change in changes
            if change.kind == "message" and change.agent_id == self.agent_id
            if after is None or change.at > after
        ]
        if new or after is not None:
            unseen = Q(delivered_at=None) if after is not None else Q()
            found += self._told(Q(pk__in=new) | unseen if new else unseen)
        return found

    def told(self, once: Sequence[str]) -> None:
        """These messages have reached a screen of theirs."""
        asked = PushMessage.of(self.tenant_id, pk__in=[ObjectId(each) for each in once])
        delivered(asked, now=datetime.now(UTC))

    def _cards(self, changes: Sequence[Change], made: Made) -> list[Event]:
        changes = [each for each in changes if each.kind != "message"]
        rows = rows_of(self.tenant_id, about(changes), self.eyes.language, made)
        moved = {each.id for each in changes if each.what == "moved"}
        found = []
        for each, row in rows.items():
            if row is not None and row.agent_id == str(self.agent_id):
                found.append(Event("card", self._html(row)))
            elif row is None or each in moved:
                found.append(Event("gone", str(each)))
        return found

    def _told(self, which: Q) -> list[Event]:
        found = PushMessage.of(self.tenant_id, agent_id=self.agent_id).filter(which)
        return [
            Event("told", _as_json(message), str(message.pk))
            for message in found.order_by("id").limit(_MOST_MESSAGES)
        ]

    def _html(self, row: board.Row) -> str:
        with speaking(self.eyes.language):
            return render_template("_card.html", row=board.for_eyes(row, self.eyes))


def _as_json(message: PushMessage) -> str:
    return json.dumps(
        {
            "delivery_id": str(message.delivery_id),
            "version": message.version,
            "kind": message.kind,
            "text": message.text,
            "sent_at": message.sent_at.isoformat(),
        }
    )

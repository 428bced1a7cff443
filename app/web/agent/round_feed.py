"""What a driver's list hears: their cards as they change, and each message once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId
from mongoengine import Q

from app.models import PushMessage
from app.pipeline.tell import delivered
from app.rules.hiding import withheld
from app.web.agent import stops
from app.web.agent.stops import Reader, Stop
from app.web.live import Change, Event, Made
from app.web.pages.board_feed import KINDS, about

_MOST_MESSAGES = 500


@dataclass(frozen=True)
class RoundFeed:
    """Events: ``card``, a card's HTML; ``gone``, the id of a delivery that is theirs no more;
    ``told``, a message as JSON, once.

    A page that needs everything hears at last ``only``, a JSON list of the ids that there are.
    """

    tenant_id: str
    agent_id: ObjectId
    reader: Reader
    """Messages go to the driver's own page alone, or who looks on would take them."""

    @property
    def kinds(self) -> frozenset[str]:
        """Which changes it hears of."""
        kinds = KINDS | {"bridged_call"}
        return kinds | {"message"} if self.reader.own else kinds

    def everything(self) -> Iterator[Event]:
        """All cards, and the messages that were never shown."""
        found = stops.today(self.tenant_id, self.agent_id, self.reader.sentences)
        for stop in found:
            yield Event("card", stops.card(stop, self.reader))
        if self.reader.own:
            yield from self._told(Q(delivered_at=None))
        yield Event("only", json.dumps([stop.id for stop in found]))

    def events(self, changes: Sequence[Change], made: Made, after: int | None) -> list[Event]:
        """Cards and messages; who comes back hears also of what was never shown."""
        found = self._cards(changes, made)
        if not self.reader.own:
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
        moved = {each.id for each in changes if each.what == "moved"}
        found = []
        for each, stop in self._stops(about(changes), made).items():
            if stop is not None and stop.agent_id == str(self.agent_id):
                found.append(Event("card", stops.card(stop, self.reader)))
            elif stop is None or each in moved:
                found.append(Event("gone", str(each)))
        return found

    def _stops(self, ids: list[ObjectId], made: Made) -> dict[ObjectId, Stop | None]:
        """None for those that matter no more; gathered once for all pages of this language."""
        language = self.reader.sentences
        return made.of(
            ("stops", self.tenant_id, language),
            ids,
            lambda missing: {
                ObjectId(stop.id): stop for stop in stops.some(self.tenant_id, missing, language)
            },
        )

    def _told(self, which: Q) -> list[Event]:
        found = PushMessage.of(self.tenant_id, agent_id=self.agent_id).filter(which)
        return [
            Event("told", _as_json(message), str(message.pk))
            for message in found.order_by("id").limit(_MOST_MESSAGES)
        ]


def _as_json(message: PushMessage) -> str:
    """Its words without what may be a code, which nobody asked for here."""
    return json.dumps(
        {
            "delivery_id": str(message.delivery_id),
            "version": message.version,
            "kind": message.kind,
            "text": withheld(message.text, known=True),
            "sent_at": message.sent_at.isoformat(),
        }
    )

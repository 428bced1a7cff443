"""Rehearse: a whole call, walked through without a telephone, with nothing recorded or written.

Every turn is thought out by ``app.pipeline.talk``, as for a call that is on the line; what it
would have written is applied to a call that is in memory alone. What was said so far comes with
each request and is gone through again from the beginning, so nothing has to be remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bson import ObjectId

from app.models import CallLog, Delivery, Recording, Tenant, TimeWindow
from app.models.recording import Transcription
from app.pipeline import call_words, talk
from app.pipeline.live_call import LiveCall, Parcel
from app.pipeline.turn import Answer, Heard, Turn
from app.pipeline.wording import Wording
from app.rules import call_script
from app.rules.analysis import Analysis
from app.rules.call_script import Step

Entrance = Literal["greeting", "inbound", "voicemail"]
CUSTOMER = "+14155550123"
"""A number that is kept free for fiction."""
REFERENCE = "HP1042"
_SAID: Mapping[str, str] = {
    "en": "Leave it with the neighbor",
    "es": "Déjelo con el vecino",
    "fr": "Laissez-le chez le voisin",
    "de": "Geben Sie es beim Nachbarn ab",
}
_SURE = 0.95
"""How clearly typed words are taken to have been heard."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the one who rehearses does: a key, words, both at a recording, or nothing."""

    key: str = ""
    words: str = ""
    picked_up: bool | None = None
    """Whether somebody answers, where the call is passed on to a person."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What was said and done so far, what is expected next, and what it all means."""

    turns: tuple[Turn, ...]
    given: tuple[Given, ...]
    """What led from each turn to the next one; anything behind the end is left out."""
    meaning: Analysis | None
    """None while nothing was said that means something."""
    suppresses: bool
    """Would the number never be called again?"""
    promises: bool
    """Would somebody have to call back?"""

    @property
    def over(self) -> bool:
        """Has the call ended?"""
        return self.turns[-1].scene.ends


def company(tenant: Tenant, prompts: Mapping[str, Any] | None = None) -> Tenant:
    """The company, with texts that are only thought of; it is never saved."""
    return Tenant(
        tenant_id=tenant.tenant_id,
        name=tenant.name,
        callback_number=tenant.callback_number,
        calling=tenant.calling,
        prompts=dict(prompts if prompts is not None else tenant.prompts),
        voices=dict(tenant.voices),
    )


def rehearse(
    tenant: Tenant, language: str, entrance: Entrance, given: Sequence[Given], *, now: datetime
) -> Rehearsed:
    """Walk from the beginning through everything that was given."""
    stage = _Stage(tenant, language, entrance, now)
    answer = talk.come(stage.call, tenant, Step(entrance), now=now)
    stage.take(answer)
    turns, done = [answer.turn], []
    for each in given:
        if turns[-1].scene.ends:
            break
        answer = stage.follow(turns[-1], each)
        stage.take(answer)
        turns.append(answer.turn)
        done.append(each)
    return Rehearsed(tuple(turns), tuple(done), stage.meaning(), stage.suppresses, stage.promises)


def sample(tenant: Tenant, language: str, name: str, *, now: datetime) -> str:
    """One text as a customer would hear it, its names filled in."""
    stage = _Stage(tenant, language, "greeting", now)
    covers = 2 if name.endswith("_several") else 1
    wording = Wording(replace(stage.call, covers=covers), tenant, now)
    step = Step("day-chosen", day=next(iter(wording.days), None))
    return " ".join(wording.say([name.removesuffix("_several")], step, _SAID[language]))


@dataclass
class _Stage:
    """A call that is nowhere but here."""

    tenant: Tenant
    language: str
    entrance: Entrance
    now: datetime
    call: LiveCall = field(init=False)
    delivery: Delivery = field(init=False)
    said: list[str] = field(default_factory=list)
    suppresses: bool = False
    promises: bool = False

    def __post_init__(self) -> None:
        zone = self.tenant.calling.time_zone or "America/New_York"
        tomorrow = self.now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
        start = datetime.combine(tomorrow, time(14), ZoneInfo(zone))
        end = start + timedelta(hours=2)
        self.delivery = Delivery(
            id=ObjectId(),
            tenant_id=self.tenant.tenant_id,
            customer_id=ObjectId(),
            address="12 Mill Lane",
            scheduled_time=start,
            window=TimeWindow(start=start, end=end),
            time_zone=zone,
            reference=REFERENCE,
        )
        self.call = LiveCall(
            pk=ObjectId(),
            tenant_id=self.tenant.tenant_id,
            call_sid=None,
            status="in-progress",
            delivery_id=self.delivery.pk,
            parcel=Parcel(start, zone, end, REFERENCE, start, None),
            covers=1,
            language=self.language,
            phone=CUSTOMER,
            line=CUSTOMER,
            our_number=self.tenant.callback_number or CUSTOMER,
            answered_by="machine" if self.entrance == call_script.VOICEMAIL else None,
            answered_by_proof=None,
            answers=0,
            chosen=(),
            sealed_said=None,
        )

    def follow(self, turn: Turn, given: Given) -> Answer:
        """What the network would ask for next, as the webhooks take it."""
        call, tenant, now = self.call, self.tenant, self.now
        if turn.scene.transfers:
            outcome = "completed" if given.picked_up else "no-answer"
            return talk.transferred(call, tenant, turn.step, outcome, now=now)
        if turn.scene.records and (given.words or given.key):
            if given.words:
                self.said.append(given.words)
            return talk.recorded(call, tenant, turn.step, given.key, now=now)
        if given.key or given.words:
            heard = Heard(given.key, given.words, _SURE)
            return talk.answer(call, tenant, turn.step, heard, now=now)
        return talk.come(call, tenant, turn.silent or turn.step, now=now)

    def take(self, answer: Answer) -> None:
        """Do to the call in memory what MongoDB would have done to its document."""
        self.suppresses = (self.suppresses or bool(answer.suppress)) and not answer.take_back
        self.promises = self.promises or answer.promise
        fresh: dict[str, Any] = {}
        chosen = list(self.call.chosen)
        for operator, changed in answer.changes.items():
            if "keys" in changed and operator == "$push":
                fresh["answers"] = self.call.answers + 1
            if "chosen" in changed:
                chosen = _chosen(chosen, operator, changed["chosen"])
            if "said" in changed:
                fresh["sealed_said"] = changed["said"] if operator == "$set" else None
            for name in ("answered_by", "answered_by_proof"):
                if operator == "$set" and name in changed:
                    fresh[name] = changed[name]
        self.call = replace(self.call, chosen=tuple(chosen), **fresh)

    def meaning(self) -> Analysis | None:
        """What the call says so far, as it would be understood once it has ended."""
        call = CallLog(
            tenant_id=self.call.tenant_id,
            delivery_id=self.delivery.pk,
            claimed_at=self.now,
            language=self.language,
            chosen=list(self.call.chosen),
            said=self.call.said,
        )
        recordings = [self._recording(text) for text in self.said]
        return call_words.meaning(call, recordings, self.delivery)

    def _recording(self, text: str) -> Recording:
        heard = Transcription(text=text, confidence=_SURE, language=self.language)
        return Recording(id=ObjectId(), language=self.language, transcription=heard)


def _chosen(known: list[Any], operator: str, value: Any) -> list[Any]:
    if operator == "$push":
        return [*known, *value["$each"]]
    return [each for each in known if each["kind"] != value["kind"]]

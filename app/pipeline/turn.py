"""A turn: what the customer did, where that leads, and what it means, worked out in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import PermanentError
from app.models import CallLog, Tenant
from app.pipeline.live_call import LiveCall
from app.pipeline.wording import Wording
from app.rules import call_script
from app.rules.analysis import Directive, Kind
from app.rules.call_script import Choice, Effect, Move, Scene, Step
from app.rules.call_script.speech import hints, key_meant, merely_yes
from app.rules.call_script.texts import Language

_PROVEN = ("key", "speech")
_KEYS_FOR: Mapping[frozenset[Kind], str] = {
    frozenset({Kind.CONFIRM}): "1",
    frozenset({Kind.SPEAK_TO_HUMAN}): "0",
}
"""Free words that say no more than a key does."""
_A_MACHINE_SAYS = frozenset({Kind.UNAVAILABLE, Kind.CONTACT, Kind.QUESTION, Kind.CONFIRM})
"""What an answering machine's own greeting says too: "nobody is in, call me on my mobile"."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the network heard: keys, or words with the recogniser's confidence (0 to 1)."""

    keys: str = ""
    words: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do on the line next; ``silent`` is where silence leads.

    ``opening`` is said to its end before a question's ``words``, during which one may answer.
    """

    step: Step
    scene: Scene
    words: tuple[str, ...]
    language: Language
    silent: Step | None
    hints: str = ""
    dial: str | None = None
    caller_id: str | None = None
    opening: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A turn, and what is to be in the database before it is said.

    ``changes`` are MongoDB's update operators for the call. ``suppress`` says how we know that the
    number is not to be called, ``take_back`` that it was a mistake, ``promise`` that somebody must
    call back.
    """

    turn: Turn
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    suppress: str | None = None
    take_back: bool = False
    promise: bool = False
    due: datetime | None = None

    @property
    def tells(self) -> bool:
        """Does it tell something about the delivery, or take something back?"""
        told = {"chosen", "said"}
        return any(told & changed.keys() for changed in self.changes.values())


class Talk:
    """One turn of one call, while it is being thought about."""

    def __init__(self, call: LiveCall, tenant: Tenant | None, step: Step, now: datetime) -> None:
        if tenant is None:
            raise PermanentError("the call's company is gone")
        if step.scene not in call_script.SCENES:
            raise PermanentError("the call script has no such scene")
        self.call, self.tenant, self.now = call, tenant, now
        self.step, self.scene = step, call_script.scene_at(step)
        self.wording = Wording(call, tenant, now)
        self.changes: dict[str, dict[str, Any]] = {}
        self.proven = call.answered_by_proof in _PROVEN
        self.unconfirmed: str | None = call.said

    def pressed(self, key: str, *, spoken: bool) -> Answer:
        """A key, pressed or spoken; either proves a person."""
        # The days are worked out only where they are what the key chooses from.
        picks = any(choice.day for choice in self.scene.choices.values())
        days = self.wording.days if picks else ()
        move = call_script.after_key(self.step, key, days=days, answers=self.call.answers)
        # As ``models.KeyPress`` has it.
        press = {"step": self.step.scene, "digits": key, "at": self.now}
        self._change("$push", "keys", press | {"spoken": True} if spoken else press)
        self._prove("speech" if spoken else "key")
        return self.go(move, source="speech" if spoken else "key")

    def said(self, heard: Heard) -> Answer:
        """Words: a choice, else instructions where the scene listens for them, else nonsense."""
        language, table = self.wording.language, self.scene.speech
        key = None
        if self.scene.agreed and merely_yes(language, heard.words):
            return self.go(call_script.agreed(self.step))
        if table:
            days = self.wording.days if table == "days" else ()
            key = key_meant(language, table, heard.words, days)
        if key is None and self.scene.listens:
            analysis = self.wording.understood(heard.words, heard.confidence or 1.0)
            kinds = frozenset(directive.kind for directive in analysis.directives)
            key = "9" if Kind.OPT_OUT in kinds else _KEYS_FOR.get(kinds)
            if kinds and (key is None or len(kinds) > 1):
                return self._told(heard.words, kinds, key)
        if key is None:
            return self.go(call_script.not_understood(self.step))
        return self.pressed(key, spoken=True)

    def _told(self, words: str, kinds: frozenset[Kind], key: str | None) -> Answer:
        """Instructions in free words: kept, and read back unless a key's meaning is among them."""
        if kinds - _A_MACHINE_SAYS:
            self._prove("speech")
        if self.proven or self.call.answered_by != "machine":
            self.unconfirmed = words
            self._change("$set", "said", CallLog.said.to_mongo(words))
        if key is not None:
            return self.pressed(key, spoken=True)
        return self.go(Move(replace(self.step, scene=self.scene.listens or "", again=0)))

    def go(self, move: Move, *, source: str = "key") -> Answer:
        """Enter the scene that a move leads to."""
        self._take(move.choice)
        step = self._allowed(move.to)
        scene = call_script.scene_at(step)
        led_away = step.scene != move.to.scene
        whole = move.whole or led_away or not scene.asks
        reply = () if led_away else move.reply
        said, asked = (*reply, *(scene.say if whole else ())), scene.ask
        if not (whole and scene.asks and scene.say):
            said, asked = (), (*said, *asked)
        self._note(scene, (*said, *asked))
        language = self.wording.language
        step = replace(step, language=language.code)
        promised = scene.effect is Effect.PROMISED
        means = move.choice.means if move.choice else ()
        turn = Turn(
            step,
            scene,
            self.wording.say(asked, step, self.unconfirmed),
            language,
            None if scene.ends or scene.transfers else call_script.after_silence(step),
            self._hints(scene),
            self._person() if scene.transfers else None,
            self.wording.our_number,
            self.wording.say(said, step, self.unconfirmed),
        )
        return Answer(
            turn,
            self.changes,
            source if any(each.kind is Kind.OPT_OUT for each in means) else None,
            bool(move.choice and move.choice.takes_back is Kind.OPT_OUT),
            promised,
            self.wording.delivery.scheduled_time if promised and self.wording.delivery else None,
        )

    def _allowed(self, step: Step) -> Step:
        """Where a step leads in this call: a machine, the company or the hour may bar the way."""
        if step.scene == call_script.START:
            start = call_script.start_for("outbound", self.tenant.calling.mode)
            step = replace(step, scene=start)
        if self.call.answered_by == "machine" and not self.proven:
            return call_script.for_machine(step)
        if call_script.scene_at(step).transfers and self._person() is None:
            return Step(call_script.scene_at(step).unanswered or "promise")
        if step.scene == "another-day" and len(self.wording.days) < call_script.OFFERED:
            return Step("instructions")
        if step.scene == "heard" and not self.unconfirmed:
            return Step("instructions")
        if step.scene == "nothing" and (self.call.chosen or self.unconfirmed):
            # Something was noted earlier in this call.
            return Step("thanks")
        return step

    def _person(self) -> str | None:
        """The number at which somebody can be reached now."""
        calling = self.tenant.calling
        if not calling.transfer_number:
            return None
        local = self.wording.local
        if calling.time_zone:
            local = self.now.astimezone(ZoneInfo(calling.time_zone))
        if not call_script.somebody_there(calling.transfer_hours, local):
            return None
        return str(calling.transfer_number)

    def _hints(self, scene: Scene) -> str:
        if not scene.speech:
            return ""
        days = self.wording.days if scene.speech == "days" else ()
        return hints(self.wording.language, scene.speech, days)

    def _prove(self, how: str) -> None:
        self.proven = True
        self._change("$set", "answered_by", "human")
        if self.call.answered_by_proof != "key":
            self._change("$set", "answered_by_proof", how)

    def _take(self, choice: Choice | None) -> None:
        """What a choice means, for the call."""
        if choice is None:
            return
        meant = choice.means
        if choice.keeps_day and self.step.day:
            day = self.step.day.isoformat()
            meant = (Directive(Kind.RESCHEDULE, f"another day: {day}", 1.0, {"date": day}),)
        known = [(each["kind"], each["slots"]) for each in self.call.chosen]
        fresh = [each for each in meant if (each.kind.value, dict(each.slots)) not in known]
        if fresh:
            noted = [
                {
                    "kind": each.kind.value,
                    "slots": dict(each.slots),
                    "text": each.text,
                    "scene": self.step.scene,
                    "at": self.now,
                }
                for each in fresh
            ]
            self._change("$push", "chosen", {"$each": noted})
        if choice.takes_back:
            self._change("$pull", "chosen", {"kind": choice.takes_back.value})
        if choice.drops_said:
            self._change("$unset", "said", "")
            self.unconfirmed = None

    def _note(self, scene: Scene, prompts: tuple[str, ...]) -> None:
        """What coming to a scene means, for the call."""
        if scene.effect:
            self._change("$addToSet", "effects", scene.effect.value)
        if scene.effect is Effect.RECORDS:
            self._change("$set", "record_asked_at", self.now)
        if "notice" in prompts:
            self._change("$set", "notice_version", self.wording.language.notice_version)
            self._change("$set", "notice_at", self.now)

    def _change(self, operator: str, name: str, value: Any) -> None:
        self.changes.setdefault(operator, {})[name] = value

"""Wording: what the script's texts name, filled in from the call, the company and the delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from app.models import Tenant
from app.pipeline.known import known
from app.pipeline.live_call import LiveCall, Parcel
from app.rules import call_script, directives
from app.rules.analysis import Analysis
from app.rules.call_script import Step
from app.rules.call_script.speaking import (
    said_date,
    said_day,
    said_number,
    said_reference,
    said_when,
)
from app.rules.call_script.texts import Language, names_in, own_language
from app.rules.directives import Known


class Wording:
    """The words of one turn."""

    def __init__(self, call: LiveCall, tenant: Tenant, now: datetime) -> None:
        self._call = call
        self._tenant = tenant
        self._now = now

    @cached_property
    def language(self) -> Language:
        """The customer's, with the company's own texts."""
        return own_language(self._call.language, self._tenant.prompts, self._tenant.voices)

    @property
    def delivery(self) -> Parcel | None:
        """The delivery that the call is about; None while nobody knows who calls."""
        return self._call.parcel

    @cached_property
    def local(self) -> datetime:
        """Now, where the delivery goes."""
        zone = self.delivery.time_zone if self.delivery else "UTC"
        return self._now.astimezone(ZoneInfo(zone))

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days on offer instead of the planned one."""
        if self.delivery is None:
            return ()
        planned = self.delivery.scheduled_time.astimezone(self.local.tzinfo).date()
        after = max(planned, self.local.date())
        return call_script.next_days(after, self._tenant.calling.quiet_days)

    @property
    def our_number(self) -> str:
        """The number that the customer sees, or has called."""
        return self._call.our_number

    def understood(self, words: str, confidence: float = 1.0) -> Analysis:
        """What free words mean; nothing in a language whose words we cannot read."""
        if self.language.code != "en" or not words:
            return Analysis()
        return directives.understand(
            words, now=self.local, speech_confidence=confidence, known=self._known
        )

    @cached_property
    def _known(self) -> Known:
        """The facts of the delivery; read only for a turn that has words to understand."""
        parcel = self.delivery
        if parcel is None:
            return Known()
        return known(
            self._call.tenant_id,
            parcel.customer_id,
            parcel.scheduled_time,
            (parcel.window_start, parcel.window_end),
            parcel.time_zone,
        )

    def say(self, prompts: Iterable[str], step: Step, said: str | None) -> tuple[str, ...]:
        """The texts of a step, plain, not escaped; one that names what is unknown is left out."""
        several = self._call.covers > 1
        chosen = [
            f"{name}_several" if several and f"{name}_several" in self.language.prompts else name
            for name in prompts
        ]
        named = {name for prompt in chosen for name in names_in(self.language.prompts[prompt])}
        makers = self._makers(step, said)
        values = {name: makers[name]() or "" for name in named}
        texts = (self.language.say(prompt, values) for prompt in chosen)
        return tuple(text for text in texts if text)

    def _makers(self, step: Step, said: str | None) -> Mapping[str, Callable[[], str | None]]:
        def offered(number: int) -> str | None:
            days = self.days
            return said_day(self.language, days[number - 1]) if number <= len(days) else None

        return {
            "company": lambda: self._tenant.name,
            "callback": self._callback,
            "when": self._when,
            "count": lambda: str(self._call.covers),
            "reference": lambda: (
                said_reference(self.delivery.reference or "") if self.delivery else None
            ),
            "day": lambda: said_day(self.language, step.day) if step.day else None,
            "day_1": lambda: offered(1),
            "day_2": lambda: offered(2),
            "day_3": lambda: offered(3),
            "said": lambda: self._read_back(said),
        }

    def _callback(self) -> str:
        number = self._tenant.callback_number or self.our_number
        return said_number(self.language, number, self._call.phone)

    def _when(self) -> str | None:
        known = self.delivery
        if known is None:
            return None
        zone, today = known.time_zone, self.local.date()
        if self._call.covers > 1:
            # Each of several comes at an hour of its own.
            return said_date(self.language, known.scheduled_time, zone, today)
        return said_when(self.language, known.scheduled_time, known.window_end, zone, today)

    def _read_back(self, said: str | None) -> str | None:
        text = self.understood(said or "").instructions or said
        return text if not text or text[-1] in ".!?" else f"{text}."

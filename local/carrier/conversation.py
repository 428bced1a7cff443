"""One call's dialogue with the product: documents fetched and prompts played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from local.carrier.audio import AudioError, decode_wav, seconds_of
from local.carrier.customer import Customer
from local.carrier.exchange_parts import ExchangeParts
from local.carrier.form_fields import voice_fields
from local.carrier.line import Line
from local.carrier.records import CallRecord, Target
from local.carrier.twiml import TwimlError, Verb, parse_twiml
from local.carrier.webhooks import Webhook, WebhookAnswer

SPOKEN_CHARACTERS_PER_SECOND = 14
UNKNOWN_SOUND_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class NextDocument:
    """Which document the call continues with, and the fields its request adds."""

    target: Target
    fields: Mapping[str, str] = field(default_factory=dict)


class EndOfCall(Exception):  # noqa: N818 an event, not an error
    """TwiML ended the call."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document and the address it came from (None for TwiML given with the call)."""

    verbs: tuple[Verb, ...]
    url: str | None

    def resolve(self, reference: str, method: str) -> Target:
        """Return an address written in the document as an absolute one; TwimlError if it is not."""
        absolute = urljoin((self.url or "").partition("#")[0], reference)
        if not absolute.startswith(("http://", "https://")):
            raise TwimlError(11100, f"{reference!r} is no absolute address and there is no base")
        return Target(absolute, method)

    def action(self, verb: Verb) -> Target:
        """Return where a verb sends its result: its `action`, or the document itself."""
        return self.resolve(
            verb.attributes.get("action", self.url or ""), verb.attributes.get("method", "POST")
        )


class Conversation:
    """What verbs can do: ask the product, let time pass, write to the journal."""

    def __init__(self, parts: ExchangeParts, call_sid: str, customer: Customer) -> None:
        self.parts = parts
        self.call_sid = call_sid
        self.customer = customer
        self.line = Line(parts.clock, parts.options.speed)
        self.status = "in-progress"
        self.answered_at = 0.0
        self._latest: NextDocument | None = None

    @property
    def call(self) -> CallRecord:
        """The call as the store has it now."""
        call = self.parts.store.find(CallRecord, self.call_sid)
        if call is None:
            raise KeyError(self.call_sid)
        return call

    async def fetch(self, following: NextDocument) -> Document:
        """Request a document; TwimlError when the product does not give one."""
        self._latest = following
        if self.parts.strikes("document_twice", self.call):
            await self.ask("twiml", following)
        answer = await self.ask("twiml", following)
        if answer.status is None:
            code = 11205 if answer.failure == "ct" else 11200
            raise TwimlError(code, f"{answer.url} gave no answer ({answer.failure})")
        if not answer.good:
            raise TwimlError(11200, f"{answer.url} answered with status {answer.status}")
        return Document(parse_twiml(answer.body, answer.content_type), answer.url)

    def ended(self) -> None:
        """The call is over; its last document may be asked for once more, by the plan of faults."""
        if self._latest is not None and self.parts.strikes("document_after_end", self.call):
            self.parts.background.start(self._ask_after_end(self._latest))

    async def _ask_after_end(self, latest: NextDocument) -> None:
        await self.parts.clock.sleep(self.parts.faults.lasts("document_after_end"))
        await self.ask("twiml", latest)

    async def ask(self, purpose: str, following: NextDocument) -> WebhookAnswer:
        """Request an address with the fields of a voice request and return the answer."""
        account_sid, call = self.parts.options.account_sid, self.call
        parameters = voice_fields(account_sid, call, self.status) | dict(following.fields)
        started = self.parts.clock.monotonic()
        answer = await self.parts.webhooks.send(
            Webhook(purpose, following.target, parameters, call.sid, call.to_number)
        )
        self.line.spent(self.parts.clock.monotonic() - started)
        return answer

    def note_verb(self, verb: Verb, **details: object) -> None:
        """Write to the journal that a verb was executed."""
        attributes = dict(verb.attributes)
        self.parts.note(
            "verb", self.call, verb=verb.name, attributes=attributes, text=verb.text, **details
        )

    async def prompt_seconds(self, verb: Verb, document: Document) -> float:
        """Return how long a Say, Play or Pause lasts once through all its repetitions."""
        if verb.name == "Pause":
            return verb.seconds("length", 1)
        if verb.name == "Say":
            once = max(0.5, len(verb.text) / SPOKEN_CHARACTERS_PER_SECOND)
        elif "digits" in verb.attributes:
            once = 0.5 * len(verb.attributes["digits"])
        else:
            once = await self._sound_seconds(verb, document)
        # Twilio repeats a prompt up to a thousand times for loop="0".
        return once * (verb.seconds("loop", 1) or 1000)

    async def _sound_seconds(self, verb: Verb, document: Document) -> float:
        target = document.resolve(verb.text, "GET")
        started = self.parts.clock.monotonic()
        answer = await self.parts.webhooks.send(
            Webhook("play", target, {}, self.call_sid, self.call.to_number, body_limit=40_000_000)
        )
        self.line.spent(self.parts.clock.monotonic() - started)
        if not answer.good:
            raise TwimlError(11200, f"<Play> {target.url} answered with status {answer.status}")
        if not answer.content_type.startswith("audio/"):
            raise TwimlError(12300, f"<Play> {target.url} is {answer.content_type}, not audio")
        try:
            return seconds_of(decode_wav(answer.body))
        except AudioError:
            return UNKNOWN_SOUND_SECONDS

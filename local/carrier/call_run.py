"""One call from being queued to its end: dialling, ringing, the conversation, the outcome."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from local.carrier.behaviour import CallBehaviour
from local.carrier.call_progress import CallProgress
from local.carrier.conversation import Conversation, Document, EndOfCall, NextDocument
from local.carrier.customer import Customer
from local.carrier.exchange_parts import ExchangeParts, complain
from local.carrier.line import HungUp, Ordered, Redirected
from local.carrier.records import CallRecord, Target
from local.carrier.twiml import TwimlError, parse_twiml
from local.carrier.verbs import run_document

QUEUE_SECONDS = 0.5
RING_SECONDS = 6.0
UNREACHABLE_AFTER = 1.0
BUSY_AFTER = 2.0
EARLY_SECONDS = 40.0  # within which a customer hangs up early
BLOCKED = 32017  # the network blocks the caller, for too few people answer


@dataclass(frozen=True, slots=True)
class _Ending:
    status: str
    sip_code: int | None = None
    error_code: int | None = None


class CallRun:
    """Runs one call. `line` is where the REST API interrupts it; `over` is set at its end."""

    def __init__(self, parts: ExchangeParts, call: CallRecord, behaviour: CallBehaviour) -> None:
        self._parts = parts
        self._call = call
        self._request = call.request
        self._customer = Customer(behaviour)
        self._progress = CallProgress(parts, call)
        self._conversation = Conversation(parts, call.sid, self._customer)
        self._answered = False
        self._fell_back = False
        self._turned_away: str | None = None
        self._detection: asyncio.Task[None] | None = None
        self.line = self._conversation.line
        self.over = asyncio.Event()

    async def run(self) -> None:
        """Live through the call and leave it in a final status, whatever happens.

        Only a carrier that stops leaves it unfinished; the next start closes it.
        """
        try:
            ending = await self._outcome()
            talked = self.line.elapsed - self._conversation.answered_at if self._answered else 0.0
            self._give_up_detection(talked)
            self._progress.ended(ending.status, round(talked), ending.sip_code, ending.error_code)
            self._conversation.ended()
        finally:
            self.over.set()

    async def _outcome(self) -> _Ending:
        try:
            return await (self._arrive() if self._inbound else self._dial())
        except Ordered:
            return _Ending("completed" if self._answered else "canceled")
        except TwimlError as error:
            self._application_error(error.code, error.reason)
        except Exception as error:  # noqa: BLE001 a defect here must not leave the product waiting
            self._application_error(0, f"the carrier is defective: {error!r}")
        return _Ending("failed", 500)

    @property
    def _inbound(self) -> bool:
        return self._call.direction == "inbound"

    def _application_error(self, code: int, reason: str) -> None:
        self._parts.note("application_error", self._call, code=code, reason=reason)
        complain("application error", call_sid=self._call.sid, code=code, reason=reason)

    async def _dial(self) -> _Ending:
        behaviour = self._customer.behaviour
        await self.line.wait(self._queue_seconds())
        self._progress.initiated()
        if behaviour.outcome == "fails":
            await self.line.wait(UNREACHABLE_AFTER)
            return _Ending("failed", behaviour.sip_code, behaviour.error_code)
        if self._parts.strikes("call_blocked", self._call):
            await self.line.wait(UNREACHABLE_AFTER)
            return _Ending("failed", 603, BLOCKED)
        rings_for = behaviour.rings * RING_SECONDS
        if behaviour.outcome == "no_answer":
            rings_for = float("inf")
        if rings_for > 0 or behaviour.outcome != "busy":
            self._progress.reached("ringing")
        await self.line.wait(min(rings_for, self._request.timeout))
        if rings_for > self._request.timeout:
            return _Ending("no-answer", 487)
        if behaviour.outcome == "busy":
            await self.line.wait(BUSY_AFTER)
            return _Ending("busy", 486)
        self._pick_up()
        return await self._until_over()

    async def _arrive(self) -> _Ending:
        """A customer calls: the line rings until the product gives the first document."""
        self._conversation.status = "ringing"
        self._progress.initiated()
        return await self._until_over()

    def _queue_seconds(self) -> float:
        waits = max(QUEUE_SECONDS, self._customer.behaviour.queued)
        if self._parts.strikes("queued_long", self._call):
            waits += self._parts.faults.lasts("queued_long") * self._parts.options.speed
        return waits

    def _pick_up(self) -> None:
        self._answered = True
        self._conversation.status = "in-progress"
        self._conversation.answered_at = self.line.elapsed
        self.line.hang_up_in(self._request.time_limit)
        machine_hangs_up_after = self._customer.holds_line_for()
        if machine_hangs_up_after is not None:
            self.line.hang_up_in(machine_hangs_up_after)
        if self._parts.strikes("hang_up_early", self._call):
            share = self._parts.faults.share("hang_up_early", self._call.customer)
            self.line.hang_up_in(share * EARLY_SECONDS)
        self._progress.reached("in-progress")
        self._start_detection()

    async def _until_over(self) -> _Ending:
        with contextlib.suppress(HungUp, EndOfCall):
            await self._talk()
        if self._answered:
            return _Ending("completed", 200)
        return _Ending("busy", 486) if self._turned_away == "busy" else _Ending("no-answer", 487)

    async def _talk(self) -> None:
        following: NextDocument | Document | None = None
        while True:
            try:
                following = following or await self._opening()
                if isinstance(following, NextDocument):
                    document = await self._conversation.fetch(following)
                else:
                    document = following
                self.line.check()
                if not self._answered:
                    self._turned_away = _turned_away(document)
                    if self._turned_away is None:
                        self._pick_up()
                following = await run_document(self._conversation, document)
                if following is None:
                    return
            except Redirected as order:
                following = _document(order.target, order.twiml, {})
            except TwimlError as error:
                following = self._fallback(error)

    async def _opening(self) -> NextDocument | Document:
        """Return the call's first document, after machine detection if the call waits for that."""
        fields = {}
        asked = self._request.machine_detection
        if asked is not None and not asked.asynchronous:
            verdict, seconds = self._customer.detected(asked)
            await self.line.wait(seconds)
            self._progress.detected(verdict, seconds)
            fields["AnsweredBy"] = verdict
        return _document(self._request.target, self._request.twiml, fields)

    def _fallback(self, error: TwimlError) -> NextDocument:
        """Return the fallback document, once; what Twilio only warns about never leads there."""
        target = self._request.fallback
        if target is None or error.strict or self._fell_back:
            raise error
        self._fell_back = True
        self._parts.note("fallback", self._call, code=error.code, reason=error.reason)
        failed_url = self._request.target.url if self._request.target else ""
        return NextDocument(target, {"ErrorCode": str(error.code), "ErrorUrl": failed_url})

    def _start_detection(self) -> None:
        asked = self._request.machine_detection
        if asked is None or not asked.asynchronous:
            return
        verdict, seconds = self._customer.detected(asked)
        if self._parts.strikes("amd_late", self._call):
            self._parts.background.start(self._detect_late(verdict, seconds))
        else:
            self._detection = self._parts.background.start(self._detect(verdict, seconds))

    async def _detect(self, verdict: str, seconds: float) -> None:
        await self._parts.sleep(seconds)
        self._progress.detected(verdict, seconds)

    async def _detect_late(self, verdict: str, seconds: float) -> None:
        """Tell the result when the call is over, though it was found in time."""
        await self.over.wait()
        await self._parts.clock.sleep(self._parts.faults.lasts("amd_late"))
        self._progress.detected(verdict, seconds)

    def _give_up_detection(self, talked: float) -> None:
        """Report a detection that the end of the call overtook as unknown."""
        if self._detection is not None and not self._detection.done():
            self._detection.cancel()
            self._progress.detected("unknown", talked)


def _turned_away(document: Document) -> str | None:
    """Return why a document turns a caller away, so that the call is never answered, or None."""
    if not document.verbs or document.verbs[0].name != "Reject":
        return None
    return document.verbs[0].attributes.get("reason", "rejected")


def _document(
    target: Target | None, twiml: str | None, fields: dict[str, str]
) -> NextDocument | Document:
    if target is not None:
        return NextDocument(target, fields)
    return Document(parse_twiml((twiml or "").encode()), None)

"""Text messages: sent by the product and delivered or not, and written by customers."""

from __future__ import annotations

from dataclasses import replace

from local.carrier.account import Refusal
from local.carrier.behaviour import TextBehaviour
from local.carrier.callbacks import Callbacks
from local.carrier.exchange_parts import ExchangeParts, complain
from local.carrier.form_fields import inbound_message_fields, message_fields
from local.carrier.keywords import AUTOMATIC_REPLIES, opt_out_type
from local.carrier.records import JournalEntry, MessageRecord, Target
from local.carrier.sids import new_sid
from local.carrier.store import Condition, Window
from local.carrier.text_answers import answers_in
from local.carrier.twiml import TwimlError
from local.carrier.webhooks import Webhook

UNSUBSCRIBED, UNREACHABLE, NEVER_SENT, EXPIRED = 21610, 30003, 30001, 30036
STEP_SECONDS = 1.0
REDIRECTS = 5
_OPEN = ("accepted", "queued", "sent")
_FINAL = frozenset({"delivered", "undelivered", "failed", "received"})
_ALL = Window(size=1_000_000)


class Texts:
    """All texts of one carrier."""

    def __init__(self, parts: ExchangeParts) -> None:
        self._parts = parts

    def resume(self) -> None:
        """Go on delivering what an earlier run of the carrier left open."""
        for status in _OPEN:
            waiting = [Condition("status", "=", status)]
            for message in self._parts.store.listing(MessageRecord, waiting, _ALL):
                self._parts.background.start(self._deliver(message, TextBehaviour()))

    def refusal(self, message: MessageRecord) -> Refusal | None:
        """Return with what Twilio refuses this text, or None where it is accepted."""
        owner = self._parts.owner(message.to_number)
        sender = None if message.service_sid else message.from_number
        stopped = self._parts.numbers.opted_out(message.to_number, sender)
        if stopped or self._parts.faults.strikes("message_unsubscribed", message.to_number):
            return Refusal(400, UNSUBSCRIBED)
        return owner.refuse or owner.texts[0].refuse

    def send(self, message: MessageRecord) -> None:
        """Accept a text and begin to deliver it."""
        self._parts.store.save(message)
        self._note("text_sent", message)
        behaviour = self._disturbed(message, self._parts.next_text(message.to_number))
        self._parts.background.start(self._deliver(message, behaviour))

    def receive(self, from_number: str, to_number: str, body: str) -> MessageRecord:
        """Take a text from a customer and tell the product, which may answer in TwiML."""
        now = self._parts.clock.now()
        message = MessageRecord(
            new_sid("SM"), to_number, from_number, None, body, now, now, "received"
        )
        message = replace(message, direction="inbound", sent_at=now)
        self._parts.store.save(message)
        self._note("text_received", message)
        keyword = opt_out_type(body)
        if keyword:
            self._obey(keyword, message)
        self._parts.background.start(self._ask(message, keyword))
        return message

    def _obey(self, keyword: str, message: MessageRecord) -> None:
        customer, sender = message.customer, message.to_number
        if keyword == "STOP":
            self._parts.numbers.opt_out(customer, sender)
        elif keyword == "START":
            self._parts.numbers.opt_in(customer, sender)
        self._note("automatic_reply", message, text=AUTOMATIC_REPLIES[keyword])

    async def _ask(self, message: MessageRecord, keyword: str) -> None:
        """Ask the number's address what to answer, and send that."""
        account = self._parts.numbers.account
        if not account.sms_url:
            return
        fields = inbound_message_fields(self._parts.options.account_sid, message, keyword)
        try:
            texts = await self._answers(message, Target(account.sms_url), fields)
        except TwimlError as error:
            self._failed(message, error)
            if not account.sms_fallback_url or error.strict:
                return
            fields |= {"ErrorCode": str(error.code), "ErrorUrl": account.sms_url}
            try:
                texts = await self._answers(message, Target(account.sms_fallback_url), fields)
            except TwimlError as again:
                self._failed(message, again)
                return
        for text in texts:
            self._answer(message, text)

    def _failed(self, message: MessageRecord, error: TwimlError) -> None:
        self._note("application_error", message, code=error.code, reason=error.reason)
        complain("application error", message_sid=message.sid, code=error.code)

    async def _answers(
        self, message: MessageRecord, target: Target, fields: dict[str, str]
    ) -> tuple[str, ...]:
        for _ in range(REDIRECTS):
            answer = await self._parts.webhooks.send(
                Webhook("text", target, fields, message.sid, message.to_number, voice=False)
            )
            if not answer.good:
                code = 11205 if answer.failure == "ct" else 11200
                said = answer.status or answer.failure
                raise TwimlError(code, f"{answer.url} answered with {said}")
            found = answers_in(answer.body, answer.content_type, answer.url)
            if found.next_url is None:
                return found.texts
            target = Target(found.next_url)
        raise TwimlError(11100, "too many redirects")

    def _answer(self, received: MessageRecord, body: str) -> None:
        now = self._parts.clock.now()
        answer = MessageRecord(
            sid=new_sid("SM"),
            to_number=received.customer,
            from_number=received.to_number,
            service_sid=None,
            body=body,
            created_at=now,
            updated_at=now,
            status="queued",
            direction="outbound-reply",
        )
        if self.refusal(answer) is not None:
            self._note("text_refused", answer)
            return
        self.send(answer)

    def _disturbed(self, message: MessageRecord, behaviour: TextBehaviour) -> TextBehaviour:
        faults, about = self._parts.faults, message.to_number
        if faults.strikes("message_undelivered", about, message.sid):
            return replace(behaviour, ends="undelivered", error_code=UNREACHABLE)
        if faults.strikes("message_failed", about, message.sid):
            return replace(behaviour, ends="failed", error_code=NEVER_SENT)
        return behaviour

    async def _deliver(self, message: MessageRecord, behaviour: TextBehaviour) -> None:
        """Take the text through its statuses, telling the product each of them."""
        callbacks = Callbacks(self._parts, message.customer)
        for status, pause in self._path(message, behaviour):
            await self._parts.sleep(pause)
            now = self._parts.clock.now()
            sent_at = message.sent_at or (now if status == "sent" else None)
            code = behaviour.error_code if status in {"undelivered", "failed"} else None
            code = EXPIRED if status == "failed" and behaviour.ends == "queued" else code
            message = replace(
                message, status=status, sent_at=sent_at, updated_at=now, error_code=code
            )
            self._parts.store.save(message)
            self._note("text_status", message, status=status)
            self._tell(callbacks, message)
        if message.status == "delivered" and behaviour.reply and message.from_number:
            await self._parts.sleep(behaviour.reply_after)
            self.receive(message.to_number, message.from_number, behaviour.reply)

    @staticmethod
    def _path(message: MessageRecord, behaviour: TextBehaviour) -> list[tuple[str, float]]:
        """Return the statuses from the one the text has, and call seconds before each."""
        path = [(message.status, 0.0)]
        if message.status == "accepted":
            path.append(("queued", STEP_SECONDS))
        if behaviour.ends == "queued":
            expires = message.valid_for is not None
            return [*path, ("failed", message.valid_for or 0.0)] if expires else path
        if behaviour.ends == "failed":
            return [*path, ("failed", behaviour.after)]
        if message.status != "sent":
            path.append(("sent", STEP_SECONDS))
        if behaviour.ends != "sent":
            path.append((behaviour.ends, max(0.0, behaviour.after - STEP_SECONDS)))
        return path

    def _tell(self, callbacks: Callbacks, message: MessageRecord) -> None:
        if message.callback is None:
            return
        fields = message_fields(self._parts.options.account_sid, message, message.status)
        webhook = Webhook(
            "message", Target(message.callback), fields, message.sid, message.to_number, voice=False
        )
        callbacks.send(webhook, last=message.status in _FINAL)

    def _note(self, kind: str, message: MessageRecord, **details: object) -> None:
        noted = {"from_number": message.from_number, "direction": message.direction, **details}
        now = self._parts.clock.now()
        self._parts.store.note(JournalEntry(now, kind, message.sid, message.to_number, noted))

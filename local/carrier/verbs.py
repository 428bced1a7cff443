"""Executing TwiML verbs: what each does on the line and which document comes next.

Every function takes the conversation, the verb and its document, and returns the next document or
None to go on with the following verb. It raises EndOfCall, TwimlError, or what interrupts a line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from local.carrier.conversation import Conversation, Document, EndOfCall, NextDocument
from local.carrier.dial import dial
from local.carrier.fault_plan import KINDS
from local.carrier.gather import gather
from local.carrier.record import record
from local.carrier.twiml import Verb

SHORTEST_VERB = 0.5  # seconds any verb lasts that a customer can hang up in

Executor = Callable[[Conversation, Verb, Document], Awaitable[NextDocument | None]]


async def run_document(conversation: Conversation, document: Document) -> NextDocument | None:
    """Execute a document's verbs in order until one leads elsewhere."""
    for verb in document.verbs:
        conversation.line.check()
        _perhaps_hang_up(conversation, verb)
        following = await EXECUTORS[verb.name](conversation, verb, document)
        if following is not None:
            return following
    return None


async def _prompt(conversation: Conversation, verb: Verb, document: Document) -> None:
    seconds = await conversation.prompt_seconds(verb, document)
    conversation.note_verb(verb, seconds=round(seconds, 2))
    if verb.name != "Pause":
        hangs_up_after = conversation.customer.hangs_up_during_prompt()
        if hangs_up_after is not None:
            conversation.line.hang_up_in(hangs_up_after)
    await conversation.line.wait(seconds)


async def _redirect(conversation: Conversation, verb: Verb, document: Document) -> NextDocument:
    conversation.note_verb(verb)
    method = verb.attributes.get("method", "POST")
    return NextDocument(document.resolve(verb.text, method))


async def _end(conversation: Conversation, verb: Verb, _document: Document) -> None:
    conversation.note_verb(verb)
    raise EndOfCall


def _perhaps_hang_up(conversation: Conversation, verb: Verb) -> None:
    """Let the customer hang up during this verb, by the plan of faults; Record has its own way."""
    kind = f"hang_up_in_{verb.name.lower()}"
    if verb.name == "Record" or kind not in KINDS:
        return
    if conversation.parts.strikes(kind, conversation.call):
        share = conversation.parts.faults.share(kind, conversation.call.customer)
        conversation.line.hang_up_in(share * SHORTEST_VERB)


EXECUTORS: Mapping[str, Executor] = {
    "Say": _prompt,
    "Play": _prompt,
    "Pause": _prompt,
    "Gather": gather,
    "Record": record,
    "Redirect": _redirect,
    "Hangup": _end,
    "Reject": _end,
    "Dial": dial,
}

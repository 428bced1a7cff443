"""The conversation: Twilio asks what to say, and brings keys, words and ends of recordings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import request

from app import callbacks, queues
from app.models import CallLog, Tenant
from app.pipeline import inbound, live_call, progress, talk
from app.pipeline.live_call import LiveCall
from app.pipeline.turn import Answer, Heard
from app.rules.call_script import INBOUND, Step, scene_at
from app.states import CALL_ENDED
from app.web import twiml
from app.web.here import runtime_here
from app.web.webhooks import blueprint
from app.web.webhooks.answers import pressed, spoken, wake
from app.web.webhooks.arrivals import keep, now, on_the_line, own_key, tenant_of

_MOST_WORDS = 2000
"""Letters kept of what speech recognition heard."""
Act = Callable[[LiveCall, Tenant | None, Step, datetime], Answer]


@blueprint.post(callbacks.SCRIPT)
@spoken
def say(call_id: str, scene: str) -> str:
    """Serve a scene."""
    return _turn(
        call_id,
        scene,
        "script",
        lambda call, tenant, step, at: talk.come(call, tenant, step, now=at),
    )


@blueprint.post(callbacks.KEYS)
@spoken
def keys(call_id: str, scene: str) -> str:
    """Take the keys or the words that answer a scene, and serve the one they lead to."""
    heard = Heard(
        keys=pressed(),
        words=request.form.get("SpeechResult", "")[:_MOST_WORDS].strip(),
        confidence=_confidence(request.form.get("Confidence")),
    )

    def act(call: LiveCall, tenant: Tenant | None, step: Step, at: datetime) -> Answer:
        if scene_at(step).reference and not _is_choice(step, heard):
            return _reference(call, tenant, step, heard, at)
        return talk.answer(call, tenant, step, heard, now=at)

    return _turn(call_id, scene, "keys", act)


@blueprint.post(callbacks.RECORDED)
@spoken
def recorded(call_id: str, scene: str) -> str:
    """A recording ended, by a key perhaps; what follows it."""
    return _turn(
        call_id,
        scene,
        "recorded",
        lambda call, tenant, step, at: talk.recorded(call, tenant, step, pressed(), now=at),
    )


@blueprint.post(callbacks.TRANSFERRED)
@spoken
def transferred(call_id: str, scene: str) -> str:
    """A transfer to a person ended, or came to nothing; what follows it."""
    outcome = request.form.get("DialCallStatus", "")
    return _turn(
        call_id,
        scene,
        "transferred",
        lambda call, tenant, step, at: talk.transferred(call, tenant, step, outcome, now=at),
    )


def _turn(call_id: str, scene: str, event: str, act: Act) -> str:
    """One turn: what it means is in the database before a word of it is said.

    The place in the script is in the address: a request that Twilio repeats finds the same place,
    and its token keeps it from counting twice.
    """
    step = Step.read(scene)
    twiml.speaks(step.language)
    with on_the_line(call_id) as call:
        at = now()
        answer = act(call, tenant_of(call.tenant_id), step, at)
        twiml.speaks(answer.turn.language.code)
        fresh = keep(call, event, own_key(f"{event}-{scene}"), answer.changes)
        # A repetition may come after a crash half-way; one after the call is somebody's replay.
        if fresh or call.status not in CALL_ENDED:
            talk.settle(call, answer, now=at)
        if fresh and answer.tells and call.status in CALL_ENDED:
            # The conclusion may be drawn already, without it.
            progress.reopen(call.pk)
            wake(queues.CONCLUDE, call.pk, call_id)
        addresses = callbacks.Callbacks(runtime_here().settings.public_url, call_id)
        return twiml.render(answer.turn, addresses)


def _reference(
    call: LiveCall, tenant: Tenant | None, step: Step, heard: Heard, at: datetime
) -> Answer:
    """A caller whom we do not know gave a reference."""
    document = CallLog.of(call.tenant_id, pk=call.pk).get()
    given = inbound.give_reference(document, digits=heard.keys, words=heard.words, now=at)
    if given:
        return talk.come(live_call.of(document), tenant, Step(INBOUND), now=at)
    return talk.misunderstood(call, tenant, step, now=at)


def _is_choice(step: Step, heard: Heard) -> bool:
    return heard.keys in scene_at(step).choices or not (heard.keys or heard.words)


def _confidence(text: str | None) -> float:
    try:
        return min(1.0, max(0.0, float(text or 0)))
    except ValueError:
        return 0.0

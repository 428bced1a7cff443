"""A customer calls us: who it is, and the first words that they hear."""

from __future__ import annotations

from flask import request

from app import callbacks
from app.errors import PermanentError
from app.logs import journey
from app.models import CallLog, Tenant
from app.pipeline import inbound, live_call, talk
from app.pipeline.inbound import Arrival
from app.rules.call_script import INBOUND, STRANGER, STRANGER_GOODBYE, Step
from app.web import twiml
from app.web.here import runtime_here
from app.web.webhooks import blueprint
from app.web.webhooks.answers import spoken
from app.web.webhooks.arrivals import call_sid_here, keep, now, own_key, raw


@blueprint.post(callbacks.INBOUND_CALL)
@spoken
def inbound_call() -> str:
    """Recognise who calls by their number, or ask for their reference; the script goes on.

    The same call announced again gets the same beginning.
    """
    call_sid = call_sid_here()
    with journey(call_sid, call_sid=call_sid):
        form = request.form
        tenant = inbound.tenant_called(form.get("To", ""), form.get("From", ""))
        if tenant is None:
            raise PermanentError(
                "somebody calls, and there is no company: make one with delauto tenant set NAME"
            )
        key = own_key("inbound")
        arrival = Arrival(call_sid, form.get("From", ""), form.get("To", ""), key, raw())
        call = inbound.arrive(tenant, arrival, now=now())
        with journey(str(call.pk)):
            return _begin(call, tenant, key)


def _begin(call: CallLog, tenant: Tenant, key: str) -> str:
    at = now()
    if call.delivery_id is not None:
        first = INBOUND
    else:
        first = STRANGER if inbound.may_ask(call, now=at) else STRANGER_GOODBYE
    on_the_line = live_call.of(call)
    answer = talk.come(on_the_line, tenant, Step(first), now=at)
    keep(call, "inbound", f"{key}:{first}", answer.changes)
    talk.settle(on_the_line, answer, now=at)
    addresses = callbacks.Callbacks(runtime_here().settings.public_url, str(call.pk))
    return twiml.render(answer.turn, addresses)

"""Twilio's webhooks: checked for the signature as a whole, so that no route can forget it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from app import callbacks
from app.web.here import runtime_here
from app.web.signature import is_from_twilio
from app.web.webhooks import answers

blueprint = Blueprint("webhooks", __name__, url_prefix=callbacks.PREFIX)
answers.fit(blueprint)


@blueprint.before_request
def only_twilio() -> Response | None:
    """Refuse with 403 what Twilio did not sign, or what is about another account."""
    settings = runtime_here().settings
    if not is_from_twilio(request, settings.public_url, settings.auth_tokens):
        abort(403, "the signature is missing or wrong")
    account = request.form.get("AccountSid") or request.args.get("AccountSid")
    if account != settings.twilio_account_sid:
        abort(403, "this is about another account")
    return None


from app.web.webhooks import bridging, events, inbound, messages, script  # noqa: E402, F401 - they add routes to the blueprint

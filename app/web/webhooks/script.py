"""The conversation: Twilio asks what to say, and brings the keys that were pressed."""

from __future__ import annotations

import structlog
from flask import Response, request
from pymongo.errors import PyMongoError

from app import callbacks
from app.errors import PermanentError
from app.pipeline import talk
from app.web import twiml
from app.web.here import runtime_here
from app.web.webhooks import blueprint
from app.web.webhooks.arrivals import about, keep, now, own_key

log = structlog.get_logger()
_MOST_TRIES = 3


@blueprint.post(callbacks.SCRIPT)
def say(call_id: str, scene: str) -> Response:
    """Serve a scene."""
    return _turn(call_id, scene, None)


@blueprint.post(callbacks.KEYS)
def keys(call_id: str, scene: str) -> Response:
    """Take the keys pressed in a scene and serve the one they lead to."""
    return _turn(call_id, scene, request.form.get("Digits", ""))


def _turn(call_id: str, scene: str, digits: str | None) -> Response:
    addresses = callbacks.Callbacks(runtime_here().settings.public_url, call_id)
    try:
        with about(call_id) as call:
            if digits is None:
                keep(call, "script", own_key(f"script-{scene}"))
            else:
                keep(call, "keys", own_key(f"keys-{scene}"))
                scene = talk.press(call, scene, digits, now=now()) if digits else scene
            document = twiml.render(talk.enter(call, scene, now=now()), addresses)
    except (PyMongoError, PermanentError, KeyError) as error:
        log.warning("cannot answer the caller now", why=type(error).__name__)
        document = twiml.one_moment(_again())
    return Response(document, content_type=twiml.CONTENT_TYPE)


def _again() -> str | None:
    """This same address with the number of tries in it; None after the last."""
    tries = request.args.get("try", "0")
    so_far = int(tries) if tries.isdigit() else _MOST_TRIES
    if so_far >= _MOST_TRIES:
        return None
    base = runtime_here().settings.public_url.rstrip("/")
    return f"{base}{request.path}?try={so_far + 1}"

"""The least that a webhook can be, for comparison: the signature is checked, nothing is done.

``ledger`` is the least that forgets nothing: one insert of what came, acknowledged once it is on
the disk.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, Response, abort, request
from pymongo import MongoClient

from app.web.signature import is_from_twilio

PUBLIC_URL = os.environ["PUBLIC_URL"]
TOKENS = (os.environ["TWILIO_AUTH_TOKEN"],)
# It connects when first used, which is after the fork.
events: Any = MongoClient(os.environ["MONGODB_URI"], connect=False).get_database()["bare_events"]

app = Flask("bare")
ledger = Flask("ledger")
for each in (app, ledger):
    each.config["MAX_CONTENT_LENGTH"] = 64 * 1024


@app.post("/<path:anything>")
def bare(anything: str) -> Response:  # noqa: ARG001 - any address
    """Answer 204 where Twilio signed it."""
    if not is_from_twilio(request, PUBLIC_URL, TOKENS):
        abort(403)
    return Response(status=204)


@ledger.post("/<path:anything>")
def kept(anything: str) -> Response:  # noqa: ARG001 - any address
    """The same, once what came is on the disk."""
    if not is_from_twilio(request, PUBLIC_URL, TOKENS):
        abort(403)
    events.insert_one(request.form.to_dict())
    return Response(status=204)

"""Whose session a browser has, for a page that must know it while nobody can be asked.

The driver's page shows what it kept where there is no network. A telephone may change hands in
between: so the browser itself must know who logged in last. A cookie beside the session's own says
it, which scripts may read: it holds the person's id alone, and opens nothing.
"""

from __future__ import annotations

from bson import ObjectId
from flask import current_app
from werkzeug.wrappers import Response

COOKIE = "delauto-whose"
_PATH = "/agent"


def tell(answer: Response, user_id: ObjectId) -> Response:
    """This is the person from now on."""
    answer.set_cookie(
        COOKIE,
        str(user_id),
        max_age=current_app.permanent_session_lifetime,
        path=_PATH,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
    )
    return answer


def forget(answer: Response) -> Response:
    """Nobody is."""
    answer.delete_cookie(
        COOKIE, path=_PATH, secure=current_app.config["SESSION_COOKIE_SECURE"], samesite="Lax"
    )
    return answer

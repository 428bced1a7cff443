"""What went wrong, as a page for who is signed in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, render_template
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge

from app.rules.permissions import MAY
from app.saying import Saying
from app.web import request_id
from app.web.api.problems import Fault
from app.web.guard import NotPermittedError
from app.web.pages.settings.users import ROLES
from app.web.sessions import person_of_page_session
from app.web.words import gettext as _
from app.web.words import told


def described(error: HTTPException) -> str:
    """What is wrong, and what to do, in the reader's language where it is known."""
    if isinstance(error, NotPermittedError):
        may = (role for role, mine in MAY.items() if error.permission in mine)
        return _(
            "This is for the role %(roles)s. Yours is %(role)s. An administrator of your company "
            "can give you another one.",
            roles=" / ".join(_(ROLES[role][0]) for role in may),
            role=_(ROLES[error.role][0]),
        )
    if error.description == NotFound.description:
        return _("Check the address: it may have been mistyped, or what was there is gone.")
    if error.description == RequestEntityTooLarge.description:
        return _("Nothing was saved. Go back, and send less at once, or smaller files.")
    if error.description == type(error).description and error.code in _OF_STATUS:
        # Werkzeug's own words are English.
        return told(_OF_STATUS[error.code])
    says = error.description or error.name
    return told(says) if isinstance(says, Saying) else says


_OF_STATUS = {
    400: Saying("What was sent cannot be read."),
    405: Saying("That cannot be done at this address."),
    415: Saying("What was sent is not of a type that is read here."),
}


def page_of_failure(status: int, detail: str, faults: Sequence[Fault] = ()) -> Response:
    """The page that tells of a failure with this status, and the way on."""
    titles = {
        400: _("This cannot be read"),
        403: _("You may not do this"),
        404: _("There is nothing here"),
        409: _("That is not possible now"),
        413: _("This is too large"),
        412: _("Somebody else has changed it"),
        422: _("This cannot be"),
        503: _("One moment"),
    }
    text = render_template(
        "error.html",
        title=titles.get(status, _("That did not work")),
        detail=detail,
        faults=faults,
        person=person_of_page_session(),
        request_id=request_id.current() if status >= 500 else "",
    )
    return Response(text, status=status)

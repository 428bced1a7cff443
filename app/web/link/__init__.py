"""The customer's page: who was not reached picks, writes or says what the driver should do.

Whoever holds the link may answer, so the page tells no more than the message did: who delivers,
and when. Reading it changes nothing, for telephones look at links before people do.
"""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from pymongo.errors import PyMongoError
from werkzeug.wrappers import Response as AnyResponse

from app import queues
from app.errors import TransientError
from app.logs import journey
from app.pipeline import reply as replying
from app.web.here import only_known_hosts, runtime_here
from app.web.link import form, visit
from app.web.link.visit import NotThere, Visit

log = structlog.get_logger()
blueprint = Blueprint(
    "link",
    __name__,
    url_prefix="/i",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
_MOST_BYTES = replying.LARGEST_AUDIO + 64 * 1024
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; media-src blob:; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    # The address is a key: it goes to nobody, but our own forms must name where they come from.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "X-Robots-Tag": "noindex, nofollow",
}
blueprint.before_request(only_known_hosts)


@blueprint.before_request
def audio_may_come() -> None:
    """This page alone takes more than a few words."""
    if request.endpoint == "link.answer":
        request.max_content_length = _MOST_BYTES
        request.max_form_memory_size = 64 * 1024


@blueprint.after_request
def guard(response: Response) -> Response:
    """The headers of the customer's page."""
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return response


@blueprint.get("/<token>")
def page(token: str) -> Response:
    """The page with its form."""
    here = visit.arrive(token, now=_now())
    if isinstance(here, NotThere):
        return _not_there(here)
    return _form(here, form.Draft.empty())


@blueprint.post("/<token>")
def answer(token: str) -> AnyResponse:
    """Take the answer, keep it, and lead on to the page that reads it back."""
    here = visit.arrive(token, now=_now())
    if isinstance(here, NotThere):
        return _not_there(here)
    if not form.from_our_page(request, runtime_here().settings.public_url):
        return _not_there(NotThere("unknown", here.language, 403))
    draft = form.read(request, here)
    with journey(str(here.delivery.pk), channel="link"):
        problem = draft.problem or _keep(here, draft)
    if problem:
        return _form(here, draft, problem)
    onward = url_for("link.thanks", token=token, key=draft.key, lang=here.asked_language)
    return redirect(onward, code=303)


@blueprint.get("/<token>/answer/<key>")
def thanks(token: str, key: str) -> AnyResponse:
    """Read back what arrived, to who sent it: only they know its key."""
    here = visit.arrive(token, now=_now())
    if isinstance(here, NotThere):
        return _not_there(here)
    reply = replying.find(here.delivery, key)
    if reply is None:
        return redirect(url_for("link.page", token=token, lang=here.asked_language), code=303)
    back = visit.read_back(reply, here)
    return make_response(render_template("link/thanks.html", here=here, back=back, **_texts(here)))


@blueprint.errorhandler(PyMongoError)
def database_away(error: PyMongoError) -> Response:
    """Say so kindly; nothing was kept."""
    log.error("the database is out of reach", why=type(error).__name__)
    return _not_there(NotThere("away", visit.preferred(request, "en"), 503))


@blueprint.errorhandler(413)
def too_large(_: Exception) -> Response:
    """More than any recording of a minute has: said on the form, where there is one to show."""
    here = visit.arrive((request.view_args or {}).get("token", ""), now=_now())
    if isinstance(here, NotThere):
        return _not_there(here)
    return _form(here, form.Draft.empty(), form.Problem("no_audio", "audio", 413))


def _keep(here: Visit, draft: form.Draft) -> form.Problem | None:
    runtime = runtime_here()
    try:
        if draft.opts_out:
            visit.stop(here.delivery, now=_now())
        reply = replying.keep(
            here.delivery, draft.said(here), runtime.storage, runtime.settings.s3_bucket, now=_now()
        )
    except replying.NoAudioError:
        return form.Problem("no_audio", "audio")
    except replying.TooManyRepliesError:
        return form.Problem("too_many", "", 429)
    except TransientError:
        log.warning("a recording could not be kept, the customer was asked to send it again")
        return form.Problem("not_kept", "audio", 503)
    spoken = reply.recording_id is not None and reply.analysis is None
    job, document_id = (
        (queues.TRANSCRIBE, reply.recording_id) if spoken else (queues.READ_REPLY, reply.pk)
    )
    runtime.enqueuer.enqueue(job, document_id, correlation_id=str(reply.pk))
    return None


def _form(here: Visit, draft: form.Draft, problem: form.Problem | None = None) -> Response:
    shown = render_template(
        "link/page.html",
        here=here,
        draft=draft,
        problem=problem,
        key=draft.key or form.new_key(),
        answered=replying.latest(here.delivery) is not None,
        **_texts(here),
    )
    return make_response(shown, problem.status if problem else 200)


def _not_there(why: NotThere) -> Response:
    shown = render_template("link/gone.html", why=why, **visit.texts(why.language))
    return make_response(shown, why.status)


def _texts(here: Visit) -> dict[str, object]:
    return visit.texts(here.language, company=here.company, phone=here.phone_shown)


def _now() -> datetime:
    return datetime.now(UTC)

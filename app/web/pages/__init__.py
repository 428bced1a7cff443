"""The dispatcher's live page, and the recordings that it plays."""

from __future__ import annotations

from datetime import UTC, datetime

from bson import ObjectId
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from app.errors import PermanentError
from app.models import Tenant
from app.pipeline import recordings
from app.pipeline.audit import Actor, audited, record
from app.pipeline.person import Person
from app.rules.permissions import Permission
from app.saying import Saying
from app.web import guard, live, request_id
from app.web.here import runtime_here
from app.web.pages import areas, board
from app.web.pages.board_feed import BoardFeed
from app.web.words import day_of

blueprint = Blueprint("pages", __name__)
guard.protect(blueprint)
_MORE_ROWS = 300


def register(flask: Flask) -> None:
    """Fit all pages to the application."""
    flask.register_blueprint(blueprint)
    areas.register(flask)


@guard.page(blueprint, "/", Permission.DELIVERIES_READ)
def home() -> AnyResponse | str:
    """Today's deliveries, moving; a driver's own are on another page."""
    if not guard.sees_all():
        return redirect(url_for("agent.own"))
    person = guard.person_here()
    since, after = live.now(), request.args.get("after", "")
    rows = _rows(person, after, board.FIRST_ROWS)
    tenant = Tenant.of(person.tenant_id).first()
    return render_template(
        "board.html",
        rows=rows,
        counts=board.counts(rows),
        steps=board.STEPS,
        company=tenant.name if tenant else "DelAuto",
        today=day_of(datetime.now(UTC)),
        questions=url_for("reviews.queue") if guard.may(person, Permission.REVIEWS_WRITE) else "",
        person=person,
        more=rows[-1].order if len(rows) == board.FIRST_ROWS else "",
        live_url=url_for("pages.changes", after=since),
    )


@guard.page(blueprint, "/board/rows", Permission.DELIVERIES_READ, script=True)
def more_rows() -> str:
    """The rows behind the one whose ``order`` is given, some hundred at a time."""
    if not guard.sees_all():
        abort(403, Saying("these are the deliveries of the whole company"))
    rows = _rows(guard.person_here(), request.args.get("after", ""), _MORE_ROWS)
    return render_template("_rows.html", rows=rows, steps=board.STEPS)


@guard.page(blueprint, "/board/<delivery_id>/heard", Permission.RECORDINGS_READ, script=True)
def heard(delivery_id: str) -> str:
    """What was said about one delivery, word by word, and its player."""
    person = guard.person_here()
    found = (
        board.one(person.tenant_id, ObjectId(delivery_id), language=person.language)
        if guard.sees_all() and ObjectId.is_valid(delivery_id)
        else None
    )
    if found is None:
        abort(404, Saying("there is no such delivery"))
    return render_template("_heard.html", row=board.for_eyes(found, eyes_of(person)))


def _rows(person: Person, after: str, most: int) -> list[board.Row]:
    eyes = eyes_of(person)
    found = board.today(person.tenant_id, language=eyes.language, after=after, most=most)
    return [board.for_eyes(row, eyes) for row in found]


@guard.page(blueprint, "/live", Permission.DELIVERIES_READ, script=True)
def changes() -> Response:
    """The page's rows as they change: see ``BoardFeed``."""
    if not guard.sees_all():
        abort(403, Saying("these are the deliveries of the whole company"))
    person = guard.person_here()
    return live.stream(person, BoardFeed(person.tenant_id, eyes_of(person)))


@guard.page(blueprint, "/recordings/<recording_id>/audio", Permission.RECORDINGS_LISTEN)
def audio(recording_id: str) -> AnyResponse:
    """Play a recording: a presigned address that soon expires; the access is counted."""
    person = guard.person_here()
    if not ObjectId.is_valid(recording_id):
        abort(404)
    who = Actor("user", str(person.user_id), person.name)
    own, now = None if guard.sees_all() else person.user_id, datetime.now(UTC)

    def listened() -> str:
        recording = recordings.find(person.tenant_id, ObjectId(recording_id), agent_id=own)
        if recording is None:
            raise PermanentError(Saying("there is no such recording"))
        storage, seconds = runtime_here().storage, recordings.LINK_SECONDS
        link = recordings.listen(recording, storage, seconds=seconds, now=now)
        record(
            person.tenant_id, who, "recording.listened", "recording", recording.pk,
            now=now, request_id=request_id.current() or None,
        )  # fmt: skip
        return link.url

    try:
        return redirect(audited(person.tenant_id, listened))
    except PermanentError as error:
        abort(404, str(error))


def eyes_of(person: Person, language: str = "") -> board.Eyes:
    """What this person may see of rows, and in which language; their own unless it is given."""
    return board.Eyes(
        audio=guard.may(person, Permission.RECORDINGS_LISTEN),
        language=language or person.language,
    )

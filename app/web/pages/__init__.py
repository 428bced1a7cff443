"""The dispatcher's live page, and the recordings that it plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bson import ObjectId
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    stream_with_context,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from app import stopping
from app.errors import PermanentError
from app.models import Tenant
from app.pipeline import recordings
from app.pipeline.audit import Actor, audited, record
from app.pipeline.person import Person, person_of
from app.rules.permissions import Permission
from app.web import guard, live, request_id
from app.web.here import runtime_here
from app.web.pages import areas, board

blueprint = Blueprint("pages", __name__)
guard.protect(blueprint)


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
    rows = seen_by(person, board.today(person.tenant_id))
    tenant = Tenant.of(person.tenant_id).first()
    return render_template(
        "board.html",
        rows=rows,
        counts=board.counts(rows),
        steps=board.STEPS,
        company=tenant.name if tenant else "DelAuto",
        person=person,
        live_url=url_for("pages.changes"),
    )


@guard.page(blueprint, "/live", Permission.DELIVERIES_READ, script=True)
def changes() -> Response:
    """The page's rows as they change: everything first, then what is new."""
    if not guard.sees_all():
        abort(403, "these are the deliveries of the whole company")
    person = guard.person_here()

    def rows_for_board(delivery_ids: list[ObjectId] | None) -> Iterator[str]:
        if delivery_ids is None:
            rows = board.today(person.tenant_id)
        else:
            rows = board.some(person.tenant_id, delivery_ids)
        for row in seen_by(person, rows):
            yield live.event("row", render_template("_row.html", row=row, steps=board.STEPS))

    return stream(person, rows_for_board)


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
            raise PermanentError("there is no such recording")
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


def seen_by(person: Person, rows: list[board.Row]) -> list[board.Row]:
    """The rows as this person may see them."""
    codes = guard.may(person, Permission.CODES_READ)
    audio = guard.may(person, Permission.RECORDINGS_LISTEN)
    return [board.for_eyes(row, codes=codes, audio=audio) for row in rows]


def stream(
    person: Person, events_for: Callable[[list[ObjectId] | None], Iterator[str]]
) -> Response:
    """A server-sent event stream of what ``events_for`` makes of changed deliveries.

    It is called with None for everything as it stands, then with lists of ids. The stream ends
    before the next event once the session has ended, or its person has another role.
    """
    broadcast: live.Broadcast = current_app.extensions["delauto.live"]
    if not broadcast.has_room(str(person.user_id)):
        full = "Too many live pages are open. This one tries again by itself.\n"
        return Response(full, 503, {"Retry-After": "15"}, content_type="text/plain; charset=utf-8")

    def run() -> Iterator[str]:
        with broadcast.page(str(person.user_id)) as queue:
            yield "retry: 1000\n\n"
            yield from events_for(None)
            # Who listens comes back by itself, to a process that stays.
            while not stopping.is_final():
                ids = live.gather(queue, person.tenant_id)
                if not _still(person):
                    return
                if ids is None:
                    # An event, not a comment: a script cannot see comments.
                    yield live.event("quiet", "")
                elif ids:
                    yield from events_for(ids)

    return Response(
        stream_with_context(run()),
        content_type="text/event-stream; charset=utf-8",
        headers={"X-Accel-Buffering": "no"},
    )


def _still(person: Person) -> bool:
    """Is this still the person they were? Looking counts as using the session."""
    now = datetime.now(UTC)
    found = person_of(person.tenant_id, person.session_id, kind="page", now=now)
    return isinstance(found, Person) and found.role is person.role

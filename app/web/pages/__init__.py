"""The dispatcher's live page, and the recordings that it plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bson import ObjectId
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    stream_with_context,
)
from werkzeug.wrappers import Response as AnyResponse

from app import stopping
from app.models import DEFAULT_TENANT, Recording, Tenant
from app.web import live
from app.web.here import only_known_hosts, runtime_here
from app.web.pages import board

blueprint = Blueprint("pages", __name__)
blueprint.before_request(only_known_hosts)
_LINK_SECONDS = 120


@blueprint.get("/")
def home() -> str:
    """Today's deliveries, moving."""
    rows = board.today(DEFAULT_TENANT)
    tenant = Tenant.of(DEFAULT_TENANT).first()
    return render_template(
        "board.html",
        rows=rows,
        counts=board.counts(rows),
        steps=board.STEPS,
        company=tenant.name if tenant else "DelAuto",
        live_url="/live",
    )


@blueprint.get("/live")
def changes() -> Response:
    """The page's rows as they change: everything first, then what is new."""
    return stream(_rows_for_board)


@blueprint.get("/recordings/<recording_id>/audio")
def audio(recording_id: str) -> AnyResponse:
    """Play a recording: a presigned address that soon expires; the access is counted."""
    if not ObjectId.is_valid(recording_id):
        abort(404)
    recording = Recording.of(DEFAULT_TENANT, pk=ObjectId(recording_id)).first()
    if recording is None or not recording.storage_key:
        abort(404, "there is no audio of this recording")
    recording.modify(inc__access_count=1, set__last_accessed_at=datetime.now(UTC))
    return redirect(runtime_here().storage.link(recording.storage_key, _LINK_SECONDS))


def _rows_for_board(delivery_ids: list[ObjectId] | None) -> Iterator[str]:
    if delivery_ids is None:
        rows = board.today(DEFAULT_TENANT)
    else:
        rows = board.some(DEFAULT_TENANT, delivery_ids)
    for row in rows:
        yield live.event("row", render_template("_row.html", row=row, steps=board.STEPS))


def stream(events_for: Callable[[list[ObjectId] | None], Iterator[str]]) -> Response:
    """A server-sent event stream of what ``events_for`` makes of changed deliveries.

    It is called with None for everything as it stands, then with lists of ids.
    """
    broadcast: live.Broadcast = current_app.extensions["delauto.live"]

    def run() -> Iterator[str]:
        with broadcast.page() as queue:
            yield "retry: 1000\n\n"
            yield from events_for(None)
            # Who listens comes back by itself, to a process that stays.
            while not stopping.is_final():
                ids = live.gather(queue, DEFAULT_TENANT)
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

"""Live pages: what changes in MongoDB reaches open pages as server-sent events, none missed.

Each event's id is a moment of the database's own clock. A page that comes back names the last that
it heard, and gets what changed since; the process keeps the latest changes, and one that begins
reads them from the database's log, some minutes back. A page that was away for longer gets all
anew. What a change comes to is looked up and rendered once for all pages that show it alike
(``feed``), and one thread sends it to all of them (``post``).
"""

from app.web.live import moments
from app.web.live.answer import stream
from app.web.live.changes import Change
from app.web.live.feed import Event, Feed, Made, Things
from app.web.live.hub import Hub

__all__ = ["Change", "Event", "Feed", "Hub", "Made", "Things", "now", "stream"]


def now() -> str:
    """The id of this moment, for a page that is rendered next: its stream goes on from here.

    To be asked before anything is read that the page shows.
    """
    return moments.written(moments.now())

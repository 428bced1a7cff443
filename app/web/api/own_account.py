"""One's own account: name and language, and where one is logged in."""

from __future__ import annotations

from typing import Annotated, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.models import LoginSession
from app.pipeline import own_account, staff
from app.saying import Saying
from app.web.api.agents import Language, kept
from app.web.api.asking import Ask, Reply
from app.web.api.auth import Me, person_asking, resource, who_is
from app.web.api.problems import not_found
from app.web.api.shapes import Given, Id, Line, Moment, Shape


class ChangedMe(Given):
    """What is to change; the rest stays. Address, number and role are the administrators'."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "fr"}]})
    name: Annotated[Line, Field(max_length=120)] = ""
    language: Language = "en"


class SessionOut(Shape):
    """One log-in that is good now."""

    id: Id
    kind: Literal["page", "api"]
    began_at: Moment
    seen_at: Moment = Field(description="When it was last used, to the minute.")
    expires_at: Moment = Field(description="When it ends however much it is used.")
    network: str = Field(description="From where, cut to the network; empty where unknown.")
    device: str = Field(description="What the browser calls itself.")
    is_this: bool = Field(description="The session of this request.")


class Sessions(Shape):
    """Where somebody is logged in, the session used last first."""

    items: list[SessionOut]


@resource.patch("/me", may=None, versioned=False, answer=Me, problems={"forbidden"})
def change_me(ask: Ask, body: ChangedMe) -> Me:
    """Change one's own name or language."""
    person = person_asking(ask)
    changes = body.given()
    before = who_is(person)
    kept(lambda: staff.change_person(person.tenant_id, person.user_id, changes, now=ask.now))
    after = who_is(person)
    ask.note("user.changed", "user", person.user_id, before=before, after=after)
    return after


@resource.get("/auth/sessions", may=None, answer=Sessions, problems={"forbidden"})
def list_own_sessions(ask: Ask) -> Sessions:
    """List where one is logged in, on the pages and through the API."""
    person = person_asking(ask)
    found = own_account.sessions(person.tenant_id, person.user_id, now=ask.now)
    return Sessions(items=[_shown(each, person.session_id) for each in found])


@resource.post("/auth/sessions/<id:session_id>/end", may=None, status=204, problems={"forbidden"})
def end_own_session(ask: Ask, session_id: ObjectId) -> Reply:
    """Log out elsewhere: the session ends at once."""
    person = person_asking(ask)
    ended = own_account.end_session(person.tenant_id, person.user_id, session_id, now=ask.now)
    if ended is None:
        raise not_found(Saying("There is no such session of yours."))
    ask.note("user.logged_out", "user", person.user_id, detail={"session": str(session_id)})
    return Reply()


def _shown(session: LoginSession, this: ObjectId) -> SessionOut:
    return SessionOut(
        id=str(session.pk),
        kind=session.kind,
        began_at=session.began_at,
        seen_at=session.seen_at,
        expires_at=session.expires_at,
        network=session.address or "",
        device=session.device or "",
        is_this=session.pk == this,
    )

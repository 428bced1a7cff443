"""The page on which people set up a second factor, and switch it off."""

from __future__ import annotations

from typing import Any

import segno
from flask import request, session
from werkzeug.wrappers import Response as AnyResponse

from app.models import Agent
from app.pipeline import second_factor
from app.pipeline.person import Person
from app.web import entrance
from app.web.login.showing import home_of, now, page, throttled

_PROVEN = "may_set_up"
_PROVEN_SECONDS = 600
"""How long the password, once proved, stands for setting the factor up."""


def answer(person: Person) -> AnyResponse:
    """What this page answers to somebody.

    The password is asked for before a secret is shown, for an open session may be anybody's who
    sits down at it; and a code, to set up and to switch off.
    """
    user: Agent = Agent.of(person.tenant_id, pk=person.user_id).get()
    on = second_factor.is_on(user)
    shown = _shown(person, on)
    if request.method == "GET":
        return page("second", **shown)
    if on:
        return _switched_off(person, shown)
    if "code" in request.form:
        return _set_up(person, user, shown)
    return _begun(person, shown)


def stale(person: Person) -> AnyResponse:
    """The page anew: what was sent is not of this session."""
    user: Agent = Agent.of(person.tenant_id, pk=person.user_id).get()
    return page("second", problem="stale", status=400, **_shown(person, second_factor.is_on(user)))


def _shown(person: Person, on: bool) -> dict[str, Any]:
    return {
        "language": person.language, "home": home_of(person), "must": person.limited, "on": on,
    }  # fmt: skip


def _begun(person: Person, shown: dict[str, Any]) -> AnyResponse:
    proven = entrance.proves(person, request.form.get("password", ""))
    if isinstance(proven, entrance.Throttled):
        return throttled("second", proven.seconds, **shown)
    if not proven:
        return page("second", problem="wrong_old", status=422, **shown)
    session[_PROVEN] = now().timestamp()
    return _offer(second_factor.offer(person), shown)


def _switched_off(person: Person, shown: dict[str, Any]) -> AnyResponse:
    done = entrance.switch_off_second_factor(person, request.form.get("code", ""), now=now())
    if isinstance(done, entrance.Throttled):
        return throttled("second", done.seconds, **shown)
    if not done:
        return page("second", problem="wrong_code", status=422, **shown)
    return page("second", note="switched_off", **{**shown, "on": False})


def _set_up(person: Person, user: Agent, shown: dict[str, Any]) -> AnyResponse:
    if user.second_factor is None or now().timestamp() - session.get(_PROVEN, 0) > _PROVEN_SECONDS:
        return page("second", problem="stale", status=422, **shown)
    codes = entrance.set_up_second_factor(person, request.form["code"], now=now())
    if codes is None:
        return _offer(second_factor.offered(user), shown, problem="wrong_code", status=422)
    session.pop(_PROVEN, None)
    return page("second", codes=codes, **{**shown, "on": True, "must": False})


def _offer(offer: second_factor.Offer, shown: dict[str, Any], **more: Any) -> AnyResponse:
    picture = segno.make(offer.address, error="m").svg_inline(scale=4, border=2, light="#fff")
    return page("second", offer=offer, picture=picture, **shown, **more)

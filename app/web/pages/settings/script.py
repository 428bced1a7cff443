"""The call script: a company's own texts, listening to them, and a call without a telephone."""

from __future__ import annotations

import difflib
import json
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.gateways import machine_voice
from app.rules.permissions import Permission
from app.rules.texts import LANGUAGES
from app.saying import Saying
from app.web import guard, headers
from app.web.api.problems import Problem
from app.web.link.words import OWN_NAMES
from app.web.pages import asking
from app.web.pages.forms import Form
from app.web.pages.settings import blueprint, shown
from app.web.pages.settings.script_words import (
    name_in_words,
    text_in_words,
    voice_in_words,
    voices_for,
)
from app.web.words import gettext as _
from app.web.words import language_here

Page = tuple[str, int]
_MARK = "text."
"""Before the names of texts in the form."""
_READ, _WRITE = Permission.SETTINGS_READ, Permission.SETTINGS_WRITE


@guard.page(blueprint, "/script", _READ)
def script() -> Page:
    """The texts of a language."""
    return _texts(_chosen(request.args.get("language", "")))


@guard.page(blueprint, "/script", _WRITE, methods=["POST"])
def change_script() -> Page | AnyResponse:
    """Save the texts of a language; one that is empty or as it comes is no own text."""
    code = _chosen(request.form.get("language", ""))
    form = _typed()
    settings = asking.ask("read_settings")
    found = _script(code)
    defaults = {each.name: each.default for each in (*found.texts, found.message)}
    own = {name: text for name, text in _own(form).items() if text and text != defaults.get(name)}
    # What this page does not show stays as it is.
    kept = {name: text for name, text in settings.prompts.get(code, {}).items()
            if name not in defaults}  # fmt: skip
    voice = form["voice"]
    voices = {**settings.voices, code: voice}
    if not voice:
        voices.pop(code)
    body = {"prompts": {**settings.prompts, code: {**kept, **own}}, "voices": voices}
    try:
        asking.ask("change_settings", body=body, version=request.form.get("version", ""))
    except Problem as problem:
        return _texts(code, form.refused(problem, _places(code, defaults)))
    flash(_("Saved. It is said in every call from now on."))
    return redirect(url_for("settings.script", language=code), code=303)


@guard.page(blueprint, "/script/sound", _READ, methods=["POST"])
def sound() -> Response:
    """A text spoken by this machine's voice, as a WAV file."""
    if not machine_voice.at_hand():
        abort(404, Saying("this machine has no voice"))
    code = _chosen(request.form.get("language", ""))
    name = request.form.get("listen", "")
    text = request.form.get("say", "")
    if name:
        text = _as_heard(code, name, request.form.get(f"{_MARK}{name}", ""))
    return Response(machine_voice.spoken(text, code), mimetype="audio/wav")


@guard.page(blueprint, "/script/try", _READ)
def try_script() -> Page:
    """The beginning of a call without a telephone."""
    return _rehearsed(_chosen(request.args.get("language", "")), _entrance(), [], None)


@guard.page(blueprint, "/script/try", _READ, methods=["POST"])
def go_on() -> Page:
    """The same, one turn further."""
    steps = _steps()
    if request.form.get("back"):
        steps = steps[:-1]
    else:
        steps.append(_step())
    code = _chosen(request.form.get("language", ""))
    return _rehearsed(code, _entrance(), steps, request.form.get("begun") or None)


def _texts(code: str, form: Form | None = None) -> Page:
    headers.also("media-src", "blob:")
    found, settings = _script(code), asking.ask("read_settings")
    own = settings.voices.get(code, "")
    values = {f"{_MARK}{each.name}": each.text for each in (*found.texts, found.message)}
    form = form or Form({**values, "voice": own})
    return shown(
        "script",
        form=form,
        script=found,
        language_code=code,
        languages=OWN_NAMES.items(),
        version=settings.version,
        changes=asking.may(_WRITE),
        voice_at_hand=machine_voice.at_hand(),
        mark=_MARK,
        text_in_words=text_in_words,
        name_in_words=name_in_words,
        voice_in_words=voice_in_words,
        voices=voices_for(code, form["voice"], found.default_voice),
        compare=compare,
    )


def compare(default: str, text: str) -> list[tuple[str, str]]:
    """What an own text has of the one in whose place it stands: same, gone or new words."""
    before, after = default.split(), text.split()
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if tag == "equal":
            found.append(("same", " ".join(before[a:b])))
            continue
        if a < b:
            found.append(("gone", " ".join(before[a:b])))
        if c < d:
            found.append(("new", " ".join(after[c:d])))
    return found


def _script(code: str) -> Any:
    return asking.ask("read_script", query={"language": code})


def _typed() -> Form:
    typed = {name: text.strip() for name, text in request.form.items() if name.startswith(_MARK)}
    return Form({**typed, "voice": request.form.get("voice", "").strip()})


def _own(form: Form) -> dict[str, str]:
    return {
        name.removeprefix(_MARK): " ".join(text.split())
        for name, text in form.values.items()
        if name.startswith(_MARK)
    }


def _places(code: str, names: Any) -> dict[str, str]:
    return {f"/prompts/{code}/{name}": f"{_MARK}{name}" for name in names} | {
        f"/voices/{code}": "voice"
    }


def _as_heard(code: str, name: str, text: str) -> str:
    """A text that may not be saved yet, its names filled in as in an example."""
    found = next((each for each in _script(code).texts if each.name == name), None)
    if found is None:
        abort(404, Saying("there is no such text"))
    if not text or text == found.text:
        return str(found.spoken)
    try:
        body = {"language": code, "name": name, "text": " ".join(text.split())}
        return str(asking.ask("speak_text", body=body).spoken)
    except Problem as problem:
        abort(422, "; ".join(each.detail for each in problem.errors) or problem.detail)


def _rehearsed(code: str, entrance: str, steps: list[dict[str, Any]], begun: str | None) -> Page:
    headers.also("media-src", "blob:")
    body = {"language": code, "entrance": entrance, "steps": steps, "begun": begun}
    try:
        call = asking.ask("rehearse_call", body={k: v for k, v in body.items() if v is not None})
    except Problem:
        abort(400, Saying("this is no call that can be walked through"))
    values = {
        "call": call,
        "steps": json.dumps(steps),
        "language_code": code,
        "entrance": entrance,
        "entrances": [
            ("greeting", _("we call the customer")),
            ("inbound", _("the customer calls us")),
            ("voicemail", _("an answering machine answers")),
        ],
        "languages": OWN_NAMES.items(),
        "english": language_here() == "en",
        "voice_at_hand": machine_voice.at_hand(),
    }
    if "HX-Request" in request.headers:
        return render_template("settings/_call.html", **values), 200
    return shown("try", **values)


def _steps() -> list[dict[str, Any]]:
    try:
        found = json.loads(request.form.get("steps", "[]"))
    except ValueError:
        found = None
    if not isinstance(found, list):
        abort(400, Saying("this is no call that can be walked through"))
    return found


def _step() -> dict[str, Any]:
    """What is done at this turn: the pressed button decides."""
    words = request.form.get("words", "").strip()[:600]
    pressed = request.form.get("key", "")
    if pressed:
        return {"key": pressed, "words": words} if request.form.get("records") else {"key": pressed}
    if "picked_up" in request.form:
        return {"picked_up": request.form["picked_up"] == "yes"}
    return {"words": words} if words and not request.form.get("silence") else {}


def _chosen(code: str) -> str:
    return code if code in LANGUAGES else LANGUAGES[0]


def _entrance() -> str:
    found = request.values.get("entrance", "greeting")
    return found if found in ("greeting", "inbound", "voicemail") else "greeting"

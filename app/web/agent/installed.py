"""What a telephone installs of the driver's page: a copy without anybody's data, by version.

Nothing here is behind the log-in, for nothing here is anybody's: words, scripts, pictures. The copy
is kept and shown by a service worker, so that page and scripts are always of one version; whose
round it is, it learns from ``/agent/me``.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, jsonify, make_response, render_template, url_for

from app.rules.texts import LANGUAGES
from app.web.agent.labels import CALLING, LABELS, REASONS, for_scripts
from app.web.agent.stops import Reader
from app.web.here import only_known_hosts
from app.web.words import gettext, language_here, speaking

blueprint = Blueprint(
    "agent_app",
    __name__,
    url_prefix="/agent",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
blueprint.before_request(only_known_hosts)
_HERE = Path(__file__).parent / "static"
_PAGES = Path(__file__).parents[1] / "pages" / "static"
_OWN = (
    "round.css", "round.js", "calling.js", "cards.js", "codes.js", "deeds.js", "kept.js",
    "outbox.js", "photo.js", "position.js", "push.js", "said.js", "strips.js", "icon-192.png",
)  # fmt: skip
_SHARED = (
    "delauto.css", "icon.svg", "api.js", "keeper.js", "menus.js", "stream.js", "toasts.js",
    "vendor/idb/index.js", "vendor/signature_pad/signature_pad.min.js",
)  # fmt: skip
_WORKER = ("sw.js", "sync.js")
"""What the service worker is made of, one after the other."""
_RIGHTS = "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"


def with_its_rights(shown: str) -> Response:
    """The page, which alone of all may ask the browser where it is."""
    answer = make_response(shown)
    answer.headers["Permissions-Policy"] = _RIGHTS
    return answer


@blueprint.get("/shell/<any(en,es,fr,de):language>")
def shell(language: str) -> Response:
    """The page without a round."""
    return with_its_rights(_shell(language))


@blueprint.get("/offline/<any(en,es,fr,de):language>")
def offline(language: str) -> str:
    """What is shown in the place of another page beneath this address, without a network."""
    with speaking(language):
        return render_template("agent/offline.html", language=language)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a telephone wants to know to put it on its screen."""
    icons = [
        {"src": _own("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": _own("icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": _own("icon-maskable-512.png"), "sizes": "512x512", "type": "image/png",
            "purpose": "maskable",
        },
        {"src": url_for("static", filename="icon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]  # fmt: skip
    answer = jsonify(
        id="/agent",
        name=gettext("DelAuto round"),
        short_name="DelAuto",
        description=gettext("Your stops, what each customer wants, and what you did."),
        lang=language_here(),
        start_url="/agent",
        scope="/agent",
        display="standalone",
        background_color="#f4f5f7",
        theme_color="#1b4fb8",
        icons=icons,
    )
    answer.content_type = "application/manifest+json"
    return answer


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """The service worker: changes with anything that it keeps, and with the reader's language."""
    language = language_here()
    about = {
        "version": version(language),
        "shell": url_for("agent_app.shell", language=language),
        "offline": url_for("agent_app.offline", language=language),
        "files": _files(),
        "icon": _own("icon-192.png"),
    }
    text = f"const APP = {json.dumps(about)};\n" + "".join(
        (_HERE / each).read_text() for each in _WORKER
    )
    answer = Response(text, content_type="text/javascript; charset=utf-8")
    answer.headers["Service-Worker-Allowed"] = "/agent"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=len(LANGUAGES))
def version(language: str) -> str:
    """A digest of all that a telephone keeps, in this language."""
    digest = hashlib.sha256(_shell(language).encode())
    kept = [_HERE / each for each in (*_OWN, *_WORKER)] + [_PAGES / each for each in _SHARED]
    for path in kept:
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def _shell(language: str) -> str:
    with speaking(language):
        return render_template(
            "agent/round.html",
            person=None,
            agent=None,
            stops=[],
            reader=Reader(language, language, own=True),
            labels=LABELS,
            calling=CALLING,
            reasons=REASONS,
            said=for_scripts(),
            modules=modules(),
            live_url=url_for("agent.own_changes"),
        )


def _files() -> list[str]:
    shared = [url_for("static", filename=each) for each in _SHARED if (_PAGES / each).exists()]
    return [*shared, *(_own(each) for each in _OWN)]


def modules() -> list[str]:
    """The scripts that the page begins with, for a browser to fetch at once and not one by one."""
    return [each for each in _files() if each.endswith(".js") and "signature_pad" not in each]


def _own(name: str) -> str:
    return url_for("agent_app.static", filename=name)

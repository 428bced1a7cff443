"""Pages for people who use the API: its description to read and try, and each kind of problem."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, abort, render_template

from app.web.api.problems import KINDS

_SWAGGER = {
    "swagger-ui.css": ("css", "text/css"),
    "swagger-ui-bundle.js": ("js", "text/javascript"),
}
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def add_pages(blueprint: Blueprint) -> None:
    """Add the pages to the API's addresses."""

    @blueprint.get("/docs")
    def docs() -> Response:
        """The description, to read and to try."""
        answer = Response(render_template("api_docs.html"))
        answer.headers["Content-Security-Policy"] = _POLICY
        return answer

    @blueprint.get("/docs/<name>")
    def docs_file(name: str) -> Response:
        """Swagger UI's own files."""
        if name not in _SWAGGER:
            abort(404)
        folder, media = _SWAGGER[name]
        where = files("flask_openapi3_swagger") / "templates" / "swagger" / folder / name
        answer = Response(where.read_bytes(), content_type=f"{media}; charset=utf-8")
        answer.headers["Cache-Control"] = "public, max-age=86400"
        return answer

    @blueprint.get("/problems")
    def problem_kinds() -> str:
        """Each kind of problem, and how to mend it."""
        return render_template("api_problems.html", kinds=KINDS)

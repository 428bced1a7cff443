"""Every failure of a request as a short, plain answer; nothing of its insides gets out."""

from __future__ import annotations

import structlog
from flask import Flask, Response, request
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from app.web import api
from app.web.here import runtime_here

log = structlog.get_logger()


def register(flask: Flask) -> None:
    """Fit error handling and the headers of every answer."""
    flask.register_error_handler(HTTPException, _foreseen)
    flask.register_error_handler(PyMongoError, _database_away)
    flask.register_error_handler(Exception, _unforeseen)
    flask.after_request(_headers)


def _foreseen(error: HTTPException) -> Response:
    if error.code in (403, 413):
        log.warning("refused", status=error.code, path=request.path)
    if api.is_ours(request.path):
        return api.refused(error)
    return _plain(f"{error.name}: {error.description}", error.code or 500)


def _database_away(error: PyMongoError) -> Response:
    # 503 lets Twilio try a status callback again; see `callbacks`.
    log.error("the database is out of reach", why=type(error).__name__, path=request.path)
    says = "The database is out of reach. Try again in a moment."
    return api.refused(ServiceUnavailable(says)) if api.is_ours(request.path) else _plain(says, 503)


def _unforeseen(error: Exception) -> Response:
    log.error("request failed", path=request.path, exc_info=error)
    says = "Something went wrong here. It has been logged."
    if api.is_ours(request.path):
        return api.refused(InternalServerError(says))
    return _plain(says, 500)


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status=status, content_type="text/plain; charset=utf-8")


def _headers(response: Response) -> Response:
    storage = runtime_here().settings.s3_endpoint_url
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; media-src 'self' {storage}; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'self'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response

"""The REST API: resources for a company's own systems, described by OpenAPI from the same code."""

from __future__ import annotations

from functools import cache

from bson import ObjectId
from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from app.runtime import Runtime
from app.saying import Saying
from app.web import request_id
from app.web.api import (
    agent_devices,
    agents,
    analyses,
    audit,
    auth,
    bridged_calls,
    calls,
    consents,
    customers,
    deliveries,
    delivery_batches,
    delivery_deeds,
    keys,
    metrics,
    openapi,
    operating,
    own_account,
    planning,
    problems,
    proofs,
    recordings,
    reference,
    review_answers,
    reviews,
    script,
    serving,
    settings,
    suppressions,
    timelines,
    users,
    webhook_postings,
    webhooks,
    what_if,
)
from app.web.api.allowance import Counter
from app.web.api.operations import PREFIX, Operation, Resource

RESOURCES: tuple[Resource, ...] = (
    auth.resource,
    deliveries.resource,
    customers.resource,
    agents.resource,
    settings.resource,
    metrics.resource,
    calls.resource,
    recordings.resource,
    proofs.resource,
    analyses.resource,
    reviews.resource,
    suppressions.resource,
    consents.resource,
    users.resource,
    keys.resource,
    audit.resource,
    operating.resource,
    webhooks.resource,
)
"""In the order in which the description shows them."""
ALSO = (
    bridged_calls,
    agent_devices,
    delivery_deeds,
    delivery_batches,
    webhook_postings,
    review_answers,
    timelines,
    planning,
    own_account,
    script,
    what_if,
)
"""Modules that declare more routes of a resource."""
OPERATIONS: tuple[Operation, ...] = tuple(
    operation for resource in RESOURCES for operation in resource.operations
)


_NOTHING_HERE = Saying(
    "There is nothing at this address: %(docs)s has all. An id is 24 digits, 0-9 and a-f.",
    docs=f"{PREFIX}/docs",
)


class IdConverter(BaseConverter):
    """An id of ours in a path; anything else is not found."""

    regex = "[0-9a-f]{24}"

    def to_python(self, value: str) -> ObjectId:
        """The id."""
        return ObjectId(value)


def register(flask: Flask, runtime: Runtime) -> None:
    """Fit the API to the application."""
    flask.url_map.converters["id"] = IdConverter
    flask.extensions["delauto.counter"] = Counter(runtime.settings.redis_url.get_secret_value())
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for operation in OPERATIONS:
        blueprint.add_url_rule(
            operation.path,
            endpoint=operation.name,
            view_func=serving.view(operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    described = _described(runtime.settings.public_url)

    @blueprint.get("/openapi.json")
    def description() -> Response:
        """The description of every route, OpenAPI 3.1."""
        answer = Response(described, content_type="application/json")
        answer.add_etag()
        answer.headers["Cache-Control"] = "public, max-age=60"
        answer.make_conditional(request)
        return answer

    @blueprint.errorhandler(problems.Problem)
    def tell(problem: problems.Problem) -> Response:
        return problems.response(problem, request_id.current() or None)

    reference.add_pages(blueprint)
    flask.register_blueprint(blueprint)


@cache
def _described(public_url: str) -> str:
    """The description, made once: it takes longer than all else that an application needs."""
    return openapi.text(RESOURCES, public_url)


def is_ours(path: str) -> bool:
    """Does this address belong to the API?"""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def refused(error: HTTPException) -> Response:
    """What Flask itself refuses beneath our addresses, as a problem."""
    headers = {}
    if allowed := getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(sorted(allowed))
    says = _NOTHING_HERE if error.code == 404 else error.description
    problem = problems.of_status(error.code, says, headers, request.max_content_length)
    return problems.response(problem, request_id.current() or None)

"""How many requests of each route were answered how, and how long it took, for Prometheus.

Counted in each process. Under gunicorn all processes count into one folder
(``PROMETHEUS_MULTIPROC_DIR``, which gunicorn.conf.py makes), so that whichever is asked for
``/metrics`` tells of all; by itself a process tells of its own.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_HERE = CollectorRegistry()
_REQUESTS = Counter(
    "delauto_requests",
    "Requests by route and status",
    ["area", "route", "method", "status"],
    registry=_HERE,
)
_SECONDS = Histogram(
    "delauto_request_seconds",
    "How long requests took, event streams left out",
    ["area"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    registry=_HERE,
)
_AREAS = (("/api/", "api"), ("/webhooks/", "webhooks"), ("/i/", "link"), ("/agent", "agent"))
_OPERATOR = ("/healthz", "/readyz", "/metrics")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_STREAM = "/live"


def note(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request. ``route`` is the rule and not the path; empty where none fits.

    What a caller may invent makes no figure of its own: the number of series stays that of routes.
    """
    area = area_of(route)
    known = method if method in _METHODS else "other"
    _REQUESTS.labels(area, route or "none", known, str(status)).inc()
    if not route.endswith(_STREAM):
        _SECONDS.labels(area).observe(seconds)


def area_of(route: str) -> str:
    """Whose routes these are: webhooks, api, link, agent, operator, pages; none for no route."""
    if not route or route in _OPERATOR:
        return "operator" if route else "none"
    return next((area for begins, area in _AREAS if route.startswith(begins)), "pages")


def text() -> bytes:
    """What was counted, in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(_HERE)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)

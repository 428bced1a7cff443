"""The product's own processes, as the Procfile has them, for the supervisor of one machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from local.http_check import status_of
from local.supervisor import Process

ROOT = Path(__file__).parents[1]
DUTIES: Mapping[str, tuple[str, ...]] = {
    "calls": ("worker", "calls"),
    "answers": ("worker", "answers"),
    "speech": ("worker", "speech"),
    "webhooks": ("worker", "webhooks"),
    "clock": ("clock",),
}


def product_processes(environment: Mapping[str, str], port: int) -> list[Process]:
    """Return the web server on `port`, a worker for each queue and the clock.

    `environment` is the whole environment of each; the web server comes first and is ready when
    it answers /healthz.
    """
    return [
        _web(environment, port),
        *(
            Process(
                name=name,
                argv=[sys.executable, "-m", "app.cli", *arguments],
                environment=environment,
                stop_seconds=30,
            )
            for name, arguments in DUTIES.items()
        ),
    ]


def _web(environment: Mapping[str, str], port: int) -> Process:
    argv = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    argv += ["--chdir", str(ROOT), "--config", str(ROOT / "gunicorn.conf.py")]
    argv += ["wsgi:app"]
    return Process(
        name="web",
        argv=argv,
        # Nobody here shares requests out between several.
        environment={"WEB_DRAIN_SECONDS": "0", **environment},
        ready=lambda: status_of(port, "/healthz") == HTTPStatus.OK,
        ready_seconds=60,
        stop_seconds=15,
    )

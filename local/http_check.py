"""Asks a server on this machine whether it answers yet."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException


def status_of(port: int, path: str, authorization: str | None = None) -> int:
    """Return the status that a GET of `path` is answered with; raises OSError where none comes.

    The connection is direct: a proxy that the user has set is for the world outside.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    headers = {"Authorization": authorization} if authorization else {}
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()

"""Scripts and styles go over the line compressed, where the browser takes that.

Only files that are the same for everybody: an answer with something secret in it, beside something
that others may choose, would tell by its size what the secret is (BREACH), and events are to arrive
one by one.
"""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress

_FILES = ("text/javascript", "application/javascript", "text/css")


def register(flask: Flask) -> None:
    """Fit it to the application, all of whose files are there already."""
    flask.config.update(
        COMPRESS_MIMETYPES=_FILES,
        COMPRESS_ALGORITHM_STREAMING=["br", "zstd", "deflate"],
        # Of those that a browser has already, it hears so again.
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=[
            name for name in flask.view_functions if name.rpartition(".")[2] == "static"
        ],
    )
    Compress(flask)

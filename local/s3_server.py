"""The embedded S3 server: `python -m local.s3_server --port N --folder F`.

moto answers the requests; in front of it signatures are really checked, behind it every change is
put on disk before it is answered. The one pair of keys comes from S3_ACCESS_KEY_ID and
S3_SECRET_ACCESS_KEY in the environment.
"""

from __future__ import annotations

import argparse
import logging
import os
import resource
import secrets
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.core.model_instances import model_data
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app
from moto.s3.models import FakeBucket, s3_backends
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from local.s3_journal import Journal
from local.s3_record import Kind, Record, is_change, started_upload
from local.s3_request import S3RefusalError, S3Request, S3Response
from local.s3_signature import AccessKey, verified

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

logger = logging.getLogger(__name__)


class DurableMoto:
    """moto's S3 with a journal: what it has answered is still there after a crash.

    One request at a time: moto's store is not made for threads, and a change must be played back
    in the order in which it happened.
    """

    def __init__(self, folder: Path) -> None:
        self._moto = create_backend_app("s3")
        # Outside debugging an error inside moto becomes an answer of 500, and no more than that.
        self._moto.debug = False
        _forget_instances()
        self._journal = Journal(folder)
        self._turn = threading.Lock()
        for record, body in self._journal.load():
            self._play_back(record, body)

    def answer(self, request: S3Request) -> S3Response:
        """Answer a request whose signature was checked; a change is on disk when this returns."""
        with self._turn:
            if not is_change(request):
                return self._ask_moto(request)
            seed, at = secrets.randbits(64), datetime.now(UTC).isoformat()
            mock_random.seed(seed)
            response = self._ask_moto(request)
            if response.status < HTTPStatus.MULTIPLE_CHOICES:
                self._journal.append(request, response, seed, at)
            return response

    def _ask_moto(self, request: S3Request) -> S3Response:
        host = request.header("Host") or "127.0.0.1"
        query = f"?{request.query}" if request.query else ""
        url = f"http://{host}{request.path}{query}"
        environ = Request.from_primitives(
            request.method, url, dict(request.headers), request.body
        ).environ
        chunks, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        return S3Response(int(status.split()[0]), tuple(headers.items()), b"".join(chunks))

    def _play_back(self, record: Record, body: bytes) -> None:
        mock_random.seed(record.seed)
        response = self._ask_moto(record.request(body))
        if response.status >= HTTPStatus.MULTIPLE_CHOICES:
            logger.warning("change %d cannot be repeated: %d", record.sequence, response.status)
            return
        bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(record.bucket)
        if bucket is not None and record.key:
            _restore_time(bucket, record)
            _restore_upload(bucket, record, started_upload(response))


def _forget_instances() -> None:
    """Let moto's objects go when nothing uses them.

    moto remembers every object of its models for a reset that never comes here, even the copies it
    makes of all versions to list them: each listing would keep the bucket in memory once more, and
    a file open for each large object, until none can be opened and every listing fails.
    """
    for model in model_data["s3"].values():
        setattr(model, "instances_tracked", deque(maxlen=0))  # noqa: B010 (typed as object)


def _restore_time(bucket: FakeBucket, record: Record) -> None:
    if record.kind not in (Kind.WRITE, Kind.COMPLETE):
        return
    for stored in bucket.keys.getlist(record.key, []):
        if record.version in (None, stored.version_id):
            stored.last_modified = datetime.fromisoformat(record.at).replace(tzinfo=None)


def _restore_upload(bucket: FakeBucket, record: Record, started: str | None) -> None:
    """Give an upload in parts its old identifier; moto draws that one from the system."""
    if record.upload and started and started in bucket.multiparts:
        upload = bucket.multiparts.pop(started)
        upload.id = record.upload
        bucket.multiparts[record.upload] = upload


class SignedS3:
    """The WSGI application: checks each request's signature and hands it on."""

    def __init__(self, store: DurableMoto, key: AccessKey, now: Callable[[], datetime]) -> None:
        self._store = store
        self._key = key
        self._now = now

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = _read(environ)
        try:
            response = self._store.answer(verified(request, self._key, self._now()))
        except S3RefusalError as refusal:
            response = refusal.response(request.path)
        status = HTTPStatus(response.status)
        start_response(f"{status.value} {status.phrase}", list(response.headers))
        return [] if request.method == "HEAD" else [response.body]


def _read(environ: dict[str, Any]) -> S3Request:
    request = Request(environ)
    path, _, query = str(environ["REQUEST_URI"]).partition("?")
    if environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read()
    else:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return S3Request(request.method, path, query, tuple(request.headers.items()), body)


class _QuietHandler(MotoRequestHandler):
    """Keeps request lines, which hold links that open recordings, out of the log."""

    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until terminated; exits with a message when the keys are missing."""
    parser = argparse.ArgumentParser(prog="python -m local.s3_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        key = AccessKey(os.environ["S3_ACCESS_KEY_ID"], os.environ["S3_SECRET_ACCESS_KEY"])
    except KeyError as missing:
        sys.exit(f"the S3 server needs {missing.args[0]} in its environment")
    _choose_memory()
    application = SignedS3(DurableMoto(options.folder), key, lambda: datetime.now(UTC))
    server = make_server(
        "127.0.0.1", options.port, application, threaded=True, request_handler=_QuietHandler
    )
    server.serve_forever()


def _choose_memory() -> None:
    """Let moto keep large objects in temporary files where enough files may be open.

    moto holds one open file for each such object, so where few may be open all stay in memory.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    many = most == resource.RLIM_INFINITY or most >= 16_384
    os.environ["MOTO_S3_DEFAULT_KEY_BUFFER_SIZE"] = str(262_144 if many else 16_777_216)


if __name__ == "__main__":
    main()

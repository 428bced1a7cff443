"""gunicorn's settings: threads, for the live pages hold a connection each.

`preload_app` stays off: a MongoDB client does not survive a fork.
"""

import ctypes
import gc
import os
import shutil
import signal
import tempfile

from app.serving import DRAIN_SECONDS, PatientWorker

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = PatientWorker
# Two, so that a webhook finds a free processor while a page is rendered.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 32
# A worker whose main thread says nothing for so long is killed; requests may take longer.
timeout = 30
# From the signal to the end, for requests under way: the longest may take a while to arrive.
graceful_timeout = int(DRAIN_SECONDS) + 20
keepalive = 15
max_requests = 0
# The application writes its own line for each request: see app/web/access_log.py.
accesslog = None
errorlog = "-"
# What a request's head may hold. Bodies are bounded by the application.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# What proxies say is believed as TRUSTED_PROXIES tells, and nowhere else.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# One file for every gunicorn of a user: two installations on a machine would fight over it.
control_socket_disable = True

# Where all processes count their requests together (see app/web/request_figures.py): set before a
# worker loads prometheus_client. Whoever sets it elsewhere empties that folder before each start.
_COUNTED = "PROMETHEUS_MULTIPROC_DIR"
_ours = None if _COUNTED in os.environ else tempfile.mkdtemp(prefix="delauto-metrics-")
if _ours:
    os.environ[_COUNTED] = _ours


def on_exit(_server: object) -> None:
    """Leave nothing behind."""
    if _ours:
        shutil.rmtree(_ours, ignore_errors=True)


def post_fork(_server: object, _worker: object) -> None:
    """Let a worker die with its master: the kernel tells only the master of its parent's death."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def post_worker_init(_worker: object) -> None:
    """Leave what was loaded out of garbage collection, which looks through it for 0.1 seconds."""
    gc.collect()
    gc.freeze()

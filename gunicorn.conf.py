"""gunicorn's settings: threads, for the live pages hold a connection each.

`preload_app` stays off: a MongoDB client does not survive a fork.
"""

import ctypes
import gc
import os
import signal

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
# Two, so that a webhook finds a free processor while a page is rendered.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 32
timeout = 30
graceful_timeout = 5
keepalive = 15
max_requests = 0
accesslog = None
errorlog = "-"
# One file for every gunicorn of a user: two installations on a machine would fight over it.
control_socket_disable = True


def post_fork(_server: object, _worker: object) -> None:
    """Let a worker die with its master: the kernel tells only the master of its parent's death."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def post_worker_init(_worker: object) -> None:
    """Leave what was loaded out of garbage collection, which looks through it for 0.1 seconds."""
    gc.collect()
    gc.freeze()

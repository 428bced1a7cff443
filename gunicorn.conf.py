"""gunicorn's settings: threads, for the live pages hold a connection each.

`preload_app` stays off: a MongoDB client does not survive a fork.
"""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 1
threads = 32
timeout = 30
graceful_timeout = 5
keepalive = 15
max_requests = 0
accesslog = None
errorlog = "-"
# One file for every gunicorn of a user: two installations on a machine would fight over it.
control_socket_disable = True

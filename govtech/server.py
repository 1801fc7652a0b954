"""How gunicorn runs the portal, everywhere: `gunicorn --config=python:govtech.server govtech.wsgi:application`.

Threads wait for the database while others work; processes use the machine's cores. Each thread holds at most one
connection of its process's pool. The application is loaded in each worker, never before the fork: connection pools and
the library that makes PDFs don't survive one.
"""

import ctypes
import os

# One heap for each pair of threads at most: glibc would give each its own, and they never shrink (20 MB of a worker).
M_ARENA_MAX = -8
if hasattr(libc := ctypes.CDLL(None), "mallopt"):
    libc.mallopt(M_ARENA_MAX, 2)

worker_class = "govtech.connections.Worker"  # threads that wait for no sender
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
preload_app = False
keepalive = 5
graceful_timeout = 20
control_socket_disable = True

"""How gunicorn serves the site; environment variables are explained in .env.example."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omvee.settings")

from omvee import settings

wsgi_app = "omvee.wsgi:application"
chdir = str(Path(__file__).resolve().parent.parent)
_host = settings.OMVEE_BIND
bind = f"[{_host}]:{settings.PORT}" if ":" in _host else f"{_host}:{settings.PORT}"
# Threads, because a download or a seek holds its slot for long; two processes, because one may be recycled.
worker_class = "gthread"
workers = settings.OMVEE_WEB_PROCESSES
threads = settings.OMVEE_WEB_THREADS
timeout = 120
graceful_timeout = int(os.environ.get("OMVEE_GRACEFUL_S", "30"))
keepalive = 5
max_requests = 2000
max_requests_jitter = 200
# A heartbeat file on a slow disk looks like a hung worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
# The site writes one line per request itself, with its context and without query strings.
accesslog = None
# Its control socket is one fixed file per user: two studios on one machine would fight for it.
control_socket_disable = True
logconfig_dict = {**settings.LOGGING, "loggers": {**settings.LOGGING["loggers"]}}
logconfig_dict["loggers"] |= {
    "gunicorn.error": {
        "handlers": [],
        "level": "INFO" if settings.OMVEE_LOG == "json" else "WARNING",  # a person has read enough by then
        "propagate": True,
    },
    "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
}

"""Settings of the test suite: the site's own, in a private folder, with nothing from this machine's environment.

A worker started by a test uses `omvee.settings` itself, with the environment of the `studio_env` fixture.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
FOLDER = Path(tempfile.mkdtemp(prefix=f"omvee-tests-{_WORKER}-"))
_OWNER = os.getpid()


def _remove_folder() -> None:
    if os.getpid() == _OWNER:  # a forked child must not take it away
        shutil.rmtree(FOLDER, ignore_errors=True)


atexit.register(_remove_folder)

# No test but those in tests/live may reach a vendor with a real key, and those only when asked for.
_VENDORS = ("REPLICATE_", "OPENAI_", "OPENROUTER_")
LIVE_KEYS = {name: value for name, value in os.environ.items() if name.startswith(_VENDORS)}
LIVE = os.environ.get("OMVEE_LIVE") == "1"

for _name in [name for name in os.environ if name.startswith(("OMVEE_", "AWS_", *_VENDORS))]:
    if _name not in {"OMVEE_REQUIRE_SERVICES", "OMVEE_CONTRACTS"}:
        del os.environ[_name]
for _name in ("BUCKET_NAME", "REDIS_URL", "EMAIL_URL", "PORT"):
    os.environ.pop(_name, None)
os.environ.update(
    DATA_DIR=str(FOLDER / "data"),
    OMVEE_ENV_FILE=os.devnull,
    SECRET_KEY="only-for-tests-" + "x" * 50,
)

from omvee.settings import *  # noqa: E402, F403
from omvee.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = FOLDER / "static"
STATIC_ROOT.mkdir()
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
LOGGING_CONFIG = None  # pytest shows what was logged; a second copy on standard error would only be noise
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, so that real worker processes can open it.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # a thread of a test leaves no connection that would block the clean-up

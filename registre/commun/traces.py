"""Traces techniques : une ligne JSON par événement, en temps universel."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

# Here and not in the journal: logging is set up before the models exist.
demande_en_cours: ContextVar[str] = ContextVar("demande_en_cours", default="")


class Json(logging.Formatter):
    """Écrit chaque trace sur une seule ligne, quels que soient les caractères du message."""

    def format(self, record: logging.LogRecord) -> str:
        ligne = {
            "le": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "niveau": record.levelname,
            "source": record.name,
            "message": record.getMessage(),
            "demande": demande_en_cours.get(),
        }
        if record.exc_info:
            ligne["exception"] = self.formatException(record.exc_info)
        return json.dumps(ligne, ensure_ascii=True)

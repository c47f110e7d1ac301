"""Traces techniques : une ligne JSON par événement, en temps universel."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from registre.commun.journal import demande_en_cours


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

"""Traces techniques : une ligne JSON par événement, en temps universel, sans secret ni adresse de messagerie."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

# Here and not in the journal: logging is set up before the models exist.
demande_en_cours: ContextVar[str] = ContextVar("demande_en_cours", default="")

# A database error quotes the row it refused, a refused request quotes its path.
MASQUES = (
    (re.compile(r"[\w.+'’-]+@[\w-]+(\.[\w-]+)+"), "<adresse de messagerie>"),
    (re.compile(r"(/compte/lien/[\w-]+/)[\w-]+"), r"\1<jeton>"),
    (re.compile(r"(/telephone/)[\w-]{10,}"), r"\1<jeton>"),
)


class Json(logging.Formatter):
    """Écrit chaque trace sur une seule ligne, quels que soient les caractères du message."""

    def format(self, record: logging.LogRecord) -> str:
        ligne = {
            "le": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "niveau": record.levelname,
            "source": record.name,
            "message": masque(record.getMessage()),
            "demande": _demande(record),
        }
        if record.exc_info:
            ligne["exception"] = masque(self.formatException(record.exc_info))
        return json.dumps(ligne, ensure_ascii=True)


def _demande(record: logging.LogRecord) -> str:
    """Django traces a refused request after our middleware has let it go: the record then carries the request."""
    return getattr(getattr(record, "request", None), "identifiant", None) or demande_en_cours.get()


def masque(texte: str) -> str:
    """Le texte sans adresse de messagerie ni jeton de lien."""
    for motif, remplacement in MASQUES:
        texte = motif.sub(remplacement, texte)
    return texte

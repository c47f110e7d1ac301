"""L’identifiant de la demande HTTP en cours, pour le journal et les traces. Sans modèle : lu dès les réglages."""

from contextvars import ContextVar

demande_en_cours: ContextVar[str] = ContextVar("demande_en_cours", default="")

"""Le document : ce que le service met à la disposition du candidat, figé le jour où il paraît."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from registre.commun.models import reference_aleatoire
from registre.documents.empreinte import empreinte

CONFIRMATION = "confirmation-inscription"


class Document(models.Model):
    """Un document remis à un compte. Son ``contenu`` ne change plus : réimprimé plus tard, c’est le même.

    Il porte des numéros et des textes, et ne connaît aucun modèle au-dessus de lui. ``genre`` est un code
    (« confirmation-inscription ») ; ``version`` est vide pour un document qui n’en a pas.
    """

    reference = models.UUIDField(unique=True, default=reference_aleatoire, editable=False)
    compte = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="documents")
    genre = models.CharField(max_length=40)
    titre = models.CharField(max_length=200)
    candidature = models.CharField("numéro d’inscription", max_length=30)
    academie = models.CharField(max_length=40)
    session = models.PositiveSmallIntegerField()
    examen = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(null=True)
    contenu = models.JSONField()
    empreinte = models.CharField("SHA-256 du contenu, en hexadécimal", max_length=64)
    emis_le = models.DateTimeField("temps du registre")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidature", "genre", "version"], name="document_une_fois_par_version")
        ]
        indexes = [models.Index(fields=["compte", "candidature", "emis_le"])]

    def __str__(self) -> str:
        return f"{self.titre} {self.candidature}"

    @property
    def intact(self) -> bool:
        """Vrai si le contenu est toujours celui qui a été émis."""
        return empreinte(self.contenu) == self.empreinte

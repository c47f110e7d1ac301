"""Le compte : une personne, son identité, son rôle."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class GestionnaireDeComptes(BaseUserManager["Compte"]):
    def create_user(self, email: str, password: str | None = None, **champs: Any) -> Compte:
        compte = self.model(email=email, **champs)
        compte.set_password(password)
        compte.save(using=self._db)
        return compte


class Compte(AbstractBaseUser):
    """Une personne qui se connecte ; ``email`` est l’identifiant, déjà normalisé (NFKC, casse repliée).

    L’état civil est celui de la pièce d’identité (``compte.etat-civil-piece-identite``). ``academie`` est
    vide pour un candidat.
    """

    class Role(models.TextChoices):
        CANDIDAT = "candidat", "candidat"
        GESTIONNAIRE = "gestionnaire", "gestionnaire"
        ADMINISTRATEUR = "administrateur", "administrateur"

    email = models.EmailField("adresse mail", max_length=254, unique=True)
    role = models.CharField(max_length=14, choices=Role.choices, default=Role.CANDIDAT)
    referent_handicap = models.BooleanField(default=False)
    academie = models.CharField(max_length=40, blank=True)

    civilite = models.CharField("civilité", max_length=10, blank=True)
    nom_de_famille = models.CharField("nom de famille", max_length=100, blank=True)
    nom_usage = models.CharField("nom d’usage", max_length=100, blank=True)
    prenoms = models.CharField("prénoms", max_length=200, blank=True)
    date_de_naissance = models.DateField("date de naissance", null=True)
    pays_de_naissance = models.CharField("pays de naissance (code ISO)", max_length=2, blank=True)

    is_active = models.BooleanField("compte utilisable", default=True)
    cree_le = models.DateTimeField("temps du registre")
    active_le = models.DateTimeField("adresse vérifiée, temps du registre", null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = GestionnaireDeComptes()

    def __str__(self) -> str:
        return f"compte {self.pk}"

    @property
    def est_candidat(self) -> bool:
        return self.role == self.Role.CANDIDAT

    @property
    def est_gestionnaire(self) -> bool:
        return self.role in (self.Role.GESTIONNAIRE, self.Role.ADMINISTRATEUR)

    @property
    def nom_complet(self) -> str:
        return f"{self.prenoms} {self.nom_de_famille}".strip()

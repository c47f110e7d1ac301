"""Ce que toutes les parties partagent : le journal, la boîte d’envoi, l’horloge de démonstration."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Evenement(models.Model):
    """Une ligne du journal : un acte, écrit dans la même transaction que lui, jamais modifié ensuite."""

    le = models.DateTimeField("instant de l’acte, temps du registre")
    ecrit_le = models.DateTimeField("instant réel d’écriture", auto_now_add=True)
    acte = models.CharField(max_length=60)
    acteur = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    objet = models.CharField("ce que l’acte touche, par exemple candidature:2026-000123-K", max_length=120)
    details = models.JSONField(default=dict)
    demande = models.CharField("identifiant de la demande HTTP", max_length=36, blank=True)

    class Meta:
        indexes = [models.Index(fields=["objet", "id"])]

    def __str__(self) -> str:
        return f"{self.acte} {self.objet}"


class Courriel(models.Model):
    """Un courriel à envoyer, ou envoyé : la boîte d’envoi est aussi la file et le registre des envois.

    ``cle`` rend l’écriture idempotente : deux demandes pour le même fait ne font qu’un courriel.
    Le bail et les essais sont sur l’heure réelle.
    """

    class Etat(models.TextChoices):
        A_ENVOYER = "a_envoyer", "à envoyer"
        ENVOYE = "envoye", "envoyé"
        ABANDONNE = "abandonne", "non distribué"

    cle = models.CharField(max_length=120, unique=True)
    compte = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="courriels")
    destinataire = models.EmailField(max_length=254)
    sujet = models.CharField(max_length=200)
    texte = models.TextField()
    html = models.TextField()
    message_id = models.CharField(max_length=120, unique=True)
    etat = models.CharField(max_length=10, choices=Etat.choices, default=Etat.A_ENVOYER)
    redige_le = models.DateTimeField("temps du registre")
    tentatives = models.PositiveSmallIntegerField(default=0)
    prochain_essai_le = models.DateTimeField("heure réelle")
    bail_jusqu_a = models.DateTimeField(null=True, blank=True)
    envoye_le = models.DateTimeField(null=True, blank=True)
    erreur = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["etat", "prochain_essai_le"])]

    def __str__(self) -> str:
        return f"{self.sujet} ({self.get_etat_display()})"


class DecalageHorloge(models.Model):
    """Décalage de l’horloge de démonstration : une ligne au plus."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    secondes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.secondes} s"


def reference_aleatoire() -> uuid.UUID:
    """Référence publique imprévisible (122 bits de hasard)."""
    return uuid.uuid4()

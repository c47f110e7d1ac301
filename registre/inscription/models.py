"""La candidature : son brouillon, ses versions enregistrées, ce qui est gardé à part."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ParCadre(models.Model):
    """Ce qui appartient à une personne, pour une session d’un examen dans une académie."""

    compte = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    academie = models.CharField(max_length=40)
    session = models.PositiveSmallIntegerField()
    examen = models.CharField(max_length=20)

    class Meta:
        abstract = True

    @property
    def cle(self) -> tuple[str, int, str]:
        return (self.academie, self.session, self.examen)


class Brouillon(ParCadre):
    """Ce que le candidat a tapé, tel quel, valide ou non (ADR 0002).

    ``saisies`` : étape -> champ -> texte ou liste de textes. ``revisions`` : étape -> numéro de la dernière
    écriture, pour voir deux onglets se croiser.
    """

    saisies = models.JSONField(default=dict)
    revisions = models.JSONField(default=dict)
    quittees = models.JSONField("étapes quittées une fois : leurs manques se montrent", default=list)
    forme_enregistree = models.CharField("définitive, même après un retrait (L-34)", max_length=12, blank=True)
    handicap_repondu = models.BooleanField("la rubrique Handicap a une réponse, gardée ailleurs", default=False)
    candidature = models.OneToOneField(
        "Candidature", null=True, blank=True, on_delete=models.PROTECT, related_name="brouillon"
    )
    modifie_le = models.DateTimeField("temps du registre")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compte", "academie", "session", "examen"], name="un_brouillon_par_cadre")
        ]

    def __str__(self) -> str:
        return f"brouillon {self.pk}"


class ReponseHandicap(ParCadre):
    """La réponse à la rubrique « Handicap », chiffrée, seule dans sa table (L-68).

    Lue par le candidat lui-même et par le référent handicap ; jamais dans un brouillon, une version, un
    document, une liste ou une trace.
    """

    chiffre = models.BinaryField("« oui » ou « non », chiffré")
    modifiee_le = models.DateTimeField("temps du registre")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compte", "academie", "session", "examen"], name="une_reponse_par_cadre")
        ]
        permissions = [("lire_reponse_handicap", "Lire la réponse à la rubrique Handicap")]

    def __str__(self) -> str:
        return f"réponse {self.pk}"


class Candidature(ParCadre):
    """Une candidature prise en compte : elle a un numéro d’inscription, pour toujours."""

    class Etat(models.TextChoices):
        ENREGISTREE = "enregistree", "enregistrée"
        RETIREE = "retiree", "retirée par le candidat"

    # Null for the instant between the insertion, which gives the sequence, and the number made from it.
    numero = models.CharField("numéro d’inscription", max_length=20, unique=True, null=True)  # noqa: DJ001
    etat = models.CharField(max_length=12, choices=Etat.choices, default=Etat.ENREGISTREE)
    enregistree_le = models.DateTimeField("premier enregistrement, temps du registre")
    retiree_le = models.DateTimeField(null=True, blank=True)
    derniere_version = models.PositiveSmallIntegerField(default=0)
    specialite = models.CharField("slug de la dernière version", max_length=100)
    forme_de_passage = models.CharField("définitive dès le premier enregistrement (L-34)", max_length=12)
    empreinte_visible = models.CharField("empreinte de ce que la dernière version montre", max_length=64)

    class Meta:
        constraints = [
            # L-49: one active candidature a person, exam and session, whatever the académie.
            models.UniqueConstraint(
                fields=["compte", "session", "examen"],
                condition=Q(etat="enregistree"),
                name="une_candidature_active",
            )
        ]
        indexes = [models.Index(fields=["academie", "id"])]  # the lists of the office

    def __str__(self) -> str:
        return self.numero or f"candidature {self.pk}"


class VersionDeCandidature(models.Model):
    """Un enregistrement : son contenu figé et l’empreinte SHA-256 de ce contenu. Jamais modifié."""

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="versions")
    numero = models.PositiveSmallIntegerField()
    contenu = models.JSONField()
    empreinte = models.CharField(max_length=64)
    enregistree_le = models.DateTimeField("arrivée de la demande, temps du registre")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidature", "numero"], name="versions_numerotees")]

    def __str__(self) -> str:
        return f"{self.candidature} version {self.numero}"


class ReponseConsentement(models.Model):
    """Une réponse à une question de diffusion : oui, non ou sans réponse, avec sa date et son auteur (L-45)."""

    version = models.ForeignKey(VersionDeCandidature, on_delete=models.PROTECT, related_name="consentements")
    code = models.CharField(max_length=40)
    reponse = models.CharField(max_length=3, blank=True)
    le = models.DateTimeField("temps du registre")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="une_reponse_par_version")]

    def __str__(self) -> str:
        return f"{self.version} {self.code}"


class MotCherche(models.Model):
    """Un mot des noms de la personne, sans accent ni particule : ce par quoi le service la trouve.

    Écrit au premier enregistrement, qui fige l’état civil (R120). Voir ``registre.regles.recherche.mots_cherches``.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.CASCADE, related_name="mots")
    mot = models.CharField(max_length=60, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidature", "mot"], name="un_mot_une_fois")]

    def __str__(self) -> str:
        return f"{self.candidature} {self.mot}"


class PieceDemandee(models.Model):
    """Une pièce que la dernière version demande. Gardé pour compter et filtrer des listes entières.

    La page d’un dossier n’en dépend pas : elle relit la règle. ``manage.py recalculer_pieces`` refait ces lignes
    quand les paramètres de la session changent.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.CASCADE, related_name="demandees")
    cle = models.CharField("clé de la pièce", max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidature", "cle"], name="une_demande_par_piece")]

    def __str__(self) -> str:
        return f"{self.candidature} {self.cle}"


class DecisionDAcquis(models.Model):
    """Ce que le service a décidé d’une demande d’acquis, ou accordé de lui-même. Jamais modifiée ni effacée.

    La dernière sur une même demande l’emporte. Elle ne change aucune version : elle se lit à côté (ADR 0014).
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="decisions_d_acquis")
    octroi = models.CharField("ce qu’une lecture laisse au service ; vide pour une demande", max_length=20, blank=True)
    demande = models.JSONField("la ligne décidée, telle que les règles la lisent")
    accordee = models.BooleanField()
    motif = models.TextField("dit au candidat")
    version = models.PositiveSmallIntegerField("dernière version au moment de décider")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("temps du registre")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(motif=""), name="une_decision_a_un_motif"),
        ]

    def __str__(self) -> str:
        return f"{self.candidature} décision {self.pk}"


class ReleveAnterieur(ParCadre):
    """Le relevé de notes d’une session passée, chargé par le service ; un seul par personne, session et examen.

    Il ne change que par une correction qui le remplace en entier, écrite au journal (``usecases/record_releve.py``).
    ``academie`` est celle où la personne a passé l’examen.
    """

    specialite = models.CharField("slug de la spécialité présentée", max_length=100)
    forme_de_passage = models.CharField(max_length=12)
    resultat = models.CharField(max_length=12)
    enregistre_le = models.DateTimeField("dernière écriture, temps du registre")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compte", "session", "examen"], name="un_releve_par_session"),
        ]

    def __str__(self) -> str:
        return f"relevé {self.pk}"


class LigneDeReleve(models.Model):
    """Une unité d’un relevé antérieur : son état et, si elle a été notée, sa note."""

    releve = models.ForeignKey(ReleveAnterieur, on_delete=models.CASCADE, related_name="lignes")
    unite = models.CharField("code de l’unité, vide s’il n’est pas connu", max_length=60, blank=True)
    matiere = models.CharField("code de la matière, vide pour une unité professionnelle", max_length=60, blank=True)
    etat = models.CharField(max_length=14)
    note = models.DecimalField("sur 20", max_digits=4, decimal_places=2, null=True)
    langue = models.CharField("code de la langue d’une langue vivante", max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["releve", "unite", "matiere"], name="une_ligne_par_unite"),
            models.CheckConstraint(
                condition=Q(note__isnull=True) | Q(note__gte=0, note__lte=20), name="une_note_de_0_a_20"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.releve} {self.unite or self.matiere}"

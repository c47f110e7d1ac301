"""Les pièces d’une candidature : leurs fichiers, ce que le service en a décidé, les fenêtres rouvertes."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from registre.commun.models import reference_aleatoire
from registre.inscription.models import Candidature


class PieceJustificative(models.Model):
    """Une pièce d’une candidature, telle qu’elle est maintenant. ``cle`` est celle des paramètres.

    ``revision`` augmente à chaque acte du candidat ou du service : qui décide d’après une page plus ancienne est
    arrêté. ``envoyee_le`` : « J’ai fourni toutes mes pièces » a été cliqué pour elle ; vide, l’envoi est à faire.
    Une pièce dont tous les fichiers sont supprimés garde sa ligne, à l’état « aucune ».
    """

    class Etat(models.TextChoices):
        AUCUNE = "aucune", "à déposer"
        DECLAREE = "declaree", "Non concerné, déclaré"
        DEPOSEE = "deposee", "déposée"
        RECUE = "recue", "Reçue"
        NON_CONFORME = "non_conforme", "Non conforme"
        CONFORME = "conforme", "Conforme"

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="pieces")
    cle = models.CharField(max_length=40)
    etat = models.CharField(max_length=12, choices=Etat.choices, default=Etat.AUCUNE)
    revision = models.PositiveIntegerField(default=0)
    deposee_le = models.DateTimeField("dernier fichier déposé, temps du registre", null=True, blank=True)
    envoyee_le = models.DateTimeField("temps du registre", null=True, blank=True)
    recue_le = models.DateField("jour de réception dit par le service", null=True, blank=True)
    decidee_le = models.DateTimeField("dernier acte du service, temps du registre", null=True, blank=True)
    validee_le = models.DateTimeField("déclarée conforme, temps du registre (L-67)", null=True, blank=True)
    commentaire = models.TextField("dit au candidat", blank=True)
    non_concerne_le = models.DateTimeField("déclaré sur l’honneur, temps du registre", null=True, blank=True)
    non_concerne_dit = models.CharField("pourquoi, dit par le candidat", max_length=300, blank=True)
    non_concerne_accepte_le = models.DateTimeField("accepté par le service, temps du registre", null=True, blank=True)
    version_au_depot = models.PositiveSmallIntegerField("dernière version au moment du dépôt", null=True, blank=True)
    version_signee = models.PositiveSmallIntegerField("lue dans le code du récapitulatif", null=True, blank=True)
    reservee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reservee_jusqu_a = models.DateTimeField("heure réelle", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidature", "cle"], name="une_piece_par_cle")]
        indexes = [models.Index(fields=["etat", "envoyee_le"])]

    def __str__(self) -> str:
        return f"{self.candidature} {self.cle}"


class FichierDepose(models.Model):
    """Un fichier envoyé par le candidat, et ce que le site en a tiré. Les octets sont dans le coffre, chiffrés.

    ``empreinte`` est celle de ce qui a été envoyé, au bit près. ``pages`` : une image par page, dans l’ordre, chacune
    ``{"cle", "largeur", "hauteur"}``. ``remplace_le`` : un nouveau dépôt a pris sa place après une décision ; le
    fichier reste, pour que la décision montre toujours ce qu’elle a jugé. ``avis`` : ce que l’examen de ses pages
    signale, chacun ``{"page", "code", "niveau"}`` ; ``garde_malgre`` : pourquoi le candidat l’envoie quand même.
    ``prepare`` : fait par le site, d’un assemblage. ``analyse`` : la réponse de l’antivirus ; « sans objet » quand le
    site n’en a pas.
    """

    class Analyse(models.TextChoices):
        SANS_OBJET = "sans_objet", "sans antivirus"
        EN_ATTENTE = "en_attente", "analyse en cours"
        SAINE = "saine", "analysé"
        INFECTEE = "infectee", "rejeté par l’analyse"

    piece = models.ForeignKey(PieceJustificative, on_delete=models.PROTECT, related_name="fichiers")
    reference = models.UUIDField(unique=True, default=reference_aleatoire, editable=False)
    rang = models.PositiveSmallIntegerField()
    nom = models.CharField("nom envoyé, nettoyé, pour l’affichage seul", max_length=100)
    format = models.CharField("pdf ou jpeg", max_length=4)
    taille = models.PositiveIntegerField("octets envoyés")
    place = models.PositiveBigIntegerField("octets gardés au coffre : l’original, la copie, les pages")
    empreinte = models.CharField("SHA-256 de ce qui a été envoyé", max_length=64)
    original = models.CharField("clé de coffre", max_length=40)
    copie = models.CharField("clé de coffre de la copie nettoyée", max_length=40)
    pages = models.JSONField(default=list)
    version_lue = models.PositiveSmallIntegerField("lue dans le code de ses pages", null=True, blank=True)
    depose_le = models.DateTimeField("arrivée de la demande, temps du registre")
    remplace_le = models.DateTimeField("temps du registre", null=True, blank=True)
    avis = models.JSONField("ce que l’examen des pages signale", default=list)
    garde_malgre = models.CharField("pourquoi le candidat l’envoie malgré les avis", max_length=300, blank=True)
    prepare = models.BooleanField("fait par le site d’un assemblage", default=False)
    analyse = models.CharField("antivirus", max_length=10, choices=Analyse.choices, default=Analyse.SANS_OBJET)
    analyse_depuis = models.DateTimeField("mis dans la file, heure réelle", null=True, blank=True)
    analyse_reprise_le = models.DateTimeField("à personne d’autre avant, heure réelle", null=True, blank=True)
    analysee_le = models.DateTimeField("heure réelle", null=True, blank=True)

    class Meta:
        ordering = ["rang", "pk"]
        indexes = [
            models.Index(fields=["piece", "remplace_le", "rang"]),
            models.Index(fields=["id"], condition=models.Q(analyse="en_attente"), name="fichiers_a_analyser"),
        ]

    def __str__(self) -> str:
        return f"{self.piece} {self.nom}"

    @property
    def cles(self) -> list[str]:
        """Toutes ses clés de coffre."""
        return [self.original, self.copie, *(page["cle"] for page in self.pages)]


class DecisionDePiece(models.Model):
    """Un acte du service sur une pièce, et les fichiers exacts qu’il a jugés. Jamais modifié."""

    piece = models.ForeignKey(PieceJustificative, on_delete=models.PROTECT, related_name="decisions")
    etat = models.CharField(max_length=12, choices=PieceJustificative.Etat.choices)
    recue_le = models.DateField(null=True, blank=True)
    raison = models.CharField("code de la raison choisie", max_length=40, blank=True)
    commentaire = models.TextField(blank=True)
    fichiers = models.JSONField("références et empreintes des fichiers jugés", default=list)
    version = models.PositiveSmallIntegerField("dernière version de la candidature à cet instant")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("temps du registre")

    def __str__(self) -> str:
        return f"{self.piece} {self.etat}"


class FenetreRouverte(models.Model):
    """Une fenêtre de dépôt donnée par le service à une candidature, pour une pièce, avec fin et motif (L-08)."""

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="fenetres")
    cle = models.CharField("clé de la pièce", max_length=40)
    ouvre_le = models.DateTimeField("temps du registre")
    ferme_le = models.DateTimeField("exclue, temps du registre")
    motif = models.CharField(max_length=300)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.candidature} {self.cle} jusqu’au {self.ferme_le}"


class DemandeDuService(models.Model):
    """Une pièce demandée plus tard par le service, pour une candidature. Jamais effacée : retirée.

    ``cle`` tient lieu de clé de pièce : la ``PieceJustificative`` de même clé porte ce qui est déposé. ``modele`` : la
    pièce de la session dont elle est une autre demande. ``non_concerne`` : le candidat peut déclarer qu’elle ne le
    concerne pas (L-71).
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="demandes")
    cle = models.SlugField("clé de la pièce, unique par candidature", max_length=40)
    libelle = models.CharField(max_length=120)
    raison = models.CharField("dite au candidat", max_length=300)
    echeance = models.DateTimeField("exclue, temps du registre")
    bloquante = models.BooleanField(default=False)
    modele = models.CharField("clé d’une pièce de la session, ou vide", max_length=40, blank=True)
    non_concerne = models.BooleanField("elle peut ne pas le concerner", default=False)
    retiree_le = models.DateTimeField("temps du registre", null=True, blank=True)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("temps du registre")

    class Meta:
        ordering = ["le", "pk"]
        constraints = [models.UniqueConstraint(fields=["candidature", "cle"], name="une_demande_par_cle")]

    def __str__(self) -> str:
        return f"{self.candidature} {self.libelle}"


class Assemblage(models.Model):
    """Ce qu’un candidat prépare pour une pièce, avant que cela compte : des pages dans un ordre.

    Il devient un seul fichier quand le candidat l’envoie, puis disparaît. Rien n’en compte comme déposé.
    ``remplace`` : la référence du fichier dont il prendra la place. ``resultat`` : ce fichier, tant qu’aucune page n’a
    changé depuis, ``{"cle", "format", "taille", "empreinte", "avis", "pages": [{"cle", "largeur", "hauteur"}]}``.
    """

    PAGES_PAR_ASSEMBLAGE = 20
    OCTETS_PAR_ASSEMBLAGE = 80 * 2**20  # in the vault: all are read together to make the document

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="assemblages")
    cle = models.CharField("clé de la pièce", max_length=40)
    remplace = models.UUIDField(null=True, blank=True)
    resultat = models.JSONField("le fichier à envoyer, déjà fait", null=True, blank=True)
    place_du_resultat = models.PositiveBigIntegerField("octets que son résultat tient au coffre", default=0)
    cree_le = models.DateTimeField("heure réelle", auto_now_add=True)
    modifie_le = models.DateTimeField("heure réelle", auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidature", "cle"], name="un_assemblage_par_piece")]
        indexes = [models.Index(fields=["modifie_le"])]

    def __str__(self) -> str:
        return f"{self.candidature} {self.cle}"

    @property
    def cles_du_resultat(self) -> list[str]:
        """Les clés de coffre de son résultat ; ses pages ont les leurs."""
        if not self.resultat:
            return []
        return [self.resultat["cle"], *(page["cle"] for page in self.resultat["pages"])]


class PageAssemblee(models.Model):
    """Une page d’un assemblage : une image nettoyée, droite, et ce que le candidat en a fait.

    ``rotation`` est ce que le candidat ajoute, en degrés, dans le sens des aiguilles d’une montre. ``avis`` : les
    codes des avis de ``regles.qualite``. ``empreinte`` : ce qui a été envoyé, au bit près ; un PDF préparé donne la
    même à toutes ses pages.
    """

    class Origine(models.TextChoices):
        ORDINATEUR = "ordinateur", "cet appareil"
        TELEPHONE = "telephone", "le téléphone"

    assemblage = models.ForeignKey(Assemblage, on_delete=models.CASCADE, related_name="pages")
    reference = models.UUIDField(unique=True, default=reference_aleatoire, editable=False)
    rang = models.PositiveSmallIntegerField()
    rotation = models.PositiveSmallIntegerField("0, 90, 180 ou 270", default=0)
    cle_image = models.CharField("clé de coffre", max_length=40)
    cle_vignette = models.CharField("clé de coffre", max_length=40)
    largeur = models.PositiveIntegerField("de l’image, en pixels, avant rotation")
    hauteur = models.PositiveIntegerField("de l’image, en pixels, avant rotation")
    avis = models.JSONField("codes", default=list)
    origine = models.CharField(max_length=10, choices=Origine.choices, default=Origine.ORDINATEUR)
    nom = models.CharField("nom envoyé, nettoyé, pour l’affichage seul", max_length=100)
    taille = models.PositiveIntegerField("octets gardés au coffre")
    empreinte = models.CharField("SHA-256 de ce qui a été envoyé", max_length=64)
    ajoutee_le = models.DateTimeField("heure réelle", auto_now_add=True)

    class Meta:
        ordering = ["rang", "pk"]

    def __str__(self) -> str:
        return f"{self.assemblage} page {self.rang}"

    @property
    def cles(self) -> list[str]:
        """Toutes ses clés de coffre."""
        return [self.cle_image, self.cle_vignette]


class Passerelle(models.Model):
    """Le lien de courte durée par lequel un téléphone ajoute des pages à un assemblage, et à lui seul.

    Ni le jeton ni le code ne sont gardés : seules leurs empreintes le sont.
    """

    assemblage = models.ForeignKey(Assemblage, on_delete=models.CASCADE, related_name="passerelles")
    secret_empreinte = models.CharField("SHA-256 du jeton", max_length=64, unique=True)
    code_court = models.CharField("empreinte du code à taper", max_length=64, db_index=True)
    cree_le = models.DateTimeField("heure réelle")
    expire_le = models.DateTimeField("heure réelle")
    revoquee_le = models.DateTimeField("heure réelle", null=True, blank=True)
    session_empreinte = models.CharField("marque des sessions du compte à l’ouverture", max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.assemblage} jusqu’au {self.expire_le}"

"""Le compte : une personne, son identité, son rôle ; et ce qui sert à y entrer (liens, essais, saisies gardées)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.crypto import salted_hmac


class GestionnaireDeComptes(BaseUserManager["Compte"]):
    def create_user(self, email: str, password: str | None = None, **champs: Any) -> Compte:
        compte = self.model(email=email, **champs)
        compte.set_password(password)
        compte.save(using=self._db)
        return compte


class Compte(AbstractBaseUser):
    """Une personne qui se connecte ; ``email`` est l’identifiant, déjà normalisé (NFKC, casse repliée).

    L’état civil est celui de la pièce d’identité (``compte.etat-civil-piece-identite``). ``academie`` est
    vide pour un candidat. ``identite_figee_le`` est posée par la première candidature : ensuite, l’état
    civil ne change que par le service (R120). ``facteur`` est tirée au hasard à chaque installation d’un
    :class:`SecondFacteur` : une session du site ne vaut que pour celui qui l’a ouverte.
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
    identite_figee_le = models.DateTimeField("première candidature, temps du registre", null=True, blank=True)
    facteur = models.CharField("marque du second facteur installé, vide sans lui", max_length=32, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = GestionnaireDeComptes()

    def __str__(self) -> str:
        return f"compte {self.pk}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A new password, a new address or another second factor ends every session opened before it (S3)."""
        valeur = f"{self.password}|{self.email}|{self.facteur}"
        return salted_hmac("registre.comptes.session", valeur, secret=secret, algorithm="sha256").hexdigest()

    @property
    def est_candidat(self) -> bool:
        return self.role == self.Role.CANDIDAT

    @property
    def est_gestionnaire(self) -> bool:
        return self.role in (self.Role.GESTIONNAIRE, self.Role.ADMINISTRATEUR)

    @property
    def nom_complet(self) -> str:
        return f"{self.prenoms} {self.nom_de_famille}".strip()


class Lien(models.Model):
    """Un lien envoyé par courriel, à usage unique. Seule l’empreinte du jeton est gardée.

    ``donnees`` : pour une activation, l’état civil et le mot de passe haché de **cette** demande de création ;
    pour un changement d’adresse, la nouvelle adresse. Les instants sont sur l’heure réelle.
    """

    class Usage(models.TextChoices):
        ACTIVATION = "activation", "activer le compte"
        MOT_DE_PASSE = "mot-de-passe", "choisir un nouveau mot de passe"
        ADRESSE = "adresse", "vérifier une nouvelle adresse"

    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="liens")
    usage = models.CharField(max_length=12, choices=Usage.choices)
    empreinte = models.CharField("SHA-256 du jeton", max_length=64, unique=True)
    donnees = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    expire_le = models.DateTimeField("heure réelle")

    def __str__(self) -> str:
        return f"{self.get_usage_display()} ({self.compte})"


class Essai(models.Model):
    """Un essai compté par le frein : une ligne par essai, ``cle`` est une empreinte sans donnée personnelle."""

    cle = models.CharField(max_length=80)
    le = models.DateTimeField("heure réelle")

    class Meta:
        indexes = [models.Index(fields=["cle", "le"])]

    def __str__(self) -> str:
        return f"{self.cle} {self.le}"


class SecondFacteur(models.Model):
    """L’application qui donne les codes à six chiffres d’un compte (TOTP, RFC 6238) ; un par compte.

    ``secret`` est chiffré. ``dernier_pas`` est le numéro de la dernière demi-minute dont un code a servi : un code
    ne sert qu’une fois, et aucun plus ancien ne sert après lui.
    """

    compte = models.OneToOneField(Compte, on_delete=models.CASCADE, related_name="second_facteur")
    secret = models.BinaryField()
    dernier_pas = models.BigIntegerField()
    installe_le = models.DateTimeField("temps du registre")

    def __str__(self) -> str:
        return f"second facteur ({self.compte})"


class CodeDeSecours(models.Model):
    """Un code de secours qui n’a pas encore servi : la ligne est effacée à l’emploi."""

    facteur = models.ForeignKey(SecondFacteur, on_delete=models.CASCADE, related_name="codes_de_secours")
    empreinte = models.CharField("HMAC-SHA-256 du code", max_length=64, unique=True)

    def __str__(self) -> str:
        return f"code de secours ({self.facteur})"


class PostEnAttente(models.Model):
    """La saisie envoyée par une session qui venait de finir, chiffrée, gardée le temps de se reconnecter."""

    cle = models.CharField(max_length=43, unique=True)
    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="+")
    chemin = models.CharField(max_length=200)
    corps = models.BinaryField()
    recu_le = models.DateTimeField("heure réelle")

    def __str__(self) -> str:
        return f"saisie gardée pour {self.chemin}"

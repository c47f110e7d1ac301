"""La boîte d’envoi : écrire un courriel dans la transaction de l’acte, l’envoyer plus tard (ADR 0004).

Écrire et envoyer sont deux temps. ``mettre_en_attente`` ajoute une ligne, dans la transaction de l’appelant :
sans l’acte, pas de courriel ; avec l’acte, toujours un courriel. ``envoyer_dus`` vide la boîte : chaque ligne
est prise par un bail, envoyée hors de toute transaction, puis marquée. Un arrêt entre l’envoi et la marque
donne un second envoi, avec le même ``Message-ID`` : la messagerie du destinataire reconnaît le double.
"""

from __future__ import annotations

import logging
import re
import smtplib
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db.models import F, Q, QuerySet
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.horloge import decalage
from registre.commun.models import Courriel

traces = logging.getLogger(__name__)

BAIL = timedelta(minutes=5)  # longer than the slowest send: EMAIL_TIMEOUT seconds per SMTP command
PREMIER_DELAI = timedelta(minutes=1)
DELAI_MAXIMAL = timedelta(hours=1)
ESSAIS_MAXIMAUX = 30  # about one day
SUJET_MAXIMAL = 200


# --- Écrire -----------------------------------------------------------------------------------------


def mettre_en_attente(
    *, cle: str, destinataire: str, gabarit: str, contexte: dict[str, Any], compte: Any, le: datetime
) -> Courriel:
    """Rédige un courriel et le met dans la boîte d’envoi, une seule fois par ``cle``.

    ``gabarit`` nomme ``courriels/<gabarit>.txt`` (première ligne : le sujet) et ``courriels/<gabarit>.html``.
    Les deux reçoivent ``contexte``, ``service`` (le service d’examen, sauf si ``contexte`` en donne un autre) et
    ``url_publique``, seule origine permise pour un lien. ``compte`` peut être ``None``.

    :raises django.core.exceptions.ValidationError: si ``destinataire`` n’est pas une adresse, et une seule.
    """
    deja = Courriel.objects.filter(cle=cle).first()
    if deja is not None:
        return deja
    validate_email(destinataire)
    tout = {"service": principal().contacts.service, **contexte, "url_publique": settings.URL_PUBLIQUE}
    sujet, _, texte = _rendu(f"courriels/{gabarit}.txt", tout, echappe=False).lstrip().partition("\n")
    sujet = sujet_sur(sujet)
    html = _rendu(f"courriels/{gabarit}.html", {**tout, "sujet": sujet}, echappe=True)
    courriel, _ = Courriel.objects.get_or_create(
        cle=cle,
        defaults={
            "compte": compte,
            "destinataire": destinataire,
            "sujet": sujet,
            "texte": texte.strip() + "\n",
            "html": html,
            "message_id": f"<{uuid.uuid4()}@{_domaine()}>",
            "redige_le": le,
            "prochain_essai_le": timezone.now(),
        },
    )
    return courriel


def adresse_publique(nom: str, *args: Any, **kwargs: Any) -> str:
    """Adresse complète d’une page, pour un courriel ou un document : jamais tirée de l’en-tête Host."""
    return settings.URL_PUBLIQUE + reverse(nom, args=args, kwargs=kwargs)


def sujet_sur(texte: str) -> str:
    """Un sujet sur une ligne : ni retour, ni caractère de commande, 200 caractères au plus."""
    return re.sub(" +", " ", _sans_commandes(texte, gardees="")).strip()[:SUJET_MAXIMAL]


def _rendu(nom: str, contexte: dict[str, Any], *, echappe: bool) -> str:
    rendu = get_template(nom).template.render(Context(contexte, autoescape=echappe))
    return _sans_commandes(rendu.replace("\r\n", "\n"), gardees="\n\t")


def _sans_commandes(texte: str, *, gardees: str) -> str:
    """Control and line-separator characters become spaces: no header can start there, no client can choke."""
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") and c not in gardees else c for c in texte
    )


def _domaine() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


# --- Envoyer ----------------------------------------------------------------------------------------


@dataclass
class Bilan:
    """Ce qu’un passage a fait. ``serveur_muet`` : le serveur de courriel ne répond pas, rien n’a été essayé."""

    envoyes: int = 0
    reportes: int = 0
    abandonnes: int = 0
    serveur_muet: bool = False

    @property
    def vide(self) -> bool:
        return not (self.envoyes or self.reportes or self.abandonnes)


class ServeurMuet(Exception):
    """Le serveur refuse la connexion ou l’expéditeur : aucun courriel n’est en cause."""


def envoyer_dus(
    maintenant: Callable[[], datetime] = timezone.now,
    lot: int = 100,
    continuer: Callable[[], bool] = lambda: True,
) -> Bilan:
    """Envoie au plus ``lot`` courriels dus. À appeler hors transaction, par autant de processus qu’on veut.

    ``maintenant`` donne l’heure réelle, relue à chaque courriel : un bail pris en fin de lot vaut autant que le
    premier. Si le serveur ne répond pas, aucun courriel n’est compté comme essayé : tous restent dus.
    """
    bilan = Bilan()
    serveur = get_connection()
    try:
        for numero in _dus(maintenant()).values_list("pk", flat=True)[:lot]:
            if not continuer():
                break
            _ouvrir(serveur)
            courriel = _prendre(numero, maintenant())
            if courriel is not None:
                _traiter(courriel, serveur, maintenant, bilan)
    except ServeurMuet as muet:
        traces.warning("serveur de courriel muet : %s", muet)
        bilan.serveur_muet = True
    finally:
        serveur.close()
    return bilan


def _dus(maintenant: datetime) -> QuerySet[Courriel]:
    libre = Q(bail_jusqu_a=None) | Q(bail_jusqu_a__lte=maintenant)
    dus = Courriel.objects.filter(libre, etat=Courriel.Etat.A_ENVOYER, prochain_essai_le__lte=maintenant)
    return dus.order_by("prochain_essai_le", "pk")


def _prendre(numero: int, maintenant: datetime) -> Courriel | None:
    """Takes the lease, or ``None`` if another worker was faster. One UPDATE decides, on every database.

    The try is counted here, so that a mail that kills its worker ends up parked too.
    """
    bail = maintenant + BAIL
    pris = _dus(maintenant).order_by().filter(pk=numero).update(bail_jusqu_a=bail, tentatives=F("tentatives") + 1)
    return Courriel.objects.get(pk=numero) if pris else None


def _traiter(courriel: Courriel, serveur: BaseEmailBackend, maintenant: Callable[[], datetime], bilan: Bilan) -> None:
    if courriel.tentatives > ESSAIS_MAXIMAUX:
        _abandonner(courriel, courriel.erreur or "trop d’essais sans réponse", bilan)
        return
    try:
        serveur.send_messages([_message(courriel)])
    except smtplib.SMTPSenderRefused as refus:
        _rendre(courriel)
        raise ServeurMuet(_raison(refus.smtp_code, refus.smtp_error)) from refus
    except smtplib.SMTPRecipientsRefused as refus:
        _refuse(courriel, *next(iter(refus.recipients.values())), maintenant(), bilan)
    except smtplib.SMTPResponseException as refus:
        _refuse(courriel, refus.smtp_code, refus.smtp_error, maintenant(), bilan)
    except (smtplib.SMTPException, OSError) as panne:
        serveur.close()
        _reporter(courriel, f"{type(panne).__name__} {panne}", maintenant(), bilan)
    except ValueError as illisible:  # an address or a header that no mail can carry
        _abandonner(courriel, str(illisible), bilan)
    else:
        Courriel.objects.filter(pk=courriel.pk).update(
            # Read beside ``redige_le``: in the time of the register, like it.
            etat=Courriel.Etat.ENVOYE,
            envoye_le=maintenant() + decalage(),
            bail_jusqu_a=None,
            erreur="",
        )
        bilan.envoyes += 1


def _ouvrir(serveur: BaseEmailBackend) -> None:
    try:
        serveur.open()
    except (smtplib.SMTPException, OSError) as panne:
        raise ServeurMuet(f"{type(panne).__name__} {panne}") from panne


def _message(courriel: Courriel) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=courriel.sujet,
        body=courriel.texte,
        to=[courriel.destinataire],
        headers={
            "Message-ID": courriel.message_id,
            "Content-Language": "fr",
            "Auto-Submitted": "auto-generated",  # no out-of-office answers
        },
    )
    message.attach_alternative(courriel.html, "text/html")
    return message


def _refuse(courriel: Courriel, code: int, reponse: bytes | str, maintenant: datetime, bilan: Bilan) -> None:
    """4xx: later, perhaps. 5xx: never."""
    if code >= 500:
        _abandonner(courriel, _raison(code, reponse), bilan)
    else:
        _reporter(courriel, _raison(code, reponse), maintenant, bilan)


def _reporter(courriel: Courriel, raison: str, maintenant: datetime, bilan: Bilan) -> None:
    if courriel.tentatives >= ESSAIS_MAXIMAUX:
        _abandonner(courriel, raison, bilan)
        return
    delai = min(PREMIER_DELAI * 2 ** (courriel.tentatives - 1), DELAI_MAXIMAL)
    _sous_bail(courriel).update(prochain_essai_le=maintenant + delai, bail_jusqu_a=None, erreur=raison[:300])
    bilan.reportes += 1


def _abandonner(courriel: Courriel, raison: str, bilan: Bilan) -> None:
    traces.warning("courriel %s abandonné", courriel.pk)
    _sous_bail(courriel).update(etat=Courriel.Etat.ABANDONNE, bail_jusqu_a=None, erreur=raison[:300])
    bilan.abandonnes += 1


def _rendre(courriel: Courriel) -> None:
    """Gives the lease back: the try does not count."""
    _sous_bail(courriel).update(bail_jusqu_a=None, tentatives=F("tentatives") - 1)


def _sous_bail(courriel: Courriel) -> QuerySet[Courriel]:
    """The row, if the lease is still ours: each lease ends at its own instant."""
    return Courriel.objects.filter(pk=courriel.pk, bail_jusqu_a=courriel.bail_jusqu_a)


def _raison(code: int, reponse: bytes | str) -> str:
    texte = reponse.decode("utf-8", "replace") if isinstance(reponse, bytes) else reponse
    return f"{code} {' '.join(_sans_commandes(texte, gardees='').split())}"

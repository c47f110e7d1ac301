"""The outbox: written with the act, sent once, whatever falls in between."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as reglages
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from registre.commun.courriels import ESSAIS_MAXIMAUX, adresse_publique, envoyer_dus, mettre_en_attente, sujet_sur
from registre.commun.models import Courriel, DecalageHorloge
from tests.commun.puits import Puits, ouvrir

LE = datetime(2025, 10, 20, 8, 0, tzinfo=UTC)
RACINE = Path(reglages.BASE_DIR)


class Horloge:
    def __init__(self) -> None:
        self.instant = datetime.now(UTC) + timedelta(seconds=1)

    def __call__(self) -> datetime:
        return self.instant

    def avancer(self, **duree: float) -> None:
        self.instant += timedelta(**duree)


@pytest.fixture
def horloge() -> Horloge:
    return Horloge()


@pytest.fixture
def gabarit(tmp_path, settings):
    """Two templates of a mail that shows what it is given."""
    (tmp_path / "courriels").mkdir()
    (tmp_path / "courriels/essai.txt").write_text("Pour {{ nom }}\nBonjour {{ nom }},\n{{ url_publique }}/x\n")
    (tmp_path / "courriels/essai.html").write_text(
        '{% extends "courriels/base.html" %}{% block contenu %}<p>Bonjour {{ nom }}</p>{% endblock %}'
    )
    settings.TEMPLATES = [reglages.TEMPLATES[0] | {"DIRS": [str(tmp_path)]}]
    settings.URL_PUBLIQUE = "https://registre.exemple.fr"
    return "essai"


@pytest.fixture
def puits(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with ouvrir(Puits()) as ouvert:
        settings.EMAIL_PORT = ouvert.port
        yield ouvert


def lignes(nombre: int) -> list[Courriel]:
    """Rows already written, due now."""
    return Courriel.objects.bulk_create(
        Courriel(
            cle=f"essai:{n}",
            destinataire=f"candidat{n}@exemple.fr",
            sujet=f"Sujet {n}",
            texte="Bonjour\n",
            html="<p>Bonjour</p>",
            message_id=f"<essai-{n}@exemple.fr>",
            redige_le=LE,
            prochain_essai_le=datetime.now(UTC),
        )
        for n in range(nombre)
    )


def etats() -> Counter[str]:
    return Counter(Courriel.objects.values_list("etat", flat=True))


def recus(puits: Puits) -> Counter[str]:
    return Counter(r.message["Message-ID"] for r in puits.recus)


# --- Écrire -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_mettre_en_attente_writes_one_row_per_cle(gabarit):
    un = mettre_en_attente(
        cle="a", destinataire="z@e.fr", gabarit=gabarit, contexte={"nom": "Zoé"}, compte=None, le=LE
    )
    deux = mettre_en_attente(
        cle="a", destinataire="y@e.fr", gabarit=gabarit, contexte={"nom": "X"}, compte=None, le=LE
    )
    assert un == deux
    assert Courriel.objects.get().message_id == un.message_id
    assert (un.sujet, un.destinataire, un.redige_le) == ("Pour Zoé", "z@e.fr", LE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("S43", "A14")
def test_a_courriel_disappears_with_the_act_that_failed(gabarit):
    class Rate(Exception):
        pass

    def acte() -> None:
        mettre_en_attente(cle="a", destinataire="z@e.fr", gabarit=gabarit, contexte={"nom": "Z"}, compte=None, le=LE)
        raise Rate

    with pytest.raises(Rate), transaction.atomic():
        acte()
    assert not Courriel.objects.exists()


@pytest.mark.django_db
@pytest.mark.passages("S43", "A14")
def test_the_html_part_is_escaped_and_the_text_part_is_not(gabarit):
    nom = "<b>D’Août & fils</b>"
    c = mettre_en_attente(cle="a", destinataire="z@e.fr", gabarit=gabarit, contexte={"nom": nom}, compte=None, le=LE)
    assert "&lt;b&gt;D’Août &amp; fils&lt;/b&gt;" in c.html
    assert "<b>" not in c.html
    assert '<html lang="fr">' in c.html
    assert f"Bonjour {nom}," in c.texte
    assert c.sujet == f"Pour {nom}"


@pytest.mark.django_db
@pytest.mark.passages("S14")
def test_links_come_from_the_configured_address(gabarit, settings):
    c = mettre_en_attente(cle="a", destinataire="z@e.fr", gabarit=gabarit, contexte={"nom": "Z"}, compte=None, le=LE)
    assert "https://registre.exemple.fr/x" in c.texte
    assert adresse_publique("accueil") == "https://registre.exemple.fr/"


@pytest.mark.django_db
@pytest.mark.passages("S43")
@pytest.mark.parametrize("adresse", ["a@e.fr, b@e.fr", "a@e.fr\r\nBcc: b@e.fr", "a@e.fr b@e.fr", "", "<a@e.fr>"])
def test_mettre_en_attente_refuses_anything_but_one_address(gabarit, adresse):
    with pytest.raises(ValidationError):
        mettre_en_attente(cle="a", destinataire=adresse, gabarit=gabarit, contexte={"nom": "Z"}, compte=None, le=LE)


@pytest.mark.passages("S43")
def test_sujet_sur_is_one_line_of_200_characters():
    assert sujet_sur("a\r\nBcc: b@e.fr\x00\u2028\x85c") == "a Bcc: b@e.fr c"
    assert len(sujet_sur("é" * 500)) == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("S43", "A14")
@pytest.mark.parametrize("nom", ["Zoé\r\nBcc: pirate@exemple.fr", "Zoé\nTo: pirate@exemple.fr\n\nCorps", "Zoé\u2028X"])
def test_a_name_with_line_breaks_adds_no_recipient_nor_header(gabarit, puits, horloge, nom):
    mettre_en_attente(cle="a", destinataire="z@exemple.fr", gabarit=gabarit, contexte={"nom": nom}, compte=None, le=LE)
    assert envoyer_dus(horloge).envoyes == 1
    (recu,) = puits.recus
    message = recu.message
    assert recu.destinataires == ["z@exemple.fr"]
    assert getaddresses(message.get_all("To")) == [("", "z@exemple.fr")]
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Pour Zoé")
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]


# --- Envoyer ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("F10")
def test_after_an_hour_without_server_500_courriels_leave_once_in_ten_minutes(puits, settings, horloge):
    lignes(500)
    settings.EMAIL_PORT = _port_ferme()
    for _ in range(60):
        assert envoyer_dus(horloge).serveur_muet
        horloge.avancer(minutes=1)
    assert etats() == {"a_envoyer": 500}
    assert not Courriel.objects.filter(tentatives__gt=0).exists()

    settings.EMAIL_PORT = puits.port
    retour = horloge()
    while horloge() < retour + timedelta(minutes=10) and etats()["a_envoyer"]:
        envoyer_dus(horloge, lot=100)
        horloge.avancer(minutes=1)
    assert etats() == {"envoye": 500}
    assert set(recus(puits).values()) == {1}
    assert len(recus(puits)) == 500


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("F11")
def test_a_cut_before_the_accord_gives_a_second_copy_with_the_same_message_id(puits, horloge):
    lignes(3)
    puits.avant_accord = lambda rang: rang != 1
    bilan = envoyer_dus(horloge)
    assert (bilan.envoyes, bilan.reportes) == (2, 1)
    puits.avant_accord = lambda _rang: True
    assert envoyer_dus(horloge).vide
    horloge.avancer(minutes=1)
    assert envoyer_dus(horloge).envoyes == 1
    assert recus(puits) == {"<essai-0@exemple.fr>": 2, "<essai-1@exemple.fr>": 1, "<essai-2@exemple.fr>": 1}
    assert etats() == {"envoye": 3}


@pytest.mark.django_db(transaction=True)
def test_in_the_demonstration_a_mail_is_sent_at_the_hour_of_the_register(puits, horloge, settings):
    settings.EN_DEMO = True
    DecalageHorloge.objects.create(secondes=-86_400)
    (ligne,) = lignes(1)
    envoyer_dus(horloge)
    ligne.refresh_from_db()
    assert ligne.envoye_le == horloge() - timedelta(days=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("F11")
def test_a_crash_between_sending_and_marking_sends_again_after_the_lease(puits, horloge):
    (ligne,) = lignes(1)
    envoyer_dus(horloge)
    # What the table holds when the worker dies just before its mark.
    Courriel.objects.update(etat="a_envoyer", envoye_le=None, bail_jusqu_a=horloge() + timedelta(minutes=5))
    horloge.avancer(minutes=4)
    assert envoyer_dus(horloge).vide
    horloge.avancer(minutes=1)
    assert envoyer_dus(horloge).envoyes == 1
    assert recus(puits) == {ligne.message_id: 2}


@pytest.mark.django_db(transaction=True)
def test_a_refused_address_is_parked_with_its_reason_and_delays_nobody(puits, horloge):
    lignes(3)
    puits.refus["candidat0@exemple.fr"] = "550 5.1.1 inconnu"
    bilan = envoyer_dus(horloge)
    assert (bilan.envoyes, bilan.abandonnes) == (2, 1)
    parque = Courriel.objects.get(etat="abandonne")
    assert (parque.cle, parque.erreur) == ("essai:0", "550 5.1.1 inconnu")


@pytest.mark.django_db(transaction=True)
def test_a_busy_mailbox_is_tried_again_from_one_minute_to_one_hour_then_parked(puits, horloge):
    lignes(1)
    puits.refus["candidat0@exemple.fr"] = "450 4.2.1 pleine"
    delais = []
    while etats()["a_envoyer"]:
        envoyer_dus(horloge)
        c = Courriel.objects.get()
        delais.append((c.prochain_essai_le - horloge()).total_seconds() / 60)
        horloge.instant = max(horloge.instant, c.prochain_essai_le)
    assert delais[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(delais) == ESSAIS_MAXIMAUX
    assert Courriel.objects.get().erreur == "450 4.2.1 pleine"


@pytest.mark.django_db(transaction=True)
def test_a_refused_sender_is_nobodys_fault_and_parks_nothing(puits, horloge):
    lignes(2)
    puits.refus_expediteur = "553 expéditeur inconnu"
    assert envoyer_dus(horloge).serveur_muet
    assert set(Courriel.objects.values_list("etat", "tentatives", "bail_jusqu_a")) == {("a_envoyer", 0, None)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("F13")
def test_a_poison_courriel_is_parked_and_the_others_leave(puits, horloge):
    lignes(3)
    Courriel.objects.filter(cle="essai:0").update(sujet="deux\nlignes")
    Courriel.objects.filter(cle="essai:1").update(tentatives=ESSAIS_MAXIMAUX)  # it has killed 30 workers
    bilan = envoyer_dus(horloge)
    assert (bilan.envoyes, bilan.abandonnes) == (1, 2)
    assert "newline" in Courriel.objects.get(cle="essai:0").erreur
    assert Courriel.objects.get(cle="essai:1").erreur == "trop d’essais sans réponse"


@pytest.mark.django_db(transaction=True)
def test_a_row_under_lease_is_left_to_its_worker(puits, horloge):
    lignes(1)
    Courriel.objects.update(bail_jusqu_a=horloge() + timedelta(minutes=5))
    assert envoyer_dus(horloge).vide
    assert puits.recus == []


# --- Plusieurs processus, tués net ------------------------------------------------------------------

TOUT_RELIRE = """
import json
from datetime import timedelta
from django.utils import timezone
from registre.commun.courriels import envoyer_dus
from registre.commun.models import Courriel, DecalageHorloge
envoyer_dus(lambda: timezone.now() + timedelta(minutes=6))
print(json.dumps(list(Courriel.objects.values_list("message_id", "etat"))))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("F13", "F11")
def test_four_workers_three_of_them_killed_lose_nothing_and_double_nothing_else(puits, tmp_path):
    lignes(120)
    environnement = os.environ | {
        "DATABASE_URL": _base_pour_processus(tmp_path),
        "REGISTRE_COURRIEL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "REGISTRE_SMTP_HOTE": "127.0.0.1",
        "REGISTRE_SMTP_PORT": str(puits.port),
    }
    ouvriers: list[subprocess.Popen[bytes]] = []

    def tuer() -> None:
        for ouvrier in ouvriers[:3]:
            os.kill(ouvrier.pid, signal.SIGKILL)

    # Each worker waits for the others with its first mail in the air, so that none has finished before three die.
    tous_en_vol = threading.Barrier(4, action=tuer)

    def attendre_les_autres(rang: int) -> bool:
        """Between DATA and 250."""
        if rang <= 4:
            tous_en_vol.wait(timeout=60)
        return True

    puits.avant_accord = attendre_les_autres
    ouvriers.extend(_lancer(["envoyer_courriels", "--une-fois", "--lot=7"], environnement) for _ in range(4))
    codes = [o.wait(timeout=90) for o in ouvriers]
    assert codes == [-signal.SIGKILL] * 3 + [0]

    fin = _lancer(["shell", "--no-imports", "-c", TOUT_RELIRE], environnement)
    sortie, _ = fin.communicate(timeout=60)
    relus = json.loads(sortie.splitlines()[-1])
    assert {etat for _, etat in relus} == {"envoye"}
    copies = recus(puits)
    assert set(copies) == {message_id for message_id, _ in relus}
    assert len(relus) == 120
    assert max(copies.values()) == 2
    assert sum(copies.values()) - 120 == 3  # one mail in flight per killed worker, with the same Message-ID


@pytest.mark.django_db(transaction=True)
def test_a_worker_asked_to_stop_finishes_its_courriel_and_leaves_cleanly(puits, tmp_path):
    lignes(50)
    environnement = os.environ | {
        "DATABASE_URL": _base_pour_processus(tmp_path),
        "REGISTRE_COURRIEL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "REGISTRE_SMTP_HOTE": "127.0.0.1",
        "REGISTRE_SMTP_PORT": str(puits.port),
    }
    ouvriers: list[subprocess.Popen[bytes]] = []

    def arreter_au_cinquieme(rang: int) -> bool:
        if rang == 5:
            ouvriers[0].terminate()
        return True

    puits.avant_accord = arreter_au_cinquieme
    ouvriers.append(_lancer(["envoyer_courriels"], environnement))
    assert ouvriers[0].wait(timeout=60) == 0
    assert 5 <= len(puits.recus) < 50
    fin = _lancer(["shell", "--no-imports", "-c", TOUT_RELIRE], environnement)
    fin.communicate(timeout=60)
    assert set(recus(puits).values()) == {1}
    assert len(puits.recus) == 50


def _lancer(commande: list[str], environnement: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *commande], cwd=RACINE, env=environnement, stdout=subprocess.PIPE
    )


def _base_pour_processus(dossier: Path) -> str:
    """The test database, as another process can open it."""
    if connection.vendor == "sqlite":
        copie = dossier / "copie.sqlite3"
        with sqlite3.connect(copie) as cible:
            connection.connection.backup(cible)
        cible.close()
        return f"sqlite:///{copie}"
    s = connection.settings_dict
    hote = quote(s["HOST"] or s["OPTIONS"]["host"], safe="")
    return f"postgresql://{s['USER']}:{quote(s['PASSWORD'])}@{hote}:{s['PORT']}/{s['NAME']}"


def _port_ferme() -> int:
    with ouvrir(Puits()) as ephemere:
        return ephemere.port

"""F14, F15, F17, F18, F28: pages being prepared, from the PC and from the phone, under the faults of a deposit.

The longest are tried at some of their moments; at all of them with ``REGISTRE_INSTANTS=tous``.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from registre.regles.fichiers import refus_de_fichier
from tests.pannes.invariants import lire, violations
from tests.pannes.site import CADRE, DELAI, DEPOTS, Candidat, Reponse, Site
from tests.pannes.stockage import PANNES, ordonner
from tests.pannes.test_depots import (
    attendre_la_fin,
    inscrits,
    montre,
    nommes,
    objets,
    photo,
    provisoires,
    tuer_les_ouvriers,
    vieillir,
)

pytestmark = pytest.mark.sans_base
TOUT = os.environ.get("REGISTRE_INSTANTS") == "tous"
PREPARER = f"{DEPOTS}piece/identite/preparer"
TELEPHONE = f"{DEPOTS}piece/identite/telephone"
EN_PANNE = refus_de_fichier("stockage_en_panne").message
PAGES = """SELECT a.cle, p.cle_image, p.cle_vignette FROM justificatifs_pageassemblee p
           JOIN justificatifs_assemblage a ON a.id = p.assemblage_id
           JOIN inscription_candidature c ON c.id = a.candidature_id WHERE c.compte_id = ?"""


@dataclass(frozen=True)
class Voie:
    """The way by which the pages of a candidate come: the address, the field, and who is logged in there."""

    candidat: Candidat
    qui: Candidat
    chemin: str = PREPARER
    champ: str = "fichier"

    def ajouter(self, site: Site, octets: bytes) -> Reponse:
        return site.envoyer_fichiers(self.qui, self.chemin, [("carte.jpg", octets)], champ=self.champ)

    def octets(self, site: Site, octets: bytes) -> tuple[bytes, int]:
        return site.octets_de_depot(self.qui, octets, chemin=self.chemin, champ=self.champ)


def du_pc(candidat: Candidat) -> Voie:
    return Voie(candidat, candidat)


def du_telephone(site: Site, candidat: Candidat) -> Voie:
    """Opens a link on the PC, types its code on the phone, where nobody is logged in."""
    assert site.demander("POST", TELEPHONE, candidat, {}).statut == 302
    code = re.search(r">\s*([2-9A-Z]{4}-[2-9A-Z]{4})\s*<", site.demander("GET", TELEPHONE, candidat).page)[1]
    telephone = replace(candidat, session="")
    lien = site.demander("POST", "/telephone", telephone, {"code": code})
    assert lien.suite.startswith("/telephone/"), lien.page[-3000:]
    return Voie(candidat, telephone, lien.suite, "photo")


def pages(site: Site, candidat: Candidat) -> list[set[str]]:
    """The keys of each page that the database holds for him."""
    return [{image, vignette} for _, image, vignette in lire(site.base, PAGES, candidat.compte)]


def nommees(site: Site) -> set[str]:
    """Every key that the database names."""
    cles = set().union(*nommes(site))
    for image, vignette in lire(site.base, "SELECT cle_image, cle_vignette FROM justificatifs_pageassemblee"):
        cles |= {image, vignette}
    for (resultat,) in lire(site.base, "SELECT resultat FROM justificatifs_assemblage WHERE resultat IS NOT NULL"):
        fait = json.loads(resultat) or {"cle": "", "pages": []}
        cles |= {fait["cle"], *(p["cle"] for p in fait["pages"])}
    return cles - {""}


def montrees(site: Site, candidat: Candidat) -> int:
    """How many pages he sees; the picture of each is served."""
    page = site.demander("GET", PREPARER, candidat)
    assert page.statut == 200
    images = re.findall(r'src="(/justificatifs/page-assemblee/[^"]+/vignette)"', page.page)
    for image in images:
        statut, entetes, octets = site.telecharger(image, candidat)
        assert (statut, entetes["Content-Type"], octets[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    return len(images)


def obstine(demande: Callable[[], Reponse]) -> Reponse:
    """Asked again until there is an answer, as the candidate does."""
    fin = time.monotonic() + DELAI
    while time.monotonic() < fin:
        try:
            return demande()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    raise AssertionError("no answer for two minutes")


def verifier(site: Site, candidat: Candidat) -> Reponse:
    return site.demander("POST", f"{PREPARER}/verifier", candidat, {})


def envoyer(site: Site, candidat: Candidat) -> Reponse:
    """Sends the document as the page of the document shows it; a page reloaded after the sending still posts it."""
    vue = site.demander("GET", f"{PREPARER}/verifier", candidat).page
    [empreinte] = re.findall(r'name="empreinte" value="([0-9a-f]{64})"', vue)
    return site.demander("POST", f"{PREPARER}/envoyer", candidat, {"empreinte": empreinte})


def entier(site: Site) -> None:
    """Nothing is half there, and once the reaper has passed nothing is too much."""
    assert nommees(site) <= objets(site)
    assert "TMPDIR" not in site.reglages or provisoires(site) == []
    assert violations(site.base) == []
    vieillir(site)
    site.faire("manage.py", "ranger_coffre")
    assert objets(site) == nommees(site)
    site.faire("manage.py", "verifier_coffre")


# --- F17, F18: kill -9, and clients that vanish --------------------------------------------------------------------


@pytest.mark.passages("F15", "F17")
def test_workers_killed_at_any_moment_of_two_uploads_leave_no_half_page_and_retries_work(site: Site) -> None:
    # 0, 50, 99 % of the body, its last byte missing; then all of it, killed while pages are made and put away.
    parts = [0.0, 0.5, 0.99, None, 0.05, 0.3, 0.8]
    candidats = inscrits(site, 2 * len(parts) if TOUT else 8)
    octets = photo(0)
    for rang, part in list(enumerate(parts))[: None if TOUT else 6]:
        if not TOUT and part in (0.0, 0.05):
            continue
        voies = [du_pc(candidats.pop()), du_telephone(site, candidats.pop())]
        prises = []
        for voie in voies:  # both are in flight when the workers die
            requete, debut = voie.octets(site, octets)
            longueur = len(requete) if rang > 3 else len(requete) - 1
            if rang < 3:
                longueur = debut + int((len(requete) - debut) * part)
            prises.append(socket.create_connection(("127.0.0.1", site.port), timeout=10))
            prises[-1].sendall(requete[:longueur])
        time.sleep(part if rang > 3 else 0.2)
        orphelins = tuer_les_ouvriers(site)
        for prise in prises:
            prise.close()
        for voie in voies:
            deja = pages(site, voie.candidat)
            assert len(deja) <= (rang > 3), part  # never without the whole body
            assert obstine(lambda v=voie: v.ajouter(site, octets)).statut == 302
            assert montrees(site, voie.candidat) == len(pages(site, voie.candidat)) == 1
            assert montre(site, voie.candidat) == 0  # nothing of it counts
        attendre_la_fin(orphelins)
    entier(site)


@pytest.mark.passages("F15", "F17")
def test_a_worker_killed_between_any_two_objects_of_a_preparation_leaves_orphans_only(site: Site) -> None:
    candidats = inscrits(site, 6, ouvriers=1)
    octets = photo(0, 300)
    for rang, ordre in enumerate(("tuer 1", "tuer 2", "tuer-apres 2")):  # a picture, its vignette, then the row
        if not TOUT and rang == 0:
            for candidat in candidats[::3]:
                assert du_pc(candidat).ajouter(site, octets).statut == 302
            continue
        for voie in (du_pc(candidats[rang]), du_telephone(site, candidats[rang + 3])):
            mourir(site, ordre, lambda v=voie: v.ajouter(site, octets))
            assert pages(site, voie.candidat) == []
            assert obstine(lambda v=voie: v.ajouter(site, octets)).statut == 302
            assert montrees(site, voie.candidat) == 1

    # The document (the file, its page), then its deposit (the file, its copy, its page), then the erasing.
    for rang, ordre in enumerate(("tuer 1", "tuer-apres 2")):
        candidat = candidats[rang]
        mourir(site, ordre, lambda c=candidat: verifier(site, c))
        assert obstine(lambda c=candidat: verifier(site, c)).suite == f"{PREPARER}/verifier"
    for rang, ordre in enumerate(("tuer 2", "tuer-apres 3")):
        candidat = candidats[rang]
        mourir(site, ordre, lambda c=candidat: envoyer(site, c))
        assert montre(site, candidat) == 0
        assert obstine(lambda c=candidat: envoyer(site, c)).statut == 302
        assert (montre(site, candidat), pages(site, candidat)) == (1, [])
    dernier = candidats[2]
    verifier(site, dernier)
    mourir(site, "tuer-effacer", lambda: envoyer(site, dernier))  # deposited, not acknowledged, nothing erased
    assert obstine(lambda: site.demander("GET", PREPARER, dernier)).statut == 200
    assert (montre(site, dernier), pages(site, dernier)) == (1, [])
    assert lire(site.base, "SELECT count(*) FROM commun_evenement WHERE acte = 'piece_deposee'") == [(3,)]
    entier(site)


def mourir(site: Site, ordre: str, demande: Callable[[], Reponse]) -> None:
    """The act meets the death of its worker."""
    assert site.demander("GET", "/sante/").statut == 200
    ordonner(site.dossier, ordre)
    with pytest.raises((OSError, http.client.HTTPException)):
        demande()
    ordonner(site.dossier, "")
    obstine(lambda: site.demander("GET", "/sante/"))


@pytest.mark.passages("F17", "F18")
def test_a_client_that_vanishes_while_it_adds_pages_leaves_nothing_and_frees_its_thread(site: Site) -> None:
    candidats = inscrits(site, 2, ouvriers=1, fils=4)
    voies = [du_pc(candidats[0]), du_telephone(site, candidats[1])]
    octets = photo(0)
    for part in (0.1, 0.5, 0.99, 0.99999):
        for voie in voies:
            requete, debut = voie.octets(site, octets)
            with socket.create_connection(("127.0.0.1", site.port), timeout=10) as prise:
                prise.sendall(requete[: debut + int((len(requete) - debut) * part)])
                if part > 0.99:  # a clean end, half a body: the server could take it for a whole one
                    prise.shutdown(socket.SHUT_WR)
                    assert b" 400 " in prise.recv(65_536).split(b"\r\n")[0]
    debut_de_la_page = time.monotonic()
    assert [montrees(site, v.candidat) for v in voies] == [0, 0]
    assert time.monotonic() - debut_de_la_page < 3
    assert (objets(site), provisoires(site)) == (set(), [])
    assert [v.ajouter(site, octets).statut for v in voies] == [302, 302]
    assert [montrees(site, v.candidat) for v in voies] == [1, 1]


# --- F14: the vault fails, or is slow ---------------------------------------------------------------------------


@pytest.mark.passages("F14", "F16", "F19")
def test_when_the_vault_fails_every_act_of_a_preparation_says_so_and_a_retry_works(site: Site) -> None:
    pc, telephone, reunit, envoie, autre = inscrits(site, 5)
    voies = [du_pc(pc), du_telephone(site, telephone)]
    octets = photo(0, 300)
    for candidat in (reunit, envoie):
        assert du_pc(candidat).ajouter(site, octets).statut == 302
    assert verifier(site, envoie).statut == 302
    [empreinte] = re.findall(
        r'name="empreinte" value="([0-9a-f]{64})"', site.demander("GET", f"{PREPARER}/verifier", envoie).page
    )
    [vignette] = re.findall(
        r'src="(/justificatifs/page-assemblee/[^"]+/vignette)"', site.demander("GET", PREPARER, reunit).page
    )
    nommees_avant, presentes = nommees(site), objets(site)
    actes: list[Callable[[], Reponse]] = [
        *(lambda v=v: v.ajouter(site, octets) for v in voies),
        lambda: verifier(site, reunit),
        lambda: site.demander("POST", f"{PREPARER}/envoyer", envoie, {"empreinte": empreinte}),
    ]
    dossier, ailleurs = site.dossier / "fichiers", site.dossier / "ailleurs"
    for panne in [*PANNES, "plein", "dossier"] if TOUT else ["muet", "plein"]:
        if panne == "dossier":  # the disk is gone: something else is in its place
            dossier.rename(ailleurs)
            dossier.write_text("")
        else:
            ordonner(site.dossier, panne)
        for rang, acte in enumerate(actes):
            refusee = acte()
            assert (refusee.statut, EN_PANNE in refusee.page) == (200, True), (panne, rang)
        assert nommees(site) == nommees_avant, panne  # no row
        for chemin, qui in ((CADRE, autre), (DEPOTS, reunit), (PREPARER, reunit), (voies[1].chemin, None)):
            assert site.demander("GET", chemin, qui).statut == 200, (panne, chemin)
        if panne != "plein":
            assert site.telecharger(vignette, reunit)[0] == 503, panne
        if panne == "dossier":
            dossier.unlink()
            ailleurs.rename(dossier)
        ordonner(site.dossier, "")
        if panne == "plein":  # a full disk refuses to write, not to erase
            assert objets(site) == presentes
            for orphelin in objets(site) - presentes:
                (dossier / orphelin).unlink()
    assert [acte().statut for acte in actes] == [302] * 4
    assert [montrees(site, c) for c in (pc, telephone, reunit, envoie)] == [1, 1, 1, 0]
    assert montre(site, envoie) == 1
    entier(site)


@pytest.mark.passages("F16")
def test_pages_and_documents_spoilt_in_the_vault_are_never_sent_and_the_candidate_can_go_on(site: Site) -> None:
    (candidat,) = inscrits(site, 1)
    voie = du_pc(candidat)
    assert voie.ajouter(site, photo(0, 300)).statut == 302
    assert verifier(site, candidat).suite == f"{PREPARER}/verifier"
    images = set().union(*pages(site, candidat))
    (document,) = (site.dossier / "fichiers" / c for c in resultat_cle(site))
    document.write_bytes(document.read_bytes()[:-1])
    refusee = envoyer(site, candidat)
    assert refus_de_fichier("assemblage_change").message in refusee.page
    assert montre(site, candidat) == 0
    assert verifier(site, candidat).suite == f"{PREPARER}/verifier"  # made again of its pages
    assert envoyer(site, candidat).statut == 302

    assert voie.ajouter(site, photo(1, 300)).statut == 302
    [image, *_] = set().union(*pages(site, candidat)) - images
    abimee = site.dossier / "fichiers" / image
    abimee.write_bytes(abimee.read_bytes()[:-1] + b"x")
    [(reference, cle)] = lire(site.base, "SELECT reference, cle_image FROM justificatifs_pageassemblee")
    reference = UUID(reference)
    adresse = f"/justificatifs/page-assemblee/{reference}/{'image' if cle == image else 'vignette'}"
    assert site.telecharger(adresse, candidat)[0] == 410
    (site.dossier / "fichiers" / cle).unlink(missing_ok=True)
    assert refus_de_fichier("page_perdue").message in verifier(site, candidat).page
    assert site.demander("POST", f"{PREPARER}/page/{reference}/retirer", candidat, {}).statut == 302
    assert voie.ajouter(site, photo(1, 300)).statut == 302
    assert verifier(site, candidat).suite == f"{PREPARER}/verifier"
    assert envoyer(site, candidat).statut == 302
    assert montre(site, candidat) == 2
    entier(site)


def resultat_cle(site: Site) -> Iterable[str]:
    for (resultat,) in lire(site.base, "SELECT resultat FROM justificatifs_assemblage WHERE resultat IS NOT NULL"):
        yield json.loads(resultat)["cle"]


@pytest.mark.passages("F14")
def test_a_slow_vault_holds_up_the_pages_being_added_alone(site: Site) -> None:
    lent, mobile, presse, nouveau = site.preparer(4)
    site.servir()
    for candidat in (lent, mobile, presse):
        assert site.enregistrer(candidat).enregistree
    voies = [du_pc(lent), du_telephone(site, mobile)]
    ordonner(site.dossier, "lent 2")
    with ThreadPoolExecutor(2) as fils:
        ajouts = [fils.submit(v.ajouter, site, photo(1, 300)) for v in voies]
        time.sleep(1.5)
        durees = []
        while not all(a.done() for a in ajouts):
            debut = time.monotonic()
            assert site.demander("GET", CADRE, presse).statut == 200
            if not durees:
                assert site.enregistrer(nouveau).enregistree  # the database is not held meanwhile
            durees.append(time.monotonic() - debut)
    assert [a.result().statut for a in ajouts] == [302, 302]
    assert len(durees) > 1, "the pages were not slow: nothing was tried"
    assert max(durees) < 2
    assert [montrees(site, c) for c in (lent, mobile)] == [1, 1]


# --- F28: the link ends during an upload ----------------------------------------------------------------------------


@pytest.mark.passages("F28", "S27")
def test_a_link_closed_during_an_upload_lets_nothing_in_and_one_that_expires_lets_what_had_begun(site: Site) -> None:
    ferme, repris, expire = inscrits(site, 3)
    octets = photo(0)
    pendant: dict[Candidat, Callable[[], object]] = {
        ferme: lambda: site.demander("POST", f"{TELEPHONE}/revoquer", ferme, {}),
        repris: lambda: site.demander("POST", TELEPHONE, repris, {}),
        expire: lambda: expirer(site),
    }
    statuts = []
    for candidat, acte in pendant.items():
        voie = du_telephone(site, candidat)
        requete, debut = voie.octets(site, octets)
        milieu = (debut + len(requete)) // 2
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as prise:
            prise.sendall(requete[:milieu])
            time.sleep(0.3)
            acte()
            prise.sendall(requete[milieu:])
            statuts.append(int(prise.recv(65_536)[9:12]))
        assert voie.ajouter(site, photo(1, 300)).statut == 410, candidat
    assert statuts == [410, 410, 302]
    assert [montrees(site, c) for c in pendant] == [0, 0, 1]
    assert objets(site) == nommees(site)


def expirer(site: Site) -> None:
    """The quarter of an hour that the test does not wait."""
    with closing(sqlite3.connect(site.base, timeout=20)) as connexion, connexion:
        connexion.execute("UPDATE justificatifs_passerelle SET expire_le = strftime('%Y-%m-%d %H:%M:%f', 'now')")

"""S22, S31-S36, S38: every kind of file, sent to the deposit of a real server."""

from __future__ import annotations

import html
import json
import os
import re
import sqlite3
import sys
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha1, sha256
from pathlib import Path
from statistics import median
from uuid import UUID

import pytest

from registre.justificatifs.fichiers import traitement
from registre.justificatifs.fichiers.noms import LIANTS, LONGUEUR, RETIRES
from tests.justificatifs.corpus import ACCEPTE, LIMITE, Cas, corpus, dessin, encode, flux, mire, motif_en_boucle
from tests.justificatifs.test_traitement import verifier_la_copie
from tests.pannes.invariants import lire, violations
from tests.pannes.site import CADRE, DEPOTS, Candidat, Site, enfants

PIECES = ("identite", "domicile", "certificats-travail")
COMPTES = 14
PAR_PIECE = 10
ESSAIS = 3  # the page says « réessayez dans une minute »: the candidate does
UNE_REPONSE = traitement.ATTENTE + traitement.DUREE + 5  # seconds: its turn, its treatment, and a busy machine
UN_FORMULAIRE = 60  # seconds
UNE_PAGE = 5  # seconds
OCCUPE = "service_occupe"
PRIS = "pris"  # the page thanks for it; the base says whether it was deposited or made into pages
# A file field that a browser sends with an empty name is a field where nothing was chosen.
SANS_NOM = {"": ("fichier_manquant",)}
LIGNES = """SELECT f.reference, f.nom, f.format, f.taille, f.empreinte, f.original, f.copie, f.pages,
            c.compte_id, p.cle
            FROM justificatifs_fichierdepose f JOIN justificatifs_piecejustificative p ON p.id = f.piece_id
            JOIN inscription_candidature c ON c.id = p.candidature_id"""
PREPAREES = """SELECT c.compte_id, a.cle, p.empreinte, p.cle_image, p.cle_vignette
               FROM justificatifs_pageassemblee p JOIN justificatifs_assemblage a ON a.id = p.assemblage_id
               JOIN inscription_candidature c ON c.id = a.candidature_id"""
RELIRE = """
import json, hashlib
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import FichierDepose
lus = {f.empreinte: hashlib.sha256(coffre.lire(f.original)).hexdigest() for f in FichierDepose.objects.all()}
print(json.dumps(lus))
"""


# --- Two files with one SHA-1 (Stevens and others, 2017): the published blocks, in front of one same page -----------
ENTETE = (
    b"%PDF-1.3\n%\xe2\xe3\xcf\xd3\n\n\n1 0 obj\n<</Width 2 0 R/Height 3 0 R/Type 4 0 R/Subtype 5 0 R/Filter 6 0 R"
    b"/ColorSpace 7 0 R/Length 8 0 R/BitsPerComponent 8>>\nstream\n\xff\xd8\xff\xfe\x00$SHA-1 is dead!!!!!"
    b"\x85/\xec\t#9u\x9c9\xb1\xa1\xc6<L\x97\xe1\xff\xfe\x01"
)
BLOCS = (
    "7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df614f86db1690901c56b45c1530afedfb7"
    "6038e972722fe7ad728f0e4904e046c230570fe9d41398abe12ef5bc942be33542a4802d98b5d70f2a332ec37fac3514"
    "e74ddc0f2cc1a874cd0c78305a21566461309789606bd0bf3f98cda8044629a1",
    "7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86db3a90901d5df45c14f26fedfb3"
    "dc38e96ac22fe7bd728f0e45bce046d23c570feb141398bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500"
    "eb4ddc0decc1a864790c782c76215660dd309791d06bd0af3f98cda4bc4629b1",
)


def meme_sha1(rang: int) -> bytes:
    """A PDF of one page. Its first object, which no page uses, carries one of the two blocks."""
    octets = bytearray(ENTETE + bytes.fromhex(BLOCS[rang]))
    places = [octets.index(b"1 0 obj")]
    fin = b"\nendstream\nendobj\n"
    longueur = len(octets) - octets.index(b"stream\n") - len(b"stream\n")
    octets += fin
    objets = [
        *(b"8", b"8", b"/XObject", b"/Image", b"/DCTDecode", b"/DeviceRGB", b"%d" % longueur),
        b"<< /Type /Catalog /Pages 10 0 R >>",
        b"<< /Type /Pages /Kids [11 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 10 0 R /MediaBox [0 0 320 240] /Resources << >> /Contents 12 0 R >>",
        flux(dessin()),
    ]
    for numero, objet in enumerate(objets, 2):
        places.append(len(octets))
        octets += b"%d 0 obj\n%s\nendobj\n" % (numero, objet)
    debut = len(octets)
    octets += b"xref\n0 13\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    octets += b"trailer\n<< /Size 13 /Root 9 0 R >>\nstartxref\n%d\n%%%%EOF\n" % debut
    return bytes(octets)


def jumeaux() -> list[Cas]:
    return [Cas(f"sha1-{n}", "scan.pdf", lambda n=n: meme_sha1(n), ACCEPTE, coins=True) for n in range(len(BLOCS))]


# --- Who sends what --------------------------------------------------------------------------------------------
@dataclass
class Envoi:
    """A file on its way to a piece of a candidate, and the answer."""

    cas: Cas
    candidat: Candidat
    piece: str
    durees: list[float] = field(default_factory=list)
    occupe: int = 0
    code: str = ""

    @cached_property
    def octets(self) -> bytes:
        return self.cas.octets

    @cached_property
    def empreinte(self) -> str:
        return sha256(self.octets).hexdigest()

    @property
    def juste(self) -> bool:
        """The right side, the right code. On a machine too busy to give a bomb its share of computing, the clock
        stops it first: the answer is still a refusal, and it came when the clock rang, not while waiting."""
        arrete = self.cas.lourd and self.cas.attendu != ACCEPTE and self.durees[-1] > traitement.DUREE
        attendu = ("prepare",) if self.cas.preparees else self.cas.attendu
        return self.code in SANS_NOM.get(self.cas.nom_envoye, attendu) or (self.code == OCCUPE and arrete)

    @property
    def cle(self) -> tuple[int, str, str]:
        return self.candidat.compte, self.piece, self.empreinte


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    dossier = tmp_path_factory.mktemp("corpus")
    for sous_dossier in ("site", "provisoires"):
        (dossier / sous_dossier).mkdir()
    monte = Site(
        dossier / "site",
        {
            "REGISTRE_COFFRE_OPTIONS": json.dumps({"location": str(dossier / "site" / "fichiers")}),
            "TMPDIR": str(dossier / "provisoires"),
        },
    )
    yield monte
    monte.arreter()


def repartir(cas: list[Cas], candidats: list[Candidat]) -> list[Envoi]:
    """To each case a piece: ten files at most, and never the same bytes twice, which would be one file only."""
    cellules: list[tuple[Candidat, str, set[str]]] = [(c, p, set()) for c in candidats for p in PIECES]
    envois = []
    for rang, un_cas in enumerate(cas):
        envoi = Envoi(un_cas, candidats[0], PIECES[0])
        tour = [*cellules[rang % len(cellules) :], *cellules[: rang % len(cellules)]]
        libre = next(c for c in tour if len(c[2]) < PAR_PIECE and envoi.empreinte not in c[2])
        libre[2].add(envoi.empreinte)
        envoi.candidat, envoi.piece = libre[0], libre[1]
        envois.append(envoi)
    return envois


def deposer(site: Site, envoi: Envoi, essais: int = ESSAIS) -> None:
    """Sends the file as no browser would: with a type that lies. A busy service is asked again."""
    for _ in range(essais):
        debut = time.monotonic()
        fichier = (envoi.cas.nom_envoye, envoi.octets)
        reponse = site.deposer_ensemble(envoi.candidat, [fichier], envoi.piece, "text/html")
        envoi.durees.append(time.monotonic() - debut)
        assert reponse.statut in (200, 302), (envoi.cas.nom, reponse.statut)
        if reponse.statut == 302:
            assert reponse.suite == f"{DEPOTS}#piece-{envoi.piece}", envoi.cas.nom
            envoi.code = PRIS
            return
        [envoi.code] = refus_lus(reponse.page, envoi.piece)
        if envoi.code != OCCUPE:
            return
        envoi.occupe += 1


def refus_lus(page: str, piece: str) -> list[str]:
    """The codes of the refusals that the page ties to the field of the piece; each has words."""
    assert re.search(r"<title>\s*Erreur", page)
    champ = f"depot-{piece}-fichier"
    balise = re.search(rf'<input\b[^>]*\bid="{champ}"[^>]*>', page)[0]
    assert f"{champ}_error" in re.search(r'aria-describedby="([^"]*)"', balise)[1].split()
    assert 'aria-invalid="true"' in balise
    bloc = re.search(rf'<div[^>]*\bid="{champ}_error".*?</div>', page, re.DOTALL)[0]
    dits = re.findall(r'data-code="(\w+)">(.*?)</p>', bloc, re.DOTALL)
    assert all(len(re.sub("<[^>]+>", "", mots)) > 40 for _, mots in dits)
    return [code for code, _ in dits]


def pages_des_autres(site: Site, candidat: Candidat, fini: threading.Event) -> list[tuple[str, int, float]]:
    """Another candidate reads his pages all along."""
    vues = []
    while not fini.is_set():
        for chemin in (CADRE, DEPOTS):
            debut = time.monotonic()
            statut = site.demander("GET", chemin, candidat).statut
            vues.append((chemin, statut, time.monotonic() - debut))
            fini.wait(0.2)
    return vues


def un_formulaire_lourd(site: Site, candidat: Candidat) -> None:
    """Ten files, the first nine of which take all their share of computing, in one form; then the last one alone."""
    bonne = encode(mire(300, 200))
    lourds = [(f"{n}.pdf", motif_en_boucle() + b"%%%d\n" % n) for n in range(9)]
    debut = time.monotonic()
    reponse = site.deposer_ensemble(candidat, [*lourds, ("bonne.jpg", bonne)], "identite")
    assert time.monotonic() - debut < UN_FORMULAIRE
    assert reponse.statut == 200
    codes = refus_lus(reponse.page, "identite")
    assert len(codes) == 10
    assert codes[-1] == OCCUPE, "the last one was not reached"
    assert "«\u00a0bonne.jpg\u00a0»\u00a0: Ce fichier n’est pas encore traité." in html.unescape(reponse.page)
    assert set(codes) <= {"fichier_trop_complexe", OCCUPE}
    seule = Envoi(Cas("bonne", "bonne.jpg", lambda: bonne, ACCEPTE), candidat, "identite")
    deposer(site, seule)
    assert seule.code == PRIS


# --- What is left, and what is served --------------------------------------------------------------------------
@dataclass(frozen=True)
class Ligne:
    """A deposited file, as the database holds it."""

    reference: str
    nom: str
    format: str
    taille: int
    empreinte: str
    original: str
    copie: str
    pages: list[dict]

    @property
    def cles(self) -> set[str]:
        return {self.original, self.copie, *(p["cle"] for p in self.pages)}


def deposes(site: Site) -> dict[tuple[int, str, str], Ligne]:
    """By account, piece and SHA-256 of what was sent."""
    lignes = {}
    for *champs, pages, compte, cle in lire(site.base, LIGNES):
        ligne = Ligne(*champs, json.loads(pages))
        lignes[(compte, cle, ligne.empreinte)] = ligne
    return lignes


def preparees(site: Site) -> dict[tuple[int, str, str], list[str]]:
    """The keys of the pages being prepared, by account, piece and SHA-256 of what was sent."""
    pages: dict[tuple[int, str, str], list[str]] = {}
    for compte, cle, empreinte, *cles in lire(site.base, PREPAREES):
        pages.setdefault((compte, cle, empreinte), []).extend(cles)
    return pages


def oublier_les_preparations(site: Site) -> None:
    """A day later, the reaper passes."""
    hier = time.time() - 25 * 3600
    with closing(sqlite3.connect(site.base, timeout=20)) as connexion, connexion:
        connexion.execute("UPDATE justificatifs_assemblage SET modifie_le = datetime(modifie_le, '-25 hours')")
        connexion.execute("UPDATE justificatifs_passerelle SET expire_le = datetime(expire_le, '-25 hours')")
    for cle in objets(site):
        os.utime(site.dossier / "fichiers" / cle, (hier, hier))
    site.faire("manage.py", "ranger_coffre", "--quand-meme")


def objets(site: Site) -> set[str]:
    racine = site.dossier / "fichiers"
    return {c.relative_to(racine).as_posix() for c in racine.rglob("*") if c.is_file()}


def strict(entetes: Callable[[str], str | None], genre: str) -> None:
    """S36: a type that we wrote, nothing that may act, nothing kept."""
    assert entetes("Content-Type") == genre
    assert entetes("X-Content-Type-Options") == "nosniff"
    assert "no-store" in entetes("Cache-Control")
    politique = {d.strip() for d in entetes("Content-Security-Policy").split(";")}
    assert {"default-src 'none'", "frame-ancestors 'none'", "sandbox"} <= politique


def verifier_ce_qui_est_servi(site: Site, envoi: Envoi, ligne: Ligne) -> None:
    adresse = f"/justificatifs/fichier/{UUID(ligne.reference)}"
    statut, entetes, copie = site.telecharger(f"{adresse}/copie", envoi.candidat)
    assert statut == 200
    genre, extension = {"pdf": ("application/pdf", "pdf"), "jpeg": ("image/jpeg", "jpg")}[ligne.format]
    strict(entetes.get, genre)
    assert re.fullmatch(rf'attachment; filename="[\w-]+\.{extension}"', entetes["Content-Disposition"])
    images = []
    for rang, page in enumerate(ligne.pages, 1):
        statut, entetes, octets = site.telecharger(f"{adresse}/page/{rang}", envoi.candidat)
        assert statut == 200
        strict(entetes.get, "image/jpeg")
        images.append(traitement.PageImage(octets, page["largeur"], page["hauteur"]))
    verifier_la_copie(envoi.cas, traitement.FichierTraite(ligne.format, copie, tuple(images), ()))


def verifier_le_nom(nom: str) -> None:
    """S34: what is left of the name can be shown."""
    assert 1 <= len(nom) <= LONGUEUR
    assert not set("/\\") & set(nom)
    assert all(c == LIANTS or unicodedata.category(c) not in RETIRES for c in nom)


def verifier_les_pages(site: Site, envois: list[Envoi], lignes: dict[tuple[int, str, str], Ligne]) -> None:
    """Each candidate sees his files, by their name, with the hash of what he sent (S38)."""
    siens: dict[Candidat, list[Ligne]] = {}
    for envoi in envois:
        if envoi.code == "accepte":
            ligne = lignes[envoi.cle]
            siens.setdefault(envoi.candidat, []).append(ligne)
    for candidat, ses_lignes in siens.items():
        page = site.demander("GET", DEPOTS, candidat).page
        assert Counter(re.findall("<code>([0-9a-f]{64})</code>", page)) == Counter(v.empreinte for v in ses_lignes)
        for ligne in ses_lignes:
            assert f"<strong>{html.escape(ligne.nom)}</strong>" in page


def memoire_au_plus_haut(ouvrier: int) -> int:
    """Bytes."""
    ligne = next(v for v in Path(f"/proc/{ouvrier}/status").read_text().splitlines() if v.startswith("VmHWM"))
    return int(ligne.split()[1]) * 1024


@pytest.mark.sans_base
@pytest.mark.passages(
    "S22", "S31", "S32", "S33", "S34", "S35", "S36", "S38", "P10", "F17", "L-29", "depot.jpeg", "depot.pdf"
)
def test_every_kind_of_file_sent_to_a_real_server_gets_its_answer_and_leaves_nothing_but_what_is_kept(
    site: Site,
) -> None:
    lecteur, presse, *candidats = site.preparer(COMPTES + 2)
    envois = repartir([*corpus(), *jumeaux()], candidats)
    site.servir()
    for candidat in (lecteur, presse, *candidats):
        assert site.enregistrer(candidat).enregistree
    ouvriers = site.ouvriers()
    fini = threading.Event()
    debut = time.monotonic()

    with ThreadPoolExecutor(4) as fils:
        vues = fils.submit(pages_des_autres, site, lecteur, fini)
        lourds = [e for e in envois if e.cas.lourd]
        autres = [e for e in envois if not e.cas.lourd]

        def les_lourds() -> None:
            un_formulaire_lourd(site, presse)
            for envoi in lourds:
                deposer(site, envoi, essais=1)

        def les_autres(part: int) -> None:
            for envoi in autres[part::2]:
                deposer(site, envoi)

        try:
            taches = [fils.submit(les_lourds), fils.submit(les_autres, 0), fils.submit(les_autres, 1)]
            for tache in taches:
                tache.result()
            for envoi in lourds:
                if envoi.code == OCCUPE:
                    deposer(site, envoi)
        finally:
            fini.set()
    duree = time.monotonic() - debut
    lignes, en_preparation = deposes(site), preparees(site)
    for envoi in envois:
        if envoi.code == PRIS:
            envoi.code = "accepte" if envoi.cle in lignes else "prepare" if envoi.cle in en_preparation else PRIS

    # The answers: the right side, the right code, in time; and the other candidate's pages meanwhile.
    assert [(e.cas.nom, e.cas.nom_envoye, e.code) for e in envois if not e.juste] == []
    assert max(d for e in envois for d in e.durees) < UNE_REPONSE
    assert {statut for _, statut, _ in vues.result()} == {200}
    assert max(d for _, _, d in vues.result()) < UNE_PAGE
    assert len(vues.result()) > 50

    # Nothing is left behind: no row and no object of a refused file but the pages of what can be prepared, exactly; no
    # process, no file; the workers are the same.
    assert site.ouvriers() == ouvriers
    assert [enfants(o) for o in ouvriers] == [[], []]
    assert max(map(memoire_au_plus_haut, ouvriers)) < 600_000_000
    assert list(Path(site.environnement["TMPDIR"]).iterdir()) == []
    acceptes = {e.cle for e in envois if e.code == "accepte"}
    assert {cle for cle in lignes if cle[0] != presse.compte} == acceptes
    presents = objets(site)
    assert {cle: len(cles) for cle, cles in en_preparation.items()} == {
        e.cle: 2 * e.cas.preparees for e in envois if e.cas.preparees
    }
    gardees = set().union(*(v.cles for v in lignes.values()))
    assert presents == gardees.union(*en_preparation.values())
    assert all(re.fullmatch("[0-9a-f]{2}/[0-9a-f]{32}", cle) for cle in presents)
    assert violations(site.base) == []

    # What is kept, and what is served of it.
    for envoi in envois:
        if envoi.code == "accepte":
            ligne = lignes[envoi.cle]
            assert ligne.taille == len(envoi.octets) <= LIMITE
            verifier_le_nom(ligne.nom)
            verifier_ce_qui_est_servi(site, envoi, ligne)
    verifier_les_pages(site, envois, lignes)
    relus = json.loads(site.faire("manage.py", "shell", "-v", "0", "-c", RELIRE).splitlines()[-1])
    assert relus == {v.empreinte: v.empreinte for v in lignes.values()}
    un, deux = [e for e in envois if e.cas.nom.startswith("sha1-")]
    assert sha1(un.octets).digest() == sha1(deux.octets).digest()  # noqa: S324 - the weakness is the subject
    assert un.empreinte != deux.empreinte
    assert {un.empreinte, deux.empreinte} <= set(relus)
    oublier_les_preparations(site)
    assert (objets(site), preparees(site)) == (gardees, {})

    temps = sorted(((max(e.durees), e.cas.nom) for e in envois), reverse=True)
    pages = [d for _, _, d in vues.result()]
    memoire = [memoire_au_plus_haut(o) >> 20 for o in ouvriers]
    sys.stdout.write(
        f"{len(envois)} fichiers en {duree:.0f} s, {len(acceptes)} acceptés. Les plus longs : {temps[:4]}. "
        f"« Occupé » : {[(e.cas.nom, e.occupe) for e in envois if e.occupe]}. Pages d’un autre : {len(pages)}, "
        f"médiane {median(pages):.2f} s, au plus {max(pages):.2f} s. Mémoire des serveurs : {memoire} Mio.\n"
    )


# --- A burst ----------------------------------------------------------------------------------------------------
@pytest.mark.sans_base
@pytest.mark.passages("S31", "S33")
def test_a_burst_of_deposits_leaves_threads_for_the_pages_and_everyone_deposits_in_the_end(
    monter: Callable[..., Site],
) -> None:
    site = monter()
    lecteur, *candidats = site.preparer(1 + 2 * traitement.EN_LIGNE)
    site.servir(ouvriers=1, fils=traitement.EN_LIGNE + 4)
    for candidat in (lecteur, *candidats):
        assert site.enregistrer(candidat).enregistree
    photo = encode(mire(4_000, 3_000))  # more than a tenth of a second each
    fini = threading.Event()

    def essayer(candidat: Candidat) -> int:
        """How many times the service was busy before the deposit was kept."""
        for occupe in range(60):
            reponse = site.deposer_ensemble(candidat, [("photo.jpg", photo)], "identite")
            if reponse.statut == 302:
                return occupe
            assert refus_lus(reponse.page, "identite") == [OCCUPE]
            time.sleep(1)
        raise AssertionError("the service stays busy")

    with ThreadPoolExecutor(1 + len(candidats)) as fils:
        vues = fils.submit(pages_des_autres, site, lecteur, fini)
        try:
            refus = list(fils.map(essayer, candidats))
        finally:
            fini.set()

    assert {statut for _, statut, _ in vues.result()} == {200}
    assert max(d for _, _, d in vues.result()) < UNE_PAGE / 2
    assert len(vues.result()) > 10
    assert 0 < refus.count(0) < len(candidats), "some were kept at once, the others were told to come back"
    assert len(deposes(site)) == len(candidats)
    assert objets(site) == set().union(*(v.cles for v in deposes(site).values()))

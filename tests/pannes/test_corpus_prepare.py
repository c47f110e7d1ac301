"""S31-S36: every kind of file sent to « Préparer ce fichier pour moi » and by the phone, to a real server."""

from __future__ import annotations

import html
import io
import json
import re
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.justificatifs import corpus as c
from tests.justificatifs import images_a_preparer as i
from tests.justificatifs.scenario import jpeg
from tests.pannes.invariants import lire, violations
from tests.pannes.site import DEPOTS, Candidat, Site, enfants
from tests.pannes.test_corpus import (
    deposes,
    memoire_au_plus_haut,
    objets,
    oublier_les_preparations,
    preparees,
    strict,
    verifier_le_nom,
)
from tests.pannes.test_preparations import PREPARER, Voie, du_pc, du_telephone, envoyer, verifier

UNE_REPONSE = 20  # seconds, on a busy machine
NOMS = "SELECT nom FROM justificatifs_pageassemblee"


@dataclass(frozen=True)
class Cas:
    """``pages`` made of it; with none, ``code`` is why."""

    nom_envoye: str
    fabrique: Callable[[], bytes]
    pages: int = 0
    code: str = ""


def png_immense() -> bytes:
    """Some bytes that say they are a picture of 900 megapixels."""

    def bloc(genre: bytes, contenu: bytes) -> bytes:
        return struct.pack(">I", len(contenu)) + genre + contenu + struct.pack(">I", zlib.crc32(genre + contenu))

    entete = bloc(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + entete + bloc(b"IDAT", zlib.compress(bytes(1000))) + bloc(b"IEND", b"")


def cas() -> Iterator[Cas]:
    yield Cas("IMG_0001.HEIC", i.heic, 1)
    yield Cas("rafale.heic", i.rafale, 1)
    yield Cas("capture.png", i.png, 1)
    yield Cas("transparent.png", lambda: i.en(i.dessin(mode="RGBA"), "PNG"), 1)
    yield Cas("palette.png", lambda: i.en(i.dessin(mode="P"), "PNG"), 1)
    yield Cas("photo.webp", i.webp, 1)
    yield Cas("lourde.jpg", i.photo_lourde, 1)
    yield Cas("lourd.pdf", i.pdf_lourd, 3)
    yield Cas("photo.jpg", jpeg, 1)
    yield Cas("tournee.jpg", lambda: c.oriente(6), 1)
    yield Cas("garnie.jpg", c.jpeg_garni, 1)
    yield Cas("deux.pdf", lambda: i.pdf_de(2), 2)
    yield Cas("21.pdf", lambda: i.pdf_de(21), 0, "trop_de_pages")
    yield Cas("coupe.png", lambda: i.png()[:-200], 0, "fichier_abime")
    yield Cas("coupe.heic", lambda: i.heic()[:-400], 0, "fichier_abime")
    yield Cas("immense.png", png_immense, 0, "fichier_trop_complexe")
    yield Cas("vide.png", bytes, 0, "fichier_vide")
    yield Cas("trop-lourd.png", lambda: i.png() + bytes(25 * c.MO), 0, "fichier_trop_gros")
    yield Cas("png.jpg", lambda: i.png("menteur"), 0, "contenu_different")
    yield Cas("jpeg.heic", lambda: jpeg("menteur"), 0, "contenu_different")
    yield Cas("actif.pdf", lambda: c.fait(c.ACTIFS["javascript-ouverture"]), 0, "fichier_actif")
    for format_pillow in ("TIFF", "GIF", "BMP", "AVIF"):
        nom = f"image.{format_pillow.lower()}"
        yield Cas(nom, lambda f=format_pillow: i.en(i.dessin(), f), 0, "format_refuse")
    yield Cas("page.html", lambda: c.HTML, 0, "format_refuse")
    yield Cas("dessin.svg", lambda: c.SVG, 0, "format_refuse")


@pytest.fixture
def site(monter: Callable[..., Site], tmp_path: Path) -> Site:
    provisoires = tmp_path / "provisoires"
    provisoires.mkdir()
    coffre = json.dumps({"location": str(tmp_path / "site0" / "fichiers")})
    return monter(REGISTRE_COFFRE_OPTIONS=coffre, TMPDIR=str(provisoires))


def ajouter(site: Site, voie: Voie, *fichiers: tuple[str, bytes]) -> list[str]:
    """The codes of what is refused; none when all is taken. The type that is sent lies."""
    debut = time.monotonic()
    recue = site.envoyer_fichiers(voie.qui, voie.chemin, fichiers, champ=voie.champ, genre="text/html")
    assert time.monotonic() - debut < UNE_REPONSE
    if recue.statut == 302:
        return []
    if recue.statut == 413:
        return ["fichier_trop_gros"]
    assert recue.statut == 200, recue.statut
    dits = re.findall(r'<p class="fr-message[^>]*data-code="(\w+)">(.*?)</p>', recue.page, re.DOTALL)
    assert dits, recue.page[:3000]
    assert all(len(re.sub("<[^>]+>", "", mots)) > 40 for _, mots in dits)
    return [code for code, _ in dits]


def verifier_l_image(site: Site, adresse: str, candidat: Candidat) -> Image.Image:
    """A clean JPEG, served as one and as nothing else (S35, S36)."""
    statut, entetes, octets = site.telecharger(adresse, candidat)
    assert statut == 200
    strict(entetes.get, "image/jpeg")
    assert c.MARQUEUR not in octets
    with Image.open(io.BytesIO(octets)) as lue:
        assert not lue.getexif()
        assert "comment" not in lue.info
        return lue.convert("RGB")


@pytest.mark.sans_base
@pytest.mark.passages("S31", "S32", "S33", "S34", "S35", "S36", "F17")
def test_every_kind_of_file_is_prepared_or_refused_and_only_the_pages_of_those_that_succeeded_are_kept(
    site: Site,
) -> None:
    tous = list(cas())
    pc, telephone, nommeur, ordonne = site.preparer(4)
    site.servir()
    for candidat in (pc, telephone, nommeur, ordonne):
        assert site.enregistrer(candidat).enregistree
    ouvriers = site.ouvriers()
    voies = [du_pc(pc), du_telephone(site, telephone)]
    attendues: dict[tuple[int, str, str], int] = {}
    for rang, un_cas in enumerate(tous):
        voie, octets = voies[rang % 2], un_cas.fabrique()
        assert ajouter(site, voie, (un_cas.nom_envoye, octets)) == ([un_cas.code] if un_cas.code else []), un_cas
        if un_cas.pages:
            attendues[voie.candidat.compte, "identite", sha256(octets).hexdigest()] = 2 * un_cas.pages

    # Hostile names: each a page of its own, none of them anywhere but in a text.
    nommes = [(nom, jpeg(f"nom {rang}")) for rang, nom in enumerate(c.NOMS_HOSTILES) if nom][:20]
    for moitie in (nommes[:10], nommes[10:]):
        assert ajouter(site, du_pc(nommeur), *moitie) == []
    attendues |= {(nommeur.compte, "identite", sha256(octets).hexdigest()): 2 for _, octets in nommes}
    page = site.demander("GET", PREPARER, nommeur).page
    affiches = [nom for (nom,) in lire(site.base, NOMS)]
    for nom in affiches:
        verifier_le_nom(nom)
    assert page.count('class="preparer-cadre"') == 20
    assert "<svg onload" not in page
    for nom in {nom for (nom,) in lire(site.base, f"{NOMS} ORDER BY id DESC LIMIT 20")}:
        assert html.escape(nom) in page

    # Exactly those, whole, clean; no process, no file; the same workers.
    assert {cle: len(cles) for cle, cles in preparees(site).items()} == attendues
    assert objets(site) == set().union(*preparees(site).values())
    assert all(re.fullmatch("[0-9a-f]{2}/[0-9a-f]{32}", cle) for cle in objets(site))
    assert deposes(site) == {}
    assert site.ouvriers() == ouvriers
    assert [enfants(o) for o in ouvriers] == [[], []]
    assert max(map(memoire_au_plus_haut, ouvriers)) < 600_000_000
    assert list(Path(site.environnement["TMPDIR"]).iterdir()) == []
    assert violations(site.base) == []
    for candidat in (pc, telephone):
        vue = site.demander("GET", PREPARER, candidat).page
        for adresse in re.findall(r'src="(/justificatifs/page-assemblee/[^"]+)"', vue):
            verifier_l_image(site, adresse, candidat)
            assert site.telecharger(adresse, nommeur)[0] == 404  # another's

    en_desordre(site, ordonne)
    deposees = set().union(*(v.cles for v in deposes(site).values()))
    assert objets(site) == deposees.union(*preparees(site).values())
    oublier_les_preparations(site)
    assert (objets(site), preparees(site)) == (deposees, {})


COULEURS = {"vert": (0, 128, 0), "bleu": (0, 0, 255), "rouge": (255, 0, 0)}


def en_desordre(site: Site, candidat: Candidat) -> None:
    """Pages sent green, blue, red; the red one is put first: the document and its deposit are in that order."""
    voie = du_pc(candidat)
    for nom, couleur in COULEURS.items():
        octets = i.en(Image.new("RGB", (300, 400), couleur), "PNG")
        assert ajouter(site, voie, (f'../"{nom}"\u202e.png', octets)) == []
    vue = site.demander("GET", PREPARER, candidat).page
    rouge = re.findall(r"page-assemblee/([0-9a-f-]{36})/vignette", vue)[-1]
    for _ in range(2):
        assert site.demander("POST", f"{PREPARER}/page/{rouge}/monter", candidat, {}).statut == 302
    assert verifier(site, candidat).suite == f"{PREPARER}/verifier"
    voulues = [COULEURS[n] for n in ("rouge", "vert", "bleu")]
    document = [verifier_l_image(site, f"{PREPARER}/verifier/{n}", candidat) for n in (1, 2, 3)]
    assert [proche(image) for image in document] == [list(v) for v in voulues]
    assert envoyer(site, candidat).suite == f"{DEPOTS}#piece-identite"
    [(reference, nom)] = lire(site.base, "SELECT reference, nom FROM justificatifs_fichierdepose")
    verifier_le_nom(nom)
    assert nom.endswith(".pdf")
    images = [
        verifier_l_image(site, f"/justificatifs/fichier/{reference_lue(reference)}/page/{n}", candidat)
        for n in (1, 2, 3)
    ]
    assert [proche(image) for image in images] == [list(v) for v in voulues]
    statut, entetes, _ = site.telecharger(f"/justificatifs/fichier/{reference_lue(reference)}/copie", candidat)
    assert statut == 200
    assert re.fullmatch(r'attachment; filename="[\w-]+\.pdf"', entetes["Content-Disposition"])


def reference_lue(texte: Any) -> str:
    return re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", texte)


def proche(image: Image.Image) -> list[int]:
    """The colour of the middle, to the nearest of those that were drawn."""
    milieu = image.getpixel((image.width // 2, image.height // 2))
    return list(min(COULEURS.values(), key=lambda v: sum(abs(a - b) for a, b in zip(v, milieu, strict=True))))

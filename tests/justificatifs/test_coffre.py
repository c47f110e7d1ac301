"""S34, S46, F14, F16, P9: what the vault writes, and what it refuses to give back."""

from __future__ import annotations

import errno
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from hypothesis import given
from hypothesis import settings as essais
from hypothesis import strategies as st

from config.settings import STORAGES
from registre.commun import cles
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.fichiers.coffre import CoffreEnPanne, ObjetAltere, ObjetPerdu

CONNU = b"%PDF-1.7 Camille Roche, 12 rue des Tanneurs " * 40


@pytest.fixture
def dossier(settings, tmp_path) -> Path:
    """A vault of its own, with the options of the site."""
    du_site = STORAGES["default"]
    options = du_site["OPTIONS"] | {"location": tmp_path / "fichiers"}
    settings.STORAGES = settings.STORAGES | {"default": du_site | {"OPTIONS": options}}
    return tmp_path / "fichiers"


def objets(dossier: Path) -> list[Path]:
    return [c for c in dossier.rglob("*") if c.is_file()]


@pytest.mark.passages("S34", "S46")
def test_what_is_put_away_comes_back_under_a_name_drawn_at_random(dossier):
    contenus = [b"", b"\0", CONNU, CONNU, os.urandom(300_000)]
    rangees = [coffre.ranger(c) for c in contenus]
    assert [coffre.lire(c) for c in rangees] == contenus
    assert len(set(rangees)) == len(contenus)  # the same bytes twice are two objects
    for cle in rangees:
        assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", cle)
    assert {str(c.relative_to(dossier)) for c in objets(dossier)} == set(rangees)


@pytest.mark.passages("S46", "P9")
def test_no_byte_of_a_known_paper_is_on_the_disk_and_nobody_else_can_open_it(dossier):
    coffre.ranger(CONNU)
    coffre.ranger(CONNU)
    premier, second = (c.read_bytes() for c in objets(dossier))
    for ecrit in (premier, second):
        assert not any(CONNU[n : n + 8] in ecrit for n in range(60))
    assert premier[17:] != second[17:]  # nothing tells that they are the same
    for chemin in [dossier, *dossier.rglob("*")]:
        attendu = 0o700 if chemin.is_dir() else 0o600
        assert stat.S_IMODE(chemin.stat().st_mode) == attendu, chemin


@pytest.mark.passages("S46", "F16")
def test_every_flipped_byte_and_every_cut_is_seen(dossier):
    cle = coffre.ranger(b"trente octets de papier, un bon")
    [objet] = objets(dossier)
    bon = objet.read_bytes()
    for place in range(len(bon)):
        objet.write_bytes(bon[:place] + bytes([bon[place] ^ 1]) + bon[place + 1 :])
        with pytest.raises(ObjetAltere):
            coffre.lire(cle)
    for longueur in range(len(bon)):
        objet.write_bytes(bon[:longueur])
        with pytest.raises(ObjetAltere):
            coffre.lire(cle)
    objet.write_bytes(bon + b"\0")
    with pytest.raises(ObjetAltere):
        coffre.lire(cle)
    objet.write_bytes(bon)
    assert coffre.lire(cle) == b"trente octets de papier, un bon"


@essais(max_examples=60, deadline=None, database=None)
@given(octets=st.binary(max_size=200), degat=st.binary(max_size=300))
def test_random_bytes_in_place_of_an_object_never_open(octets, degat):
    nom = coffre.nouveau_nom()
    assert coffre.ouvrir(nom, coffre.fermer(nom, octets)) == octets
    with pytest.raises(ObjetAltere):
        coffre.ouvrir(nom, degat)
    with pytest.raises(ObjetAltere):
        coffre.ouvrir(coffre.nouveau_nom(), coffre.fermer(nom, octets))


@pytest.mark.passages("S46", "F16")
def test_an_object_put_in_the_place_of_another_does_not_open(dossier):
    mien, autre = coffre.ranger(b"le mien"), coffre.ranger(b"celui d'un autre")
    (dossier / mien).write_bytes((dossier / autre).read_bytes())
    with pytest.raises(ObjetAltere):
        coffre.lire(mien)


@pytest.fixture
def autre_cle_maitre(settings) -> Iterator[None]:
    settings.CLE_MAITRE = "une autre clé maîtresse, tirée ailleurs : 8Zk2"
    cles.cle.cache_clear()
    yield
    cles.cle.cache_clear()


@pytest.mark.passages("S46")
def test_the_header_tells_which_master_key_closed_the_object(dossier, autre_cle_maitre, settings):
    ailleurs = coffre.ranger(b"x")
    entete = (dossier / ailleurs).read_bytes()[:5]
    settings.CLE_MAITRE = "encore une autre, différente de la première : 7Qp4"
    cles.cle.cache_clear()
    with pytest.raises(ObjetAltere, match="autre clé maîtresse"):
        coffre.lire(ailleurs)
    ici = coffre.ranger(b"x")
    assert (dossier / ici).read_bytes()[:5] != entete
    assert entete[:1] == b"\x01"


@pytest.mark.passages("F16", "S34")
@pytest.mark.parametrize("cle", ["", "ab", "../../etc/passwd", "ab/" + "0" * 31, "AB/" + "0" * 32, "ab/" + "0" * 32])
def test_a_name_that_the_vault_has_not_given_is_a_lost_object(dossier, cle):
    coffre.ranger(b"autre chose")
    with pytest.raises(ObjetPerdu):
        coffre.lire(cle)


def test_erasing_is_for_good_can_be_done_twice_and_touches_nothing_else(dossier):
    gardee, *effacees = (coffre.ranger(str(n).encode()) for n in range(3))
    coffre.effacer([*effacees, "ab", "../fichiers", "ab/" + "0" * 32])
    coffre.effacer(effacees)
    assert coffre.lire(gardee) == b"0"
    for cle in effacees:
        with pytest.raises(ObjetPerdu):
            coffre.lire(cle)
    assert len(objets(dossier)) == 1
    with pytest.raises(ValueError, match="pas une clé"):
        coffre.effacer_un("ab")


@pytest.mark.passages("F14")
def test_a_storage_that_fails_is_told_apart_from_a_lost_object_and_recovers(dossier, caplog):
    cle = coffre.ranger(CONNU)
    ailleurs = dossier.with_name("ailleurs")
    dossier.rename(ailleurs)
    dossier.write_bytes(b"un fichier \xc3\xa0 la place du dossier")
    for acte in (lambda: coffre.ranger(b"x"), lambda: coffre.lire(cle), lambda: coffre.effacer_un(cle)):
        with pytest.raises(CoffreEnPanne):
            acte()
    coffre.effacer([cle])  # never fails
    assert "non effacé" in caplog.text
    dossier.unlink()
    ailleurs.rename(dossier)
    assert coffre.lire(cle) == CONNU


class DisquePlein(FileSystemStorage):
    """Keeps the first bytes, then has no room."""

    def _save(self, name, content):
        chemin = Path(self.path(name))
        chemin.parent.mkdir(parents=True)
        chemin.write_bytes(content.read(100))
        raise OSError(errno.ENOSPC, "No space left on device")


class Renommeur(FileSystemStorage):
    """A storage that chooses its names."""

    def _save(self, name, content):
        return super()._save(f"{name[:-1]}z", content)


@pytest.mark.passages("F14", "F19")
@pytest.mark.parametrize("stockage", [DisquePlein, Renommeur])
def test_a_write_that_fails_leaves_nothing_behind(settings, tmp_path, stockage):
    sien = {"BACKEND": f"{__name__}.{stockage.__name__}", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": sien}
    with pytest.raises(CoffreEnPanne):
        coffre.ranger(CONNU)
    restes = objets(tmp_path)
    # What was renamed has no name of ours: it is left, and the report of the reaper names it.
    assert len(restes) == (1 if stockage is Renommeur else 0)


@pytest.mark.passages("F17")
def test_an_object_is_on_the_disk_before_its_name_is_given(dossier, monkeypatch):
    """The waits are watched, not replaced: the file, its folder, the folder above."""
    attendus, vrai = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda d: (attendus.append(os.readlink(f"/proc/self/fd/{d}")), vrai(d)))
    cle = coffre.ranger(CONNU)
    assert attendus == [str(dossier / cle), str((dossier / cle).parent), str(dossier)]


def test_another_process_with_the_same_master_key_reads_the_object(dossier, settings):
    cle = coffre.ranger(CONNU)
    programme = f"""if True:
        import django; django.setup()
        from registre.justificatifs.fichiers import coffre
        import sys; sys.stdout.buffer.write(coffre.lire({cle!r}))"""
    env = os.environ | {"REGISTRE_VAR": str(dossier.parent), "REGISTRE_CLE_MAITRE": settings.CLE_MAITRE}
    lu = subprocess.run([sys.executable, "-c", programme], env=env, capture_output=True, check=True)
    assert lu.stdout == CONNU

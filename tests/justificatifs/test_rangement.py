"""F15, F16, S38: the reaper takes orphans and nothing else; the check of the vault names what is lost or altered."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.settings import STORAGES
from registre.inscription.models import Candidature
from registre.justificatifs import rangement
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.fichiers.coffre import CoffreEnPanne, ObjetPerdu
from registre.justificatifs.models import FichierDepose, PieceJustificative

pytestmark = pytest.mark.django_db
JOUR = timedelta(hours=24)
DEBUT = datetime(2025, 10, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def dossier(settings, tmp_path) -> Path:
    du_site = STORAGES["default"]
    options = du_site["OPTIONS"] | {"location": tmp_path / "fichiers"}
    settings.STORAGES = settings.STORAGES | {"default": du_site | {"OPTIONS": options}}
    return tmp_path / "fichiers"


@pytest.fixture
def piece(compte) -> PieceJustificative:
    candidature = Candidature.objects.create(
        compte=compte,
        academie="clermont-ferrand",
        session=2026,
        examen="bac-pro",
        numero="26-000001-A",
        enregistree_le=DEBUT,
        derniere_version=1,
        specialite="agora",
        forme_de_passage="globale",
        empreinte_visible="0" * 64,
    )
    return PieceJustificative.objects.create(candidature=candidature, cle="piece-identite")


def nommer(piece: PieceJustificative, octets: bytes, cles: list[str]) -> FichierDepose:
    """The row of a deposit whose objects are in the vault."""
    original, copie, *images = cles
    return FichierDepose.objects.create(
        piece=piece,
        rang=1,
        nom="carte.pdf",
        format="pdf",
        taille=len(octets),
        place=len(octets) + sum(len(b"copie") for _ in cles[1:]),
        empreinte=sha256(octets).hexdigest(),
        original=original,
        copie=copie,
        pages=[{"cle": c, "largeur": 10, "hauteur": 10} for c in images],
        depose_le=DEBUT,
    )


def deposer(piece: PieceJustificative, octets: bytes, pages: int = 2) -> FichierDepose:
    return nommer(piece, octets, [coffre.ranger(octets), *(coffre.ranger(b"copie") for _ in range(1 + pages))])


def vieillir(dossier: Path, cle: str, age: timedelta) -> None:
    quand = (timezone.now() - age).timestamp()
    os.utime(dossier / cle, (quand, quand))


def presentes(dossier: Path) -> set[str]:
    return {str(c.relative_to(dossier)) for c in dossier.rglob("*") if c.is_file()}


@pytest.mark.passages("F15")
def test_ranger_coffre_erases_orphans_older_than_a_day_and_says_so(dossier, piece, capsys):
    vieux = deposer(piece, b"vieux et nomme", pages=3)
    remplace = deposer(piece, b"remplace")
    FichierDepose.objects.filter(pk=remplace.pk).update(remplace_le=DEBUT)
    orphelins = [coffre.ranger(b"perdu de vue") for _ in range(4)]
    for cle in [*vieux.cles, *remplace.cles, *orphelins]:
        vieillir(dossier, cle, JOUR + timedelta(minutes=1))
    jeunes = [coffre.ranger(b"en cours"), coffre.ranger(b"presque vieux")]
    vieillir(dossier, jeunes[1], JOUR - timedelta(minutes=1))
    futur = coffre.ranger(b"une horloge en avance")
    vieillir(dossier, futur, -timedelta(days=3))
    (dossier / "LISEZ-MOI").write_text("pas un objet")
    (dossier / "ab" / "tmp").mkdir(parents=True)

    attendues = {*vieux.cles, *remplace.cles, *jeunes, futur, "LISEZ-MOI"}
    call_command("ranger_coffre")
    sortie = capsys.readouterr().out.replace("\u00a0", " ")
    assert "4 objets effacés, 9 gardés, 3 de moins de 24 heures." in sortie
    assert "LISEZ-MOI" in sortie
    assert "ab/tmp" in sortie
    assert presentes(dossier) == attendues
    call_command("ranger_coffre")
    assert "0 objets effacés, 9 gardés" in capsys.readouterr().out
    assert presentes(dossier) == attendues


def test_a_vault_never_used_has_nothing_to_tidy_nor_to_check(dossier, capsys):
    call_command("ranger_coffre")
    call_command("verifier_coffre")
    assert "0 objets effacés, 0 gardés" in capsys.readouterr().out


def test_ranger_coffre_stops_before_it_empties_the_vault(dossier, piece, capsys):
    """The wrong database, or an empty one: every object looks like an orphan."""
    deposer(piece, b"le seul que cette base connaisse")
    inconnus = [coffre.ranger(b"x") for _ in range(rangement.BEAUCOUP + 1)]
    for cle in inconnus:
        vieillir(dossier, cle, 2 * JOUR)
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("ranger_coffre")
    assert presentes(dossier) >= set(inconnus)
    call_command("ranger_coffre", "--quand-meme")
    assert "101 objets effacés" in capsys.readouterr().out
    assert not presentes(dossier) & set(inconnus)


@pytest.mark.passages("F14")
def test_a_storage_that_fails_makes_both_commands_fail_and_erases_nothing(dossier, piece):
    fichier = deposer(piece, b"carte")
    ailleurs = dossier.with_name("ailleurs")
    dossier.rename(ailleurs)
    dossier.write_text("en panne")
    for commande in ("ranger_coffre", "verifier_coffre"):
        with pytest.raises(CommandError) as echec:
            call_command(commande)
        assert echec.value.returncode == 2
    dossier.unlink()
    ailleurs.rename(dossier)
    assert presentes(dossier) == set(fichier.cles)


def test_what_the_storage_refuses_to_erase_is_counted_and_taken_next_time(dossier, monkeypatch, piece):
    orphelin = coffre.ranger(b"x")
    vieillir(dossier, orphelin, 2 * JOUR)
    stockage = type(default_storage._wrapped)

    def refuser(self, nom):
        raise PermissionError(nom)

    with monkeypatch.context() as panne:
        panne.setattr(stockage, "delete", refuser)
        with pytest.raises(CommandError) as echec:
            call_command("ranger_coffre")
    assert echec.value.returncode == 2
    assert presentes(dossier) == {orphelin}
    call_command("ranger_coffre")
    assert presentes(dossier) == set()


@pytest.mark.passages("F15")
def test_many_reapers_at_once_erase_each_orphan_and_none_fails(dossier):
    """Threads without rows: what is tried is the storage under several hands."""
    orphelins = [coffre.ranger(b"x") for _ in range(60)]
    for cle in orphelins:
        vieillir(dossier, cle, 2 * JOUR)
    restes: list[int] = []
    fils = [
        threading.Thread(
            target=lambda: restes.append(rangement.effacer(rangement.inventorier(timezone.now() - JOUR).anciens))
        )
        for _ in range(4)
    ]
    for f in fils:
        f.start()
    for f in fils:
        f.join()
    assert restes == [0, 0, 0, 0]
    assert presentes(dossier) == set()


# --- F15: schedules ---------------------------------------------------------------------------------------------


@dataclass
class Depot:
    """A deposit in small steps, that may stop anywhere."""

    piece: PieceJustificative
    objets: int
    cles: list[str] = field(default_factory=list)
    ligne: FichierDepose | None = None
    mort: bool = False

    def pas(self) -> bool:
        """Writes the next object, or the row; false when there is nothing left to do."""
        if len(self.cles) < self.objets:
            self.cles.append(coffre.ranger(b"octets"))
        elif self.ligne is None:
            self.ligne = nommer(self.piece, b"octets", self.cles)
        else:
            return False
        return True

    @property
    def fini(self) -> bool:
        return self.mort or self.ligne is not None


def rangeur() -> Iterator[None]:
    """The reaper, in the very steps of ``ranger_le_coffre``, stopped between them."""
    inventaire = rangement.inventorier(timezone.now() - rangement.AGE)
    yield
    orphelins = inventaire.anciens - rangement.cles_nommees()
    for cle in sorted(orphelins):
        yield
        assert rangement.effacer([cle]) == 0


def manque(cles: list[str]) -> list[str]:
    return [c for c in cles if not default_storage.exists(c)]


PROGRAMMES = int(os.environ.get("REGISTRE_PROGRAMMES", "150"))  # 1 000 for the full proof of F15


@pytest.mark.passages("F15")
def test_in_random_schedules_the_reaper_never_takes_a_named_nor_an_unfinished_object(settings, piece):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    graine = int.from_bytes(os.urandom(4))
    hasard = random.Random(graine)  # noqa: S311 - moments, not secrets
    courses = 0
    for _ in range(PROGRAMMES):
        with time_machine.travel(DEBUT, tick=False) as horloge:
            courses += un_programme(hasard, horloge, piece, f"seed {graine}")
            FichierDepose.objects.all().delete()
            coffre.effacer(rangement.inventorier(timezone.now()).anciens)
    assert courses > PROGRAMMES / 2, "deposits and reapers hardly met: nothing was tried"


def un_programme(
    hasard: random.Random, horloge: time_machine.Traveller, piece: PieceJustificative, graine: str
) -> int:
    """Deposits of up to twelve hours, some cut, some deleted later, among reapers; returns how often they met."""
    depots: list[Depot] = []
    rangeurs: list[Iterator[None]] = []
    courses = 0
    for _ in range(hasard.randint(10, 40)):
        acte = hasard.choice(("depot", "avancer", "avancer", "mourir", "supprimer", "rangeur", "ranger", "ranger"))
        en_cours = [d for d in depots if not d.fini]
        if acte == "depot":
            depots.append(Depot(piece, hasard.randint(2, 4)))
        elif acte == "avancer" and en_cours:
            hasard.choice(en_cours).pas()
            courses += bool(rangeurs)
        elif acte == "mourir" and en_cours:
            hasard.choice(en_cours).mort = True
        elif acte == "supprimer" and (faits := [d for d in depots if d.ligne and not d.mort]):
            supprime = hasard.choice(faits)  # the row first; the process dies before the objects
            supprime.ligne.delete()
            supprime.mort = True
        elif acte == "rangeur":
            rangeurs.append(rangeur())
        elif acte == "ranger" and rangeurs:
            rangeurs = [r for r in rangeurs if r is not (choisi := hasard.choice(rangeurs)) or next(choisi, 1) is None]
        # A deposit never lasts a day: it may take all of what is left of twelve hours at its first step.
        if all(d.fini for d in depots):
            horloge.shift(timedelta(hours=hasard.choice((0, 1, 13, 30))))
        else:
            ages = [
                timezone.now() - default_storage.get_modified_time(c) for d in depots if not d.fini for c in d.cles
            ]
            reste = timedelta(hours=12) - max(ages, default=timedelta(0))
            horloge.shift(hasard.random() * max(reste, timedelta(0)))
        vivants = [d for d in depots if not d.mort]
        assert [m for d in vivants for m in manque(d.cles)] == [], graine
    while any(not d.fini for d in depots):
        next(d for d in depots if not d.fini).pas()
    for r in rangeurs:
        list(r)
    gardees = {c for d in depots if not d.mort for c in d.cles}
    assert manque(sorted(gardees)) == [], graine
    horloge.shift(JOUR + timedelta(minutes=1))
    fait = rangement.ranger_le_coffre(timezone.now(), quand_meme=True)
    assert fait.restes == 0
    assert manque(sorted(gardees)) == [], graine
    assert rangement.inventorier(timezone.now()).anciens == gardees, graine  # every orphan is gone
    return courses


# --- F16: the check of the vault ----------------------------------------------------------------------------------


@pytest.mark.passages("F16", "S38")
def test_verifier_coffre_names_each_object_that_is_lost_altered_or_not_the_one_sent(dossier, piece, capsys):
    bon, perdu, altere, autre = (deposer(piece, n.encode()) for n in ("bon", "perdu", "altere", "autre"))
    call_command("verifier_coffre")
    assert "4 fichiers, 16 objets relus, 0 en défaut." in capsys.readouterr().out

    (dossier / perdu.pages[1]["cle"]).unlink()
    abime = dossier / altere.copie
    abime.write_bytes(abime.read_bytes()[:-1])
    FichierDepose.objects.filter(pk=autre.pk).update(original=coffre.ranger(b"un bon objet, mais pas celui-ci"))
    with pytest.raises(CommandError, match="4 fichiers, 16 objets relus, 3 en défaut") as echec:
        call_command("verifier_coffre")
    assert echec.value.returncode == 1
    lignes = capsys.readouterr().out.splitlines()
    debut = f"{piece.candidature.numero} / piece-identite / "
    assert lignes == [
        f"{debut}{perdu.reference} : page 2, perdu",
        f"{debut}{altere.reference} : copie, altéré",
        f"{debut}{autre.reference} : original, empreinte différente",
    ]
    assert str(bon.reference) not in "".join(lignes)


@pytest.mark.passages("F16")
def test_a_file_deleted_while_it_is_checked_is_not_a_defect(dossier, piece):
    parti = deposer(piece, b"parti")
    reste = deposer(piece, b"reste")
    lecture = rangement.verifier_le_coffre()
    assert next(lecture) == (4, [])
    FichierDepose.objects.filter(pk=reste.pk).delete()
    coffre.effacer(reste.cles)
    assert list(lecture) == []
    assert coffre.lire(parti.original) == b"parti"


@pytest.mark.passages("S38")
def test_two_files_of_one_name_and_size_stay_two_objects(dossier, piece):
    """Nothing in the vault is found by its content: two papers that collide under a hash stay two."""
    premier, second = deposer(piece, b"a" * 320), deposer(piece, b"b" * 320)
    assert not set(premier.cles) & set(second.cles)
    assert coffre.lire(premier.original) == b"a" * 320
    assert coffre.lire(second.original) == b"b" * 320
    coffre.effacer(premier.cles)
    assert coffre.lire(second.original) == b"b" * 320
    with pytest.raises(ObjetPerdu):
        coffre.lire(premier.original)


def test_the_inventory_says_when_the_storage_cannot_be_read(dossier):
    dossier.write_text("pas un dossier")
    with pytest.raises(CoffreEnPanne):
        rangement.inventorier(timezone.now())

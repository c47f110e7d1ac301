"""A parameter that no code reads promises a choice that does not exist: each one is read, or says why it is not."""

from __future__ import annotations

import ast
import dataclasses
import re
import typing
from pathlib import Path

from registre.regles import cadre

RACINE = Path(cadre.__file__).resolve().parents[1]

# What the session says and no code reads, with the reason.
NON_LUS = {
    # Facts of the référentiel, kept with their source for who checks them (L-35, L-38).
    "Specialite.secteur": "said by the référentiel; lvb, which follows from it, is what the rules read",
    "Specialite.lvb_source": "checked when it is loaded, before there is an object",
    "Specialite.lvb_certitude": "how sure lvb_source is",
    "Specialite.rncp": "the number of the diploma in the national directory",
    "Specialite.reglement": "the text that was read",
    "Specialite.notes": "remarks for who fills the file",
    "Diplome.libelle_notice": "the words of the notice, to compare with",
    "Matiere.libelle_notice": "the words of the notice, to compare with",
    "Conditions.trois_ans": "its one field is a choice of one value, the day of the closing (L-18)",
    # The acts are still to come: sources/a_venir.toml, « annulation des dossiers incomplets ».
    "ParametresDossier.annulation_automatique": "L-51",
}


def champs() -> dict[str, typing.Any]:
    """« Table.champ » -> its type, for all that a session may say."""
    tables = [t for t in vars(cadre).values() if isinstance(t, type) and dataclasses.is_dataclass(t)]
    return {
        f"{t.__name__}.{f.name}": typing.get_type_hints(t)[f.name]
        for t in tables
        for f in dataclasses.fields(t)
        if f.name not in ("source", "certitude", "verifie_le")
    }


def noms_lus(racine: Path) -> set[str]:
    """Every name read after a dot, in the code and in what renders pages, mails and documents."""
    lus: set[str] = set()
    for chemin in racine.rglob("*"):
        if chemin.suffix == ".py":
            noeuds = ast.walk(ast.parse(chemin.read_text(encoding="utf-8")))
            lus |= {n.attr for n in noeuds if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
        elif chemin.suffix in (".html", ".txt", ".typ"):
            lus |= set(re.findall(r"\.([a-z_0-9]+)", chemin.read_text(encoding="utf-8")))
    return lus


def seul_choix(genre: typing.Any) -> bool:
    """A closed choice of one value: the loader refuses any other, so there is nothing to read."""
    return typing.get_origin(genre) is typing.Literal and len(typing.get_args(genre)) == 1


def non_lus(racine: Path) -> set[str]:
    lus = noms_lus(racine)
    return {nom for nom, genre in champs().items() if nom.split(".")[1] not in lus and not seul_choix(genre)}


def test_every_parameter_of_the_session_is_read_by_the_code():
    assert non_lus(RACINE) - set(NON_LUS) == set()


def test_no_parameter_is_excused_that_is_read():
    assert set(NON_LUS) <= non_lus(RACINE)


def test_a_parameter_that_nothing_reads_is_found(tmp_path: Path):
    (tmp_path / "regle.py").write_text("def f(cadre):\n    return cadre.acquis.choix_unique\n")
    assert "ParametresAcquis.choix_unique" not in non_lus(tmp_path)
    assert "ParametresAcquis.attestation_blocs" in non_lus(tmp_path)
    assert "ParametresAcquis.benefice_niveau" not in non_lus(tmp_path)  # « unite », and nothing else

"""The name sent is kept to be shown, and can do nothing but be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registre.justificatifs.fichiers.noms import nom_affiche
from tests.justificatifs.corpus import NOMS_HOSTILES

pytestmark = [pytest.mark.sans_base, pytest.mark.passages("S34")]


@pytest.mark.parametrize(
    ("envoye", "montre"),
    [
        ("releve.pdf", "releve.pdf"),
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\Léa\\releve.pdf", "releve.pdf"),
        ("photo\x00.jpg", "photo.jpg"),
        ("photo\r\nSet-Cookie: a=1.jpg", "photoSet-Cookie: a=1.jpg"),
        ("gpj.\u202e\u2066exe.jpg", "gpj.exe.jpg"),
        ("e\u0301te\u0301.jpg", "été.jpg"),
        ("photo\U0001f600.jpg", "photo\U0001f600.jpg"),
        ("  un   nom .pdf ", "un nom .pdf"),
        ("CON", "CON"),
        ("-rf.jpg", "-rf.jpg"),
        ("a" * 296 + ".jpeg", "a" * 95 + ".jpeg"),
        ("b" * 300, "b" * 100),
        ("", "fichier"),
        ("...", "fichier"),
        ("\u202e\u200d", "fichier"),
        ("\ud800", "fichier"),
        ("dossier/", "fichier"),
    ],
)
def test_the_name_shown_is_the_last_part_of_what_was_sent_without_anything_invisible(envoye: str, montre: str) -> None:
    assert nom_affiche(envoye) == montre


def _montrable(nom: str) -> bool:
    categories = {unicodedata.category(caractere) for caractere in nom if caractere != "\u200d"}
    sans_controle = categories.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    return sans_controle and 0 < len(nom) <= 100 and not set(nom) & set("/\\")


@pytest.mark.parametrize("nom", NOMS_HOSTILES)
def test_a_hostile_name_becomes_one_that_can_be_shown(nom: str) -> None:
    assert _montrable(nom_affiche(nom))


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_can_be_shown_and_stays_the_same_afterwards(nom: str) -> None:
    montre = nom_affiche(nom)
    assert _montrable(montre)
    assert unicodedata.is_normalized("NFC", montre)
    assert nom_affiche(montre) == montre

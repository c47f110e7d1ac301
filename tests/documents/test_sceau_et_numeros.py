"""Numbers that catch a typing mistake, and a seal that only the register can write."""

from __future__ import annotations

import re
import string

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from registre.commun.cadres import principal
from registre.documents import sceau
from registre.documents.numeros import numero_candidat, numero_inscription, verifier

ALPHANUMERIQUE_DES_QR = set(string.digits + string.ascii_uppercase + " $%*+-./:")


@pytest.mark.passages("L-58", "recapitulatif.numero-inscription")
def test_numbers_carry_session_sequence_and_check_character():
    cadre = principal()
    assert re.fullmatch(r"C-000123-[0-9A-Z]", numero_candidat(cadre, 123))
    assert re.fullmatch(r"2026-000123-[0-9A-Z]", numero_inscription(cadre, 123))
    assert numero_inscription(cadre, 1_234_567).startswith("2026-1234567-")


@pytest.mark.parametrize("sequence", [0, -1])
def test_a_sequence_starts_at_one(sequence):
    with pytest.raises(ValueError, match="commence à 1"):
        numero_candidat(principal(), sequence)


@pytest.mark.passages("L-58")
@given(st.integers(1, 999_999), st.data())
def test_verifier_sees_every_wrong_digit(sequence, data):
    numero = numero_inscription(principal(), sequence)
    assert verifier(numero)
    assert verifier(numero.lower().replace("-", " "))
    chiffres = numero.replace("-", "")
    rang = data.draw(st.integers(0, len(chiffres) - 2))
    autre = data.draw(st.sampled_from([c for c in string.digits if c != chiffres[rang]]))
    assert not verifier(chiffres[:rang] + autre + chiffres[rang + 1 :])


@pytest.mark.passages("L-58")
def test_verifier_sees_nearly_every_swap_of_two_neighbours():
    vus = total = 0
    for sequence in range(1, 400):
        chiffres = numero_inscription(principal(), sequence * 2477 % 999_999).replace("-", "")
        for rang in range(len(chiffres) - 1):
            echange = chiffres[:rang] + chiffres[rang + 1] + chiffres[rang] + chiffres[rang + 2 :]
            if echange != chiffres:
                total += 1
                vus += not verifier(echange)
    assert vus / total > 0.95


@pytest.mark.parametrize("numero", ["", "-", "2026-000123", "é", "2026-000123-é", "' OR 1=1", "2026\x00"])
def test_verifier_refuses_what_is_no_number(numero):
    assert not verifier(numero)


def test_a_code_fits_the_alphabet_and_the_size_of_the_printed_code():
    code = sceau.code("2026-000123-K", 2)
    assert set(code) <= ALPHANUMERIQUE_DES_QR
    assert code.startswith("2026-000123-K/2/")
    svg, cote = sceau.qr(code)
    assert cote == 25 + 2 * sceau.MODULES_DE_MARGE
    assert svg.startswith("<?xml")
    barre = zxingcpp.create_barcode(code, zxingcpp.QRCode, ec_level="M")
    assert barre.ec_level == "M"


@given(st.integers(1, 99_999), st.integers(1, 99_999))
def test_lire_gives_back_what_was_sealed(sequence, version):
    numero = numero_inscription(principal(), sequence)
    assert sceau.lire(sceau.code(numero, version)) == (numero, version)


@given(st.data())
def test_lire_refuses_a_code_with_one_character_changed(data):
    code = sceau.code("2026-000123-K", 2)
    rang = data.draw(st.integers(0, len(code) - 1))
    autre = data.draw(st.characters(codec="utf-8").filter(lambda c: c != code[rang]))
    assert sceau.lire(code[:rang] + autre + code[rang + 1 :]) is None


@pytest.mark.parametrize(
    "texte", ["", "2026-000123-K/2/", "2026-000123-K/2/AAAAAAAAAAAAAAAA", "x" * 10_000, "a/b/c/d"]
)
def test_lire_refuses_what_is_no_code(texte):
    assert sceau.lire(texte) is None


def test_a_seal_depends_on_the_master_key(settings):
    from registre.commun.cles import cle

    code = sceau.code("2026-000123-K", 2)
    cle.cache_clear()
    settings.CLE_MAITRE = "une autre clé maîtresse, pour cet essai seulement"
    try:
        assert sceau.lire(code) is None
    finally:
        cle.cache_clear()


@pytest.mark.parametrize(("numero", "version"), [("2026/1", 1), ("é", 1), ("", 1), ("2026-1", 0), ("2026-1", 100_000)])
def test_a_number_that_cannot_be_sealed_is_refused(numero, version):
    with pytest.raises(ValueError, match="impossible à sceller"):
        sceau.code(numero, version)

"""Numbers as they are written: what the reference cases leave open."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registre.regles.moyenne import ecrit


@pytest.mark.parametrize(("nombre", "texte"), [("0.1234", "0,1234"), ("0.12345", "0,1235"), ("12.00004", "12,0000")])
def test_a_number_is_written_with_four_decimals_at_most(nombre, texte):
    assert ecrit(Decimal(nombre)) == texte

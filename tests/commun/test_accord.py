"""The agreement of a word with its number, everywhere on the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from registre.commun.templatetags.registre_tags import accord


@pytest.mark.parametrize(("nombre", "fin", "verbe"), [(0, "", "n’est"), (1, "", "n’est"), (2, "s", "ne sont")])
def test_the_plural_begins_at_two(nombre, fin, verbe):
    assert (accord(nombre), accord(nombre, "n’est,ne sont")) == (fin, verbe)


def test_no_page_uses_the_english_agreement():
    """Django’s own filter says « 0 pièces »."""
    gabarits = Path(settings.BASE_DIR, "registre").rglob("*.html")
    assert [g.name for g in gabarits if "|pluralize" in g.read_text(encoding="utf-8")] == []

"""``python manage.py ecrire_docs`` : récrit les pages de ``docs/`` tirées des données."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from registre.commun.sources import lectures_en_markdown


class Command(BaseCommand):
    help = "Récrit docs/lectures.md d’après sources/lectures.toml."

    def handle(self, *_args: Any, **_options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "lectures.md"
        page.write_text(lectures_en_markdown(), encoding="utf-8")
        self.stdout.write(f"{page.relative_to(settings.BASE_DIR)} récrit.")

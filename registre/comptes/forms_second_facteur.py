"""Formulaires de la double authentification du service. Ils ne demandent rien de la personne : que des codes."""

from __future__ import annotations

from typing import Any

from registre.commun.formulaires import texte
from registre.comptes.forms import Saisi, secret


class CodeDuMoment(Saisi):
    code = texte(
        "Code à six chiffres",
        "Il est dans l’application de votre téléphone et change toutes les 30\u00a0secondes.",
        autocomplete="one-time-code",
        inputmode="numeric",
        spellcheck="false",
    )


class CodeDeSecours(Saisi):
    code = texte(
        "Code de secours",
        "Un des codes imprimés à l’installation. Les espaces et les minuscules ne comptent pas.",
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
    )


class Installation(CodeDuMoment):
    """``remplace`` : une application donne déjà les codes ; la remplacer demande aussi le mot de passe."""

    actuel = secret("Mot de passe actuel", autocomplete="current-password")

    field_order = ("actuel", "code")

    def __init__(self, *args: Any, remplace: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not remplace:
            del self.fields["actuel"]

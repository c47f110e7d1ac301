"""Les numéros de candidat et d’inscription, avec leur caractère de contrôle."""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from registre.regles.cadre import Cadre


def numero_candidat(cadre: Cadre, sequence: int) -> str:
    """Numéro de la personne, par exemple ``C-000123-K``. ``sequence`` : entier d’au moins 1, jamais réutilisé."""
    return _avec_controle(cadre.numeros.candidat, cadre.session, sequence)


def numero_inscription(cadre: Cadre, sequence: int) -> str:
    """Numéro de la candidature, par exemple ``2026-000123-K``. Il ne change plus et n’est pas un secret."""
    return _avec_controle(cadre.numeros.inscription, cadre.session, sequence)


def verifier(numero: str) -> bool:
    """Vrai si le caractère de contrôle (ISO 7064 mod 37,36) est celui du numéro : une faute de frappe se voit.

    Les tirets, les espaces et la casse ne comptent pas.
    """
    try:
        mod_37_36.validate(numero.replace("-", "").replace(" ", "").upper())
    except ValidationError:
        return False
    return True


def _avec_controle(gabarit: str, session: int, sequence: int) -> str:
    if sequence < 1:
        raise ValueError("la séquence commence à 1")
    numero = gabarit.format(session=session, sequence=sequence)
    return f"{numero}-{mod_37_36.calc_check_digit(numero.replace('-', ''))}"

"""Une présentation antérieure, telle que les cas l'écrivent : un champ absent n'a pas été donné."""

from __future__ import annotations

from dataclasses import dataclass

from registre.regles.conditions import PassageAnterieur
from registre.regles.vocabulaire import FormeDePassage, Resultat

EXAMEN = "bac-professionnel"  # le nom que les cas donnent à l'examen présenté


@dataclass(frozen=True, kw_only=True)
class Presentation:
    examen: str
    specialite: str | None = None
    session: int | None = None
    forme_de_passage: FormeDePassage | None = None
    resultat: Resultat | None = None
    academie: str | None = None

    def passage(self) -> PassageAnterieur:
        return PassageAnterieur(
            examen=self.examen,
            specialite=self.specialite,
            session=self.session,
            forme_de_passage=self.forme_de_passage,
            resultat=self.resultat,
            academie=self.academie,
        )

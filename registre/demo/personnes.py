"""Les personnes de la démonstration : inventées, avec des adresses en ``.example`` qui ne mènent nulle part."""

from __future__ import annotations

from dataclasses import dataclass

MOT_DE_PASSE = "Bruyere*42"
MOT_DE_PASSE_DU_SERVICE = "trois petits cailloux gris"


@dataclass(frozen=True, kw_only=True)
class Personne:
    """``naissance`` s’écrit jj/mm/aaaa, comme dans le formulaire. ``du_service`` : un agent de l’académie montrée."""

    email: str
    civilite: str
    nom: str
    prenoms: str
    naissance: str
    mot_de_passe: str = MOT_DE_PASSE
    du_service: bool = False

    @property
    def nom_complet(self) -> str:
        return f"{self.prenoms.split()[0]} {self.nom}"


NOUVELLE = Personne(
    email="lea.fabre@demo.example",
    civilite="madame",
    nom="Fabre",
    prenoms="Léa Jeanne",
    naissance="12/09/2004",
)
EN_COURS = Personne(
    email="karim.vidal@demo.example",
    civilite="monsieur",
    nom="Vidal",
    prenoms="Karim Paul",
    naissance="03/06/1998",
)
INSCRITE = Personne(
    email="sonia.chambon@demo.example",
    civilite="madame",
    nom="Chambon",
    prenoms="Sonia Élise",
    naissance="21/11/1990",
)
AGENT = Personne(
    email="marc.teyssier@demo.example",
    civilite="monsieur",
    nom="Teyssier",
    prenoms="Marc",
    naissance="17/02/1979",
    mot_de_passe=MOT_DE_PASSE_DU_SERVICE,
    du_service=True,
)
AGENTE = Personne(
    email="nadia.boyer@demo.example",
    civilite="madame",
    nom="Boyer",
    prenoms="Nadia",
    naissance="08/05/1985",
    mot_de_passe=MOT_DE_PASSE_DU_SERVICE,
    du_service=True,
)
CANDIDATS = (NOUVELLE, EN_COURS, INSCRITE)
SERVICE = (AGENT, AGENTE)
PERSONNES = (*CANDIDATS, *SERVICE)

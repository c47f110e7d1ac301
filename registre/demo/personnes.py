"""Les personnes de la démonstration : inventées, avec des adresses en ``.example`` qui ne mènent nulle part."""

from __future__ import annotations

from dataclasses import dataclass

MOT_DE_PASSE = "Bruyere*42"
MOT_DE_PASSE_DU_SERVICE = "trois petits cailloux gris"


@dataclass(frozen=True, kw_only=True)
class Personne:
    """``naissance`` s’écrit jj/mm/aaaa, comme dans le formulaire. ``du_service`` : un agent de l’académie montrée.

    ``essais`` : ce que le visiteur peut essayer avec ce compte, un chemin par phrase.
    """

    email: str
    civilite: str
    nom: str
    prenoms: str
    naissance: str
    mot_de_passe: str = MOT_DE_PASSE
    du_service: bool = False
    essais: tuple[str, ...] = ()

    @property
    def nom_complet(self) -> str:
        return f"{self.prenoms.split()[0]} {self.nom}"


NOUVELLE = Personne(
    email="lea.fabre@demo.example",
    civilite="madame",
    nom="Fabre",
    prenoms="Léa Jeanne",
    naissance="12/09/2004",
    essais=("Inscrivez-la\u00a0: «\u00a0Mes candidatures\u00a0», puis les étapes, puis ENREGISTRER.",),
)
EN_COURS = Personne(
    email="karim.vidal@demo.example",
    civilite="monsieur",
    nom="Vidal",
    prenoms="Karim Paul",
    naissance="03/06/1998",
    essais=("Terminez l’étape Épreuves. Il garde déjà une note de français.",),
)
REVENUE = Personne(
    email="elodie.fournier@demo.example",
    civilite="madame",
    nom="Fournier",
    prenoms="Élodie Claire",
    naissance="25/04/2001",
    essais=(
        "Inscrivez-la en AGOrA\u00a0: le service a chargé son relevé de 2024. Sa présentation est remplie à "
        "l’étape\u00a02, ses notes sont proposées à l’étape\u00a04. Gardez-en une, laissez-en une autre.",
    ),
)
INSCRITE = Personne(
    email="sonia.chambon@demo.example",
    civilite="madame",
    nom="Chambon",
    prenoms="Sonia Élise",
    naissance="21/11/1990",
    essais=(
        "Déposez ses pièces dans «\u00a0Mes justificatifs\u00a0».",
        "Téléchargez ses deux confirmations dans «\u00a0Mes documents\u00a0». "
        "Déposez la version\u00a01\u00a0: elle est refusée. Déposez la version\u00a02\u00a0: elle est acceptée.",
        "Essayez une photo de plus de 5\u00a0Mo, ou une photo HEIC d’iPhone\u00a0: le site en fait un document. "
        "Regardez-le, puis déposez-le. Essayez un fichier Word\u00a0: le refus dit quoi faire.",
    ),
)
A_RAPPELER = Personne(
    email="baptiste.rouchon@demo.example",
    civilite="monsieur",
    nom="Rouchon",
    prenoms="Baptiste Louis",
    naissance="14/03/1995",
    essais=(
        "Cliquez «\u00a0J’ai fourni toutes mes pièces\u00a0» pour ses conditions d’inscription\u00a0: il l’a oublié.",
    ),
)
CONTROLEE = Personne(
    email="mathilde.vernet@demo.example",
    civilite="madame",
    nom="Vernet",
    prenoms="Mathilde Rose",
    naissance="30/07/1988",
    essais=(
        "Lisez le commentaire de sa pièce «\u00a0Non conforme\u00a0», déposez-la de nouveau, puis cliquez sur "
        "«\u00a0J’ai fourni toutes mes pièces\u00a0».",
    ),
)
MODIFIEE = Personne(
    email="hugo.delmas@demo.example",
    civilite="monsieur",
    nom="Delmas",
    prenoms="Hugo Jean",
    naissance="02/05/1992",
    essais=(
        "Son récapitulatif signé est celui de la version\u00a01\u00a0: imprimez, signez et déposez la version\u00a02.",
    ),
)
REPRISE = Personne(
    email="ines.peyrard@demo.example",
    civilite="madame",
    nom="Peyrard",
    prenoms="Inès Marie",
    naissance="19/01/2003",
    essais=(
        "Elle a déposé une nouvelle carte d’identité\u00a0: cliquez le bouton pour l’envoyer.",
        "Cliquez deux fois le moment «\u00a0Dépôt clos\u00a0»\u00a0: tout est refait à cette date. "
        "Le service a rouvert le dépôt de son justificatif de domicile. Déposez-le, et lui seul.",
    ),
)
A_DECIDER = Personne(
    email="chloe.mazet@demo.example",
    civilite="madame",
    nom="Mazet",
    prenoms="Chloé Anne",
    naissance="08/02/1994",
    essais=(
        "Elle demande la dispense de langue vivante\u00a0B avec son baccalauréat technologique. Décidez\u00a0: "
        "comme agent, ouvrez sa candidature, puis «\u00a0Acquis à décider\u00a0».",
        "Lisez ensuite sur sa page la décision et son motif, puis «\u00a0Pourquoi\u00a0?\u00a0».",
    ),
)
RETIREE = Personne(
    email="theo.brugerolle@demo.example",
    civilite="monsieur",
    nom="Brugerolle",
    prenoms="Théo Antoine",
    naissance="11/10/1996",
    essais=("Son inscription est retirée\u00a0: réinscrivez-le.",),
)
AGENT = Personne(
    email="marc.teyssier@demo.example",
    civilite="monsieur",
    nom="Teyssier",
    prenoms="Marc",
    naissance="17/02/1979",
    mot_de_passe=MOT_DE_PASSE_DU_SERVICE,
    du_service=True,
    essais=(
        "Cliquez «\u00a0Contrôler les pièces\u00a0», puis prenez la suivante. D’abord les déclarations «\u00a0non "
        "concerné\u00a0», puis les pièces que personne n’a ouvertes, puis les «\u00a0Reçue\u00a0». "
        "Dans chaque groupe, la plus ancienne d’abord.",
        "Cherchez Peyrard par son nom, son numéro ou sa date de naissance, et lisez sa candidature.",
        "Relancez Sonia Chambon, à qui tout manque, et lisez le courriel.",
        "Dites qu’une pièce est arrivée par la poste, comme pour le domicile de Hugo Delmas.",
    ),
)
AGENTE = Personne(
    email="nadia.boyer@demo.example",
    civilite="madame",
    nom="Boyer",
    prenoms="Nadia",
    naissance="08/05/1985",
    mot_de_passe=MOT_DE_PASSE_DU_SERVICE,
    du_service=True,
    essais=(
        "Dans un autre navigateur, ouvrez la pièce que Marc Teyssier a prise\u00a0: elle lui est réservée.",
        "Avancez à «\u00a0Dépôt clos\u00a0», puis rouvrez une pièce d’un candidat, avec une fin et un motif.",
    ),
)
CANDIDATS = (NOUVELLE, EN_COURS, REVENUE, INSCRITE, A_RAPPELER, CONTROLEE, MODIFIEE, REPRISE, A_DECIDER, RETIREE)
SERVICE = (AGENT, AGENTE)
PERSONNES = (*CANDIDATS, *SERVICE)

"""Le cadre d'une inscription : tout ce qui change d'une session, d'un examen ou d'une académie à l'autre.

Ces classes sont les paramètres validés que ``registre.parametres`` lit dans les fichiers TOML. Les règles
les reçoivent en argument et n'ont pas d'autre source de nombres, de dates ou de listes. Une valeur
inconnue vaut ``None`` ; elle n'est jamais remplacée par une valeur par défaut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal

from registre.regles.vocabulaire import Certitude, NatureUnite


@dataclass(frozen=True, kw_only=True)
class Sourcee:
    """Une table de paramètres dit d'où elle vient : ids de ``sources/``, certitude, date de vérification."""

    source: tuple[str, ...]
    certitude: Certitude
    verifie_le: date


@dataclass(frozen=True, kw_only=True)
class Choix:
    """Une valeur offerte : ``code`` est enregistré, ``libelle`` est montré."""

    code: str
    libelle: str


# --- Calendrier, contacts ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Periode(Sourcee):
    """Intervalle [ouvre_le, ferme_le[ : la fin est exclue (L-31). Instants avec fuseau."""

    ouvre_le: datetime
    ferme_le: datetime

    def __post_init__(self) -> None:
        if self.ouvre_le.tzinfo is None or self.ferme_le.tzinfo is None:
            raise ValueError("les deux instants portent un fuseau")
        if self.ouvre_le >= self.ferme_le:
            raise ValueError("la période finit avant de commencer")


@dataclass(frozen=True, kw_only=True)
class JourEps(Sourcee):
    date: date
    lieu: str


@dataclass(frozen=True, kw_only=True)
class Calendrier:
    fuseau: str
    inscription: Periode
    depot: Periode
    eps: JourEps


@dataclass(frozen=True, kw_only=True)
class Contact(Sourcee):
    nom: str
    courriel: str
    telephones: tuple[str, ...]
    adresse: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contacts:
    service: Contact
    eps: Contact


@dataclass(frozen=True, kw_only=True)
class Liens(Sourcee):
    """Adresses citées par la notice. ``portail`` est celle que Registre remplace (L-64)."""

    portail: str
    amenagements: str
    correspondances: str


# --- Compte -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class MotDePasse(Sourcee):
    """Composition exigée ; longueurs en caractères, bornes comprises."""

    longueur_minimale: int
    longueur_maximale: int
    majuscule: bool
    minuscule: bool
    chiffre: bool
    special: bool
    courants_refuses: bool
    mots_du_contexte: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ParametresCompte(Sourcee):
    mot_de_passe: MotDePasse
    creation_hors_periode: bool
    civilites: tuple[Choix, ...]
    domaines_courants: tuple[str, ...]  # pour « vouliez-vous dire … ? »


# --- Étapes 1 et 2 ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Etape:
    """Un onglet. ``code`` désigne l'étape dans les règles et les adresses."""

    code: Literal["identification", "candidature", "qualification", "acquis", "epreuves", "recapitulatif"]
    libelle: str


@dataclass(frozen=True, kw_only=True)
class Etapes(Sourcee):
    liste: tuple[Etape, ...]


@dataclass(frozen=True, kw_only=True)
class Categories(Sourcee):
    """Catégories socio-professionnelles (nomenclature PCS), usage statistique."""

    obligatoire: bool
    liste: tuple[Choix, ...]


@dataclass(frozen=True, kw_only=True)
class Domicile(Sourcee):
    """``departements`` : préfixes à deux chiffres du code postal (03, 15…)."""

    departements: dict[str, str]  # code -> nom


@dataclass(frozen=True, kw_only=True)
class PreuveJdc:
    code: str
    libelle: str
    en_regle: bool
    avant_18_ans_seulement: bool = False


@dataclass(frozen=True, kw_only=True)
class Jdc(Sourcee):
    """Âges en années révolues : de ``ages[0]`` compris à ``ages[1]`` exclu (L-43)."""

    ages: tuple[int, int]
    recensement_avant_18_ans: bool
    preuves: tuple[PreuveJdc, ...]


@dataclass(frozen=True, kw_only=True)
class Voie(Sourcee):
    """Une des trois conditions de la notice, avec le type de candidature qui lui répond (L-53)."""

    code: Literal["deja-presente", "enseignement-a-distance", "trois-ans-activite"]
    libelle: str
    type_de_candidature: str
    aide: str


@dataclass(frozen=True, kw_only=True)
class TroisAns(Sourcee):
    date: Literal["cloture"]


@dataclass(frozen=True, kw_only=True)
class Conditions:
    domicile: Domicile
    jdc: Jdc
    voies: tuple[Voie, ...]
    trois_ans: TroisAns


@dataclass(frozen=True, kw_only=True)
class Etablissement:
    """Valeur de l'onglet 2 : « sans établissement » d'un département, ou organisme à distance (L-66)."""

    code: str
    libelle: str
    departement: str | None = None
    a_distance: bool = False
    nom_demande: bool = False  # « autre organisme » : le candidat en donne le nom


@dataclass(frozen=True, kw_only=True)
class ParametresCandidature(Sourcee):
    etablissements: tuple[Etablissement, ...]


@dataclass(frozen=True, kw_only=True)
class Consentement:
    code: str
    question: str
    aide: str


@dataclass(frozen=True, kw_only=True)
class Consentements(Sourcee):
    liste: tuple[Consentement, ...]


# --- Étape 3 ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ParametresForme(Sourcee):
    definitive_des: Literal["enregistrement", "cloture"]
    conservee_apres_echec: bool
    conservee_si_autre_specialite: bool
    progressive_report_sous_10: bool


@dataclass(frozen=True, kw_only=True)
class Unite:
    """Une unité d'une épreuve.

    ``code`` est ``None`` quand le numéro n'est pas connu ; ``matiere`` identifie toujours une unité
    générale. ``coefficient`` vaut ``None`` s'il n'est pas connu ; ``nature`` aussi, quand le règlement n'a
    pas été lu (U33 de l'ancien MELEC).
    """

    code: str | None = None
    libelle: str | None = None
    matiere: str | None = None
    nature: NatureUnite | None = None
    coefficient: Decimal | None = None
    sous_epreuve: str | None = None
    presence_certaine: bool = True
    certitude: Certitude

    @property
    def cle(self) -> str:
        """Nom stable de l'unité dans les saisies : la matière, sinon le code."""
        return self.matiere or self.code or ""

    @property
    def intitule(self) -> str:
        """Ce que la page montre : le libellé, ou « Unité U31 » s'il n'est pas connu."""
        return self.libelle or f"Unité {self.code}"


@dataclass(frozen=True, kw_only=True)
class Epreuve:
    """Une épreuve, E1 à E7. ``libelle`` vaut ``None`` quand le règlement n'a pas été lu."""

    code: str
    libelle: str | None = None
    coefficient: Decimal | None = None
    unites: tuple[Unite, ...]
    unites_completes: bool

    @property
    def intitule(self) -> str:
        """Ce que la page montre : « E5 – Français… », ou « Épreuve E2 » si l'intitulé n'est pas connu."""
        return f"{self.code} – {self.libelle}" if self.libelle else f"Épreuve {self.code}"


@dataclass(frozen=True, kw_only=True)
class Specialite(Sourcee):
    """Une spécialité (une option = une spécialité), telle qu'elle se présente à la session.

    ``lvb`` : la LVB y est obligatoire, ``None`` si on ne sait pas (L-35). ``epreuves_connues`` permet
    l'inscription, ``coefficients_connus`` la moyenne (L-38). ``reglement`` est le texte lu pour les épreuves ;
    ``reglement_a_jour`` dit s'il vaut encore pour la session (``sans_objet`` : spécialité fermée).
    """

    slug: str
    libelle: str
    code_diplome: str
    secteur: Literal["industriel", "tertiaire", "a_trancher"]
    lvb: bool | None = None
    lvb_source: str | None = None
    lvb_certitude: Certitude | None = None
    lva_imposee: str | None = None
    ouverte: bool  # à la session (dernière session, rattrapage…)
    rattrapage_seul: bool = False
    epreuves_connues: bool
    coefficients_connus: bool
    premiere_session: int | None = None
    derniere_session: int | None = None
    session_rattrapage: int | None = None
    rncp: str | None = None
    remplace: tuple[str, ...] = ()  # codes diplôme
    reglement: str | None = None
    reglement_a_jour: Literal["a_confirmer", "non", "sans_objet"] | None = None
    epreuves: tuple[Epreuve, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def unites(self) -> tuple[Unite, ...]:
        return tuple(u for e in self.epreuves for u in e.unites)

    @cached_property
    def par_cle(self) -> dict[str, Unite]:
        return {u.cle: u for u in self.unites if u.cle}

    @cached_property
    def matieres(self) -> frozenset[str]:
        return frozenset(u.matiere for u in self.unites if u.matiere)

    @property
    def ouverte_a_l_inscription(self) -> bool:
        return self.ouverte and self.epreuves_connues and self.lvb is not None


# --- Étape 4 ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PossibiliteAcquis:
    """Une des possibilités de l'onglet 4 (L-15). ``pieces`` : clés des pièces que la demande fait naître."""

    code: Literal["aucun", "benefice", "diplome", "autre-specialite", "vae"]
    libelle: str
    aide: str
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ParametresAcquis(Sourcee):
    """Durées en sessions : obtenu à S, utilisable jusqu'à S + durée comprise (L-19)."""

    possibilites: tuple[PossibiliteAcquis, ...]
    choix_unique: bool
    benefice_note_minimale: Decimal
    benefice_duree_sessions: int
    benefice_niveau: Literal["unite"]
    autre_specialite_mode: Literal["dispense", "note_conservee"]
    autre_specialite_note_minimale: Decimal
    autre_specialite_duree_sessions: int
    autre_specialite_matieres: tuple[str, ...]
    vae_duree_sessions: int
    diplome_europeen: bool
    attestation_blocs: bool


@dataclass(frozen=True, kw_only=True)
class Diplome:
    """Un diplôme qui dispense d'unités générales. ``specialite_demandee`` : bac pro, d'une autre spécialité (R18).

    ``europeen`` : une certification d'un autre pays d'Europe, absente du tableau de l'annexe 1, qui n'est offerte
    que si ``acquis.diplome_europeen`` est vrai (R10, L-47) ; ``libelle_notice`` est alors vide.
    ``attestation_de_blocs`` : de même, si ``acquis.attestation_blocs`` est vrai (R26).
    """

    code: str
    libelle: str
    libelle_notice: str
    specialite_demandee: bool = False
    europeen: bool = False
    attestation_de_blocs: bool = False

    @property
    def au_tableau(self) -> bool:
        """Le tableau de l'annexe 1 a une colonne pour lui."""
        return not self.europeen and not self.attestation_de_blocs


@dataclass(frozen=True, kw_only=True)
class CaseDispense(Sourcee):
    """Une case du tableau : ``G`` accordée sur demande, ``G*`` si le diplôme comportait l'unité, ``-`` non."""

    matiere: str
    diplome: str
    valeur: Literal["G", "G*", "-"]


@dataclass(frozen=True, kw_only=True)
class DispenseProfessionnelle(Sourcee):
    """Un BP de la notice : ses unités dans ``specialites`` (slugs). ``instruction`` : le service décide (L-26)."""

    diplome: str
    libelle: str
    specialites: tuple[str, ...]
    unites: tuple[str, ...]
    instruction: bool
    derniere_session: int | None = None  # dernière session où elle a un effet


@dataclass(frozen=True, kw_only=True)
class LigneCorrespondance:
    anciennes: tuple[str, ...]
    nouvelles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Correspondance(Sourcee):
    """Tableau ancien règlement -> nouveau. ``lignes`` vaut ``None`` si le tableau n'a pas été lu (L-48)."""

    ancien: str  # slug
    nouveau: str  # slug
    lignes: tuple[LigneCorrespondance, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Dispenses:
    diplomes: tuple[Diplome, ...]
    cases: tuple[CaseDispense, ...]
    professionnelles: tuple[DispenseProfessionnelle, ...]

    @cached_property
    def tableau(self) -> dict[tuple[str, str], CaseDispense]:
        """(matière, diplôme) -> case."""
        return {(c.matiere, c.diplome): c for c in self.cases}


# --- Étape 5 ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Langues(Sourcee):
    obligatoires: tuple[Choix, ...]
    facultatives: tuple[Choix, ...]
    lvf_differente_de: tuple[Literal["lva", "lvb"], ...]


@dataclass(frozen=True, kw_only=True)
class Eps(Sourcee):
    activites: tuple[Choix, ...]
    nombre: int
    activites_adaptees: tuple[Choix, ...]
    nombre_adapte: int
    dispense_voies: tuple[str, ...]
    certificat_couvre_epreuve: bool


@dataclass(frozen=True, kw_only=True)
class LigneAutomatique(Sourcee):
    """La ligne ECT-3 : automatique, que le candidat vérifie sans pouvoir la retirer (L-21)."""

    code: str
    libelle: str


@dataclass(frozen=True, kw_only=True)
class Matiere:
    """Une matière générale. ``ancienne`` : elle n'existe que dans des règlements fermés ou dépassés."""

    code: str
    libelle: str
    libelle_notice: str | None = None
    ancienne: bool = False


@dataclass(frozen=True, kw_only=True)
class CoefficientParticulier:
    """Une spécialité (slug) que le texte national met à part pour une matière."""

    specialite: str
    matiere: str
    coefficients: tuple[Decimal, ...]


@dataclass(frozen=True, kw_only=True)
class StructureNationale(Sourcee):
    """Ce que le texte national impose aux spécialités ouvertes : les épreuves, les coefficients généraux (R62, R63).

    ``coefficients`` donne, par matière, les valeurs permises ; elle sert à vérifier les spécialités, jamais à
    remplir un coefficient inconnu.
    """

    epreuves: tuple[str, ...]
    coefficients: dict[str, tuple[Decimal, ...]]
    particuliers: tuple[CoefficientParticulier, ...] = ()

    def coefficients_permis(self, specialite: str, matiere: str) -> tuple[Decimal, ...]:
        """Les valeurs permises ; vide si le texte ne connaît pas la matière."""
        for cas in self.particuliers:
            if (cas.specialite, cas.matiere) == (specialite, matiere):
                return cas.coefficients
        return self.coefficients.get(matiere, ())


# --- Pièces, validation, suites ---------------------------------------------------------------------


Fait = Literal[
    "identite", "domicile", "age", "nationalite", "jdc", "voie", "etablissement", "passages", "acquis", "eps"
]
"""Ce qu'une pièce peut prouver de ce que le candidat déclare. Voir ``registre.regles.faits``."""


@dataclass(frozen=True, kw_only=True)
class Piece(Sourcee):
    """Une pièce demandable. ``code`` vaut ``None`` quand le service ne l'a pas donné (L-16).

    ``dematerialisee`` : elle se dépose en ligne ; sinon elle s'envoie par la poste (R95). ``libelle`` est le même pour
    le candidat et pour le service. ``non_concerne`` : le candidat peut déclarer sur l'honneur qu'elle ne le concerne
    pas (L-71). ``prouve`` : ce que le service y compare, ou tout ce qui est déclaré si rien n'est dit.
    """

    cle: str
    libelle: str
    code: str | None = None
    regroupement: str
    aide: str = ""
    dematerialisee: bool = True
    non_concerne: bool = False
    prouve: tuple[Fait, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Regroupement:
    """Des pièces envoyées ensemble. ``periode`` absente : celle du dépôt de la session (R95)."""

    code: str
    libelle: str
    periode: Periode | None = None


@dataclass(frozen=True, kw_only=True)
class RaisonNonConforme:
    """Une raison offerte au gestionnaire ; ``texte`` est dit au candidat. ``pieces`` vide : toutes les pièces."""

    code: str
    texte: str
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ParametresPieces(Sourcee):
    formats: tuple[Literal["pdf", "jpeg"], ...]
    taille_maximale: int  # octets
    taille_a_preparer: int  # octets d'un fichier que le site accepte de réduire
    courriel_changement_statut: bool
    envoi: Literal["regroupement"]
    reouverture_par_candidature: bool
    regroupements: tuple[Regroupement, ...]
    liste: tuple[Piece, ...]
    raisons_non_conforme: tuple[RaisonNonConforme, ...] = ()

    def raisons_pour(self, cle: str) -> tuple[RaisonNonConforme, ...]:
        """Les raisons offertes pour cette pièce, dans leur ordre."""
        return tuple(r for r in self.raisons_non_conforme if not r.pieces or cle in r.pieces)


@dataclass(frozen=True, kw_only=True)
class ParametresQualite(Sourcee):
    """À partir de quand une image se dit peu lisible. Les mesures sont celles de ``justificatifs/fichiers/mesures``.

    ``cote_alerte`` en pixels ; ``papier_*`` de 0 (noir) à 255 ; ``bords_info`` en traits ; le reste de 0 à 1.
    """

    cote_alerte: int
    papier_alerte: int
    papier_info: int
    papier_blanc: int
    ecriture_absente: Decimal
    ecriture_pale: Decimal
    nettete_alerte: Decimal
    nettete_info: Decimal
    bords_info: int
    signature_encre: Decimal


@dataclass(frozen=True, kw_only=True)
class ParametresValidation(Sourcee):
    mode: Literal["recapitulatif_signe", "en_ligne"]


@dataclass(frozen=True, kw_only=True)
class ParametresDossier(Sourcee):
    annulation_automatique: bool
    annulation_notification: Literal["courrier"]


@dataclass(frozen=True, kw_only=True)
class Numeros(Sourcee):
    """Gabarits : ``{session}``, ``{sequence:06d}`` ; le caractère de contrôle s'ajoute après un tiret (L-58)."""

    candidat: str
    inscription: str


@dataclass(frozen=True, kw_only=True)
class ParametresMoyenne(Sourcee):
    """``facultative_seuil`` : seuls comptent les points de la langue facultative au-dessus de cette note (R58)."""

    decimales: int
    note_decimales: int
    facultative_seuil: Decimal


@dataclass(frozen=True, kw_only=True)
class Mention:
    code: str
    libelle: str
    seuil: Decimal


@dataclass(frozen=True, kw_only=True)
class GroupeDeControle:
    """Un groupe de l'épreuve de contrôle : le candidat y choisit une matière (R74)."""

    code: str
    libelle: str
    matieres: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ParametresJury(Sourcee):
    seuil_admission: Decimal
    seuil_controle: Decimal
    seuil_professionnel: Decimal
    mentions: tuple[Mention, ...]
    mention_notes_conservees: bool
    mention_apres_controle: bool
    absence_injustifiee: Literal["zero", "eliminatoire"]
    absence_eps: Literal["zero", "eliminatoire"]
    controle_moyenne_professionnelle: Literal["unites_professionnelles"]
    controle_groupe_dispense: Literal["un_seul_choix"]
    controle_sur_note_conservee: bool
    controle_groupes: tuple[GroupeDeControle, ...]


@dataclass(frozen=True, kw_only=True)
class DureesDeConservation(Sourcee):
    """Durées en mois, à valider par le délégué à la protection des données (L-20)."""

    compte_sans_candidature: int
    dossier_base_active: int
    dossier_archive: int
    journaux_de_connexion: int
    brouillon_apres_cloture: int
    pieces: Literal["fin_des_recours"]


@dataclass(frozen=True, kw_only=True)
class Cadre:
    """Une session d'un examen dans une académie, entière."""

    session: int
    examen: str  # « bac-pro »
    examen_libelle: str  # « baccalauréat professionnel »
    academie: str  # « clermont-ferrand »
    academie_libelle: str  # « Clermont-Ferrand »
    calendrier: Calendrier
    contacts: Contacts
    liens: Liens
    compte: ParametresCompte
    etapes: Etapes
    categories: Categories
    conditions: Conditions
    candidature: ParametresCandidature
    consentements: Consentements
    forme_de_passage: ParametresForme
    acquis: ParametresAcquis
    dispenses: Dispenses
    correspondances: tuple[Correspondance, ...]
    matieres: tuple[Matiere, ...]
    structure: StructureNationale
    langues: Langues
    eps: Eps
    controle: LigneAutomatique
    facultative: LigneAutomatique
    pieces: ParametresPieces
    qualite: ParametresQualite
    validation: ParametresValidation
    dossier: ParametresDossier
    numeros: Numeros
    moyenne: ParametresMoyenne
    jury: ParametresJury
    durees: DureesDeConservation
    specialites: dict[str, Specialite] = field(default_factory=dict)  # par slug, ouvertes et fermées

    @property
    def cle(self) -> tuple[str, int, str]:
        """(académie, session, examen), dans l'ordre des adresses."""
        return (self.academie, self.session, self.examen)

    @cached_property
    def libelles_matieres(self) -> dict[str, str]:
        return {m.code: m.libelle for m in self.matieres}

    @cached_property
    def libelles_langues(self) -> dict[str, str]:
        return {c.code: c.libelle for c in (*self.langues.obligatoires, *self.langues.facultatives)}

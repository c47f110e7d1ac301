"""Étape 4, de ce qui est tapé aux lignes que les règles jugent.

Noms des champs : ``possibilites`` (cases cochées) ; ``p<session>_<quoi>_<unité>`` pour une note d’une
présentation déclarée à l’étape 2 (``u`` demandée, ``n`` note, ``l`` langue) et ``p<session>_x<n>_intitule`` /
``_note`` pour une ligne libre (L-61) ; ``d<n>_diplome``, ``d<n>_specialite``, ``d<n>_u_<unité>``,
``d<n>_c_<unité>`` (l’unité était-elle dans ce diplôme) ; ``v_annee`` et ``v_u_<unité>`` pour une VAE.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from registre.regles.acquis import LigneAcquis, PassageConnu, SaisieAcquis
from registre.regles.benefices import droit_perdu
from registre.regles.cadre import Cadre, Specialite
from registre.regles.citation import Motif, applique
from registre.regles.correspondances import succession
from registre.regles.decisions import LANGUES_VIVANTES
from registre.regles.lecture import lire_annee, lire_note, motif_de_lecture
from registre.regles.saisie import Saisie, oui_ou_non, texte, valeurs
from registre.regles.vocabulaire import MotifAcquis, Resultat

CHAMP = re.compile(
    r"possibilites|perte_comprise|v_annee"
    r"|p[0-9]{4}_[unl]_[a-zA-Z0-9-]{1,60}|p[0-9]{4}_x[0-9]_(intitule|note)"
    r"|d[0-9]_(diplome|specialite)|d[0-9]_[uc]_[a-zA-Z0-9-]{1,60}|v_u_[a-zA-Z0-9-]{1,60}"
)
LIGNES_LIBRES = 6
DIPLOMES = 4
MOTIFS = (
    "possibilite_sans_demande",
    "passage_a_declarer",
    "note_sans_demande",
    "perte_a_confirmer",
    "note_illisible",
    "note_hors_bornes",
    "note_trop_precise",
    "annee_illisible",
)


def meme_reglement(passage: PassageConnu, specialite: Specialite, cadre: Cadre) -> bool:
    """Le passage est dans la spécialité présentée, ou dans celle qu’elle a remplacée."""
    if passage.specialite is None:
        return False
    return passage.specialite == specialite.slug or bool(
        succession(passage.specialite, specialite.slug, cadre.correspondances)
    )


def titre_du_passage(passage: PassageConnu, specialite: Specialite, cadre: Cadre) -> MotifAcquis:
    """Ce que donnent les notes d’un passage : un bénéfice, ou une dispense si la spécialité est autre (L-03)."""
    return MotifAcquis.BENEFICE if meme_reglement(passage, specialite, cadre) else MotifAcquis.AUTRE_SPECIALITE


def unites_du_passage(
    passage: PassageConnu, specialite: Specialite, cadre: Cadre
) -> tuple[tuple[str, str, str | None], ...]:
    """(clé, libellé, matière) des unités dont le candidat peut donner la note pour ce passage."""
    source = cadre.specialites.get(passage.specialite or "")
    if titre_du_passage(passage, specialite, cadre) is MotifAcquis.BENEFICE and source:
        return tuple((u.cle, libelle_unite(u.cle, source, cadre), u.matiere) for u in source.unites if u.cle)
    permises = cadre.acquis.autre_specialite_matieres
    return tuple(
        (m.code, m.libelle, m.code) for m in cadre.matieres if m.code in permises and m.code in specialite.matieres
    )


def libelle_unite(cle: str, specialite: Specialite, cadre: Cadre) -> str:
    """« U51 - Français » : le code s’il est connu, puis le libellé de la matière ou de l’unité."""
    unite = specialite.par_cle.get(cle)
    if unite is None:
        return cle
    nom = cadre.libelles_matieres.get(unite.matiere or "") or unite.libelle
    return " - ".join(p for p in (unite.code, nom) if p) or cle


def recents(passages: Iterable[PassageConnu], cadre: Cadre) -> tuple[PassageConnu, ...]:
    """Les présentations sans succès dont une note peut encore servir cette session."""
    duree = max(cadre.acquis.benefice_duree_sessions, cadre.acquis.autre_specialite_duree_sessions)
    return tuple(
        p for p in passages if p.resultat is not Resultat.ADMIS and cadre.session - duree <= p.session < cadre.session
    )


def lire(
    saisie: Saisie, passages: Iterable[PassageConnu], specialite: Specialite, cadre: Cadre
) -> tuple[SaisieAcquis, list[Motif]]:
    """Les lignes demandées et les motifs d’écriture (notes, années illisibles)."""
    choisies = valeurs(saisie, "possibilites")
    lignes: list[LigneAcquis] = []
    motifs: list[Motif] = []
    for passage in passages:
        titre = titre_du_passage(passage, specialite, cadre)
        if titre.value in choisies:
            _lignes_du_passage(saisie, passage, titre, specialite, cadre, lignes, motifs)
    if "diplome" in choisies:
        lignes += _lignes_des_diplomes(saisie, cadre)
    if "vae" in choisies:
        _lignes_de_vae(saisie, specialite, lignes, motifs)
    return SaisieAcquis(aucun="aucun" in choisies, lignes=tuple(lignes)), motifs


def _note(saisie: Saisie, champ: str, cadre: Cadre, motifs: list[Motif]) -> Decimal | None:
    lu = lire_note(texte(saisie, champ), cadre.moyenne.note_decimales)
    if lu.code and lu.code != "note_manquante":
        motifs.append(motif_de_lecture(lu.code, champ))
    return lu.valeur


def _lignes_du_passage(
    saisie: Saisie,
    passage: PassageConnu,
    titre: MotifAcquis,
    specialite: Specialite,
    cadre: Cadre,
    lignes: list[LigneAcquis],
    motifs: list[Motif],
) -> None:
    prefixe = f"p{passage.session}"
    for cle, _, matiere in unites_du_passage(passage, specialite, cadre):
        demande = oui_ou_non(saisie, f"{prefixe}_u_{cle}") is True
        note = _note(saisie, f"{prefixe}_n_{cle}", cadre, motifs)
        if not demande and note is None:
            continue
        lignes.append(
            LigneAcquis(
                motif=titre,
                unite=cle,
                demande=demande,
                specialite=passage.specialite,
                session=passage.session,
                note=note,
                langue=texte(saisie, f"{prefixe}_l_{cle}") or None if matiere in LANGUES_VIVANTES else None,
                champ_prefixe=f"{prefixe}_{cle}/",
            )
        )
    for n in range(LIGNES_LIBRES):
        intitule = texte(saisie, f"{prefixe}_x{n}_intitule")
        note = _note(saisie, f"{prefixe}_x{n}_note", cadre, motifs)
        if intitule or note is not None:
            lignes.append(
                LigneAcquis(
                    motif=titre,
                    unite=intitule,
                    libre=True,
                    specialite=passage.specialite,
                    session=passage.session,
                    note=note,
                    champ_prefixe=f"{prefixe}_x{n}/",
                )
            )


def _lignes_des_diplomes(saisie: Saisie, cadre: Cadre) -> list[LigneAcquis]:
    lignes: list[LigneAcquis] = []
    professionnels = {p.diplome: p for p in cadre.dispenses.professionnelles}
    for n in range(DIPLOMES):
        diplome = texte(saisie, f"d{n}_diplome")
        prefixe = f"d{n}_u_"
        demandees = [c.removeprefix(prefixe) for c in saisie if c.startswith(prefixe) and oui_ou_non(saisie, c)]
        lignes += [
            LigneAcquis(
                motif=MotifAcquis.PROFESSIONNELLE if diplome in professionnels else MotifAcquis.DIPLOME,
                unite=unite,
                diplome=diplome or None,
                specialite_detenue=texte(saisie, f"d{n}_specialite") or None,
                unite_comportee=oui_ou_non(saisie, f"d{n}_c_{unite}"),
                champ_prefixe=f"d{n}_{unite}/",
            )
            for unite in sorted(demandees)
        ]
    return lignes


def _lignes_de_vae(saisie: Saisie, specialite: Specialite, lignes: list[LigneAcquis], motifs: list[Motif]) -> None:
    lu = lire_annee(texte(saisie, "v_annee"))
    if lu.code and lu.code != "annee_manquante":
        motifs.append(motif_de_lecture(lu.code, "v_annee"))
    lignes += [
        LigneAcquis(motif=MotifAcquis.VAE, unite=cle, annee=lu.valeur, champ_prefixe=f"v_{cle}/")
        for cle in specialite.par_cle
        if oui_ou_non(saisie, f"v_u_{cle}")
    ]


def champ_du_motif(champ: str) -> str:
    """Le nom du champ de formulaire qu’un motif de ligne vise : « p2024_francais/note » -> « p2024_n_francais »."""
    if "/" not in champ:
        return "possibilites" if champ == "possibilite" else champ
    ligne, _, quoi = champ.partition("/")
    groupe, _, unite = ligne.partition("_")
    if groupe == "v":
        return "v_annee" if quoi == "annee" else f"v_u_{unite}"
    if groupe.startswith("d"):
        return {
            "diplome": f"{groupe}_diplome",
            "specialite_detenue": f"{groupe}_specialite",
            "unite_comportee": f"{groupe}_c_{unite}",
        }.get(quoi, f"{groupe}_u_{unite}")
    if re.fullmatch(r"x[0-9]", unite):
        return f"{groupe}_{unite}_{'note' if quoi in ('note', 'session') else 'intitule'}"
    return {"note": f"{groupe}_n_{unite}", "langue": f"{groupe}_l_{unite}"}.get(quoi, f"{groupe}_u_{unite}")


@applique("etapes.acquis.cinq-possibilites", "L-15", "L-63")
def possibilites_remplies(
    saisie: Saisie, lues: SaisieAcquis, passages: tuple[PassageConnu, ...], specialite: Specialite, cadre: Cadre
) -> list[Motif]:
    """Une possibilité choisie porte au moins une demande ; la présentation d’où vient une note est déclarée."""
    sources = ("etapes.acquis.cinq-possibilites", "L-15")
    motifs = []
    titres = {titre_du_passage(p, specialite, cadre).value for p in passages}
    demandes = {
        "diplome" if x.motif is MotifAcquis.PROFESSIONNELLE else x.motif.value for x in lues.lignes if x.demande
    }
    for possibilite in cadre.acquis.possibilites:
        if possibilite.code == "aucun" or possibilite.code not in valeurs(saisie, "possibilites"):
            continue
        if possibilite.code in ("benefice", "autre-specialite") and possibilite.code not in titres:
            message = _passage_qui_manque(possibilite.libelle, possibilite.code, bool(passages))
            motifs.append(Motif("passage_a_declarer", "possibilites", message, (*sources, "L-63")))
        elif possibilite.code not in demandes:
            message = (
                f"«\u00a0{possibilite.libelle}\u00a0»\u00a0: cochez au moins une demande, ou décochez cette case."
            )
            motifs.append(Motif("possibilite_sans_demande", "possibilites", message, sources))
    return motifs


def _passage_qui_manque(libelle: str, code: str, passages: bool) -> str:
    if not passages:
        return (
            f"«\u00a0{libelle}\u00a0» demande une présentation antérieure. Déclarez-la à l’étape 2, "
            "avec sa spécialité, ou décochez cette case."
        )
    if code == "benefice":
        return (
            f"«\u00a0{libelle}\u00a0» vaut pour la même spécialité, et vous en avez déclaré une autre à l’étape 2. "
            "Choisissez la dispense après échec dans une autre spécialité, ou corrigez l’étape 2."
        )
    return (
        f"«\u00a0{libelle}\u00a0» vaut pour une autre spécialité, et vous avez déclaré la même à l’étape 2. "
        "Choisissez le bénéfice de note, ou corrigez l’étape 2."
    )


@applique("annexe1.attention.perdue", "R27", "L-54")
def notes_demandees(saisie: Saisie, lues: SaisieAcquis, cadre: Cadre) -> list[Motif]:
    """Une note suffisante sans demande ni « non » serait perdue sans un mot : on le dit avant."""
    minimums = {
        MotifAcquis.BENEFICE: cadre.acquis.benefice_note_minimale,
        MotifAcquis.AUTRE_SPECIALITE: cadre.acquis.autre_specialite_note_minimale,
    }
    return [
        Motif(
            "note_sans_demande",
            champ,
            f"Vous avez écrit {str(ligne.note).replace('.', ',')} sans cocher la demande. "
            "Cochez-la pour ne pas perdre ce droit, ou effacez la note.",
            ("annexe1.attention.perdue", "L-54"),
        )
        for ligne in lues.lignes
        if not ligne.demande and ligne.note is not None and ligne.note >= minimums[ligne.motif]
        # What an earlier registration has lost is not to be asked for.
        if not droit_perdu(ligne.inscriptions_intermediaires, ligne.session, cadre.session, "", "")
        if oui_ou_non(saisie, champ := champ_du_motif(f"{ligne.champ_prefixe}unite")) is None
    ]


@applique("annexe1.attention.perdue", "R27", "L-54")
def perte_comprise(saisie: Saisie, passages: Iterable[PassageConnu], cadre: Cadre) -> list[Motif]:
    """Avant de quitter l’étape, le candidat déjà ajourné confirme savoir qu’une note non gardée est perdue."""
    if not recents(passages, cadre) or oui_ou_non(saisie, "perte_comprise"):
        return []
    message = "Cochez cette case pour confirmer que vous avez lu cet avertissement."
    return [Motif("perte_a_confirmer", "perte_comprise", message, ("annexe1.attention.perdue", "L-54"))]

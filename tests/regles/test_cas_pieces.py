"""The reference cases of the deposit and of the control of the pieces, and every cell of their table of states."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from registre.regles import depot, fichiers, recapitulatif_signe, saisies_de_piece
from registre.regles.cadre import Cadre, Calendrier, Periode
from registre.regles.calendrier import acte_permis, calendrier_du_regroupement
from registre.regles.citation import Motif, codes
from registre.regles.depot import SituationDePiece, acte_sur_piece
from registre.regles.etats import (
    TRANSITIONS_DE_PIECE,
    ActePiece,
    Acteur,
    EtatPiece,
    TransitionDePiece,
    transition_de_piece,
)
from tests.regles.lecture_cas import cas_de, tenu

LIBELLE = "Justificatif de domicile"


def lu(motif: Motif) -> str:
    """The message with plain spaces, as the cases write their words."""
    return motif.message.replace("\u00a0", " ")


def bien_dit(motif: Motif) -> bool:
    """A message ends a sentence, has French typography, sources, and no sentence over 20 words outside its quotes."""
    phrases = re.split(r"(?<=[.?!])\s", re.sub("«[^»]*»", "x", motif.message))
    return (
        motif.message.endswith(".")
        and bool(motif.sources)
        and "'" not in motif.message
        and not re.search(r"[^\u00a0][:;?!»]|«[^\u00a0]", motif.message)
        and all(len(re.findall(r"[\w’]+", phrase)) <= 20 for phrase in phrases)
    )


# --- The cases --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cas", cas_de("depot"))
def test_each_case_of_the_deposit_holds_and_each_refusal_is_well_said(cas):
    motifs = tenu(cas).motifs
    assert [m for m in motifs if not bien_dit(m)] == []
    if cas.genre == "fichier":
        assert {m.champ for m in motifs} <= {"fichier"}


@pytest.mark.parametrize("cas", [*cas_de("pieces", genre="fichier"), *cas_de("pieces", genre="etat")])
def test_each_case_of_a_file_or_of_a_state_holds_and_each_refusal_is_well_said(cas):
    assert [m for m in tenu(cas).motifs if not bien_dit(m)] == []


@pytest.mark.parametrize("cas", cas_de("pieces", genre="recapitulatif"))
def test_a_new_version_asks_for_the_recapitulatif_alone(cas):
    tenu(cas)
    depasse = recapitulatif_signe.recapitulatif_depasse(
        cas.situation["version_courante"], cas.situation["version_signee"]
    )
    assert depasse == (cas.attendu["recapitulatif"] == "a_refaire")
    recapitulatif = SituationDePiece("recapitulatif-signe", "Récapitulatif", EtatPiece.CONFORME, True, depasse)
    autres = [SituationDePiece(c, c, EtatPiece(etat), envoyee=True) for c, etat in cas.situation["pieces"].items()]
    assert codes(depot.dossier_incomplet([recapitulatif, *autres])) == (["recapitulatif_depasse"] if depasse else [])
    assert isinstance(acte_sur_piece(recapitulatif, "deposer", "candidat"), TransitionDePiece) == depasse
    assert all(isinstance(acte_sur_piece(autre, "deposer", "candidat"), Motif) for autre in autres)


# --- Every cell of the table ------------------------------------------------------------------------

# What each actor may do, written apart from the code, by state, sent (env), outdated (dép). Columns: the candidate's
# four acts, then the office's five.
# A cell is the state after (« + » : sent, « ! » : the new files take the place of the old) or the code of the refusal.
MATRICE = """
état         env dép |deposer  supprimer declarer  envoyer   |recevoir accepter  refuser       dispenser exiger
aucune       non non |deposee  rien      declaree  manque    |recue+   vide      vide          sans      sans
aucune       oui non |envoyee  rien      envoyee   manque    |recue+   vide      vide          sans      sans
aucune       non oui |deposee  rien      declaree  manque    |recue+   vide      vide          sans      sans
aucune       oui oui |envoyee  rien      envoyee   manque    |recue+   vide      vide          sans      sans
declaree     non non |deposee  aucune    declaree  declaree+ |recue+   juger     juger         pas       pas
declaree     oui non |envoyee  envoyee   envoyee   envoyee   |recue+   juger     juger         conforme+ non_conforme+
declaree     non oui |deposee  aucune    declaree  declaree+ |recue+   juger     juger         pas       pas
declaree     oui oui |envoyee  envoyee   envoyee   envoyee   |recue+   juger     juger         conforme+ non_conforme+
deposee      non non |deposee  aucune    fichier   deposee+  |pas      pas       pas           sans      sans
deposee      oui non |envoyee  envoyee   envoyee   envoyee   |recue+   conforme+ non_conforme+ sans      sans
deposee      non oui |deposee! aucune    depasse   depasse   |recue+!  pas       pas           sans      sans
deposee      oui oui |deposee! depasse   depasse   depasse   |recue+!  depasse   non_conforme+ sans      sans
recue        non non |envoyee  envoyee   envoyee   envoyee   |recue+   conforme+ non_conforme+ sans      sans
recue        oui non |envoyee  envoyee   envoyee   envoyee   |recue+   conforme+ non_conforme+ sans      sans
recue        non oui |deposee! depasse   depasse   depasse   |recue+!  depasse   non_conforme+ sans      sans
recue        oui oui |deposee! depasse   depasse   depasse   |recue+!  depasse   non_conforme+ sans      sans
non_conforme non non |deposee! remplacer declaree! remplacer |recue+   conforme+ non_conforme+ sans      sans
non_conforme oui non |deposee! remplacer declaree! remplacer |recue+   conforme+ non_conforme+ sans      sans
non_conforme non oui |deposee! depasse   depasse   depasse   |recue+!  depasse   non_conforme+ sans      sans
non_conforme oui oui |deposee! depasse   depasse   depasse   |recue+!  depasse   non_conforme+ sans      sans
conforme     non non |conforme conforme  conforme  conforme  |recue+   conforme+ non_conforme+ sans      sans
conforme     oui non |conforme conforme  conforme  conforme  |recue+   conforme+ non_conforme+ sans      sans
conforme     non oui |deposee! depasse   depasse   depasse   |recue+!  depasse   non_conforme+ sans      sans
conforme     oui oui |deposee! depasse   depasse   depasse   |recue+!  depasse   non_conforme+ sans      sans
"""
REFUS = {
    "rien": "rien_a_supprimer",
    "manque": "piece_manquante",
    "vide": "rien_a_controler",
    "pas": "regroupement_non_envoye",
    "envoyee": "regroupement_envoye",
    "depasse": "recapitulatif_depasse",
    "remplacer": "piece_non_conforme_a_remplacer",
    "conforme": "piece_conforme",
    "fichier": "fichier_a_supprimer",
    "juger": "declaration_a_juger",
    "sans": "rien_de_declare",
}
AUTRE_ACTEUR = {Acteur.CANDIDAT: "acte_reserve_au_service", Acteur.GESTIONNAIRE: "acte_reserve_au_candidat"}

Cellule = tuple[EtatPiece, bool, bool, ActePiece, Acteur]


def attendus() -> dict[Cellule, str]:
    """Each cell to its expectation: a state with its signs, or the code of a refusal."""
    table: dict[Cellule, str] = {}
    en_tete, *lignes = [ligne.replace("|", " ").split() for ligne in MATRICE.strip().splitlines()]
    for etat, envoyee, depassee, *cellules in lignes:
        for rang, (acte, cellule) in enumerate(zip(en_tete[3:], cellules, strict=True)):
            permis = (Acteur.CANDIDAT, Acteur.GESTIONNAIRE)[rang >= 4]
            for acteur in Acteur:
                cle = (EtatPiece(etat), envoyee == "oui", depassee == "oui", ActePiece(acte), acteur)
                table[cle] = REFUS.get(cellule, cellule) if acteur == permis else AUTRE_ACTEUR[acteur]
    return table


TOUTES = [
    (etat, envoyee, depassee, acte, acteur)
    for etat in EtatPiece
    for envoyee in (False, True)
    for depassee in (False, True)
    for acte in ActePiece
    for acteur in Acteur
]


def test_the_expected_matrix_has_every_cell():
    assert set(attendus()) == set(TOUTES)
    assert len(TOUTES) == 6 * 2 * 2 * 9 * 2


@pytest.mark.passages(
    "pieces.depot-en-ligne",
    "pieces.bouton-supprimer",
    "pieces.envoi.avertissement",
    "pieces.validees-verrouillees",
    "pieces.statut.par-le-gestionnaire",
    "pieces.statut.nouveau-depot",
    "pieces.statut.conforme",
    "L-30",
    "L-52",
    "L-67",
    "L-71",
    "S27",
)
@pytest.mark.parametrize("cellule", TOUTES, ids=lambda c: "-".join(map(str, c)))
def test_each_cell_is_allowed_or_refused_with_words(cellule):
    etat, envoyee, depassee, acte, acteur = cellule
    piece = SituationDePiece("domicile", LIBELLE, etat, envoyee, depassee, non_concerne=True)
    rendu = acte_sur_piece(piece, acte, acteur)
    permise = transition_de_piece(etat, envoyee, acte, acteur, depassee=depassee)
    if isinstance(rendu, Motif):
        assert rendu.code == attendus()[cellule]
        assert bien_dit(rendu)
        assert permise is None
    else:
        signes = ("+" if rendu.envoyee_apres else "") + ("!" if rendu.remplace else "")
        assert rendu.nouvel_etat + signes == attendus()[cellule]
        assert rendu == permise
        assert (rendu.etat, rendu.envoyee, rendu.acte, rendu.acteur) == (etat, envoyee, acte, acteur)


def test_each_row_of_the_table_is_written_once_with_its_sources():
    cles = [(t.etat, t.envoyee, t.depassee, t.acte, t.acteur) for t in TRANSITIONS_DE_PIECE]
    assert len(cles) == len(set(cles))
    assert all(t.sources for t in TRANSITIONS_DE_PIECE)


@pytest.mark.passages("L-71")
@pytest.mark.parametrize(
    "cellule", [c for c in TOUTES if c[3] == ActePiece.DECLARER], ids=lambda c: "-".join(map(str, c))
)
def test_a_piece_asked_of_everyone_cannot_be_declared_as_not_concerning(cellule):
    etat, envoyee, depassee, acte, acteur = cellule
    rendu = acte_sur_piece(SituationDePiece("domicile", LIBELLE, etat, envoyee, depassee), acte, acteur)
    assert isinstance(rendu, Motif)
    attendu = "non_concerne_impossible" if acteur == Acteur.CANDIDAT else AUTRE_ACTEUR[acteur]
    assert rendu.code == attendu
    assert bien_dit(rendu)


def test_an_unknown_state_act_or_actor_is_an_error():
    for etat, acte, acteur in (("perdue", "deposer", "candidat"), ("aucune", "dechirer", "candidat")):
        with pytest.raises(ValueError, match="is not a valid"):
            transition_de_piece(etat, False, acte, acteur)
    with pytest.raises(ValueError, match="is not a valid"):
        acte_sur_piece(SituationDePiece("domicile", LIBELLE, EtatPiece.AUCUNE, False), "deposer", "voisin")


# --- What the cases cannot say ----------------------------------------------------------------------


@pytest.mark.passages("pieces.periode-de-depot", "L-08", "R95")
def test_a_regroupement_may_have_its_own_period_of_deposit(cadre: Cadre, calendrier: Calendrier):
    regroupement = cadre.pieces.regroupements[0]
    assert calendrier_du_regroupement(calendrier, regroupement) == calendrier
    plus_tard = Periode(
        ouvre_le=calendrier.depot.ferme_le,
        ferme_le=calendrier.depot.ferme_le.replace(day=20),
        source=("R106",),
        certitude=calendrier.depot.certitude,
        verifie_le=calendrier.depot.verifie_le,
    )
    sien = calendrier_du_regroupement(calendrier, replace(regroupement, periode=plus_tard))
    assert acte_permis("deposer", plus_tard.ouvre_le, calendrier) is not None
    assert acte_permis("deposer", plus_tard.ouvre_le, sien) is None
    assert acte_permis("enregistrer", calendrier.inscription.ouvre_le, sien) is None


@pytest.mark.passages("L-29")
@pytest.mark.parametrize(
    ("octets", "taille"),
    [(5_242_880, "5 Mo"), (6_606_029, "6,3 Mo"), (1_048_576, "1 Mo"), (52_429, "0,1 Mo"), (12_582_911, "12 Mo")],
)
def test_a_size_is_told_to_a_tenth_of_mo(octets, taille):
    assert fichiers.taille_en_mo(octets).replace("\u00a0", " ") == taille


def test_a_format_the_session_does_not_take_is_refused_by_its_name(cadre):
    pdf_seul = replace(cadre.pieces, formats=("pdf",))
    [motif] = fichiers.motifs_fichier("photo.jpg", "jpeg", 5000, pdf_seul)
    assert motif.code == "format_refuse"
    assert "une image JPEG. Nous acceptons seulement PDF." in lu(motif)


def test_an_unknown_refusal_of_treatment_is_an_error():
    with pytest.raises(KeyError):
        fichiers.refus_de_fichier("fichier_moche")


def test_an_instant_without_fuseau_is_an_error(calendrier):
    instant = calendrier.depot.ferme_le
    with pytest.raises(ValueError, match="fuseau"):
        saisies_de_piece.motifs_fenetre(instant.replace(tzinfo=None), "Pièce refusée.", instant)


@pytest.mark.passages("L-30")
def test_a_recapitulatif_without_readable_code_is_judged_by_the_version_at_its_deposit():
    assert not recapitulatif_signe.recapitulatif_depasse(3, None, 3)
    assert recapitulatif_signe.recapitulatif_depasse(3, None, 2)
    assert recapitulatif_signe.recapitulatif_depasse(3, 2, 3)
    assert not recapitulatif_signe.recapitulatif_depasse(3, None, None)
    assert recapitulatif_signe.etat_du_recapitulatif(1, None) == "a_refaire"

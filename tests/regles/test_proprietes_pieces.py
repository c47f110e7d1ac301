"""Properties of the pieces: whatever the acts, a piece stays in the notice's states and nothing locked moves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registre.regles import depot, fichiers, recapitulatif_signe
from registre.regles.citation import Motif
from registre.regles.depot import SituationDePiece, acte_sur_piece
from registre.regles.etats import (
    ACTES_DU_CANDIDAT,
    ACTES_DU_GESTIONNAIRE,
    ActePiece,
    Acteur,
    EtatPiece,
    TransitionDePiece,
)

RAPIDE = settings(max_examples=60, deadline=None)

ACTES = st.sampled_from(
    [(acte, Acteur.CANDIDAT) for acte in sorted(ACTES_DU_CANDIDAT)]
    + [(acte, Acteur.GESTIONNAIRE) for acte in sorted(ACTES_DU_GESTIONNAIRE)]
)
SUITES = st.lists(ACTES, max_size=14)
DU_CANDIDAT = st.lists(st.sampled_from(sorted(ACTES_DU_CANDIDAT)), max_size=10)


@dataclass(frozen=True)
class EtatSuivi:
    """A piece and the number of its files, as the use cases keep them."""

    situation: SituationDePiece
    fichiers: int = 0


def piece_neuve(*, dematerialisee: bool = True) -> EtatSuivi:
    situation = SituationDePiece(
        "domicile", "Domicile", EtatPiece.AUCUNE, False, dematerialisee=dematerialisee, non_concerne=True
    )
    return EtatSuivi(situation)


def jouer(suivi: EtatSuivi, acte: ActePiece, acteur: Acteur) -> EtatSuivi:
    """The state after an act; unchanged when it is refused. Deleting leaves the state while a file remains."""
    rendu = acte_sur_piece(suivi.situation, acte, acteur)
    if isinstance(rendu, Motif):
        return suivi
    fichiers = suivi.fichiers
    if acte == ActePiece.DEPOSER:
        fichiers = 1 if rendu.remplace else fichiers + 1
    elif acte == ActePiece.DECLARER:
        fichiers = 0  # those that a decision judged have given their place
    elif acte == ActePiece.SUPPRIMER and fichiers:
        fichiers -= 1
        if fichiers:
            return EtatSuivi(suivi.situation, fichiers)
    # A new deposit is of the last version.
    depassee = suivi.situation.depassee and acte != ActePiece.DEPOSER
    situation = replace(suivi.situation, etat=rendu.nouvel_etat, envoyee=rendu.envoyee_apres, depassee=depassee)
    return EtatSuivi(situation, fichiers)


def apres(suivi: EtatSuivi, suite: list[tuple[ActePiece, Acteur]]) -> EtatSuivi:
    for acte, acteur in suite:
        suivi = jouer(suivi, acte, acteur)
    return suivi


@RAPIDE
@given(SUITES, st.booleans())
def test_after_any_acts_the_state_is_one_of_the_five_and_agrees_with_the_sending(suite, dematerialisee):
    suivi = piece_neuve(dematerialisee=dematerialisee)
    for acte, acteur in suite:
        suivi = jouer(suivi, acte, acteur)
        etat, envoyee = suivi.situation.etat, suivi.situation.envoyee
        assert etat in set(EtatPiece)
        assert not (envoyee and etat == EtatPiece.AUCUNE)
        assert envoyee or etat in (EtatPiece.AUCUNE, EtatPiece.DECLAREE, EtatPiece.DEPOSEE)
        assert suivi.fichiers >= (1 if etat == EtatPiece.DEPOSEE else 0)
        assert suivi.fichiers == 0 or etat not in (EtatPiece.AUCUNE, EtatPiece.DECLAREE)


@pytest.mark.passages("pieces.validees-verrouillees", "pieces.statut.conforme", "L-67", "S27")
@RAPIDE
@given(SUITES, DU_CANDIDAT)
def test_no_act_of_the_candidat_changes_a_conforme_piece(suite, actes):
    avant = apres(piece_neuve(), suite)
    conforme = jouer(avant, ActePiece.ACCEPTER, Acteur.GESTIONNAIRE)
    if conforme.situation.etat != EtatPiece.CONFORME:  # nothing to accept yet: bring it there
        depots = [(a, Acteur.CANDIDAT) for a in (ActePiece.DEPOSER, ActePiece.ENVOYER)]
        juger = [(a, Acteur.GESTIONNAIRE) for a in (ActePiece.ACCEPTER, ActePiece.DISPENSER)]
        conforme = apres(avant, [*depots, *juger])
    assert conforme.situation.etat == EtatPiece.CONFORME
    assert apres(conforme, [(acte, Acteur.CANDIDAT) for acte in actes]) == conforme


@pytest.mark.passages("pieces.envoi.avertissement", "L-52", "S27")
@RAPIDE
@given(st.integers(1, 3), DU_CANDIDAT, st.sampled_from([None, ActePiece.RECEVOIR, ActePiece.ACCEPTER]))
def test_after_the_sending_the_candidat_moves_nothing_until_non_conforme(depots, actes, du_service):
    suite = [(ActePiece.DEPOSER, Acteur.CANDIDAT)] * depots + [(ActePiece.ENVOYER, Acteur.CANDIDAT)]
    if du_service:
        suite.append((du_service, Acteur.GESTIONNAIRE))
    envoye = apres(piece_neuve(), suite)
    assert envoye.situation.envoyee
    assert apres(envoye, [(acte, Acteur.CANDIDAT) for acte in actes]) == envoye


@pytest.mark.passages("pieces.statut.nouveau-depot", "L-52")
@RAPIDE
@given(SUITES)
def test_a_deposit_after_non_conforme_always_asks_for_a_new_sending(suite):
    refuse = replace(piece_neuve().situation, etat=EtatPiece.NON_CONFORME, envoyee=True)
    redepose = jouer(EtatSuivi(refuse, 1), ActePiece.DEPOSER, Acteur.CANDIDAT)
    assert (redepose.situation.etat, redepose.situation.envoyee) == (EtatPiece.DEPOSEE, False)
    assert depot.rappel_d_envoi([redepose.situation])
    sans_envoi = [(acte, acteur) for acte, acteur in suite if acte != ActePiece.ENVOYER]
    deposee = {EtatPiece.DEPOSEE, EtatPiece.DECLAREE, EtatPiece.AUCUNE}
    suivi = redepose
    for acte, acteur in sans_envoi:
        if acte == ActePiece.RECEVOIR and suivi.situation.etat != EtatPiece.DEPOSEE:
            break  # all deleted, then received on paper: the reception stands for the sending
        suivi = jouer(suivi, acte, acteur)
        assert suivi.situation.etat in deposee
        assert not suivi.situation.envoyee


@pytest.mark.passages("validation.refaire-apres-modification", "L-30")
@RAPIDE
@given(SUITES)
def test_a_later_version_always_lets_the_candidat_deposit_the_new_recapitulatif(suite):
    suivi = apres(piece_neuve(), suite)
    depasse = EtatSuivi(replace(suivi.situation, depassee=suivi.fichiers > 0), suivi.fichiers)
    if not depasse.situation.depassee:
        return
    assert isinstance(acte_sur_piece(depasse.situation, "accepter", "gestionnaire"), Motif)
    assert depot.motif_envoi([depasse.situation]) is not None
    redepose = jouer(depasse, ActePiece.DEPOSER, Acteur.CANDIDAT)
    assert redepose.situation == replace(depasse.situation, etat=EtatPiece.DEPOSEE, envoyee=False, depassee=False)
    assert redepose.fichiers == 1


A_ENVOYER = (EtatPiece.DEPOSEE, EtatPiece.DECLAREE)
PIECES = st.lists(
    st.builds(
        SituationDePiece,
        cle=st.sampled_from(["identite", "domicile", "jdc"]),
        libelle=st.sampled_from(["Identité", "Domicile", "Certificat {noms}"]),
        etat=st.sampled_from(list(EtatPiece)),
        envoyee=st.booleans(),
        depassee=st.booleans(),
        dematerialisee=st.booleans(),
        requise=st.booleans(),
        fenetre_ouverte=st.booleans(),
        facultative=st.booleans(),
        echeance_passee=st.sampled_from([None, False, True]),
    ).map(lambda p: replace(p, envoyee=p.etat != EtatPiece.AUCUNE and (p.envoyee or p.etat not in A_ENVOYER))),
    max_size=5,
)


@pytest.mark.passages("pieces.envoi", "L-52")
@RAPIDE
@given(PIECES)
def test_a_sending_that_is_allowed_sends_each_piece_and_leaves_nothing_to_send(pieces):
    if depot.motif_envoi(pieces) is not None:
        return
    envoyees = []
    for piece in pieces:
        rendu = acte_sur_piece(piece, "envoyer", "candidat")
        fournie = piece.etat in (EtatPiece.DEPOSEE, EtatPiece.DECLAREE)
        a_envoyer = piece.requise and piece.dematerialisee and fournie and not piece.envoyee
        assert isinstance(rendu, Motif) != a_envoyer
        envoyees.append(replace(piece, envoyee=True) if a_envoyer else piece)
    motif = depot.motif_envoi(envoyees)
    assert motif is not None
    assert motif.code == "rien_a_envoyer"


@pytest.mark.passages("dossier.incomplet-annulation", "L-51")
@RAPIDE
@given(PIECES)
def test_a_dossier_is_complete_exactly_when_each_required_piece_is(pieces):
    motifs = depot.dossier_incomplet(pieces)
    seules = [depot.dossier_incomplet([piece]) for piece in pieces]
    assert {m.code for m in motifs} == {m.code for seule in seules for m in seule}
    assert len({m.code for m in motifs}) == len(motifs)
    assert all(len(seule) <= 1 for seule in seules)
    assert not any(seule for piece, seule in zip(pieces, seules, strict=True) if not piece.requise)


@pytest.mark.passages("L-70")
@RAPIDE
@given(PIECES)
def test_a_piece_asked_later_counts_only_when_it_blocks_and_its_date_is_past(pieces):
    for piece in pieces:
        demandee = replace(piece, requise=True, depassee=False)
        assert not depot.dossier_incomplet([replace(demandee, facultative=True, echeance_passee=True)])
        assert not depot.dossier_incomplet([replace(demandee, facultative=False, echeance_passee=False)])
        en_retard = depot.dossier_incomplet([replace(demandee, facultative=False, echeance_passee=True)])
        fournie = demandee.envoyee and demandee.etat != EtatPiece.NON_CONFORME
        assert bool(en_retard) != fournie


@pytest.mark.passages("L-71", "S27")
@RAPIDE
@given(SUITES, DU_CANDIDAT)
def test_a_declaration_accepted_satisfies_the_piece_and_nothing_of_the_candidat_moves_it(suite, actes):
    declare = [(ActePiece.DECLARER, Acteur.CANDIDAT), (ActePiece.ENVOYER, Acteur.CANDIDAT)]
    suivi = apres(apres(piece_neuve(), suite), declare)
    if suivi.situation.etat != EtatPiece.DECLAREE:
        return
    assert not depot.dossier_incomplet([suivi.situation])
    accepte = jouer(suivi, ActePiece.DISPENSER, Acteur.GESTIONNAIRE)
    assert accepte.situation.etat == EtatPiece.CONFORME
    assert apres(accepte, [(acte, Acteur.CANDIDAT) for acte in actes]) == accepte
    exige = jouer(suivi, ActePiece.EXIGER, Acteur.GESTIONNAIRE)
    assert depot.motif_envoi([exige.situation]) is not None
    assert isinstance(acte_sur_piece(exige.situation, "deposer", "candidat"), TransitionDePiece)


@pytest.mark.passages("depot.taille-maximale", "L-29")
@RAPIDE
@given(octets=st.integers(1, 60_000_000) | st.integers(5_242_870, 5_300_000), nom=st.text(max_size=20))
def test_a_file_is_too_big_from_the_first_byte_over_and_never_said_to_weigh_the_limit(cadre, octets, nom):
    gros = [m for m in fichiers.motifs_fichier(nom, "jpeg", octets, cadre.pieces) if m.code == "fichier_trop_gros"]
    assert bool(gros) == (octets > cadre.pieces.taille_maximale)
    assert all("pèse 5\u00a0Mo" not in m.message for m in gros)


@RAPIDE
@given(
    nom=st.text(max_size=30) | st.sampled_from(["a.PDF", "a.jpg ", "..", ".pdf", "a.pdf\u202egnp"]),
    format=st.sampled_from([*fichiers.FORMATS, "vide", "jamais-vu"]),
    octets=st.integers(0, 10_000_000),
)
def test_any_name_format_and_size_is_answered_with_declared_motifs_that_repeat_nothing_sent(
    cadre, nom, format, octets
):
    motifs = fichiers.motifs_fichier(nom, format, octets, cadre.pieces)
    assert all(m.code in fichiers.MOTIFS and m.champ == "fichier" and m.message.endswith(".") for m in motifs)
    connus = {m.message for m in fichiers.motifs_fichier("x", format, octets, cadre.pieces)}
    assert {m.message for m in motifs if m.code != "contenu_different"} == connus
    assert bool(motifs) or (format in cadre.pieces.formats and 0 < octets <= cadre.pieces.taille_maximale)


@pytest.mark.passages("validation.c-deposer-dcandt01", "R141", "L-30")
@RAPIDE
@given(
    lus=st.lists(st.tuples(st.sampled_from(["CLE-1", "CLE-2"]), st.integers(1, 4)), max_size=4),
    courante=st.integers(1, 4),
)
def test_a_recapitulatif_let_in_is_never_read_as_depasse_and_never_names_another(lus, courante):
    motif = recapitulatif_signe.motif_recapitulatif(lus, "CLE-1", courante)
    signee = recapitulatif_signe.version_signee(lus, "CLE-1")
    assert (motif is None) == (set(lus) <= {("CLE-1", courante)})
    if motif is None:
        assert not recapitulatif_signe.recapitulatif_depasse(courante, signee, courante)
        assert recapitulatif_signe.recapitulatif_depasse(
            courante + 1, signee, courante
        )  # the next version asks for it again
    else:
        assert "CLE" not in motif.message


@pytest.mark.passages("pieces.taille-et-formats-annonces", "depot.jpeg", "depot.pdf")
def test_what_the_browser_says_before_the_sending_is_what_the_rule_says_after(cadre):
    dits = fichiers.refus_par_extension(cadre.pieces)
    assert dits.keys() >= {"png", "heic", "docx", "zip"}
    assert not dits.keys() & {"pdf", "jpg", "jpeg"}
    assert fichiers.motifs_fichier("photo.heic", "heic", 5000, cadre.pieces)[0].message == dits["heic"]
    pdf_seul = replace(cadre.pieces, formats=("pdf",))
    assert fichiers.refus_par_extension(pdf_seul).keys() - dits.keys() == {"jpg", "jpeg", "jpe", "jfif"}

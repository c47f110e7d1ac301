"""Deposit of pieces: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from registre.regles.citation import codes
from registre.regles.depot import SituationDePiece, acte_sur_piece, motif_envoi
from registre.regles.etats import EtatPiece
from registre.regles.fichiers import (
    FORMATS,
    dit_du_fichier_prepare,
    motifs_fichier,
    refus_par_extension,
    se_prepare,
    taille_lisible,
)
from registre.regles.recapitulatif_signe import motif_recapitulatif
from registre.regles.saisies_de_piece import (
    COMMENTAIRE_MAXIMAL,
    MOTIF_MAXIMAL,
    TITRE_MAXIMAL,
    motifs_commentaire,
    motifs_demande,
    motifs_fenetre,
)

JOUR = date(2025, 11, 3)
LE = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)


@pytest.mark.passages("pieces.taille-et-formats-annonces")
@pytest.mark.parametrize(
    ("nom", "format", "octets", "attendus"),
    [
        ("diplome.pdf", "vide", 12, ["fichier_vide"]),
        ("diplome.pdf", "pdf", 0, ["fichier_vide"]),
        ("diplome.pdf", "pdf", 1, []),
        ("pdf", "jpeg", 12, []),  # a name without a dot promises nothing
        ("photo.pdf", "jpeg", 12, ["contenu_different"]),
        ("photo. PDF ", "jpeg", 12, ["contenu_different"]),
        ("photo.2024", "jpeg", 12, []),
    ],
)
def test_a_file_is_judged_by_its_content_then_by_what_its_name_promises(nom, format, octets, attendus, cadre):
    assert codes(motifs_fichier(nom, format, octets, cadre.pieces)) == attendus


@pytest.mark.passages("depot.taille-maximale", "L-29")
def test_a_file_of_the_exact_limit_is_accepted(cadre):
    limite = cadre.pieces.taille_maximale
    assert motifs_fichier("diplome.pdf", "pdf", limite, cadre.pieces) == []
    assert codes(motifs_fichier("diplome.pdf", "pdf", limite + 1, cadre.pieces)) == ["fichier_trop_gros"]


@pytest.mark.passages("pieces.taille-et-formats-annonces")
def test_the_browser_says_of_an_extension_what_the_refusal_would_say(cadre):
    mots = refus_par_extension(cadre.pieces)
    assert {"pdf", "jpg", "exe"}.isdisjoint(mots)  # accepted, or told only once the content is known
    for extension, format in (("heic", "heic"), ("docx", "office"), ("tif", "tiff"), ("csv", "texte")):
        (refus,) = motifs_fichier(f"fichier.{extension}", format, 2048, cadre.pieces)
        assert mots[extension] == refus.message


@pytest.mark.passages("depot.taille-maximale", "L-29")
@pytest.mark.parametrize(
    ("octets", "texte"),
    [
        (0, "0 ko"),
        (1, "1 ko"),
        (1024, "1 ko"),
        (1025, "2 ko"),
        (1_048_575, "1024 ko"),
        (1_048_576, "1 Mo"),
        (1_363_149, "1,3 Mo"),
    ],
)
def test_a_size_is_told_in_kilo_octets_below_one_mega_octet(octets, texte):
    assert taille_lisible(octets).replace("\u00a0", " ") == texte


@pytest.mark.passages("validation.refaire-apres-modification", "R141", "L-30")
@pytest.mark.parametrize(
    ("versions", "code"),
    [
        ((3, 3), None),
        ((2, 2), "recapitulatif_version_depassee"),
        ((2, 3), "recapitulatif_version_depassee"),
        ((3, 4), "recapitulatif_version_inconnue"),
        ((4, 4), "recapitulatif_version_inconnue"),
    ],
)
def test_each_page_of_the_signed_recapitulatif_is_of_the_last_version(versions, code):
    motif = motif_recapitulatif([("2026-000123", version) for version in versions], "2026-000123", 3)
    assert (motif and motif.code) == code


@pytest.mark.passages("L-08", "pieces.statut.non-conforme")
def test_a_text_of_the_service_may_have_exactly_its_longest_length():
    demain = LE + timedelta(days=1)
    assert motifs_fenetre(demain, "x" * MOTIF_MAXIMAL, LE) == []
    assert codes(motifs_fenetre(demain, "x" * (MOTIF_MAXIMAL + 1), LE)) == ["motif_trop_long"]
    assert motifs_commentaire("x" * COMMENTAIRE_MAXIMAL) == []
    assert codes(motifs_commentaire("x" * (COMMENTAIRE_MAXIMAL + 1))) == ["commentaire_trop_long"]


@pytest.mark.passages("L-08")
def test_a_window_closes_after_the_moment_it_is_opened():
    assert codes(motifs_fenetre(LE, "Pièce illisible", LE)) == ["fin_passee"]
    assert motifs_fenetre(LE + timedelta(seconds=1), "Pièce illisible", LE) == []
    with pytest.raises(ValueError, match="fuseau"):
        motifs_fenetre(LE.replace(tzinfo=None), "Pièce illisible", LE)
    with pytest.raises(ValueError, match="fuseau"):
        motifs_fenetre(LE, "Pièce illisible", LE.replace(tzinfo=None))


def piece(cle: str, etat: EtatPiece, *, envoyee: bool = False, depassee: bool = False) -> SituationDePiece:
    return SituationDePiece(cle=cle, libelle=cle.upper(), etat=etat, envoyee=envoyee, depassee=depassee)


@pytest.mark.passages("pieces.statut.conforme", "pieces.envoi.avertissement", "L-52")
@pytest.mark.parametrize(
    ("etat", "code"), [(EtatPiece.CONFORME, "piece_conforme"), (EtatPiece.RECUE, "regroupement_envoye")]
)
def test_a_refused_deposit_shows_beside_the_file_and_another_act_above_the_piece(etat, code):
    situation = piece("identite", etat, envoyee=True)
    refus = [acte_sur_piece(situation, acte, "candidat") for acte in ("deposer", "supprimer")]
    assert [(m.code, m.champ) for m in refus] == [(code, "fichier"), (code, "")]


@pytest.mark.passages("L-30", "L-44")
def test_a_piece_no_longer_asked_is_refused_beside_the_file_but_may_be_withdrawn():
    inutile = replace(piece("domicile", EtatPiece.DEPOSEE), requise=False)
    refus = [acte_sur_piece(inutile, acte, "candidat") for acte in ("deposer", "envoyer")]
    assert [(m.code, m.champ) for m in refus] == [("piece_non_demandee", "fichier"), ("piece_non_demandee", "")]
    assert acte_sur_piece(inutile, "supprimer", "candidat").nouvel_etat == EtatPiece.AUCUNE


@pytest.mark.passages("pieces.envoi", "L-30", "L-52")
def test_what_is_missing_before_the_sending_is_told_by_what_is_to_be_done():
    manque = motif_envoi(
        [
            piece("diplome", EtatPiece.AUCUNE),
            piece("domicile", EtatPiece.NON_CONFORME, envoyee=True),
            piece("recapitulatif", EtatPiece.DEPOSEE, depassee=True),
            piece("identite", EtatPiece.DEPOSEE),
        ]
    )
    assert manque.message.replace("\u00a0", " ").split("Déposez ce qui manque")[0].strip() == (
        "Il manque encore : « DIPLOME ». "
        "À déposer de nouveau, car non conforme : « DOMICILE ». "
        "À signer et à déposer dans sa dernière version : « RECAPITULATIF »."
    )


@pytest.mark.passages("pieces.taille-et-formats-annonces")
@pytest.mark.parametrize(("format", "dit"), [("zip", FORMATS["zip"]), ("exotique", FORMATS["inconnu"])])
def test_a_format_that_is_not_taken_is_named_even_when_unknown(format, dit, cadre):
    (motif,) = motifs_fichier("fichier", format, 12, cadre.pieces)
    assert motif.message.startswith(f"Votre fichier est {dit}. ")


@pytest.mark.passages("L-70")
def test_a_request_takes_a_title_and_a_reason_up_to_their_limit():
    juste = motifs_demande("t" * TITRE_MAXIMAL, "r" * MOTIF_MAXIMAL, JOUR + timedelta(days=1), JOUR)
    assert juste == []
    trop = motifs_demande("t" * (TITRE_MAXIMAL + 1), "r" * (MOTIF_MAXIMAL + 1), JOUR + timedelta(days=1), JOUR)
    assert codes(trop) == ["titre_trop_long", "raison_trop_longue"]


@pytest.mark.passages("pieces.taille-et-formats-annonces", "depot.taille-maximale", "L-29")
@pytest.mark.parametrize(
    ("format", "lourd", "presentes", "total", "dit"),
    [
        (
            "heic",
            False,
            0,
            1,
            "« a.heic » est une image HEIC (photo d’iPhone) : nous l’avons mis au bon format. "
            "Rien n’est encore déposé : regardez le document, puis déposez-le.",
        ),
        (
            "jpeg",
            True,
            0,
            1,
            "« a.heic » pèse plus de 5 Mo : nous l’avons allégé. "
            "Rien n’est encore déposé : regardez le document, puis déposez-le.",
        ),
        (
            "heic",
            True,
            2,
            3,
            "« a.heic » est une image HEIC (photo d’iPhone) et pèse plus de 5 Mo : nous l’avons mis au bon format et "
            "allégé. Il s’ajoute au document déjà en préparation, qui a maintenant 3 pages. "
            "Rien n’est encore déposé : regardez le document, puis déposez-le. "
            "Vous vouliez ce fichier seul ? Effacez ces pages, puis recommencez.",
        ),
    ],
)
def test_what_was_made_of_a_file_is_told_calmly(format, lourd, presentes, total, dit, cadre):
    octets = cadre.pieces.taille_maximale + lourd
    texte = dit_du_fichier_prepare("a.heic", format, octets, cadre.pieces, presentes=presentes, total=total)
    assert texte.replace("\u00a0", " ") == dit


@pytest.mark.passages("L-72", "L-52")
def test_a_rejected_piece_is_deposited_again_from_where_it_stands():
    recue = SituationDePiece(cle="domicile", libelle="D", etat=EtatPiece.RECUE, envoyee=True, rejetee=True)
    transition = acte_sur_piece(recue, "deposer", "candidat")
    assert transition.etat == EtatPiece.RECUE
    assert transition.nouvel_etat == EtatPiece.DEPOSEE
    attente = replace(recue, etat=EtatPiece.DEPOSEE, envoyee=False)
    manque = motif_envoi([attente])
    assert "L-72" in manque.sources
    assert "L-72" not in motif_envoi([replace(attente, etat=EtatPiece.AUCUNE, rejetee=False)]).sources


@pytest.mark.passages("depot.taille-maximale", "depot.jpeg", "depot.pdf", "R95", "L-29")
@pytest.mark.parametrize(
    ("nom", "format_trouve", "octets", "attendu"),
    [
        ("a.heic", "heic", 1_000, True),
        ("a.png", "png", 26_214_400, True),
        ("a.png", "png", 26_214_401, False),
        ("a.jpg", "jpeg", 5_242_881, True),
        ("a.pdf", "pdf", 5_242_881, True),
        ("a.jpg", "jpeg", 5_242_880, False),  # accepted as it is
        ("a.jpg", "png", 1_000, False),  # the name lies
        ("a.jpg", "pdf", 6_000_000, False),
        ("a.tiff", "tiff", 1_000, False),
        ("a.png", "vide", 0, False),
        ("sans-extension", "webp", 1_000, True),
    ],
)
def test_what_is_refused_for_its_kind_or_weight_alone_can_be_prepared(nom, format_trouve, octets, attendu, cadre):
    assert se_prepare(nom, format_trouve, octets, cadre.pieces) is attendu

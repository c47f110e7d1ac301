"""Each refusal is shown beside the field it speaks of: the field named by every motif of the reference cases."""

from __future__ import annotations

import re

import pytest

from tests.regles.lecture_cas import DOSSIER, cas_de, tenu

UNITE = r"[EU][0-9]+[A-Z]?|[a-z]+(-[a-z]+)*"  # a code, or the matière of a general unit
LIGNE = r"[0-9]+-"  # the rank of a line of the acquis
# Chapter -> field (a pattern) -> the codes whose motif names it. An empty field: the whole step.
CHAMPS = {
    "acquis": {
        "possibilite": "possibilite_manquante aucun_avec_demandes possibilite_unique",
        f"{LIGNE}unite": "unite_manquante unite_demandee_deux_fois",
        f"{LIGNE}specialite": "specialite_manquante",
        f"{LIGNE}session": "session_manquante session_invalide pas_ajourne",
        f"{LIGNE}note": "note_manquante note_invalide",
        f"{LIGNE}langue": "langue_manquante",
        f"{LIGNE}diplome": "diplome_manquant diplome_hors_tableau",
        f"{LIGNE}specialite_detenue": "specialite_detenue_manquante",
        f"{LIGNE}annee": "annee_manquante annee_invalide",
    },
    "calendrier": {"": "inscription_pas_encore_ouverte inscription_close depot_pas_encore_ouvert depot_clos"},
    "compte": {
        "civilite": "civilite_manquante civilite_inconnue",
        "nom|prenoms": "nom_manquant nom_caracteres_refuses nom_trop_long",
        "date_de_naissance": "date_manquante date_illisible date_inexistante date_de_naissance_impossible",
        "pays_de_naissance": "pays_manquant pays_inconnu",
        "courriel": "courriel_manquant courriel_mal_forme",
        "mot_de_passe": "mot_de_passe_trop_court mot_de_passe_trop_long mot_de_passe_sans_majuscule "
        "mot_de_passe_sans_minuscule mot_de_passe_sans_chiffre mot_de_passe_sans_special mot_de_passe_courant "
        "mot_de_passe_personnel mot_de_passe_du_contexte",
        "confirmation_nom": "confirmation_nom_differente",
        "confirmation_date_de_naissance": "confirmation_date_differente",
        "confirmation_courriel": "confirmation_courriel_differente",
        "confirmation_mot_de_passe": "confirmation_mot_de_passe_differente",
    },
    "conditions": {
        "code_postal": "code_postal_manquant code_postal_illisible domicile_hors_academie",
        "nationalite_francaise": "nationalite_manquante",
        "preuve_jdc": "preuve_jdc_manquante preuve_jdc_inconnue jdc_pas_en_regle recensement_reserve_aux_mineurs",
        "voie": "une_voie_obligatoire",
        "passages": "passage_manquant",
        "formation_suivie": "formation_non_suivie",
        "salarie_trois_ans": "trois_ans_non_declares",
        "domaine_en_rapport": "domaine_sans_rapport",
        "etablissement": "etablissement_manquant etablissement_inconnu etablissement_contraire_a_la_voie",
        "organisme_nom": "organisme_sans_nom",
        "passages-[0-9]-session": "passage_sans_session passage_session_impossible",
        "passages-[0-9]-academie": "passage_sans_academie",
        "passages-[0-9]-specialite": "passage_sans_specialite",
        "passages-[0-9]-forme_de_passage": "passage_sans_forme_de_passage",
        "passages-[0-9]-resultat": "passage_sans_resultat",
        "": "candidature_deja_active",
    },
    "depot": {
        "": "piece_non_conforme_a_remplacer rien_a_supprimer piece_manquante piece_non_conforme "
        "regroupement_non_envoye rien_a_controler rien_a_envoyer acte_reserve_au_service acte_reserve_au_candidat "
        "recapitulatif_depasse",
        "|fichier": "piece_conforme piece_non_demandee",
        "|fichier|dit": "regroupement_envoye",
        "fichier": "piece_par_la_poste fichier_manquant fichier_vide fichier_trop_gros format_refuse "
        "contenu_different fichier_abime fichier_protege fichier_actif fichier_trop_complexe service_occupe "
        "stockage_en_panne depots_trop_nombreux place_epuisee trop_de_fichiers recapitulatif_version_depassee "
        "recapitulatif_d_une_autre_candidature recapitulatif_version_inconnue",
        "commentaire": "commentaire_manquant commentaire_trop_long",
        "recue_le": "reception_future",
        "ferme_le": "fin_manquante fin_passee",
        "motif": "motif_manquant motif_trop_long",
        "dit": "non_concerne_impossible fichier_a_supprimer declaration_manquante declaration_trop_longue",
        "titre": "titre_manquant titre_trop_long piece_deja_demandee",
        "raison": "raison_manquante raison_trop_longue",
        "echeance": "echeance_manquante echeance_trop_proche",
    },
    "eps": {
        "eps_cas": "cas_eps_manquant",
        "eps_justifiee": "adaptee_reservee",
        "eps_activites": "nombre_activites activites_identiques activite_hors_liste activites_sans_objet "
        "nombre_activites_adaptees activite_adaptee_hors_liste",
        "eps_motif_dispense": "motif_dispense_manquant dispense_reservee_trois_ans",
        "valable_jusquau": "sans_date_de_validite validite_insuffisante",
        "signature": "sans_signature",
        "cachet": "sans_cachet",
    },
    "forme_de_passage": {
        "forme_de_passage": "forme_de_passage_manquante forme_de_passage_a_conserver "
        "forme_de_passage_deja_enregistree",
        "motif_correction": "motif_exige",
        UNITE: "epreuve_non_inscrite",
        "": "aucune_epreuve_presentee",
        "specialite": "specialite_manquante specialite_inconnue specialite_non_ouverte specialite_en_rattrapage "
        "deja_admis",
    },
    "langues": {
        "": "specialite_non_ouverte",
        "lva": "lva_manquante lva_hors_liste",
        "lvb": "lvb_manquante lvb_hors_liste lva_et_lvb_identiques lvb_sans_objet",
        "lvf": "lvf_hors_liste lvf_egale_lva lvf_egale_lvb",
    },
    "moyenne": {
        UNITE: "unite_en_double unite_a_passer coefficient_inconnu coefficient_invalide nature_inconnue "
        "note_manquante note_invalide note_de_trop eps_seule nombre_de_notes_d_eps choix_impossible "
        "oral_sans_objet",
        "lvf|U[0-9]+": "etat_impossible",
        "points_du_jury": "points_invalides points_sans_objet",
        "general|scientifique": "choix_manquant choix_double",
        "": "moyenne_professionnelle_insuffisante aucune_matiere aucune_note professionnelles_inconnues",
    },
    # The step shows a field under its own name.
    "etapes": {
        "domicile_voie": "voie_manquante",
        "domicile_commune": "commune_manquante",
        "domicile_code_postal": "domicile_hors_academie",
        "autre_adresse": "autre_adresse_manquante",
        "correspondance_(commune|voie)": "correspondance_incomplete",
        "telephone_fixe|telephone_portable": "telephone_illisible",
        "categorie": "categorie_manquante categorie_hors_liste",
        "deja_passe": "deja_passe_manquant passage_a_ajouter",
        "passages-[0-9]-session": "session_deux_fois",
        "handicap": "handicap_manquant",
        "possibilites": "possibilite_manquante passage_a_declarer possibilite_sans_demande",
        "perte_comprise": "perte_a_confirmer",
        "p[0-9]{4}_([a-z]|x[0-9])_.+": "note_illisible note_hors_bornes note_trop_precise "
        "note_inferieure_a_10 langue_manquante",
        "": "qualification_d_abord",
    },
}
PAR_CODE = {
    (chapitre, code): champ
    for chapitre, champs in CHAMPS.items()
    for champ, codes in champs.items()
    for code in codes.split()
}


@pytest.mark.parametrize("cas", cas_de(*CHAMPS))
def test_a_refusal_speaks_cites_its_texts_and_names_the_field_it_speaks_of(cas):
    for motif in tenu(cas).motifs:
        assert motif.message.endswith(".")
        assert motif.sources
        assert all(motif.sources)
        attendu = PAR_CODE.get((cas.chapitre, motif.code))
        if attendu is not None:
            assert re.fullmatch(attendu, motif.champ), f"{motif.code} : {motif.champ!r}, au lieu de {attendu}"


@pytest.mark.parametrize("chapitre", sorted(CHAMPS))
def test_each_code_of_the_table_is_given_by_a_case(chapitre):
    texte = (DOSSIER / f"{chapitre}.toml").read_text(encoding="utf-8")
    assert [code for c, code in PAR_CODE if c == chapitre and code not in texte] == []

"""Expliquer l'étape 4 : pour chaque demande, la décision, sa durée, son effet et les pièces qu'elle appelle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registre.regles.acquis import D_UN_RELEVE, DecisionDuService, ExamenAcquis, ExamenDeLigne, LigneAcquis
from registre.regles.acquis_saisis import libelle_unite
from registre.regles.cadre import Cadre, Specialite
from registre.regles.calendrier import date_en_francais
from registre.regles.citation import Motif
from registre.regles.decisions import Acquis, BeneficeDeNote, Decision
from registre.regles.explication import pas_du_motif
from registre.regles.moyenne import ecrit
from registre.regles.recapitulatif import LIBELLES_TITRES
from registre.regles.trace import Pas, Trace
from registre.regles.vocabulaire import MotifAcquis, Statut

CONCLUSIONS = {
    Statut.ACCORDE: "Accordée, si vos pièces le confirment.",
    Statut.A_INSTRUIRE: "À étudier par le service.",
    Statut.REFUSE: "Refusée.",
}


DECIDEE = {Statut.ACCORDE: "Accordée par le service.", Statut.REFUSE: "Refusée par le service."}


def traces_des_acquis(
    acquis: ExamenAcquis, motifs: Sequence[Motif], specialite: Specialite, cadre: Cadre
) -> tuple[Trace, ...]:
    """Une trace par demande ; une pour les droits que le candidat a et ne demande pas ; une s'il ne demande rien.

    ``motifs`` : tout ce que l'étape refuse.
    """
    traces = [trace_d_un_acquis(x, specialite, cadre) for x in acquis.lignes]
    if not traces and motifs:
        pas_a_completer = tuple(pas_du_motif(m) for m in motifs)
        traces.append(Trace(objet="Acquis", conclusion="Cette étape reste à compléter.", pas=pas_a_completer))
    elif not traces:
        texte = "Vous ne demandez à garder aucune note, et vous ne demandez aucune dispense."
        pas = Pas(code="aucun_acquis", texte=texte, sources=("etapes.acquis.cinq-possibilites", "L-15"))
        traces.append(Trace(objet="Acquis", conclusion="Aucune demande.", pas=(pas,)))
    if acquis.perdus:
        traces.append(_droits_perdus(acquis.perdus, specialite, cadre))
    return tuple(traces)


def trace_d_un_acquis(examen: ExamenDeLigne, specialite: Specialite, cadre: Cadre) -> Trace:
    """Ce que devient une demande. Une demande à corriger dit ce qui manque, et rien de plus."""
    ligne, decision = examen.ligne, examen.decision
    nom = nom_de_l_unite((decision and decision.unite) or ligne.unite, specialite, cadre)
    pas = [_demande(ligne, specialite, cadre)]
    if examen.motifs or decision is None:
        pas += [pas_du_motif(m) for m in examen.motifs]
        refusee = decision is not None and decision.statut is Statut.REFUSE
        conclusion = CONCLUSIONS[Statut.REFUSE] if refusee else "À corriger\u00a0: la demande n’est pas complète."
    elif examen.instruite:
        pas += _decidee(examen.instruite, decision, specialite)
        conclusion = DECIDEE[decision.statut]
    else:
        pas += _suite(ligne, decision, specialite, cadre)
        conclusion = CONCLUSIONS[decision.statut]
    return Trace(objet=f"{LIBELLES_TITRES[ligne.motif]}\u00a0: {nom}", conclusion=conclusion, pas=tuple(pas))


def nom_de_l_unite(cle: str, specialite: Specialite, cadre: Cadre) -> str:
    """Le nom que montrent les étapes ; les mots du candidat quand nous ne connaissons pas l'unité."""
    if cle in specialite.par_cle:
        return libelle_unite(cle, specialite, cadre)
    return cadre.libelles_matieres.get(cle, cle) or "épreuve à préciser"


def _demande(ligne: LigneAcquis, specialite: Specialite, cadre: Cadre) -> Pas:
    if ligne.motif in D_UN_RELEVE:
        note = ecrit(ligne.note) if ligne.note is not None and ligne.note.is_finite() else "note à préciser"
        langue = cadre.libelles_langues.get(ligne.langue or "")
        origine = cadre.specialites.get(ligne.specialite or "")
        precisions = [f"session {ligne.session or 'à préciser'}", *([langue] if langue else [])]
        if origine and origine.slug != specialite.slug:
            precisions.append(f"spécialité «\u00a0{origine.libelle}\u00a0»")
        texte = f"Vous présentez cette note\u00a0: {note} sur 20, {', '.join(precisions)}."
        return Pas(code="note_presentee", texte=texte, sources=("annexe1.benefice.definition", "R34"))
    if ligne.motif is MotifAcquis.VAE:
        texte = f"Vous présentez la décision d’un jury de VAE, année {ligne.annee or 'à préciser'}."
        return Pas(code="decision_de_vae", texte=texte, sources=("annexe1.dispense.vae", "L-04"))
    diplomes = {d.diplome: d.libelle for d in cadre.dispenses.professionnelles}
    diplomes |= {d.code: d.libelle for d in cadre.dispenses.diplomes}
    detenue = cadre.specialites.get(ligne.specialite_detenue or "")
    nom = ", ".join(p for p in (diplomes.get(ligne.diplome or ""), detenue and detenue.libelle) if p)
    texte = f"Vous détenez ce diplôme\u00a0: {nom or 'à préciser'}."
    return Pas(code="diplome_detenu", texte=texte, sources=("annexe1.tableau.diplome-detenu", "R12"))


def _suite(ligne: LigneAcquis, decision: Decision, specialite: Specialite, cadre: Cadre) -> Iterator[Pas]:
    if decision.statut is Statut.ACCORDE:
        texte = f"{_conditions_remplies(ligne, cadre)} Le service vérifie vos pièces."
        yield Pas(code="accordee", texte=texte, sources=decision.sources)
    else:
        texte = f"{decision.message} En attendant, cette épreuve reste à passer."
        yield Pas(code=decision.motif, texte=texte, sources=decision.sources)
    if decision.acquis:
        yield _effet(decision, decision.acquis, specialite)
        yield _validite(decision.acquis)
    pieces = {p.cle: p.libelle for p in cadre.pieces.liste}
    demandees = [pieces[cle] for cle in dict.fromkeys(decision.pieces) if cle in pieces]
    if demandees:
        texte = f"Cette demande appelle ces pièces\u00a0: {', '.join(demandees)}."
        yield Pas(code="pieces_de_la_demande", texte=texte, sources=("L-44",))


def _decidee(decision: DecisionDuService, dite: Decision, specialite: Specialite) -> Iterator[Pas]:
    """La décision du service, son jour, son motif ; ce qu'elle change."""
    quoi = "accordé" if decision.accordee else "refusé"
    objet = "cet acquis" if decision.octroi else "cette demande"
    le = date_en_francais(decision.le)
    yield Pas(
        code="decision_du_service",
        texte=f"Le service a {quoi} {objet}, le {le}. Son motif\u00a0: «\u00a0{decision.motif.rstrip('. ')}\u00a0».",
        sources=dite.sources,
    )
    if dite.acquis is None:
        yield Pas(code="epreuve_a_passer", texte="Vous passez cette épreuve.", sources=("L-60",))
        return
    yield _effet(dite, dite.acquis, specialite)
    if decision.octroi:
        texte = "Cette décision vaut pour cette inscription. À une autre session, écrivez de nouveau au service."
        yield Pas(code="octroi_de_la_session", texte=texte, sources=dite.sources)
    else:
        yield _validite(dite.acquis)


def _conditions_remplies(ligne: LigneAcquis, cadre: Cadre) -> str:
    """Ce que la règle a vérifié avant d'accorder."""
    minimum = cadre.acquis.benefice_note_minimale
    if ligne.motif is MotifAcquis.AUTRE_SPECIALITE:
        minimum = cadre.acquis.autre_specialite_note_minimale
    if ligne.motif in D_UN_RELEVE:
        if ligne.note is not None and ligne.note < minimum:
            return "Une note de la forme progressive se garde, et celle-ci sert encore."
        return (
            "Vous n’avez pas eu le diplôme à cette session, "
            f"la note est d’au moins {ecrit(minimum)}, et elle sert encore."
        )
    if ligne.motif is MotifAcquis.VAE:
        return "La décision du jury sert encore, et votre spécialité comporte cette épreuve."
    if ligne.motif is MotifAcquis.PROFESSIONNELLE:
        return "Ce brevet professionnel dispense de cette épreuve dans votre spécialité."
    comportee = " Vous avez dit qu’il la comportait." if ligne.unite_comportee else ""
    return f"D’après le tableau de la notice, ce diplôme dispense de cette épreuve.{comportee}"


def _effet(decision: Decision, acquis: Acquis, specialite: Specialite) -> Pas:
    unite = specialite.par_cle.get(acquis.unite)
    coefficient = ecrit(unite.coefficient) if unite and unite.coefficient is not None else ""
    debut = (
        "Vous ne repassez pas cette épreuve"
        if isinstance(acquis, BeneficeDeNote)
        else "Vous ne passez pas cette épreuve"
    )
    if decision.statut is not Statut.ACCORDE:
        debut = "Si le service l’accorde, vous ne passez pas cette épreuve"
    if isinstance(acquis, BeneficeDeNote):
        poids = (
            f"son coefficient, {coefficient}" if coefficient else "son coefficient, que nous ne connaissons pas encore"
        )
        texte = f"{debut}\u00a0: votre note, {ecrit(acquis.note)}, compte dans la moyenne avec {poids}."
        return Pas(code="note_gardee", texte=texte, sources=("annexe1.benefice.moyenne", "R60", "L-25"))
    poids = f"son coefficient, {coefficient}, ne compte" if coefficient else "son coefficient ne compte"
    texte = f"{debut}\u00a0: {poids} pas dans la moyenne, et une note obtenue avant non plus."
    return Pas(code="coefficient_neutralise", texte=texte, sources=("annexe1.dispense.effet", "R59", "L-25"))


def _validite(acquis: Acquis) -> Pas:
    if acquis.derniere_session is None:
        texte = "Cette dispense n’a pas de fin. Demandez-la à chaque inscription."
        return Pas(code="sans_fin", texte=texte, sources=("annexe1.attention.perdue", "R12"))
    texte = (
        f"Ce droit sert jusqu’à la session {acquis.derniere_session} comprise, "
        "si vous le demandez à chaque inscription d’ici là."
    )
    return Pas(
        code="validite",
        texte=texte,
        sources=("annexe1.attention.perdue", "L-19", "L-54"),
    )


def _droits_perdus(perdus: tuple[Decision, ...], specialite: Specialite, cadre: Cadre) -> Trace:
    def pas(acquis: Acquis) -> Pas:
        nom = nom_de_l_unite(acquis.unite, specialite, cadre)
        quoi = f"La note {ecrit(acquis.note)}" if isinstance(acquis, BeneficeDeNote) else "Une dispense"
        texte = f"{quoi} vous est ouverte, et vous ne la demandez pas\u00a0: {nom}."
        return Pas(code="droit_non_demande", texte=texte, sources=("annexe1.attention.perdue", "R27", "L-54"))

    return Trace(
        objet="Droits que vous ne demandez pas",
        conclusion="Ce que vous ne demandez pas à cette inscription est perdu pour la suite.",
        pas=tuple(pas(d.acquis) for d in perdus if d.acquis),
    )

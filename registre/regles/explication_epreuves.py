"""Expliquer l'étape 5 : la situation de chaque unité et sa raison, les langues, l'EPS, l'épreuve de contrôle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from registre.regles.acquis import ExamenAcquis
from registre.regles.cadre import Cadre, Specialite
from registre.regles.epreuves import Epreuves, LigneUnite
from registre.regles.etapes import Examen
from registre.regles.explication import pas_du_motif
from registre.regles.moyenne import ecrit
from registre.regles.recapitulatif import LIBELLES_ETATS, LIBELLES_TITRES
from registre.regles.trace import Pas, Tableau, Trace
from registre.regles.vocabulaire import CasEps, EtatUnite

EPS = {
    CasEps.APTE: ("Vous passez l’éducation physique et sportive (EPS)", ("epreuves.eps.apte", "R80")),
    CasEps.ADAPTEE: (
        "Vous passez une épreuve adaptée d’éducation physique et sportive (EPS)",
        ("epreuves.eps.adaptee",),
    ),
    CasEps.INAPTE: (
        "Vous êtes inapte à l’éducation physique et sportive (EPS)\u00a0: son coefficient ne compte pas",
        ("epreuves.eps.inapte", "R61", "L-55"),
    ),
    CasEps.DISPENSE: (
        "Vous demandez la dispense d’éducation physique et sportive (EPS), après trois ans d’activité\u00a0: "
        "son coefficient ne compte pas",
        ("epreuves.eps.dispense", "L-02"),
    ),
    CasEps.NON_PRESENTEE: (
        "Vous passerez l’éducation physique et sportive (EPS) à une autre session",
        ("etapes.qualification.progressive", "L-55"),
    ),
}


RAISONS = {
    EtatUnite.INSCRIT: "Vous la passez à cette session",
    EtatUnite.INAPTE: "Inaptitude, avec un certificat médical",
    EtatUnite.NON_PRESENTEE: "Vous la passerez à une autre session",
}


def trace_des_epreuves(examen: Examen, lu: Epreuves, acquis: ExamenAcquis, specialite: Specialite) -> Trace:
    """La situation de chaque unité et sa raison, les langues, l'EPS, l'épreuve de contrôle."""
    cadre, motifs = examen.cadre, examen.motifs["epreuves"]
    titres = {e.decision.unite: LIBELLES_TITRES[e.ligne.motif] for e in acquis.lignes if e.decision and not e.motifs}
    passees = sum(x.etat is EtatUnite.INSCRIT for x in lu.lignes)
    unites = Pas(
        code="unites",
        texte="Voici la situation de chaque épreuve ou unité obligatoire de votre spécialité.",
        sources=("L-60", "L-25"),
        tableau=Tableau(
            entetes=("Épreuve ou unité", "Situation", "Pourquoi"),
            lignes=tuple((x.libelle, LIBELLES_ETATS[x.etat], _raison(x, x.etat, titres)) for x in lu.lignes if x.etat),
        ),
    )
    controle = Pas(
        code="epreuve_de_controle",
        texte="Votre inscription à l’épreuve de contrôle est automatique. Elle n’a lieu que si votre moyenne l’ouvre.",
        sources=cadre.controle.source,
    )
    if motifs:
        a_completer = (*(pas_du_motif(m) for m in motifs), unites)
        return Trace(objet="Épreuves", conclusion="Cette étape reste à compléter.", pas=a_completer)
    return Trace(
        objet="Épreuves",
        conclusion=f"Épreuves ou unités obligatoires à passer à cette session\u00a0: {passees}.",
        pas=(unites, *_langues(lu, specialite, cadre), *_eps(lu, cadre), controle),
    )


def _raison(x: LigneUnite, etat: EtatUnite, titres: Mapping[str | None, str]) -> str:
    """``titres`` : pour chaque unité demandée à l'étape 4, le titre de la demande."""
    if x.a_instruire:
        return f"{titres[x.cle]}\u00a0: le service étudie votre demande"
    if etat in RAISONS:
        return RAISONS[etat]
    titre = titres.get(x.cle, "Trois ans d’activité professionnelle")
    return f"{titre}, {x.detail}" if x.detail else titre


def _langues(lu: Epreuves, specialite: Specialite, cadre: Cadre) -> Iterator[Pas]:
    langues = cadre.libelles_langues
    lva, lvb, lvf = (langues.get((choix and choix.langue) or "") for choix in (lu.lva, lu.lvb, lu.lvf))
    if lva:
        suite = "" if specialite.lvb else " Votre spécialité n’a pas de langue vivante B."
        texte = f"Langue vivante A\u00a0: {lva}.{suite}"
        yield Pas(code="lva", texte=texte, sources=("epreuves.langues.lva", "epreuves.langues.offre", "L-46"))
    if lvb:
        suite = " Elle est différente de la langue vivante A." if lva else ""
        texte = f"Langue vivante B\u00a0: {lvb}.{suite}"
        yield Pas(code="lvb", texte=texte, sources=("epreuves.langues.lvb", "epreuves.langues.lva-lvb-differentes"))
    if lvf:
        texte = f"Langue facultative\u00a0: {lvf}. Seuls les points au-dessus de "
        texte += f"{ecrit(cadre.moyenne.facultative_seuil)} comptent\u00a0: elle ne peut pas faire baisser la moyenne."
        yield Pas(code="lvf", texte=texte, sources=("epreuves.facultatives.lvf", "R58"))


def _eps(lu: Epreuves, cadre: Cadre) -> Iterator[Pas]:
    if lu.eps is None or lu.eps.cas is None:
        return
    debut, sources = EPS[lu.eps.cas]
    noms = {c.code: c.libelle for c in (*cadre.eps.activites, *cadre.eps.activites_adaptees)}
    activites = ", ".join(noms[a] for a in lu.eps.activites if a in noms)
    yield Pas(code="eps", texte=f"{debut}\u00a0: {activites}." if activites else f"{debut}.", sources=sources)

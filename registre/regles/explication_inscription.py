"""Expliquer une inscription : conditions, forme de passage, acquis, épreuves, pièces.

Chaque pas redit ce que les règles ont conclu de la saisie (:class:`registre.regles.etapes.Examen`). Une étape pas
encore ouverte n'a pas de trace. La réponse sur le handicap n'entre dans aucune (R96).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from registre.regles.cadre import Cadre
from registre.regles.candidature import HORS_LISTE, preuve_demandee
from registre.regles.citation import Motif
from registre.regles.conditions import PassageAnterieur
from registre.regles.etapes import Examen
from registre.regles.explication import pas_du_motif, pluriel
from registre.regles.explication_acquis import traces_des_acquis
from registre.regles.explication_epreuves import trace_des_epreuves
from registre.regles.pieces import PieceRequise
from registre.regles.qualification import forme_de_passage_conservee
from registre.regles.recapitulatif import LIBELLES_FORMES, LIBELLES_RESULTATS
from registre.regles.trace import Pas, Tableau, Trace
from registre.regles.vocabulaire import FormeDePassage, Resultat

SOURCES_DU_DOMICILE = ("conditions.domicile", "L-62")
SOURCES_DE_LA_JDC = ("conditions.recensement-jdc", "R91", "L-01", "L-43")
SOURCES_DES_VOIES = {
    "deja-presente": ("conditions.voie.deja-presente",),
    "enseignement-a-distance": ("conditions.voie.enseignement-a-distance",),
    "trois-ans-activite": ("conditions.voie.trois-ans-activite",),
}
CHAMPS_DE_LA_VOIE = ("voie", "passages", "formation_suivie", "salarie_trois_ans", "domaine_en_rapport")
EFFETS_DES_FORMES = {
    FormeDePassage.GLOBALE: (
        "En forme globale, vous passez toutes les épreuves à cette session, sauf dispense ou note gardée.",
        ("etapes.qualification.globale", "L-60"),
    ),
    FormeDePassage.PROGRESSIVE: (
        "En forme progressive, vous répartissez vos épreuves sur plusieurs sessions.",
        ("etapes.qualification.progressive", "L-60"),
    ),
}


def traces_de_l_inscription(examen: Examen, pieces: Iterable[PieceRequise]) -> tuple[Trace, ...]:
    """Toutes les traces, dans l'ordre des étapes. ``pieces`` : celles que la règle demande pour cette saisie."""
    traces: list[Trace] = []
    if examen.commencee("candidature"):
        traces.append(trace_de_l_eligibilite(examen))
    if examen.commencee("qualification"):
        traces.append(trace_de_la_qualification(examen))
    if examen.acquis and examen.specialite and examen.commencee("acquis"):
        traces += traces_des_acquis(examen.acquis, examen.motifs["acquis"], examen.specialite, examen.cadre)
    if examen.acquis and examen.epreuves and examen.specialite and examen.commencee("epreuves"):
        traces.append(trace_des_epreuves(examen, examen.epreuves, examen.acquis, examen.specialite))
    if examen.commencee("candidature"):
        traces.append(trace_des_pieces(pieces, examen.cadre))
    return tuple(traces)


# --- Conditions -------------------------------------------------------------------------------------


def trace_de_l_eligibilite(examen: Examen) -> Trace:
    """Domicile, recensement ou JDC, condition choisie, établissement, présentations antérieures."""
    un, deux = examen.motifs["identification"], examen.motifs["candidature"]
    manques = [m for m in un if m.champ in ("domicile_code_postal", "nationalite_francaise")]
    manques += [m for m in deux if m.champ != "handicap"]
    return Trace(
        objet="Conditions d’inscription",
        conclusion="Une condition n’est pas remplie, ou une réponse manque."
        if manques
        else "Vous remplissez les conditions d’inscription.",
        pas=(
            *_ou(_motifs(un, ("domicile_code_postal",)), lambda: _domicile(examen)),
            *_ou(_motifs([*un, *deux], ("nationalite_francaise", "preuve_jdc")), lambda: _jdc(examen)),
            *_ou(_motifs(deux, CHAMPS_DE_LA_VOIE), lambda: _voie(examen)),
            *_ou(_motifs(deux, ("etablissement", "organisme_nom")), lambda: _etablissement(examen)),
            *_ou([m for m in deux if m.champ.startswith(("passages-", "deja_passe"))], lambda: _passages(examen)),
        ),
    )


def _motifs(motifs: Iterable[Motif], champs: tuple[str, ...]) -> list[Motif]:
    return [m for m in motifs if m.champ in champs]


def _ou(motifs: list[Motif], pas: Callable[[], Pas]) -> list[Pas]:
    """Ce qui manque ; sinon ce qui a été constaté."""
    return [pas_du_motif(m) for m in motifs] or [pas()]


def _domicile(examen: Examen) -> Pas:
    code = examen.identification.domicile.code_postal
    texte = f"Vous habitez l’académie de {examen.cadre.academie_libelle}, d’après votre code postal, {code}."
    return Pas(code="domicile", texte=texte, sources=SOURCES_DU_DOMICILE)


def _jdc(examen: Examen) -> Pas:
    contexte, lu = examen.contexte, examen.identification
    premier, exclu = examen.cadre.conditions.jdc.ages
    if not lu.nationalite_francaise:
        texte = (
            "La journée défense et citoyenneté ne vous est pas demandée\u00a0: "
            "vous n’avez pas la nationalité française."
        )
    elif not preuve_demandee(lu.nationalite_francaise, contexte.date_de_naissance, contexte.jour, examen.cadre):
        texte = (
            "La journée défense et citoyenneté ne vous est pas demandée\u00a0: "
            f"elle l’est de {premier} ans à moins de {exclu} ans."
        )
    else:
        preuves = {p.code: p.libelle for p in examen.cadre.conditions.jdc.preuves}
        texte = (
            f"Vous avez la nationalité française, et de {premier} ans à moins de {exclu} ans. Vous avez déclaré être "
            f"en règle par ce document\u00a0: {preuves[examen.candidature.preuve_jdc or '']}."
        )
    return Pas(code="jdc", texte=texte, sources=SOURCES_DE_LA_JDC)


def _voie(examen: Examen) -> Pas:
    voie = next(v for v in examen.cadre.conditions.voies if v.code == examen.candidature.declaration.voie)
    return Pas(
        code="voie",
        texte=f"Vous remplissez une des conditions possibles\u00a0: «\u00a0{voie.libelle}\u00a0».",
        sources=("conditions.une-voie-obligatoire", *SOURCES_DES_VOIES[voie.code], "L-53"),
    )


def _etablissement(examen: Examen) -> Pas:
    lu = examen.candidature
    choisi = next(e for e in examen.cadre.candidature.etablissements if e.code == lu.etablissement)
    nom = f"{choisi.libelle}, {lu.organisme_nom}" if choisi.nom_demande else choisi.libelle
    texte = f"Votre établissement va avec cette condition\u00a0: {nom}."
    return Pas(code="etablissement", texte=texte, sources=("etapes.candidature.type-et-etablissement", "L-66"))


def _passages(examen: Examen) -> Pas:
    passages = examen.candidature.passages
    if not passages:
        jamais = examen.candidature.deja_passe is False
        texte = "Vous déclarez n’avoir jamais passé cet examen." if jamais else "Aucune présentation n’est déclarée."
        return Pas(code="passages", texte=texte, sources=("L-63",))
    return Pas(
        code="passages",
        texte="Vous déclarez avoir déjà passé cet examen.",
        sources=("L-63",),
        tableau=Tableau(
            entetes=("Session", "Spécialité", "Forme de passage", "Résultat"),
            lignes=tuple(_passage(p, examen.cadre) for p in passages),
        ),
    )


def _passage(passage: PassageAnterieur, cadre: Cadre) -> tuple[str, ...]:
    """Une présentation complète : la règle a déjà demandé ce qui manquait."""
    specialite = cadre.specialites.get(passage.specialite or HORS_LISTE)
    return (
        str(passage.session),
        specialite.libelle if specialite else "hors de la liste",
        LIBELLES_FORMES[FormeDePassage(str(passage.forme_de_passage))],
        LIBELLES_RESULTATS[Resultat(str(passage.resultat))],
    )


# --- Spécialité, forme de passage -------------------------------------------------------------------


def trace_de_la_qualification(examen: Examen) -> Trace:
    """La spécialité ouverte, la forme libre ou gardée après un échec, ce que la forme engage."""
    motifs = examen.motifs["qualification"]
    specialite, forme = examen.specialite, examen.forme_de_passage
    pas = [pas_du_motif(m) for m in motifs]
    if specialite and not _motifs(motifs, ("specialite",)):
        texte = f"La spécialité «\u00a0{specialite.libelle}\u00a0» est ouverte à la session {examen.cadre.session}."
        pas.append(Pas(code="specialite", texte=texte, sources=("etapes.qualification.specialite", "L-35")))
    if forme and not _motifs(motifs, ("forme_de_passage",)):
        pas += _forme(examen, forme)
    conclusion = f"Vous vous présentez sous la forme {forme}." if forme else "La forme de passage reste à choisir."
    if motifs and forme:
        conclusion = "Un choix de cette étape ne peut pas être gardé."
    return Trace(objet="Spécialité et forme de passage", conclusion=conclusion, pas=tuple(pas))


def _forme(examen: Examen, forme: FormeDePassage) -> Iterator[Pas]:
    cadre, slug = examen.cadre, examen.specialite.slug if examen.specialite else None
    gardee = forme_de_passage_conservee(examen.candidature.passages, cadre.forme_de_passage, slug, cadre.examen)
    texte = (
        f"Vous avez déjà présenté l’examen sous la forme {gardee} sans obtenir le diplôme\u00a0: "
        "vous gardez cette forme."
        if gardee
        else f"Aucun échec déclaré ne vous impose une forme. Vous avez choisi la forme {forme}."
    )
    yield Pas(code="forme_gardee", texte=texte, sources=("etapes.qualification.forme-conservee", "L-05", "L-63"))
    texte, sources = EFFETS_DES_FORMES[forme]
    yield Pas(code="effet_de_la_forme", texte=texte, sources=sources)
    if examen.contexte.forme_enregistree:
        texte = "Cette forme est enregistrée\u00a0: elle ne change plus."
        yield Pas(code="forme_definitive", texte=texte, sources=("etapes.qualification.forme-definitive", "L-34"))


# --- Pièces -----------------------------------------------------------------------------------------


def trace_des_pieces(pieces: Iterable[PieceRequise], cadre: Cadre) -> Trace:
    """Chaque pièce demandée, avec toutes ses raisons."""
    libelles = {p.cle: p.libelle for p in cadre.pieces.liste}
    pas = tuple(
        Pas(
            code="piece_demandee",
            texte=f"{libelles[p.cle]}\u00a0: {_minuscule(' '.join(r.message for r in p.raisons))}",
            sources=tuple(dict.fromkeys(source for r in p.raisons for source in r.sources)),
        )
        for p in pieces
    )
    return Trace(
        objet="Pièces demandées", conclusion=f"Votre situation demande {pluriel(len(pas), 'pièce')}.", pas=pas
    )


def _minuscule(texte: str) -> str:
    return texte[:1].lower() + texte[1:]

"""Ce qui est perdu pour de bon : un droit qu'une inscription d'avant pouvait demander, et n'a pas demandé (L-54).

Registre ne conclut que de ce qu'il sait : une inscription qu'il ne connaît pas ne fait rien perdre, et un diplôme
n'est détenu qu'à partir de la première inscription qui l'a invoqué.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import dropwhile

from registre.regles.acquis import D_UN_RELEVE, LigneAcquis, PassageConnu, SaisieAcquis
from registre.regles.acquis_saisis import DIPLOMES
from registre.regles.cadre import Cadre, Specialite
from registre.regles.citation import applique
from registre.regles.decisions import InscriptionIntermediaire, ReglementDesAcquis
from registre.regles.dispenses import dispenses_ouvertes
from registre.regles.releves import Connu, InscriptionConnue, inscriptions_intermediaires, unite_demandee
from registre.regles.saisie import texte, valeurs
from registre.regles.vocabulaire import MotifAcquis


@applique("annexe1.attention.perdue", "R27", "L-54")
def avec_les_inscriptions(
    saisie: SaisieAcquis, passages: Iterable[PassageConnu], connu: Connu, specialite: Specialite, cadre: Cadre
) -> SaisieAcquis:
    """La même saisie, où chaque ligne porte les inscriptions d'avant qui pouvaient la demander."""
    if connu == Connu():
        return saisie
    passages = tuple(passages)
    lignes = tuple(
        replace(x, inscriptions_intermediaires=_inscriptions(x, passages, connu, specialite, cadre))
        for x in saisie.lignes
    )
    return replace(saisie, lignes=lignes)


def _inscriptions(
    ligne: LigneAcquis, passages: tuple[PassageConnu, ...], connu: Connu, specialite: Specialite, cadre: Cadre
) -> tuple[InscriptionIntermediaire, ...]:
    if ligne.libre:
        return ()  # the candidate's own words: which unit they name is not known
    if ligne.motif in D_UN_RELEVE:
        return _depuis_la_note(ligne, passages, connu, cadre)
    anterieures = sorted((i for i in connu.inscriptions if i.session < cadre.session), key=lambda i: i.session)
    trouvees = _depuis_la_vae if ligne.motif is MotifAcquis.VAE else _depuis_le_diplome
    return tuple(trouvees(ligne, anterieures, specialite, cadre))


def _depuis_la_note(
    ligne: LigneAcquis, passages: tuple[PassageConnu, ...], connu: Connu, cadre: Cadre
) -> tuple[InscriptionIntermediaire, ...]:
    """Comme pour une note que Registre connaît : la présentation est celle que le candidat déclare."""
    passage = next((p for p in passages if (p.session, p.specialite) == (ligne.session, ligne.specialite)), None)
    if passage is None or passage.specialite is None:
        return ()
    return inscriptions_intermediaires(ligne.unite, passage, connu.releves, connu.inscriptions, cadre)


def _depuis_le_diplome(
    ligne: LigneAcquis, anterieures: Iterable[InscriptionConnue], specialite: Specialite, cadre: Cadre
) -> Iterator[InscriptionIntermediaire]:
    """Depuis la première inscription qui invoque ce diplôme : il était alors détenu."""
    for i in dropwhile(lambda i: not any(_invoque(ligne, i, n) for n in range(DIPLOMES)), anterieures):
        if _ouverte(ligne, i, specialite, cadre):
            yield InscriptionIntermediaire(session=i.session, demande=unite_demandee(i.acquis, ligne.unite))


def _invoque(ligne: LigneAcquis, inscription: InscriptionConnue, n: int) -> bool:
    acquis = inscription.acquis
    return (
        "diplome" in valeurs(acquis, "possibilites")
        and texte(acquis, f"d{n}_diplome") == ligne.diplome
        and (texte(acquis, f"d{n}_specialite") or None) == ligne.specialite_detenue
    )


def _ouverte(ligne: LigneAcquis, i: InscriptionConnue, presentee: Specialite, cadre: Cadre) -> bool:
    """Le diplôme ouvrait cette dispense dans la spécialité d'alors, d'après les listes de cette session-ci."""
    specialite = cadre.specialites.get(i.specialite)
    if specialite is None or i.specialite == ligne.specialite_detenue:
        return False
    generale = ligne.unite in presentee.matieres
    if not generale and i.specialite != presentee.slug:
        return False  # the same number is not the same unit (R126)
    ouvertes = dispenses_ouvertes(ligne.diplome or "", ReglementDesAcquis.du_cadre(cadre, specialite))
    return any(o.unite == ligne.unite for o in ouvertes)


def _depuis_la_vae(
    ligne: LigneAcquis, anterieures: Iterable[InscriptionConnue], specialite: Specialite, cadre: Cadre
) -> Iterator[InscriptionIntermediaire]:
    """Depuis la décision du jury : une inscription de l'année d'après, ou une qui l'invoquait déjà.

    On s'inscrit l'automne d'avant la session : à la session qui suit la décision, elle n'était peut-être pas prise.
    """
    for i in anterieures:
        autre = cadre.specialites.get(i.specialite)
        if ligne.annee is None or autre is None or ligne.unite not in autre.par_cle:
            continue
        if ligne.unite not in specialite.matieres and i.specialite != specialite.slug:
            continue
        invoquee = "vae" in valeurs(i.acquis, "possibilites") and texte(i.acquis, "v_annee") == str(ligne.annee)
        if invoquee or i.session > ligne.annee + 1:
            yield InscriptionIntermediaire(session=i.session, demande=unite_demandee(i.acquis, ligne.unite))

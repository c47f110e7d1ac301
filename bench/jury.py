"""The decisions of 200 000 invented candidates on one core, against the bare sum of products of the same marks.

Run ``python -m bench.jury``. ``BENCH_CANDIDATS`` changes the number. Both sides read the same relevés, in the same
process, turn by turn; the ratio is the figure to keep, the seconds are this machine's.
"""

from __future__ import annotations

import gc
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.regles.cadre import Specialite
from registre.regles.jury import Bareme, deliberation
from registre.regles.notes import EPS, EtatNote, LigneDeNotes, NoteFacultative, OralDeControle, Releve, ligne_de

CANDIDATS = int(os.environ.get("BENCH_CANDIDATS", "200000"))
LOT = 10_000
ETATS = (*(EtatNote.NOTE,) * 16, EtatNote.NOTE_GARDEE, EtatNote.NOTE_GARDEE, EtatNote.DISPENSE, EtatNote.ABSENCE)


def releve_invente(specialite: Specialite, hasard: random.Random) -> Releve:
    """Marks around 10, some kept, some dispensed, an absence here and there; one candidate in five has a LVF."""
    lignes: list[LigneDeNotes] = []
    for epreuve in specialite.epreuves:
        for unite in epreuve.unites:
            etat = hasard.choice(ETATS)
            if unite.matiere == EPS and etat is EtatNote.ABSENCE:
                etat = EtatNote.INAPTE
            note = note_inventee(hasard) if etat in (EtatNote.NOTE, EtatNote.NOTE_GARDEE) else None
            lignes.append(ligne_de(unite, epreuve, etat, note))
    lvf = NoteFacultative(etat=EtatNote.NOTE, note=note_inventee(hasard)) if hasard.random() < 0.2 else None
    return Releve(lignes=tuple(lignes), lvf=lvf)


def note_inventee(hasard: random.Random) -> Decimal:
    return Decimal(min(80, max(0, round(hasard.gauss(40, 12))))) / 4


def decider(releves: Iterable[Releve], bareme: Bareme) -> Counter[str]:
    """The whole decision, second group included for those who reach it."""
    issues: Counter[str] = Counter()
    for releve in releves:
        resultat = deliberation(releve, bareme)
        if resultat.choix_controle:
            oraux = [OralDeControle(unite=u[0], note=Decimal(11)) for u in resultat.choix_controle.values() if u]
            resultat = deliberation(releve, bareme, oraux)
        issues[str(resultat.decision or "indécidable")] += 1
    return issues


def sommes(releves: Iterable[Releve], nombre: Callable[[Decimal], Fraction | float]) -> int:
    """The bare sum of products: what a hand-written loop would do, no rule applied."""
    comptes = 0
    for releve in releves:
        points, coefficients = nombre(Decimal(0)), nombre(Decimal(0))
        for x in releve.lignes:
            if x.note is not None:
                points += nombre(x.note) * nombre(x.coefficient or Decimal(0))  # type: ignore[operator]
                coefficients += nombre(x.coefficient or Decimal(0))  # type: ignore[operator]
        comptes += bool(coefficients) and points >= 10 * coefficients
    return comptes


def main() -> None:
    cadre = next(iter(charger([DOSSIER_DE_BASE]).values()))
    bareme, specialite = Bareme(moyenne=cadre.moyenne, jury=cadre.jury), cadre.specialites["agora"]
    hasard, issues, temps = random.Random(2026), Counter[str](), Counter[str]()  # noqa: S311 - invented marks
    for debut in range(0, CANDIDATS, LOT):
        releves = [releve_invente(specialite, hasard) for _ in range(min(LOT, CANDIDATS - debut))]
        gc.collect()
        for nom, travail in (
            ("règles", lambda lot: issues.update(decider(lot, bareme))),
            ("fractions", lambda lot: sommes(lot, Fraction)),
            ("flottants", lambda lot: sommes(lot, float)),
        ):
            depart = time.process_time()
            travail(releves)
            temps[nom] += time.process_time() - depart
    print(f"{CANDIDATS} décisions : {temps['règles']:.1f} s de processeur, un cœur")
    print(
        f"  rapport à la seule somme des produits, en fractions exactes : {temps['règles'] / temps['fractions']:.2f}"
    )
    print(f"  rapport à la même somme en flottants, inexacte : {temps['règles'] / temps['flottants']:.1f}")
    print("  issues : " + ", ".join(f"{nom} {nombre}" for nom, nombre in sorted(issues.items())))


if __name__ == "__main__":
    main()

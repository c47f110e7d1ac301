"""What must be true of the database whatever happened (I1-I7), read straight from the file."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Inscription:
    """A candidature as the file holds it; ``versions`` by number, with the text of their instant."""

    compte: int
    numero: str
    enregistree_le: datetime
    versions: dict[int, str]


def lire(base: Path, requete: str, *valeurs: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{base}?mode=ro", uri=True, timeout=20)) as connexion:
        return connexion.execute(requete, valeurs).fetchall()


def instant(texte: str) -> datetime:
    """Instants are stored without a zone, in UTC."""
    return datetime.fromisoformat(texte).replace(tzinfo=UTC)


def inscriptions(base: Path) -> dict[int, Inscription]:
    """Candidatures by account."""
    versions: dict[int, dict[int, str]] = {}
    for candidature, numero, le in lire(
        base, "SELECT candidature_id, numero, enregistree_le FROM inscription_versiondecandidature"
    ):
        versions.setdefault(candidature, {})[numero] = le
    lues = lire(base, "SELECT id, compte_id, numero, enregistree_le FROM inscription_candidature")
    return {c: Inscription(c, n, instant(le), versions.get(pk, {})) for pk, c, n, le in lues}


def brouillons(base: Path) -> dict[int, dict[str, Any]]:
    """What each account has typed, by step."""
    return {c: json.loads(s) for c, s in lire(base, "SELECT compte_id, saisies FROM inscription_brouillon")}


def violations(base: Path) -> list[str]:
    """Every broken invariant, in words; empty when nothing is lost, doubled or half done."""
    return [
        *_fichier(base),
        *_numeros(base),
        *_versions(base),
        *_un_par_version(base, "documents", _documents(base)),
        *_un_par_version(base, "courriels", _courriels(base)),
        *_un_par_version(base, "lignes au journal", _lignes(base)),
        *_un_par_version(base, "lignes du document au journal", _lignes_du_document(base)),
    ]


def _fichier(base: Path) -> Iterator[str]:
    for (ligne,) in lire(base, "PRAGMA integrity_check"):
        if ligne != "ok":
            yield f"fichier : {ligne}"


def _numeros(base: Path) -> Iterator[str]:
    numeros = Counter(n for (n,) in lire(base, "SELECT numero FROM inscription_candidature"))
    comptes = Counter(c for (c,) in lire(base, "SELECT compte_id FROM inscription_candidature"))
    yield from (f"I3 numéro {n} donné {fois} fois" for n, fois in numeros.items() if fois > 1 or not n)
    yield from (f"I2 compte {c} : {fois} candidatures" for c, fois in comptes.items() if fois > 1)


def _versions(base: Path) -> Iterator[str]:
    derniere = dict(lire(base, "SELECT numero, derniere_version FROM inscription_candidature"))
    for inscrite in inscriptions(base).values():
        attendues = list(range(1, derniere[inscrite.numero] + 1))
        if sorted(inscrite.versions) != attendues or not attendues:
            yield f"I4 {inscrite.numero} : versions {sorted(inscrite.versions)}, dernière {derniere[inscrite.numero]}"
        instants = [inscrite.versions[v] for v in sorted(inscrite.versions)]
        if instants != sorted(instants):
            yield f"I12 {inscrite.numero} : instants dans le désordre"
    requete = """SELECT v.id FROM inscription_versiondecandidature v
                 LEFT JOIN inscription_reponseconsentement r ON r.version_id = v.id WHERE r.id IS NULL"""
    yield from (f"I4 version {v} sans consentement" for (v,) in lire(base, requete))
    requete = "SELECT candidature_id, numero, empreinte FROM inscription_versiondecandidature ORDER BY 1, 2"
    precedente: tuple[int, str] | None = None
    for candidature, numero, empreinte in lire(base, requete):
        if precedente == (candidature, empreinte):
            yield f"I2 candidature {candidature} : la version {numero} ne change rien"
        precedente = (candidature, empreinte)


def _un_par_version(base: Path, quoi: str, trouves: Counter[tuple[str, int]]) -> Iterator[str]:
    versions = {(i.numero, v) for i in inscriptions(base).values() for v in i.versions}
    for cle in sorted(versions | set(trouves)):
        attendu = int(cle in versions)
        if trouves[cle] != attendu:
            yield f"I5/I7 {cle[0]} version {cle[1]} : {trouves[cle]} {quoi} au lieu de {attendu}"


def _documents(base: Path) -> Counter[tuple[str, int]]:
    return Counter(
        lire(base, "SELECT candidature, version FROM documents_document WHERE genre = 'confirmation-inscription'")
    )


def _courriels(base: Path) -> Counter[tuple[str, int]]:
    cles = {c for (c,) in lire(base, "SELECT cle FROM commun_courriel")}
    documents = lire(base, "SELECT reference, candidature, version FROM documents_document")
    par_cle = {f"document:{UUID(ref)}": (numero, version) for ref, numero, version in documents}
    # A mail without its document is shown as such, never ignored.
    return Counter(par_cle.get(c, (c, 0)) for c in cles if c.startswith("document:"))


def _lignes(base: Path) -> Counter[tuple[str, int]]:
    requete = """SELECT objet, details FROM commun_evenement
                 WHERE acte IN ('candidature_enregistree', 'candidature_modifiee')"""
    return Counter((o.removeprefix("candidature:"), json.loads(d)["version"]) for o, d in lire(base, requete))


def _lignes_du_document(base: Path) -> Counter[tuple[str, int]]:
    requete = "SELECT details FROM commun_evenement WHERE acte = 'document_mis_a_disposition'"
    lus = [json.loads(d) for (d,) in lire(base, requete)]
    return Counter((d["candidature"], d["version"]) for d in lus if d["genre"] == "confirmation-inscription")

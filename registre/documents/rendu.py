"""Le PDF d’un document, tiré de son seul contenu figé : PDF/A-2a et PDF/UA-1, mêmes octets à chaque fois.

Les textes passent au moteur comme données : rien de ce qu’un candidat tape n’est lu comme un gabarit, une
adresse ou un fichier.
"""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from registre.documents import sceau
from registre.documents.caracteres import AVIS, imprimable
from registre.documents.models import CONFIRMATION, Document
from registre.documents.polices import FAMILLES, polices
from registre.documents.presentation import presentation

traces = logging.getLogger(__name__)

GABARITS = Path(__file__).parent / "gabarits"
PAR_GENRE = {
    CONFIRMATION: "confirmation.typ",
    "demande-pieces": "courrier.typ",
    "accuse-depot": "courrier.typ",
    "relance-pieces": "courrier.typ",
}
NORMES = ["a-2a", "ua-1"]
DELAI = 10  # seconds; a page takes a few hundredths
COTE_DU_CODE = 25  # mm, margin not counted

_SONDE = b"""
#set document(title: "x")
#set text(lang: "fr", font: json(bytes(sys.inputs.p)))
#sys.inputs.g
"""
_local = threading.local()


class MoteurEnPanne(Exception):
    """Le PDF n’a pas pu être fait ; le contenu, lui, est intact et le PDF se refera."""


class ContenuAltere(MoteurEnPanne):
    """Le contenu ne répond plus à son empreinte : on ne l’imprime pas."""


def pdf(document: Document) -> bytes:
    """Le PDF du document.

    :raises MoteurEnPanne: si le moteur échoue, plante ou ne répond pas en ``DELAI`` secondes.
    :raises ContenuAltere: si le contenu n’est plus celui qui a été émis.
    """
    if not document.intact:
        raise ContenuAltere(str(document.reference))
    tache: Future[bytes] = _equipe().submit(_composer, document)
    try:
        erreur = tache.exception(timeout=DELAI)
    except TimeoutError as attente:
        raise MoteurEnPanne(f"pas de réponse en {DELAI} s") from attente
    if erreur is not None:
        raise MoteurEnPanne(str(erreur)) from erreur
    return tache.result()


@lru_cache(maxsize=1)
def _equipe() -> ThreadPoolExecutor:
    """Two threads: the engine leaves the interpreter free, and a page that hangs does not hold the others."""
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="documents")


def _composer(document: Document) -> bytes:
    donnees = json.dumps(_donnees(document), ensure_ascii=False)
    return _moteur().compile(
        GABARITS / PAR_GENRE[document.genre],
        format="pdf",
        sys_inputs={"document": donnees},
        pdf_standards=NORMES,
        timestamp=int(document.emis_le.timestamp()),
    )


def _donnees(document: Document) -> dict[str, Any]:
    page, remplace = imprimable(presentation(document.contenu).en_table(), _sait_ecrire)
    return page | _code(document) | {"polices": FAMILLES, "avis": AVIS if remplace else None}


def _code(document: Document) -> dict[str, str]:
    """The confirmation alone carries the code: at the deposit, it is what tells the signed récapitulatif."""
    if document.genre != CONFIRMATION:
        return {}
    svg, modules = sceau.qr(sceau.code(document.candidature, document.version or 1))
    cote = COTE_DU_CODE * modules / (modules - 2 * sceau.MODULES_DE_MARGE)
    return {"qr": svg, "qr_cote": f"{cote:.3f}"}


@lru_cache(maxsize=4096)
def _sait_ecrire(groupe: str) -> bool:
    """Asks the engine: the standards make it refuse a character that no font draws."""
    try:
        _moteur().compile(
            _SONDE,
            format="pdf",
            sys_inputs={"p": json.dumps(FAMILLES), "g": groupe},
            pdf_standards=NORMES,
            timestamp=0,
        )
    except typst.TypstError:
        return False
    return True


def _moteur() -> typst.Compiler:
    """One compiler a thread: it cannot be shared. ``root`` keeps it inside the templates' folder."""
    if not hasattr(_local, "moteur"):
        _local.moteur = typst.Compiler(
            root=str(GABARITS), font_paths=polices(), ignore_system_fonts=True, package_path=str(GABARITS / "aucun")
        )
    return _local.moteur

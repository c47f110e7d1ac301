"""Checks of ours on a PDF, since no validator of the standards can be had offline.

It looks at what PDF/A-2a and PDF/UA-1 ask of the file itself: marks, language, tree of tags, fonts, nothing active.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise

import pikepdf

INTERDITS = {
    "/JS",
    "/JavaScript",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/AF",
    "/Launch",
    "/RichMedia",
    "/XFA",
    "/OpenAction",
}


def defauts(octets: bytes) -> list[str]:
    """Everything wrong with the file, in words; empty when nothing is."""
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        return [*_marques(pdf), *_arbre(pdf), *_polices(pdf), *_actif(pdf)]


def balises(octets: bytes) -> list[str]:
    """Tags in reading order, as ``H1``."""
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        return [str(n.S)[1:] for n in _noeuds(pdf)]


def _marques(pdf: pikepdf.Pdf) -> Iterator[str]:
    racine = pdf.Root
    with pdf.open_metadata() as xmp:
        attendu = {"pdfaid:part": "2", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
        for cle, valeur in attendu.items():
            if xmp.get(cle) != valeur:
                yield f"XMP {cle} : {xmp.get(cle)}"
        if not xmp.get("dc:title"):
            yield "sans titre"
    if not str(racine.get("/Lang", "")).startswith("fr"):
        yield "sans langue"
    if not racine.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "le titre ne s’affiche pas"
    if not racine.get("/MarkInfo", {}).get("/Marked", False):
        yield "non balisé"
    if "/OutputIntents" not in racine:
        yield "sans profil de couleurs"
    for rang, page in enumerate(pdf.pages, 1):
        if page.obj.get("/Tabs", pikepdf.Name.S) != pikepdf.Name.S:
            yield f"page {rang} : ordre de tabulation"
        if "/StructParents" not in page.obj:
            yield f"page {rang} : contenu hors de l’arbre"


def _arbre(pdf: pikepdf.Pdf) -> Iterator[str]:
    noeuds = list(_noeuds(pdf))
    if not noeuds:
        yield "sans arbre de balises"
    titres = [int(str(n.S)[2:]) for n in noeuds if str(n.S) in ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")]
    if titres[:1] != [1] or titres.count(1) != 1:
        yield "pas un titre de niveau 1, et un seul, en tête"
    yield from (f"titre de niveau {b} après {a}" for a, b in pairwise(titres) if b > a + 1)
    for n in noeuds:
        if n.S == "/TH" and not _portee(n):
            yield "en-tête de tableau sans portée"
        if n.S == "/Figure" and not str(n.get("/Alt", "")).strip():
            yield "figure sans texte de remplacement"
        if n.S == "/Table" and not any(e.S == "/TH" for e in _sous(n)):
            yield "tableau sans en-tête"


def _portee(en_tete: pikepdf.Dictionary) -> bool:
    attributs = en_tete.get("/A", pikepdf.Array())
    liste = attributs if isinstance(attributs, pikepdf.Array) else [attributs]
    return any(a.get("/Scope") in ("/Column", "/Row", "/Both") for a in liste if isinstance(a, pikepdf.Dictionary))


def _polices(pdf: pikepdf.Pdf) -> Iterator[str]:
    for objet in pdf.objects:
        if not isinstance(objet, pikepdf.Dictionary) or objet.get("/Type") != "/Font":
            continue
        descripteur = objet.get("/FontDescriptor")
        if ("/DescendantFonts" in objet or descripteur is None) and "/ToUnicode" not in objet:
            yield f"police {objet.get('/BaseFont')} sans ToUnicode"
        if "/DescendantFonts" not in objet and (
            descripteur is None or not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descripteur.keys())
        ):
            yield f"police {objet.get('/BaseFont')} non incorporée"


def _actif(pdf: pikepdf.Pdf) -> Iterator[str]:
    if len(pdf.attachments):
        yield "pièce jointe"
    vus: set[tuple[int, int]] = set()
    a_voir: list[pikepdf.Object] = [*pdf.objects, pdf.trailer]
    while a_voir:
        objet = a_voir.pop()
        if isinstance(objet, pikepdf.Array):
            a_voir += [o for o in objet if isinstance(o, pikepdf.Object)]
        elif isinstance(objet, (pikepdf.Dictionary, pikepdf.Stream)):
            if objet.is_indirect:
                if objet.objgen in vus:
                    continue
                vus.add(objet.objgen)
            yield from (f"clé interdite {cle}" for cle, _ in objet.items() if cle in INTERDITS)
            if objet.get("/S") in ("/URI", "/Launch", "/JavaScript", "/GoToR"):
                yield f"action {objet.S}"
            a_voir += [v for v in objet.values() if isinstance(v, pikepdf.Object)]


def _noeuds(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    racine = pdf.Root.get("/StructTreeRoot")
    if racine is not None:
        yield from _sous(racine)


def _sous(noeud: pikepdf.Dictionary) -> Iterator[pikepdf.Dictionary]:
    enfants = noeud.get("/K", pikepdf.Array())
    for enfant in enfants if isinstance(enfants, pikepdf.Array) else [enfants]:
        if isinstance(enfant, pikepdf.Dictionary) and "/S" in enfant:
            yield enfant
            yield from _sous(enfant)

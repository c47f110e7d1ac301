"""Dans l’atelier : les parties d’un PDF qui agissent au lieu de montrer (script, pièce jointe, formulaire XFA…).

``pikepdf.objects`` ne donne que les objets numérotés : ici tout est parcouru depuis le catalogue, les dictionnaires
imbriqués compris. L’arbre de structure est laissé de côté : il n’est jamais recopié.
"""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from registre.justificatifs.fichiers.images import Refus

OBJETS = 400_000  # more is not a document someone scanned or printed
ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/GoTo3DView",
})  # fmt: skip
ANNOTATIONS = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/FileAttachment"})
ARBRES_DE_NOMS = ("/JavaScript", "/EmbeddedFiles")
FICHIERS_JOINTS = ("/F", "/UF", "/DOS", "/Mac", "/Unix")
LAISSES = frozenset({"/StructTreeRoot", "/Metadata", "/PieceInfo", "/Thumb"})  # dropped from the copy, unread


def refuser_les_parties_actives(document: pikepdf.Pdf) -> None:
    """
    :raises Refus: ``fichier_actif``, ou ``fichier_trop_complexe`` quand les objets sont trop nombreux.
    """
    if _catalogue_actif(document.Root):
        raise Refus("fichier_actif")
    vus: set[tuple[int, int]] = set()
    a_voir: list[Object] = [document.Root]
    comptes = 0
    while a_voir:
        objet = a_voir.pop()
        comptes += 1
        if comptes > OBJETS:
            raise Refus("fichier_trop_complexe")
        if objet.is_indirect:
            if objet.objgen in vus:
                continue
            vus.add(objet.objgen)
        if isinstance(objet, Array):
            a_voir.extend(enfant for enfant in objet if isinstance(enfant, Array | Dictionary | Stream))
            continue
        if _actif(objet):
            raise Refus("fichier_actif")
        a_voir.extend(
            enfant
            for cle, enfant in objet.items()
            if isinstance(enfant, Array | Dictionary | Stream) and cle not in LAISSES
        )


def _catalogue_actif(catalogue: Object) -> bool:
    """A document that does something when it is opened, carries files, or is a portfolio of them."""
    ouverture = catalogue.get("/OpenAction")
    noms = catalogue.get("/Names")
    return (
        (isinstance(ouverture, Dictionary) and ouverture.get("/S") != Name.GoTo)
        or "/Collection" in catalogue
        or (isinstance(noms, Dictionary) and any(_arbre_plein(noms.get(arbre)) for arbre in ARBRES_DE_NOMS))
    )


def _arbre_plein(arbre: object) -> bool:
    return isinstance(arbre, Dictionary) and any(len(arbre.get(cle, Array())) for cle in ("/Names", "/Kids"))


def _actif(objet: Object) -> bool:
    action = objet.get("/S")
    if isinstance(action, Name) and (str(action) in ACTIONS or "/JS" in objet):
        return True
    genre = objet.get("/Subtype")
    if isinstance(genre, Name) and str(genre) in ANNOTATIONS and "/Rect" in objet:
        return True
    return (
        objet.get("/Type") == Name.EmbeddedFile
        or "/XFA" in objet
        or _a_un_fichier_joint(objet.get("/EF"))
        or _a_une_action_automatique(objet.get("/AA"))
    )


def _a_un_fichier_joint(fichiers: object) -> bool:
    """``EF`` may also be the name of a font or of a glyph: it counts when it leads to a stream under a known key."""
    return isinstance(fichiers, Dictionary) and any(isinstance(fichiers.get(cle), Stream) for cle in FICHIERS_JOINTS)


def _a_une_action_automatique(actions: object) -> bool:
    """An action without a click. Going to a page is not one that matters."""
    return isinstance(actions, Dictionary) and any(
        isinstance(action, Dictionary) and isinstance(action.get("/S"), Name) and action.get("/S") != Name.GoTo
        for _, action in actions.items()
    )

"""Le fichier déposé : son format, sa taille, ce que le site en fait, et les mots de chaque refus."""

from __future__ import annotations

from collections.abc import Sequence

from registre.regles.cadre import ParametresPieces
from registre.regles.citation import Motif, applique

MOTIFS = (
    "fichier_manquant",
    "fichier_vide",
    "fichier_trop_gros",
    "format_refuse",
    "contenu_different",
    "fichier_abime",
    "fichier_protege",
    "fichier_actif",
    "fichier_trop_complexe",
    "service_occupe",
    "stockage_en_panne",
    "depots_trop_nombreux",
    "place_epuisee",
    "trop_de_fichiers",
    "fichier_rejete",
    "image_animee",
    "trop_de_pages",
    "document_trop_lourd",
    "assemblage_vide",
    "assemblage_change",
    "page_perdue",
    "page_partie",
)

OCTETS_PAR_MO = 1_048_576  # L-29 : 5 Mo = 5 242 880 octets

FORMATS = {
    "pdf": "un document PDF",
    "jpeg": "une image JPEG",
    "png": "une image PNG (souvent une capture d’écran)",
    "heic": "une image HEIC (photo d’iPhone)",
    "avif": "une image AVIF (souvent prise sur un site)",
    "webp": "une image WebP (souvent prise sur un site)",
    "tiff": "une image TIFF (souvent faite par un numériseur)",
    "gif": "une image GIF",
    "bmp": "une image BMP",
    "zip": "une archive ZIP",
    "office": "un document de bureautique (texte, tableau ou diaporama)",
    "html": "une page web",
    "svg": "un dessin SVG",
    "texte": "un fichier de texte",
    "inconnu": "d’un format que nous ne reconnaissons pas",
}
"""Chaque format reconnu, dit en mots après « Votre fichier est »."""

_IMAGE = "Ouvrez cette image et enregistrez-la en JPEG ou en PDF, ou photographiez le document en JPEG."
_IMPRIMER_EN_PDF = (
    "Ouvrez-le, choisissez «\u00a0Imprimer\u00a0», puis «\u00a0Enregistrer en PDF\u00a0». Déposez ce PDF."
)
_QUE_FAIRE = {
    "heic": (
        "Sur l’iPhone, ouvrez Réglages > Appareil photo > Formats et choisissez «\u00a0Le plus compatible\u00a0». "
        "Reprenez ensuite la photo, ou enregistrez celle-ci en JPEG ou en PDF."
    ),
    "png": _IMAGE,
    "avif": _IMAGE,
    "webp": _IMAGE,
    "tiff": "Dans le logiciel du numériseur, choisissez le format PDF ou JPEG, puis numérisez de nouveau.",
    "gif": _IMAGE,
    "bmp": _IMAGE,
    "svg": _IMAGE,
    "zip": "Ouvrez l’archive, puis déposez un par un les fichiers qu’elle contient, en PDF ou en JPEG.",
    "office": "Dans le logiciel qui l’a fait, choisissez «\u00a0Enregistrer sous\u00a0», puis le format PDF.",
    "html": _IMPRIMER_EN_PDF,
    "texte": _IMPRIMER_EN_PDF,
}
_QUE_FAIRE_SINON = (
    "Vérifiez que c’est le bon fichier. Sinon, numérisez le document en PDF ou photographiez-le en JPEG."
)

_EXTENSIONS = {
    "pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "jpe": "jpeg", "jfif": "jpeg", "png": "png", "heic": "heic",
    "heif": "heic", "avif": "avif", "webp": "webp", "tif": "tiff", "tiff": "tiff", "gif": "gif", "bmp": "bmp",
    "zip": "zip",
    "doc": "office", "docx": "office", "odt": "office", "rtf": "office", "xls": "office", "xlsx": "office",
    "ods": "office", "ppt": "office", "pptx": "office", "odp": "office", "htm": "html", "html": "html",
    "svg": "svg", "txt": "texte", "csv": "texte", "xml": "texte", "js": "programme", "exe": "programme",
    "bat": "programme", "cmd": "programme", "jar": "programme", "php": "programme", "sh": "programme",
}  # fmt: skip
"""Le format que promet une extension. Une autre fin de nom (« releve.2024 ») n'en promet aucun."""

_PROMESSES = {**FORMATS, "programme": "un programme"}


@applique(
    "depot.taille-maximale",
    "depot.jpeg",
    "depot.pdf",
    "validation.b-signer",
    "pieces.taille-et-formats-annonces",
    "R95",
    "L-29",
)
def motifs_fichier(nom: str, format: str, octets: int, pieces: ParametresPieces) -> list[Motif]:
    """Ce qui empêche d'accepter un fichier, d'après son contenu, sa taille et la fin de son nom.

    ``format`` est le format reconnu dans le contenu (une clé de ``FORMATS``, ou ``vide``) ; ``octets`` est la taille.
    Un nom sans extension est permis ; une extension qui promet un autre format que le contenu ne l'est pas.
    """
    return _motifs(nom, format, octets, pieces.formats, pieces.taille_maximale)


def _motifs(nom: str, format: str, octets: int, formats: Sequence[str], maximum: int) -> list[Motif]:
    if octets == 0 or format == "vide":
        message = "Ce fichier est vide. Choisissez-le de nouveau, ou refaites-le."
        return [Motif("fichier_vide", "fichier", message, ("pieces.taille-et-formats-annonces",))]
    motifs = []
    if octets > maximum:
        message = f"{_taille_refusee(octets, maximum)}{_ALLEGER.get(format, '')}"
        motifs.append(Motif("fichier_trop_gros", "fichier", message, ("depot.taille-maximale", "L-29")))
    if format not in formats:
        trouve = FORMATS.get(format, FORMATS["inconnu"])
        message = f"Votre fichier est {trouve}. {_acceptes(formats)} {_aide(format)}"
        sources = ("pieces.taille-et-formats-annonces", "depot.jpeg", "depot.pdf", "R95")
        motifs.append(Motif("format_refuse", "fichier", message, sources))
    elif (promis := _format_promis(nom)) and promis != format:
        message = (
            f"Le nom de votre fichier annonce {_PROMESSES[promis]}, mais c’est {FORMATS[format]}. "
            "Vérifiez que c’est le bon fichier, puis enregistrez-le de nouveau sous son vrai format."
        )
        motifs.append(Motif("contenu_different", "fichier", message, ("pieces.taille-et-formats-annonces", "R95")))
    return motifs


PREPARABLES = ("pdf", "jpeg", "heic", "png", "webp")
"""Les formats dont le site sait faire des pages. Les autres sont refusés, sans rien proposer."""


@applique("depot.taille-maximale", "depot.jpeg", "depot.pdf", "pieces.taille-et-formats-annonces", "R95", "L-29")
def motifs_a_preparer(nom: str, format: str, octets: int, pieces: ParametresPieces) -> list[Motif]:
    """Ce qui empêche de faire des pages d'un fichier, que le candidat déposera ensuite en PDF ou en JPEG.

    Mêmes arguments que :func:`motifs_fichier`. Un contenu qui n'est pas ce que le nom annonce est refusé de même.
    """
    return _motifs(nom, format, octets, PREPARABLES, pieces.taille_a_preparer)


@applique("depot.taille-maximale", "depot.jpeg", "depot.pdf", "pieces.taille-et-formats-annonces", "R95", "L-29")
def se_prepare(nom: str, format: str, octets: int, pieces: ParametresPieces) -> bool:
    """Le fichier est refusé comme pièce, pour son format ou sa taille, et le site sait en faire des pages."""
    refuse = {m.code for m in motifs_fichier(nom, format, octets, pieces)}
    return bool(refuse & {"format_refuse", "fichier_trop_gros"}) and not motifs_a_preparer(nom, format, octets, pieces)


@applique("depot.taille-maximale", "depot.jpeg", "depot.pdf", "pieces.taille-et-formats-annonces", "R95", "L-29")
def dit_du_fichier_prepare(
    nom: str, format: str, octets: int, pieces: ParametresPieces, *, presentes: int, total: int
) -> str:
    """Ce que le site a fait du fichier, et ce qui reste à faire au candidat. Ce n'est pas un refus.

    ``nom`` est celui qui s'affiche. Le document en préparation avait ``presentes`` pages, il en a ``total``.
    """
    est, fait = [], []
    if format not in pieces.formats:
        est.append(f"est {FORMATS[format]}")
        fait.append("mis au bon format")
    if octets > pieces.taille_maximale:
        est.append(f"pèse plus de {taille_en_mo(pieces.taille_maximale)}")
        fait.append("allégé")
    phrases = [f"«\u00a0{nom}\u00a0» {' et '.join(est)}\u00a0: nous l’avons {' et '.join(fait)}."]
    if presentes:
        phrases.append(f"Il s’ajoute au document déjà en préparation, qui a maintenant {total}\u00a0pages.")
    phrases.append("Rien n’est encore déposé\u00a0: regardez le document, puis déposez-le.")
    if presentes:
        phrases.append("Vous vouliez ce fichier seul\u00a0? Effacez ces pages, puis recommencez.")
    return " ".join(phrases)


@applique("pieces.taille-et-formats-annonces", "depot.jpeg", "depot.pdf")
def refus_par_extension(pieces: ParametresPieces) -> dict[str, str]:
    """Pour chaque extension d'un format refusé, les mots de ce refus : le navigateur les dit avant le dépôt."""
    return {
        extension: motifs_fichier(f"fichier.{extension}", format, 1, pieces)[0].message
        for extension, format in _EXTENSIONS.items()
        if format in FORMATS and format not in pieces.formats
    }


def _format_promis(nom: str) -> str | None:
    _, point, fin = nom.rpartition(".")
    return _EXTENSIONS.get(fin.strip().lower()) if point else None


def _acceptes(formats: Sequence[str]) -> str:
    *premiers, dernier = [format.upper() for format in formats]
    return f"Nous acceptons seulement {' ou '.join(filter(None, (', '.join(premiers), dernier)))}."


def _aide(format: str) -> str:
    return _QUE_FAIRE.get(format, _QUE_FAIRE_SINON)


@applique("depot.taille-maximale", "L-29")
def taille_en_mo(octets: int) -> str:
    """« 6,3 Mo » : la taille arrondie au dixième de mégaoctet (1 Mo = 1 048 576 octets), sans zéro inutile."""
    entier, dixieme = divmod((octets * 10 + OCTETS_PAR_MO // 2) // OCTETS_PAR_MO, 10)
    return f"{entier},{dixieme}\u00a0Mo" if dixieme else f"{entier}\u00a0Mo"


def taille_lisible(octets: int) -> str:
    """« 312 ko », « 1,3 Mo » (L-29) ; les kilo-octets sont arrondis au-dessus."""
    return f"{-(-octets // 2**10)}\u00a0ko" if octets < OCTETS_PAR_MO else taille_en_mo(octets)


def _taille_refusee(octets: int, maximum: int) -> str:
    """La taille et la limite ; jamais le même nombre pour les deux."""
    taille, limite = taille_en_mo(octets), taille_en_mo(maximum)
    dite = f"un peu plus de {limite}" if taille == limite else taille
    return f"Votre fichier pèse {dite}. La limite est de {limite}."


_ALLEGER_LE_PDF = (
    " Numérisez de nouveau à 200\u00a0points par pouce, en niveaux de gris. "
    "Vous pouvez aussi déposer les pages dans plusieurs fichiers."
)
_ALLEGER_L_IMAGE = (
    " Reprenez la photo en qualité moyenne. "
    "Vous pouvez aussi vous l’envoyer par courriel en taille moyenne, puis déposer celle-ci."
)
_ALLEGER = {"pdf": _ALLEGER_LE_PDF} | dict.fromkeys(
    ("jpeg", "heic", "avif", "png", "webp", "tiff", "bmp", "gif"), _ALLEGER_L_IMAGE
)

_DU_FICHIER = ("pieces.taille-et-formats-annonces", "validation.b-signer")
_DU_SERVICE = ("pieces.depot-en-ligne",)

_REFUS = {
    "fichier_manquant": (
        "Vous n’avez pas choisi de fichier. Choisissez-en un, puis cliquez sur «\u00a0Ajouter\u00a0».",
        ("pieces.bouton-ajouter",),
    ),
    "fichier_abime": (
        "Ce fichier est abîmé ou incomplet\u00a0: nous ne pouvons pas l’ouvrir. "
        "Numérisez ou photographiez le document de nouveau, puis déposez le nouveau fichier.",
        _DU_FICHIER,
    ),
    "fichier_protege": (
        "Ce PDF est protégé par un mot de passe. Ouvrez-le avec ce mot de passe et choisissez "
        "«\u00a0Imprimer\u00a0», puis «\u00a0Enregistrer en PDF\u00a0». Déposez ce nouveau PDF.",
        _DU_FICHIER,
    ),
    "fichier_actif": (
        "Ce PDF contient des éléments actifs\u00a0: un script, une pièce jointe ou un formulaire. "
        "Imprimez-le dans un nouveau PDF, ou photographiez-le. Déposez ensuite ce nouveau fichier.",
        _DU_FICHIER,
    ),
    "fichier_trop_complexe": (
        "Ce fichier est trop complexe, ou son image est trop grande. "
        "Numérisez de nouveau le document, à 200 ou 300\u00a0points par pouce.",
        _DU_FICHIER,
    ),
    "service_occupe": (
        "Beaucoup de fichiers arrivent en ce moment. Le vôtre n’est pas déposé. Réessayez dans une minute.",
        _DU_SERVICE,
    ),
    "stockage_en_panne": (
        "Nous ne pouvons pas garder votre fichier en ce moment\u00a0: il n’est pas déposé. "
        "Réessayez dans quelques minutes. Si cela dure, écrivez au service gestionnaire.",
        _DU_SERVICE,
    ),
    "depots_trop_nombreux": (
        "Vous avez ajouté beaucoup de fichiers en peu de temps. Réessayez dans une heure. "
        "Vos fichiers déjà déposés sont gardés.",
        _DU_SERVICE,
    ),
    "place_epuisee": (
        "La place prévue pour vos fichiers est pleine. Supprimez ceux qui sont inutiles, "
        "ou déposez des fichiers plus légers.",
        _DU_SERVICE,
    ),
    "trop_de_fichiers": (
        "Il y a trop de fichiers pour cette pièce. Réunissez les pages dans un seul PDF, "
        "ou supprimez un fichier inutile.",
        _DU_SERVICE,
    ),
    "fichier_rejete": (
        "Ce fichier est rejeté par le contrôle de sécurité. Le service ne le verra pas. "
        "Photographiez ou numérisez de nouveau le document, puis déposez le nouveau fichier à sa place.",
        (*_DU_FICHIER, "L-72"),
    ),
    "image_animee": (
        "Cette image est animée, et une pièce ne bouge pas. Photographiez le document, puis ajoutez la photo.",
        _DU_FICHIER,
    ),
    "trop_de_pages": (
        "Ce document a trop de pages\u00a0: un document préparé en a 20 au plus. "
        "Retirez des pages inutiles, ou faites plusieurs documents.",
        _DU_SERVICE,
    ),
    "document_trop_lourd": (
        "Ces pages réunies sont trop lourdes pour rester lisibles. "
        "Retirez des pages, déposez ce document, puis préparez les autres à part.",
        _DU_FICHIER,
    ),
    "assemblage_vide": (
        "Il n’y a pas de page à déposer. Ajoutez une photo ou un fichier.",
        ("pieces.bouton-ajouter",),
    ),
    "assemblage_change": (
        "Les pages ont changé depuis que vous avez vu le document. Rien n’est déposé. "
        "Regardez-le de nouveau, puis déposez-le.",
        ("pieces.bouton-ajouter",),
    ),
    "page_partie": (
        "Cette page n’est plus là\u00a0: elle a été retirée, ou le document est déjà déposé.",
        _DU_SERVICE,
    ),
    "page_perdue": (
        "Une page ne peut plus être lue. Rien n’est déposé. Retirez-la, puis ajoutez-la de nouveau.",
        _DU_SERVICE,
    ),
}


@applique("pieces.depot-en-ligne", "pieces.taille-et-formats-annonces", "validation.b-signer", "L-72")
def refus_de_fichier(code: str) -> Motif:
    """Le motif d'un refus constaté en ouvrant ou en rangeant un fichier.

    :raises KeyError: si le code n'est pas un de ces refus.
    """
    message, sources = _REFUS[code]
    return Motif(code, "fichier", message, sources)

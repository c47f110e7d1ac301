"""Chapitre ``depot`` : un acte sur une pièce, un envoi, un fichier, un récapitulatif, une saisie du service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from registre.cas.adaptateur import Adaptateur, Observe, dit, ne_dit_pas
from registre.cas.validation import CasMalEcrit
from registre.regles import depot, fichiers, recapitulatif_signe, saisies_de_piece
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif, codes
from registre.regles.depot import SituationDePiece, acte_sur_piece
from registre.regles.etats import ActePiece, Acteur, EtatPiece

FOIS_AU_PLUS = 10_000
MOTS: Mapping[str, Callable[[Any, Any], bool]] = {"dit": dit, "ne_dit_pas": ne_dit_pas}


def _paroles(motifs: Iterable[Motif]) -> dict[str, Any]:
    """Les messages, avec des espaces ordinaires : les cas en citent des mots."""
    messages = [m.message.replace("\u00a0", " ") for m in motifs]
    return {"dit": messages, "ne_dit_pas": messages}


def _repete(texte: str, fois: int) -> str:
    if not 1 <= fois <= FOIS_AU_PLUS:
        raise CasMalEcrit(("situation.fois", f"un texte se répète de 1 à {FOIS_AU_PLUS} fois"))
    return texte * fois


def un_motif(motif: Motif | None, **autres: Any) -> Observe:
    motifs = (motif,) if motif else ()
    return Observe({"motif": motif.code if motif else None, **_paroles(motifs), **autres}, motifs)


def des_motifs(motifs: Iterable[Motif], **autres: Any) -> Observe:
    motifs = tuple(motifs)
    return Observe({"motifs": codes(motifs), **_paroles(motifs), **autres}, motifs)


@dataclass(frozen=True, kw_only=True)
class Etat:
    """Ce que le cas dit d'une pièce, sous les noms de :class:`SituationDePiece`."""

    etat: EtatPiece
    envoyee: bool
    depassee: bool = False
    dematerialisee: bool = True
    requise: bool = True
    fenetre_ouverte: bool = False
    analyse_en_cours: bool = False
    rejetee: bool = False
    non_concerne: bool = False
    facultative: bool = False
    echeance_passee: bool | None = None

    def situation(self, cle: str, libelle: str) -> SituationDePiece:
        return SituationDePiece(cle=cle, libelle=libelle, **{c.name: getattr(self, c.name) for c in fields(Etat)})


@dataclass(frozen=True, kw_only=True)
class Acte(Etat):
    acte: ActePiece
    acteur: Acteur


def acte(s: Acte, _cadre: Cadre) -> Observe:
    piece = s.situation("domicile", "Justificatif de domicile")
    rendu = acte_sur_piece(piece, s.acte, s.acteur)
    if isinstance(rendu, Motif):
        return un_motif(rendu, etat=None, envoyee=None, remplace=None)
    return un_motif(None, etat=rendu.nouvel_etat, envoyee=rendu.envoyee_apres, remplace=rendu.remplace)


@dataclass(frozen=True, kw_only=True)
class Piece(Etat):
    cle: str


@dataclass(frozen=True, kw_only=True)
class Pieces:
    pieces: tuple[Piece, ...]


def envoi(s: Pieces, _cadre: Cadre) -> Observe:
    pieces = [p.situation(p.cle, p.cle) for p in s.pieces]
    return un_motif(depot.motif_envoi(pieces), rappel=depot.rappel_d_envoi(pieces))


def dossier(s: Pieces, _cadre: Cadre) -> Observe:
    return des_motifs(depot.dossier_incomplet([p.situation(p.cle, p.cle) for p in s.pieces]))


@dataclass(frozen=True, kw_only=True)
class Fichier:
    """``traitement`` : le refus constaté ensuite, en ouvrant ou en rangeant le fichier ; il tient lieu du reste."""

    nom: str | None = None
    format: str | None = None
    octets: int | None = None
    traitement: str | None = None


def fichier(s: Fichier, cadre: Cadre) -> Observe:
    if s.traitement is not None:
        try:
            return des_motifs([fichiers.refus_de_fichier(s.traitement)])
        except KeyError:
            raise CasMalEcrit(("situation.traitement", f"refus inconnu\u00a0: {s.traitement}")) from None
    if s.nom is None or s.format is None or s.octets is None:
        raise CasMalEcrit(("situation", "nom, format et octets vont ensemble, ou traitement seul"))
    return des_motifs(fichiers.motifs_fichier(s.nom, s.format, s.octets, cadre.pieces))


@dataclass(frozen=True, kw_only=True)
class Recapitulatif:
    """``codes`` : les numéros et les versions lus sur les pages."""

    codes: tuple[tuple[str, int], ...]
    numero: str
    version_courante: int


def recapitulatif(s: Recapitulatif, _cadre: Cadre) -> Observe:
    motif = recapitulatif_signe.motif_recapitulatif(s.codes, s.numero, s.version_courante)
    return un_motif(motif, accepte=motif is None, version_signee=recapitulatif_signe.version_signee(s.codes, s.numero))


@dataclass(frozen=True, kw_only=True)
class Commentaire:
    """Le texte, répété ``fois`` fois."""

    commentaire: str
    fois: int = 1


def commentaire(s: Commentaire, _cadre: Cadre) -> Observe:
    return des_motifs(saisies_de_piece.motifs_commentaire(_repete(s.commentaire, s.fois)))


@dataclass(frozen=True, kw_only=True)
class Reception:
    jour: date
    recue_le: date | None = None


def reception(s: Reception, _cadre: Cadre) -> Observe:
    return des_motifs(saisies_de_piece.motifs_reception(s.recue_le, s.jour))


@dataclass(frozen=True, kw_only=True)
class Fenetre:
    """``motif`` est répété ``fois`` fois."""

    motif: str
    le: datetime
    ferme_le: datetime | None = None
    fois: int = 1


def fenetre(s: Fenetre, _cadre: Cadre) -> Observe:
    return des_motifs(saisies_de_piece.motifs_fenetre(s.ferme_le, _repete(s.motif, s.fois), s.le))


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """``dit`` est répété ``fois`` fois."""

    dit: str
    fois: int = 1


def declaration(s: Declaration, _cadre: Cadre) -> Observe:
    return des_motifs(saisies_de_piece.motifs_declaration(_repete(s.dit, s.fois)))


@dataclass(frozen=True, kw_only=True)
class Demande:
    """Une pièce demandée plus tard. ``raison`` est répétée ``fois`` fois ; ``deja`` : un titre déjà attendu."""

    jour: date
    titre: str
    raison: str
    derniere: date | None = None
    fois: int = 1
    deja: str | None = None
    deja_conforme: bool = False


def demande(s: Demande, _cadre: Cadre) -> Observe:
    motifs = saisies_de_piece.motifs_demande(s.titre, _repete(s.raison, s.fois), s.derniere, s.jour)
    if s.deja is not None:
        etat = EtatPiece.CONFORME if s.deja_conforme else EtatPiece.DEPOSEE
        attendue = SituationDePiece(cle="demande-1", libelle=s.deja, etat=etat, envoyee=s.deja_conforme)
        motifs += [m for m in [saisies_de_piece.motif_deja_demandee(s.titre, [attendue])] if m]
    return des_motifs(motifs)


def _genre(
    genre: str, situation: type, observer: Callable[[Any, Cadre], Observe], *parametres: str, un_seul: bool = False
) -> Adaptateur:
    return Adaptateur(
        chapitre="depot",
        genre=genre,
        situation=situation,
        observer=observer,
        parametres=parametres,
        comparaisons=MOTS,
        sinon={"motif": None} if un_seul else {"motifs": []},
    )


ADAPTATEURS = (
    _genre("acte", Acte, acte, un_seul=True),
    _genre("envoi", Pieces, envoi, un_seul=True),
    _genre("dossier", Pieces, dossier),
    _genre("fichier", Fichier, fichier, "pieces"),
    _genre("recapitulatif", Recapitulatif, recapitulatif, un_seul=True),
    _genre("commentaire", Commentaire, commentaire),
    _genre("reception", Reception, reception),
    _genre("fenetre", Fenetre, fenetre),
    _genre("declaration", Declaration, declaration),
    _genre("demande", Demande, demande),
)

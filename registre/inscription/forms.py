"""Les formulaires des étapes : ils relient et montrent, les règles jugent (ADR 0003)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django import forms

from registre.commun.cadres import tous
from registre.commun.formulaires import (
    ChoixMultiplesTelsQuels,
    ChoixTelQuel,
    Formulaire,
    texte,
)
from registre.regles import acquis_saisis
from registre.regles.cadre import Cadre, Specialite
from registre.regles.candidature import HORS_LISTE, PASSAGES, preuve_demandee
from registre.regles.citation import Motif
from registre.regles.compte import sans_accents
from registre.regles.decisions import LANGUES_VIVANTES, ReglementDesAcquis
from registre.regles.dispenses import diplomes_offerts, dispenses_ouvertes
from registre.regles.etapes import Examen
from registre.regles.moyenne import ecrit
from registre.regles.qualification import forme_de_passage_conservee
from registre.regles.recapitulatif import LIBELLES_ETATS, LIBELLES_FORMES, LIBELLES_RESULTATS
from registre.regles.releves import DroitConnu, note_differente, note_ecrite
from registre.regles.saisie import lignes, valeurs
from registre.regles.vocabulaire import CasEps, FormeDePassage, MotifAcquis, Resultat

OUI_NON = (("oui", "Oui"), ("non", "Non"))
VIDE = (("", "Choisissez"),)
Saisie = Mapping[str, Any]


def choix(liste: Iterable[Any]) -> list[tuple[str, str]]:
    return [(c.code, c.libelle) for c in liste]


class IdentificationForm(Formulaire):
    facultatifs = frozenset(
        {
            "domicile_complement",
            "correspondance_complement",
            "correspondance_code_postal",
            "correspondance_pays",
            "telephone_mobile",
            "telephone_fixe",
        }
    )
    domicile_voie = texte("Numéro et rue, ou lieu-dit", autocomplete="address-line1")
    domicile_complement = texte("Complément d’adresse", "Bâtiment, étage, chez…", autocomplete="address-line2")
    domicile_code_postal = texte(
        "Code postal", "Cinq chiffres, par exemple 63000", autocomplete="postal-code", inputmode="numeric"
    )
    domicile_commune = texte("Commune", autocomplete="address-level2")
    autre_adresse = ChoixTelQuel(
        label="Recevez-vous votre courrier à une autre adresse\u00a0?", choix=OUI_NON, radio=True
    )
    correspondance_voie = texte("Numéro et rue, ou lieu-dit")
    correspondance_complement = texte("Complément d’adresse")
    correspondance_code_postal = texte("Code postal")
    correspondance_commune = texte("Ville")
    correspondance_pays = texte("Pays", "Laissez vide si l’adresse est en France")
    telephone_mobile = texte("Téléphone mobile", "Par exemple 06 39 98 01 23", autocomplete="tel", inputmode="tel")
    telephone_fixe = texte("Téléphone fixe", inputmode="tel")
    nationalite_francaise = ChoixTelQuel(
        label="Avez-vous la nationalité française\u00a0?",
        help_text="L’inscription est ouverte à toutes les nationalités. "
        "La réponse sert à savoir si la Journée défense et citoyenneté vous concerne.",
        choix=OUI_NON,
        radio=True,
    )

    def __init__(self, examen: Examen, majeur: bool, **kwargs: Any) -> None:
        self.base_fields = dict(self.base_fields)
        ou_la_votre = ", ou la vôtre" if majeur else ""
        self.base_fields["categorie"] = ChoixTelQuel(
            label=f"Catégorie socio-professionnelle de votre représentant légal{ou_la_votre}",
            help_text="Cette réponse ne sert qu’aux statistiques. «\u00a0Non renseignée\u00a0» est possible.",
            choix=[*VIDE, *choix(examen.cadre.categories.liste)],
        )
        super().__init__(**kwargs)


class PassageForm(Formulaire):
    """Une présentation antérieure (L-63)."""

    def __init__(self, cadre: Cadre, **kwargs: Any) -> None:
        self.base_fields = {
            "session": texte("Session (année)", "Par exemple 2024", inputmode="numeric"),
            "specialite": ChoixTelQuel(
                label="Spécialité présentée",
                choix=[*VIDE, (HORS_LISTE, "Ma spécialité n’est pas dans la liste"), *toutes_les_specialites(cadre)],
            ),
            "forme_de_passage": ChoixTelQuel(
                label="Forme de passage",
                help_text="Élève ou apprenti, vous passiez l’examen sous la forme globale.",
                choix=[*VIDE, *((f.value, LIBELLES_FORMES[f]) for f in FormeDePassage)],
            ),
            "resultat": ChoixTelQuel(
                label="Résultat",
                help_text="Ajourné\u00a0: vous n’avez pas eu le diplôme à cette session.",
                choix=[*VIDE, *((r.value, LIBELLES_RESULTATS[r].capitalize()) for r in Resultat)],
            ),
            "academie": texte("Académie", "Par exemple Lyon"),
        }
        super().__init__(**kwargs)


def toutes_les_specialites(cadre: Cadre) -> list[tuple[str, str]]:
    return _specialites_d_un_cadre(*cadre.cle)


@cache
def _specialites_d_un_cadre(academie: str, session: int, examen: str) -> list[tuple[str, str]]:
    """Computed once a process: the list is shown several times on a page, and never changes."""
    specialites = tous()[academie, session, examen].specialites
    triees = sorted(specialites.values(), key=lambda s: sans_accents(s.libelle.casefold()))
    return [
        (
            s.slug,
            f"{s.libelle} (jusqu’en {s.derniere_session})"
            if s.derniere_session and s.derniere_session < session
            else s.libelle,
        )
        for s in triees
    ]


class CandidatureForm(Formulaire):
    facultatifs = frozenset()

    def __init__(self, examen: Examen, **kwargs: Any) -> None:
        cadre = examen.cadre
        champs: dict[str, forms.Field] = {
            "voie": ChoixTelQuel(
                label="Quelle condition remplissez-vous\u00a0?",
                help_text="Une seule suffit.",
                choix=[(v.code, f"{v.type_de_candidature}\u00a0: {v.libelle}") for v in cadre.conditions.voies],
                radio=True,
            ),
            "formation_suivie": ChoixTelQuel(
                label="Avez-vous suivi la formation qui prépare à cet examen\u00a0?", choix=OUI_NON, radio=True
            ),
            "salarie_trois_ans": ChoixTelQuel(
                label="Avez-vous travaillé au moins trois ans comme salarié\u00a0?",
                help_text="Les trois ans se comptent à la clôture des inscriptions. "
                "Vous fournirez vos certificats de travail.",
                choix=OUI_NON,
                radio=True,
            ),
            "domaine_en_rapport": ChoixTelQuel(
                label="Ce travail est-il dans un domaine en rapport avec le diplôme que vous demandez\u00a0?",
                choix=OUI_NON,
                radio=True,
            ),
            "deja_passe": ChoixTelQuel(
                label="Avez-vous déjà passé les épreuves du baccalauréat professionnel\u00a0?",
                help_text="Même il y a longtemps, même dans une autre spécialité ou une autre académie.",
                choix=OUI_NON,
                radio=True,
            ),
            "etablissement": ChoixTelQuel(
                label="Établissement ou organisme",
                help_text="À distance, choisissez votre organisme. Sinon, choisissez votre département.",
                choix=[*VIDE, *choix(cadre.candidature.etablissements)],
            ),
            "organisme_nom": texte(
                "Nom de l’organisme", "Seulement si vous avez choisi «\u00a0autre organisme\u00a0»"
            ),
            "handicap": ChoixTelQuel(
                label="Handicap\u00a0: demandez-vous un aménagement d’épreuves au titre d’un handicap\u00a0?",
                choix=OUI_NON,
                radio=True,
            ),
        }
        contexte = examen.contexte
        nationalite = examen.identification.nationalite_francaise
        self.jdc_demandee = preuve_demandee(nationalite, contexte.date_de_naissance, contexte.jour, cadre)
        if self.jdc_demandee:
            champs["preuve_jdc"] = ChoixTelQuel(
                label="Recensement ou Journée défense et citoyenneté (JDC)\u00a0: quelle est votre situation\u00a0?",
                help_text="De 16 à 24 ans, il faut être en règle avec l’obligation de recensement "
                "ou la participation à la JDC. Vous déposerez la preuve avec vos pièces.",
                choix=choix(cadre.conditions.jdc.preuves),
                radio=True,
            )
        for c in cadre.consentements.liste:
            champs[f"consentement_{c.code}"] = ChoixTelQuel(
                label=c.question,
                help_text=c.aide,
                choix=[*OUI_NON, ("", "Sans réponse (vaut non)")],
                radio=True,
            )
        self.base_fields = champs
        super().__init__(**kwargs)
        self.consentements = [self[f"consentement_{c.code}"] for c in cadre.consentements.liste]


def formulaires_de_passages(examen: Examen, saisie: Saisie, motifs: list[Motif], nombre: int) -> list[PassageForm]:
    remplies = [int(p.split("-")[1]) for p, _ in lignes(saisie, "passages")]
    combien = min(PASSAGES, max(nombre, max(remplies, default=0) + 1, 1))
    return [
        PassageForm(
            examen.cadre,
            data=saisie,
            prefix=f"passages-{n}",
            motifs=[m for m in motifs if m.champ.startswith(f"passages-{n}-")],
        )
        for n in range(combien)
    ]


class QualificationForm(Formulaire):
    facultatifs = frozenset({"recherche"})

    def __init__(self, examen: Examen, offertes: list[Specialite], **kwargs: Any) -> None:
        contexte = examen.contexte
        conservee = forme_de_passage_conservee(
            examen.candidature.passages,
            examen.cadre.forme_de_passage,
            examen.specialite.slug if examen.specialite else None,
            examen.cadre.examen,
        )
        self.forme_imposee = contexte.forme_enregistree or conservee
        self.deja_enregistree = contexte.forme_enregistree is not None
        session = examen.cadre.session
        formes = {
            FormeDePassage.GLOBALE: f"Globale\u00a0: vous passez toutes les épreuves à la session {session}",
            FormeDePassage.PROGRESSIVE: "Progressive\u00a0: vous étalez vos épreuves sur plusieurs sessions",
        }
        self.base_fields = {
            "specialite": ChoixTelQuel(
                label="Spécialité présentée", choix=[(s.slug, s.libelle) for s in offertes], radio=True
            ),
            "forme_de_passage": ChoixTelQuel(
                label="Forme de passage",
                choix=[(f.value, t) for f, t in formes.items() if self.forme_imposee in (None, f)],
                radio=True,
            ),
        }
        super().__init__(**kwargs)


class PossibilitesForm(Formulaire):
    def __init__(self, examen: Examen, **kwargs: Any) -> None:
        self.base_fields = {
            "possibilites": ChoixMultiplesTelsQuels(
                label="Que demandez-vous\u00a0?",
                help_text="Vous pouvez cocher plusieurs possibilités. Chaque épreuve ne se demande qu’une fois.",
                choix=[(p.code, f"{p.libelle}. {p.aide}") for p in examen.cadre.acquis.possibilites],
            )
        }
        super().__init__(**kwargs)


class BlocForm(Formulaire):
    """Un bloc de l’étape 4 ou 5 dont les champs dépendent de la spécialité."""

    facultatifs = frozenset()

    def __init__(self, champs: dict[str, forms.Field], **kwargs: Any) -> None:
        self.base_fields = champs
        super().__init__(**kwargs)


def case(libelle: str, aide: str = "") -> forms.Field:
    """Une case à cocher dont la valeur est « oui »."""
    return ChoixTelQuelCase(label=libelle, help_text=aide)


class CaseOui(forms.CheckboxInput):
    """Django’s box turns any text into true; ours is ticked for « oui » and for nothing else."""

    def __init__(self) -> None:
        super().__init__(attrs={"value": "oui"}, check_test=lambda valeur: valeur == "oui")

    def value_from_datadict(self, data: Mapping[str, Any], _fichiers: Any, name: str) -> Any:
        return data.get(name, "")


class ChoixTelQuelCase(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=CaseOui(), **kwargs)


def langues_connues(cadre: Cadre) -> list[tuple[str, str]]:
    return [*VIDE, *cadre.libelles_langues.items(), ("autre", "Une autre langue")]


def blocs_acquis(
    examen: Examen, saisie: Saisie, motifs: list[Motif], connus: Iterable[DroitConnu] = ()
) -> list[dict[str, Any]]:
    """Les blocs des possibilités cochées, chacun avec ses lignes prêtes à montrer. ``connus`` : droits des relevés."""
    if examen.specialite is None:
        return []
    choisies = valeurs(saisie, "possibilites")
    blocs: list[dict[str, Any]] = []
    for passage in examen.candidature.passages_complets:
        titre = acquis_saisis.titre_du_passage(passage, examen.specialite, examen.cadre)
        if titre.value in choisies and passage.resultat is not Resultat.ADMIS:
            du_passage = {
                d.ligne.cle: d
                for d in connus
                if (d.releve.session, d.releve.specialite) == (passage.session, passage.specialite)
            }
            blocs.append(_bloc_de_passage(examen, passage, titre, saisie, motifs, du_passage))
    if "diplome" in choisies:
        blocs += _blocs_de_diplomes(examen, saisie, motifs)
    if "vae" in choisies:
        blocs.append(_bloc_de_vae(examen, saisie, motifs))
    return blocs


def _motifs_de(champs: Iterable[str], motifs: list[Motif]) -> list[Motif]:
    noms = set(champs)
    return [m for m in motifs if m.champ in noms]


def _bloc_de_passage(
    examen: Examen,
    passage: Any,
    titre: MotifAcquis,
    saisie: Saisie,
    motifs: list[Motif],
    connus: Mapping[str, DroitConnu],
) -> dict[str, Any]:
    """``connus`` : clé d’unité -> droit, pour les notes de ce passage que Registre connaît."""
    cadre, prefixe = examen.cadre, f"p{passage.session}"
    proposes = {f"{prefixe}_u_{cle}": droit for cle, droit in connus.items() if droit.proposable}
    champs: dict[str, forms.Field] = {}
    groupes = []
    for cle, libelle, matiere in acquis_saisis.unites_du_passage(passage, examen.specialite, cadre):
        noms = [f"{prefixe}_u_{cle}", f"{prefixe}_n_{cle}"]
        champs[noms[0]] = _demande(libelle, titre, propose=noms[0] in proposes)
        champs[noms[1]] = texte(
            f"Note obtenue en {libelle}, sur 20",
            _note_connue(connus.get(cle), str(saisie.get(noms[1], "")), cadre),
            inputmode="decimal",
        )
        if matiere in LANGUES_VIVANTES and titre is MotifAcquis.BENEFICE:
            noms.append(f"{prefixe}_l_{cle}")
            champs[noms[2]] = ChoixTelQuel(label=f"Langue de cette note ({libelle})", choix=langues_connues(cadre))
        groupes.append((libelle, noms))
    libres = _lignes_libres(prefixe, saisie)
    for n in libres:
        noms = [f"{prefixe}_x{n}_intitule", f"{prefixe}_x{n}_note"]
        champs[noms[0]] = texte("Autre épreuve\u00a0: code ou intitulé lu sur le relevé")
        champs[noms[1]] = texte("Note de cette autre épreuve, sur 20", inputmode="decimal")
        groupes.append(("Autre épreuve du relevé", noms))
    dits = [_dit_a_son_sujet(m, proposes.get(m.champ)) for m in _motifs_de(champs, motifs)]
    formulaire = BlocForm(champs, data=saisie, motifs=dits)
    source = cadre.specialites.get(passage.specialite or "")
    nom = source.libelle if source else "spécialité hors de la liste"
    return {
        "titre": f"Notes de la session {passage.session}\u00a0: {nom}",
        "genre": titre.value,
        "formulaire": formulaire,
        "groupes": [{"titre": t, "champs": [formulaire[n] for n in noms]} for t, noms in groupes],
        "aide": (
            f"Une note gardée vaut {ecrit(cadre.acquis.benefice_note_minimale)} ou plus. "
            "Elle compte avec son coefficient."
            if titre is MotifAcquis.BENEFICE
            else f"La note doit être de {ecrit(cadre.acquis.autre_specialite_note_minimale)} ou plus. "
            "L’épreuve est alors dispensée\u00a0: elle ne compte plus dans la moyenne."
        ),
    }


def _demande(libelle: str, titre: MotifAcquis, *, propose: bool) -> forms.Field:
    """Une case ; pour une note que Registre connaît et propose, un oui ou un non, sans réponse d’avance (R12)."""
    garde = titre is MotifAcquis.BENEFICE
    if not propose:
        return case(f"{libelle}\u00a0: {'je garde cette note' if garde else 'je demande la dispense'}")
    question, oui, non = (
        ("gardez-vous cette note", "Oui, je la garde", "Non, je repasse l’épreuve")
        if garde
        else ("demandez-vous la dispense", "Oui, je la demande", "Non, je passe l’épreuve")
    )
    return ChoixTelQuel(label=f"{libelle}\u00a0: {question}\u00a0?", choix=(("oui", oui), ("non", non)), radio=True)


def _note_connue(droit: DroitConnu | None, tapee: str, cadre: Cadre) -> str:
    """L’aide d’une note que Registre connaît ; elle dit aussi que le candidat en a tapé une autre."""
    connue = note_ecrite(droit.ligne.note) if droit else ""
    if droit is None or not connue:
        return ""
    if note_differente(tapee, droit.ligne.note, cadre):
        return f"Registre connaît une autre note\u00a0: {connue}. Vérifiez votre relevé. Le service comparera."
    return f"Note connue de Registre, session {droit.releve.session}\u00a0: {connue}"


def _dit_a_son_sujet(motif: Motif, droit: DroitConnu | None) -> Motif:
    """« Cochez la demande ou effacez la note » ne va pas à une note que le candidat n’a pas écrite."""
    if droit is None or motif.code != "note_sans_demande":
        return motif
    message = "Répondez par oui ou par non. Sans demande, ce droit est définitivement perdu."
    return Motif(motif.code, motif.champ, message, motif.sources)


def _lignes_libres(prefixe: str, saisie: Saisie) -> list[int]:
    remplies = [n for n in range(acquis_saisis.LIGNES_LIBRES) if saisie.get(f"{prefixe}_x{n}_intitule")]
    return list(range(min(acquis_saisis.LIGNES_LIBRES, max(remplies, default=-1) + 2)))


def _blocs_de_diplomes(examen: Examen, saisie: Saisie, motifs: list[Motif]) -> list[dict[str, Any]]:
    remplis = [n for n in range(acquis_saisis.DIPLOMES) if saisie.get(f"d{n}_diplome")]
    combien = min(acquis_saisis.DIPLOMES, max(remplis, default=-1) + 2)
    return [_bloc_de_diplome(n, examen, saisie, motifs) for n in range(combien)]


_DIPLOMES_FRANCAIS = "Diplômes français seulement. Pour un diplôme étranger, écrivez au service avant la clôture. "


def _bloc_de_diplome(n: int, examen: Examen, saisie: Saisie, motifs: list[Motif]) -> dict[str, Any]:
    cadre, specialite = examen.cadre, examen.specialite
    diplome = str(saisie.get(f"d{n}_diplome", ""))
    offerts = diplomes_offerts(cadre.dispenses, cadre.acquis)
    detenus = [*choix(offerts), *((p.diplome, p.libelle) for p in cadre.dispenses.professionnelles)]
    champs: dict[str, forms.Field] = {
        f"d{n}_diplome": ChoixTelQuel(
            label="Diplôme que vous détenez",
            help_text=("" if cadre.acquis.diplome_europeen else _DIPLOMES_FRANCAIS)
            + "Pour retirer un diplôme, remettez «\u00a0Choisissez\u00a0».",
            choix=[*VIDE, *detenus, ("autre", "Un autre diplôme")],
        )
    }
    noms = [f"d{n}_diplome"]
    if any(d.code == diplome and d.specialite_demandee for d in cadre.dispenses.diplomes):
        champs[f"d{n}_specialite"] = ChoixTelQuel(
            label="Spécialité de ce baccalauréat professionnel",
            choix=[*VIDE, (HORS_LISTE, "Elle n’est pas dans la liste"), *toutes_les_specialites(cadre)],
        )
        noms.append(f"d{n}_specialite")
    groupes = [("Votre diplôme", noms)]
    ouvertes = dispenses_ouvertes(diplome, ReglementDesAcquis.du_cadre(cadre, specialite)) if diplome else ()
    for ouverte in ouvertes:
        libelle = acquis_saisis.libelle_unite(ouverte.unite, specialite, cadre)
        suite = " (le service étudiera cette demande)" if ouverte.instruction else ""
        noms = [f"d{n}_u_{ouverte.unite}"]
        champs[noms[0]] = case(f"{libelle}\u00a0: je demande la dispense{suite}")
        if ouverte.si_comportee:
            noms.append(f"d{n}_c_{ouverte.unite}")
            champs[noms[1]] = ChoixTelQuel(
                label=f"Votre diplôme comportait-il cette épreuve ({libelle})\u00a0?",
                help_text="Regardez le relevé de notes de ce diplôme.",
                choix=[*OUI_NON, ("", "Je ne sais pas")],
                radio=True,
            )
        groupes.append((libelle, noms))
    formulaire = BlocForm(champs, data=saisie, motifs=_motifs_de(champs, motifs))
    return {
        "titre": f"Diplôme {n + 1}" if n else "Votre diplôme",
        "genre": "diplome",
        "formulaire": formulaire,
        "groupes": [{"titre": t, "champs": [formulaire[x] for x in noms]} for t, noms in groupes],
        "a_choisir": not diplome,
        "sans_effet": bool(diplome) and not ouvertes,
        "aide": "Une épreuve dispensée ne compte plus dans la moyenne. Les anciennes notes ne sont pas reprises.",
    }


def _bloc_de_vae(examen: Examen, saisie: Saisie, motifs: list[Motif]) -> dict[str, Any]:
    cadre, specialite = examen.cadre, examen.specialite
    champs: dict[str, forms.Field] = {
        "v_annee": texte("Année de la décision du jury", "Par exemple 2023", inputmode="numeric")
    }
    groupes = [("Décision du jury", ["v_annee"])]
    for cle in specialite.par_cle:
        libelle = acquis_saisis.libelle_unite(cle, specialite, cadre)
        champs[f"v_u_{cle}"] = case(f"{libelle}\u00a0: je demande la dispense")
        groupes.append((libelle, [f"v_u_{cle}"]))
    formulaire = BlocForm(champs, data=saisie, motifs=_motifs_de(champs, motifs))
    return {
        "titre": "Validation des acquis de l’expérience (VAE)",
        "genre": "vae",
        "formulaire": formulaire,
        "groupes": [{"titre": t, "champs": [formulaire[x] for x in noms]} for t, noms in groupes],
        "aide": f"La décision du jury vaut {cadre.acquis.vae_duree_sessions} ans.",
    }


class EpreuvesForm(Formulaire):
    facultatifs = frozenset({"lvf"})

    def __init__(self, examen: Examen, **kwargs: Any) -> None:
        cadre, lu = examen.cadre, examen.epreuves
        obligatoires = [*VIDE, *choix(cadre.langues.obligatoires)]
        etats = lu.etats if lu else {}
        champs: dict[str, forms.Field] = {}
        for ligne in lu.lignes if lu else ():
            if ligne.choix_ouvert:
                champs[f"presentee_{ligne.cle}"] = ChoixTelQuel(
                    label=f"{ligne.libelle}\u00a0: passez-vous cette épreuve à la session {cadre.session}\u00a0?",
                    choix=OUI_NON,
                    radio=True,
                )
        if _langue_a_choisir("langue-vivante-a", examen, etats):
            champs["lva"] = ChoixTelQuel(label="Langue vivante A (LVA)", choix=obligatoires)
        if _langue_a_choisir("langue-vivante-b", examen, etats):
            champs["lvb"] = ChoixTelQuel(label="Langue vivante B (LVB)", choix=obligatoires)
        champs["lvf"] = ChoixTelQuel(
            label="Langue vivante facultative, à l’oral (LVF)",
            help_text="Seuls les points au-dessus de 10 comptent.",
            choix=[("", "Aucune"), *choix(cadre.langues.facultatives)],
        )
        if lu and lu.eps is not None:
            champs |= self._champs_eps(examen)
        self.base_fields = champs
        super().__init__(**kwargs)

    @staticmethod
    def _champs_eps(examen: Examen) -> dict[str, forms.Field]:
        eps = examen.cadre.eps
        cas = [
            (CasEps.APTE, f"Apte\u00a0: je choisis {eps.nombre} activités"),
            (CasEps.INAPTE, "Contrôle ponctuel - Inapte\u00a0: je fournirai un certificat médical"),
            (CasEps.DISPENSE, "Dispensé\u00a0: au titre de trois ans d’expérience professionnelle"),
            (CasEps.ADAPTEE, "Épreuve adaptée\u00a0: handicap ou inaptitude partielle, avec un certificat médical"),
        ]
        if examen.forme_de_passage is FormeDePassage.PROGRESSIVE:
            cas.append((CasEps.NON_PRESENTEE, f"Je ne passe pas l’EPS à la session {examen.cadre.session}"))
        return {
            "eps_cas": ChoixTelQuel(
                label="Votre situation en éducation physique et sportive (EPS)",
                choix=[(c.value, t) for c, t in cas],
                radio=True,
            ),
            "eps_activites": ChoixMultiplesTelsQuels(
                label="Vos activités, si vous êtes apte",
                help_text=f"Cochez {eps.nombre} activités.",
                choix=choix(eps.activites),
            ),
            "eps_activite_adaptee": ChoixTelQuel(
                label="Votre activité, pour l’épreuve adaptée", choix=choix(eps.activites_adaptees), radio=True
            ),
            "eps_justifiee": case(
                "Je suis en situation de handicap, ou partiellement inapte, et je fournirai le certificat médical",
                "Seulement pour l’épreuve adaptée.",
            ),
        }


def _langue_a_choisir(matiere: str, examen: Examen, etats: Mapping[str, Any]) -> bool:
    """La langue se choisit si l’unité existe et n’est ni dispensée ni gardée ; inscrite ou pas encore réglée."""
    if examen.specialite is None or matiere not in examen.specialite.matieres:
        return False
    decision = examen.acquis.par_unite.get(matiere) if examen.acquis else None
    return not (decision and decision.statut == "accorde") and etats.get(matiere) != "non_presentee"


def lignes_des_epreuves(examen: Examen, formulaire: EpreuvesForm) -> list[dict[str, Any]]:
    """L’arbre E1 à E7 : chaque épreuve avec ses unités, leur mention ou la question à poser."""
    arbre = []
    for epreuve in examen.specialite.epreuves if examen.specialite else ():
        unites = [
            {
                "libelle": x.libelle,
                "mention": LIBELLES_ETATS[x.etat] if x.etat else "À choisir",
                "detail": x.detail,
                "a_instruire": x.a_instruire,
                "champ": formulaire[f"presentee_{x.cle}"] if x.choix_ouvert else None,
            }
            for x in (examen.epreuves.lignes if examen.epreuves else ())
            if x.epreuve == epreuve.code
        ]
        arbre.append({"code": epreuve.code, "libelle": epreuve.libelle, "unites": unites})
    return arbre

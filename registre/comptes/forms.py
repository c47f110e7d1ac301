"""Formulaires des comptes : ils relient et montrent, les règles jugent."""

from __future__ import annotations

from typing import Any

from django import forms

from registre.commun.cadres import principal
from registre.commun.formulaires import ChoixTelQuel, Formulaire, texte
from registre.commun.pays import pays
from registre.comptes.mots_de_passe import aide, regle_du_mot_de_passe
from registre.regles.compte import SaisieCompte

FORMAT_DE_DATE = "Jour, mois, année. Exemple\u00a0: 30/05/1998."
FORMAT_D_ADRESSE = "Exemple\u00a0: nom.prenom@domaine.fr."


def adresse(libelle: str, aide: str = "", *, autocomplete: str = "email") -> forms.CharField:
    return forms.CharField(
        label=libelle,
        help_text=aide,
        required=False,
        strip=False,
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete, "spellcheck": "false", "autocapitalize": "none"}),
    )


def secret(libelle: str, aide: str = "", *, autocomplete: str = "new-password") -> forms.CharField:
    """Mot de passe : jamais réaffiché, collage permis."""
    return forms.CharField(
        label=libelle,
        help_text=aide,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
    )


class Saisi(Formulaire):
    """Formulaire dont la vue lit le texte tel que tapé."""

    @property
    def en_liste(self) -> list[Saisi]:
        """Ce formulaire seul, comme le sommaire des erreurs l’attend."""
        return [self]

    def tape(self, nom: str) -> str:
        return self.data.get(nom, "")


class EtatCivil(Saisi):
    """L’état civil, tel que sur la pièce d’identité."""

    facultatifs = frozenset({"nom_usage"})

    civilite = ChoixTelQuel(label="Civilité", choix=(), radio=True)
    nom = texte("Nom de famille (nom de naissance)", autocomplete="family-name", spellcheck="false")
    confirmation_nom = texte("Confirmation du nom de naissance", autocomplete="off", spellcheck="false")
    nom_usage = texte("Nom d’usage", "Le nom marital, par exemple.", autocomplete="off", spellcheck="false")
    prenoms = texte(
        "Prénoms",
        "Tous les prénoms de votre pièce d’identité, dans le même ordre.",
        autocomplete="given-name",
        spellcheck="false",
    )
    date_de_naissance = texte("Date de naissance", FORMAT_DE_DATE, autocomplete="bday")
    confirmation_date_de_naissance = texte("Confirmation de la date de naissance", FORMAT_DE_DATE, autocomplete="off")
    pays_de_naissance = ChoixTelQuel(label="Pays de naissance", choix=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        civilites = principal().compte.civilites
        self.fields["civilite"].widget.choices = [(c.code, c.libelle) for c in civilites]
        self.fields["pays_de_naissance"].widget.choices = [("", "Choisissez un pays"), *pays()]
        self.fields["pays_de_naissance"].widget.attrs["autocomplete"] = "country"

    @property
    def saisie(self) -> SaisieCompte:
        return SaisieCompte(**{nom: self.tape(nom) for nom in SaisieCompte.__dataclass_fields__})


class Creation(EtatCivil):
    """Le formulaire de création, dans l’ordre de la notice."""

    courriel = adresse("Adresse mail", f"Une adresse que vous consultez régulièrement. {FORMAT_D_ADRESSE}")
    confirmation_courriel = adresse("Confirmation de l’adresse mail", autocomplete="off")
    mot_de_passe = secret("Mot de passe")
    confirmation_mot_de_passe = secret("Confirmation du mot de passe")
    demande = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mot_de_passe"].help_text = aide(regle_du_mot_de_passe("candidat"))

    def demander(self, tapee: str, suggestion: str) -> None:
        """Pose la question « Vouliez-vous dire … ? » : les deux réponses sont des adresses entières."""
        choix = [(suggestion, f"Corriger\u00a0: {suggestion}"), (tapee, f"Garder\u00a0: {tapee}")]
        question = ChoixTelQuel(label=f"Vouliez-vous dire {suggestion}\u00a0?", choix=choix, radio=True)
        question.obligatoire = True
        self.fields["adresse_verifiee"] = question
        self.order_fields(_apres("confirmation_courriel", "adresse_verifiee", list(self.fields)))


class Connexion(Saisi):
    courriel = adresse("Adresse mail", FORMAT_D_ADRESSE, autocomplete="username")
    mot_de_passe = secret("Mot de passe", autocomplete="current-password")


class Adresse(Saisi):
    courriel = adresse("Adresse mail", FORMAT_D_ADRESSE)


class NouveauMotDePasse(Saisi):
    mot_de_passe = secret("Nouveau mot de passe")
    confirmation_mot_de_passe = secret("Confirmation du nouveau mot de passe")

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mot_de_passe"].help_text = aide(regle_du_mot_de_passe(role))


class ChangementDeMotDePasse(NouveauMotDePasse):
    actuel = secret("Mot de passe actuel", autocomplete="current-password")

    field_order = ("actuel", "mot_de_passe", "confirmation_mot_de_passe")


class ChangementDAdresse(Saisi):
    courriel = adresse("Nouvelle adresse mail", FORMAT_D_ADRESSE)
    confirmation_courriel = adresse("Confirmation de la nouvelle adresse mail", autocomplete="off")
    actuel = secret("Mot de passe actuel", autocomplete="current-password")


def _apres(repere: str, nom: str, noms: list[str]) -> list[str]:
    autres = [n for n in noms if n != nom]
    ou = autres.index(repere) + 1
    return [*autres[:ou], nom, *autres[ou:]]

"""My account: what it shows, what may change in it and what that ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registre.commun.models import Courriel, Evenement
from registre.comptes import liens
from registre.comptes.models import Compte, Lien
from registre.comptes.usecases.change_identite import IdentiteFigee, change_identite
from registre.regles.compte import SaisieCompte
from tests.comptes.conftest import formulaire, lien_du_dernier_courriel, se_connecter, sujets
from tests.conftest import MOT_DE_PASSE

pytestmark = pytest.mark.django_db

LE = datetime(2025, 10, 10, 9, 0, tzinfo=UTC)
NOUVEAU = "Tulipe*en.Juin"


def deux_navigateurs(compte: Compte) -> tuple[Client, Client]:
    premier, second = Client(), Client()
    for client in (premier, second):
        se_connecter(client, compte.email)
    return premier, second


def dedans(client: Client) -> bool:
    return client.get(reverse("mon_compte")).status_code == 200


def changer_le_mot_de_passe(client: Client, actuel: str = MOT_DE_PASSE, nouveau: str = NOUVEAU):
    return client.post(
        reverse("account_change_password"),
        {"actuel": actuel, "mot_de_passe": nouveau, "confirmation_mot_de_passe": nouveau},
    )


@pytest.mark.passages("compte.adresse-mail-identifiant")
def test_mon_compte_shows_identity_and_address(compte, connecte):
    html = connecte.get(reverse("mon_compte")).content.decode()

    for texte in ("Madame", "Durand", "Léa Marie", "30/05/1998", "France", compte.email, "Se déconnecter"):
        assert texte in html


@pytest.mark.passages("S3")
def test_changing_the_password_ends_the_other_sessions(compte):
    premier, second = deux_navigateurs(compte)
    cle = premier.cookies["sessionid"].value

    assert changer_le_mot_de_passe(premier)["Location"] == reverse("mon_compte")

    assert dedans(premier)
    assert not dedans(second)
    assert premier.cookies["sessionid"].value != cle
    assert sujets() == ["Votre mot de passe a changé"]
    assert Evenement.objects.latest("pk").acte == "mot_de_passe_change"
    assert se_connecter(Client(), compte.email, NOUVEAU).status_code == 302
    assert se_connecter(Client(), compte.email, MOT_DE_PASSE).status_code == 200


@pytest.mark.passages("S3")
@pytest.mark.parametrize(
    ("actuel", "nouveau", "champ"),
    [
        ("Faux*en.Mai", NOUVEAU, "actuel"),
        (MOT_DE_PASSE, "court", "mot_de_passe"),
        (MOT_DE_PASSE, "Durand*en.Mai", "mot_de_passe"),
    ],
)
def test_changing_the_password_needs_the_current_one_and_a_good_one(compte, connecte, actuel, nouveau, champ):
    page = changer_le_mot_de_passe(connecte, actuel, nouveau)

    assert list(page.context["formulaire"].errors) == [champ]
    assert "<title>Erreur" in page.content.decode()
    compte.refresh_from_db()
    assert compte.check_password(MOT_DE_PASSE)


@pytest.mark.passages("S1", "L-32")
@pytest.mark.parametrize(
    ("nouveau", "accepte"),
    [
        ("une phrase de quatre mots", True),
        ("neuf têtes 🐙 et des espaces", True),
        ("xyz7-" * 25 + "abc", True),
        ("xyz7-" * 25 + "abcd", False),
        ("onze lettre", False),
        ("aaaaaaaaaaaa", False),
    ],
)
def test_a_gestionnaire_chooses_a_long_password_without_composition(gestionnaire, connecter, nouveau, accepte):
    response = changer_le_mot_de_passe(connecter(gestionnaire), nouveau=nouveau)

    gestionnaire.refresh_from_db()
    assert (response.status_code == 302) is accepte
    assert gestionnaire.check_password(nouveau) is accepte


@pytest.mark.passages("S10", "S3")
def test_reset_link_survives_prefetch_serves_once_and_ends_sessions(compte):
    _, ouvert = deux_navigateurs(compte)
    client = Client()
    client.post(reverse("account_reset_password"), {"courriel": compte.email})
    lien = lien_du_dernier_courriel()
    Client().head(lien)
    Client().get(lien, follow=True)

    page = client.get(lien, follow=True)
    assert page.request["PATH_INFO"] == reverse("account_reset_password_from_key")
    mauvais = client.post(page.request["PATH_INFO"], {"mot_de_passe": "court", "confirmation_mot_de_passe": "court"})
    assert "<title>Erreur" in mauvais.content.decode()
    saisie = {"mot_de_passe": NOUVEAU, "confirmation_mot_de_passe": NOUVEAU}
    assert client.post(page.request["PATH_INFO"], saisie)["Location"] == reverse("account_login")

    assert not dedans(ouvert)
    assert not dedans(client)
    assert sujets()[-1] == "Votre mot de passe a changé"
    client.get(lien)
    assert client.post(page.request["PATH_INFO"], saisie).status_code == 410
    assert se_connecter(Client(), compte.email, NOUVEAU).status_code == 302


@pytest.mark.passages("S10")
@pytest.mark.parametrize(("ecart", "statut"), [(-1, 302), (0, 410), (1, 410)])
def test_reset_link_dies_after_60_minutes(compte, ecart, statut):
    client = Client()
    with time_machine.travel(LE, tick=False) as horloge:
        client.post(reverse("account_reset_password"), {"courriel": compte.email})
        client.get(lien_du_dernier_courriel())
        horloge.shift(timedelta(minutes=60, seconds=ecart))
        saisie = {"mot_de_passe": NOUVEAU, "confirmation_mot_de_passe": NOUVEAU}
        assert client.post(reverse("account_reset_password_from_key"), saisie).status_code == statut


@pytest.mark.passages("S10")
@pytest.mark.parametrize("changement", ["mot de passe", "adresse"])
def test_reset_link_dies_with_a_change_of_password_or_address(compte, connecte, changement):
    jeton = liens.creer(compte, Lien.Usage.MOT_DE_PASSE)
    if changement == "mot de passe":
        changer_le_mot_de_passe(connecte)
    else:
        connecte.get(
            reverse(
                "account_lien",
                args=[Lien.Usage.ADRESSE, liens.creer(compte, Lien.Usage.ADRESSE, {"adresse": "neuve@exemple.fr"})],
            )
        )
        connecte.post(reverse("account_confirm_address"))
    assert liens.trouver(Lien.Usage.MOT_DE_PASSE, jeton) is None


@pytest.mark.passages("S10")
@pytest.mark.parametrize("donne", Lien.Usage.values)
@pytest.mark.parametrize("essaye", Lien.Usage.values)
def test_a_token_serves_its_own_purpose_only(compte, donne, essaye):
    jeton = liens.creer(compte, Lien.Usage(donne), {"adresse": "neuve@exemple.fr"})

    assert (liens.trouver(Lien.Usage(essaye), jeton) is not None) is (donne == essaye)


@pytest.mark.passages("S10")
@pytest.mark.parametrize(
    "nom", ["account_confirm_email", "account_reset_password_from_key", "account_confirm_address"]
)
def test_a_token_that_never_existed_gets_a_page_that_offers_a_new_one(client, nom):
    usage = {
        "account_confirm_email": Lien.Usage.ACTIVATION,
        "account_reset_password_from_key": Lien.Usage.MOT_DE_PASSE,
        "account_confirm_address": Lien.Usage.ADRESSE,
    }[nom]
    client.get(reverse("account_lien", args=[usage, "x" * 43]))
    for page in (client.get(reverse(nom)), client.post(reverse(nom))):
        assert page.status_code == 410
        assert "Demander un nouveau lien" in page.content.decode()


@pytest.mark.passages("S10")
def test_a_disabled_compte_cannot_use_its_link(compte, client):
    client.post(reverse("account_reset_password"), {"courriel": compte.email})
    client.get(lien_du_dernier_courriel())
    Compte.objects.filter(pk=compte.pk).update(is_active=False)
    saisie = {"mot_de_passe": NOUVEAU, "confirmation_mot_de_passe": NOUVEAU}

    assert client.post(reverse("account_reset_password_from_key"), saisie).status_code == 410


def demander_une_adresse(client: Client, adresse: str, actuel: str = MOT_DE_PASSE):
    return client.post(
        reverse("account_email"), {"courriel": adresse, "confirmation_courriel": adresse, "actuel": actuel}
    )


def lien_envoye_a(adresse: str) -> str:
    texte = Courriel.objects.filter(destinataire=adresse).latest("pk").texte
    return next(ligne for ligne in texte.splitlines() if "/compte/lien/" in ligne).removeprefix(
        "http://127.0.0.1:8000"
    )


@pytest.mark.passages("S3", "S10", "compte.adresse-mail-identifiant")
def test_changing_the_address_is_verified_told_to_both_and_ends_other_sessions(compte):
    premier, second = deux_navigateurs(compte)
    ancienne = compte.email

    assert demander_une_adresse(premier, "Neuve+bac@Exemple.fr")["Location"] == reverse("mon_compte")
    compte.refresh_from_db()
    assert compte.email == ancienne
    lien = lien_envoye_a("neuve+bac@exemple.fr")
    Client().get(lien, follow=True)
    premier.get(lien)
    compte.refresh_from_db()
    assert compte.email == ancienne
    assert premier.post(reverse("account_confirm_address"))["Location"] == reverse("mon_compte")

    compte.refresh_from_db()
    assert compte.email == "neuve+bac@exemple.fr"
    assert dedans(premier)
    assert not dedans(second)
    prevenus = Courriel.objects.filter(sujet="L’adresse mail de votre compte a changé")
    assert set(prevenus.values_list("destinataire", flat=True)) == {ancienne, compte.email}
    assert Courriel.objects.filter(destinataire=ancienne, sujet="Changement d’adresse mail demandé").exists()
    assert Evenement.objects.latest("pk").acte == "adresse_change"
    assert premier.post(reverse("account_confirm_address")).status_code == 410


@pytest.mark.passages("S3")
def test_changing_the_address_needs_the_current_password(connecte):
    page = demander_une_adresse(connecte, "neuve@exemple.fr", actuel="Faux*en.Mai")

    assert list(page.context["formulaire"].errors) == ["actuel"]
    assert not Courriel.objects.exists()


@pytest.mark.passages("S9")
def test_changing_to_an_address_that_has_a_compte_tells_its_owner_only(compte, creer_compte, connecte):
    autre = creer_compte()

    libre = demander_une_adresse(connecte, "libre@exemple.fr")
    prise = demander_une_adresse(connecte, autre.email)

    assert (prise.status_code, prise["Location"]) == (libre.status_code, libre["Location"])
    assert Courriel.objects.get(destinataire=autre.email).sujet == "Vous avez déjà un compte"


def test_an_address_taken_meanwhile_is_not_taken_twice(compte, creer_compte, connecte):
    demander_une_adresse(connecte, "neuve@exemple.fr")
    lien = lien_envoye_a("neuve@exemple.fr")
    creer_compte(email="neuve@exemple.fr")
    connecte.get(lien)

    assert connecte.post(reverse("account_confirm_address")).status_code == 410
    compte.refresh_from_db()
    assert compte.email == "candidat1@exemple.fr"


def corriger(client: Client, **champs: str):
    saisie = formulaire(**champs)
    return client.post(reverse("identite"), {n: v for n, v in saisie.items() if "courriel" not in n})


@pytest.mark.passages("R120", "P6", "compte.etat-civil-piece-identite")
def test_identity_changes_while_no_candidature_exists(compte, connecte):
    page = connecte.get(reverse("identite"))
    assert page.context["formulaire"]["date_de_naissance"].value() == "30/05/1998"

    assert corriger(connecte, nom="Dupont", date_de_naissance="01/02/1999")["Location"] == reverse("mon_compte")

    compte.refresh_from_db()
    assert (compte.nom_de_famille, compte.date_de_naissance.isoformat()) == ("Dupont", "1999-02-01")
    ligne = Evenement.objects.latest("pk")
    assert ligne.acte == "identite_modifiee"
    assert "Dupont" not in str(ligne.details)
    assert "nom_de_famille" in ligne.details["champs"]


@pytest.mark.passages("R120", "P6")
def test_identity_is_frozen_by_the_first_candidature(compte, connecte):
    Compte.objects.filter(pk=compte.pk).update(identite_figee_le=LE)

    assert "ce.bacpro@ac-clermont.fr" in connecte.get(reverse("identite")).content.decode()
    assert corriger(connecte, nom="Dupont").status_code == 403
    with pytest.raises(IdentiteFigee):
        change_identite(compte, SaisieCompte(), le=LE)
    compte.refresh_from_db()
    assert compte.nom_de_famille == "Durand"
    assert not Evenement.objects.exists()


@pytest.mark.passages("A6")
def test_identity_refused_says_why(compte, connecte):
    page = corriger(connecte, nom="", date_de_naissance="31/02/1999")

    assert {"nom", "date_de_naissance"} <= set(page.context["formulaire"].errors)
    assert "<title>Erreur" in page.content.decode()
    compte.refresh_from_db()
    assert compte.nom_de_famille == "Durand"


def test_an_address_is_one_compte(creer_compte):
    from django.db import IntegrityError, transaction

    creer_compte(email="lea@exemple.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        creer_compte(email="lea@exemple.fr")


@pytest.mark.passages("S11")
def test_a_fresh_install_has_no_compte():
    assert not Compte.objects.exists()


@pytest.mark.passages("S26")
def test_a_form_gives_no_role_and_no_activation(client):
    client.post(
        reverse("account_signup"),
        formulaire() | {"role": "administrateur", "is_active": "1", "active_le": "2025-01-01", "academie": "x"},
    )
    compte = Compte.objects.get()
    assert (compte.role, compte.active_le, compte.academie) == ("candidat", None, "")


@pytest.mark.passages("S44")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    nom=st.sampled_from(["identite", "account_email", "account_change_password"]),
    saisie=st.dictionaries(
        st.sampled_from([*SaisieCompte.__dataclass_fields__, "actuel"]),
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=150),
    ),
)
def test_forms_of_the_compte_never_fail_on_nonsense(connecte, nom, saisie):
    assert connecte.post(reverse(nom), saisie).status_code in (200, 302, 429)


def test_every_mail_has_two_whole_parts_in_french(compte, connecte):
    demander_une_adresse(connecte, "neuve@exemple.fr")
    connecte.get(lien_envoye_a("neuve@exemple.fr"))
    connecte.post(reverse("account_confirm_address"))
    changer_le_mot_de_passe(connecte)
    Client().post(reverse("account_reset_password"), {"courriel": "neuve@exemple.fr"})
    Client().post(reverse("account_signup"), formulaire(courriel="neuve@exemple.fr"))
    Client().post(reverse("account_signup"), formulaire())

    assert len(set(sujets())) == 7
    for courriel in Courriel.objects.all():
        assert "Bonjour," in courriel.texte
        assert "ce.bacpro@ac-clermont.fr" in courriel.texte
        assert not {"{", "}", "<"} & set(courriel.texte)
        assert "&nbsp;" not in courriel.texte
        assert f'<h1 style="font-size:22px">{courriel.sujet}</h1>' in courriel.html
        assert 'lang="fr"' in courriel.html
        assert '<a href="http://127.0.0.1:8000/' in courriel.html or "mailto:" in courriel.html
        assert MOT_DE_PASSE not in courriel.texte

"""Creating an account, activating it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from registre.commun.models import Courriel, Evenement
from registre.comptes.models import Compte, Lien
from registre.regles.compte import SaisieCompte
from tests.comptes.conftest import creer_par_le_site, formulaire, lien_du_dernier_courriel, se_connecter, sujets
from tests.conftest import MOT_DE_PASSE

pytestmark = pytest.mark.django_db

LE = datetime(2025, 10, 10, 9, 0, tzinfo=UTC)


@pytest.mark.passages("compte.creation-unique", "compte.etat-civil-piece-identite", "R130")
def test_creation_keeps_the_etat_civil_and_waits_for_activation(client):
    response = creer_par_le_site(client, nom_usage="Martin")

    assert response.status_code == 302
    assert response["Location"] == reverse("account_email_verification_sent")
    compte = Compte.objects.get()
    assert (compte.email, compte.nom_de_famille, compte.nom_usage) == (
        "lea.nouvelle@exemple.fr",
        "Nguyễn-O’Brien",
        "Martin",
    )
    assert compte.prenoms == "Léa Marie Thérèse"
    assert compte.date_de_naissance.isoformat() == "1998-05-30"
    assert (compte.civilite, compte.pays_de_naissance) == ("madame", "FR")
    assert compte.active_le is None
    assert list(Evenement.objects.values_list("acte", flat=True)) == ["compte_cree"]
    assert sujets() == ["Activez votre compte"]


@pytest.mark.passages(
    "compte.champs-obligatoires",
    "compte.champ.civilite",
    "compte.champ.nom-de-famille",
    "compte.champ.nom-usage",
    "compte.champ.prenoms",
    "compte.champ.date-de-naissance",
    "compte.champ.pays-de-naissance",
    "compte.champ.adresse-mail",
    "compte.champ.mot-de-passe",
    "compte.lien-deja-un-compte",
    "compte.tous-les-prenoms",
    "compte.mot-de-passe.composition",
    "compte.adresse-mail-consultee",
    "compte.conserver-identifiants",
    "compte.courriel-a-chaque-document",
    "compte.aucun-envoi-postal",
    "A10",
    "S4",
    "P11",
    "P12",
)
def test_creation_page_shows_every_field_of_the_notice_and_nothing_more(client):
    page = client.get(reverse("account_signup"))
    formulaire_vu = page.context["formulaire"]

    assert set(formulaire_vu.fields) - {"demande"} == set(SaisieCompte.__dataclass_fields__)
    html = page.content.decode()
    for jeton in ("family-name", "given-name", "bday", "country", "email", "new-password"):
        assert f'autocomplete="{jeton}"' in html
    assert html.count('type="password"') == 2
    assert "onpaste" not in html
    assert html.count("(facultatif)") == 1
    for phrase in (
        "Tous les champs sont obligatoires",
        "J’ai déjà un compte",
        "Tous les prénoms de votre pièce d’identité",
        "30/05/1998",
        "nom.prenom@domaine.fr",
        "De 8 à 20",
        "que vous consultez régulièrement",
        "Gardez-la avec votre mot de passe",
        "vous est annoncé par courriel",
        "Aucun n’est envoyé par la poste",
    ):
        assert phrase in html
    assert reverse("donnees_personnelles") in html
    assert html.index('value="FR"') < html.index('value="AF"')


@pytest.mark.passages("compte.champ.pays-de-naissance")
def test_creation_refuses_a_country_that_is_not_in_the_list(client):
    page = creer_par_le_site(client, pays_de_naissance="ZZ")

    assert "Choisissez votre pays de naissance dans la liste" in page.content.decode()
    assert not Compte.objects.exists()


@pytest.mark.passages(
    "compte.champ.nom-de-famille", "compte.champ.date-de-naissance", "compte.champ.adresse-mail", "A6", "S44"
)
@pytest.mark.parametrize(
    ("champs", "en_cause"),
    [
        ({"civilite": ""}, "civilite"),
        ({"nom": ""}, "nom"),
        ({"nom": "Dur\x00and"}, "nom"),
        ({"confirmation_nom": "Dupont"}, "confirmation_nom"),
        ({"nom_usage": "<b>"}, "nom_usage"),
        ({"prenoms": " "}, "prenoms"),
        ({"date_de_naissance": "29/02/2001"}, "date_de_naissance"),
        ({"confirmation_date_de_naissance": "31/05/1998"}, "confirmation_date_de_naissance"),
        ({"pays_de_naissance": ""}, "pays_de_naissance"),
        ({"courriel": "lea@exemple"}, "courriel"),
        ({"confirmation_courriel": "autre@exemple.fr"}, "confirmation_courriel"),
        ({"mot_de_passe": "court"}, "mot_de_passe"),
        ({"confirmation_mot_de_passe": "Autre*Chose"}, "confirmation_mot_de_passe"),
    ],
)
def test_creation_says_what_is_wrong_and_keeps_all_but_the_passwords(client, champs, en_cause):
    page = creer_par_le_site(client, **champs)
    html = page.content.decode()

    assert page.status_code == 200
    assert not Compte.objects.exists()
    assert en_cause in page.context["formulaire"].errors
    assert "<title>Erreur" in html
    assert 'id="erreurs"' in html
    assert f'href="#id_{en_cause}' in html
    assert "Pourquoi" in html
    assert 'aria-invalid="true"' in html
    envoye = formulaire(**champs)
    assert page.context["formulaire"]["prenoms"].value() == envoye["prenoms"]
    assert f'value="{envoye["mot_de_passe"]}"' not in html


@pytest.mark.passages("L-32", "S2")
@pytest.mark.parametrize(
    "mot_de_passe",
    ["Password1!", "Azerty123*", "Nguyen*1998a", "30051998*Aa", "Lea.Nouvelle1*", "Baccalaureat*1", "Clermont.63"],
)
def test_creation_refuses_a_password_that_is_common_personal_or_of_the_context(client, mot_de_passe):
    page = creer_par_le_site(client, mot_de_passe=mot_de_passe, nom="Nguyen")

    assert "mot_de_passe" in page.context["formulaire"].errors
    assert not Compte.objects.exists()


@pytest.mark.passages("compte.adresse-mail-consultee")
def test_creation_asks_about_a_mistyped_domain_then_follows_the_answer(client):
    tapee, suggestion = "lea@gmial.com", "lea@gmail.com"

    page = creer_par_le_site(client, courriel=tapee)
    assert "Vouliez-vous dire lea@gmail.com" in page.content.decode()
    assert not Compte.objects.exists()

    creer_par_le_site(client, courriel=tapee, adresse_verifiee=suggestion)
    assert Compte.objects.get().email == suggestion


def test_creation_keeps_an_unusual_domain_when_the_candidat_says_so(client):
    creer_par_le_site(client, courriel="lea@gmial.com", adresse_verifiee="lea@gmial.com")

    assert Compte.objects.get().email == "lea@gmial.com"


def test_creation_follows_no_address_but_the_suggested_one(client):
    page = creer_par_le_site(client, courriel="lea@gmial.com", adresse_verifiee="autre@exemple.fr")

    assert "Vouliez-vous dire" in page.content.decode()
    assert not Compte.objects.exists()


@pytest.mark.passages("compte.creation-unique")
def test_creation_sent_twice_makes_one_compte_and_one_mail(client):
    demande = client.get(reverse("account_signup")).context["formulaire"]["demande"].value()

    for _ in range(2):
        assert creer_par_le_site(client, demande=demande).status_code == 302

    assert Compte.objects.count() == 1
    assert sujets() == ["Activez votre compte"]


@pytest.mark.passages("L-57")
def test_creation_is_not_tied_to_the_period(client):
    with time_machine.travel(datetime(2025, 12, 24, tzinfo=UTC), tick=False):
        assert creer_par_le_site(client).status_code == 302


@pytest.mark.passages("inscription.compte-active", "S10", "R132")
def test_activation_link_survives_prefetch_and_serves_once(client):
    creer_par_le_site(client)
    lien = lien_du_dernier_courriel()

    Client().head(lien)
    Client().get(lien, follow=True)
    assert Compte.objects.get().active_le is None

    arrivee = client.get(lien)
    assert arrivee["Location"] == reverse("account_confirm_email")
    assert arrivee["Referrer-Policy"] == "no-referrer"
    assert "Activer mon compte" in client.get(arrivee["Location"]).content.decode()
    assert client.post(arrivee["Location"])["Location"] == reverse("account_login")
    assert Compte.objects.get().active_le is not None
    assert Evenement.objects.latest("pk").acte == "compte_active"

    client.get(lien)
    assert client.post(reverse("account_confirm_email")).status_code == 410


@pytest.mark.passages("S10")
@pytest.mark.parametrize(("ecart", "statut"), [(-1, 302), (0, 410), (1, 410)])
def test_activation_link_dies_after_24_hours(client, ecart, statut):
    with time_machine.travel(LE, tick=False):
        creer_par_le_site(client)
        lien = lien_du_dernier_courriel()
    with time_machine.travel(LE + timedelta(hours=24, seconds=ecart), tick=False):
        neuf = Client()
        neuf.get(lien)
        assert neuf.post(reverse("account_confirm_email")).status_code == statut


@pytest.mark.passages("inscription.compte-active")
def test_compte_not_activated_does_not_open(client):
    creer_par_le_site(client)

    assert se_connecter(client, "lea.nouvelle@exemple.fr").status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.passages("inscription.compte-active", "compte.adresse-mail-identifiant")
def test_compte_opens_with_its_address_and_password_once_activated(client):
    creer_par_le_site(client)
    client.get(lien_du_dernier_courriel())
    client.post(reverse("account_confirm_email"))

    assert se_connecter(client, " LEA.Nouvelle@Exemple.fr ")["Location"] == reverse("mes_candidatures")


def test_activation_takes_the_data_of_its_own_demande(client):
    """Someone else's creation with my address never changes what my link activates."""
    creer_par_le_site(client)
    le_mien = lien_du_dernier_courriel()
    creer_par_le_site(Client(), nom="Intrus", mot_de_passe="Tulipe*en.Juin")

    client.get(le_mien)
    client.post(reverse("account_confirm_email"))

    compte = Compte.objects.get()
    assert compte.nom_de_famille == "Nguyễn-O’Brien"
    assert compte.check_password(MOT_DE_PASSE)
    assert not Lien.objects.exists()


def test_activation_sent_again_follows_the_demande_of_this_browser(client):
    creer_par_le_site(client)
    creer_par_le_site(Client(), nom="Intrus", mot_de_passe="Tulipe*en.Juin")
    client.post(reverse("account_resend_activation"), {"courriel": "lea.nouvelle@exemple.fr"})

    client.get(lien_du_dernier_courriel())
    client.post(reverse("account_confirm_email"))
    assert Compte.objects.get().nom_de_famille == "Nguyễn-O’Brien"


@pytest.mark.passages("S7")
def test_activation_is_sent_again_three_times_an_hour_at_most(client):
    with time_machine.travel(LE, tick=False) as horloge:
        creer_par_le_site(client)
        for _ in range(4):
            response = client.post(reverse("account_resend_activation"), {"courriel": "lea.nouvelle@exemple.fr"})
            assert response["Location"] == reverse("account_email_verification_sent")
        assert Courriel.objects.count() == 3
        horloge.shift(timedelta(hours=1, seconds=1))
        client.post(reverse("account_resend_activation"), {"courriel": "lea.nouvelle@exemple.fr"})
        assert Courriel.objects.count() == 4


@pytest.mark.passages("S44")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from([*SaisieCompte.__dataclass_fields__, "adresse_verifiee", "demande", "role"]),
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
        | st.sampled_from(["\x00", "a@b.fr\x00", "٣٠/٠٥/١٩٩٨", "30/05/0000", "x" * 5000, "ﬀ@exemple.fr", "\u202e"]),
    )
)
@example({"demande": "\x00" * 20})
def test_creation_never_fails_on_nonsense(client, champs):
    assert creer_par_le_site(client, **champs).status_code in (200, 302)


@pytest.mark.passages("S44")
def test_creation_refuses_a_field_of_10_megabytes(client):
    page = client.post(
        reverse("account_signup"), f"nom={'x' * 10_000_000}", content_type="application/x-www-form-urlencoded"
    )
    assert page.status_code in (400, 413)

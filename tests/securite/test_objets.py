"""H2: what belongs to somebody else answers exactly like what does not exist."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registre.comptes import liens
from registre.comptes.models import Lien
from registre.documents.models import Document
from tests.inscription import scenario
from tests.securite.outils import ANONYME, adresses, lignes_par_table, reference_inconnue, sans_alea

pytestmark = pytest.mark.django_db

# Parameters that name no object of a person: places, years, steps, pieces of the exam, ranks, what is done or shown.
COMMUNS = {"academie", "session", "examen", "etape", "usage", "piece", "regroupement", "page", "geste", "genre"}
# Parameters that do, each tried below.
ESSAYES = {"reference", "fichier", "jeton", "numero"}
PROPRES_A_LA_REPONSE = {"X-Request-Id", "Location", "Content-Length"}
AUTRES = (ANONYME, "autre_candidat", "gestionnaire", "gestionnaire_ailleurs", "administrateur")


def pareilles(une, autre) -> bool:
    chemins = [r.wsgi_request.path for r in (une, autre)]
    corps = [sans_alea(r).replace(c, "") for r, c in zip((une, autre), chemins, strict=True)]
    redirections = [r.headers.get("Location", "").replace(c, "") for r, c in zip((une, autre), chemins, strict=True)]
    entetes = [{k: v for k, v in r.headers.items() if k not in PROPRES_A_LA_REPONSE} for r in (une, autre)]
    if entetes[0] != entetes[1]:
        return False
    return une.status_code == autre.status_code and corps[0] == corps[1] and redirections[0] == redirections[1]


@pytest.mark.passages("S24")
def test_every_parameter_of_an_address_is_either_common_or_tried():
    inconnus = {p for a in adresses() for p in a.parametres} - COMMUNS - ESSAYES
    assert inconnus == set()


@pytest.mark.passages("S24")
@pytest.mark.parametrize("role", AUTRES)
@pytest.mark.parametrize("methode", ["get", "head", "post", "put", "delete"])
def test_the_document_of_another_answers_like_one_that_does_not_exist(monde, role, methode):
    for nom in ("document", "document_pdf"):
        sien, aucun = (
            getattr(monde.client(role), methode)(reverse(nom, kwargs={"reference": r}))
            for r in (monde.document.reference, reference_inconnue())
        )
        assert pareilles(sien, aucun), f"{nom} {methode} {role}"
        assert sien.status_code != 200
        if role == "autre_candidat" and methode in ("get", "head"):
            assert sien.status_code == 404


@pytest.mark.passages("S24")
@pytest.mark.parametrize("role", AUTRES)
@pytest.mark.parametrize("methode", ["get", "head", "post", "put", "delete"])
def test_the_file_of_another_answers_like_one_that_does_not_exist(monde, role, methode):
    for nom, plus in (("page_de_fichier", {"page": 1}), ("page_de_fichier", {"page": 9}), ("copie_de_fichier", {})):
        sien, aucun = (
            getattr(monde.client(role), methode)(reverse(nom, kwargs={"fichier": f, **plus}))
            for f in (monde.fichier.reference, reference_inconnue())
        )
        assert pareilles(sien, aucun), f"{nom} {methode} {role}"
        assert sien.status_code != 200
        if role != ANONYME and methode in ("get", "head"):
            assert sien.status_code == 404


@pytest.mark.passages("S24", "S27")
def test_no_act_on_the_piece_of_another_reaches_it(monde):
    autre = monde.client("autre_candidat")
    reference = str(monde.fichier.reference)
    for nom, plus, champs in (
        ("supprimer_fichier", {"piece": "identite"}, {"reference": reference}),
        ("deposer_piece", {"piece": "identite"}, {"remplace": reference}),
        ("envoyer_regroupement", {"regroupement": "identite"}, {}),
        ("accuse_de_depot", {}, {}),
    ):
        avant = lignes_par_table()
        reponse = autre.post(reverse(nom, kwargs=scenario.CLE | plus), champs)
        assert reponse.status_code in (200, 302), nom
        assert monde.numero not in reponse.content.decode(), nom
        assert lignes_par_table() == avant, nom


@pytest.mark.passages("S24")
def test_the_number_of_another_filters_mes_documents_like_an_unknown_number(monde):
    client = monde.client("autre_candidat")
    liste = reverse("mes_documents")
    sien, aucun = (client.get(liste, {"candidature": n}) for n in (monde.numero, "2026-999999-X"))
    assert sien.status_code == 404
    assert pareilles(sien, aucun)
    assert monde.numero not in client.get(liste).content.decode()


@pytest.mark.passages("S24", "S25")
def test_the_same_addresses_show_each_candidate_his_own_candidature_only(monde):
    """The path names an exam, never a person: another candidate finds an empty form there."""
    autre = monde.client("autre_candidat")
    siennes = (monde.numero, "Vasseur", "12 rue des Tanneurs", "inscrite@exemple.fr")
    for adresse, chemin in monde.pages():
        page = autre.get(chemin)
        texte = page.content.decode("utf-8", "replace")
        assert [m for m in siennes if m in texte] == [], adresse.nom


@pytest.mark.passages("S24")
def test_nothing_another_candidate_sends_changes_a_candidature(monde):
    autre = monde.client("autre_candidat")
    avant = list(Document.objects.values_list("pk", "empreinte"))
    scenario.remplir(autre, identification={"domicile_voie": "1 rue Autre"})
    autre.post(scenario.adresse("desinscription"))
    autre.post(scenario.adresse("enregistrer"), {"vu": scenario.vu(monde.client("candidat"))})
    assert list(Document.objects.values_list("pk", "empreinte")) == avant
    page = monde.client("candidat").get(scenario.adresse("candidature")).content.decode()
    assert monde.numero in page
    assert "1 rue Autre" not in page


@pytest.mark.passages("S24", "S10")
@pytest.mark.parametrize("role", [ANONYME, "autre_candidat"])
def test_a_link_opens_the_same_way_whether_it_exists_or_not(monde, role):
    jeton = liens.creer(monde.comptes["candidat"], Lien.Usage.MOT_DE_PASSE)
    vrai, faux = (
        monde.client(role).get(reverse("account_lien", kwargs={"usage": "mot-de-passe", "jeton": j}))
        for j in (jeton, "A" * len(jeton))
    )
    assert pareilles(vrai, faux)


@pytest.mark.passages("S24", "S25")
@pytest.mark.parametrize("role", AUTRES[:3])
@pytest.mark.parametrize("methode", ["get", "head", "post", "put", "delete"])
def test_what_an_academie_holds_answers_to_others_like_what_does_not_exist(monde, role, methode):
    """Under the address of its académie, and under the one where the asker works."""
    client = monde.client(role)  # logging in dates the account
    for academie in ("clermont-ferrand", "lyon") if role != "gestionnaire" else ("lyon",):
        for nom, sien, aucun in (
            ("gestion_candidature", {"numero": monde.numero}, {"numero": "2026-999999-X"}),
            ("gestion_relance", {"numero": monde.numero}, {"numero": "2026-999999-X"}),
            ("gestion_document_pdf", {"reference": monde.document.reference}, {"reference": reference_inconnue()}),
            ("controle_piece", {"numero": monde.numero}, {"numero": "2026-999999-X"}),
            ("controle_page", {"fichier": monde.fichier.reference}, {"fichier": reference_inconnue()}),
            ("controle_original", {"fichier": monde.fichier.reference}, {"fichier": reference_inconnue()}),
        ):
            plus = {"controle_piece": {"piece": "identite"}, "controle_page": {"page": 1}}.get(nom, {})
            avant = lignes_par_table()
            reponses = [
                getattr(client, methode)(reverse(nom, kwargs={"academie": academie, **objet, **plus}))
                for objet in (sien, aucun)
            ]
            assert pareilles(*reponses), f"{nom} {methode} {role} {academie}"
            assert reponses[0].status_code in (302, 404, 405), nom
            if role != ANONYME and methode in ("get", "head", "post"):
                assert reponses[0].status_code in (404, 405), nom
            assert lignes_par_table() == avant, nom


@pytest.mark.passages("S24", "S25")
def test_the_office_of_an_academie_finds_its_own_candidatures_only(monde):
    for role, trouvees in (("gestionnaire", 1), ("administrateur", 1), ("gestionnaire_ailleurs", 0)):
        academie = monde.comptes[role].academie
        liste = reverse("gestion_candidatures", kwargs={"academie": academie})
        for cherche in ("", monde.numero[:11], "Vasseur", "30/05/1998", "C-000001"):
            page = monde.client(role).post(liste, {"q": cherche}, follow=True)
            numeros = [x.candidature.numero for x in page.context["lignes"]]
            attendus = [monde.numero][:trouvees] if cherche != "C-000001" else numeros[:trouvees]
            assert numeros == attendus, f"{role} {cherche}"

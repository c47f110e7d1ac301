"""What the security tests share: every address of the site, who asks, what the database holds."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registre.comptes.models import Compte
from registre.documents.models import Document
from registre.justificatifs.models import FichierDepose
from tests.comptes.facteur import connecter_agent
from tests.inscription import scenario

ANONYME = "anonyme"
ROLES = (ANONYME, "candidat", "gestionnaire", "gestionnaire_ailleurs", "administrateur")
HORS_EMPREINTE = {"django_session", "django_migrations"}


@dataclass(frozen=True)
class Adresse:
    """A pattern of the site: its name, its whole path as written, the names of its parameters."""

    nom: str
    patron: str
    parametres: tuple[str, ...]
    vue: Callable[..., Any]


def adresses() -> list[Adresse]:
    """Every pattern of the URLconf, those of the demonstration included, sorted by path."""
    trouvees = list(_parcourir(get_resolver(), ""))
    if importlib.util.find_spec("registre.demo.urls") and not any(a.patron.startswith("demo/") for a in trouvees):
        trouvees += _parcourir(get_resolver("registre.demo.urls"), "demo/")
    return sorted(trouvees, key=lambda a: a.patron)


def _parcourir(noeud: URLResolver, prefixe: str) -> Iterator[Adresse]:
    for enfant in noeud.url_patterns:
        chemin = prefixe + str(enfant.pattern)
        if isinstance(enfant, URLResolver):
            yield from _parcourir(enfant, chemin)
        elif isinstance(enfant, URLPattern):
            yield Adresse(enfant.name or "", chemin, tuple(re.findall(r"<(?:\w+:)?(\w+)>", chemin)), enfant.callback)


@dataclass
class Monde:
    """Two candidates, one of them registered, and the office: who may ask for what."""

    comptes: dict[str, Compte]
    document: Document
    numero: str
    fichier: FichierDepose
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """The browser of this role; the same one each time."""
        if role not in self.clients:
            self.clients[role] = Client() if role == ANONYME else connecter(self.comptes[role])
        return self.clients[role]

    def chemin(self, adresse: Adresse) -> str:
        """The address with real ids: those of the registered candidate."""
        valeurs = {
            **scenario.CLE,
            "etape": "identification",
            "reference": self.document.reference,
            "numero": self.numero,
            "piece": self.fichier.piece.cle,
            "regroupement": "identite",
            "fichier": self.fichier.reference,
            "page": 1,
            "geste": "descendre",
            "genre": "vignette",
            "usage": "activation",
            "jeton": "jeton-qui-n-existe-pas",
        }
        inconnus = [p for p in adresse.parametres if p not in valeurs]
        assert not inconnus, f"{adresse.patron} : donnez une valeur à {inconnus} dans tests/securite/outils.py"
        return reverse(adresse.nom, kwargs={p: valeurs[p] for p in adresse.parametres})

    def pages(self) -> list[tuple[Adresse, str]]:
        return [(a, self.chemin(a)) for a in adresses() if not a.patron.startswith("demo/")]


def connecter(compte: Compte) -> Client:
    """A new browser, connected as this account; an officer has passed the second factor."""
    client = Client(raise_request_exception=False)
    if compte.est_gestionnaire:
        return connecter_agent(compte, client)
    client.force_login(compte)
    return client


def empreinte_de_la_base() -> str:
    """One digest for all rows of all tables, web sessions aside."""
    digest = hashlib.sha256()
    for table, lignes in sorted(lignes_par_table().items()):
        digest.update(f"{table}:{lignes!r}".encode())
    return digest.hexdigest()


def lignes_par_table() -> dict[str, list[str]]:
    """The rows of each table, as sorted texts: bytes and dates included."""
    with connection.cursor() as curseur:
        tables = [t for t in connection.introspection.table_names(curseur) if t not in HORS_EMPREINTE]
        lues = {}
        for table in tables:
            curseur.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names from the schema
            lues[table] = sorted(repr([bytes(v) if isinstance(v, memoryview) else v for v in r]) for r in curseur)
    return lues


def sans_alea(reponse: Any) -> str:
    """The body without what is drawn at random for each answer: request id, CSRF token."""
    page = reponse.content.decode().replace(reponse.headers.get("X-Request-Id", "\0"), "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|data-reste="\d+"', "", page)


def session_de(client: Client) -> dict[str, Any]:
    """What the web session holds."""
    temoin = client.cookies.get("sessionid")
    return dict(SessionStore(temoin.value).items()) if temoin else {}


def reference_inconnue() -> uuid.UUID:
    return uuid.uuid4()

"""No secret in the repository; every secret of the site is drawn, long, and good for one use only."""

from __future__ import annotations

import ast
import math
import re
import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from registre.commun.cles import chiffre, cle
from registre.comptes import appareil, liens, reprise
from registre.comptes.models import Lien
from registre.documents.models import CONFIRMATION, Document
from registre.documents.numeros import numero_inscription, verifier
from tests.conventions.citations import RACINE
from tests.inscription import scenario
from tests.securite.test_saisies_forgees import _cadre

CLES_CONNUES = [
    r"-----BEGIN (?:RSA |EC |OPENSSH |DSA |PGP )?PRIVATE KEY",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{30,}",
    r"\bgithub_pat_[A-Za-z0-9_]{20,}",
    r"\bglpat-[A-Za-z0-9_-]{20,}",
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    r"\bsk_live_[A-Za-z0-9]{16,}",
    r"\bsk-[A-Za-z0-9_-]{32,}",
    r"\bAIza[0-9A-Za-z_-]{35}\b",
    r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}",
    r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"{}<>]+:[^\s/:@'\"{}<>]{6,}@",
    r"django-insecure-[a-z0-9]{8}",
]
AFFECTATION = re.compile(
    r"(?i)\b\w*(?:secret|passw|mot_de_passe|token|jeton|cle_maitre|api_?key)\w*\s*[:=]\s*[\"']([^\"'\s]{16,})[\"']"
)


def fichiers_suivis() -> list[Path]:
    """What git follows, or would follow: the repository as it will be published."""
    commande = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    noms = subprocess.run(commande, cwd=RACINE, capture_output=True, check=True).stdout.decode().split("\0")
    return [RACINE / n for n in noms if n and (RACINE / n).is_file()]


def textes() -> list[tuple[str, str]]:
    lus = []
    for fichier in fichiers_suivis():
        octets = fichier.read_bytes()
        if b"\0" not in octets[:1024]:
            lus.append((fichier.relative_to(RACINE).as_posix(), octets.decode("utf-8", "replace")))
    return lus


def hasard(texte: str) -> float:
    """Bits a character, by Shannon: a random key is above 4, a word below."""
    n = len(texte)
    return -sum(v / n * math.log2(v / n) for v in Counter(texte).values())


@pytest.mark.passages("S47")
def test_no_known_kind_of_key_is_in_the_repository():
    motif = re.compile("|".join(CLES_CONNUES))
    ici = "tests/securite/"
    assert [(nom, m[0][:12]) for nom, t in textes() if not nom.startswith(ici) for m in motif.finditer(t)] == []


@pytest.mark.passages("S47")
def test_no_variable_named_like_a_secret_holds_a_random_text():
    trouves = [
        (nom, m[0][:30])
        for nom, texte in textes()
        if nom.endswith((".py", ".toml", ".js", ".yml", ".yaml", ".json", ".md", "Makefile", ".env"))
        and not nom.startswith("requirements/")
        for m in AFFECTATION.finditer(texte)
        if hasard(m[1]) > 4 and re.search(r"\d", m[1])
    ]
    assert trouves == []


@pytest.mark.passages("S47")
def test_the_scan_finds_what_it_looks_for():
    motif = re.compile("|".join(CLES_CONNUES))
    assert motif.search("AKIA" + "ABCDEFGH12345678")
    assert motif.search("postgres://registre:" + "hunter2hunter2@base/registre")
    affectee = AFFECTATION.search("SECRET_KEY = 'k9$vX2" + "pQ7mZr4tLw8sNb'")
    assert affectee
    assert hasard(affectee[1]) > 4


@pytest.mark.passages("S47", "P17")
def test_no_database_environment_or_deposited_file_is_followed_by_git():
    interdits = (".sqlite3", ".db", ".env", ".pem", ".key", ".p12", ".dump", ".sql", ".log", ".docx", ".heic")
    noms = [f.relative_to(RACINE).as_posix() for f in fichiers_suivis()]
    assert [n for n in noms if n.endswith(interdits) or "/var/" in f"/{n}"] == []


@pytest.mark.passages("S45")
def test_randomness_never_comes_from_a_predictable_source():
    coupables = []
    for fichier in (RACINE / "registre").rglob("*.py"):
        for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8"))):
            noms = [a.name for a in noeud.names] if isinstance(noeud, ast.Import) else []
            noms += [noeud.module or ""] if isinstance(noeud, ast.ImportFrom) else []
            coupables += [(fichier.name, n) for n in noms if n in ("random", "pickle", "marshal", "shelve", "yaml")]
    assert coupables == []


@pytest.mark.passages("S45", "S10")
def test_a_link_has_256_bits_and_only_its_digest_is_kept(compte):
    jetons = {liens.creer(compte, Lien.Usage.MOT_DE_PASSE) for _ in range(50)}
    assert len(jetons) == 50
    assert {len(j) for j in jetons} == {43}
    for lien in Lien.objects.all():
        assert lien.empreinte not in jetons
        assert len(lien.empreinte) == 64


@pytest.mark.passages("S45", "S10")
@pytest.mark.parametrize("usage", list(Lien.Usage))
def test_a_link_is_good_for_its_use_only_until_its_second(compte, usage):
    with time_machine.travel(scenario.LE, tick=False) as horloge:
        jeton = liens.creer(compte, usage)
        assert [u for u in Lien.Usage if liens.trouver(u, jeton)] == [usage]
        horloge.shift(liens.DUREES[usage] - timedelta(seconds=1))
        assert liens.trouver(usage, jeton) is not None
        horloge.shift(timedelta(seconds=1))
        assert liens.trouver(usage, jeton) is None


@pytest.mark.passages("S45")
def test_a_signed_value_carries_its_purpose_and_its_end(rf, compte):
    with time_machine.travel(scenario.LE, tick=False) as horloge:
        repere = reprise.repere(compte)
        request = rf.post("/", {reprise.REPERE: repere})
        assert reprise._compte_du_repere(request) == compte
        with pytest.raises(signing.BadSignature):
            signing.loads(repere, salt=appareil.SEL)
        falsifie = rf.post("/", {reprise.REPERE: signing.dumps(compte.pk, salt=appareil.SEL)})
        assert reprise._compte_du_repere(falsifie) is None
        horloge.shift(timedelta(hours=24, seconds=1))
        assert reprise._compte_du_repere(request) is None


@pytest.mark.passages("S45", "S46")
def test_each_use_has_its_own_key_and_an_altered_byte_is_refused():
    usages = ("handicap", "reprise", "sceau", "frein")
    assert len({cle(u) for u in usages}) == len(usages)
    assert {len(cle(u)) for u in usages} == {32}
    secret = chiffre("handicap").encrypt(b"oui")
    altere = secret[:20] + bytes([secret[20] ^ 1]) + secret[21:]
    for usage, octets in (("reprise", secret), ("handicap", altere)):
        with pytest.raises(Exception, match=r"^$") as refus:  # InvalidToken carries no message
            chiffre(usage).decrypt(octets)
        assert type(refus.value).__name__ == "InvalidToken"


@pytest.mark.passages("S45")
@pytest.mark.django_db
def test_the_registration_number_opens_nothing(monde):
    """It is on every paper: whoever reads it gets no page by it, and the next one is easily guessed."""
    assert verifier(monde.numero)
    suivant = numero_inscription(_cadre(), 2)
    for numero in (monde.numero, suivant):
        assert monde.client("anonyme").get(reverse("mes_documents"), {"candidature": numero}).status_code == 302
        assert monde.client("autre_candidat").get(reverse("mes_documents"), {"candidature": numero}).status_code == 404
    reference = Document.objects.get(genre=CONFIRMATION).reference
    assert reference.version == 4

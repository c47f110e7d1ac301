"""The PDF of a document: readable by all, inert, the same every time."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pikepdf
import pytest
import typst
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from registre.documents import rendu, sceau
from registre.documents.caracteres import _COURANTS, MARQUE, imprimable
from registre.documents.polices import DOSSIER_DSFR, FAMILLES, opentype, polices
from registre.documents.presentation import presentation
from tests.documents.controle_pdf import balises, defauts
from tests.documents.fabrique import NUMERO, contenu, document
from tests.documents.lecture_pdf import codes, hors_marges, texte

COMPLET = {
    "version": 2,
    "mineur": True,
    "differences": [{"libelle": "Langue vivante A", "avant": "anglais", "apres": "espagnol"}],
}


def un_contenu_avec(valeur: str) -> dict:
    return contenu(sections=[{"titre": "Essai", "lignes": [{"libelle": "Nom", "valeur": valeur}], "tableaux": []}])


def un_contenu_long() -> dict:
    lignes = [{"libelle": f"Ligne {n}", "valeur": f"valeur {n} " * 12} for n in range(60)]
    return contenu(sections=[{"titre": "Longue", "lignes": lignes, "tableaux": []}])


SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"

# --- Normes -----------------------------------------------------------------------------------------


@pytest.mark.passages("A13", "documents.confirmation-inscription")
@pytest.mark.parametrize(
    "fige", [contenu(), contenu(**COMPLET), un_contenu_long(), un_contenu_avec("ế ʻ ✓ ☐ ‑ Ω Ж א 漢")]
)
def test_the_pdf_has_every_mark_of_pdf_a_2a_and_pdf_ua_1(fige):
    assert defauts(rendu.pdf(document(fige))) == []


@pytest.mark.passages("A13")
def test_the_tags_hold_headings_tables_lists_and_figures_in_reading_order():
    suite = balises(rendu.pdf(document(contenu(**COMPLET))))
    assert suite[0] == "Document"
    assert [b for b in suite if b in ("H1", "H2", "H3")] == ["H1", "H2", "H2", "H2", "H2", "H3", "H2", "H2"]
    assert suite.count("Figure") == 2
    assert suite.count("Table") == suite.count("THead") == 4
    assert suite.index("L") > suite.index("Table")


@pytest.mark.passages("A13")
@pytest.mark.parametrize(
    ("source", "defaut"),
    [
        ('#set document(title: "x")\n= T\na', "non balisé"),
        ('#set document(title: "x")\n= T\na', "XMP pdfuaid:part : None"),
        ('#set document(title: "x")\n= T\na', "sans arbre de balises"),
        ("= T\na", "sans titre"),
        ('#set document(title: "x")\n= T\n=== U', "titre de niveau 3 après 1"),
        ('#set document(title: "x")\n== U', "pas un titre de niveau 1, et un seul, en tête"),
        ('#set document(title: "x")\n= T\n#table(columns: 2)[a][b]', "tableau sans en-tête"),
        (
            f'#set document(title: "x")\n= T\n#image(bytes("{SVG}"))',
            "figure sans texte de remplacement",
        ),
        ('#set document(title: "x")\n= T\n#link("https://exemple.fr")[a]', "action /URI"),
        ('#set document(title: "x")\n= T\n#pdf.attach("a.txt", bytes("a"))', "pièce jointe"),
    ],
)
def test_the_checker_finds_what_is_missing(source, defaut):
    balise = "non balisé" not in defaut and "arbre" not in defaut
    octets = typst.compile(source.encode(), format="pdf", pdf_tags=balise)
    assert defaut in defauts(octets)


@pytest.mark.passages("A13")
def test_the_checker_finds_a_font_left_outside_and_a_script():
    with pikepdf.new() as pdf:
        police = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        pdf.add_blank_page().Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=police))
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.save(sortie := io.BytesIO())
    assert {
        "police /Helvetica non incorporée",
        "police /Helvetica sans ToUnicode",
        "action /JavaScript",
        "clé interdite /JS",
        "sans langue",
    } <= set(defauts(sortie.getvalue()))


# --- Contenu ----------------------------------------------------------------------------------------


@pytest.mark.passages("A13", "documents.confirmation-inscription", "recapitulatif.verifier")
@pytest.mark.parametrize("fige", [contenu(), contenu(**COMPLET), contenu(a_signer=False)])
def test_the_pdf_says_what_the_page_says(fige):
    d = document(fige)
    d.remplacee = False
    page = render_to_string("documents/document.html", {"document": d, "presentation": presentation(fige)})
    article = page[page.index("<article") : page.index("</article>")]
    phrases = [" ".join(p.split()) for p in unescape(strip_tags(article.replace("<", "\n<"))).split("\n") if p.strip()]
    imprime = texte(rendu.pdf(d))
    assert [p for p in phrases if p not in imprime] == []
    assert NUMERO in phrases
    assert "7 novembre 2025 à 16 h 05 min 12 s (heure de Paris)" in imprime
    assert len(phrases) > 30
    mots_ajoutes = set(imprime.split()) - set(" ".join(phrases).split())
    assert mots_ajoutes <= {"Page", "sur", "1", "•"}  # the foot of the page, and the mark of a list


@pytest.mark.passages("validation.b-signer")
def test_who_signs_depends_on_the_age():
    adulte, mineur = (texte(rendu.pdf(document(contenu(mineur=m)))) for m in (False, True))
    assert "Signature du candidat" in adulte
    assert "représentant légal" not in adulte
    assert "Signature du représentant légal" in mineur
    assert "Signature" not in texte(rendu.pdf(document(contenu(a_signer=False))))


@pytest.mark.passages("modification.nouvelle-version")
def test_a_new_version_says_what_changed_and_that_it_replaces():
    imprime = texte(rendu.pdf(document(contenu(**COMPLET))))
    assert "Cette version remplace les précédentes." in imprime
    assert "Langue vivante A anglais espagnol" in imprime


def test_two_codes_of_25_mm_stand_top_right_and_bottom_left_and_read_back():
    octets = rendu.pdf(document(contenu(version=2)))
    haut, bas = codes(octets)
    assert haut[0] == bas[0] == sceau.code(NUMERO, 2)
    assert sceau.lire(haut[0]) == (NUMERO, 2)
    assert haut[1] > 150
    assert bas[1] < 30
    assert haut[2] < 30 < 150 < bas[2]
    assert [round(c[3]) for c in (haut, bas)] == [25, 25]
    assert texte(octets).count(f"{NUMERO}, version 2") >= 3  # under each code, and at the foot


def test_a_long_document_repeats_its_table_headers_and_numbers_its_pages():
    imprime = texte(rendu.pdf(document(un_contenu_long())))
    assert "Page 3 sur" in imprime
    assert imprime.count("Rubrique Réponse") >= 4


# --- Rien de ce qui est tapé n’agit -------------------------------------------------------------------

PIEGES = [
    "<img src=http://127.0.0.1:9/x><link rel=attachment href=file:///etc/passwd>",
    '#image("/etc/passwd")',
    '#read("/etc/passwd") #panic("x") #import "@preview/x:1.0.0"',
    "*gras* _italique_ = titre $x^2$ `code` https://exemple.fr \\ <ref> @ref // rien",
    "{{ url }} {% include 'x' %}",
]


@pytest.mark.passages("S41")
@pytest.mark.parametrize("piege", PIEGES)
def test_typed_text_is_printed_as_it_is_and_fetches_nothing(piege):
    with socket.create_server(("127.0.0.1", 0)) as canari:
        canari.settimeout(0.2)
        piege = piege.replace(":9/", f":{canari.getsockname()[1]}/")
        octets = rendu.pdf(document(un_contenu_avec(piege)))
        with pytest.raises(TimeoutError):
            canari.accept()
    assert "".join(piege.split()) in "".join(texte(octets).split())
    assert defauts(octets) == []
    assert b"root:" not in octets


@pytest.mark.passages("S41")
def test_the_engine_reads_no_file_outside_its_folder():
    moteur = rendu._moteur()
    with pytest.raises(typst.TypstError, match="escape the project root"):
        moteur.compile(b'#read("../rendu.py")', format="pdf")
    with pytest.raises(typst.TypstError):
        moteur.compile(b'#read("/etc/passwd")', format="pdf")


@pytest.mark.passages("F21")
@pytest.mark.parametrize("valeur", ["漢字", "ก", "😀", "ﷺ", "a\x07b", "\ue000", "\U000e0041", "a\u202eb"])
def test_a_character_that_no_font_draws_becomes_a_mark_and_the_page_says_so(valeur):
    octets = rendu.pdf(document(un_contenu_avec(f"Avant {valeur} après")))
    imprime = texte(octets)
    assert f"Avant {''.join(MARQUE if not c.isascii() or ord(c) < 32 else c for c in valeur)} après" in imprime
    assert "Certains caractères ne peuvent pas être imprimés" in imprime
    assert defauts(octets) == []


@pytest.mark.parametrize(
    "nom", ["Đặng Thị Ngọc", "Kaʻimi", "Łukasz", "Ἀλέξανδρος", "Юлия", "Ğ Ș Ő Ə ŋ", "q\u0323", "e\u0301", "Jean‑Luc"]
)
def test_names_of_many_languages_are_printed(nom):
    imprime = texte(rendu.pdf(document(un_contenu_avec(nom))))
    assert MARQUE not in imprime
    assert "ne peuvent pas être imprimés" not in imprime


def test_every_character_taken_as_common_is_drawn():
    courants = [chr(c) for c in range(0x20, 0x2100) if _COURANTS.fullmatch(chr(c))]
    for caractere in courants:
        assert rendu._sait_ecrire(caractere), hex(ord(caractere))
    assert len(courants) > 300


def test_imprimable_goes_through_lists_and_tables():
    entree = {"a": ["x", "\u0e01"], "b": 2, "c": True, "d": {"e": "é"}}
    assert imprimable(entree, lambda _: False) == ({"a": ["x", MARQUE], "b": 2, "c": True, "d": {"e": "é"}}, True)


def test_opentype_refuses_what_is_not_a_woff():
    assert opentype((DOSSIER_DSFR / "Marianne-Bold.woff").read_bytes())[:4] == b"OTTO"
    with pytest.raises(ValueError, match="WOFF"):
        opentype((DOSSIER_DSFR / "Marianne-Bold.woff2").read_bytes())


def test_no_font_of_the_machine_is_used():
    familles = {f.family for f in polices().fonts()}
    assert set(FAMILLES) <= familles
    assert all(f.path is None or "registre-polices" in f.path for f in polices().fonts())


# --- Toujours le même -------------------------------------------------------------------------------


@pytest.mark.passages("F22")
def test_the_same_document_gives_the_same_bytes_in_every_thread():
    with ThreadPoolExecutor(4) as equipe:
        rendus = list(equipe.map(lambda _: rendu.pdf(document(contenu(**COMPLET))), range(12)))
    assert len(set(rendus)) == 1


@pytest.mark.passages("F22", "F21")
def test_a_new_template_changes_the_page_but_not_the_frozen_content(tmp_path, monkeypatch):
    """An upgrade of the layout: other bytes, same words, same empreinte."""
    d = document(json.loads(json.dumps(contenu(**COMPLET))))
    avant, marque = rendu.pdf(d), d.empreinte
    for gabarit in rendu.GABARITS.glob("*.typ"):
        source = gabarit.read_text(encoding="utf-8")
        (tmp_path / gabarit.name).write_text(source.replace("size: 9pt", "size: 10pt"), encoding="utf-8")
    monkeypatch.setattr(rendu, "GABARITS", tmp_path)
    monkeypatch.setattr(rendu, "_local", threading.local())
    apres = rendu.pdf(d)
    assert apres != avant
    assert texte(apres).split() == texte(avant).split()
    assert d.intact
    assert d.empreinte == marque


@pytest.mark.passages("F22")
def test_an_altered_content_is_not_printed():
    d = document(contenu())
    d.contenu["version"] = 9
    with pytest.raises(rendu.ContenuAltere):
        rendu.pdf(d)


# --- Panne du moteur ----------------------------------------------------------------------------------


@pytest.mark.passages("F21")
def test_an_engine_that_hangs_or_crashes_is_a_moteur_en_panne(tmp_path: Path, monkeypatch):
    (tmp_path / "confirmation.typ").write_text('#panic("en panne")')
    monkeypatch.setattr(rendu, "GABARITS", tmp_path)
    monkeypatch.setattr(rendu, "_local", threading.local())
    with pytest.raises(rendu.MoteurEnPanne, match="en panne"):
        rendu.pdf(document(contenu()))
    (tmp_path / "confirmation.typ").write_text(
        "#for i in range(3000) { for j in range(300) { let x = calc.sin(i + j) } }"
    )
    monkeypatch.setattr(rendu, "DELAI", 0.05)
    debut = time.monotonic()
    with pytest.raises(rendu.MoteurEnPanne, match="pas de réponse"):
        rendu.pdf(document(contenu()))
    assert time.monotonic() - debut < 2


@pytest.mark.passages("documents.confirmation-inscription")
@pytest.mark.parametrize("longueur", [1, 40, 160])
def test_no_column_of_a_table_leaves_the_paper(longueur):
    fige = contenu()
    mots = ("épreuve professionnelle " * 10)[:longueur]
    fige["sections"][1]["tableaux"][0] = {
        "titre": "Épreuves et unités",
        "entetes": ["Épreuve", "Unité", "Situation", "Précision"],
        "lignes": [["E3", f"U31 - {mots}", "Inscrit", mots], ["ECT-3", "Contrôle", "Inscrit", "ligne automatique"]],
    }
    octets = rendu.pdf(document(fige))
    assert hors_marges(octets, marge=45) == []
    assert "ligne automatique" in " ".join(texte(octets).split())

"""What the browser saw: errors, blocked contents, hosts; and the judgement of a page by axe and by measure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

CAPTURES = Path("var/captures")  # pytest-playwright empties test-results at each run
ORDINATEUR = {"width": 1280, "height": 900}
TELEPHONE = {"width": 360, "height": 740}
PETIT = {"width": 320, "height": 640}  # 1280 px zoomed at 400 %

# Every rule of axe, best practices and experiments included. Left out: contrast of level AAA, which no text asks for.
REGLES_AXE = {
    "runOnly": {
        "type": "tag",
        "values": [
            *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"),
            *("best-practice", "experimental", "review-item"),
        ],
    },
    "rules": {r: {"enabled": True} for r in ("identical-links-same-purpose", "meta-refresh-no-exceptions")},
    "resultTypes": ["violations", "incomplete"],
}
# What axe cannot decide alone, and why it is right here. Everything else must be decided.
INDECIS = {
    "hidden-content": "réponses sans objet et « Pourquoi ? » repliés : jugés une fois montrés",
}
# On a narrow screen, wide tables scroll in their frame; their colours are those of the wide screen, judged there.
INDECIS_ETROIT = {**INDECIS, "color-contrast": "cellules hors du cadre : jugées à 1280 px"}
ECOUTER_CSP = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (e) => {
  window.__violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile || ""}:${e.lineNumber || ""}`);
});
"""
# Statuses that a journey provokes on purpose: Chromium writes them in the console.
REPONSES_VOULUES = re.compile(
    r"Failed to load resource: the server responded with a status of (400|403|404|405|409|410|413|429|500|503)"
)
_axe = Axe()


@dataclass
class Releve:
    """Everything one browser page has met. ``verifier`` fails when something should not have been there."""

    origine: str
    console: list[str] = field(default_factory=list)
    hotes: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)

    def suivre(self, page: Page) -> None:
        page.add_init_script(ECOUTER_CSP)
        page.on("console", self._console)
        page.on("pageerror", lambda erreur: self.console.append(f"pageerror: {erreur}"))
        page.on("request", self._demande)

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)
        elif message.type in ("error", "warning") and not REPONSES_VOULUES.match(message.text):
            self.console.append(f"{message.type}: {message.text}")

    def _demande(self, demande: Request) -> None:
        lieu = urlsplit(demande.url)
        if lieu.scheme in ("http", "https", "ws", "wss"):  # not the browser's own PDF viewer
            self.hotes.add(lieu.netloc)

    def verifier(self) -> None:
        assert self.violations == [], self.violations
        assert self.console == [], self.console
        assert self.hotes <= {urlsplit(self.origine).netloc}, self.hotes


def decrire(resultat: dict, sorte: str, sauf: Collection[str] = ()) -> list[str]:
    return [
        f"{regle['id']} {noeud['target']} {noeud['html'][:160]} {noeud.get('failureSummary', '')[:300]}"
        for regle in resultat[sorte]
        for noeud in regle["nodes"]
        if regle["id"] not in sauf
    ]


def passer_axe(page: Page, *, forcees: bool = False) -> list[str]:
    """What axe holds against the page: violations, and what it leaves undecided and no reason explains.

    ``forcees``: the colours are the system's; axe reads those of the sheets, and cannot judge them.
    """
    if forcees:
        resultat = _axe.run(page, options=REGLES_AXE).response
        couleurs = ("color-contrast", "link-in-text-block")
        return decrire(resultat, "violations", couleurs) + decrire(resultat, "incomplete", {*couleurs, *INDECIS})
    page.evaluate(SANS_IMAGE_DE_FOND)
    resultat = _axe.run(page, options=REGLES_AXE).response
    page.evaluate("document.adoptedStyleSheets = []")
    etroit = page.viewport_size is not None and page.viewport_size["width"] < ORDINATEUR["width"]
    sauf = INDECIS_ETROIT if etroit else INDECIS
    return decrire(resultat, "violations") + decrire(resultat, "incomplete", sauf)


# The design system draws underlines and the bars of errors as background images: axe cannot decide about the text.
# Without them, and with lists and tables unrolled, axe measures every text on the colour that is really behind.
# Constructed sheets are not inline styles.
SANS_IMAGE_DE_FOND = """() => {
  const feuille = new CSSStyleSheet();
  feuille.replaceSync(`
    *, *::before, *::after { background-image: none !important; }
    main div, main section, main table { overflow: visible !important; max-height: none !important; }
    main img { max-width: 100% !important; }
  `);
  document.adoptedStyleSheets = [feuille];
}"""


def debordement(page: Page) -> list[str]:
    """The elements wider than the window: something would be cut, or to be looked for sideways."""
    largeur, fenetre = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [] if largeur <= fenetre else [f"déborde : {largeur} > {fenetre}", *page.evaluate(QUI_DEBORDE)]


QUI_DEBORDE = """
[...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
  .slice(0, 5).map((e) => e.outerHTML.slice(0, 120))
"""


def structure(page: Page) -> list[str]:
    """What the parser repairs in silence, references that lead nowhere, levels of headings that jump (RGAA 8.2)."""
    return list(page.evaluate(MAL_FORME))


# A form inside a form is dropped by the parser, and its end tag closes the outer one: the controls that follow
# are left without a form.
MAL_FORME = """() => {
  const tous = (quoi) => [...document.querySelectorAll(quoi)];
  const dire = (faute) => (e) => `${faute} : ${e.outerHTML.slice(0, 120)}`;
  const perdus = (nom) => tous(`[${nom}]`)
    .filter((e) => e.getAttribute(nom).split(/\\s+/).some((i) => !document.getElementById(i)))
    .map(dire(`${nom} sans cible`));
  const active = "a[href], button, input:not([type=hidden]), select, textarea, summary, label";
  const titres = tous("h1, h2, h3, h4, h5, h6");
  return [
    ...tous("[id]").filter((e) => document.getElementById(e.id) !== e).map(dire("id double ou vide")),
    // A setting of the page, which has no name, is never sent: it needs no form.
    ...tous("button, input[name], select, textarea").filter((e) => !e.form).map(dire("hors de tout formulaire")),
    ...tous("a[href], button, summary, label").filter((e) => [...e.querySelectorAll(active)]
      .some((d) => !(e.matches("label") && d === e.control))).map(dire("commande dans une commande")),
    ...tous("label").filter((e) => !e.control).map(dire("étiquette sans champ")),
    ...["aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "headers"].flatMap(perdus),
    ...tous('a[href^="#"]').filter((e) => !document.getElementById(e.hash.slice(1))).map(dire("ancre sans cible")),
    ...titres.filter((e, i) => Number(e.tagName[1]) > (i ? Number(titres[i - 1].tagName[1]) : 0) + 1)
      .map(dire("niveau de titre sauté")),
  ];
}"""


class Pages:
    """The pages judged by a test: every defect is kept, and told at its end."""

    def __init__(self, titres: dict[str, str]) -> None:
        self.titres = titres  # of the whole run: two different pages never share one
        self.defauts: list[str] = []

    def verifier(self, page: Page, etat: str, *, axe: bool = True) -> None:
        """Judges a page in one state, at both widths, and keeps what it looks like."""
        self._noter(etat, self._entete(page) + structure(page))
        page.evaluate(TOUTES_LES_IMAGES)
        for nom, taille in (("1280", ORDINATEUR), ("360", TELEPHONE)):
            page.set_viewport_size(taille)
            self._noter(f"{etat} {nom}", debordement(page))
            if axe:
                self._noter(f"{etat} {nom}", passer_axe(page))
            capturer(page, f"{etat}-{nom}")
        page.set_viewport_size(ORDINATEUR)

    def _noter(self, etat: str, defauts: list[str]) -> None:
        self.defauts += [f"{etat} : {d}" for d in defauts]

    def _entete(self, page: Page) -> list[str]:
        defauts = []
        if page.locator("html").get_attribute("lang") != "fr":
            defauts.append("lang n’est pas fr")
        if page.locator("h1").count() != 1:
            defauts.append("il faut un seul titre de niveau 1")
        titre, _, suffixe = page.title().rpartition(" - ")
        if len(titre) < 5 or not suffixe.startswith("Registre"):
            defauts.append(f"titre : {page.title()}")
        chemin = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<ref>", urlsplit(page.url).path)
        chemin = re.sub(r"(/telephone/)[\w-]{43}", r"\1<jeton>", chemin)
        autre = self.titres.setdefault(page.title(), chemin)
        if autre != chemin and titre not in TITRES_PARTAGES:
            defauts.append(f"même titre : {titre}, {autre} et {chemin}")
        return defauts


# A picture that arrives while axe measures moves what is under it.
TOUTES_LES_IMAGES = """() => {
  for (const image of document.images) image.loading = "eager";
  return Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
}"""
# One page answers at several addresses.
TITRES_PARTAGES = (
    "Page introuvable",
    "Accès refusé",
    "Une erreur est survenue",
    "Page expirée",
    "Inscriptions closes",
    "Envoi trop lourd",
    "Erreur\u00a0: Mes justificatifs, session 2026",
)


def capturer(page: Page, nom: str) -> None:
    CAPTURES.mkdir(parents=True, exist_ok=True)
    propre = re.sub(r"[^a-z0-9]+", "-", nom.lower()).strip("-")
    page.screenshot(path=CAPTURES / f"{propre}.png", full_page=True, caret="initial")

"""A candidate who has only a keyboard: Tab, Shift+Tab, Enter, Space, arrows and letters. Each stop is judged (A3)."""

from __future__ import annotations

from playwright.sync_api import Page, expect

ARRETS = 160  # more stops than any page has: beyond, the target cannot be reached
CONTRASTE = 3.0

# Where the focus is, how it is shown, and whether it came after the previous stop in the page.
ARRET = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const styles = [getComputedStyle(e)];
  for (const s of ["::before", "::after"]) {  // an enlarged link draws its outline around its whole block
    if (getComputedStyle(e, s).content !== "none") styles.push(getComputedStyle(e, s));
  }
  for (const l of e.labels ?? []) styles.push(getComputedStyle(l), getComputedStyle(l, "::before"));
  const cadre = styles.find((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
  const nombres = (couleur) => (couleur.match(/[\\d.]+/g) ?? []).map(Number);
  let fond = [255, 255, 255];
  for (let p = e.parentElement; p; p = p.parentElement) {
    const [r, v, b, a = 1] = nombres(getComputedStyle(p).backgroundColor);
    if (a === 1) { fond = [r, v, b]; break; }
  }
  const clarte = (c) => c.slice(0, 3).map((x) => x / 255)
    .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
    .reduce((total, x, i) => total + x * [0.2126, 0.7152, 0.0722][i], 0);
  const [sombre, clair] = cadre ? [clarte(nombres(cadre.outlineColor)), clarte(fond)].sort((x, y) => x - y) : [0, 0];
  const avant = window.__arret;
  window.__arret = e;
  const dessine = ["radio", "checkbox"].includes(e.type) ? e.labels[0] : e;
  const boite = dessine.getBoundingClientRect();
  return {
    nom: `${e.tagName} ${e.name ?? ""} ${e.id} ${e.textContent.trim().slice(0, 40)}`,
    contraste: cadre ? (clair + 0.05) / (sombre + 0.05) : 0,
    visible: boite.width > 0 && boite.bottom > 0 && boite.top < window.innerHeight,
    ordre: !avant || !avant.isConnected || !!(avant.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING),
    meme: avant === e,
  };
}"""


class Clavier:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.arrets = 0

    def _presser(self, touche: str) -> None:
        self.page.keyboard.press(touche)

    def _arriver(self, *, avant: bool) -> None:
        arret = self.page.evaluate(ARRET)
        if arret is None:  # the end of the page: the next Tab starts again from its top
            self.page.evaluate("window.__arret = null")
            return
        self.arrets += 1
        assert not arret["meme"], f"Le clavier reste pris sur {arret['nom']}"
        assert arret["contraste"] >= CONTRASTE, f"Focus invisible sur {arret}"
        assert arret["visible"], f"Focus hors de l’écran sur {arret}"
        assert arret["ordre"] == avant, f"Hors de l’ordre de la page : {arret}"

    def tabuler(self) -> None:
        self._presser("Tab")
        self._arriver(avant=True)

    def reculer(self) -> None:
        self._presser("Shift+Tab")
        self._arriver(avant=False)

    def est_sur(self, cible: str) -> bool:
        return bool(self.page.evaluate("cible => document.activeElement.matches(cible)", cible))

    def aller(self, cible: str) -> None:
        """Tabs until the focus is on an element that matches ``cible``."""
        for _ in range(ARRETS):
            if self.est_sur(cible):
                return
            self.tabuler()
        raise AssertionError(f"{cible} ne s’atteint pas au clavier sur {self.page.url}")

    def au_contenu(self) -> None:
        """From the top of a page, the first stop is the link that skips to the content."""
        self.page.evaluate("window.__arret = null")
        self.tabuler()
        assert self.est_sur('.fr-skiplinks a[href="#contenu"]'), self.page.evaluate(ARRET)
        self._presser("Enter")
        expect(self.page.locator("#contenu")).to_be_focused()

    def taper(self, nom: str, texte: str) -> None:
        self.aller(f'[name="{nom}"]')
        self.page.keyboard.type(texte)

    def lister(self, nom: str, debut: str, valeur: str) -> None:
        """Chooses in a list by typing the beginning of the option."""
        self.taper(nom, debut)
        expect(self.page.locator(f'[name="{nom}"]')).to_have_value(valeur)

    def cocher(self, nom: str, valeur: str) -> None:
        """Enters a group of buttons and walks with the arrows to the wanted one."""
        self.aller(f'[name="{nom}"]')
        self._presser("Space")
        for _ in range(ARRETS):
            if self.est_sur(f'[name="{nom}"][value="{valeur}"]:checked'):
                self.page.evaluate("window.__arret = document.activeElement")
                return
            self._presser("ArrowDown")
        raise AssertionError(f"{nom}={valeur} ne s’atteint pas avec les flèches")

    def cocher_la_case(self, nom: str, valeur: str) -> None:
        self.aller(f'[name="{nom}"][value="{valeur}"]')
        self._presser("Space")

    def activer(self, cible: str, touche: str = "Enter") -> None:
        self.aller(cible)
        self._presser(touche)

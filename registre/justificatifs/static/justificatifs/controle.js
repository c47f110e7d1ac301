// Rien ici n’est nécessaire : sans JavaScript, les liens agrandissent et tournent, et tout se décide par formulaire.
const ZOOMS = [100, 150, 200, 300];
const parametres = new URLSearchParams(window.location.search);
const images = [...document.querySelectorAll(".controle-image")];
const pages = [...document.querySelectorAll(".controle-page")];
const reglage = document.getElementById("reglage");
let zoom = ZOOMS.includes(Number(parametres.get("zoom"))) ? Number(parametres.get("zoom")) : 100;
let tour = [90, 180, 270].includes(Number(parametres.get("tourner"))) ? Number(parametres.get("tourner")) : 0;

function dire() {
  if (reglage) reglage.textContent = tour ? `${zoom}\u00a0%, tournée de ${tour}\u00a0degrés` : `${zoom}\u00a0%`;
}

function agrandir(pas) {
  const rang = Math.min(Math.max(ZOOMS.indexOf(zoom) + pas, 0), ZOOMS.length - 1);
  for (const image of images) image.classList.replace(`controle-image--${zoom}`, `controle-image--${ZOOMS[rang]}`);
  zoom = ZOOMS[rang];
  dire();
}

function tourner() {
  tour = (tour + 90) % 360;
  for (const image of images) image.src = tour ? `${image.dataset.adresse}?tourner=${tour}` : image.dataset.adresse;
  dire();
}

for (const lien of document.querySelectorAll("[data-zoom]")) {
  lien.addEventListener("click", (evenement) => {
    evenement.preventDefault();
    agrandir(Number(lien.dataset.zoom));
  });
}
for (const lien of document.querySelectorAll("[data-tourner]")) {
  lien.addEventListener("click", (evenement) => {
    evenement.preventDefault();
    tourner();
  });
}

// La page dont le haut est le plus près du haut de la fenêtre est celle qu’on lit.
function pageLue() {
  const ecarts = pages.map((page) => Math.abs(page.getBoundingClientRect().top));
  return ecarts.indexOf(Math.min(...ecarts));
}

function allerALaPage(pas) {
  const page = pages[Math.min(Math.max(pageLue() + pas, 0), pages.length - 1)];
  if (!page) return;
  page.scrollIntoView({ block: "start" });
  page.focus({ preventScroll: true });
}

function viser(selecteur) {
  const cible = document.querySelector(selecteur);
  if (cible) cible.focus();
}

// Aller à une autre pièce perdrait ce qui est tapé : le lien est alors seulement désigné.
function ouvrir(selecteur) {
  const lien = document.querySelector(selecteur);
  if (!lien) return;
  const champs = [...document.querySelectorAll(".controle textarea, .controle input[type='text'], .controle input[type='radio']")];
  if (champs.some((champ) => champ.value !== champ.defaultValue || champ.checked !== champ.defaultChecked)) lien.focus();
  else lien.click();
}

const RACCOURCIS = {
  c: () => viser("[data-touche='c']"),
  n: () => viser("input[name='raison']"),
  l: () => viser("[data-touche='l']"),
  r: () => viser("#recevoir-recue_le"),
  j: () => ouvrir("[data-touche='j']"),
  k: () => ouvrir("[data-touche='k']"),
  s: () => allerALaPage(1),
  p: () => allerALaPage(-1),
  "+": () => agrandir(1),
  "-": () => agrandir(-1),
  t: tourner,
};
const CHOIX = "registre-raccourcis";
const liste = document.querySelector("[data-raccourcis]");
const actifs = document.getElementById("raccourcis-actifs");

if (liste && actifs) {
  liste.hidden = false;
  try {
    actifs.checked = window.localStorage.getItem(CHOIX) !== "non";
    actifs.addEventListener("change", () => window.localStorage.setItem(CHOIX, actifs.checked ? "oui" : "non"));
  } catch {
    // The browser keeps nothing: the choice lasts as long as the page.
  }
  document.addEventListener("keydown", (evenement) => {
    const { target, key, ctrlKey, altKey, metaKey } = evenement;
    const tape = target instanceof Element && target.closest("input:not([type='checkbox'], [type='radio']), textarea, select");
    if (!actifs.checked || tape || ctrlKey || altKey || metaKey || !Object.hasOwn(RACCOURCIS, key)) return;
    evenement.preventDefault();
    RACCOURCIS[key]();
  });
}

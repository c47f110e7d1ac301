// Rien ici n’est nécessaire : sans JavaScript, « Actualiser » et « Ajouter » font la même chose.
const PAUSE = 3000; // milliseconds between two questions; twice as long after each failure
const PAUSE_MAXIMALE = 60000;
const annonces = document.getElementById("annonces");

const annoncer = (texte) => {
  if (annonces && annonces.textContent !== texte) annonces.textContent = texte;
};
const lire = async (reponse) => new DOMParser().parseFromString(await reponse.text(), "text/html");

// 1. L’ordinateur : demander s’il y a du nouveau, tant que la page se voit et que le lien marche.
let etiquette = "";
let minuterie = 0;
let echecs = 0;

/** What the server answers; null when it will answer nothing more. */
async function interroger(adresse, options = {}) {
  const reponse = await fetch(adresse, options);
  if (reponse.status >= 500) throw new Error(String(reponse.status)); // the next question may pass
  return reponse.ok || reponse.status === 304 ? reponse : null; // the session is over, or the candidature is gone
}

async function demander() {
  try {
    const { etat } = document.getElementById("suivi").dataset;
    const reponse = await interroger(etat, { headers: { "If-None-Match": etiquette }, redirect: "manual" });
    if (!reponse) return arreter();
    if (reponse.ok) {
      const { ouverte } = await reponse.json();
      if (!ouverte) return window.location.reload();
      if (etiquette) {
        const page = await interroger(window.location.href);
        if (!page || !remplacer(await lire(page))) return arreter();
      }
      etiquette = reponse.headers.get("ETag"); // only now: what could not be shown is asked again
    }
    echecs = 0;
  } catch {
    echecs += 1;
  }
  attendre();
}

/** Says it to all: what the page shows will not change any more. */
function arreter() {
  document.removeEventListener("visibilitychange", attendre);
  annonces.className = "telephone-annonces";
  annoncer(annonces.dataset.arret);
}

/** False when the page is not the one that was asked: the login, for instance. */
function remplacer(page) {
  const ancien = document.getElementById("suivi");
  const nouveau = page.getElementById("suivi");
  if (!nouveau) return false;
  const servi = Boolean(page.querySelector("[data-code-court]")) !== Boolean(document.querySelector("[data-code-court]"));
  if (servi) window.location.reload(); // the code has just been typed: it is worth nothing any more
  const tenu = ancien.contains(document.activeElement);
  ancien.replaceWith(nouveau);
  if (tenu) nouveau.focus();
  annoncer(nouveau.querySelector("[data-annonce]").textContent);
  return true;
}

function attendre() {
  clearTimeout(minuterie);
  const pause = Math.min(PAUSE * 2 ** echecs, PAUSE_MAXIMALE);
  if (!document.hidden && document.querySelector("#suivi[data-etat]")) minuterie = setTimeout(demander, pause);
}

if (document.querySelector("#suivi[data-etat]")) {
  document.addEventListener("visibilitychange", attendre);
  demander();
}

// 2. Le téléphone : une photo choisie part aussitôt, les unes après les autres ; la réponse est la page.
const attente = []; // chosen, not arrived yet: the name of the field, and the file
const enPanne = new Set(); // files that the site could not take once
let enCours = false;
const retenir = (evenement) => evenement.preventDefault();
const mot = (nom, valeurs = {}) =>
  Object.entries(valeurs).reduce((texte, [cle, v]) => texte.replace(`{${cle}}`, v), document.getElementById("telephone").dataset[nom]);

async function envoyer(formulaire, nom, fichier) {
  const donnees = new FormData();
  donnees.append("csrfmiddlewaretoken", formulaire.elements.csrfmiddlewaretoken.value);
  donnees.append(nom, fichier);
  const reponse = await fetch(formulaire.action, { method: "POST", body: donnees });
  const page = await lire(reponse);
  // The site is down, or the answer is not its own.
  if (reponse.status >= 500 || !page.querySelector("main")) throw new Error(String(reponse.status));
  return page;
}

/** Sends what waits, in order; a photo that has not arrived goes on waiting. */
async function partir() {
  const formulaire = document.getElementById("photos");
  if (enCours || !formulaire || !attente.length) return;
  enCours = true;
  window.addEventListener("beforeunload", retenir);
  formulaire.setAttribute("aria-busy", "true");
  annonces.className = "telephone-annonces"; // seen while it lasts; then the page itself shows what has changed
  for (const ancien of document.querySelectorAll(".telephone-refus")) ancien.remove();
  const refus = [];
  let page = document;
  let coupee = false;
  try {
    for (let rang = 1; attente.length; rang += 1) {
      const [nom, fichier] = attente[0];
      if (fichier.size > Number(document.getElementById("telephone").dataset.octets)) {
        refus.push(enLigne(mot("tropGros", { nom: fichier.name })));
      } else {
        annoncer(mot("envoi", { rang, nombre: rang - 1 + attente.length }));
        page = await envoyer(formulaire, nom, fichier);
        if (!page.getElementById("telephone")) attente.length = 0; // the link is over, or the site refuses: its page says so
        refus.push(...(page.querySelector("#erreurs ul")?.children ?? []));
      }
      attente.shift();
    }
  } catch (panne) {
    coupee = true;
    if (!(panne instanceof TypeError)) reculer(); // the network did not fail: the site did
  } finally {
    enCours = false;
    formulaire.removeAttribute("aria-busy");
    if (!attente.length) window.removeEventListener("beforeunload", retenir);
  }
  if (page !== document || refus.length) montrer(page, refus);
  if (!coupee) return;
  annonces.className = "telephone-annonces";
  annoncer(mot("coupure"));
}

/** At its second failure a photo goes behind the others: it may be what the site cannot take. */
function reculer() {
  const [, fichier] = attente[0];
  if (enPanne.has(fichier)) attente.push(attente.shift());
  enPanne.add(fichier);
}

function montrer(page, refus) {
  const neuf = page.querySelector("main");
  const vivante = page.getElementById("telephone"); // else the link is over, and its page says so
  const refuse = refus.length || neuf.querySelector("[data-code]");
  const dit = vivante ? mot(refuse ? "refuse" : "fini") : page.querySelector("h1").textContent;
  const liste = neuf.querySelector("#erreurs ul");
  // Refusals of the first photos are not lost when the last one is right.
  if (refus.length && liste) liste.replaceChildren(...refus);
  else if (refus.length) neuf.querySelector("h1").after(...refus.map(enAlerte));
  annonces.className = "fr-sr-only";
  if (page !== document) {
    document.title = page.title;
    document.querySelector("main").replaceChildren(...[...neuf.childNodes].filter((n) => n.id !== "annonces"), annonces);
    ecouter();
  }
  (document.getElementById("erreurs") ?? document.getElementById("arrivees") ?? document.querySelector("main")).focus();
  annoncer(dit);
}

function enLigne(texte) {
  const ligne = document.createElement("li");
  ligne.textContent = texte;
  return ligne;
}

function enAlerte(ligne) {
  const alerte = document.createElement("div");
  alerte.className = "telephone-refus fr-alert fr-alert--error fr-alert--sm fr-mb-2w";
  const texte = document.createElement("p");
  texte.textContent = ligne.textContent;
  alerte.append(texte);
  return alerte;
}

/** On the fields themselves: the camera may give its photo to a field that the page has replaced meanwhile. */
function ecouter() {
  for (const champ of document.querySelectorAll('#photos input[type="file"]')) champ.addEventListener("change", () => prendre(champ));
}

function prendre(champ) {
  attente.push(...[...champ.files].map((fichier) => [champ.name, fichier]));
  champ.value = "";
  partir();
}

ecouter();
document.addEventListener("submit", (evenement) => {
  if (enCours) {
    evenement.preventDefault();
    annoncer(mot("enCours"));
  } else if (evenement.target.id === "photos" && attente.length) {
    evenement.preventDefault();
    partir();
  }
});

// Rien ici n’est nécessaire : sans JavaScript, « Actualiser » et « Ajouter » font la même chose.
const PAUSE = 3000; // milliseconds between two questions
const annonces = document.getElementById("annonces");

const annoncer = (texte) => {
  if (annonces && annonces.textContent !== texte) annonces.textContent = texte;
};
const lire = async (reponse) => new DOMParser().parseFromString(await reponse.text(), "text/html");

// 1. L’ordinateur : demander s’il y a du nouveau, tant que la page se voit et que le lien marche.
let etiquette = "";
let minuterie = 0;

async function demander() {
  const suivi = document.getElementById("suivi");
  try {
    const reponse = await fetch(suivi.dataset.etat, { headers: { "If-None-Match": etiquette }, redirect: "error" });
    if (reponse.ok) {
      const { ouverte } = await reponse.json();
      const premiere = !etiquette;
      etiquette = reponse.headers.get("ETag");
      if (!ouverte) {
        window.location.reload();
        return;
      }
      if (!premiere) await remplacer();
    } else if (reponse.status !== 304) return; // the session is over, or the candidature is gone
  } catch {
    // A cut connection: the next question may pass.
  }
  attendre();
}

async function remplacer() {
  const ancien = document.getElementById("suivi");
  const page = await lire(await fetch(window.location.href));
  const nouveau = page.getElementById("suivi");
  if (!nouveau) return;
  const servi = Boolean(page.querySelector("[data-code-court]")) !== Boolean(document.querySelector("[data-code-court]"));
  if (servi) window.location.reload(); // the code has just been typed: it is worth nothing any more
  const tenu = ancien.contains(document.activeElement);
  ancien.replaceWith(nouveau);
  if (tenu) nouveau.focus();
  annoncer(nouveau.querySelector("[data-annonce]").textContent);
}

function attendre() {
  clearTimeout(minuterie);
  if (!document.hidden && document.querySelector("#suivi[data-etat]")) minuterie = setTimeout(demander, PAUSE);
}

if (document.querySelector("#suivi[data-etat]")) {
  document.addEventListener("visibilitychange", attendre);
  demander();
}

// 2. Le téléphone : une photo choisie part aussitôt, les unes après les autres ; la réponse est la page.
let enCours = false;
const mot = (nom, valeurs = {}) =>
  Object.entries(valeurs).reduce((texte, [cle, v]) => texte.replace(`{${cle}}`, v), document.getElementById("telephone").dataset[nom]);

async function envoyer(formulaire, nom, fichier) {
  const donnees = new FormData();
  donnees.append("csrfmiddlewaretoken", formulaire.elements.csrfmiddlewaretoken.value);
  donnees.append(nom, fichier);
  return lire(await fetch(formulaire.action, { method: "POST", body: donnees }));
}

async function partir(formulaire) {
  const champs = [...formulaire.querySelectorAll('input[type="file"]')];
  const choisis = champs.flatMap((champ) => [...champ.files].map((fichier) => [champ.name, fichier]));
  if (enCours || !choisis.length) return;
  enCours = true;
  formulaire.setAttribute("aria-busy", "true");
  annonces.className = "telephone-annonces"; // seen while it lasts; then the page itself shows what has changed
  for (const ancien of document.querySelectorAll(".telephone-refus")) ancien.remove();
  const refus = [];
  let page = null;
  try {
    for (const [rang, [nom, fichier]] of choisis.entries()) {
      if (fichier.size > Number(document.getElementById("telephone").dataset.octets)) {
        refus.push(enLigne(mot("tropGros", { nom: fichier.name })));
        continue;
      }
      annoncer(mot("envoi", { rang: rang + 1, nombre: choisis.length }));
      page = await envoyer(formulaire, nom, fichier);
      if (!page.getElementById("telephone")) break; // the link is over, or the site refuses: its page says so
      const dits = page.querySelector("#erreurs ul");
      if (dits) refus.push(...dits.children);
    }
  } catch {
    annoncer(mot("coupure"));
    enCours = false;
    formulaire.removeAttribute("aria-busy");
    return;
  }
  montrer(page ?? document, refus);
  formulaire.removeAttribute("aria-busy");
  formulaire.reset();
  enCours = false;
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

document.addEventListener("change", ({ target }) => {
  if (target.matches('#photos input[type="file"]')) partir(target.form);
});
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (formulaire.id !== "photos" || ![...formulaire.elements].some((champ) => champ.files?.length)) return;
  evenement.preventDefault();
  partir(formulaire);
});

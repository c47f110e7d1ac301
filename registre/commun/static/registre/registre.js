// Rien ici n’est nécessaire : chaque page marche sans JavaScript.
// 0. Le thème sombre suit le réglage de l’appareil ; sans JavaScript, la page reste claire.
const sombre = window.matchMedia("(prefers-color-scheme: dark)");
const suivreLeTheme = () => document.documentElement.setAttribute("data-fr-theme", sombre.matches ? "dark" : "light");
sombre.addEventListener("change", suivreLeTheme);
suivreLeTheme();

// 1. Le sommaire des erreurs prend le focus.
const sommaire = document.getElementById("erreurs");
if (sommaire) sommaire.focus();

// 2. Les questions qui ne concernent pas la réponse donnée se cachent : data-si="champ=valeur autre=valeur".
const formulaire = document.querySelector("form[data-brouillon]");

function vaut(condition) {
  const [champ, valeur] = condition.split("=");
  return new FormData(formulaire).getAll(champ).includes(valeur);
}

function montrer() {
  for (const bloc of formulaire.querySelectorAll("[data-si]")) {
    bloc.toggleAttribute("data-cache", !bloc.dataset.si.split(" ").some(vaut));
  }
  for (const bloc of formulaire.querySelectorAll("[data-sauf]")) {
    bloc.toggleAttribute("data-cache", bloc.dataset.sauf.split(" ").some(vaut));
  }
}

// 3. Le brouillon s’enregistre pendant la saisie, sans toucher à la page.
let attente = null;
let enCours = null;
let modifie = false;

function dire(texte) {
  const etat = document.getElementById("etat-brouillon");
  if (etat && etat.textContent !== texte) etat.textContent = texte;
}

async function enregistrer() {
  clearTimeout(attente);
  if (enCours) await enCours;
  if (!modifie) return;
  modifie = false;
  const donnees = new FormData(formulaire);
  donnees.set("action", "brouillon");
  enCours = fetch(window.location.pathname, { method: "POST", body: donnees, redirect: "manual", keepalive: true });
  try {
    const reponse = await enCours;
    if (reponse.status === 200) {
      const { revision, heure } = await reponse.json();
      formulaire.elements.revision.value = revision;
      dire(`Brouillon enregistré à ${heure} (heure de Paris).`);
    } else if (reponse.status === 409) {
      dire("Cette étape a été modifiée ailleurs. Cliquez sur « Suivant » pour choisir la saisie à garder.");
    } else if (reponse.type === "opaqueredirect") {
      dire("Votre session est finie. Cliquez sur « Suivant » pour vous reconnecter sans rien perdre.");
    } else {
      throw new Error(String(reponse.status));
    }
  } catch {
    modifie = true;
    dire("Le brouillon n’a pas pu être enregistré. Un nouvel essai aura lieu.");
    attente = setTimeout(enregistrer, 10000);
  } finally {
    enCours = null;
  }
}

if (formulaire) {
  montrer();
  formulaire.addEventListener("input", () => {
    montrer();
    modifie = true;
    clearTimeout(attente);
    attente = setTimeout(enregistrer, 1200);
  });
  formulaire.addEventListener("submit", () => {
    modifie = false;
    clearTimeout(attente);
  });
  window.addEventListener("pagehide", () => enregistrer());
}

// 4. La liste des spécialités se filtre pendant la frappe.
const filtre = document.querySelector("[data-filtre]");
if (filtre) {
  const plat = (texte) => texte.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("’", "'");
  const compte = document.getElementById("nombre-de-specialites");
  // The list is already filtered: Enter must not leave the step.
  filtre.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Enter") evenement.preventDefault();
  });
  filtre.addEventListener("input", (evenement) => {
    evenement.stopPropagation();
    const mots = plat(filtre.value).split(/\s+/).filter(Boolean);
    let nombre = 0;
    for (const ligne of document.querySelectorAll(`#${filtre.dataset.filtre} .fr-fieldset__element`)) {
      const garde = mots.every((mot) => plat(ligne.textContent).includes(mot)) || ligne.querySelector(":checked");
      ligne.toggleAttribute("data-cache", !garde);
      if (garde) nombre += 1;
    }
    if (compte) compte.textContent = nombre > 1 ? `${nombre} spécialités` : `${nombre} spécialité`;
  });
}

// 5. Le temps qui reste avant la clôture s’écoule à l’écran.
for (const decompte of document.querySelectorAll("[data-decompte]")) {
  const fin = Date.now() + Number(decompte.dataset.decompte) * 1000;
  const unites = [["jour", 86400], ["heure", 3600], ["minute", 60], ["seconde", 1]];
  const tic = setInterval(() => {
    let secondes = Math.max(0, Math.round((fin - Date.now()) / 1000));
    if (secondes === 0) clearInterval(tic);
    const parties = [];
    for (const [nom, taille] of unites) {
      const nombre = Math.floor(secondes / taille);
      secondes -= nombre * taille;
      if (nombre) parties.push(`${nombre}\u00a0${nom}${nombre > 1 ? "s" : ""}`);
    }
    decompte.textContent = parties.slice(0, 2).join(" et ") || "0\u00a0seconde";
  }, 1000);
}

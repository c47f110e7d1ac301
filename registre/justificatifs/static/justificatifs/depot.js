// Rien ici n’est nécessaire : sans JavaScript, les mêmes formulaires font les mêmes dépôts.
// Les fichiers partent un par un ; la réponse est la page, qui prend la place de l’ancienne. Tous les mots viennent
// d’attributs data- écrits par le serveur.
const PAS = 20; // percent between two announcements
const annonces = document.getElementById("annonces");
let enCours = false;

const dossier = () => document.getElementById("dossier");

function mot(nom, valeurs = {}) {
  return Object.entries(valeurs).reduce((texte, [cle, valeur]) => texte.replace(`{${cle}}`, () => valeur), dossier().dataset[nom]);
}

const annoncer = (texte) => {
  if (annonces && annonces.textContent !== texte) annonces.textContent = texte;
};

/** Nothing else leaves during an upload: said to all, where they are. */
function patienter() {
  annonces.className = "justificatifs-annonces";
  annoncer(mot("enCours"));
}

// 1. Une fois suffit : le second clic sur un bouton n’envoie rien.
function uneFois(evenement) {
  const formulaire = evenement.target;
  if (!formulaire.matches("[data-une-fois]")) return;
  if (enCours || formulaire.dataset.parti) evenement.preventDefault();
  else formulaire.dataset.parti = "1";
  if (enCours) patienter();
}
window.addEventListener("pageshow", () => {
  for (const formulaire of document.querySelectorAll("[data-parti]")) delete formulaire.dataset.parti;
});

// 2. Ce qui se voit avant l’envoi : un fichier vide, trop gros ou d’un autre genre. Le serveur juge de toute façon.
function faute(fichier, champ) {
  const nom = fichier.name.toLowerCase();
  const dans = (liste) => liste.split(",").some((a) => (a.startsWith(".") ? nom.endsWith(a) : fichier.type === a));
  const connu = dans(champ.accept);
  if (fichier.size === 0) return ["fichier_vide", mot("vide", { nom: fichier.name })];
  // The server refuses it too, but makes pages of it for the candidate to send.
  if (dans(dossier().dataset.preparables) && fichier.size <= Number(dossier().dataset.porte)) return null;
  if (fichier.size > Number(dossier().dataset.octets)) {
    const dixiemes = Math.ceil((fichier.size * 10) / 1048576);
    const taille = dixiemes % 10 ? `${Math.floor(dixiemes / 10)},${dixiemes % 10}` : String(dixiemes / 10);
    return ["fichier_trop_gros", mot("tropGros", { nom: fichier.name, taille })];
  }
  // No extension and no type: only the bytes can tell, and the server reads them.
  const muet = !nom.includes(".") && !fichier.type;
  if (connu || muet) return null;
  const refus = new Map(Object.entries(JSON.parse(dossier().dataset.formats))).get(nom.split(".").at(-1)); // what to do, in the words of the server
  return ["format_refuse", refus ? mot("nomme", { nom: fichier.name, refus }) : mot("format", { nom: fichier.name })];
}

/** Writes the refusals next to the field, as the server does, and adds to those that it wrote. */
function dire(champ, fautes) {
  const id = `${champ.id}_error`;
  let liste = document.getElementById(id);
  if (!liste) {
    liste = document.createElement("div");
    liste.className = "fr-messages-group";
    liste.id = id;
    champ.after(liste);
  }
  for (const [code, texte] of fautes) {
    const ligne = document.createElement("p");
    ligne.className = "fr-message fr-message--error";
    ligne.dataset.code = code;
    const entete = document.createElement("span");
    entete.className = "fr-sr-only";
    entete.textContent = mot("erreur");
    ligne.append(entete, texte);
    liste.append(ligne);
  }
  const decrit = new Set((champ.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  champ.setAttribute("aria-describedby", [...decrit.add(id)].join(" "));
  champ.setAttribute("aria-invalid", "true");
  champ.closest(".fr-upload-group").classList.add("fr-upload-group--error");
}

function oublier(champ) {
  document.getElementById(`${champ.id}_error`)?.replaceChildren();
  champ.removeAttribute("aria-invalid");
  champ.closest(".fr-upload-group").classList.remove("fr-upload-group--error");
}

// 3. L’envoi d’un fichier : la page qui revient, ou le mot qui dit pourquoi elle n’est pas revenue.
function envoyer(formulaire, fichier, barre) {
  const donnees = new FormData(formulaire);
  donnees.delete("fichier");
  donnees.append("fichier", fichier);
  return new Promise((rendre) => {
    const demande = new XMLHttpRequest();
    let dit = 0;
    demande.upload.addEventListener("progress", ({ loaded, total }) => {
      const part = total ? Math.floor((loaded / total) * 100) : 0;
      barre.value = part;
      if (part >= 100) annoncer(mot("controle", { nom: fichier.name }));
      else if (part >= dit + PAS) {
        dit = part;
        annoncer(mot("envoi", { nom: fichier.name, part }));
      }
    });
    demande.addEventListener("load", () => {
      const page = demande.response;
      if (page?.getElementById("dossier")) rendre({ page });
      else if ([200, 403].includes(demande.status)) rendre({ mot: "session" }); // the login page, or a dead token
      else rendre({ mot: "panne" });
    });
    for (const fin of ["error", "abort", "timeout"]) demande.addEventListener(fin, () => rendre({ mot: "coupure" }));
    demande.open("POST", formulaire.action);
    demande.responseType = "document";
    demande.send(donnees);
  });
}

const retenir = (evenement) => evenement.preventDefault();

async function deposer(formulaire, fichiers) {
  const champ = formulaire.elements.fichier;
  oublier(champ);
  // Only one file takes the place of another; the rest is named, never dropped in silence.
  const pris = champ.multiple ? fichiers : fichiers.slice(0, 1);
  const fautes = fichiers.slice(pris.length).map((fichier) => ["fichier_en_trop", mot("enTrop", { nom: fichier.name })]);
  const bons = pris.filter((fichier) => {
    const vue = faute(fichier, champ);
    if (vue) fautes.push(vue);
    return !vue;
  });
  enCours = true;
  window.addEventListener("beforeunload", retenir);
  const barre = document.createElement("progress");
  barre.max = 100;
  const pages = [];
  formulaire.append(barre);
  for (const fichier of bons) {
    barre.value = 0;
    barre.setAttribute("aria-label", mot("envoi", { nom: fichier.name, part: 0 }));
    annoncer(mot("envoi", { nom: fichier.name, part: 0 }));
    const recu = await envoyer(formulaire, fichier, barre);
    if (recu.page) pages.push(recu.page);
    else fautes.push([recu.mot, mot(recu.mot, { nom: fichier.name })]);
  }
  barre.remove();
  window.removeEventListener("beforeunload", retenir);
  enCours = false;
  annonces.className = "fr-sr-only";
  montrer(formulaire.dataset.depot, champ.id, pages, fautes);
}

// 4. La dernière page reçue prend la place de celle qu’on voit ; ce que les précédentes ont dit y est repris.
function montrer(ancre, id, pages, fautes) {
  const derniere = pages.at(-1);
  const dites = pages.slice(0, -1).flatMap((page) => refusDe(page, id));
  if (derniere) {
    const recus = pages.slice(0, -1).flatMap((page) => [...page.querySelectorAll(`#${ancre} [data-recu]`)]);
    dossier().replaceWith(document.adoptNode(derniere.getElementById("dossier")));
    document.querySelector(`#${ancre} h3`)?.after(...recus.map((recu) => document.adoptNode(recu)));
    document.title = derniere.title;
    history.replaceState(null, "", dossier().dataset.page);
  }
  // The field of a replaced file went away with it: what is left is said near the field of the piece.
  const champ = document.getElementById(id) ?? document.querySelector(`#${ancre} > [data-depot] input[type="file"]`);
  const restantes = [...dites, ...fautes];
  if (champ && restantes.length) dire(champ, restantes);
  if (restantes.length && !document.title.startsWith(mot("erreur"))) document.title = mot("erreur") + document.title;
  const sommaire = document.getElementById("erreurs");
  const refuse = sommaire || restantes.length > 0;
  annoncer(mot(refuse ? "refuse" : "fini"));
  const cible = (restantes.length && champ) || sommaire || document.getElementById(ancre);
  cible.focus();
  cible.scrollIntoView({ block: "nearest" });
}

function refusDe(page, id) {
  const liste = page.getElementById(`${id}_error`);
  return [...(liste?.querySelectorAll("[data-code]") ?? [])].map((ligne) => [ligne.dataset.code, ligne.lastChild.textContent]);
}

document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  uneFois(evenement);
  if (!formulaire.matches("[data-depot]")) return;
  const fichiers = [...formulaire.elements.fichier.files];
  if (!fichiers.length && !enCours) return; // the server says what is missing
  evenement.preventDefault();
  if (enCours) patienter();
  else deposer(formulaire, fichiers);
});

// 5. Les fichiers lâchés sur le formulaire (zone.js).
document.addEventListener("lacher", ({ target, detail }) => {
  if (enCours) patienter();
  else deposer(target, detail);
});

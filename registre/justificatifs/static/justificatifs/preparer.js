// Rien ici n’est nécessaire : sans JavaScript, les mêmes formulaires font les mêmes actes.
// L’envoi montre où il en est, et le second clic sur un bouton n’envoie rien. Les mots viennent d’attributs data-.
const PAS = 20; // percent between two announcements
const annoncer = (texte) => {
  const annonces = document.getElementById("annonces");
  if (annonces && annonces.textContent !== texte) annonces.textContent = texte;
};
let enCours = false;
const retenir = (evenement) => evenement.preventDefault();

/** An act that left now would take the page away, and the files with it: said to all, where they are. */
function patienter() {
  document.getElementById("annonces").className = "justificatifs-annonces";
  annoncer(document.querySelector("[data-ajout]").dataset.enCours);
}

function terminer() {
  enCours = false;
  window.removeEventListener("beforeunload", retenir);
  document.getElementById("annonces").className = "fr-sr-only";
}

document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (enCours) {
    evenement.preventDefault();
    return patienter();
  }
  if (formulaire.matches("[data-une-fois], [data-ajout]") && formulaire.dataset.parti) return evenement.preventDefault();
  formulaire.dataset.parti = "1";
  if (!formulaire.matches("[data-ajout]") || !choisis(formulaire).length) return;
  evenement.preventDefault();
  envoyer(formulaire, choisis(formulaire));
});
window.addEventListener("pageshow", () => {
  for (const formulaire of document.querySelectorAll("[data-parti]")) delete formulaire.dataset.parti;
});

const choisis = (formulaire) => [...formulaire.elements.fichier.files, ...formulaire.elements.photo.files];

function envoyer(formulaire, fichiers) {
  enCours = true;
  window.addEventListener("beforeunload", retenir);
  const donnees = new FormData(formulaire);
  donnees.delete("fichier");
  donnees.delete("photo");
  for (const fichier of fichiers) donnees.append("fichier", fichier);
  const barre = document.createElement("progress");
  barre.max = 100;
  barre.value = 0;
  const mot = (nom, part) => formulaire.dataset[nom].replace("{part}", part);
  barre.setAttribute("aria-label", mot("envoi", 0));
  formulaire.append(barre);
  annoncer(mot("envoi", 0));
  const demande = new XMLHttpRequest();
  let dit = 0;
  demande.upload.addEventListener("progress", ({ loaded, total }) => {
    const part = total ? Math.floor((loaded / total) * 100) : 0;
    barre.value = part;
    if (part >= 100) annoncer(mot("controle", part));
    else if (part >= dit + PAS) {
      dit = part;
      annoncer(mot("envoi", part));
    }
  });
  demande.addEventListener("load", () => {
    const page = demande.response;
    if (!page?.getElementById("contenu")) return rate();
    terminer();
    // The page that came back takes the place of this one, whatever it says.
    document.getElementById("contenu").replaceWith(document.adoptNode(page.getElementById("contenu")));
    document.title = page.title;
    if (demande.responseURL) history.replaceState(null, "", demande.responseURL);
    const cible = document.getElementById("erreurs") ?? document.querySelector('main [role="status"]') ?? document.getElementById("contenu");
    cible.setAttribute("tabindex", "-1");
    cible.focus();
  });
  const rate = () => {
    terminer();
    barre.remove();
    delete formulaire.dataset.parti;
    annoncer(mot("coupure", 0));
    dire(formulaire, mot("coupure", 0));
  };
  for (const fin of ["error", "abort", "timeout"]) demande.addEventListener(fin, rate);
  demande.open("POST", formulaire.action);
  demande.responseType = "document";
  demande.send(donnees);
}

/** Near the field, as the server does. */
function dire(formulaire, texte) {
  const champ = formulaire.elements.fichier;
  const id = `${champ.id}_error`;
  let liste = document.getElementById(id);
  if (!liste) {
    liste = document.createElement("div");
    liste.className = "fr-messages-group";
    liste.id = id;
    champ.after(liste);
  }
  const ligne = document.createElement("p");
  ligne.className = "fr-message fr-message--error";
  ligne.append(texte);
  liste.replaceChildren(ligne);
  champ.setAttribute("aria-invalid", "true");
  champ.setAttribute("aria-describedby", [...new Set([...(champ.getAttribute("aria-describedby") ?? "").split(" "), id])].filter(Boolean).join(" "));
  champ.focus();
}

// Les fichiers lâchés sur le formulaire (zone.js).
document.addEventListener("lacher", ({ target, detail }) => {
  if (enCours) return patienter();
  target.dataset.parti = "1";
  envoyer(target, detail);
});

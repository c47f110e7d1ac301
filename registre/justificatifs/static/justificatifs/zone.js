// Déposer à la souris : un formulaire de dépôt est aussi une zone où lâcher des fichiers. Il en est averti par « lacher ».
const zone = (evenement) => evenement.target.closest?.("[data-depot], [data-ajout]");

document.addEventListener("dragover", (evenement) => {
  const formulaire = zone(evenement);
  if (!formulaire || !evenement.dataTransfer.types.includes("Files")) return;
  evenement.preventDefault();
  formulaire.dataset.survol = "1";
});
document.addEventListener("dragleave", (evenement) => {
  const formulaire = zone(evenement);
  if (formulaire && !formulaire.contains(evenement.relatedTarget)) delete formulaire.dataset.survol;
});
document.addEventListener("drop", (evenement) => {
  const formulaire = zone(evenement);
  if (!formulaire) return;
  evenement.preventDefault();
  delete formulaire.dataset.survol;
  const fichiers = [...evenement.dataTransfer.files];
  if (fichiers.length) formulaire.dispatchEvent(new CustomEvent("lacher", { bubbles: true, detail: fichiers }));
});

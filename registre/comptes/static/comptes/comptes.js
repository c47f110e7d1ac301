// Montrer le mot de passe, prévenir avant la fin de la session. Chaque page marche sans ce fichier.

for (const champ of document.querySelectorAll('input[type="password"]')) {
  const libelle = champ.labels[0]?.firstChild?.textContent.trim() ?? "mot de passe";
  const bouton = document.createElement("button");
  bouton.type = "button";
  bouton.className = "fr-btn fr-btn--tertiary-no-outline fr-btn--sm";
  const dire = () => {
    const montre = champ.type === "text";
    bouton.textContent = montre ? "Masquer" : "Afficher";
    bouton.setAttribute("aria-label", `${bouton.textContent}\u00a0: ${libelle}`);
    bouton.setAttribute("aria-pressed", String(montre));
  };
  bouton.addEventListener("click", () => {
    champ.type = champ.type === "password" ? "text" : "password";
    dire();
  });
  // Sent as a password again, so that no browser keeps it among the typed words.
  champ.form?.addEventListener("submit", () => { champ.type = "password"; });
  dire();
  champ.after(bouton);
}

const AVERTIR = 120; // seconds before the end
const { reste, prolonger } = document.body.dataset;
if (prolonger && reste) surveiller(Number(reste));

function surveiller(secondes) {
  setTimeout(avertir, Math.max(0, secondes - AVERTIR) * 1000, secondes);
}

function avertir(secondes) {
  const zone = document.createElement("div");
  zone.className = "fr-alert fr-alert--warning registre-fin-de-session";
  zone.setAttribute("role", "alert");
  const texte = document.createElement("p");
  texte.textContent = "Votre session se termine dans 2 minutes. Ce que vous envoyez ensuite sera conservé.";
  const bouton = document.createElement("button");
  bouton.type = "button";
  bouton.className = "fr-btn fr-btn--sm";
  bouton.textContent = "Prolonger";
  const fin = setTimeout(() => {
    texte.textContent = "Votre session est terminée. Envoyez la page\u00a0: après connexion, votre saisie vous sera rendue.";
    bouton.remove();
  }, Math.min(secondes, AVERTIR) * 1000);
  bouton.addEventListener("click", async () => {
    const jeton = document.querySelector('input[name="csrfmiddlewaretoken"]').value;
    const reponse = await fetch(prolonger, {
      method: "POST",
      headers: { "X-CSRFToken": jeton },
      redirect: "manual",
    }).catch(() => null);
    if (!reponse?.ok) {
      texte.textContent = "La session n’a pas pu être prolongée. Envoyez la page\u00a0: votre saisie sera conservée.";
      return;
    }
    const { reste: nouveau } = await reponse.json();
    if (nouveau <= AVERTIR) {
      texte.textContent = "Cette session ne peut plus être prolongée. Envoyez la page, puis reconnectez-vous.";
      bouton.remove();
      return;
    }
    clearTimeout(fin);
    zone.remove();
    surveiller(nouveau);
  });
  zone.append(texte, bouton);
  document.getElementById("contenu").prepend(zone);
}

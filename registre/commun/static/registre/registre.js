// Rien ici n’est nécessaire : chaque page marche sans JavaScript.
const sommaire = document.getElementById("erreurs");
if (sommaire) sommaire.focus();

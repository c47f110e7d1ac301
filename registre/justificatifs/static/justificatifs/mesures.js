// Les mesures de fichiers/mesures.py, prises avant l’envoi. Ce n’est qu’un avis : rien n’est empêché, et le serveur
// mesure de nouveau. Un navigateur qui ne sait pas ouvrir l’image (HEIC, souvent) ne dit rien. Mots et seuils viennent
// du serveur, par l’attribut data-qualite.
const COTE_FIN = 1000;
const COTE_LARGE = 500;
const EPAISSEUR = 13;
const PAPIER = 0.45;
const SEUIL_DE_TRAIT = 0.25;
const PAPIER_AU_BORD = 0.8;
const BORD = 0.004;
const TRAIT_COURT = 0.03;
const VOISINAGE = 9;
const IMAGES = 10; // measured for one choice: more would take long

/** A grey picture: {largeur, hauteur, points}. Halved as long as it can be, so that every point counts. */
function grise(image, cote) {
  const rapport = Math.min(1, cote / Math.max(image.width, image.height));
  let [largeur, hauteur] = [image.width, image.height];
  let source = image;
  while (rapport < 1) {
    const fini = largeur / 2 < image.width * rapport;
    largeur = Math.max(1, Math.round(fini ? image.width * rapport : largeur / 2));
    hauteur = Math.max(1, Math.round(fini ? image.height * rapport : hauteur / 2));
    source = dessinee(source, largeur, hauteur);
    if (fini) break;
  }
  if (rapport === 1) source = dessinee(image, largeur, hauteur);
  const { data } = source.getContext("2d").getImageData(0, 0, largeur, hauteur);
  const points = new Uint8Array(largeur * hauteur);
  for (let n = 0; n < points.length; n += 1) {
    points[n] = (data[4 * n] * 19595 + data[4 * n + 1] * 38470 + data[4 * n + 2] * 7471 + 32768) >> 16;
  }
  return { largeur, hauteur, points };
}

function dessinee(source, largeur, hauteur) {
  const toile = document.createElement("canvas");
  toile.width = largeur;
  toile.height = hauteur;
  const dessin = toile.getContext("2d", { willReadFrequently: true });
  dessin.fillStyle = "white"; // under what is transparent
  dessin.fillRect(0, 0, largeur, hauteur);
  dessin.imageSmoothingQuality = "high";
  dessin.drawImage(source, 0, 0, largeur, hauteur);
  return toile;
}

function centile(points, part) {
  const nombres = new Uint32Array(256);
  for (const v of points) nombres[v] += 1;
  let reste = part * points.length;
  for (let v = 0; v < 256; v += 1) {
    reste -= nombres[v];
    if (reste <= 0) return v;
  }
  return 255;
}

/** Each point becomes the ``choix`` of the square of ``pixels`` around it; ``dehors`` lies beyond the sides. */
function etendue({ largeur, hauteur, points }, pixels, choix, dehors) {
  const rayon = (pixels - 1) / 2;
  const passe = (source, saut, long, lignes, autre) => {
    const sortie = new Uint8Array(source.length);
    for (let l = 0; l < lignes; l += 1) {
      for (let n = 0; n < long; n += 1) {
        let v = n < rayon || n + rayon >= long ? dehors : source[l * autre + n * saut];
        for (let k = Math.max(0, n - rayon); k <= Math.min(long - 1, n + rayon); k += 1) v = choix(v, source[l * autre + k * saut]);
        sortie[l * autre + n * saut] = v;
      }
    }
    return sortie;
  };
  const couche = passe(points, 1, largeur, hauteur, largeur);
  return { largeur, hauteur, points: passe(couche, largeur, hauteur, largeur, 1) };
}

const plusClair = (a, b) => (a > b ? a : b);
const plusSombre = (a, b) => (a < b ? a : b);

/** How much darker than the paper around it each thin dark thing is. Beyond the sides all is black, as on the server. */
function traits(gris, papier) {
  const marge = EPAISSEUR;
  const [largeur, hauteur] = [gris.largeur + 2 * marge, gris.hauteur + 2 * marge];
  const entoure = { largeur, hauteur, points: new Uint8Array(largeur * hauteur) };
  for (let y = 0; y < gris.hauteur; y += 1) {
    const ligne = gris.points.subarray(y * gris.largeur, (y + 1) * gris.largeur);
    entoure.points.set(ligne, (y + marge) * largeur + marge);
  }
  const ferme = etendue(etendue(entoure, EPAISSEUR, plusClair, 0), EPAISSEUR, plusSombre, 0);
  return gris.points.map((v, n) => {
    const fond = ferme.points[(Math.floor(n / gris.largeur) + marge) * largeur + (n % gris.largeur) + marge];
    return fond < PAPIER * papier ? 0 : Math.floor(((fond - v) * 255) / (fond + 1));
  });
}

function nettete(gris) {
  const { largeur, hauteur, points } = gris;
  const pentes = points.map((v, n) => {
    const gauche = n % largeur ? points[n - 1] : v;
    const haut = n >= largeur ? points[n - largeur] : v;
    return Math.max(Math.abs(v - gauche), Math.abs(v - haut));
  });
  const haute = etendue(gris, VOISINAGE, plusClair, 0).points;
  const basse = etendue(gris, VOISINAGE, plusSombre, 255).points;
  const hauteurs = haute.map((v, n) => v - basse[n]);
  return Math.min(1, centile(pentes, 0.998) / Math.max(1, centile(hauteurs, 0.995)));
}

/** Only where the side of the picture is as light as paper: the veins of a wooden table are no writing. */
function bords({ largeur, hauteur, points }, noirs, papier) {
  const pas = Math.max(1, Math.round(BORD * Math.max(largeur, hauteur)));
  if (Math.min(largeur, hauteur) < 8 * pas) return 0;
  const ligne = (y) => Array.from({ length: largeur }, (_, x) => y * largeur + x);
  const colonne = (x) => Array.from({ length: hauteur }, (_, y) => y * largeur + x);
  const cotes = [ligne(pas), ligne(hauteur - 1 - pas), colonne(pas), colonne(largeur - 1 - pas)];
  const clairs = cotes.filter((cote) => centile(cote.map((n) => points[n]), 0.5) >= PAPIER_AU_BORD * papier);
  return Math.max(0, ...clairs.map((cote) => courts(cote.map((n) => noirs[n]))));
}

function courts(valeurs) {
  let nombre = 0;
  let longueur = 0;
  for (const v of [...valeurs, 0]) {
    if (v > 255 * SEUIL_DE_TRAIT) longueur += 1;
    else {
      if (longueur > 0 && longueur <= TRAIT_COURT * valeurs.length) nombre += 1;
      longueur = 0;
    }
  }
  return nombre;
}

export function mesurer(image) {
  const large = grise(image, COTE_LARGE);
  const papier = centile(large.points, 0.9);
  const noirs = traits(large, papier);
  return {
    cote: Math.max(image.width, image.height),
    papier,
    ecriture: centile(noirs, 0.999) / 255,
    nettete: nettete(grise(image, COTE_FIN)),
    bords: bords(large, noirs, papier),
  };
}

/** The codes of regles/qualite.py, in its order. */
export function avis(m, s) {
  const dits = [];
  const sous = (valeur, alerte, info) => (valeur < alerte ? "alerte" : valeur < info ? "info" : "");
  if (m.cote < s.cote_alerte) dits.push("petite-alerte");
  const sombre = sous(m.papier, s.papier_alerte, s.papier_info);
  if (sombre) dits.push(`sombre-${sombre}`);
  if (m.ecriture < s.ecriture_absente) return [...dits, "blanche-alerte"];
  const floue = sous(m.nettete, s.nettete_alerte, s.nettete_info);
  if (floue) dits.push(`floue-${floue}`);
  else if (m.papier >= s.papier_blanc && m.ecriture < s.ecriture_pale) dits.push("claire-alerte");
  if (m.bords >= s.bords_info) dits.push("coupee-info");
  return dits;
}

async function dits(fichier, qualite) {
  let image;
  try {
    image = await createImageBitmap(fichier);
    return avis(mesurer(image), qualite.seuils).map((code) => qualite.mots[code]);
  } catch {
    return []; // not a picture that this browser opens
  } finally {
    image?.close();
  }
}

/** One list under the field, read out when it is filled; emptied at each new choice. */
function liste(champ) {
  const id = `${champ.id}-avis`;
  let trouvee = document.getElementById(id);
  if (!trouvee) {
    trouvee = document.createElement("div");
    trouvee.id = id;
    trouvee.setAttribute("role", "status");
    trouvee.dataset.avisLocal = "";
    champ.after(trouvee);
  }
  trouvee.replaceChildren();
  return trouvee;
}

async function conseiller(champ, source) {
  const fichiers = [...champ.files].filter((f) => f.type.startsWith("image/") || /\.(jpe?g|png|webp)$/i.test(f.name)).slice(0, IMAGES);
  const choisis = [...champ.files];
  const place = liste(champ);
  const qualite = JSON.parse(source.dataset.qualite);
  for (const fichier of fichiers) {
    const phrases = await dits(fichier, qualite);
    if (choisis.some((f, n) => champ.files[n] !== f) || !place.isConnected) return; // another choice was made meanwhile
    if (!phrases.length) continue;
    const ligne = document.createElement("p");
    ligne.className = "fr-message fr-message--info";
    ligne.textContent = source.dataset.debut.replace("{nom}", () => fichier.name) + phrases.join(" ") + source.dataset.fin;
    place.append(ligne);
  }
}

document.addEventListener("change", (evenement) => {
  const champ = evenement.target;
  const source = document.querySelector("[data-qualite]");
  if (source && champ.matches?.('input[type="file"]')) conseiller(champ, source);
});

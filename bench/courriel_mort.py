"""``python -m bench.courriel_mort`` : does a dead mail server slow ENREGISTRER down (F10)?

A real server on loopback; a mail worker that knocks at a mail server which takes calls and never answers, the worst
kind of dead. Blocks of registrations alternate in one run: the worker awake, the worker stopped. Prints both medians
and their ratio (bar: 1.25).
"""

from __future__ import annotations

import os
import signal
import socket
import statistics
import tempfile
import time
from pathlib import Path

from tests.pannes.site import Candidat, Site

BLOCS, PAR_BLOC = 12, 20


def mesurer(site: Site, candidats: list[Candidat], facteur: int) -> dict[str, list[float]]:
    temps: dict[str, list[float]] = {"éveillé": [], "arrêté": []}
    for bloc in range(-1, BLOCS):  # one block to warm up
        sorte = ("éveillé", "arrêté")[bloc % 2]
        os.kill(facteur, signal.SIGCONT if sorte == "éveillé" else signal.SIGSTOP)
        for _ in range(PAR_BLOC):
            candidat = candidats.pop()
            debut = time.perf_counter()
            reponse = site.enregistrer(candidat)
            duree = time.perf_counter() - debut
            if not reponse.enregistree:
                raise SystemExit(f"ENREGISTRER : {reponse.statut}")
            if bloc >= 0:
                temps[sorte].append(duree)
    return temps


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="registre-bench-") as dossier, socket.socket() as muet:
        muet.bind(("127.0.0.1", 0))
        muet.listen(64)
        reglages = {
            "REGISTRE_COURRIEL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "REGISTRE_SMTP_HOTE": "127.0.0.1",
            "REGISTRE_SMTP_PORT": str(muet.getsockname()[1]),
        }
        site = Site(Path(dossier), reglages)
        facteur = None
        try:
            candidats = site.preparer((BLOCS + 1) * PAR_BLOC)
            site.servir()
            facteur = site.lancer("manage.py", "envoyer_courriels")
            time.sleep(5)  # time to start, and to find the first mails at its next look
            temps = mesurer(site, candidats, facteur.pid)
        finally:
            site.arreter()
            if facteur:
                facteur.kill()
                facteur.wait()
    eveille, arrete = (statistics.median(t) * 1000 for t in temps.values())
    print(f"ENREGISTRER, serveur de courriel mort, {BLOCS * PAR_BLOC // 2} de chaque ; médianes.")
    print(f"Envoi éveillé : {eveille:.1f} ms ; envoi arrêté : {arrete:.1f} ms.")
    print(f"Rapport : {eveille / arrete:.2f} (1,25 au plus).")


if __name__ == "__main__":
    main()

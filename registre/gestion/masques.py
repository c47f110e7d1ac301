"""Montrer assez pour reconnaître une personne dans une liste, et pas plus (P14)."""

from __future__ import annotations

from datetime import date


def courriel_masque(courriel: str) -> str:
    """« c…@demo.example » : la première lettre et le domaine."""
    local, _, domaine = courriel.rpartition("@")
    return f"{local[:1]}…@{domaine}"


def naissance_masquee(naissance: date | None) -> str:
    """« en 1990 » ; vide si la date manque."""
    return f"en {naissance.year}" if naissance else ""

"""The yardstick: what a usual Django form POST costs, and a view that does nothing.

Web session, CSRF, a logged-in account, a ModelForm over as many fields as step 1 of Registre has, one read, one write,
a redirect; served through the middleware that ``startproject`` writes.
"""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import include, path

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class Fiche(models.Model):
    compte = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    voie = models.CharField(max_length=200)
    complement = models.CharField(max_length=200, blank=True)
    code_postal = models.CharField(max_length=5)
    commune = models.CharField(max_length=100)
    autre_adresse = models.CharField(max_length=3, choices=[("oui", "Oui"), ("non", "Non")])
    nationalite = models.CharField(max_length=3, choices=[("oui", "Oui"), ("non", "Non")])
    categorie = models.CharField(max_length=2)
    mobile = models.CharField(max_length=20, blank=True)
    fixe = models.CharField(max_length=20, blank=True)
    pays = models.CharField(max_length=60, blank=True)
    modifie_le = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return self.voie


class FicheForm(forms.ModelForm):
    class Meta:
        model = Fiche
        fields = [
            *("voie", "complement", "code_postal", "commune", "autre_adresse"),
            *("nationalite", "categorie", "mobile", "fixe", "pays"),
        ]


def fiche(request: HttpRequest) -> HttpResponse:
    objet = get_object_or_404(Fiche, compte=request.user)
    form = FicheForm(request.POST or None, instance=objet)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("fiche")
    return render(request, "fiche.html", {"form": form})


@login_not_required
def rien(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("fiche/", fiche, name="fiche"), path("rien/", rien), path("", include("config.urls"))]

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "registre.comptes"

from django.apps import AppConfig


class JustificatifsConfig(AppConfig):
    name = "registre.justificatifs"

from django.apps import AppConfig


class InscriptionConfig(AppConfig):
    name = "registre.inscription"

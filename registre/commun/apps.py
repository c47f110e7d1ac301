from django.apps import AppConfig


class CommunConfig(AppConfig):
    name = "registre.commun"

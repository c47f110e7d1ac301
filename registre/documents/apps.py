from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "registre.documents"

"""Adresses."""

from django.urls import path

from registre.documents import views

urlpatterns = [
    path("", views.mes_documents, name="mes_documents"),
    path("<uuid:reference>/", views.document, name="document"),
    path("<uuid:reference>/pdf", views.document_pdf, name="document_pdf"),
]

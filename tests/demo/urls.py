"""The addresses of the site in demonstration mode."""

from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as du_site

urlpatterns = [*du_site, path("demo/", include("registre.demo.urls"))]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

"""Application WSGI."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from registre.commun.cadres import tous  # noqa: E402 - Django must be ready

tous()  # a server with a wrong parameter does not start

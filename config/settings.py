"""Réglages de Registre : un seul fichier, les différences viennent de l’environnement.

``REGISTRE_MODE`` vaut ``production`` (par défaut), ``demo`` ou ``test``. En production, rien n’a de valeur
de secours : un secret absent ou trop faible empêche le démarrage.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = os.environ.get("REGISTRE_MODE", "production")
if MODE not in ("production", "demo", "test"):
    raise ImproperlyConfigured("REGISTRE_MODE vaut production, demo ou test.")
EN_DEMO = MODE == "demo"
EN_PRODUCTION = MODE == "production"
DEBUG = False


def _secret(nom: str) -> str:
    """A secret from the environment; demo and tests may live on a throw-away one."""
    valeur = os.environ.get(nom, "")
    if not valeur and not EN_PRODUCTION:
        return secrets.token_urlsafe(48)
    d_exemple = any(mot in valeur.lower() for mot in ("exemple", "example", "insecure", "changez", "changeme"))
    if len(valeur) < 32 or len(set(valeur)) < 10 or d_exemple:
        raise ImproperlyConfigured(f"{nom} manque ou est trop faible : au moins 32 caractères tirés au hasard.")
    return valeur


SECRET_KEY = _secret("REGISTRE_CLE_SECRETE")  # web sessions, CSRF, signed links
CLE_MAITRE = _secret("REGISTRE_CLE_MAITRE")  # data at rest and authenticity tags; outlives SECRET_KEY
if SECRET_KEY == CLE_MAITRE:
    raise ImproperlyConfigured("REGISTRE_CLE_SECRETE et REGISTRE_CLE_MAITRE sont deux secrets différents.")

URL_PUBLIQUE = os.environ.get("REGISTRE_URL_PUBLIQUE", "" if EN_PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
HOTES = os.environ.get("REGISTRE_HOTES", "" if EN_PRODUCTION else "127.0.0.1,localhost,testserver")
ALLOWED_HOSTS = [h.strip() for h in HOTES.split(",") if h.strip()]
if EN_PRODUCTION:
    if not URL_PUBLIQUE.startswith("https://"):
        raise ImproperlyConfigured("REGISTRE_URL_PUBLIQUE commence par https:// en production.")
    if not ALLOWED_HOSTS or any("*" in h or h.startswith(".") for h in ALLOWED_HOSTS):
        raise ImproperlyConfigured("REGISTRE_HOTES nomme les hôtes un par un en production.")
    if not os.environ.get("DATABASE_URL"):
        raise ImproperlyConfigured("DATABASE_URL manque.")

# Extra folders of parameters (sessions, académies, corrections), after those of the package.
DOSSIERS_DE_PARAMETRES = [Path(d) for d in os.environ.get("REGISTRE_PARAMETRES", "").split(os.pathsep) if d]
# A front proxy that stamps the arrival of requests is trusted only when it is named here.
MANDATAIRES_DE_CONFIANCE = [a.strip() for a in os.environ.get("REGISTRE_MANDATAIRES", "").split(",") if a.strip()]

VAR = Path(os.environ.get("REGISTRE_VAR", BASE_DIR / "var"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "dsfr",
    "registre.commun",
    "registre.comptes",
    "registre.documents",
    "registre.inscription",
    "registre.justificatifs",
    "registre.gestion",
]
if EN_DEMO or MODE == "test":
    INSTALLED_APPS.append("registre.demo")

MIDDLEWARE = [
    "registre.commun.middleware.arrivee",
    # Before all that may answer: static files, refused hosts and failures carry the same headers.
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "registre.justificatifs.middleware.pages_du_telephone",
    "registre.commun.middleware.porte",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registre.comptes.middleware.duree_de_session",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "registre.comptes.middleware.facteur_exige",
    "django.contrib.messages.middleware.MessageMiddleware",
    "registre.commun.middleware.pages_personnelles",
    "registre.commun.middleware.methodes",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registre.commun.contexte.site",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{VAR / 'registre.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers queue instead of failing, and a power cut loses nothing acknowledged.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
if MODE == "test":
    # One database a run, in a file: connections of several threads must queue as they do in production.
    DATABASES["default"]["TEST"] = {"NAME": os.environ.get("REGISTRE_TEST_NOM")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# --- Comptes ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "comptes.Compte"
AUTHENTICATION_BACKENDS = ["registre.comptes.connexion.Moteur"]
PASSWORD_HASHERS = ["registre.comptes.hachage.Argon2id"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "mes_candidatures"
LOGOUT_REDIRECT_URL = "accueil"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = EN_PRODUCTION
if EN_PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
CSRF_FAILURE_VIEW = "registre.commun.views.jeton_refuse"
SESSION_INACTIVITE = 30 * 60  # seconds
SESSION_ABSOLUE = {"candidat": 12 * 3600, "gestionnaire": 10 * 3600}
SESSION_COOKIE_AGE = 24 * 3600  # the row outlives the session, so that a late POST still names its account
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # shared computers
APPAREIL_COOKIE_NAME = "__Host-appareil" if EN_PRODUCTION else "appareil"
# Answers that could tell whether an address has an account take at least this long, in seconds.
DUREE_PLANCHER = 0.0 if MODE == "test" else 0.25
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Sécurité du transport et du navigateur -----------------------------------------------------------
SECURE_SSL_REDIRECT = EN_PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if EN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = EN_PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if EN_PRODUCTION and MANDATAIRES_DE_CONFIANCE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],  # DSFR draws its marks with data: SVG
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# --- Ce qu’une demande peut envoyer ----------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes, files aside
CORPS_MAXIMAL = DATA_UPLOAD_MAX_MEMORY_SIZE  # bytes of a whole request, where no file is asked
CHEMINS_DES_DEPOTS = ("/justificatifs/", "/telephone/")
# Five full pieces in one form, and the envelope: a file of 6 to 25 Mo gets a refusal next to its field.
CORPS_DEPOT = 25 * 2**20 + 64 * 2**10
DELAI_DE_LECTURE = 55  # seconds to receive a body: no client holds a thread longer
CORPS_VIDE, DELAI_DE_VIDAGE = 64 * 2**20, 20  # bytes and seconds read for nothing, so that a refusal is seen
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_500
DATA_UPLOAD_MAX_NUMBER_FILES = 100
# In memory only: no paper is written unencrypted, and a killed process leaves no file behind.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = CORPS_DEPOT

# --- Fichiers statiques --------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("REGISTRE_STATIQUES", BASE_DIR / "staticfiles"))
WHITENOISE_USE_FINDERS = not EN_PRODUCTION
WHITENOISE_AUTOREFRESH = MODE == "test"  # else each test client scans every static file
STORAGES = {
    # The vault of the pieces, and nothing else. Another store: its class, and its options as JSON.
    "default": {
        "BACKEND": os.environ.get("REGISTRE_COFFRE", "registre.justificatifs.fichiers.disque.Disque"),
        "OPTIONS": json.loads(os.environ["REGISTRE_COFFRE_OPTIONS"])
        if "REGISTRE_COFFRE_OPTIONS" in os.environ
        else {
            "location": VAR / "fichiers",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if EN_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Where clamd listens; empty: no antivirus, each file is at once what the office sees.
ANTIVIRUS = os.environ.get("REGISTRE_ANTIVIRUS", "")
if ANTIVIRUS and not re.fullmatch(r"tcp://[^/]+:\d{1,5}|unix:///.+", ANTIVIRUS):
    raise ImproperlyConfigured("REGISTRE_ANTIVIRUS vaut tcp://hôte:port ou unix:///chemin, ou rien.")
DSFR_USE_INTEGRITY_CHECKSUMS = False  # hashes no longer match once files are renamed by the manifest

# --- Courriels -------------------------------------------------------------------------------------------
# Nothing but the outbox worker uses this backend.
EMAIL_BACKEND = os.environ.get(
    "REGISTRE_COURRIEL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if EN_PRODUCTION
    else "django.core.mail.backends.locmem.EmailBackend",
)
EMAIL_HOST = os.environ.get("REGISTRE_SMTP_HOTE", "localhost")
EMAIL_PORT = int(os.environ.get("REGISTRE_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("REGISTRE_SMTP_COMPTE", "")
EMAIL_HOST_PASSWORD = os.environ.get("REGISTRE_SMTP_MOT_DE_PASSE", "")
EMAIL_USE_TLS = os.environ.get("REGISTRE_SMTP_TLS", "1" if EN_PRODUCTION else "0") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("REGISTRE_EXPEDITEUR", "ne-pas-repondre@registre.example")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "registre.commun.traces.Json"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING" if MODE == "test" else "INFO"},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
TEST_RUNNER = "django.test.runner.DiscoverRunner"

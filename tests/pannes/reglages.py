"""The settings of the site, with the delays of the door made short: a test does not last a minute."""

from __future__ import annotations

from config.settings import *  # noqa: F403

DELAI_DE_LECTURE, DELAI_DE_VIDAGE = 3, 2

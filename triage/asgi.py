"""The ASGI entry: `uvicorn triage.asgi:application`."""

import os
import warnings
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")
os.environ.setdefault("TRIAGE_DATABASE_POOL", "12")

# A fresh clone has collected nothing: WhiteNoise then serves static/ itself, and need not warn.
warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)

django_application: Any = get_asgi_application()

from triage.web.body_limit import BodyLimit  # noqa: E402 - reads settings, so after Django is set up

application = BodyLimit(django_application)

"""The ASGI entry: `uvicorn triage.asgi:application`."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")
os.environ.setdefault("TRIAGE_DATABASE_POOL", "12")

django_application: Any = get_asgi_application()

from triage.web.body_limit import BodyLimit  # noqa: E402 - reads settings, so after Django is set up

application = BodyLimit(django_application)

"""The door: who comes in, and out again."""

from datetime import datetime
from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.utils import timezone


class Door(LoginView):
    """Log-in; somebody who is in already goes on to the desk."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(greeting=greeting(timezone.now()), **kwargs)


class WayOut(LogoutView):
    """Log-out, by POST only: a link could be followed by somebody else's page."""

    http_method_names = ["post"]


def greeting(now: datetime) -> str:
    """What the door says at this hour of the desk's zone."""
    hour = timezone.localtime(now).hour
    if 5 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"

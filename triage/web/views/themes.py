"""Light, dark, or as the system says: a person's choice, kept in a cookie of their browser."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from triage.web.access import signed_in
from triage.web.pages.frame import THEME_COOKIE, THEMES
from triage.web.requests import AgentRequest

A_YEAR = 365 * 24 * 3600


@require_POST
@signed_in
def theme(request: AgentRequest) -> HttpResponse:
    """Keep the posted theme; anything unknown is the system's."""
    after = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()})
    response = redirect(after if safe else "home")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", httponly=True,
            secure=request.is_secure(),
        )  # fmt: skip
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response

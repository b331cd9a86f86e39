"""For supervisors of processes: does this one live, and is the whole ready for work?"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from triage.reports import health


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 while this process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when database, broker and worker are there; else 503, saying what is missing."""
    found = health.check()
    return JsonResponse(
        {"ready": found.is_ready, **found.parts, "mailboxes": found.mailboxes},
        status=200 if found.is_ready else 503,
    )

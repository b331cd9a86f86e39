"""Where mail is posted: anybody who can send bytes over HTTPS can be a source of mail.

Statuses are chosen for the sender's retry: 2xx only when the mail is committed, 4xx for what will
not get better, 5xx (an exception) for "try again later".
"""

import logging
from typing import Any

from anymail.exceptions import AnymailError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from triage import tasks
from triage.ingest.models import Mailbox, Source
from triage.ingest.receive import Parcel, receive
from triage.ingest.webhooks import keep
from triage.web.providers import PROVIDERS, Provider

log = logging.getLogger(__name__)

# What Anymail's validators stumble with over bytes that are no post of the provider's, or over a
# key that is none.
MISREAD = (ValueError, TypeError, LookupError, AttributeError, RecursionError)

# Names under which senders put the mail into a form.
FIELDS = ("email", "message", "body-mime", "mime", "raw", "file")


@csrf_exempt  # the token in the address is the permission
@require_POST
def raw(request: HttpRequest, token: str) -> HttpResponse:
    """Take one mail: `message/rfc822` as the body, or one field of a multipart form."""
    mailbox = Mailbox.for_token(token)
    if mailbox is None:
        return _plain(404, "No mailbox has this inbound address. Copy it from the mailbox's page.")
    mail = _mail(request)
    if not mail.strip():
        return _plain(
            400,
            f"No mail in the body, nor in a form field named {', '.join(FIELDS)}. Post its MIME.",
        )
    stored = receive([Parcel(mail)], mailbox=mailbox, source=Source.WEBHOOK)
    tasks.ring_process()
    return JsonResponse({"stored": stored, "duplicates": 1 - stored}, status=201 if stored else 200)


@csrf_exempt  # the provider's secret is the permission
@require_http_methods(["POST", "HEAD"])
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Take what a provider posts, once it has proved itself by its secret or its signature."""
    if request.method == "HEAD":
        return HttpResponse()  # Mandrill asks whether the address exists before it has a key
    speaker = PROVIDERS.get(slug)
    if speaker is None or not speaker.is_open:
        return _plain(404, "Nothing is taken here. docs/mail-in.md says what opens the address.")
    view = _genuine(speaker, request)
    if view is None:
        return _refused()
    stored = keep(speaker.read(view, request))
    tasks.ring_process()
    return JsonResponse({"stored": stored})


def _genuine(speaker: Provider, request: HttpRequest) -> Any:
    """Anymail's view of a post that its validators believe; None for any other."""
    view = speaker.anymail_view()
    _ = request.body  # read before any form field, since dialects look at a form twice
    try:
        view.run_validators(request)
    except (AnymailError, *MISREAD) as error:
        # Shortened, since some of these repeat what the stranger wrote.
        log.warning("a post to %s was refused: %.200r", request.path, str(error))
        return None
    return view


def _refused() -> HttpResponse:
    """401, since Postmark takes 403 for "never again" and Amazon sends no password before a 401."""
    answer = _plain(401, "The secret or the signature is not the one this desk knows.")
    answer["WWW-Authenticate"] = 'Basic realm="inbound mail"'
    return answer


def _mail(request: HttpRequest) -> bytes:
    if request.content_type != "multipart/form-data":
        return bytes(request.read())
    # A mail in a field has the charset its own headers say: Latin-1 gives every byte back.
    request.encoding = "latin-1"
    for name in FIELDS:
        upload = request.FILES.get(name)
        if isinstance(upload, UploadedFile):
            return bytes(upload.read())
        if name in request.POST:
            return request.POST[name].encode("latin-1")
    return b""


def _plain(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=status)

"""Where mail is posted: anybody who can send bytes over HTTPS can be a source of mail.

Statuses are chosen for the sender's retry: 2xx only when the mail is committed, 4xx for what will
not get better, 5xx (an exception) for "try again later".
"""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from triage import tasks
from triage.ingest.models import Mailbox, Source
from triage.ingest.receive import Parcel, receive

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

"""What every page tells the browser it may do: nothing but our own files."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'self'; manifest-src 'self'"
)
# A mail's own HTML: its colours and the pictures it carries, nothing from anywhere else, no script.
# A link opens only when a person clicks it, outside the frame, and does not say where it stood.
MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
# Bytes that came by mail, served as a file.
FOREIGN_POLICY = "default-src 'none'; frame-ancestors 'self'; sandbox"


class ContentSecurityPolicyMiddleware:
    """Sets the policy unless a view has set a stricter one (a mail's own HTML)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

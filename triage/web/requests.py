"""A request as the desk's views know it: somebody is signed in, and htmx may have asked."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class AgentRequest(HttpRequest):
    """What `access.signed_in` hands on. Only a type: nothing is ever constructed from it."""

    user: User
    htmx: HtmxDetails
    # The queue a ticket is shown in, for the frame to mark; set by the ticket view.
    queue: str

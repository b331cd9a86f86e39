"""The providers that may post mail: how each proves itself, and which dialect it speaks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from anymail.webhooks import (
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    postmark,
    resend,
    sparkpost,
)
from django.conf import settings
from django.http import HttpRequest

from triage.ingest.webhooks import Posted
from triage.web import anymail_views, dialects

# The name before the password, where a provider is told both in its address.
USER = "triage"


@dataclass(frozen=True, slots=True)
class Provider:
    """`signs_with`: Anymail's option for the key that signs; "" for a password in the address."""

    slug: str
    view: Callable[..., Any]
    read: Callable[[Any, HttpRequest], list[Posted]]
    signs_with: str = ""
    api_key: str = ""
    options: Callable[[], dict[str, Any]] = field(default=dict)

    @property
    def is_open(self) -> bool:
        """Whether everything is set that it takes to know its posts and to read them."""
        has_key = not self.api_key or bool(settings.INBOUND_API_KEYS[self.slug])
        return has_key and bool(settings.INBOUND_SECRETS[self.slug])

    def anymail_view(self) -> Any:
        """Anymail's view with this provider's secret, and nothing of Anymail's own settings."""
        secret = settings.INBOUND_SECRETS[self.slug]
        options = self.options()
        if self.signs_with:
            options |= {self.signs_with: secret, "webhook_secret": []}
        else:
            options["webhook_secret"] = [f"{USER}:{secret}"]
        if self.api_key:
            options[self.api_key] = settings.INBOUND_API_KEYS[self.slug]
        return self.view(**options)


def _mandrill_options() -> dict[str, Any]:
    # It signs the address it posts to; behind a proxy, what we see of it may differ.
    url = f"{settings.PUBLIC_URL}/inbound/mandrill/" if settings.PUBLIC_URL else None
    return {"webhook_url": url}


PROVIDERS = {
    provider.slug: provider
    for provider in (
        Provider("amazon-ses", anymail_views.AmazonSES, dialects.amazon_ses),
        Provider("brevo", brevo.BrevoInboundWebhookView, dialects.brevo, api_key="api_key"),
        Provider(
            "mailersend",
            mailersend.MailerSendInboundWebhookView,
            dialects.mailersend,
            signs_with="inbound_secret",
        ),
        Provider(
            "mailgun",
            mailgun.MailgunInboundWebhookView,
            dialects.mailgun,
            signs_with="webhook_signing_key",
        ),
        Provider("mailjet", mailjet.MailjetInboundWebhookView, dialects.mailjet),
        Provider(
            "mailtrap",
            mailtrap.MailtrapInboundWebhookView,
            dialects.mailtrap,
            signs_with="inbound_secret",
            api_key="api_token",
        ),
        Provider(
            "mandrill",
            mandrill.MandrillCombinedWebhookView,
            dialects.mandrill,
            signs_with="webhook_key",
            options=_mandrill_options,
        ),
        Provider(
            "postal", postal.PostalInboundWebhookView, dialects.postal, signs_with="webhook_key"
        ),
        Provider("postmark", postmark.PostmarkInboundWebhookView, dialects.postmark),
        Provider("resend", resend.ResendInboundWebhookView, dialects.resend, api_key="api_key"),
        Provider("sendgrid", anymail_views.SendGrid, dialects.sendgrid),
        Provider("sparkpost", sparkpost.SparkPostInboundWebhookView, dialects.sparkpost),
    )
}

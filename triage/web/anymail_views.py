"""Two of Anymail's views, where its way of setting up is not ours. (Anymail carries no types.)"""

import logging
from typing import Any

from anymail.webhooks.amazon_ses import AmazonSESBaseWebhookView, AmazonSESInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView

log = logging.getLogger(__name__)

CHUNK_BYTES = 64 * 1024  # of a mail that is read from S3


class AmazonSES(AmazonSESInboundWebhookView):  # type: ignore[misc]
    """Works without boto3, which is asked for only when a mail lies in S3."""

    def __init__(self, **options: Any) -> None:
        self.kms_key_id = None
        self.chunk_size = CHUNK_BYTES
        # Where boto3 is installed it finds region and credentials in its own variables (AWS_*).
        self.session_params: dict[str, Any] = {}
        self.client_params: dict[str, Any] = {}
        # Past the parents that set these from boto3.
        super(AmazonSESBaseWebhookView, self).__init__(**options)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """A person confirms, once: no address that is posted to us is called by us."""
        log.warning(
            "Amazon SNS asks whether %s may post mail here. To confirm, open %s",
            sns_message.get("TopicArn"),
            sns_message.get("SubscribeURL"),
        )


class SendGrid(SendGridInboundWebhookView):  # type: ignore[misc]
    """Without the warning that Anymail's makers have no account to test it with any more."""

    def __init__(self, **options: Any) -> None:
        super(SendGridInboundWebhookView, self).__init__(**options)

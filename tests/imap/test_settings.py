"""A mailbox's settings: secrets sealed, and no way to send a password in the clear."""

import logging
from base64 import b64encode
from typing import Any

import pytest
from django.conf import LazySettings

from tests.imap.dovecot import PASSWORD, USER, Dovecot
from triage.ingest.fetch import fetch
from triage.ingest.forms import MailboxForm
from triage.ingest.models import Mailbox
from triage.ingest.sealing import SealBroken, seal, unseal

GIVEN = {
    "address": "hello@alderlamps.example.com",
    "source": "imap",
    "token_version": "1",
    "host": "imap.example.com",
    "port": "993",
    "security": "tls",
    "authentication": "password",
    "handling": "leave",
    "category_folders": "{}",
    "new_secret": "lamp light",
}


def errors(**changed: Any) -> dict[str, Any]:
    return dict(MailboxForm({**GIVEN, **changed}).errors)


def test_what_was_sealed_is_opened_again_and_looks_different_each_time() -> None:
    assert unseal(seal("Käse 7")) == "Käse 7"
    assert seal("Käse 7") != seal("Käse 7")
    assert "Käse" not in seal("Käse 7")
    assert seal("") == unseal("") == ""


def test_another_secret_key_opens_nothing_and_says_what_to_do(settings: LazySettings) -> None:
    sealed = seal("lamp light")
    settings.SECRET_KEY = "another"
    with pytest.raises(SealBroken, match="enter the secret anew"):
        unseal(sealed)


def test_the_key_of_before_still_opens_while_it_is_a_fallback(settings: LazySettings) -> None:
    sealed = seal("lamp light")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert unseal(sealed) == "lamp light"


@pytest.mark.django_db
def test_good_settings_are_taken() -> None:
    assert errors() == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("host", {"host": ""}),
        ("security", {"security": "none"}),
        ("new_secret", {"new_secret": ""}),
    ],
)
def test_settings_that_cannot_work_are_refused_at_their_field(
    field: str, changed: dict[str, str]
) -> None:
    assert list(errors(**changed)) == [field]


@pytest.mark.django_db
def test_a_webhook_mailbox_needs_none_of_it() -> None:
    assert errors(source="webhook", host="", new_secret="") == {}


@pytest.mark.django_db
def test_new_settings_are_tried_at_once_whatever_went_wrong_before() -> None:
    form = MailboxForm(GIVEN)
    form.instance.fetch_failures = 9
    assert form.is_valid()
    saved = form.save()
    assert saved.fetch_failures == 0
    assert Mailbox.objects.get().secret == "lamp light"


@pytest.mark.django_db(transaction=True)
def test_no_log_line_holds_the_password_not_even_when_everything_is_logged(
    server: Dovecot, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mailbox.security, mailbox.port = "none", server.imap_port
    fetch(mailbox)
    server.configure("imap_capability = IMAP4rev1")
    server.restart()
    fetch(mailbox)
    assert PASSWORD not in caplog.text
    assert b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode() not in caplog.text
    assert [record.name for record in caplog.records if "imapclient" in record.name] == []

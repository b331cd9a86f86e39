"""Which mails no person wrote, and of what kind (RFC 3834, 3464, 8098, 5965, 2919)."""

import re
from collections.abc import Mapping

from triage.mail.parameters import Value

BOUNCE = "bounce"
RECEIPT = "receipt"
REPORT = "report"
AUTO_REPLY = "auto-reply"
GENERATED = "generated"
LIST = "list"
BULK = "bulk"
# Mail that only answers mail: nothing in it to triage. Generated, list and bulk mail may well be
# work: suppliers' programs send invoices so.
ECHOES = frozenset({BOUNCE, RECEIPT, REPORT, AUTO_REPLY})

_REPORTS = {
    "delivery-status": BOUNCE,
    "disposition-notification": RECEIPT,
    "feedback-report": REPORT,
    "tlsrpt": REPORT,
}
# Local parts that only mail systems write from.
_DAEMON = re.compile(r"(?:mailer-?daemon|postmaster|mail-?delivery|mdaemon)@", re.I)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|report)|returned mail"
    r"|mail delivery (?:failed|system)|failure notice"
    r"|unzustellbar|nicht zustellbar|zustellung .{0,20}fehlgeschlagen"
    r"|non remis|échec de (?:la )?remise|no se puede entregar|no entregado"
    r"|mancato recapito|non recapitabile|onbestelbaar|não entregue|falha na entrega",
    re.I,
)
_AWAY_SUBJECT = re.compile(
    r"\s*(?:(?:re|aw|antw)\s*:\s*)?(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)\b"
    r"|out of (?:the )?office\b|autosvar"
    r"|abwesenheit|automatische (?:antwort|rückmeldung|beantwortung)"
    r"|réponse automatique|absence du bureau|message d'absence"
    r"|respuesta automática|fuera de (?:la )?oficina|risposta automatica|fuori (?:sede|ufficio)"
    r"|automatisch antwoord|afwezig"
    r"|resposta automática|fora do escritório|ausência (?:temporária|do escritório))",
    re.I,
)
_AWAY_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoreply-from",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-vacation",
)
_LIST_HEADERS = ("list-id", "list-post", "mailing-list", "x-mailing-list", "x-mailman-version")
# Not Feedback-ID: large senders put it on every mail, invoices included.
_BULK_HEADERS = (
    "list-unsubscribe",
    "x-campaignid",
    "x-campaign-id",
    "x-mc-user",
    "x-csa-complaints",
)


def automatic(headers: Mapping[str, str], content_type: Value, sender: str) -> str:
    """One of the words above, or "" for mail that a person wrote.

    `headers` are by lower-case name; `sender` is the address in From. The most specific kind
    wins: a bounce that calls itself auto-replied is a bounce.
    """
    subject = headers.get("subject", "")
    if content_type.kind == "multipart/report":
        return _REPORTS.get(
            content_type.get("report-type").lower(), BOUNCE if _DAEMON.match(sender) else REPORT
        )
    if content_type.kind in ("message/delivery-status", "message/disposition-notification"):
        return BOUNCE if "delivery" in content_type.kind else RECEIPT
    if _is_bounce(headers, subject, sender):
        return BOUNCE
    if _is_reply(headers, subject):
        return AUTO_REPLY
    if any(name in headers for name in _LIST_HEADERS) or _precedence(headers) == "list":
        return LIST
    if any(name in headers for name in _BULK_HEADERS) or _precedence(headers) in ("bulk", "junk"):
        return BULK
    return GENERATED if _submitted(headers) not in ("", "no") else ""


def _is_bounce(headers: Mapping[str, str], subject: str, sender: str) -> bool:
    if "x-failed-recipients" in headers:
        return True
    nobody = headers.get("return-path", "").strip() == "<>"
    return bool((nobody or _DAEMON.match(sender)) and _BOUNCE_SUBJECT.search(subject))


def _is_reply(headers: Mapping[str, str], subject: str) -> bool:
    submitted = _submitted(headers)
    if submitted in ("auto-replied", "auto-notified") or _precedence(headers) in (
        "auto_reply",
        "auto-reply",
    ):
        return True
    if any(headers.get(name, "no").lower() not in ("no", "false", "0") for name in _AWAY_HEADERS):
        return True
    # RFC 3834, 5: "no" is the sender's word that a person wrote it, whatever the subject says.
    return submitted != "no" and bool(_AWAY_SUBJECT.match(subject))


def _submitted(headers: Mapping[str, str]) -> str:
    return re.split(r"[;\s(]", headers.get("auto-submitted", "").strip().lower(), maxsplit=1)[0]


def _precedence(headers: Mapping[str, str]) -> str:
    return headers.get("precedence", "").strip().lower()

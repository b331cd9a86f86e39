"""Which mailbox a posted mail is for, and what becomes of it when it is for none."""

from collections.abc import Sequence

import pytest

from tests import factories
from tests.ingest.letters import letter
from triage.ingest.addressing import mailboxes_at, without_detail
from triage.ingest.models import Delivery, Mailbox
from triage.ingest.process import process_pending, replay
from triage.ingest.webhooks import Posted, keep
from triage.tickets.intake import Accepted, Arrival, accept
from triage.tickets.models import Message

pytestmark = pytest.mark.django_db

DESK = "desk@alder-lamps.example.com"
ORDERS = "orders@alder-lamps.example.com"


@pytest.fixture(autouse=True)
def desk() -> Mailbox:
    return factories.mailbox(DESK)


def posted(*recipients: str, to: str = DESK, **columns: str) -> Posted:
    return Posted(letter(to=to, **columns), recipients)  # type: ignore[arg-type]


def settled() -> Delivery:
    process_pending()
    return Delivery.objects.get()


@pytest.mark.parametrize(
    "written",
    [DESK, DESK.upper(), f"  {DESK}\t", "desk+returns@alder-lamps.example.com",
     "Desk+a+b@Alder-Lamps.example.com", "desk+@alder-lamps.example.com"],
)  # fmt: skip
def test_capitals_details_and_blanks_do_not_matter(desk: Mailbox, written: str) -> None:
    assert mailboxes_at([written]) == [desk]


@pytest.mark.parametrize(
    "written",
    ["", "@", "+@", "desk", "desk@", "desk@example.com", "+desk@alder-lamps.example.com",
     "xdesk@alder-lamps.example.com", "desk@alder-lamps.example.com.test", "%", "desk\0@a.test",
     "desk@" + "a" * 5000],
)  # fmt: skip
def test_other_addresses_are_nobody_s(written: str) -> None:
    kept = keep([posted(written, to="sales@example.org")])
    assert (kept, settled().state) == (1, "failed")


def test_a_mailbox_with_a_plus_of_its_own_comes_first(desk: Mailbox) -> None:
    returns = factories.mailbox("Desk+Returns@alder-lamps.example.com")
    assert mailboxes_at(["desk+returns@alder-lamps.example.com"]) == [returns]
    assert mailboxes_at(["desk+spares@alder-lamps.example.com"]) == [desk]


def test_a_plus_in_front_separates_nothing() -> None:
    assert without_detail("+49+x@Example.test") == "+49@example.test"


def test_each_mailbox_is_named_once_and_in_order(desk: Mailbox) -> None:
    orders = factories.mailbox(ORDERS)
    assert mailboxes_at([ORDERS, DESK.upper(), DESK, "nobody@example.org"]) == [orders, desk]


def test_a_forwarder_s_address_gives_way_to_the_headers(desk: Mailbox) -> None:
    keep([posted("a1b2c3@inbound.example.org")])
    assert settled().mailbox == desk


def test_what_relays_wrote_counts_before_what_the_sender_wrote() -> None:
    orders = factories.mailbox(ORDERS)
    keep([Posted(letter(to=DESK, fields=[f"Delivered-To: {ORDERS}"]), ())])
    assert settled().mailbox == orders


def test_the_reason_names_three_recipients_and_counts_the_rest() -> None:
    keep([posted(*(f"lamp{number}@example.org" for number in range(5)), to="x@example.org")])
    reason = settled().reason
    assert "lamp0@example.org, lamp1@example.org, lamp2@example.org and 2 more." in reason


def test_a_mail_that_names_nobody_says_so() -> None:
    keep([Posted(b"Subject: hello\r\n\r\nhello", ())])
    assert settled().reason.startswith("It names no address")


def test_a_replay_without_the_mailbox_fails_as_before() -> None:
    keep([posted(ORDERS, to=ORDERS)])
    first = settled().reason
    replay(Delivery.objects.failed(), by=None)
    assert (settled().state, settled().reason) == ("failed", first)


def test_a_replay_finds_the_mailbox_by_the_envelope_when_no_header_names_it() -> None:
    keep([posted(ORDERS, to="undisclosed@example.org")])
    process_pending()
    orders = factories.mailbox(ORDERS)
    replay(Delivery.objects.failed(), by=None)
    assert settled().mailbox == orders


def test_posted_again_once_the_mailbox_is_there_the_kept_one_is_its_duplicate() -> None:
    keep([posted(ORDERS, to=ORDERS)])
    process_pending()
    factories.mailbox(ORDERS)
    keep([posted(ORDERS, to=ORDERS)])
    replay(Delivery.objects.failed(), by=None)
    process_pending()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["duplicate", "processed"]
    assert Message.objects.count() == 1


def test_a_mail_for_nobody_holds_up_no_other_in_its_batch(desk: Mailbox) -> None:
    keep([posted("nobody@example.org", to="x@example.org"), posted(DESK, message_id="2@a.test")])
    process_pending()
    assert Message.objects.get().mailbox == desk
    assert Delivery.objects.failed().count() == 1


def test_a_batch_that_is_tried_one_by_one_loses_no_assigned_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep([posted("a1b2@inbound.example.org"), posted(DESK, message_id="2@a.test", text="Two")])
    batches = []

    def spoiled(arrivals: Sequence[Arrival]) -> list[Accepted]:
        batches.append(len(arrivals))
        if len(arrivals) > 1:
            raise ValueError("one of these")
        return accept(arrivals)

    monkeypatch.setattr("triage.ingest.process.accept", spoiled)
    process_pending()
    assert batches == [2, 1, 1]
    assert Message.objects.count() == 2
    assert not Delivery.objects.exclude(state="processed").exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_for_two_mailboxes_is_two_deliveries() -> None:
    factories.mailbox(DESK)
    factories.mailbox(ORDERS)
    assert keep([posted(DESK, ORDERS, "nobody@example.org")]) == 2
    assert keep([posted(DESK, ORDERS, "nobody@example.org")]) == 0


def test_the_same_mail_for_nobody_is_kept_once() -> None:
    assert [keep([posted(ORDERS, to=ORDERS)]) for _ in range(3)] == [1, 0, 0]


def test_strange_recipients_are_kept_as_far_as_a_database_can() -> None:
    keep([posted("a\0b@example.org", "half\ud800@example.org", "two\nlines@example.org", " ")])
    assert Delivery.objects.get().envelope_to.split("\n") == [
        "ab@example.org", "half?@example.org", "two lines@example.org",
    ]  # fmt: skip

"""Totals and VAT rows: each rule with the invoice that keeps it and the one that breaks it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.invoices.builders import TODAY, fatturapa, sound_document
from triage.invoices.checks import check
from triage.invoices.document import Adjustment, Document, Line, Tax
from triage.invoices.structured import read

D = Decimal


def codes(document: Document) -> list[str]:
    return [problem.code for problem in check(document, today=TODAY)]


def rules(document: Document) -> set[str]:
    return {problem.rule for problem in check(document, today=TODAY) if problem.rule}


def test_a_sound_invoice_has_no_problem() -> None:
    assert check(sound_document(), today=TODAY) == ()


@pytest.mark.parametrize(
    ("field", "wrong", "rule", "others"),
    [
        ("line_total", "353.81", "BR-CO-10", {"BR-CO-13"}),
        ("allowance_total", "10.01", "BR-CO-11", {"BR-CO-13"}),
        ("charge_total", "6.89", "BR-CO-12", {"BR-CO-13"}),
        ("total_net", "350.71", "BR-CO-13", {"BR-CO-15"}),
        ("total_tax", "46.96", "BR-CO-14", {"BR-CO-15"}),
        ("total_gross", "397.66", "BR-CO-15", {"BR-CO-16"}),
        ("prepaid", "50.01", "BR-CO-16", set()),
        ("due", "347.66", "BR-CO-16", set()),
        ("rounding", "0.01", "BR-CO-16", set()),
    ],
)
def test_a_total_off_by_a_cent_breaks_its_rule(
    field: str, wrong: str, rule: str, others: set[str]
) -> None:
    change: dict[str, Any] = {field: D(wrong)}
    document = replace(sound_document(), **change)

    assert rules(document) == {rule, *others}


def test_the_message_says_both_figures_and_the_rule() -> None:
    [problem] = check(replace(sound_document(), due=D("347.66")), today=TODAY)

    assert problem.code == "due"
    assert problem.message == (
        "Gross 397.65 less prepaid 50.00 leaves 347.65, the amount due says 347.66. (BR-CO-16)"
    )


def test_rounding_is_part_of_the_amount_due() -> None:
    assert codes(replace(sound_document(), rounding=D("0.35"), due=D("348.00"))) == []


def test_an_overpaid_invoice_may_be_due_to_the_customer() -> None:
    assert codes(replace(sound_document(), prepaid=D("400.00"), due=D("-2.35"))) == []


def test_a_line_that_is_not_counted_is_not_summed() -> None:
    sound = sound_document()
    group = replace(sound.lines[0], description="Kaffee", counted=False)

    assert codes(replace(sound, lines=(group, *sound.lines))) == []
    assert "line_total" in codes(replace(sound, lines=(replace(group, counted=True), *sound.lines)))


def test_amounts_with_more_places_may_round_half_a_cent_each() -> None:
    def with_line_nets(first: str, second: str) -> Document:
        sound = sound_document()
        lines = [
            replace(line, net=D(net))
            for line, net in zip(sound.lines, (first, second), strict=True)
        ]
        return replace(sound, lines=tuple(lines))

    assert codes(with_line_nets("174.004", "179.804")) == []
    assert codes(with_line_nets("174.006", "179.806")) == ["line_total"]


def test_a_sum_nobody_stated_is_not_checked() -> None:
    silent = replace(
        sound_document(), line_total=None, allowance_total=None, charge_total=None, due=None
    )

    assert codes(replace(silent, total_net=None, total_tax=None)) == []


def test_without_a_sum_of_lines_the_net_total_is_held_against_the_lines() -> None:
    unsummed = replace(sound_document(), line_total=None)

    assert codes(unsummed) == []
    assert "BR-CO-13" in rules(replace(unsummed, total_net=D("350.60")))


EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"


@pytest.mark.parametrize(
    ("field", "allowed", "too_much", "rule"),
    [
        ("line_total", "353.82", "353.83", "BR-CO-10"),  # two lines
        ("allowance_total", "10.01", "10.02", "BR-CO-11"),  # one allowance
        ("charge_total", "6.89", "6.88", "BR-CO-12"),
        ("total_net", "350.74", "350.75", "BR-CO-13"),  # all four rows
        ("total_gross", "397.69", "397.70", "BR-CO-15"),
    ],
)
def test_the_extended_profile_allows_a_cent_for_each_row(
    field: str, allowed: str, too_much: str, rule: str
) -> None:
    def rules_with(amount: str) -> set[str]:
        change: dict[str, Any] = {field: D(amount)}
        return rules(replace(sound_document(), profile=EXTENDED, **change))

    assert rule not in rules_with(allowed)
    assert rule in rules_with(too_much)


def test_a_minimum_invoice_cannot_state_what_was_prepaid() -> None:
    minimum = replace(
        sound_document(), lines=(), taxes=(), line_total=None, adjustments=(), prepaid=None
    )

    assert codes(minimum) == ["due"]
    assert codes(replace(minimum, profile="urn:factur-x.eu:1p0:minimum")) == []


def test_what_is_collected_for_others_is_due_too() -> None:
    document = replace(sound_document(), collected=D("20.00"))

    assert codes(document) == ["due"]
    assert codes(replace(document, due=D("367.65"))) == []


# --- lines --------------------------------------------------------------------------------------


def read_by_model(*lines: Line) -> Document:
    return replace(
        sound_document(),
        source="gemini",
        lines=lines,
        taxes=(),
        line_total=None,
        total_net=None,
        total_tax=None,
    )


def test_quantity_times_price_is_checked_where_a_model_read_it() -> None:
    line = Line("Filterpapier", D(40), D("3.20"), D("128.00"), None)

    assert codes(read_by_model(line)) == []
    assert codes(read_by_model(replace(line, net=D("182.00")))) == ["line_net"]
    assert codes(replace(read_by_model(replace(line, net=D("182.00"))), source="ubl")) == [
        "tax_breakdown"
    ]


def test_a_price_may_be_for_a_hundred_pieces_and_less_an_allowance() -> None:
    line = Line(
        "Becher", D(1500), D("8.00"), D("117.00"), None, base_quantity=D(100), allowances=D("3.00")
    )

    assert codes(read_by_model(line)) == []
    assert codes(read_by_model(replace(line, charges=D("1.50"), net=D("118.50")))) == []
    assert codes(read_by_model(replace(line, base_quantity=None))) == ["line_net"]
    assert codes(read_by_model(replace(line, base_quantity=D(0)))) == ["line_net"]


def test_a_rounded_unit_price_is_forgiven_as_far_as_its_last_place_reaches() -> None:
    line = Line("Strom, kWh", D(1000), D("0.33"), D("333.33"), None)

    assert codes(read_by_model(line)) == []
    # Half a cent for each of a thousand, and a cent.
    assert codes(read_by_model(replace(line, net=D("335.01")))) == []
    assert codes(read_by_model(replace(line, net=D("335.02")))) == ["line_net"]
    assert codes(read_by_model(replace(line, unit_price=D("0.3333"), net=D("333.37")))) == [
        "line_net"
    ]


# --- VAT ----------------------------------------------------------------------------------------


def test_tax_is_rate_times_taxable_amount() -> None:
    sound = sound_document()
    wrong = (sound.taxes[0], replace(sound.taxes[1], tax=D("34.47")))
    document = replace(sound, taxes=wrong, total_tax=D("45.95"), total_gross=D("396.65"))

    assert "BR-CO-17" in rules(document)
    assert "BR-CO-14" not in rules(document)


def with_tax_off_by(cents: int) -> Document:
    sound, off = sound_document(), D(cents) / 100
    assert sound.total_tax is not None
    assert sound.total_gross is not None
    assert sound.due is not None
    return replace(
        sound,
        taxes=(sound.taxes[0], replace(sound.taxes[1], tax=D("35.47") + off)),
        total_tax=sound.total_tax + off,
        total_gross=sound.total_gross + off,
        due=sound.due + off,
    )


def test_tax_may_be_off_by_less_than_one_as_the_standard_says() -> None:
    assert codes(with_tax_off_by(99)) == []
    assert rules(with_tax_off_by(100)) == {"BR-CO-17"}
    assert rules(with_tax_off_by(-100)) == {"BR-CO-17"}


def test_tax_a_model_read_may_only_be_rounded_line_by_line() -> None:
    def read_as_off_by(cents: int) -> list[str]:
        return codes(replace(with_tax_off_by(cents), source="gemini"))

    # One line at 19 %: half a cent for it, and a cent.
    assert read_as_off_by(1) == []
    assert read_as_off_by(2) == ["tax_amount"]
    # Of four lines at 19 % (and one at 7 %) each may have been rounded.
    off = with_tax_off_by(3)
    quarters = tuple(replace(off.lines[1], net=D("44.95"), quantity=None) for _ in range(4))
    assert codes(replace(off, source="gemini", lines=(off.lines[0], *quarters))) == []


@pytest.mark.parametrize(("off", "expected"), [("0.02", []), ("0.03", ["taxable_amount"])])
def test_taxable_amounts_may_be_rounded_half_a_cent_a_line(off: str, expected: list[str]) -> None:
    sound = sound_document()
    coffee, burrs = sound.taxes
    assert coffee.net is not None
    shifted = (replace(coffee, net=coffee.net + D(off)), burrs)
    extra = Line("Porto", None, None, D(off), D("5"), "S")

    assert codes(replace(sound, taxes=shifted)) == expected
    # Nor may a rate without a row of its own come to more.
    alone = replace(sound, lines=(*sound.lines, extra), line_total=None, total_net=None)
    assert codes(replace(alone, source="gemini")) == ([] if off == "0.02" else expected)


def test_rows_that_leave_an_amount_out_are_taken_as_they_are() -> None:
    sound = sound_document()
    taxes = tuple(replace(row, net=None) for row in sound.taxes)
    lines = tuple(replace(line, net=None) for line in sound.lines)

    assert codes(replace(sound, taxes=taxes)) == []
    assert codes(replace(sound, lines=lines)) == []


def test_an_invoice_with_lines_says_how_its_vat_comes_about() -> None:
    sound = replace(sound_document(), taxes=())

    assert rules(sound) == {"BR-CO-18"}
    # A MINIMUM invoice has neither; a receipt read by a model may have no VAT at all.
    minimum = replace(sound, lines=(), line_total=None, adjustments=())
    assert codes(minimum) == []
    assert codes(replace(sound, source="gemini")) == []


def with_category(category: str, *, rate: str, tax: str) -> Document:
    """The roaster's invoice in one VAT category."""
    sound = sound_document()
    return replace(
        sound,
        taxes=(Tax(D(rate), D("350.70"), D(tax), category),),
        lines=tuple(replace(one, tax_rate=D(rate), tax_category=category) for one in sound.lines),
        adjustments=tuple(
            replace(one, tax_rate=D(rate), tax_category=category) for one in sound.adjustments
        ),
        total_tax=D(tax),
        total_gross=D("350.70") + D(tax),
        due=D("300.70") + D(tax),
    )


def shift_taxable(document: Document) -> Document:
    [row] = document.taxes
    assert row.net is not None
    return replace(document, taxes=(replace(row, net=row.net + 2),))


CATEGORIES = [
    ("S", "19", "66.63", "BR-S"),
    ("Z", "0", "0.00", "BR-Z"),
    ("E", "0", "0.00", "BR-E"),
    ("AE", "0", "0.00", "BR-AE"),
    ("K", "0", "0.00", "BR-IC"),
    ("G", "0", "0.00", "BR-G"),
    ("O", "0", "0.00", "BR-O"),
    ("L", "7", "24.55", "BR-IG"),
    ("M", "4", "14.03", "BR-IP"),
]


@pytest.mark.parametrize(("category", "rate", "tax", "prefix"), CATEGORIES)
def test_the_taxable_amount_of_a_category_is_the_sum_of_its_lines(
    category: str, rate: str, tax: str, prefix: str
) -> None:
    sound = with_category(category, rate=rate, tax=tax)

    assert codes(sound) == []
    assert f"{prefix}-08" in rules(shift_taxable(sound))


@pytest.mark.parametrize(
    ("category", "prefix"), [(one[0], one[3]) for one in CATEGORIES if one[1] == "0"]
)
def test_a_category_without_tax_charges_none(category: str, prefix: str) -> None:
    assert codes(with_category(category, rate="0", tax="0")) == []
    assert rules(with_category(category, rate="0", tax="5.00")) == {f"{prefix}-09"}


def test_lines_at_a_rate_the_breakdown_lacks_are_found() -> None:
    sound = sound_document()
    lines = (sound.lines[0], replace(sound.lines[1], tax_rate=D("7.7")))
    messages = [one.message for one in check(replace(sound, lines=lines), today=TODAY)]

    assert any(
        message.startswith("VAT category S 7.7 %: 179.80 is charged, the breakdown has no such row")
        for message in messages
    )


def test_rates_are_compared_as_numbers() -> None:
    sound = sound_document()
    lines = tuple(replace(one, tax_rate=D(f"{one.tax_rate}00")) for one in sound.lines)

    assert codes(replace(sound, lines=lines)) == []


def test_exempt_lines_without_a_rate_belong_to_the_exempt_row() -> None:
    sound = with_category("E", rate="0", tax="0.00")
    lines = tuple(replace(one, tax_rate=None) for one in sound.lines)

    assert codes(replace(sound, lines=lines)) == []


def test_rows_of_one_category_with_different_reasons_are_added() -> None:
    sound = with_category("E", rate="0", tax="0.00")
    rows = (Tax(D(0), D("300.00"), D(0), "E"), Tax(D(0), D("50.70"), D(0), "E"))

    assert codes(replace(sound, taxes=rows)) == []


def test_a_model_reads_no_categories_so_rates_stand_for_them() -> None:
    sound = sound_document()
    uncategorised = replace(
        sound,
        source="gemini",
        taxes=tuple(replace(row, category=None) for row in sound.taxes),
        lines=tuple(replace(line, tax_category=None) for line in sound.lines),
        adjustments=tuple(replace(one, tax_category=None) for one in sound.adjustments),
    )
    wrong = replace(uncategorised.taxes[0], net=D("170.00"))

    assert codes(uncategorised) == []
    assert "BR-S-08" in rules(replace(uncategorised, taxes=(wrong, uncategorised.taxes[1])))


# --- FatturaPA ----------------------------------------------------------------------------------


def test_a_fattura_may_charge_the_stamp_duty_or_bear_it() -> None:
    charged = read(fatturapa())
    borne = read(fatturapa((">126.00<", ">124.00<")))
    wrong = read(fatturapa((">126.00<", ">125.00<")))

    assert charged is not None
    assert borne is not None
    assert wrong is not None
    assert (codes(charged), codes(borne), codes(wrong)) == ([], [], ["gross_total"])


def test_a_fattura_without_a_total_is_whole() -> None:
    total = "<ImportoTotaleDocumento>126.00</ImportoTotaleDocumento>"
    document = read(fatturapa((total, "")))

    assert document is not None
    assert codes(document) == []


def test_a_social_security_contribution_is_part_of_the_taxable_amount() -> None:
    contribution = Adjustment(is_charge=True, amount=D("4.00"), tax_rate=D("22.00"))
    document = read(fatturapa())
    assert document is not None

    assert "BR-CO-13" in rules(replace(document, adjustments=(contribution,)))

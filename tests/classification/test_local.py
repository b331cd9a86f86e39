"""The classifier that needs nobody: the same numbers everywhere, kept as numbers only."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from pytest_django.fixtures import Settings

from triage.classification import local
from triage.classification.local import Sample

SAMPLES = [
    Sample("Crate 12", f"The lamp in room {n} flickers and the switch is broken.", "support")
    for n in range(6)
]
SAMPLES += [
    Sample("Invoice", f"Please pay invoice {n}; the amount is overdue.", "billing")
    for n in range(6)
]
SAMPLES += [
    Sample("A quote", f"What do {n} desk lamps cost, and when can you deliver?", "sales")
    for n in range(6)
]


@pytest.fixture(scope="module")
def small() -> local.LocalModel:
    return local.fit(SAMPLES)


def test_shares_of_every_category_sum_to_one(small: local.LocalModel) -> None:
    for share in small.shares([("", ""), ("Invoice", "overdue"), ("\ud800", "\x00" * 9)]):
        assert set(share) == {"billing", "sales", "support"}
        assert sum(share.values()) == pytest.approx(1)
        assert all(0 <= value <= 1 for value in share.values())


def test_it_says_what_it_was_shown(small: local.LocalModel) -> None:
    switch, money = small.shares([("", "The switch is broken"), ("", "the invoice is overdue")])
    assert switch["support"] > switch["billing"]
    assert money["billing"] > money["support"]


def test_many_at_once_are_judged_as_each_alone(small: local.LocalModel) -> None:
    mails = [("Invoice", "overdue"), ("", "the switch"), ("Crate", "a lamp")]
    together = small.shares(mails)
    alone = [small.shares([mail])[0] for mail in mails]
    for left, right in zip(together, alone, strict=True):
        assert left == pytest.approx(right)
    assert small.shares([]) == []


def test_the_same_samples_make_the_same_numbers(small: local.LocalModel) -> None:
    again = local.fit(SAMPLES)
    assert again.version == small.version
    np.testing.assert_array_equal(again.weights, small.weights)
    assert local.fit(SAMPLES[1:]).version != small.version


def test_numbers_and_addresses_do_not_count(small: local.LocalModel) -> None:
    left = small.shares([("", "pay 12 to a@example.org, see https://a.example.org/x?1")])
    right = small.shares([("", "pay 99 to b@example.com, see http://b.example.com/y")])
    assert left == right


def test_it_is_kept_without_a_pickle_and_read_back_as_it_was(
    small: local.LocalModel, tmp_path: Path
) -> None:
    path = tmp_path / "models" / f"local-{small.version}.npz"
    local._keep(small, path)
    back = local._load(path)
    assert (back.version, back.categories) == (small.version, small.categories)
    np.testing.assert_array_equal(back.weights, small.weights)
    with np.load(path, allow_pickle=False) as file:
        assert sorted(file.files) == ["bias", "categories", "idf", "weights"]


def test_workers_that_fit_at_once_leave_one_whole_file(
    small: local.LocalModel, tmp_path: Path
) -> None:
    # In containers of their own on one volume they may have the same process id.
    path = tmp_path / f"local-{small.version}.npz"
    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(local._keep, small, path) for _ in range(8)]:
            each.result()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert local._load(path).categories == small.categories


def test_the_one_in_use_is_fitted_once_for_this_machine(settings: Settings) -> None:
    model = local.current()
    assert local.current() is model
    assert (settings.VAR / "models" / f"local-{model.version}.npz").exists()
    assert set(model.categories) == {"support", "billing", "sales", "spam"}

"""Settings from the environment: taken as meant, or refused with the variable's name."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from triage.lib.env import env_bool, env_int, env_list, env_str


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("LAMPS", "LAMPS_FILE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_an_unset_variable_is_its_default(setting: pytest.MonkeyPatch) -> None:
    assert env_str("LAMPS") == ""
    assert env_str("LAMPS", "desk") == "desk"
    assert env_int("LAMPS", 5) == 5
    assert env_bool("LAMPS", default=True) is True
    assert env_list("LAMPS", "a b") == ["a", "b"]


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_one_is_as_good_as_unset(setting: pytest.MonkeyPatch, blank: str) -> None:
    setting.setenv("LAMPS", blank)
    assert env_str("LAMPS") == ""
    assert env_int("LAMPS", 5) == 5
    assert env_bool("LAMPS", default=False) is False
    assert env_list("LAMPS", "a b") == ["a", "b"]


@pytest.mark.parametrize(("text", "number"), [("5", 5), (" 7 ", 7), ("0050", 50)])
def test_a_whole_number_is_read(setting: pytest.MonkeyPatch, text: str, number: int) -> None:
    setting.setenv("LAMPS", text)
    assert env_int("LAMPS", 1, least=5) == number


@pytest.mark.parametrize(
    "text", ["4", "-5", "5.0", "five", "5 lamps", "0x10", "1e3", "\u00b2", "9" * 5_000]
)
def test_any_other_number_is_refused_with_the_remedy(
    setting: pytest.MonkeyPatch, text: str
) -> None:
    setting.setenv("LAMPS", text)
    with pytest.raises(ImproperlyConfigured, match=r"LAMPS=.*use a whole number of 5 or more"):
        env_int("LAMPS", 10, least=5)


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "yes", "on", " On "])
def test_yes_in_many_words(setting: pytest.MonkeyPatch, text: str) -> None:
    setting.setenv("LAMPS", text)
    assert env_bool("LAMPS", default=False) is True


@pytest.mark.parametrize("text", ["false", "False", "0", "no", "off"])
def test_no_in_many_words(setting: pytest.MonkeyPatch, text: str) -> None:
    setting.setenv("LAMPS", text)
    assert env_bool("LAMPS", default=True) is False


@pytest.mark.parametrize("text", ["y", "2", "maybe", "truee", "none"])
def test_anything_between_yes_and_no_is_refused(setting: pytest.MonkeyPatch, text: str) -> None:
    setting.setenv("LAMPS", text)
    with pytest.raises(ImproperlyConfigured, match=r"LAMPS=.*'true' or 'false'"):
        env_bool("LAMPS", default=False)


def test_a_list_is_split_at_commas_and_spaces(setting: pytest.MonkeyPatch) -> None:
    setting.setenv("LAMPS", "fenna, otto  ,juno")
    assert env_list("LAMPS") == ["fenna", "otto", "juno"]


def test_a_secret_may_lie_in_a_file(setting: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a lamp for every desk\n")
    setting.setenv("LAMPS", "not this one")
    setting.setenv("LAMPS_FILE", str(tmp_path / "secret"))
    assert env_str("LAMPS") == "a lamp for every desk"


@pytest.mark.parametrize("name", ["gone", ".", "binary"])
def test_a_file_that_cannot_be_read_is_named(
    setting: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    setting.setenv("LAMPS_FILE", str(tmp_path / name))
    with pytest.raises(ImproperlyConfigured, match=r"LAMPS_FILE=.+: .+"):
        env_str("LAMPS", "default")

"""DATABASE_URL: what libpq would take, and a remedy for the rest."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from triage.lib.database_url import parse


def test_every_part_finds_its_place() -> None:
    assert parse("postgresql://desk:lamp@db.example.com:5433/triage?sslmode=require") == {
        "NAME": "triage",
        "USER": "desk",
        "PASSWORD": "lamp",
        "HOST": "db.example.com",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_what_is_left_out_is_left_to_libpq() -> None:
    found = parse("postgres:///triage")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("", "", "", "")
    assert found["OPTIONS"] == {}


def test_signs_in_a_password_travel_as_escapes() -> None:
    found = parse("postgresql://de%40sk:p%2Fa%3As%23s%25@db.example.com/tri%20age")
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("de@sk", "p/a:s#s%", "tri age")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk@/triage?host=/run/postgresql",
        "postgresql://desk@%2Frun%2Fpostgresql/triage",
    ],
)
def test_a_socket_s_folder_is_a_host_in_either_spelling(url: str) -> None:
    found = parse(url)
    assert (found["HOST"], found["NAME"], found["USER"]) == ("/run/postgresql", "triage", "desk")
    assert "host" not in found["OPTIONS"]


def test_an_address_of_ip_version_6_loses_its_brackets() -> None:
    found = parse("postgresql://desk@[::1]:5432/triage")
    assert (found["HOST"], found["PORT"]) == ("::1", "5432")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://desk@db.example.com/triage", "starts with mysql: only PostgreSQL works"),
        ("sqlite:///triage.db", "starts with sqlite"),
        ("db.example.com/triage", "starts with nothing"),
        ("postgresql://desk@db.example.com", "names no database"),
        ("postgresql://desk@db.example.com/", "names no database"),
        ("postgresql://db.example.com:port/triage", "cannot be read"),
        ("postgresql://db.example.com:99999/triage", "cannot be read"),
        ("postgresql://[::1/triage", "cannot be read"),
        ("postgresql://desk@db.example.com/triage?foo=bar", 'invalid connection option "foo"'),
        ("postgresql://desk:p/w@db.example.com/triage", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_an_example(url: str, complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        parse(url)
    sentence = str(caught.value)
    assert complaint in sentence
    assert "postgresql://USER:PASSWORD@HOST:5432/NAME" in sentence
    assert "p/w" not in sentence

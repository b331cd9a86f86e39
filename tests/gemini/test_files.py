"""Files: the SDK's resumable upload, and what a prompt makes of a file."""

from __future__ import annotations

import hashlib
import io
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from google import genai
from google.genai import errors, types

from tests.gemini import GeminiDouble
from tests.gemini.asking import FLASH

PDF = b"%PDF-1.7 Moulin Vert, invoice F-2026-041"
# The SDK sends pieces of 8 MiB: two of them, the second one short.
TWO_PIECES = b"%PDF-" + b"x" * (9 * 1024 * 1024)


def upload(client: genai.Client, data: bytes = PDF, name: str | None = None) -> types.File:
    config = types.UploadFileConfig(
        mime_type="application/pdf", display_name="F-2026-041.pdf", name=name
    )
    return client.files.upload(file=io.BytesIO(data), config=config)


def read(client: genai.Client, file: types.File) -> types.GenerateContentResponse:
    parts = [
        types.Part.from_uri(file_uri=file.uri or "", mime_type=file.mime_type),
        types.Part(text="Read it."),
    ]
    return client.models.generate_content(
        model=FLASH, contents=types.Content(role="user", parts=parts)
    )


def test_an_uploaded_file_is_active_and_described(client: genai.Client) -> None:
    file = upload(client)

    assert file.name is not None
    assert file.name.startswith("files/")
    assert (file.display_name, file.mime_type) == ("F-2026-041.pdf", "application/pdf")
    assert (file.size_bytes, file.state) == (len(PDF), types.FileState.ACTIVE)
    assert file.expiration_time is not None
    assert file.create_time is not None
    assert (file.expiration_time - file.create_time).total_seconds() == 48 * 3600
    assert client.files.get(name=file.name).uri == file.uri


def test_a_path_is_uploaded_as_well(client: genai.Client, tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(PDF)

    assert client.files.upload(file=path).mime_type == "application/pdf"


def test_pieces_are_put_together_in_order(gemini: GeminiDouble, client: genai.Client) -> None:
    file = upload(client, TWO_PIECES)

    (stored,) = gemini.files.all
    assert hashlib.sha256(stored.data).digest() == hashlib.sha256(TWO_PIECES).digest()
    assert file.size_bytes == len(TWO_PIECES)
    assert len([one for one in gemini.requests if "upload_id" in one.query]) == 2


def test_a_name_can_be_chosen_once(client: genai.Client) -> None:
    assert upload(client, name="invoice-41").name == "files/invoice-41"

    with pytest.raises(errors.ClientError) as refused:
        upload(client, name="invoice-41")

    assert (refused.value.code, refused.value.status) == (409, "ALREADY_EXISTS")


def test_files_are_listed_page_by_page(client: genai.Client) -> None:
    names = [upload(client).name for _ in range(5)]

    listed = client.files.list(config=types.ListFilesConfig(page_size=2))

    assert [file.name for file in listed] == names


def test_a_deleted_file_is_no_longer_accessible(client: genai.Client) -> None:
    file = upload(client)
    assert file.name is not None

    client.files.delete(name=file.name)

    with pytest.raises(errors.ClientError, match="may not exist") as refused:
        client.files.get(name=file.name)
    assert (refused.value.code, refused.value.status) == (403, "PERMISSION_DENIED")


def test_an_uploaded_file_cannot_be_downloaded(client: genai.Client) -> None:
    file = upload(client)
    assert file.name is not None

    with pytest.raises(errors.ClientError, match="Only generated files"):
        client.files.download(file=file.name)


def test_a_file_counts_in_the_prompt(gemini: GeminiDouble, client: genai.Client) -> None:
    file = upload(client)

    read(client, file)

    assert gemini.book.rows[0].prompt == 258 + 2


def test_a_file_in_processing_is_not_yet_usable(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.files.processing_polls = 1
    file = upload(client)
    assert file.name is not None
    assert file.state is types.FileState.PROCESSING

    with pytest.raises(errors.ClientError, match="not in an ACTIVE state") as refused:
        read(client, file)

    assert refused.value.status == "FAILED_PRECONDITION"
    states = [client.files.get(name=file.name).state for _ in range(2)]
    assert states == [types.FileState.PROCESSING, types.FileState.ACTIVE]
    assert read(client, file).text


def test_a_file_can_fail(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.files.failing = True
    file = upload(client)
    assert file.name is not None

    assert client.files.get(name=file.name).state is types.FileState.FAILED


def send_piece(gemini: GeminiDouble, upload_id: str, offset: int) -> int:
    request = urllib.request.Request(
        f"{gemini.url}/upload/v1beta/files?upload_id={upload_id}",
        data=PDF,
        headers={"X-Goog-Upload-Command": "upload", "X-Goog-Upload-Offset": str(offset)},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    return refused.value.code


def test_a_piece_for_no_upload_or_at_the_wrong_place_is_refused(gemini: GeminiDouble) -> None:
    start = urllib.request.Request(
        f"{gemini.url}/upload/v1beta/files",
        data=b"{}",
        headers={"X-Goog-Upload-Command": "start", "x-goog-api-key": "moulin-vert-key"},
    )
    with urllib.request.urlopen(start, timeout=5) as response:
        upload_id = response.headers["X-Goog-Upload-URL"].split("upload_id=")[1].split("&")[0]

    assert send_piece(gemini, "unknown", 0) == 404
    assert send_piece(gemini, upload_id, 99) == 400

"""The files API: resumable upload, get, list, delete, download."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.gemini.errors import ApiError, Json, file_not_visible
from tests.gemini.request import Request
from tests.gemini.resources import json_answer, new_id, no_such_url, now, page, stamp
from tests.gemini.wire import Answer

KEPT_FOR = timedelta(hours=48)
#: The API takes 2 GB; the double holds files in memory.
MAX_FILE_BYTES = 256 * 1024 * 1024
_NAME = re.compile(r"files/[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(slots=True)
class StoredFile:
    """An uploaded file, or the result of a batch (`generated`)."""

    name: str
    mime_type: str
    data: bytes = b""
    display_name: str = ""
    state: str = "ACTIVE"
    generated: bool = False
    created_at: datetime = field(default_factory=now)
    polls_left: int = 0

    def describe(self, base: str) -> Json:
        digest = hashlib.sha256(self.data).hexdigest().encode()
        description: Json = {
            "name": self.name,
            "mimeType": self.mime_type,
            "sizeBytes": str(len(self.data)),
            "createTime": stamp(self.created_at),
            "updateTime": stamp(self.created_at),
            "expirationTime": stamp(self.created_at + KEPT_FOR),
            "sha256Hash": base64.b64encode(digest).decode(),
            "uri": f"{base}/v1beta/{self.name}",
            "state": self.state,
            "source": "GENERATED" if self.generated else "UPLOADED",
        }
        if self.display_name:
            description["displayName"] = self.display_name
        if self.generated:
            description["downloadUri"] = f"{base}/v1beta/{self.name}:download?alt=media"
        if self.state == "FAILED":
            description["error"] = {"code": 3, "message": "The file could not be processed."}
        return description


@dataclass(slots=True)
class _Upload:
    file: StoredFile
    data: bytearray = field(default_factory=bytearray)


class Files:
    """All files of the double.

    `processing_polls`: how many times a new file is seen PROCESSING before it is ACTIVE.
    `failing`: new files end up FAILED instead.
    """

    def __init__(self) -> None:
        self.processing_polls = 0
        self.failing = False
        self._files: dict[str, StoredFile] = {}
        self._uploads: dict[str, _Upload] = {}

    @property
    def all(self) -> list[StoredFile]:
        return list(self._files.values())

    def clear(self) -> None:
        """Forget all files and the script."""
        self._files.clear()
        self._uploads.clear()
        self.processing_polls, self.failing = 0, False

    def add(
        self, data: bytes, *, mime_type: str, name: str = "", generated: bool = False
    ) -> StoredFile:
        """Store a file without an upload."""
        file = StoredFile(name or f"files/{new_id()}", mime_type, data, generated=generated)
        self._files[file.name] = file
        return file

    def find(self, name: str) -> StoredFile:
        """By name or URI; raises ApiError 403, as the API does for what is not there."""
        name = name[name.rfind("files/") :]
        if name not in self._files:
            raise file_not_visible(name.removeprefix("files/"))
        return self._files[name]

    def find_ready(self, uri: str) -> StoredFile:
        """A file a prompt may refer to; raises ApiError 400 while it is processed."""
        file = self.find(uri)
        if file.state != "ACTIVE":
            raise ApiError(
                400,
                f"The File {file.name.removeprefix('files/')} is not in an ACTIVE state and "
                "usage is not allowed.",
                status="FAILED_PRECONDITION",
            )
        return file

    def answer(self, request: Request) -> Answer:
        base = f"http://{request.headers.get('host', '')}"
        match request.http_method, request.resource, request.verb:
            case "GET", "files", "":
                shown, more = page(self.all, request)
                return json_answer({"files": [one.describe(base) for one in shown]} | more)
            case "GET", name, "":
                return json_answer(self._looked_at(name).describe(base))
            case "GET", name, "download":
                return self._download(name)
            case "DELETE", name, "":
                del self._files[self.find(name).name]
                return json_answer({})
        raise no_such_url(request)

    def _looked_at(self, name: str) -> StoredFile:
        file = self.find(name)
        if file.state == "PROCESSING":
            file.polls_left -= 1
            if file.polls_left < 0:
                file.state = "FAILED" if self.failing else "ACTIVE"
        return file

    def _download(self, name: str) -> Answer:
        file = self.find(name)
        if not file.generated:
            raise ApiError(400, f"Only generated files can be downloaded, not {name}.")
        return Answer(body=file.data, content_type=file.mime_type)

    # Upload

    def upload(self, request: Request) -> Answer:
        """One step of a resumable upload; X-Goog-Upload-Command says which."""
        command = request.headers.get("x-goog-upload-command", "")
        if command == "start":
            return self._start(request)
        upload = self._uploads.get(request.query.get("upload_id", ""))
        if upload is None:
            raise ApiError(404, "Upload has already been terminated or does not exist.")
        if "upload" in command:
            self._take(upload, request)
        if "finalize" in command:
            return self._finish(upload, request)
        if command == "cancel":
            del self._uploads[request.query["upload_id"]]
        return self._progress(upload, "active" if command != "cancel" else "cancelled")

    def _start(self, request: Request) -> Answer:
        wanted: Json = request.body.get("file") or {}
        name = wanted.get("name") or f"files/{new_id()}"
        if not _NAME.fullmatch(name):
            raise ApiError(400, f"* CreateFileRequest.file.name: {name} is not a valid name.")
        if name in self._files:
            raise ApiError(409, f"Resource already exists: {name}.", status="ALREADY_EXISTS")
        if int(wanted.get("sizeBytes") or 0) > MAX_FILE_BYTES:
            raise ApiError(400, "The file is too large.")
        upload_id = new_id()
        mime_type = wanted.get("mimeType") or request.headers.get(
            "x-goog-upload-header-content-type", "application/octet-stream"
        )
        file = StoredFile(name, mime_type, display_name=wanted.get("displayName") or "")
        self._uploads[upload_id] = _Upload(file)
        url = (
            f"http://{request.headers.get('host', '')}{request.path}"
            f"?upload_id={upload_id}&upload_protocol=resumable"
        )
        headers = {"X-Goog-Upload-URL": url, "X-Goog-Upload-Status": "active"}
        return Answer(body=b"{}", headers=headers)

    def _take(self, upload: _Upload, request: Request) -> None:
        offset = int(request.headers.get("x-goog-upload-offset") or 0)
        if offset != len(upload.data):
            raise ApiError(400, f"The upload is at byte {len(upload.data)}, not at {offset}.")
        upload.data += request.raw

    def _finish(self, upload: _Upload, request: Request) -> Answer:
        del self._uploads[request.query["upload_id"]]
        file = upload.file
        file.data = bytes(upload.data)
        if self.processing_polls or self.failing:
            file.state, file.polls_left = "PROCESSING", self.processing_polls
        self._files[file.name] = file
        answer = json_answer({"file": file.describe(f"http://{request.headers.get('host', '')}")})
        answer.headers = {"X-Goog-Upload-Status": "final"}
        return answer

    def _progress(self, upload: _Upload, status: str) -> Answer:
        received = {"X-Goog-Upload-Size-Received": str(len(upload.data))}
        return Answer(body=b"", headers={"X-Goog-Upload-Status": status} | received)

"""A posted form whose fields are bytes: a mail has the charset its own headers say."""

from functools import cached_property
from io import BytesIO
from typing import Any, TypeAlias

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser

Upload: TypeAlias = "UploadedFile[Any]"


class Form:
    """Fields and files of a request whose body has been read."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def field(self, name: str) -> bytes | None:
        value = self._fields.get(name)
        # Latin-1 gives every byte back.
        return None if value is None else str(value).encode("latin-1")

    def text(self, name: str) -> str:
        """A field that is no mail: UTF-8, and empty when missing."""
        return (self.field(name) or b"").decode("utf-8", "replace")

    def files(self) -> dict[str, Upload]:
        """By the name of the field. Django leaves out those whose file name is empty."""
        found = self._request.FILES.items()
        return {name: file for name, file in found if isinstance(file, UploadedFile)}

    @cached_property
    def _fields(self) -> QueryDict:
        request = self._request
        if request.content_type != "multipart/form-data":
            return QueryDict(request.body, encoding="latin-1")
        # Read again, since Django reads a form once and in one charset.
        files = [MemoryFileUploadHandler(request)]
        body = BytesIO(request.body)
        return MultiPartParser(request.META, body, files, "latin-1").parse()[0]

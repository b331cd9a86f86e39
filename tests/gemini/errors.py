"""Errors in the shape of google.rpc.Status, as the API puts them on the wire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.gemini.wire import Answer

Json = dict[str, Any]

#: The API's own name beside each HTTP status (google.rpc.Code; 402 is Gemini's addition).
STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "RESOURCE_EXHAUSTED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

#: google.rpc.Code numbers, used inside batch results where there is no HTTP status.
RPC_CODES = {
    "CANCELLED": 1,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "UNAUTHENTICATED": 16,
}

MESSAGES = {
    402: "Your prepayment credits are depleted. Please go to AI Studio to manage your project.",
    403: "The caller does not have permission.",
    429: "You exceeded your current quota, please check your plan and billing details.",
    499: "The operation was cancelled.",
    500: "An internal error has occurred. Please retry.",
    503: "This model is currently experiencing high demand. Please try again later.",
    504: "The request timed out. Please try again.",
}


class ApiError(Exception):
    """A refusal. `code` is the HTTP status, `status` its google.rpc name."""

    def __init__(
        self,
        code: int,
        message: str | None = None,
        *,
        status: str = "",
        details: Sequence[Json] = (),
    ) -> None:
        self.code = code
        self.message = message or MESSAGES.get(code, "The request was refused.")
        self.status = status or STATUS_NAMES.get(code, "UNKNOWN")
        self.details = list(details)
        super().__init__(f"{code} {self.status}: {self.message}")

    def payload(self) -> Json:
        """`{"error": {...}}`, the body of an HTTP answer or of an SSE event."""
        error: Json = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def rpc_status(self) -> Json:
        """`{"code", "message"}` with the google.rpc number, as batches report an item."""
        return {"code": RPC_CODES.get(self.status, 2), "message": self.message}


def api_key_invalid() -> ApiError:
    return ApiError(
        400,
        "API key not valid. Please pass a valid API key.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {"service": "generativelanguage.googleapis.com"},
            }
        ],
    )


def model_not_found(model: str, version: str, method: str) -> ApiError:
    return ApiError(
        404,
        f"models/{model} is not found for API version {version}, or is not supported for "
        f"{method}. Call ListModels to see the list of available models and their supported "
        "methods.",
    )


def model_retired(model: str) -> ApiError:
    return ApiError(
        404,
        f"This model models/{model} is no longer available to new users. Please update your "
        "code to use a newer model for the latest features and improvements.",
    )


def file_not_visible(name: str) -> ApiError:
    return ApiError(
        403,
        f"You do not have permission to access the File {name} or it may not exist.",
    )


def error_answer(problem: ApiError, *, retry_after: float | None = None) -> Answer:
    """The HTTP answer of an error; `retry_after` in seconds goes into the header."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return Answer(problem.code, json.dumps(problem.payload()).encode(), headers=headers)


def quota_details(retry_delay: float | None, *, quota: str, model: str = "") -> list[Json]:
    """QuotaFailure, Help and (when `retry_delay`, seconds, is given) RetryInfo."""
    details: list[Json] = [
        {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [
                {
                    "quotaMetric": "generativelanguage.googleapis.com/generate_content_requests",
                    "quotaId": quota,
                    "quotaDimensions": {"location": "global", "model": model},
                    "quotaValue": "10",
                }
            ],
        },
        {
            "@type": "type.googleapis.com/google.rpc.Help",
            "links": [
                {
                    "description": "Learn more about Gemini API quotas",
                    "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
                }
            ],
        },
    ]
    return details + retry_details(retry_delay)


def retry_details(retry_delay: float | None) -> list[Json]:
    """RetryInfo with the delay in seconds, protobuf's way ("2.5s"); empty for None."""
    if retry_delay is None:
        return []
    kind = "type.googleapis.com/google.rpc.RetryInfo"
    return [{"@type": kind, "retryDelay": f"{retry_delay:g}s"}]

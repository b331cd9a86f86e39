"""`python -m tests.gemini [--port 0] [--latency-ms 200] [--print-url]`

Prints one JSON line, `{"url": "http://127.0.0.1:PORT"}`, and serves until SIGTERM or Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from types import FrameType

from tests.gemini.server import GeminiDouble

# A benchmark asks a hundred thousand times and never looks back.
KEEP_REQUESTS = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.gemini", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="before every answer")
    parser.add_argument("--print-url", action="store_true", help="a JSON line with the url")
    options = parser.parse_args()
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with GeminiDouble(
        port=options.port, latency_ms=options.latency_ms, keep_requests=KEEP_REQUESTS
    ) as gemini:
        if options.print_url:
            print(json.dumps({"url": gemini.url}), flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()

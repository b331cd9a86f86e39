"""`python -m bench [NAME...]`: every bench module of this folder, one JSON line per figure.

A bench is a module `bench/<name>.py` with `run() -> Iterator[Figure]`.
"""

import importlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figure import Figure

HERE = Path(__file__).parent
NOT_BENCHES = {"__init__", "__main__", "figure", "workbench"}


def main(names: list[str]) -> int:
    """Run the named benches, all without names; the exit status."""
    known = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_BENCHES)
    unknown = set(names) - set(known)
    if unknown:
        print(f"error: no bench {sorted(unknown)}; there are {known}.", file=sys.stderr)
        return 1
    for name in names or known:
        run: Callable[[], Iterator[Figure]] = importlib.import_module(f"bench.{name}").run
        for figure in run():
            print(json.dumps({"bench": name, **figure.as_json(), **machine()}), flush=True)
    return 0


def machine() -> dict[str, str | int | None]:
    """A figure without its machine says nothing."""
    return {"python": platform.python_version(), "cores": os.cpu_count()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

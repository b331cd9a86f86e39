"""Where test material lies that nobody here wrote. None of it is part of the repository."""

import os
from pathlib import Path

import pytest


def corpus(name: str) -> Path:
    """The folder of a corpus; skips the whole module, saying so, where there is none."""
    root = os.environ.get("TRIAGE_CORPORA")
    if not root:
        pytest.skip("TRIAGE_CORPORA names no folder of corpora", allow_module_level=True)
    folder = Path(root) / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there", allow_module_level=True)
    return folder


def unlisted(found: set[str], listed: set[str]) -> str:
    """What is wrong with a table of differences, "" when it says exactly what was found."""
    lines = [f"not listed: {each}" for each in sorted(found - listed)]
    lines += [f"listed, but no longer a difference: {each}" for each in sorted(listed - found)]
    return "\n".join(lines)

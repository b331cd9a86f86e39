"""What a provider only announced, fetched from it while its post waits for an answer."""

from urllib.parse import quote

import requests

# Providers give up on a post after 10 to 30 s and come again, so to wait longer helps nobody.
SECONDS = 15


def fetched(address: str, path: str = "", name: str = "", **headers: str) -> bytes:
    """The content at `address`, or at `address/path/name` of its interface.

    Raises requests.RequestException; the provider is then told to come again.
    """
    if path:
        address = f"{address.rstrip('/')}/{path}/{quote(str(name), safe='')}"
    answer = requests.get(address, headers=headers, timeout=SECONDS)
    answer.raise_for_status()
    return answer.content

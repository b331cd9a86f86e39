"""Mails at which a server hangs up: asked for in ever smaller groups, until one is left alone.

Dovecot does so at a file it cannot read, and at everything else in the same FETCH, for ever.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

# How many may go together after so many lost connections.
TOGETHER = {0: 500, 1: 60, 2: 8}
# A mail at which the server hangs up this often, asked for alone, is set aside (promise 3).
MOST_LOSSES = 3


class Suspects:
    """Of one folder, during one pass."""

    def __init__(self) -> None:
        self._lost: Counter[int] = Counter()
        self._lost_alone: Counter[int] = Counter()

    def blame(self, uids: Sequence[int]) -> None:
        """The connection broke while these were fetched."""
        self._lost.update(uids)
        if len(uids) == 1:
            self._lost_alone.update(uids)

    def is_guilty(self, uid: int) -> bool:
        return self._lost_alone[uid] >= MOST_LOSSES

    def groups(self, uids: Sequence[int], most: int) -> Iterator[list[int]]:
        """`uids` in their order, at most `most` together, and suspects in small company."""
        group: list[int] = []
        room = most
        for uid in uids:
            room = min(room, TOGETHER.get(self._lost[uid], 1))
            if len(group) >= room:
                yield group
                group, room = [], min(most, TOGETHER.get(self._lost[uid], 1))
            group.append(uid)
        if group:
            yield group

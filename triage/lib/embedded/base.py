"""Django's PostgreSQL backend that wakes the embedded server when the first connection is wanted.

Waking it here, not in settings, keeps `import triage.settings` free of side effects: type checkers,
`collectstatic` and `--help` need no database.
"""

import atexit
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError

from triage.lib.embedded import server


class DatabaseWrapper(base.DatabaseWrapper):
    """As the stock backend, plus `ensure_running` once a connection is refused."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            data = Path(self.settings_dict["DATA"])
            if not server.ensure_running(data):
                raise
            # A single command leaves nothing behind; under `make demo` the server already runs.
            atexit.register(server.stop_unless_used, data)
            return super().get_new_connection(conn_params)

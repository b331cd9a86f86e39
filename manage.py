#!/usr/bin/env python
"""Django's command line for Triage; `manage.py help` lists the commands."""

import os
import sys


def main() -> int:
    """Run one command. What an operator can mend is told in one line, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, OperationalError

    from triage.lib.embedded.server import EmbeddedServerError

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EmbeddedServerError) as error:
        return complain(str(error))
    except OperationalError as error:
        return complain(f"The database does not answer. Check DATABASE_URL. It said: {error}")
    except DatabaseError as error:
        if "does not exist" not in str(error):
            raise
        return complain(f"The database has no tables yet: run `manage.py migrate`. ({error})")
    return 0


def complain(sentence: str) -> int:
    """Print one line on stderr; the exit status of a failed command."""
    print("error: " + " ".join(sentence.split()), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

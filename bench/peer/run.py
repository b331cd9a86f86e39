"""Feeds a folder of mails to django-helpdesk's `get_email`, mail by mail; one JSON line.

Its own loop stops at the first mail that raises; here such a mail is counted and the next taken,
which is kinder than what its users get.
"""

import json
import logging
import os
import sys
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peer.settings"

import django

django.setup()

from django.contrib.sites.models import Site
from django.core.management import call_command
from helpdesk.email import extract_email_metadata
from helpdesk.models import Queue

log = logging.getLogger("peer")
log.setLevel(logging.CRITICAL)
logging.disable(logging.CRITICAL)

call_command("migrate", verbosity=0)
Site.objects.update_or_create(pk=1, defaults={"domain": "example.com", "name": "bench"})
queue, _ = Queue.objects.get_or_create(slug="bench", defaults={"title": "Bench"})
files = sorted(Path(sys.argv[1]).iterdir())
raised = 0
began = time.perf_counter()
for file in files:
    try:
        # As its process_queue reads them: text, undecodable bytes and all.
        text = file.read_bytes().decode("utf-8", "replace")
        extract_email_metadata(message=text, queue=queue, logger=log)
    except Exception:
        raised += 1
seconds = time.perf_counter() - began
print(json.dumps({"n": len(files), "raised": raised, "seconds": seconds}))

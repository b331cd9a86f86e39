"""The Celery app and its timetable. A task is a doorbell: what is to be done stands in rows."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.conf import settings
from psycopg.conninfo import make_conninfo

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")


def broker() -> dict[str, Any]:
    """Celery's settings for the broker: CELERY_BROKER_URL, or pgmq on our own PostgreSQL."""
    if settings.CELERY_BROKER_URL:
        # A ring to a broker that is away must not hold up the web: one try, the sweep rings again.
        impatient = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
        return {
            "broker_url": settings.CELERY_BROKER_URL,
            "broker_transport_options": impatient,
        }
    return {
        "broker_url": "pgmq://localhost",  # conn_string says where it really is
        "broker_transport_options": {
            "conn_string": pgmq_conninfo(),
            "init_extension": False,  # the SQL is installed by a migration of triage.ingest
            "use_notify": True,
            "notify_throttle_interval_ms": 0,  # 250 would delay every second ring by that much
            "polling_interval": 1.0,
            "wait_time_seconds": 0,
            "visibility_timeout": settings.CLAIM_SECONDS,
            "pool_size": 4,
        },
    }


def pgmq_conninfo() -> str:
    """Our database as a keyword conninfo: the transport cannot read socket paths from a URL."""
    database = settings.DATABASES["default"]
    return make_conninfo(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=database["USER"] or None,
        password=database.get("PASSWORD") or None,
        **{key: value for key, value in database.get("OPTIONS", {}).items() if key != "pool"},
    )


app = Celery("triage")
app.conf.update(
    **broker(),
    task_ignore_result=True,
    task_default_queue="triage",
    task_acks_late=True,  # a killed worker's ring is heard again; rings may double
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    worker_enable_remote_control=False,  # its reply queues would stay behind in PostgreSQL
    broker_connection_retry_on_startup=True,
    beat_schedule_filename=str(settings.VAR / "celerybeat-schedule"),
    beat_schedule={
        "sweep: ring again for whatever is pending": {
            "task": "triage.tasks.sweep",
            "schedule": settings.SWEEP_SECONDS,
            "options": {"expires": settings.SWEEP_SECONDS},
        },
    },
)
app.autodiscover_tasks(["triage"])


@worker_init.connect
@beat_init.connect
def wake_database(**_: Any) -> None:
    """The broker may be the embedded PostgreSQL: see that it runs before the first message."""
    from django.db import connection  # noqa: PLC0415 - the app is made before Django is set up

    connection.ensure_connection()
    connection.close()

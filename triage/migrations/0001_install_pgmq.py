"""Install the SQL of pgmq, so that PostgreSQL itself can be the broker.

Harmless where CELERY_BROKER_URL names another broker; left alone where the schema exists already
(a server that has pgmq as an extension). The reverse keeps it: other programs may use it.
"""

from django.db import migrations
from pgmq.install import get_embedded_install_sql


def install(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'")
        if cursor.fetchone() is None:
            cursor.execute(get_embedded_install_sql())


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]

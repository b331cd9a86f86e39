"""The closed list. Names and meanings may be edited afterwards; the slugs are the design's."""

from django.db import migrations

ROWS = [
    (1, "support", "Support",
     "Something bought or used does not work, is unclear, late, damaged or must be changed; "
     "how-to questions, returns, complaints, account changes."),
    (2, "billing", "Billing",
     "Money that is or was due: invoices to or from us, payments, refunds, charges, VAT, "
     "reminders, bank details, credit notes."),
    (3, "sales", "Sales",
     "Somebody wants to buy or to know about buying: quotes, prices, availability, demos, "
     "samples, tenders, reseller requests."),
    (4, "spam", "Spam",
     "Unsolicited and worthless or harmful: phishing, scams, mass advertising, link selling, "
     "cold pitches to everybody."),
]


def add(apps, schema_editor):
    category = apps.get_model("tickets", "Category")
    for position, slug, name, meaning in ROWS:
        category.objects.get_or_create(
            slug=slug, defaults={"position": position, "name": name, "meaning": meaning}
        )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_first")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]

"""The switch by which certain replies of a platform are recorded without a person; off at first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("platforms", "0002_offered_contacts"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="records_without_person",
            field=models.BooleanField(default=False, verbose_name="record certain replies without a person"),
        ),
    ]

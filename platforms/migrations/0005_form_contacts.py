"""Contacts that are a web form instead of an address of e-mail."""

import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("platforms", "0004_switched_recording"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="contact",
            name="platforms_contact_one_standing",
        ),
        migrations.RemoveConstraint(
            model_name="contact",
            name="platforms_contact_active_was_tested",
        ),
        migrations.AddField(
            model_name="contact",
            name="form_url",
            field=models.CharField(blank=True, max_length=254, verbose_name="web form"),
        ),
        migrations.AlterField(
            model_name="contact",
            name="email",
            field=models.EmailField(blank=True, max_length=254, verbose_name="e-mail"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                models.F("organisation"),
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(
                    models.Q(("status", "retired"), _negated=True), models.Q(("email", ""), _negated=True)
                ),
                name="platforms_contact_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("status", "retired"), _negated=True), models.Q(("form_url", ""), _negated=True)
                ),
                fields=("organisation", "form_url"),
                name="platforms_contact_one_standing_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("form_url", ""), models.Q(("email", ""), _negated=True)),
                    models.Q(("email", ""), ("form_url__startswith", "https://")),
                    _connector="OR",
                ),
                name="platforms_contact_mail_or_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "active"), _negated=True),
                    models.Q(
                        ("activated_at__isnull", False),
                        ("activated_by__isnull", False),
                        models.Q(
                            ("tested_at__isnull", False), models.Q(("form_url", ""), _negated=True), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="platforms_contact_active_was_tested",
            ),
        ),
    ]

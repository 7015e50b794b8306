"""Labels in plainer words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("takedowns", "0010_taken_back"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contacttestanswer",
            name="kind",
            field=models.CharField(
                choices=[
                    ("genuine", "Answer from the address itself"),
                    ("doubtful", "Answer that somebody has to look at"),
                    ("automatic", "Automatic reply"),
                    ("delayed", "Delivery delayed"),
                    ("bounced", "Could not be delivered"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="removalconfirmation",
            name="basis",
            field=models.CharField(
                choices=[
                    ("claim_and_check", "Platform's reply, and our check found it gone"),
                    ("check_alone", "Our check found it gone; the platform has not said so"),
                    ("statement_only", "On the platform's statement only; not verified by us"),
                    ("void", "Voided"),
                ],
                max_length=20,
            ),
        ),
    ]

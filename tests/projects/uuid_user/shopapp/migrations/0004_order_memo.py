"""A later change to the order table: a dependency on the app's newest migration would move with it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("boutique", "0003_order")]

    operations = [
        migrations.AddField(
            model_name="order", name="memo", field=models.CharField(blank=True, default="", max_length=200)
        ),
    ]

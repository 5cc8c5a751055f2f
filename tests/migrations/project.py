"""A shop made for one test: its own folder, settings and database, run in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = """
from pathlib import Path
from tests.settings import *
from tests.settings import CS_INBOX, DJANGO_APPS, PACKAGE_APPS, DATABASES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES = {{"default": {{**DATABASES["default"], "NAME": Path(__file__).parent / "db.sqlite3"}}}}
else:
    DATABASES = {{"default": {{**DATABASES["default"], "NAME": {database!r}}}}}
ROOT_URLCONF = "shop_urls"
INSTALLED_APPS = [*DJANGO_APPS, *PACKAGE_APPS, {label!r}]
CS_INBOX = CS_INBOX | {{"ORDER_MODEL": {order!r}, "CUSTOMER_MODEL": "auth.User"}}
"""

MODELS = """
from django.db import models

class {name}(models.Model):
    number = models.CharField(max_length=20)
    class Meta:
        app_label = {label!r}
"""

#: Does what the arguments say, one after the other, in one process: starting Django takes the most time.
DRIVER = """
import sys, warnings
warnings.simplefilter("error")
import django
django.setup()
from django.core.management import execute_from_command_line
for step in sys.argv[1:]:
    if step == "link":
        from django.apps import apps
        from django.conf import settings
        from django_cs_inbox.models import OrderMail
        from django.utils import timezone
        order = apps.get_model(settings.CS_INBOX["ORDER_MODEL"]).objects.create(number="1")
        OrderMail.objects.create(order=order, order_key=order.pk, order_number="1", message_id="1",
                                 message_key="1", sent_at=timezone.now())
    elif step == "linked":
        from django_cs_inbox.models import OrderMail
        assert OrderMail.objects.get().order.number == "1"
    else:
        execute_from_command_line(["manage.py", *step.split(), "--verbosity=0"])
"""


@dataclass
class Project:
    path: Path
    label: str = "shop"
    model: str = "Order"
    database: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        app = self.path / self.label
        app.mkdir()
        (app / "__init__.py").touch()
        (app / "apps.py").write_text(
            "from django.apps import AppConfig\nclass ShopConfig(AppConfig):\n"
            f"    name = {self.label!r}\n    default_auto_field = 'django.db.models.BigAutoField'\n"
        )
        (self.path / "shop_urls.py").write_text(
            "from django.contrib import admin\nfrom django.urls import path\n"
            "urlpatterns = [path('admin/', admin.site.urls)]\n"
        )
        self.use(self.model)

    def use(self, model: str, *lines: str, also: str = "") -> None:
        """Settings and models with this name for the order model; ``also`` is a second model like it."""
        self.model = model
        settings = SETTINGS.format(label=self.label, order=f"{self.label}.{model}", database=self.database)
        (self.path / "shop_settings.py").write_text(settings + "\n".join(lines) + "\n")
        models = [MODELS.format(name=name, label=self.label) for name in (model, also) if name]
        (self.path / self.label / "models.py").write_text("".join(models))

    def migration(
        self, name: str, dependencies: list[tuple[str, str]], *operations: str, extra: str = ""
    ) -> None:
        folder = self.path / self.label / "migrations"
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
        (folder / f"{name}.py").write_text(
            "from django.db import migrations, models\nclass Migration(migrations.Migration):\n"
            f"    dependencies = {dependencies!r}\n    operations = [{', '.join(operations)}]\n    {extra}\n"
        )

    def remove(self, name: str) -> None:
        (self.path / self.label / "migrations" / f"{name}.py").unlink()

    def run(self, *steps: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        """The steps in one process: management commands, "link" (a row to an order), "linked" (it is still there)."""
        return subprocess.run(
            [sys.executable, "-c", DRIVER, *steps],
            cwd=self.path,
            input=answer,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=os.environ
            | {"PYTHONPATH": os.pathsep.join([str(self.path), str(ROOT), str(ROOT / "src")])}
            | {"DJANGO_SETTINGS_MODULE": "shop_settings", "PYTHONDONTWRITEBYTECODE": "1"}
            | self.env,
        )

    def must(self, *steps: str, answer: str = "") -> None:
        done = self.run(*steps, answer=answer)
        assert done.returncode == 0, done.stdout + done.stderr

    def fails(self, *steps: str) -> str:
        done = self.run(*steps)
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

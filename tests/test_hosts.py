"""Every host project under tests/projects, migrated from nothing in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .migrations.project import DRIVER

ROOT = Path(__file__).resolve().parents[1]
PROJECTS = sorted(path.parent.name for path in (ROOT / "tests" / "projects").glob("*/settings.py"))

pytestmark = pytest.mark.skipif(
    os.environ.get("CS_INBOX_TEST_DB", "sqlite") != "sqlite", reason="one database file for each project"
)


@pytest.fixture
def database():
    name = f"hosts_{os.getpid()}"
    yield name
    for path in (ROOT / "var").glob(f"{name}.sqlite3*"):
        path.unlink()


@pytest.mark.parametrize("project", PROJECTS)
def test_migrates_and_wants_no_migration(project, database):
    steps = [
        "makemigrations --check --dry-run",
        "migrate",
        "makemigrations --check --dry-run",
        "check --database=default --fail-level=WARNING",
        "migrate cs_inbox zero",
        "migrate",
    ]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, *steps],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), "CS_INBOX_TEST_DB_NAME": database}
        | {"DJANGO_SETTINGS_MODULE": f"tests.projects.{project}.settings"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_projects_are_the_ones_that_matter():
    assert {"default_user", "uuid_user", "separate_customer"} <= set(PROJECTS)

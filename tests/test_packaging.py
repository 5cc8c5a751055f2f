"""What a shop gets from the package index is what is in the repository, in Japanese too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import polib
import pytest

import django_cs_inbox

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "django_cs_inbox"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built as pip builds it for anyone: in an environment that has only the build backend."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def run(*command, cwd=ROOT, **environ):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=os.environ | environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def catalogues(folder=PACKAGE):
    return sorted((folder / "locale").glob("*/LC_MESSAGES/*.po"))


def messages(catalogue):
    """What the catalogue says, whatever its format: context, text and plural to their translations."""
    return {
        (entry.msgctxt, entry.msgid, entry.msgid_plural): entry.msgstr_plural or entry.msgstr
        for entry in catalogue.translated_entries()
    }


@pytest.mark.packaging
def test_wheel_holds_every_file_of_the_package(wheel):
    tracked = run("git", "ls-files", "-z", "src/django_cs_inbox").strip("\0").split("\0")
    expected = {name.removeprefix("src/") for name in tracked if (ROOT / name).exists()}
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert expected - packed == set()
    for kind in (
        "django_cs_inbox/py.typed",
        "django_cs_inbox/migrations/0001_initial.py",
        "django_cs_inbox/locale/ja/LC_MESSAGES/django.mo",
    ):
        assert kind in packed
    for folder in ("templates", "static"):
        assert any(name.startswith(f"django_cs_inbox/{folder}/") for name in packed), folder
    assert [name for name in packed if name.endswith(".pyc") or not name.startswith("django_cs_inbox/")] == []


@pytest.mark.packaging
def test_wheel_says_who_it_is(wheel):
    folder = f"django_cs_inbox-{django_cs_inbox.__version__}.dist-info"
    metadata = message_from_string(wheel.read(f"{folder}/METADATA").decode())
    assert metadata["Name"] == "django-cs-inbox"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_payload().strip(), "the README is missing"
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()


def test_compiled_catalogues_are_up_to_date():
    """``.mo`` files are committed, so that a checkout speaks Japanese without gettext: ``make messages``."""
    assert catalogues()
    for path in catalogues():
        compiled = polib.mofile(str(path.with_suffix(".mo")))
        assert messages(polib.pofile(str(path))) == messages(compiled), path


def test_japanese_is_complete():
    japanese = [path for path in catalogues() if path.parent.parent.name == "ja"]
    assert japanese
    for path in japanese:
        catalogue = polib.pofile(str(path))
        assert len(catalogue) > 0
        assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
        assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.packaging
def test_catalogues_hold_the_texts_of_the_source(tmp_path):
    copy = tmp_path / "django_cs_inbox"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    run(
        sys.executable,
        "-P",  # the package's modules must not stand in for the standard library's of the same name
        "-m",
        "django",
        "makemessages",
        "--all",
        "--no-obsolete",
        cwd=copy,
        PYTHONPATH=str(ROOT),
    )
    assert catalogues()
    for path in catalogues():
        fresh = polib.pofile(str(copy / path.relative_to(PACKAGE)))
        committed = polib.pofile(str(path))
        assert texts(fresh) ^ texts(committed) == set(), "Run `make messages`."


def texts(catalogue):
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}

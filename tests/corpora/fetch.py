from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".corpora"

# Projects whose source archive carries mails. Their code is neither built for use nor imported.
PROJECTS = ("mail-parser", "django-mailbox", "talon", "flufl.bounce")

MAIL_FILE = re.compile(r"\.eml$|/mails/mail_\w+$|/tests/data/[^/]+\.txt$|/msg_\w+\.txt$")


def mails() -> Iterator[tuple[str, bytes]]:
    """Name and raw bytes of every mail, in an order that is the same each time."""
    for project in PROJECTS:
        yield from _in_archive(_archive(project))
    yield from _of_python()


def _archive(project: str) -> Path:
    # pip writes names with other separators than they were asked for.
    pattern = "[-_.]".join(re.split(r"[-_.]", project)) + "-*.tar.gz"
    if not list(FOLDER.glob(pattern)):
        FOLDER.mkdir(exist_ok=True)
        # Only the project itself must come as source: what pip needs to read its metadata may be a wheel.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", project]
        done = subprocess.run([*command, "--dest", FOLDER, project], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"The source archive of {project} could not be fetched:\n{done.stderr}")
    [found] = FOLDER.glob(pattern)
    return found


def _in_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            if member.isfile() and MAIL_FILE.search(member.name):
                content = archive.extractfile(member)
                assert content is not None
                yield member.name, content.read()


def _of_python() -> Iterator[tuple[str, bytes]]:
    import test.test_email

    for path in sorted(Path(test.test_email.__file__).parent.glob("data/msg_*.txt")):
        yield f"python/{path.name}", path.read_bytes()

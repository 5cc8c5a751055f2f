"""The version matrix: the oldest and newest of what we support, each Python with one Django.

Run by ``make test-all``. A missing interpreter is an error: a matrix that skips its rows proves nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nox

MATRIX = [("3.11", "5.2"), ("3.12", "6.0"), ("3.13", "6.1")]
# Only what pip alone can bring; the servers and the browser are tried once, outside the matrix.
NEEDS_NOTHING = (
    "not (bench or browser or corpus or dovecot or mariadb or packaging or postgres or screenshots or soak)"
)

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["tests"]


def interpreter(python: str) -> Path | None:
    """Path of this Python: on PATH, or installed by pyenv. What a pyenv shim leads to, not the shim."""
    candidates = [Path(found)] if (found := shutil.which(f"python{python}")) else []
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates += sorted(root.glob(f"versions/{python}.*/bin/python{python}"), reverse=True)
    for candidate in candidates:
        asked = subprocess.run(  # noqa: S603
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"],
            capture_output=True,
            text=True,
            check=False,
        )
        version, _, path = asked.stdout.strip().partition(" ")
        if asked.returncode == 0 and version == python:
            return Path(path)
    return None


INTERPRETERS = {python: interpreter(python) for python, _ in MATRIX}

# nox looks on PATH only.
os.environ["PATH"] = os.pathsep.join(
    [*(str(path.parent) for path in INTERPRETERS.values() if path), os.environ.get("PATH", "")]
)


@nox.session(venv_backend="none")
def interpreters(session: nox.Session) -> None:
    """Every Python of the matrix is there."""
    missing = [python for python, path in INTERPRETERS.items() if path is None]
    if missing:
        session.error(
            f"Python {', '.join(missing)} is neither on PATH nor under pyenv. Try: pyenv install {missing[0]}"
        )
    for python, path in INTERPRETERS.items():
        session.log(f"Python {python}: {path}")


@nox.session
@nox.parametrize("python,django", MATRIX)
def tests(session: nox.Session, django: str) -> None:
    """The plain suite, under the default host and the other two."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--editable", ".", "--group", "test", f"django~={django}.0", silent=True)
    session.run(
        "python",
        "-c",
        "import django, platform; print('Python', platform.python_version(), 'Django', django.get_version())",
    )
    session.run("pytest", "-q", "-m", NEEDS_NOTHING, *session.posargs)
    for host in ("uuid_user", "separate_customer"):
        session.run(
            "pytest", "-q", "-m", f"hosts and {NEEDS_NOTHING}", f"--ds=tests.projects.{host}.settings"
        )
    session.run("pytest", "-q", "-m", NEEDS_NOTHING, "tests/example", "--ds=config.settings")

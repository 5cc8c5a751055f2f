"""The laws of the house that a program can check. Each law is tried on an offender too: it must bite."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "django_cs_inbox"

MOST_LINES = 400
# Models that a migration may name: our own, and those that every Django project has under that name.
KNOWN_APPS = {"cs_inbox", "django_mailbox", "contenttypes"}
KNOWN_MODELS = {"auth.group", "auth.permission"}


def python_files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


# --- the checks ----------------------------------------------------------------------------------------


def too_long(folder: Path) -> list[str]:
    # Migrations are written once and never edited: their length hurts nobody.
    files = (path for path in python_files(folder) if path.parent.name != "migrations")
    return [path.name for path in files if len(path.read_text("utf-8").splitlines()) > MOST_LINES]


def prints(folder: Path) -> list[str]:
    return [
        f"{path.name}:{node.lineno}"
        for path in python_files(folder)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def hosts_named_in(migrations: Path) -> list[str]:
    """Places where a migration names a model or an app that only some host has."""
    return sorted(
        f"{path.name}:{literal.lineno}: {literal.value}"
        for path in python_files(migrations)
        for literal in named_in_migration(ast.parse(path.read_text("utf-8")))
        if not is_known(literal.value)
    )


def named_in_migration(tree: ast.AST) -> Iterator[ast.Constant]:
    """Literals that name a model (``to="shop.order"``) or an app (``dependencies = [("shop", …)]``)."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="to" | "through", value=ast.Constant(value=str()) as literal):
                yield literal
            case ast.Assign(targets=[ast.Name(id="dependencies" | "run_before")], value=value):
                yield from (
                    pair.elts[0]
                    for pair in ast.walk(value)
                    if isinstance(pair, ast.Tuple) and isinstance(pair.elts[0], ast.Constant)
                )
            case ast.Call(
                func=ast.Attribute(attr="get_model"), args=[ast.Constant(value=str()) as literal, *_]
            ):
                yield literal


def is_known(name: str) -> bool:
    return name.partition(".")[0] in KNOWN_APPS or name.lower() in KNOWN_MODELS


def badly_vendored(static: Path) -> list[str]:
    """Other people's files: each library in ``vendor/<name>/`` with ``VERSION`` and ``LICENSE``.

    One of its files must carry that version, so that neither is replaced without the other.
    """
    offences = [
        f"{path.name} is not under vendor/"
        for path in static.rglob("*")
        if re.search(r"\.min\.(js|css)$|^(htmx|chart)\b.*\.js$", path.name) and "vendor" not in path.parts
    ]
    for vendor in static.rglob("vendor"):
        offences += [f"{path.name} has no folder of its own" for path in vendor.iterdir() if path.is_file()]
        for library in (path for path in vendor.iterdir() if path.is_dir()):
            offences += [f"{library.name} has no {name}" for name in missing_papers(library)]
    return offences


def missing_papers(library: Path) -> Iterator[str]:
    if not any(library.glob("LICENSE*")):
        yield "LICENSE"
    version = library / "VERSION"
    code = [path for path in library.iterdir() if path.suffix in {".js", ".css"}]
    if not version.is_file() or not version.read_text().strip():
        yield "VERSION"
    elif not any(version.read_text().strip() in path.read_text("utf-8") for path in code):
        yield "file that carries its VERSION"


def inline_code(templates: Path) -> list[str]:
    """What a strict Content-Security-Policy would block."""
    blocked = re.compile(
        r"""<script(?![^>]*(\bsrc=|type="application/json"))[^>]*>|<style\b|\s(on[a-z]+|style)\s*=\s*["']"""
        r"""|javascript:""",
        re.IGNORECASE,
    )
    return [
        f"{path.name}: {found.group().strip()}"
        for path in sorted(templates.rglob("*.html"))
        for found in blocked.finditer(path.read_text("utf-8"))
    ]


def templates_of_others(templates: Path) -> list[str]:
    """Templates outside our own folders: they would change pages of the host that are not ours."""
    names = (path.relative_to(templates).as_posix() for path in templates.rglob("*") if path.is_file())
    return [name for name in sorted(names) if not name.startswith(("cs_inbox/", "admin/cs_inbox/"))]


# --- the house -----------------------------------------------------------------------------------------


def test_imports_point_one_way():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Imports point one way KEPT" in done.stdout


def test_files_are_short():
    assert len(list(python_files(PACKAGE))) > 20
    assert too_long(PACKAGE) == []


def test_nothing_prints():
    assert prints(PACKAGE) == []


def test_migrations_name_no_host():
    names = [
        literal
        for path in python_files(PACKAGE / "migrations")
        for literal in named_in_migration(ast.parse(path.read_text("utf-8")))
    ]
    assert len(names) > 5
    assert hosts_named_in(PACKAGE / "migrations") == []


def test_vendored_files_have_version_and_licence():
    assert (PACKAGE / "static").is_dir()
    assert badly_vendored(PACKAGE / "static") == []


def test_templates_hold_under_a_strict_policy():
    assert list((PACKAGE / "templates").rglob("*.html"))
    # The document inside the sandboxed frame has a policy of its own, which allows the mail's styles.
    framed = ["html_mail.html: <style"]
    assert inline_code(PACKAGE / "templates") == framed


def test_templates_stay_in_their_own_folders():
    assert templates_of_others(PACKAGE / "templates") == []


# --- each law bites ------------------------------------------------------------------------------------


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_long_file_is_found(tmp_path):
    write(tmp_path / "long.py", "x = 1\n" * 401)
    write(tmp_path / "fits.py", "x = 1\n" * 400)
    write(tmp_path / "migrations" / "0001_initial.py", "x = 1\n" * 401)
    assert too_long(tmp_path) == ["long.py"]


def test_a_print_is_found(tmp_path):
    write(tmp_path / "loud.py", '"""print()"""\nfootprint()\nprint("x")\n')
    assert prints(tmp_path) == ["loud.py:3"]


def test_a_named_host_is_found(tmp_path):
    write(
        tmp_path / "0001_initial.py",
        'dependencies = [("shop", "0001"), ("django_mailbox", "0001"), *host()]\n'
        'models.ForeignKey(to="shop.order")\n'
        'models.ForeignKey(to="auth.user")\n'
        'models.ForeignKey(to="cs_inbox.inquiry")\n'
        'models.ManyToManyField(to="auth.group")\n'
        'apps.get_model("shop", "Order")\n',
    )
    assert hosts_named_in(tmp_path) == [
        "0001_initial.py:1: shop",
        "0001_initial.py:2: shop.order",
        "0001_initial.py:3: auth.user",
        "0001_initial.py:6: shop",
    ]


def test_careless_vendoring_is_found(tmp_path):
    write(tmp_path / "own.js")
    write(tmp_path / "htmx.min.js")
    write(tmp_path / "vendor" / "stray.js")
    write(tmp_path / "vendor" / "bare" / "bare.js")
    write(tmp_path / "vendor" / "stale" / "stale.js", "v1.2")
    write(tmp_path / "vendor" / "stale" / "VERSION", "1.3\n")
    write(tmp_path / "vendor" / "stale" / "LICENSE", "MIT")
    write(tmp_path / "vendor" / "good" / "good.js", "version: 1.3")
    write(tmp_path / "vendor" / "good" / "VERSION", "1.3\n")
    write(tmp_path / "vendor" / "good" / "LICENSE", "MIT")
    assert sorted(badly_vendored(tmp_path)) == [
        "bare has no LICENSE",
        "bare has no VERSION",
        "htmx.min.js is not under vendor/",
        "stale has no file that carries its VERSION",
        "stray.js has no folder of its own",
    ]


def test_inline_code_is_found(tmp_path):
    write(
        tmp_path / "page.html",
        '<script>go()</script><script src="x.js"></script><script type="application/json">{}</script>\n'
        '<a href="javascript:go()" onclick="go()">x</a><p style="color: red">style=</p><style>p {}</style>\n',
    )
    assert inline_code(tmp_path) == [
        "page.html: <script>",
        "page.html: javascript:",
        'page.html: onclick="',
        'page.html: style="',
        "page.html: <style",
    ]


def test_a_foreign_template_is_found(tmp_path):
    for name in ("cs_inbox/form.html", "admin/cs_inbox/list.html", "admin/base_site.html"):
        write(tmp_path / name)
    assert templates_of_others(tmp_path) == ["admin/base_site.html"]

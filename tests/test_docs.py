"""The documentation names everything that is there, and nothing that is not."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import load_command_class
from django.dispatch import Signal
from django.template.loader import get_template

import django_cs_inbox
from django_cs_inbox import api, conf, exceptions, permissions, shop, signals
from django_cs_inbox.actions.events import VERBS
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import Inquiry, Reply
from django_cs_inbox.shop import mapping, names

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "django_cs_inbox"
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
PAGES = [*READMES, ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]

#: Switched on once `make screenshots` has filled docs/images.
PICTURES_EXIST = True
#: Names of the same make that are no commands: read from a message by ``actions.order_mail``.
ATTRIBUTES = {"cs_inbox_order"}


# --- reading the pages ---------------------------------------------------------------------------------


@cache
def page(path: Path) -> str:
    return path.read_text("utf-8")


def reference(name: str) -> str:
    return page(REFERENCE / f"{name}.md")


def without_code(text: str) -> str:
    return re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.DOTALL | re.MULTILINE)


def entries(text: str) -> list[str]:
    """The names that have a heading of their own: ### `name`."""
    return re.findall(r"^### `([^`]+)`$", text, flags=re.MULTILINE)


def section(text: str, name: str) -> str:
    """What stands below the heading with this text, up to the next heading of its level or above."""
    start = re.search(rf"^(#+) `?{re.escape(name)}`?$", text, flags=re.MULTILINE)
    assert start, name
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, flags=re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> list[list[str]]:
    """Cells of all tables, headings and rules left out."""
    lines = re.findall(r"^\|(.*)\|$", text, flags=re.MULTILINE)
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [row for at, row in enumerate(cells) if not _is_rule(row) and not _is_rule(next_of(cells, at))]


def next_of(cells: list[list[str]], at: int) -> list[str]:
    return cells[at + 1] if at + 1 < len(cells) else []


def _is_rule(row: list[str]) -> bool:
    return bool(row) and all(re.fullmatch(r":?-+:?", cell) for cell in row)


def code(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def same(documented: list[str], existing: set[str]) -> None:
    assert len(documented) == len(set(documented)), "named twice"
    assert set(documented) - existing == set(), "documented, but not there"
    assert existing - set(documented) == set(), "there, but not documented"


# --- reference pages against the code --------------------------------------------------------------------


def test_settings():
    same(entries(reference("settings")), set(conf.DEFAULTS))


@pytest.mark.parametrize("name", conf.DEFAULTS)
def test_default_of_a_setting(name):
    stated = re.search(r"^Default: `(.+)`$", section(reference("settings"), name), flags=re.MULTILINE)
    assert stated, name
    assert ast.literal_eval(stated[1]) == conf.DEFAULTS[name]


def check_ids() -> set[str]:
    found = set()
    for path in (PACKAGE / "checks").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="error" | "warning" as kind), args=[ast.Constant(value=int()) as no, *_]
                ):
                    found.add(f"cs_inbox.{kind[0].upper()}{no.value:03}")
    return found


def test_checks():
    assert len(check_ids()) > 20
    same(entries(reference("checks")), check_ids())


def test_signals():
    own = {name for name, value in vars(signals).items() if isinstance(value, Signal)}
    same(entries(reference("signals")), own)
    source = inspect.getsource(signals)
    for name in own:
        comment = re.search(rf"((?:#:.*\n)+){name} = Signal", source)
        assert comment, name
        stated = {cell for row in rows(section(reference("signals"), name)) for cell in code(row[0])}
        assert stated == set(re.findall(r"``(\w+)``", comment[1].partition("Arguments:")[2])), name


def command_names() -> set[str]:
    folder = PACKAGE / "management" / "commands"
    return {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}


def options_of(name: str) -> set[str]:
    parser = load_command_class("django_cs_inbox", name).create_parser("manage.py", name)
    usual = {"--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
             "--force-color", "--skip-checks"}  # fmt: skip
    return {text for action in parser._actions for text in action.option_strings if text[:2] == "--"} - usual


def test_commands():
    same(entries(reference("commands")), command_names())


@pytest.mark.parametrize("name", sorted(command_names()))
def test_options_of_a_command(name):
    stated = {code(row[0])[0].split()[0] for row in rows(section(reference("commands"), name))}
    assert stated == options_of(name)


def all_permissions() -> set[str]:
    return {
        f"cs_inbox.{codename}"
        for model in apps.get_app_config("cs_inbox").get_models()
        for codename in (
            *(f"{verb}_{model._meta.model_name}" for verb in model._meta.default_permissions),
            *(codename for codename, _name in model._meta.permissions),
        )
    }


def test_permissions():
    used = {value for name, value in vars(permissions).items() if name.isupper() and isinstance(value, str)}
    own = {
        f"cs_inbox.{codename}"
        for model in apps.get_app_config("cs_inbox").get_models()
        for codename, _name in model._meta.permissions
    }
    documented = entries(reference("permissions"))
    assert (used | own) - set(documented) == set()
    named = set(re.findall(r"cs_inbox\.\w+_\w+", reference("permissions")))
    assert named - all_permissions() == set()
    functions = set(re.findall(r"`((?:can|visible)_\w+)", reference("permissions")))
    assert functions
    assert {name for name in functions if not hasattr(permissions, name)} == set()


def test_api():
    same(entries(reference("api")), set(api.__all__))
    for name in ("receive", "record_order_mail", "send_order_mail"):
        stated = re.search(r"^`(.+)`$", section(reference("api"), name), flags=re.MULTILINE)
        assert stated, name
        assert parameters(stated[1]) == list(inspect.signature(getattr(api, name)).parameters)


def test_fields_of_an_arrival():
    documented = [name for row in rows(section(reference("api"), "Arrival")) for name in code(row[0])]
    same(documented, set(api.Arrival.__dataclass_fields__))
    for name in ("ArrivalFile", "OrderEvidence", "ProductEvidence", "Received"):
        fields = set(getattr(api, name).__dataclass_fields__)
        assert fields <= set(code(section(reference("api"), name))), name
    assert list(Address.__dataclass_fields__) == ["name", "address"]


def test_errors():
    documented = [code(row[0])[0] for row in rows(section(reference("api"), "Errors"))]
    own = {
        name
        for name, value in vars(exceptions).items()
        if inspect.isclass(value) and value.__module__ == exceptions.__name__
    }
    same(documented, own - {"CsInboxError"})


def test_events():
    same([code(row[0])[0] for row in rows(reference("events"))], set(VERBS))


def parameters(signature: str) -> list[str]:
    """``f(a, *, b=1)`` → a, b"""
    inside = signature.partition("(")[2].rpartition(")")[0]
    return [part.partition("=")[0].strip() for part in inside.split(",") if part.strip() not in ("", "*")]


def test_methods_of_the_shop():
    documented = {
        signature.partition("(")[0]: parameters(signature)
        for row in rows(section(reference("shop-adapter"), "Methods"))
        for signature in code(row[0])
    }
    own = {
        name: list(inspect.signature(value).parameters)[1:]
        for name, value in inspect.getmembers(shop.Shop, inspect.isfunction)
        if not name.startswith("_")
    }
    assert documented == own


def test_field_names_of_the_shop():
    text = reference("shop-adapter")
    tables = {
        "ORDER_FIELDS": (mapping.ORDER_KEYS, names.ORDER_NAMES | {"lines": names.LINES} | {
            f"line_{key}": value for key, value in names.LINE_NAMES.items()
        }),
        "CUSTOMER_FIELDS": (mapping.CUSTOMER_KEYS, names.CUSTOMER_NAMES),
    }  # fmt: skip
    for setting, (keys, tried) in tables.items():
        documented = {code(row[0])[0]: code(row[1]) for row in rows(section(text, setting))}
        same(list(documented), set(keys))
        for key, usual in tried.items():
            assert documented[key][: len(usual)] == list(usual), key


def test_summaries_of_the_shop():
    documented = {
        code(row[0])[0]: code(row[1]) for row in rows(section(reference("shop-adapter"), "Summaries"))
    }
    own = {name: list(getattr(shop, name).__dataclass_fields__) for name in documented}
    assert documented == own
    assert len(own) == 4


@pytest.mark.parametrize(("model", "field", "title"), [
    (Inquiry, "status", "Statuses of an inquiry"),
    (Reply, "state", "States of a reply"),
])  # fmt: skip
def test_transitions(model, field, title):
    documented = {
        (code(row[0])[0], source, target)
        for row in rows(section(reference("models"), title))
        if len(row) == 4
        for source in code(row[1])
        for target in code(row[2])
    }
    own = {
        (found.name, str(found.source), str(target))
        for found in model._meta.get_field(field).get_all_transitions(model)
        for target in ([found.target] if isinstance(found.target, str) else found.target.allowed_states)
    }
    assert documented == own


def test_values_of_states():
    text = reference("models")
    stated = [code(row[0])[0] for row in rows(section(text, "Statuses of an inquiry")) if len(row) == 3]
    same(stated, {value for value, _label in Inquiry._meta.get_field("status").choices})
    mail = apps.get_model("cs_inbox", "OutgoingMail")
    stated = [code(row[0])[0] for row in rows(section(text, "States of an outgoing mail"))]
    same(stated, {value for value, _label in mail._meta.get_field("state").choices})


def test_models_and_their_fields():
    text = reference("models")
    own = {model.__name__: model for model in apps.get_app_config("cs_inbox").get_models()}
    for name in entries(text):
        assert name in own, name
        below = section(text, name)
        tables = [cell for row in rows(below) for cell in code(row[0])]
        fields = {found.name for found in own[name]._meta.get_fields()}
        fields |= {found.get_accessor_name() for found in own[name]._meta.related_objects}
        assert set(tables) - fields == set(), name
        if not tables:  # named in a sentence, together with values of choices
            assert code(below)[0] in fields, name


def test_templates():
    for row in rows(reference("templates")):
        name, documented = code(row[0])[0], code(row[1])
        source = get_template(name).template.source
        blocks = set(re.findall(r"{% block (\w+) %}", source))
        blocks = {block for block in blocks if block.startswith("cs_inbox_") or block in ("crumbs", "page")}
        same(documented, blocks)
    named = {code(row[0])[0] for row in rows(reference("templates"))}
    folder = PACKAGE / "templates" / "cs_inbox" / "contact"
    assert {f"cs_inbox/contact/{path.name}" for path in folder.glob("*.html")} <= named


# --- every page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
class TestPage:
    def test_links_lead_somewhere(self, path):
        broken = [link for link in links(path) if not leads_somewhere(path, link)]
        assert broken == []

    def test_named_modules_exist(self, path):
        dotted = set(re.findall(r"\bdjango_cs_inbox(?:\.\w+)+", page(path)))
        assert {name for name in dotted if not exists(name)} == set()

    def test_named_commands_exist(self, path):
        called = set(re.findall(r"manage\.py (cs_inbox_\w+)", page(path)))
        named = {text.split()[0] for text in code(without_code(page(path)))}
        called |= {name for name in named if re.fullmatch(r"cs_inbox_\w+", name)}
        blocks = set(re.findall(r"cs_inbox_\w+", reference("templates")))
        assert called - command_names() - blocks - ATTRIBUTES == set()

    def test_settings_in_examples_exist(self, path):
        used = set(re.findall(r"CS_INBOX\[\"(\w+)\"\]", page(path)))
        for block in re.findall(r"CS_INBOX = {(.*?)\n?}", page(path), flags=re.DOTALL):
            used |= set(re.findall(r'"([A-Z_]+)":', block))
        assert used - set(conf.DEFAULTS) == set()

    def test_examples_are_python(self, path):
        for block in re.findall(r"^```python\n(.*?)^```$", page(path), flags=re.DOTALL | re.MULTILINE):
            if not block.startswith('"'):  # one line of a dictionary
                ast.parse(block)


def links(path: Path) -> list[str]:
    found = re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", without_code(page(path)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def leads_somewhere(path: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    if target.suffix == ".png" and not PICTURES_EXIST:
        return target.parent == DOCS / "images"
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target)


@cache
def anchors(path: Path) -> set[str]:
    """Anchors of the headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", without_code(page(path)), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def exists(dotted: str) -> bool:
    """Whether a module, or something in a module, has this name."""
    module, _, rest = dotted, "", []
    while module:
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError:
            module, _, last = module.rpartition(".")
            rest = [last, *rest]
            continue
        for name in rest:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


# --- what must agree elsewhere -----------------------------------------------------------------------------


@cache
def classifiers() -> list[str]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]


def supported(name: str) -> set[str]:
    pattern = rf"{name} :: (\d+\.\d+)"
    return {found[1] for text in classifiers() if (found := re.fullmatch(pattern, text))}


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_versions_in_the_readme(path):
    stated = {
        name: set(re.findall(r"\b\d+\.\d+\b", line))
        for name, line in re.findall(r"^\| (Python|Django) \| (.+) \|$", page(path), flags=re.MULTILINE)
    }
    assert stated == {
        "Python": supported("Programming Language :: Python"),
        "Django": supported("Framework :: Django"),
    }


def test_both_readmes_show_the_same():
    english, japanese = (page(path) for path in READMES)
    for pattern in (r"\(([^)\s]+\.(?:md|png))[)#]", r"^```\w*\n.*?^```$", r"^## "):
        one, other = (
            re.findall(pattern, text, flags=re.DOTALL | re.MULTILINE) for text in (english, japanese)
        )
        assert len(one) == len(other), pattern


def test_every_page_is_reachable():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        here = waiting.pop()
        if here in reached or here.suffix != ".md" or not here.exists():
            continue
        reached.add(here)
        waiting += [
            (here.parent / link.partition("#")[0]).resolve() for link in links(here) if link[0] != "#"
        ]
    assert set(PAGES) - reached == set()


def test_the_version_stands_in_one_place():
    assert (
        django_cs_inbox.__version__
        == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    )

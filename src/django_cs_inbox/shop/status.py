"""The status of an order, however the shop keeps it: text, choice, row, flags or dates."""

from __future__ import annotations

from typing import Any

from django.db.models import Choices, Model
from django.utils.text import capfirst

from .fields import FieldPath, find_path, has_field
from .mapping import OrderMap
from .names import STAGES
from .values import as_text, display


def status_of(order: Model, fields: OrderMap) -> tuple[str, str]:
    """Machine value and label; ("", "") when nothing tells."""
    if "status" not in fields.given:
        path = fields.one("status")
        return _of_field(order, path) if path is not None else _of_stages(order, fields.model)
    paths = fields.all("status")
    if len(paths) == 1 and not _is_stage(paths[0]):
        return _of_field(order, paths[0])
    return _last_reached(order, [(path, "", "") for path in paths])


def _of_field(order: Model, path: FieldPath) -> tuple[str, str]:
    value = path.value(order)
    if isinstance(value, bool):
        return _last_reached(order, [(path, "", "")])
    if isinstance(value, Model):
        code = next(
            (c for name in ("code", "identifier", "slug") if (c := getattr(value, name, None))), value.pk
        )
        return str(code), as_text(str(value))
    code = as_text(value.value if isinstance(value, Choices) else value)
    return code, display(path, order)


def _of_stages(order: Model, model: type[Model]) -> tuple[str, str]:
    stages = [
        (find_path(model, name), code, str(label))
        for code, (names, label) in STAGES.items()
        for name in names
        if has_field(model, name)
    ]
    return _last_reached(order, [(path, code, label) for path, code, label in stages if path is not None])


def _last_reached(order: Model, stages: list[tuple[FieldPath, str, str]]) -> tuple[str, str]:
    for path, code, label in reversed(stages):
        if path.value(order):
            name = getattr(path.field, "verbose_name", path.text)
            return code or path.text, label or str(capfirst(name))
    return "", ""


def _is_stage(path: FieldPath) -> bool:
    kind: Any = getattr(path.field, "get_internal_type", str)()
    return kind in ("BooleanField", "DateField", "DateTimeField")

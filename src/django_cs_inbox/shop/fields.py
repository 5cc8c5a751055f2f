"""Field paths: ``"customer.user.email"`` read from a row, asked of the database, loaded in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import JSONField, Model
from django.db.models.manager import BaseManager

#: Between the parts of a path; Django's double underscore means the same.
SEPARATOR = "."


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a path that Django knows as a field or a relation."""

    #: Name for ``getattr`` ("orderitem_set") and name for queries ("orderitem"); they may differ.
    attribute: str
    lookup: str
    field: Any
    #: The model it leads to; None for a plain column and for a generic foreign key.
    model: type[Model] | None = None
    is_relation: bool = False
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A path from one model. The steps known to the database come first, plain attributes after them."""

    text: str
    steps: tuple[Step, ...]
    #: Properties, methods without arguments, or keys of a JSON field.
    rest: tuple[str, ...] = ()

    @property
    def field(self) -> Any | None:
        """The field at the end, or None when the path ends in a property, a method or a JSON key."""
        return None if self.rest or not self.steps else self.steps[-1].field

    @property
    def model(self) -> type[Model] | None:
        """The model at the end of a path of relations only."""
        return None if self.rest or not self.steps else self.steps[-1].model

    @property
    def is_many(self) -> bool:
        return any(step.is_many for step in self.steps)

    @property
    def lookup(self) -> str:
        """The path for ``filter()``, or "" when the database cannot answer it."""
        if self.rest and not (self.steps and isinstance(self.steps[-1].field, JSONField)):
            return ""
        if any(step.is_relation and not step.lookup for step in self.steps):
            return ""
        return "__".join((*(step.lookup for step in self.steps), *self.rest))

    @property
    def relations(self) -> str:
        """The path's relations for ``prefetch_related_objects``, or ""."""
        return "__".join(step.attribute for step in self.steps if step.is_relation)

    def values(self, row: Any) -> list[Any]:
        """All values at the end of the path, in order, without None and empty texts."""
        found = [row]
        for name in (*(step.attribute for step in self.steps), *self.rest):
            found = [value for item in found for value in _follow(item, name)]
        return [value for value in found if value is not None and value != ""]

    def value(self, row: Any) -> Any | None:
        """The first value, or None."""
        return next(iter(self.values(row)), None)


def parts_of(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.replace("__", SEPARATOR).split(SEPARATOR) if part)


def find_path(model: type[Model], text: str) -> FieldPath | None:
    """The path, or None when some part of it does not exist (see ``missing_part``)."""
    return None if missing_part(model, text) is not None else _resolve(model, parts_of(text))


def missing_part(model: type[Model], text: str) -> str | None:
    """The first part of the path that does not exist, or None when all do, as far as can be told."""
    parts = parts_of(text)
    if not parts:
        return text
    path = _resolve(model, parts)
    if not path.rest:
        return None
    last = path.steps[-1] if path.steps else None
    if last is not None and last.model is None:
        # Behind a generic foreign key anything may follow, behind JSON any key; behind a column nothing.
        return None if last.is_relation or isinstance(last.field, JSONField) else path.rest[0]
    owner = last.model if last is not None and last.model is not None else model
    return None if hasattr(owner, path.rest[0]) else path.rest[0]


def has_field(model: type[Model], name: str) -> bool:
    """Whether the model has a plain column of this name (no relation, no property)."""
    step = _step(model, name)
    return step is not None and not step.is_relation and step.attribute == name


def relation(model: type[Model], name: str) -> Step | None:
    """The relation of this name, forward or backward (by its accessor, "orderitem_set")."""
    step = _step(model, name)
    return step if step is not None and step.is_relation else None


def relations_of(model: type[Model]) -> Iterable[Step]:
    """All relations of the model that have a name."""
    for field in model._meta.get_fields():
        if field.is_relation and (step := _step_of(field)) is not None:
            yield step


def _resolve(model: type[Model], parts: tuple[str, ...]) -> FieldPath:
    steps: list[Step] = []
    here: type[Model] | None = model
    for part in parts:
        step = _step(here, part) if here is not None else None
        if step is None:
            break
        steps.append(step)
        here = step.model
    return FieldPath(SEPARATOR.join(parts), tuple(steps), parts[len(steps) :])


def _step(model: type[Model], name: str) -> Step | None:
    if name == "pk":
        return Step("pk", "pk", model._meta.pk)
    for field in model._meta.get_fields():
        step = _step_of(field)
        if step is not None and name in (step.attribute, field.name):
            return step
        # The column of a foreign key ("customer_id") is a plain value, not the relation.
        if getattr(field, "attname", None) == name:
            return Step(name, name, field)
    return None


def _step_of(field: Any) -> Step | None:
    if not field.is_relation:
        return Step(field.name, field.name, field)
    if not field.auto_created or field.concrete:
        target = field.related_model
        is_model = isinstance(target, type)
        return Step(
            field.name,
            field.name if is_model else "",
            field,
            target if is_model else None,
            is_relation=True,
            is_many=bool(field.many_to_many or field.one_to_many),
        )
    accessor = field.get_accessor_name()
    if accessor is None:
        return None
    return Step(
        accessor,
        field.name,
        field,
        field.related_model,
        is_relation=True,
        is_many=not field.one_to_one,
    )


def _follow(item: Any, name: str) -> list[Any]:
    if isinstance(item, Mapping):
        return [item.get(name)]
    if isinstance(item, list | tuple):
        return [value for part in item for value in _follow(part, name)]
    try:
        value = getattr(item, name, None)
        if isinstance(value, BaseManager):
            return list(value.all())
        return [value() if callable(value) else value]
    except ObjectDoesNotExist:
        # A row that another table still names, or the empty side of a one-to-one.
        return []

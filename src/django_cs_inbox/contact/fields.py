"""Form fields that take what customers really type."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..conf import conf
from ..mail.addresses import is_plausible, normalize_phone
from ..models import Category


class LineField(forms.CharField):
    """One line. Control characters, which could end a mail header, become spaces."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


class BodyField(forms.CharField):
    """Text of several lines. Browsers send two characters for a line break and count one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        return super().to_python(text) or ""


class AddressField(LineField):
    """An email address. Not Django's ``EmailField``, nor the browser's: both refuse addresses that docomo
    and au gave out (``foo..bar.@docomo.ne.jp``), and both refuse full-width letters, which a Japanese
    keyboard types easily, instead of reading them."""

    default_error_messages = {
        "invalid": gettext_lazy("Enter an email address, for example name@example.com."),
    }

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text).replace(" ", "")
        return text

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not is_plausible(value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        plain = {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        return super().widget_attrs(widget) | plain


class PhoneField(LineField):
    default_error_messages = {
        "invalid": gettext_lazy("Enter a telephone number with its area code, for example 03-1234-5678."),
    }

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not normalize_phone(value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"inputmode": "tel"}


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        category: Category = obj
        return f"{category.parent.name} › {category.name}" if category.parent else category.name


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if isinstance(files, MultiValueDict) else files.get(name, [])


class FilesField(forms.FileField):
    """Several files, limited in number and size by the settings."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        # With nothing chosen, once with None: that is how a required field says so.
        cleaned = [super(FilesField, self).clean(file) for file in data or (None,)]
        files = [file for file in cleaned if file]
        errors = [too_large(file.name) for file in files if file.size > conf.max_upload_bytes]
        if len(files) > conf.max_upload_files:
            errors.append(too_many())
        if errors:
            raise forms.ValidationError(errors)
        return files


def too_large(name: str | None) -> forms.ValidationError:
    text = _("“%(name)s” is too large. A file may have at most %(limit)s.")
    values = {"name": name or _("A file"), "limit": filesizeformat(conf.max_upload_bytes)}
    return forms.ValidationError(text, code="too_large", params=values)


def too_many() -> forms.ValidationError:
    count = conf.max_upload_files
    text = ngettext("Attach at most %(count)d file.", "Attach at most %(count)d files.", count)
    return forms.ValidationError(text, code="too_many", params={"count": count})


def upload_errors(oversized: Sequence[str], *, has_surplus: bool) -> list[forms.ValidationError]:
    """Errors for files that were dropped while the request was read."""
    errors = [too_large(name) for name in oversized]
    return [*errors, too_many()] if has_surplus else errors

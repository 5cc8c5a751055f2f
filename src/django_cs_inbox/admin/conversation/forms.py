"""What may be typed on the conversation page. The actions judge it; the forms only read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ...actions.arrival import ArrivalFile
from ...choices import NextStatus, Standing
from ...conf import conf
from ...models import HoldReason
from ...queries.attachments import download_name

#: One address; in ``"a b"@example.jp`` the blank is part of it.
_ONE = re.compile(r'(?:"(?:[^"\\]|\\.)*"@|[^,;、，；\s])+')


class AddressListField(forms.CharField):
    """Addresses between commas, semicolons or spaces, as a list. Whether they are addresses is judged
    when the mail is sent: nothing typed is lost before."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        text = super().to_python(value) or ""
        # "山田 <hanako@example.jp>" is what people paste: the part in brackets is the address.
        pasted = re.sub(r"[^<>,;、，；\n]*<([^<>\s]+)>", r"\1", text)
        return _ONE.findall(pasted)

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The text's own validators have looked at nothing yet; the list has none."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


class _FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, each within the shop's limit."""

    widget = _FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = data if isinstance(data, (list, tuple)) else [data]
        files = [super(FilesField, self).clean(file, initial) for file in given if file]
        for file in files:
            if file.size > conf.max_upload_bytes:
                raise forms.ValidationError(
                    _("“%(name)s” is larger than %(limit)s. Attach a smaller file.")
                    % {"name": file.name, "limit": filesizeformat(conf.max_upload_bytes)}
                )
        if len(files) > conf.max_upload_files:
            raise forms.ValidationError(
                ngettext(
                    "Attach at most %(count)d file at once.",
                    "Attach at most %(count)d files at once.",
                    conf.max_upload_files,
                )
                % {"count": conf.max_upload_files}
            )
        return files


class ReplyForm(forms.Form):
    """The composer. ``version`` and ``seen_at`` say what the author had before their eyes."""

    to = AddressListField(label=gettext_lazy("To"), required=False, max_length=2000)
    cc = AddressListField(label=gettext_lazy("Cc"), required=False, max_length=2000)
    bcc = AddressListField(label=gettext_lazy("Bcc"), required=False, max_length=2000)
    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=500)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    quotes = forms.BooleanField(label=gettext_lazy("Quote the customer's message below"), required=False)
    uploads = FilesField(label=gettext_lazy("Attach files"), required=False)
    next_status = forms.ChoiceField(
        label=gettext_lazy("After sending"), choices=NextStatus.choices, required=False
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    answers = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    seen_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def arrival_files(self) -> list[ArrivalFile]:
        files: Sequence[UploadedFile[Any]] = self.cleaned_data.get("uploads") or ()
        return [
            ArrivalFile(
                name=download_name(file.name or ""),
                content=file.read(),
                content_type=file.content_type or "application/octet-stream",
            )
            for file in files
        ]


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class HoldForm(forms.Form):
    reason: forms.ModelChoiceField[HoldReason] = forms.ModelChoiceField(
        queryset=HoldReason.objects.filter(is_active=True),
        label=gettext_lazy("Reason"),
        required=False,
        empty_label=gettext_lazy("No reason given"),
    )
    wake_on = forms.DateField(
        label=gettext_lazy("Comes back on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The browser's calendar offers no day that is over.
        self.fields["wake_on"].widget.attrs["min"] = timezone.localdate().isoformat()


class ContactForm(forms.Form):
    standing = forms.ChoiceField(label=gettext_lazy("Mark"), choices=Standing.choices)
    standing_reason = forms.CharField(
        label=gettext_lazy("Reason for the mark"), required=False, max_length=500
    )
    memo = forms.CharField(
        label=gettext_lazy("Memo"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

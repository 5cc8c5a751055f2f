"""Notes, and what staff know about the contact."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from ...actions import contacts, notes
from .base import ActionPage
from .forms import ContactForm, NoteForm
from .page import render_conversation


class NotePage(ActionPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            return render_conversation(self, note_form=form, status=422)
        action = partial(notes.add_note, self.inquiry, by=request.user, text=form.cleaned_data["text"])
        return self.post_action(action, next_url=self.back("latest"), success=_("The note was saved."))


class ContactPage(ActionPage):
    """Mark and memo of the contact, beside every inquiry of theirs."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ContactForm(request.POST)
        if not form.is_valid():
            messages.error(
                request, " ".join(str(error) for errors in form.errors.values() for error in errors)
            )
            return HttpResponseRedirect(self.back("contact"))

        return self.post_action(
            partial(self._save, form.cleaned_data),
            next_url=self.back("contact"),
            success=_("The contact was saved."),
        )

    def _save(self, data: dict[str, Any]) -> None:
        contact = self.inquiry.contact
        with transaction.atomic():
            contacts.edit(contact, by=self.request.user, memo=data["memo"])
            standing, reason = data["standing"], data["standing_reason"]
            if (standing, reason) != (contact.standing, contact.standing_reason):
                contacts.set_standing(contact, by=self.request.user, standing=standing, reason=reason)

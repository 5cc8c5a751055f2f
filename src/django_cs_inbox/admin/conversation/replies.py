"""The composer's target, and what is decided about replies and mails on their way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ... import permissions
from ...actions import outbox, replies
from ...models import Attachment, Message, Reply
from ...queries import conversation
from ...queries.attachments import attachments
from .base import ActionPage
from .forms import ReplyForm
from .page import render_conversation


class ReplyPage(ActionPage):
    """Saves what was typed, then sends, submits or discards it. Whatever goes wrong, the draft is kept."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        verb = request.POST.get("do", "draft")
        if verb == "discard":
            return self._discard()
        release = self._release(verb)
        form = ReplyForm(request.POST, request.FILES)
        if not form.is_valid():
            return render_conversation(self, reply_form=form, status=422)
        data = form.cleaned_data
        repeated = release and conversation.is_repeated(
            self.inquiry, request.user, body=data["body"], version=data["version"]
        )
        if repeated:
            messages.info(request, _("This reply has been handed over already."))
            return HttpResponseRedirect(self.back("latest"))
        saved = self._save(form)
        if saved is None:
            return render_conversation(self, reply_form=form, status=422)
        if release is None:
            messages.success(request, _("The draft was saved. Nothing was sent."))
            return HttpResponseRedirect(self.back("reply"))
        action, success = release
        if self.try_action(partial(action, saved, by=request.user)):
            messages.success(request, success)
            return HttpResponseRedirect(self.back("latest"))
        messages.info(request, _("Your text is kept as a draft. Nothing was sent."))
        query = urlencode({"seen": data["seen_at"]}) if data["seen_at"] else ""
        return HttpResponseRedirect(f"{self.back()}?{query}#reply")

    def _release(self, verb: str) -> tuple[Callable[..., Any], str] | None:
        if verb == "send":
            permissions.demand(self.rights.send, _("You are not allowed to send replies."))
            return replies.send, _("The reply is on its way.")
        if verb == "submit":
            return replies.submit, _("The reply waits for approval.")
        if verb != "draft":
            raise Http404
        return None

    def _save(self, form: ReplyForm) -> Reply | None:
        data = form.cleaned_data
        # Looked up before anything is written: a key of another inquiry is a 404, not half a draft.
        answers = self._answered(data["answers"])
        removed = self._removed()
        saved: list[Reply] = []

        def save() -> None:
            draft = replies.save_draft(
                self.inquiry,
                by=self.request.user,
                body=data["body"],
                subject=data["subject"],
                to=data["to"],
                cc=data["cc"],
                bcc=data["bcc"],
                next_status=data["next_status"],
                quotes=data["quotes"],
                answers=answers,
                version=data["version"],
                files=form.arrival_files(),
                remove_files=removed,
            )
            saved.append(draft)

        self.try_action(save)
        return saved[0] if saved else None

    def _answered(self, key: int | None) -> Message | None:
        return get_object_or_404(self.inquiry.messages, pk=key) if key else None

    def _removed(self) -> list[Attachment]:
        keys = self.request.POST.getlist("remove")
        if not all(key.isascii() and key.isdecimal() and len(key) < 19 for key in keys):
            raise Http404
        own = attachments(self.inquiry).filter(reply__author_id=self.request.user.pk, message=None)
        return [get_object_or_404(own, pk=int(key)) for key in keys]

    def _discard(self) -> HttpResponse:
        draft = conversation.own_reply(self.inquiry, self.request.user)
        if draft is None:
            messages.info(self.request, _("There is no draft."))
            return HttpResponseRedirect(self.back("reply"))
        return self.post_action(
            partial(replies.discard, draft, by=self.request.user),
            next_url=self.back("reply"),
            success=_("The draft was discarded."),
        )


class DecisionPage(ActionPage):
    """Approves, returns or withdraws a reply that waits for approval."""

    # Each action asks for its own permission; an approver need not be allowed to write.
    permission = permissions.VIEW

    def post(self, request: HttpRequest, *, reply: int, verb: str, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(conversation.replies(self.inquiry), pk=reply)
        if verb == "approve":
            action: Callable[[], Any] = partial(replies.approve, row, by=request.user)
            success = _("The reply was approved and is on its way.")
        elif verb == "return":
            reason = request.POST.get("reason", "")[:2000]
            action = partial(replies.return_reply, row, by=request.user, reason=reason)
            success = _("The reply was returned to its author.")
        elif verb == "withdraw":
            action = partial(replies.withdraw, row, by=request.user)
            success = _("The reply is a draft again.")
        else:
            raise Http404
        return self.post_action(action, next_url=self.back("latest"), success=success)


class OutgoingPage(ActionPage):
    """Sends a failed mail again, or decides what became of an unclear one."""

    permission = permissions.SEND

    def post(self, request: HttpRequest, *, outgoing: int, verb: str, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(conversation.outgoing(self.inquiry), pk=outgoing)
        if verb == "retry":
            action: Callable[[], Any] = partial(outbox.retry, row, by=request.user)
            success = _("The mail will be sent again.")
        elif verb == "was-sent":
            action = partial(outbox.resolve, row, by=request.user, was_sent=True)
            success = _("The mail is recorded as sent.")
        elif verb == "send-again":
            action = partial(outbox.resolve, row, by=request.user, was_sent=False)
            success = _("The mail will be sent again.")
        else:
            raise Http404
        return self.post_action(action, next_url=self.back("latest"), success=success)

"""The demo's pages: where to begin, and a mailbox for every customer. Anyone may read it: demo only."""

from __future__ import annotations

import re
import socket

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from shop.models import Customer, Order, Product

from .forms import NewMailForm, ReplyForm
from .webmail import MailServerError, list_mails, read_mail, send_mail

SHOWN_IN_BROWSER = {"image/png", "image/jpeg", "image/gif", "image/webp"}
ADDRESS = re.compile(r"[!#-?A-\[\]-~]+@[A-Za-z0-9.-]+")


def start(request):
    addresses = ["hanako@example.jp", "taro@example.jp"]
    addresses += Customer.objects.filter(email="foo..bar.@docomo.example").values_list("email", flat=True)
    return render(
        request,
        "demo_mail/start.html",
        {
            "addresses": addresses,
            "order": Order.objects.filter(number="1005-2").first(),
            "product": Product.objects.filter(sku="CP-012").first(),
            "mail_ready": _answers(settings.DEMO_SMTP_HOST, settings.DEMO_SMTP_PORT)
            and _answers(settings.DEMO_IMAP_HOST, settings.DEMO_IMAP_PORT),
            "smtp_port": settings.DEMO_SMTP_PORT,
            "imap_port": settings.DEMO_IMAP_PORT,
        },
    )


def choose(request):
    address = request.GET.get("address", "").strip()
    if not ADDRESS.fullmatch(address):
        messages.error(request, "メールアドレスを確かめてください。")
        return redirect("demo:start")
    return redirect("demo:mailbox", address)


def mailbox(request, address, folder="inbox"):
    context = {"address": address, "folder": folder, "mails": []}
    try:
        context["mails"] = list_mails(address, folder)
    except MailServerError as problem:
        return _unavailable(request, context, problem)
    return render(request, "demo_mail/mailbox.html", context)


def mail(request, address, folder, uid):
    context = {"address": address, "folder": folder}
    try:
        mail = _mail_or_404(address, folder, uid)
        form = ReplyForm(
            request.POST or None, request.FILES or None, initial={"text": f"\n\n\n{mail.quoted}\n"}
        )
        if request.method == "POST" and form.is_valid():
            send_mail(
                address,
                name=_name(address),
                to=mail.reply_to,
                subject=mail.reply_subject,
                text=form.cleaned_data["text"],
                files=form.files_to_send(),
                answers=mail,
            )
            messages.success(request, f"{mail.reply_to} に返信を送りました。")
            return redirect("demo:mailbox", address)
    except MailServerError as problem:
        return _unavailable(request, context, problem)
    files = [
        (index, attachment.name, attachment.content_type in SHOWN_IN_BROWSER)
        for index, attachment in enumerate(mail.attachments)
    ]
    return render(request, "demo_mail/mail.html", {**context, "mail": mail, "files": files, "form": form})


def new(request, address):
    context = {"address": address, "folder": "new"}
    form = NewMailForm(
        request.POST or None,
        request.FILES or None,
        initial={"to": request.GET.get("to") or settings.SHOP_SUPPORT_EMAIL},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            send_mail(
                address,
                name=_name(address),
                to=data["to"],
                subject=data["subject"],
                text=data["text"],
                files=form.files_to_send(),
            )
        except MailServerError as problem:
            return _unavailable(request, context, problem)
        messages.success(request, f"{data['to']} にメールを送りました。")
        return redirect("demo:mailbox", address)
    return render(request, "demo_mail/new.html", {**context, "form": form})


def file(request, address, folder, uid, index):
    try:
        attachments = _mail_or_404(address, folder, uid).attachments
    except MailServerError as problem:
        return _unavailable(request, {"address": address, "folder": folder}, problem)
    if index >= len(attachments):
        raise Http404
    attachment = attachments[index]
    shown = attachment.content_type in SHOWN_IN_BROWSER
    response = HttpResponse(
        attachment.data,
        content_type=attachment.content_type if shown else "application/octet-stream",
    )
    response.headers["Content-Disposition"] = content_disposition_header(not shown, attachment.name)
    return response


def _mail_or_404(address, folder, uid):
    mail = read_mail(address, folder, uid)
    if mail is None:
        raise Http404("このメールは見つかりません。")
    return mail


def _name(address):
    return Customer.objects.filter(email__iexact=address).values_list("name", flat=True).first() or ""


def _unavailable(request, context, problem):
    context |= {
        "problem": problem,
        "smtp_port": settings.DEMO_SMTP_PORT,
        "imap_port": settings.DEMO_IMAP_PORT,
    }
    return render(request, "demo_mail/unavailable.html", context, status=503)


def _answers(host, port):
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return False
    return True

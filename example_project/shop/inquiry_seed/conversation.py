"""One conversation, and everything that people do in it – each through the package's own actions."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from django_cs_inbox.actions import incoming, inquiries, intake, links, notes, replies
from django_cs_inbox.actions.arrival import Arrival, ArrivalFile, OrderEvidence, ProductEvidence
from django_cs_inbox.choices import Channel, IncomingState, LinkSource, LinkState, MessageKind, Origin
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import Category, HoldReason, Inbox, Inquiry, OrderMail, Tag

from . import letters, pictures, words
from .cast import Person

PRODUCT_URL = "/products/{}/"


@dataclass
class Conversation:
    key: str
    person: Person
    inbox: Inbox
    pick: object
    subject: str = ""
    inquiry: Inquiry | None = None
    count: int = 0
    #: What the texts speak of: product, number, name.
    facts: dict = field(default_factory=dict)
    #: A caller leaves no address.
    can_reply: bool = True

    # The customer's side

    def mails(
        self,
        text,
        *,
        subject="",
        answers=None,
        photos=(),
        html=False,
        headers=(),
        sender=None,
        quote=True,
        encoding="",
    ):
        """A mail to the shop, or an answer to one of its mails (``answers``: a message or order mail)."""
        person, self.count = self.person, self.count + 1
        name, address = sender or (person.name, person.email)
        domain = address.rpartition("@")[2]
        to, references = self.inbox.address, ()
        if answers is not None:
            known = answers.subject
            subject = subject or (known if known.lower().startswith("re:") else f"Re: {known}")
            is_order_mail = isinstance(answers, OrderMail)
            to = "order@kotori.example" if is_order_mail else to
            references = () if is_order_mail else tuple(answers.references)
            if quote:
                text = f"{text}\n\n" + letters.quoted(
                    answers.text,
                    style=person.style,
                    sender=answers.sender if is_order_mail else f"{self.inbox.sender_name} <{to}>",
                    moment=answers.sent_at if is_order_mail else answers.occurred_at,
                )
        raw = letters.compose(
            sender=(name, address),
            to=to,
            subject=subject or self.subject,
            text=text,
            html=letters.as_html(text) if html else "",
            message_id=f"{self.key}.{self.count}@mail.{domain}",
            answers=answers.message_id if answers is not None else None,
            references=references,
            encoding=encoding or person.encoding,
            photos=photos,
            headers=headers,
        )
        return self.receives(raw)

    def receives(self, raw):
        now = timezone.now()
        mail, _ = incoming.store(
            self.inbox,
            raw=raw,
            source_key=f"seed:{self.key}:{self.count}",
            folder="INBOX",
            received_at=now,
        )
        state = incoming.process(mail.pk)
        mail.refresh_from_db()
        if state != IncomingState.PROCESSED:
            raise RuntimeError(f"Seed mail {self.key}.{self.count} was not taken in: {state} {mail.reason}")
        message = mail.message
        self.inquiry = self.inquiry or message.inquiry
        return message

    def fills_form(
        self, text, *, origin=Origin.CONTACT_FORM, order=None, product=None, category="", files=()
    ):
        """The shop's contact form, with what it knows about the page and the login."""
        person, self.count = self.person, self.count + 1
        is_member = person.is_member and origin in {Origin.ACCOUNT_FORM, Origin.ORDER_FORM}
        evidence = ()
        if order is not None:
            source = {
                Origin.ORDER_FORM: LinkSource.FORM_PAGE,
                Origin.ACCOUNT_FORM: LinkSource.FORM_LOGIN,
            }.get(origin, LinkSource.FORM_TEXT)
            evidence = (OrderEvidence(order=order, source=source),)
            if source == LinkSource.FORM_TEXT:
                text = f"注文番号：{order.number}\n\n{text}"
        products = ()
        if product is not None:
            url = product.get_absolute_url()
            products = (ProductEvidence(key=product.sku, name=product.name, url=url),)
        return self._take(
            channel=Channel.FORM,
            origin=origin,
            sender=Address(person.name, person.email),
            text=text,
            phone=person.phone if self.pick.random() < 0.3 else "",
            files=tuple(files),
            customer=person.customer if is_member else None,
            is_authenticated=is_member,
            orders=evidence,
            products=products,
            category=Category.objects.filter(name=category).first(),
        )

    def calls(self, text, *, channel=Channel.PHONE, order=None, product=None):
        """What staff log by hand: a call, a fax, a visit, LINE, a message on a mall."""
        person, self.count = self.person, self.count + 1
        evidence = (
            (OrderEvidence(order=order, source=LinkSource.STAFF, state=LinkState.CONFIRMED),) if order else ()
        )
        products = (
            (ProductEvidence(key=product.sku, name=product.name, url=product.get_absolute_url()),)
            if product
            else ()
        )
        return self._take(
            channel=channel,
            origin=Origin.STAFF,
            sender=Address(person.name, ""),
            text=text,
            phone=person.phone,
            customer=person.customer,
            orders=evidence,
            products=products,
        )

    def _take(self, **what):
        received = intake.receive(
            Arrival(
                inbox=self.inbox,
                key=f"seed:{self.key}:{self.count}" if self.count > 1 else f"seed:{self.key}",
                subject=self.subject,
                occurred_at=timezone.now(),
                **what,
            )
        )
        self.inquiry = self.inquiry or received.inquiry
        return received.message

    def answers(self, text, **more):
        """The customer answers the shop's latest mail."""
        return self.mails(text, answers=self.latest(MessageKind.STAFF), **more)

    def mails_again(self):
        """A second mail before anybody has answered."""
        text = self.pick.choice(words.AFTERTHOUGHTS)
        first = self.latest(MessageKind.ACKNOWLEDGEMENT) or self.latest(MessageKind.CUSTOMER)
        if self.can_reply and first.message_id:
            self.mails(text + words.signature(self.person), answers=first, quote=self.pick.random() < 0.5)

    def latest(self, kind):
        return self.inquiry.messages.filter(kind=kind).order_by("-occurred_at", "-pk").first()

    def order_mail(self, order):
        """The shop's newest mail about the order, as the customer has it in the mailbox."""
        found = OrderMail.objects.filter(order=order, sent_at__lte=timezone.now())
        return found.order_by("-sent_at").first()

    # The staff's side

    def opens(self, by):
        if self._fresh().status == "new":
            inquiries.open_inquiry(self.inquiry, by=by)

    def sorts(self, by, *, category="", tags=()):
        if category and self._fresh().category_id is None:
            inquiries.categorise(self.inquiry, by=by, category=Category.objects.get(name=category))
        if tags:
            inquiries.set_tags(self.inquiry, by=by, tags=Tag.objects.filter(name__in=tags))

    def assigns(self, by, to):
        inquiries.assign(self.inquiry, by=by, to=to)

    def notes(self, by, text):
        notes.add_note(self.inquiry, by=by, text=text)

    def drafts(self, by, body, *, then="waiting", to=None, files=(), quotes=False):
        text = words.from_staff(self.person, by, body, self.pick)
        return replies.save_draft(
            self.inquiry, by=by, body=text, next_status=then, to=to, files=files, quotes=quotes
        )

    def replies(self, by, body, **more):
        return replies.send(self.drafts(by, body, **more), by=by)

    def submits(self, by, body, **more):
        self.submitted = replies.submit(self.drafts(by, body, **more), by=by)

    def approves(self, by):
        replies.approve(self.submitted, by=by)

    def returns(self, by, reason):
        replies.return_reply(self.submitted, by=by, reason=reason)

    def holds(self, by, reason, wake_at=None):
        if self._fresh().status in {"new", "open"}:
            inquiries.hold(self.inquiry, by=by, reason=HoldReason.objects.get(name=reason), wake_at=wake_at)

    def resumes(self, by):
        if self._fresh().status == "on_hold":
            inquiries.resume(self.inquiry, by=by)

    def closes(self, by):
        if self._fresh().status in {"new", "open", "waiting", "on_hold"}:
            inquiries.close(self.inquiry, by=by)

    def needs_nothing(self, by):
        inquiries.no_action(self.inquiry, by=by)

    def is_spam(self, by):
        inquiries.mark_spam(self.inquiry, by=by)

    def confirms_orders(self, by):
        for link in self.inquiry.order_links.filter(state=LinkState.SUGGESTED):
            links.confirm_order(link, by=by)

    def _fresh(self):
        self.inquiry.refresh_from_db()
        return self.inquiry


def photo_for_mail(motif, variant):
    return (f"写真{variant % 9 + 1}.png", pictures.photo(motif, variant % 4))


def photo_for_form(motif, variant):
    name, data = photo_for_mail(motif, variant)
    return ArrivalFile(name=name, content=data, content_type="image/png")


def papers_for(text):
    """The paper that the reply says it brings along."""
    for word, name, title in (
        ("見積", "お見積書.pdf", "ESTIMATE"),
        ("領収書を作成", "領収書.pdf", "RECEIPT"),
        ("宛名で作成", "領収書.pdf", "RECEIPT"),
        ("見本を作りました", "名入れ見本.png", ""),
        ("写真をお付け", "試し書き.png", ""),
        ("説明をお付け", "使い方.png", ""),
    ):
        if word in text and ("ました" in text):
            content = pictures.paper(title) if title else pictures.photo("pen", 1)
            kind = "application/pdf" if title else "image/png"
            return [ArrivalFile(name=name, content=content, content_type=kind)]
    return []

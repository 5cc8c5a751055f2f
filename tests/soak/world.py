"""A shop in which everything happens at once: each method is something that somebody does at random."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import random
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMessage
from django.utils import timezone

from django_cs_inbox.actions import incoming, inquiries, notes, outbox, replies
from django_cs_inbox.actions.arrival import Arrival, ArrivalFile
from django_cs_inbox.actions.intake import receive
from django_cs_inbox.actions.order_mail import record_order_mail
from django_cs_inbox.choices import Channel, NextStatus, Origin, OutgoingState, ReplyState
from django_cs_inbox.exceptions import InvalidInput, NotAllowed, StaleObject, WrongState
from django_cs_inbox.mail.types import Address
from django_cs_inbox.models import Inquiry, OutgoingMail, Reply
from tests.factories import make_inbox, make_order, make_user
from tests.services.smtp import SmtpSink

from .letters import letter

#: What people are told when somebody else was faster; anything else is an error of ours.
EXPECTED = (NotAllowed, WrongState, StaleObject, InvalidInput)

REFUSED, LATER = "nobody@example.jp", "busy@example.jp"
CUSTOMERS = [f"customer{number}@example.jp" for number in range(5)]
#: Things happen to the newest inquiries only, or nobody would meet anybody.
CROWD = 6


class SlowSink(SmtpSink):
    """A mail server that takes a moment before and after it has a mail."""

    pause = 0.01

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(random.uniform(0, self.pause))
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(random.uniform(0, self.pause))
        return answer

    @property
    def ids(self) -> list[str]:
        return [str(mail.message["Message-ID"]).strip().strip("<>") for mail in self.mails]


@dataclass
class World:
    """Rows to begin with, and what its people remember of what they did."""

    sink: SlowSink
    #: What was done, what was refused in plain words, and what must not have happened.
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    #: Keys of the arrivals that have come through the door, and Message-IDs of the mails.
    keys: set[str] = field(default_factory=set)
    mail_ids: set[str] = field(default_factory=set)
    #: Mails whose worker is dead for certain, so that a person may say "was not sent".
    dead: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.serial = itertools.count(1)
        self.lock = threading.Lock()
        self.arrivals: deque[Any] = deque(maxlen=8)
        self.inbox = make_inbox()
        work = ("view_inquiry", "change_inquiry", "send_reply")
        self.staff = [make_user(*work), make_user(*work), make_user(*work, "approve_reply")]
        self.staff += [make_user(*work, "approve_reply"), make_user("view_inquiry")]
        self.order_mails = []
        for address in CUSTOMERS[:3]:
            order = make_order(email=address)
            mail = EmailMessage("ご注文ありがとうございます", "注文の確認", "shop@shop.example", [address])
            record_order_mail(order, mail)
            self.order_mails.append((address, str(mail.extra_headers["Message-ID"]).strip("<>")))
        self.sink.refuse = {REFUSED: "550 5.1.1 no such user", LATER: "451 4.7.1 later"}
        for address in CUSTOMERS:
            self._receive(self._form(address))

    # --- from outside ------------------------------------------------------------------------------------

    def mail(self, rng: random.Random) -> None:
        """A new matter, or a word about one that is there; sometimes by a stranger."""
        sender, parent, subject = rng.choice(CUSTOMERS), "", ""
        if rng.random() < 0.85:
            inquiry = self._inquiry(rng)
            own = inquiry.contact.addresses.filter(kind="email").first()
            sender = own.value if own and rng.random() < 0.9 else sender
            known = inquiry.messages.exclude(message_id="").order_by("-pk").first()
            if known is not None and rng.random() < 0.7:
                parent = known.message_id
            else:
                subject = f"Re: [#{inquiry.number}]"
        self._mail(rng, sender=sender, in_reply_to=parent, subject=subject)

    def order_reply(self, rng: random.Random) -> None:
        sender, parent = rng.choice(self.order_mails)
        self._mail(rng, sender=sender, in_reply_to=parent)

    def form(self, rng: random.Random) -> None:
        """A form; of a customer who is logged in, about an inquiry that is there."""
        inquiry = self._inquiry(rng) if rng.random() < 0.8 else None
        own = inquiry.contact.addresses.filter(kind="email").first() if inquiry else None
        self._receive(self._form(own.value if own else rng.choice(CUSTOMERS), inquiry))

    def repeat(self, rng: random.Random) -> None:
        """What came a moment ago comes again: the button pressed twice, the mail fetched by two workers."""
        with self.lock:
            again = rng.choice(self.arrivals)
        if isinstance(again, Arrival):
            self._receive(again)
        else:
            raw, key, message_id = again
            # The same place in the mailbox, or a copy from another folder.
            self._take(raw, key if rng.random() < 0.6 else f"copy-{next(self.serial)}", message_id)

    def process_pending(self, rng: random.Random) -> None:
        incoming.process_pending(limit=5)

    # --- staff -------------------------------------------------------------------------------------------

    def draft(self, rng: random.Random) -> None:
        inquiry = self._inquiry(rng)
        self._draft(rng, inquiry, rng.choice(self.staff))

    def send(self, rng: random.Random) -> None:
        by = rng.choice(self.staff)
        replies.send(self._draft(rng, self._inquiry(rng), by), by=by)

    def submit(self, rng: random.Random) -> None:
        by = rng.choice(self.staff)
        replies.submit(self._draft(rng, self._inquiry(rng), by), by=by)

    def approve(self, rng: random.Random) -> None:
        if reply := self._reply(rng, ReplyState.SUBMITTED):
            replies.approve(reply, by=rng.choice(self.staff))

    def return_reply(self, rng: random.Random) -> None:
        if reply := self._reply(rng, ReplyState.SUBMITTED):
            replies.return_reply(reply, by=rng.choice(self.staff), reason="金額を確認してください")

    def withdraw(self, rng: random.Random) -> None:
        if reply := self._reply(rng, ReplyState.SUBMITTED):
            replies.withdraw(reply, by=reply.author if rng.random() < 0.8 else rng.choice(self.staff))

    def discard(self, rng: random.Random) -> None:
        if reply := self._reply(rng, *replies.EDITABLE):
            replies.discard(reply, by=reply.author)

    def note(self, rng: random.Random) -> None:
        notes.add_note(self._inquiry(rng), by=rng.choice(self.staff), text="在庫あり")

    def verb(self, rng: random.Random) -> None:
        """Any change of the status, fitting or not."""
        inquiry, by = self._inquiry(rng), rng.choice(self.staff)
        verb = rng.choice(
            [
                inquiries.open_inquiry,
                inquiries.hold,
                inquiries.resume,
                inquiries.close,
                inquiries.no_action,
                inquiries.mark_spam,
                inquiries.not_spam,
                inquiries.not_spam,
                inquiries.reopen,
                inquiries.wake,
            ]
        )
        if verb is inquiries.hold:
            soon = timezone.now() + dt.timedelta(milliseconds=rng.randint(20, 500))
            inquiries.hold(inquiry, by=by, wake_at=soon)
        else:
            verb(inquiry, by=by)

    def wake(self, rng: random.Random) -> None:
        inquiries.wake_due()

    def assign(self, rng: random.Random) -> None:
        to = rng.choice([*self.staff, None])
        inquiries.assign(self._inquiry(rng), by=rng.choice(self.staff), to=to)

    def priority(self, rng: random.Random) -> None:
        inquiries.set_priority(
            self._inquiry(rng), by=rng.choice(self.staff), priority=rng.choice([10, 20, 30])
        )

    # --- workers -----------------------------------------------------------------------------------------

    def deliver(self, rng: random.Random) -> None:
        outbox.deliver_due(worker=threading.current_thread().name, limit=4)

    def die(self, rng: random.Random) -> None:
        """A worker that dies between claiming a mail and recording the answer."""
        due = OutgoingMail.objects.filter(state=OutgoingState.QUEUED).values_list("pk", flat=True).first()
        claimed = due and outbox._claim(due, f"dies-{next(self.serial)}")
        if claimed:
            if rng.random() < 0.5:
                outbox._hand_over(claimed)
            with self.lock:
                self.dead.add(claimed.pk)

    def recover(self, rng: random.Random) -> None:
        outbox.recover_stale()

    def resolve(self, rng: random.Random) -> None:
        """A person looks at the mail server's log; "not sent" only when nobody can be sending it still."""
        unclear = list(OutgoingMail.objects.filter(state=OutgoingState.UNKNOWN)[:10])
        if not unclear:
            return
        mail = rng.choice(unclear)
        with self.lock:
            was_dead = mail.pk in self.dead
            self.dead.discard(mail.pk)
        was_sent = mail.message_id in self.sink.ids
        if was_sent or was_dead:
            outbox.resolve(mail, by=rng.choice(self.staff), was_sent=was_sent)

    def retry(self, rng: random.Random) -> None:
        failed = OutgoingMail.objects.filter(state=OutgoingState.FAILED).order_by("-pk").first()
        if failed is not None:
            outbox.retry(failed, by=rng.choice(self.staff))

    def hurry(self, rng: random.Random) -> None:
        """Time passes: what was put off by the server is due."""
        now = timezone.now()
        late = OutgoingMail.objects.filter(state=OutgoingState.QUEUED, next_attempt_at__gt=now)
        # One by one: nobody else locks several rows at once.
        for pk in list(late.values_list("pk", flat=True)):
            late.filter(pk=pk).update(next_attempt_at=now)

    # --- the end -----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Everybody finishes what is begun; what is unclear is decided by what the mail server has."""
        self.sink.refuse = {REFUSED: "550 5.1.1 no such user"}
        by = self.staff[0]
        while incoming.process_pending():
            pass
        past = timezone.now() - dt.timedelta(minutes=1)
        OutgoingMail.objects.filter(state=OutgoingState.SENDING).update(claimed_until=past)
        outbox.recover_stale()
        accepted = set(self.sink.ids)
        for mail in OutgoingMail.objects.filter(state=OutgoingState.UNKNOWN):
            outbox.resolve(mail, by=by, was_sent=mail.message_id in accepted)
        OutgoingMail.objects.filter(state=OutgoingState.QUEUED).update(next_attempt_at=past)
        outbox.deliver_due(worker="last", limit=1_000_000)

    # --- pieces ------------------------------------------------------------------------------------------

    def _inquiry(self, rng: random.Random) -> Inquiry:
        return rng.choice(list(Inquiry.objects.select_related("contact").order_by("-pk")[:CROWD]))

    def _reply(self, rng: random.Random, *states: str) -> Reply | None:
        found = list(Reply.objects.filter(state__in=states).order_by("-pk")[:CROWD])
        return rng.choice(found) if found else None

    def _draft(self, rng: random.Random, inquiry: Inquiry, by: Any) -> Reply:
        """Mostly to the customer, and mostly by somebody who saw the newest version."""
        to = None if rng.random() < 0.8 else [rng.choice([REFUSED, LATER])]
        file = ArrivalFile(name="見積書.pdf", content=rng.randbytes(300), content_type="application/pdf")
        return replies.save_draft(
            inquiry,
            by=by,
            body="お問い合わせありがとうございます。",
            to=to,
            next_status=rng.choice(NextStatus.values),
            quotes=rng.random() < 0.3,
            version=inquiry.version - (rng.random() < 0.1),
            files=[file] if rng.random() < 0.2 else (),
        )

    def _form(self, address: str, inquiry: Inquiry | None = None) -> Arrival:
        return Arrival(
            inbox=self.inbox,
            key=f"form-{next(self.serial)}",
            channel=Channel.FORM,
            origin=Origin.ACCOUNT_FORM if inquiry else Origin.CONTACT_FORM,
            sender=Address("山田花子", address),
            subject="在庫の確認",
            text="在庫はありますか。",
            occurred_at=timezone.now(),
            inquiry=inquiry,
        )

    def _receive(self, arrival: Arrival) -> None:
        with self.lock:
            self.arrivals.append(arrival)
        receive(arrival)
        with self.lock:
            self.keys.add(arrival.key)

    def _mail(self, rng: random.Random, **fields: Any) -> None:
        message_id = f"{next(self.serial)}.{rng.getrandbits(32)}@example.jp"
        size = 5_000 if rng.random() < 0.1 else 0
        charset = rng.choice(["iso-2022-jp", "utf-8"])
        raw = letter(message_id, charset=charset, attachment=size, **fields)
        key = f"uid-{message_id}"
        with self.lock:
            self.arrivals.append((raw, key, message_id))
        self._take(raw, key, message_id)

    def _take(self, raw: bytes, source_key: str, message_id: str) -> None:
        mail, _is_new = incoming.store(self.inbox, raw=raw, source_key=source_key)
        incoming.process(mail.pk)
        with self.lock:
            self.mail_ids.add(message_id)


#: How often each thing happens.
WEIGHTS = {
    World.mail: 16,
    World.order_reply: 3,
    World.form: 8,
    World.repeat: 9,
    World.process_pending: 2,
    World.draft: 4,
    World.send: 14,
    World.submit: 8,
    World.approve: 8,
    World.return_reply: 2,
    World.withdraw: 2,
    World.discard: 2,
    World.note: 5,
    World.verb: 10,
    World.wake: 2,
    World.assign: 3,
    World.priority: 2,
    World.deliver: 14,
    World.die: 3,
    World.recover: 3,
    World.resolve: 5,
    World.retry: 2,
    World.hurry: 1,
}

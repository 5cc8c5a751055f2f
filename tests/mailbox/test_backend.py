from __future__ import annotations

import copy
import pickle
from types import SimpleNamespace

import django
import pytest
from django.core.mail import EmailMessage, send_mail
from django.db import DatabaseError

from django_cs_inbox.actions import order_mail
from django_cs_inbox.actions.order_mail import about_order
from django_cs_inbox.exceptions import ConfigurationError
from django_cs_inbox.mailbox.backend import EmailBackend
from django_cs_inbox.models import OrderMail
from django_cs_inbox.shop import Shop
from tests.factories import make_order

from .backends import RecordingBackend, use_backend

pytestmark = pytest.mark.django_db

WRAPPER = "django_cs_inbox.mailbox.backend.EmailBackend"
INNER = "tests.mailbox.backends.RecordingBackend"


@pytest.fixture(autouse=True)
def _inner(settings, monkeypatch):
    use_backend(settings, WRAPPER)
    settings.CS_INBOX = settings.CS_INBOX | {"EMAIL_BACKEND": INNER}
    monkeypatch.setattr(RecordingBackend, "log", [])
    monkeypatch.setattr(RecordingBackend, "sent", [])
    monkeypatch.setattr(Shop, "order_of_mail", lambda self, message: None)


@pytest.fixture
def order():
    return make_order("1005-2", email="hanako@example.jp")


def message(to="hanako@example.jp", *, order=None, **fields):
    made = EmailMessage("ご注文ありがとうございます", "本文", "order@kotori.example", [to], **fields)
    if order is not None:
        made.cs_inbox_order = order
    return made


def ids():
    return [f"<{row.message_id}>" for row in OrderMail.objects.order_by("pk")]


def test_a_mail_about_an_order_is_recorded_under_the_id_that_left(order):
    assert EmailBackend().send_messages([message(order=order)]) == 1
    assert [sent for _to, sent in RecordingBackend.sent] == ids()
    assert OrderMail.objects.get().order == order


def test_a_mail_made_out_of_reach(order):
    with about_order(order):
        send_mail("件名", "本文", "order@kotori.example", ["hanako@example.jp"])
    assert OrderMail.objects.get().order == order


def test_the_shop_finds_the_order_by_itself(order, monkeypatch):
    monkeypatch.setattr(Shop, "order_of_mail", lambda self, message: order)
    EmailBackend().send_messages([message()])
    assert OrderMail.objects.get().order == order


def test_other_mails_are_not_touched():
    mail = message()
    before = copy.copy(mail.extra_headers)
    assert EmailBackend().send_messages([mail, message("b@example.jp")]) == 2
    assert mail.extra_headers == before
    assert RecordingBackend.log == [2]
    assert not OrderMail.objects.exists()


@pytest.mark.parametrize("nothing", [[], (), None])
def test_no_mails(nothing):
    EmailBackend().send_messages(nothing)
    assert RecordingBackend.sent == []


@pytest.mark.parametrize(
    "header", [("x-cs-inbox-LOOP", "abc"), ("Message-ID", "<cs.k.n.1.x.y@shop.example>")]
)
def test_our_own_mails_pass_unrecorded(order, header):
    with about_order(order):
        EmailBackend().send_messages([message(headers=dict([header]))])
    assert len(RecordingBackend.sent) == 1
    assert not OrderMail.objects.exists()


def test_a_mail_that_the_server_refused_is_not_recorded(order, monkeypatch):
    monkeypatch.setattr(RecordingBackend, "fails_at", 0)
    mail = message(order=order)
    with pytest.raises(OSError, match="server away"):
        EmailBackend().send_messages([mail])
    assert mail.extra_headers == {}
    assert not OrderMail.objects.exists()


@pytest.mark.parametrize(("answer", "is_recorded"), [(0, False), (None, True), (1, True), (True, True)])
def test_the_inner_backends_answer_is_ours(order, monkeypatch, answer, is_recorded):
    monkeypatch.setattr(RecordingBackend, "answer", answer)
    assert EmailBackend().send_messages([message(order=order)]) == answer
    assert OrderMail.objects.exists() == is_recorded


class TestSeveral:
    def test_over_one_connection(self, order):
        mails = [
            message("a@example.jp", order=order),
            message("b@example.jp"),
            message("c@example.jp", order=order),
        ]
        assert EmailBackend().send_messages(mails) == 3
        assert RecordingBackend.log == ["open", 1, 1, 1, "close"]
        assert [row.to for row in OrderMail.objects.order_by("pk")] == [["a@example.jp"], ["c@example.jp"]]

    def test_a_connection_that_was_open_stays_open(self, order):
        with EmailBackend() as backend:
            backend.send_messages([message(order=order), message(order=order)])
            assert RecordingBackend.log == ["open", "open", 1, 1]
        assert RecordingBackend.log[-1] == "close"

    def test_what_left_before_the_failure_is_recorded(self, order, monkeypatch):
        monkeypatch.setattr(RecordingBackend, "fails_at", 1)
        with pytest.raises(OSError, match="server away"):
            EmailBackend().send_messages([message(order=order), message(order=order)])
        assert len(ids()) == 1
        assert RecordingBackend.log[-1] == "close"

    def test_a_server_that_is_silently_away_is_asked_once(self, order, monkeypatch):
        monkeypatch.setattr(RecordingBackend, "answer", 0)
        backend = EmailBackend()
        backend._inner.opens = False
        assert backend.send_messages([message(order=order)] * 3) == 0
        assert RecordingBackend.log == ["open", 3]
        assert not OrderMail.objects.exists()

    def test_answers_without_a_count(self, order, monkeypatch):
        monkeypatch.setattr(RecordingBackend, "answer", None)
        assert EmailBackend().send_messages([message(order=order), message(order=order)]) == 0
        assert OrderMail.objects.count() == 2


class TestNeverInTheWay:
    def test_the_database_is_away(self, order, monkeypatch):
        def away(*args, **kwargs):
            raise DatabaseError("away")

        monkeypatch.setattr(order_mail.transaction, "atomic", away)
        assert EmailBackend().send_messages([message(order=order), message()]) == 2

    def test_the_shop_class_is_broken(self, settings):
        settings.CS_INBOX = settings.CS_INBOX | {"SHOP": "no.such.Shop"}
        assert EmailBackend().send_messages([message()]) == 1

    def test_an_order_that_is_none(self):
        mail = message()
        mail.cs_inbox_order = "1005-2"
        assert EmailBackend().send_messages([mail]) == 1

    def test_something_that_is_no_message_of_django(self, order):
        odd = SimpleNamespace(to=["a@example.jp"], message=lambda: {"Message-ID": "x"}, cs_inbox_order=order)
        assert EmailBackend().send_messages([odd]) == 1
        assert not OrderMail.objects.exists()


class TestOptions:
    def test_they_go_to_the_inner_backend(self):
        backend = EmailBackend(host="smtp.example", fail_silently=True)
        assert backend.options == {"host": "smtp.example", "fail_silently": True}

    def test_the_inner_backend_may_be_an_option(self, settings):
        settings.CS_INBOX = {**settings.CS_INBOX, "EMAIL_BACKEND": "no.such.Backend"}
        assert isinstance(EmailBackend(backend=INNER)._inner, RecordingBackend)

    def test_attributes_are_the_inner_backends(self):
        backend = EmailBackend()
        assert backend.connection is None
        backend.open()
        assert backend.connection is not None
        with pytest.raises(AttributeError):
            backend.no_such_thing  # noqa: B018

    def test_it_can_be_pickled_and_copied(self):
        backend = EmailBackend(host="smtp.example")
        assert copy.copy(backend).options == {"host": "smtp.example"}
        assert pickle.loads(pickle.dumps(backend)).options == {"host": "smtp.example"}

    def test_a_wrapper_around_itself_is_refused(self, settings):
        settings.CS_INBOX = settings.CS_INBOX | {"EMAIL_BACKEND": WRAPPER}
        with pytest.raises(ConfigurationError, match="the wrapper itself"):
            EmailBackend()

    def test_djangos_own_is_the_default(self, settings):
        settings.CS_INBOX = {
            name: value for name, value in settings.CS_INBOX.items() if name != "EMAIL_BACKEND"
        }
        from django.core.mail.backends.smtp import EmailBackend as Smtp

        # With MAILERS configured, a backend made by hand must say whose options it takes.
        options = {"alias": "default", "host": "smtp.example"} if django.VERSION >= (6, 1) else {}
        assert isinstance(EmailBackend(**options)._inner, Smtp)


def test_through_a_real_mail_server(order, settings, django_sends_to_sink):
    sink = django_sends_to_sink
    use_backend(settings, WRAPPER, host=sink.host, port=sink.port)
    settings.CS_INBOX = settings.CS_INBOX | {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}
    with about_order(order):
        for number in range(2):
            send_mail(f"件名 {number}", "本文", "order@kotori.example", ["hanako@example.jp"])
    assert [mail.message["Message-ID"] for mail in sink.wait_for(2)] == ids()

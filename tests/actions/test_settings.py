from __future__ import annotations

import pytest

from django_cs_inbox.actions import settings
from django_cs_inbox.exceptions import InvalidInput, NotAllowed
from django_cs_inbox.models import Category, Event, Tag
from tests.factories import make_inbox, make_inquiry, make_user

pytestmark = pytest.mark.django_db


def test_members_are_set_once():
    boss, member = make_user("change_inbox"), make_user()
    inbox = make_inbox()
    for _ in range(2):
        settings.set_members(inbox, by=boss, members=[member])
    assert list(inbox.members.all()) == [member]
    assert Event.objects.get().data["added"] == [str(member.pk)]
    with pytest.raises(NotAllowed):
        settings.set_members(inbox, by=member, members=[])


def test_what_is_in_use_stays():
    inquiry = make_inquiry()
    with pytest.raises(InvalidInput):
        settings.delete(inquiry.inbox, by=None)
    tag = Tag.objects.create(name="至急")
    with pytest.raises(NotAllowed):
        settings.delete(tag, by=make_user())
    settings.delete(tag, by=make_user("delete_tag"))
    assert not Tag.objects.exists()
    assert Event.objects.get().verb == "settings.deleted"


def test_only_settings_are_settings():
    with pytest.raises(TypeError):
        settings.delete(make_inquiry(), by=None)


def test_a_category_does_not_lie_below_itself():
    top = Category.objects.create(name="配送")
    below = Category.objects.create(name="遅れ", parent=top)
    top.parent = below
    with pytest.raises(InvalidInput):
        settings.save(top, by=None, changed=["parent"])

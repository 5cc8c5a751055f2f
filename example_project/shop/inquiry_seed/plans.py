"""What happens to an inquiry until it stands where it stands today: one function a status."""

from __future__ import annotations

from datetime import timedelta

from . import words
from .conversation import papers_for
from .stage import office_hours


class Planner:
    """Lays the steps of one conversation onto the stage. ``now`` is the end of all times."""

    def __init__(self, stage, cast, pick, now, conversation, situation, start):
        self.stage, self.cast, self.pick, self.now = stage, cast, pick, now
        self.talk, self.situation = conversation, situation
        self.moment = start
        self.clerk = pick.choice(cast.clerks)

    def later(self, low, high, *, office=True):
        """The next moment, so many hours later, in office hours – but never after now."""
        wanted = self.moment + timedelta(hours=self.pick.uniform(low, high))
        if office:
            wanted = office_hours(wanted, self.pick)
        if wanted >= self.now - timedelta(minutes=2):
            wanted = self.moment + (self.now - self.moment) * self.pick.uniform(0.25, 0.6)
        self.moment = wanted
        return wanted

    def do(self, step, *args, **kwargs):
        self.moment += timedelta(seconds=self.pick.randint(8, 40))
        if self.moment >= self.now:
            self.moment = self.now - timedelta(seconds=1)
        self.stage.at(self.moment, step, *args, **kwargs)

    def text(self, body):
        return body.format(**self.talk.facts)

    # Pieces

    def take_up(self, by=None):
        s, pick = self.situation, self.pick
        self.later(0.3, 9)
        self.do(self.talk.opens, by or self.clerk)
        tags = [tag for tag in s.tags.split(",") if tag]
        self.do(self.talk.sorts, by or self.clerk, category=s.category, tags=tags)
        if pick.random() < 0.6:
            self.do(self.talk.confirms_orders, by or self.clerk)
        if s.note and pick.random() < 0.7:
            self.later(0.1, 1)
            self.do(self.talk.notes, self.clerk, s.note)
        elif pick.random() < 0.2:
            self.do(self.talk.notes, pick.choice(self.cast.clerks), pick.choice(words.COLLEAGUES))

    def reply(self, body, then="waiting", by=None):
        self.later(0.1, 1.5)
        body = self.text(body)
        quotes = self.pick.random() < 0.25
        self.do(self.talk.replies, by or self.clerk, body, then=then, files=papers_for(body), quotes=quotes)

    def checked_reply(self, body, then="waiting", *, with_return=False):
        """The newcomer writes, the owner looks at it."""
        body = self.text(body)
        self.later(0.2, 2)
        self.do(self.talk.submits, self.cast.tanaka, body, then=then, files=papers_for(body))
        if with_return:
            self.later(0.2, 2)
            self.do(self.talk.returns, self.cast.owner, self.pick.choice(words.RETURNS))
            self.later(0.2, 1)
            self.do(self.talk.submits, self.cast.tanaka, body, then=then)
        self.later(0.2, 3)
        self.do(self.talk.approves, self.cast.owner)

    def answer(self, text, **more):
        self.later(2, 30, office=False)
        text = self.text(text) + words.signature(self.talk.person)
        self.do(self.talk.answers, text, **more)

    def rest(self):
        reason = self.situation.hold or self.pick.choice(["メーカー確認中", "社内確認中"])
        self.do(self.talk.holds, self.clerk, reason)
        self.later(20, 60)
        self.do(self.talk.notes, self.clerk, "確認が取れました。返信します。")
        self.do(self.talk.resumes, self.clerk)

    def finish(self):
        if self.pick.random() < 0.45:
            self.answer(self.pick.choice(words.THANKS))
            self.later(0.5, 12)
        else:
            self.later(70, 170)
        self.do(self.talk.closes, self.clerk)

    # Where an inquiry stands today

    def new(self):
        if self.pick.random() < 0.15:
            self.later(0.3, 3, office=False)
            self.do(self.talk.mails_again)

    def open(self):
        self.take_up()
        s, pick = self.situation, self.pick
        if pick.random() < 0.35 and s.answer and self.talk.can_reply:
            self.reply(s.reply)
            self.answer(s.answer)
            self.later(0.1, 2)
            self.do(self.talk.opens, self.clerk)
        if pick.random() < 0.4 and self.talk.can_reply:
            self.do(self.talk.drafts, self.clerk, self.text(s.reply).split("\n\n")[0])

    def pending_approval(self):
        self.take_up(self.cast.tanaka)
        self.later(0.2, 2)
        body = self.text(self.situation.reply)
        self.do(self.talk.submits, self.cast.tanaka, body, files=papers_for(body))

    def on_hold(self):
        self.take_up()
        s = self.situation
        wake = self.pick.choice([None, 1, 2, 4, 7])
        wake_at = self.now + timedelta(days=wake, hours=2) if wake else None
        if self.talk.can_reply and self.pick.random() < 0.5:
            self.reply(
                "お問い合わせの件、ただいま確認しております。\n分かり次第、改めてご連絡いたしますので、今しばらくお待ちください。",
                "open",
            )
        self.later(0.1, 1)
        self.do(self.talk.holds, self.clerk, s.hold or "社内確認中", wake_at)

    def waiting(self):
        self.take_up()
        if self.pick.random() < 0.15:
            self.checked_reply(self.situation.reply)
        else:
            self.reply(self.situation.reply)

    def done(self):
        s, chance = self.situation, self.pick.random()
        if not self.talk.can_reply:
            self.take_up()
            self.later(0.2, 3)
            self.do(self.talk.notes, self.clerk, "折り返しお電話し、ご説明しました。ご納得いただけました。")
            self.do(self.talk.closes, self.clerk)
            return
        if chance < 0.12:
            self.take_up(self.cast.tanaka)
            self.checked_reply(s.reply, "done", with_return=chance < 0.05)
            return
        self.take_up()
        if s.hold and chance > 0.7:
            self.rest()
        if s.answer and chance < 0.85:
            self.reply(s.reply)
            self.answer(s.answer)
            self.take_up()
            self.reply(s.second, "done")
        elif chance < 0.65:
            self.reply(s.reply, "done")
        else:
            self.reply(s.reply)
            self.finish()

    def no_action(self):
        self.later(0.5, 12)
        self.do(self.talk.needs_nothing, self.clerk)

    def spam(self):
        self.later(0.5, 20)
        self.do(self.talk.is_spam, self.clerk)

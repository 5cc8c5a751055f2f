"""Conversations that are not everyday: long ones, strangers, machines, and what goes wrong."""

# ruff: noqa: E501

from __future__ import annotations

from datetime import timedelta

from . import letters, pictures, words
from .cast import Person
from .situations import Situation

PLAIN = Situation("その他", "none", "", (), "")


def arrange(season):
    for part in (long_talks, strangers, machines, formatted, spam, nothing_to_do, comeback, failing, careful):
        part(season)


def _at(season, **ago):
    return season.now - timedelta(**ago)


def long_talks(season):
    """Three matters that took many mails."""
    people = {person.name: person for person in season.cast.people.values()}
    hanako, taro = people["山田 花子"], people["田中 太郎"]
    for person, days, subject, category, tags, lines, end in (
        (hanako, 13, "結婚式の席札用のペンについて", "商品について", "名入れ,ギフト", WEDDING, "waiting"),
        (taro, 9, "PTAの記念品の相談", "在庫・入荷", "大口,名入れ", PTA, "new"),
        (season.stranger(), 31, "インクの色を決めかねています", "商品について", "", INK, "done"),
    ):
        talk = season.conversation(person, subject=subject)
        moment = season.daytime(days)
        situation = Situation(category, "none", subject, (), "", tags=tags)
        plan = season.planner(talk, situation, moment)
        season.stage.at(moment, talk.mails, words.from_customer(person, lines[0], season.pick, signed=True))
        plan.take_up()
        for n, line in enumerate(lines[1:]):
            if n % 2 == 0:
                is_last = n == len(lines) - 2
                plan.reply(line, "done" if is_last and end == "done" else "waiting")
            else:
                plan.later(3, 20, office=False)
                photos = [("ロゴ案.png", pictures.photo("pen", 2))] if "写真" in line else []
                plan.do(talk.answers, line + words.signature(person), photos=photos)
                if n < len(lines) - 2:
                    plan.later(0.5, 4)
                    plan.do(talk.opens, plan.clerk)
                    if n == 3:
                        plan.do(
                            talk.notes,
                            season.cast.owner,
                            "大事なご用件なので、最後まで同じ担当でお願いします。",
                        )


WEDDING = (
    "来月の結婚式で、席札に万年筆で名前を書こうと思っています。にじまない紙とインクの組み合わせを教えてください。60枚ほどです。",
    "ご結婚、誠におめでとうございます。\n席札でしたら、活版印刷のメッセージカードと、インク「夜明け前」の組み合わせが、にじみも少なく落ち着いた色に仕上がります。細字をおすすめします。",
    "ありがとうございます。60枚書くのにインクは何本くらい要りますか。カートリッジで足りますか。",
    "お名前だけでしたら、カートリッジ1本で40枚ほどお書きになれます。予備を入れて2本あれば安心です。",
    "わかりました。カードは1枚ずつばらで買えますか。書き損じが心配です。",
    "5枚入りのみのお取り扱いですが、12袋と、書き損じ用に3袋をおすすめいたします。未開封の分は、式のあとに返品していただいてかまいません。",
    "それは助かります！ 未開封なら返品できるのですね。では15袋にします。ペン先に「H」と入れることはできますか。",
    "天冠（ペン先の反対側）でしたら、1文字の名入れができます。330円、5営業日です。",
    "お願いします。書体は筆記体で。届け先は実家にしたいです。",
    "承りました。仕上がりの見本を作りましたので、ご覧ください。よろしければ、マイページからご注文ください。ご要望の欄に「席札の件」とお書き添えくだされば、こちらで手配いたします。",
    "見本、とても素敵です。注文しました。母がそちらのお店のファンなので、喜んでいます。",
    "ご注文を確認いたしました。お母様にもどうぞよろしくお伝えください。\n最後に一つだけ確認です。お届け日は、式の2週間前の土曜日でよろしいでしょうか。",
)  # fmt: skip
PTA = (
    "小学校のPTAで、卒業生92人に記念品を贈ります。名前入りの鉛筆3本セットを考えています。可能でしょうか。",
    "ご卒業おめでとうございます。92名分、承れます。1セット495円（名入れ・袋入り）で、納期は名簿をいただいてから2週間です。",
    "予算は一人500円なのでちょうどよいです。同じ苗字の子が多いので、フルネームで入れられますか。",
    "フルネームで10文字までお入れできます。外字（髙・﨑など）にも対応しております。",
    "名簿は表計算ソフトでよいですか。個人情報なので、メールで送るのは少し心配です。",
    "ごもっともです。パスワードを付けたファイルをお送りいただき、パスワードはお電話でお知らせください。作業が終わり次第、名簿は消去いたします。",
    "承知しました。来週送ります。鉛筆の色は選べますか。",
    "緑軸と青軸がございます。半分ずつでもかまいません。",
    "緑46、青46でお願いします。学校の校章も入れられますか。写真を付けます。",
    "校章は版を起こすため、別に5,500円かかります。よろしければ、白黒のはっきりした画像をお送りください。",
    "予算を超えるので校章はやめておきます。名前だけで進めてください。あと、納品のときに領収書をPTA名義でお願いします。いつごろになりますか。",
)  # fmt: skip
INK = (
    "「夜明け前」と「竹林」で迷っています。仕事で使うならどちらが無難でしょうか。",
    "お仕事でしたら「夜明け前」をおすすめいたします。黒に近い紺で、書類にもなじみます。",
    "コピーしたときに薄くなりませんか。",
    "試したところ、ふつうの濃さで問題なく読めました。「竹林」はやや薄くなります。",
    "ありがとうございます。経年で色は変わりますか。日記にも使いたいです。",
    "染料インクですので、光に当たると少しずつ薄くなります。閉じたノートの中でしたら、10年ほどはほとんど変わりません。",
    "なるほど。では日記には何がよいですか。",
    "長く残したい場合は、顔料インクをおすすめします。当店では扱いがございませんが、お手持ちのペンのメーカーの純正品が安心です。",
    "正直に教えてくださってありがとうございます。「夜明け前」を買います。",
    "ありがとうございます。色見本のカードもお入れいたします。末永くお使いください。",
)  # fmt: skip


def strangers(season):
    """Somebody else answers: it becomes an inquiry of its own that maybe belongs to the first one."""
    person = Person("三浦 千尋", "chihiro.miura@kamome.example", "080-0000-2231", style="iphone")
    talk = season.conversation(person, subject="返品の送り先を教えてください")
    start = _at(season, days=4, hours=3)
    season.stage.at(
        start,
        talk.mails,
        words.from_customer(
            person,
            "届いたノートを返品したいです。未使用です。送り先を教えてください。",
            season.pick,
            signed=True,
        ),
    )
    plan = season.planner(talk, PLAIN, start)
    plan.take_up()
    plan.reply(
        "返品を承りました。\n返送先：〒000-0021 長野県松並市星見町2-8-1 文具のことり堂 返品係\n到着の予定日をお知らせください。"
    )
    other = Person(f"{person.family} 健", f"ken{season.number}@mail.example", style="iphone")
    husband = season.conversation(other, subject="")
    text = (
        "三浦千尋の夫です。妻の代わりにお返事します。\n土曜日に発送しますので、日曜か月曜に着くと思います。"
    )

    def steps_in():
        husband.mails(text, answers=talk.latest("staff"))

    season.stage.at(_at(season, hours=5), steps_in)
    # A stranger with the shipping notice of somebody else's order.
    order = next(
        o for o in season.orders if o.shipped_at and _at(season, days=9) < o.shipped_at < _at(season, days=2)
    )
    friend = season.conversation(season.stranger(), subject="")
    words_of_friend = "贈り物でいただいた者です。転送してもらったこのメールに返信しています。\n箱を開けたら、のしが破れていました。新しいものをいただけますか。"

    def answers_forwarded():
        friend.mails(words_of_friend, answers=friend.order_mail(order))

    season.stage.at(_at(season, hours=7), answers_forwarded)


def machines(season):
    """Absence notice, delivery failure, mailing list: kept, shown, and answered by nobody."""
    person = season.stranger()
    talk = season.conversation(person, subject="定期購入はできますか")
    start = _at(season, days=2, hours=6)
    season.stage.at(
        start,
        talk.mails,
        words.from_customer(person, "替芯を毎月送ってもらうことはできますか。", season.pick, signed=True),
    )
    plan = season.planner(talk, PLAIN, start)
    plan.take_up()
    plan.reply(
        "お問い合わせをありがとうございます。\n定期購入は、来年の春に始める予定です。始まりましたらご案内してもよろしいでしょうか。"
    )
    plan.moment += timedelta(minutes=2)
    plan.do(
        talk.answers,
        "ただいま休暇をいただいております。\n月曜日に戻り次第、ご連絡いたします。",
        subject="自動応答: 不在にしております",
        quote=False,
        headers=[("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")],
    )
    # A delivery failure for a reply of ours.
    person = season.stranger()
    lost = season.conversation(person, subject="会員登録のメールが届きません")
    start = _at(season, days=3, hours=2)
    season.stage.at(
        start,
        lost.fills_form,
        words.from_customer(person, "会員登録をしましたが、確認のメールが来ません。", season.pick),
    )
    plan = season.planner(lost, PLAIN, start)
    plan.take_up()
    plan.reply(
        "ご不便をおかけし、申し訳ございません。\n確認のメールをもう一度お送りいたしました。「@kotori.example」からのメールを受け取れるように設定をご確認ください。"
    )
    plan.moment += timedelta(minutes=1)
    plan.do(_bounces, lost, person)
    # A newsletter of a supplier, and the maker's mailing list.
    newsletter = season.conversation(
        Person("紙の博物便り", "news@kami-museum.example"), subject="【紙の博物便り】冬の展示のご案内"
    )
    moment = season.daytime(6)
    season.stage.at(
        moment,
        newsletter.mails,
        "冬の展示「和紙のある暮らし」を開催いたします。\n会期：12月5日〜2月28日\n\n配信停止はこちら https://kami-museum.example/unsubscribe",
        headers=[
            ("List-Id", "<news.kami-museum.example>"),
            ("List-Unsubscribe", "<https://kami-museum.example/u>"),
            ("Precedence", "bulk"),
        ],
    )
    season.planner(newsletter, PLAIN, moment).no_action()
    maillist = season.conversation(
        Person("文具店連絡会", "moderator@bungu-ml.example"),
        subject="[bungu-ml:0412] 年末の配送の締め切りについて",
    )
    season.stage.at(
        _at(season, hours=20),
        maillist.mails,
        "会員各位\n\nことり便の年内の締め切りは12月27日です。はやぶさ急便は28日まで受け付けます。\n各店でお客様へのご案内をお願いします。",
        headers=[
            ("List-Id", "<bungu-ml.example>"),
            ("List-Post", "<mailto:bungu-ml@bungu-ml.example>"),
            ("Precedence", "list"),
        ],
    )


def _bounces(talk, person):
    message = talk.latest("staff")
    talk.count += 1
    raw = (
        "From: Mail Delivery System <MAILER-DAEMON@mail.example>\r\n"
        f"To: support@kotori.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Date: {letters.format_datetime(letters.timezone.localtime())}\r\n"
        f"Message-ID: <bounce.{talk.key}@mail.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b0"\r\n\r\n'
        "--b0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        f"This is the mail system at host mail.example.\r\n\r\n<{person.email}>: mailbox is full\r\n\r\n"
        "--b0\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n"
        f"Final-Recipient: rfc822; {person.email}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 mailbox is full\r\n\r\n"
        f"--b0\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message.message_id}>\r\n"
        "Subject: (returned)\r\n\r\n--b0--\r\n"
    )
    talk.receives(raw.encode("ascii"))


def formatted(season):
    """Mails that are more layout than text."""
    person = Person("株式会社みなと設計 総務部", "soumu@minato-sekkei.example", style="outlook")
    talk = season.conversation(person, subject="備品の注文内容の確認", inbox=season.cast.business)
    rows = "".join(
        f'<tr><td style="border:1px solid #999;padding:4px">{name}</td><td align="right" style="border:1px solid #999;padding:4px">{qty}</td></tr>'
        for name, qty in (
            ("方眼ノート A5", 120),
            ("ゲルインクボールペン 0.5mm 黒", 240),
            ("ふせん 75×75mm", 60),
        )
    )
    html = (
        '<html><body style="font-family:sans-serif"><p>いつもお世話になっております。<br>下記の内容で<b style="color:#c00">注文</b>'
        f'いたしますので、ご確認をお願いいたします。</p><table style="border-collapse:collapse"><tr><th>品名</th><th>数量</th></tr>{rows}'
        '</table><p>納品は<u>月末</u>まで、請求書は総務部宛てでお願いします。</p><img src="https://tracker.minato-sekkei.example/open.gif" width="1" height="1">'
        "<p>株式会社みなと設計<br>総務部 三浦</p></body></html>"
    )

    def sends():
        talk.count += 1
        raw = letters.compose(
            sender=(person.name, person.email), to=talk.inbox.address, subject=talk.subject,
            text="（この文章はHTML形式です）いつもお世話になっております。下記の内容で注文いたします。方眼ノート A5 120冊、ゲルインクボールペン 黒 240本、ふせん 60個。納品は月末までにお願いします。",
            html=html, message_id=f"{talk.key}.1@minato-sekkei.example",
        )  # fmt: skip
        talk.receives(raw)

    season.stage.at(_at(season, hours=26), sends)
    season.planner(
        talk, Situation("在庫・入荷", "none", "", (), "", tags="法人・学校,大口"), _at(season, hours=26)
    ).take_up()


SPAM = (
    ("SEO Expert Team", "seo@rank-first.example", "Your website ranking #1 guaranteed", "Dear owner,\n\nWe can bring your shop to the first page within 7 days. Reply YES for a free audit."),
    ("サポートセンター", "info@account-verify.example", "【重要】お客様のアカウントが停止されました", "下記より24時間以内にご本人確認をお願いいたします。\nhttps://account-verify.example/login"),
    ("Ms. Linda", "linda@prize.example", "Congratulations!!! You won", "You have been selected for $2,500,000. Send your bank details."),
    ("株式会社リード倍増", "sales@lead-baizo.example", "ECサイトの売上を3倍にする方法のご提案", "突然のご連絡失礼いたします。弊社のサービスをご導入いただいた企業様は平均3.2倍の…\n\n無料相談はこちら https://lead-baizo.example/"),
    ("Crypto News", "bot@coin.example", "ビットコインで毎日5万円", "誰でも簡単に始められます。今すぐ登録してください。\nhttps://coin.example/"),
    ("請求担当", "billing@unpaid.example", "未払い料金のお知らせ", "ご利用の有料サイトの料金が未払いです。本日中にご連絡がない場合は法的手続きに移行します。"),
    ("Web Design", "hello@cheap-web.example", "Redesign your shop for $99", "Hi, I was on your site and noticed it could look better. Interested?"),
    ("配達通知", "notice@delivery-check.example", "お荷物をお届けできませんでした", "住所が不明なためお荷物を持ち帰りました。こちらから確認してください。\nhttps://delivery-check.example/a"),
)  # fmt: skip


def spam(season):
    for n, (name, email, subject, text) in enumerate(SPAM):
        talk = season.conversation(Person(name, email), subject=subject)
        moment = season.daytime(2 + n * 6.3)
        season.stage.at(moment, talk.mails, text)
        season.planner(talk, PLAIN, moment).spam()


NOTHING = (
    ("届きました", "荷物が届きました。ご報告まで。返信は不要です。"),
    ("Re: ご注文ありがとうございます", "確認しました。"),
    ("（件名なし）", "間違えて送りました。すみません。"),
    ("お礼", "先日はお電話で丁寧に教えてくださり、ありがとうございました。無事に使えています。お返事はいりません。"),
    ("解決しました", "さきほどフォームから質問した者です。説明書をよく読んだら解決しました。取り消してください。"),
    ("振込完了のご連絡", "本日振り込みました。確認だけお願いします。返信は結構です。"),
    ("採用について", "求人は出していないとのこと、ホームページで確認しました。失礼しました。"),
    ("お知らせ", "商店街の清掃は来週の日曜、朝8時からです。雨天の場合は中止します。"),
    ("Fwd: 写真", "（家族に送るつもりの写真でした。削除してください）"),
    ("ありがとうございます", "カタログが届きました。ゆっくり見て注文します。"),
    ("年末年始のご挨拶", "本年も大変お世話になりました。来年もよろしくお願いいたします。"),
)  # fmt: skip


def nothing_to_do(season):
    for n, (subject, text) in enumerate(NOTHING):
        person = season.stranger()
        talk = season.conversation(person, subject=subject)
        moment = season.daytime(1.2 + n * 4.7)
        season.stage.at(moment, talk.mails, text + words.signature(person))
        season.planner(talk, PLAIN, moment).no_action()


def comeback(season):
    """An answer to a mail that was closed long ago: a new inquiry, linked to the old one."""
    person = season.stranger()
    talk = season.conversation(person, subject="ペンケースの革ひもについて")
    start = season.daytime(52)
    season.stage.at(
        start,
        talk.mails,
        words.from_customer(
            person, "帆布のペンケースの革ひもだけ、別に買うことはできますか。", season.pick, signed=True
        ),
    )
    plan = season.planner(talk, Situation("商品について", "none", "", (), ""), start)
    plan.take_up()
    plan.reply(
        "お問い合わせをありがとうございます。\n革ひもは1本220円でお送りできます。ご希望でしたら、色（茶・黒）をお知らせください。",
        "done",
    )
    season.stage.at(
        _at(season, hours=9),
        talk.answers,
        "以前ご案内いただいた革ひもですが、茶色を2本お願いできますか。だいぶ前の話ですみません。",
    )


def failing(season):
    """A reply that no mail server takes: back to work, with what the server said."""
    person = Person("岡 真由", "unknown@mail.example", "080-0000-4411")
    talk = season.conversation(person, subject="カタログを送ってください")
    start = _at(season, hours=30)
    season.stage.at(start, talk.fills_form, "冬のカタログを1部お願いします。住所は会員情報のとおりです。")
    plan = season.planner(talk, Situation("その他", "none", "", (), ""), start)
    plan.take_up()
    plan.reply("冬のカタログを本日お送りいたしました。2〜3日でお届けの予定です。")


def careful(season):
    """Somebody whom the staff answer in pairs."""
    person = Person("郷田 剛", "goda@kamome.example", "090-0000-9911", style="mobile", encoding="iso-2022-jp")
    earlier = season.conversation(person, subject="対応が遅い")
    start = season.daytime(11)
    season.stage.at(
        start,
        earlier.mails,
        "昨日送ったメールの返事がまだ来ない。どうなっているのか。責任者から電話をもらいたい。",
    )
    plan = season.planner(earlier, Situation("その他", "none", "", (), ""), start)
    plan.take_up()
    plan.do(
        earlier.notes,
        season.cast.owner,
        "私からお電話しました。40分ほど。今後は返信の前に私に見せてください。",
    )
    plan.reply(
        "お返事が遅くなり、ご不快な思いをおかけしましたこと、お詫び申し上げます。\n本日、店主の小鳥よりお電話を差し上げました。今後は1営業日以内にお返事いたします。",
        "done",
        by=season.cast.owner,
    )
    talk = season.conversation(person, subject="また傷がある")
    season.stage.at(
        _at(season, hours=3.5),
        talk.mails,
        "前回に続き、今回も箱に傷があった。中身は見ていないが、どういう検品をしているのか説明してほしい。",
        photos=[("DSC_0411.png", pictures.photo("box", 3))],
    )

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import django_cs_inbox.storage
from django_cs_inbox.migrations._host import customer_model, db_constraint, host_dependencies, order_model


class Migration(migrations.Migration):
    initial = True

    # Written by hand: no host is named here, whatever models it has (see _host.py).
    dependencies = [
        ("django_mailbox", "0001_initial"),
        *host_dependencies(order_model(), customer_model(), settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HoldReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "hold reason",
                "verbose_name_plural": "hold reasons",
                "ordering": ("position", "name"),
            },
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "number counter",
                "verbose_name_plural": "number counters",
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50, unique=True, verbose_name="name")),
                (
                    "color",
                    models.CharField(
                        choices=[
                            ("gray", "gray"),
                            ("red", "red"),
                            ("orange", "orange"),
                            ("green", "green"),
                            ("blue", "blue"),
                            ("purple", "purple"),
                        ],
                        default="gray",
                        max_length=10,
                        verbose_name="color",
                    ),
                ),
            ],
            options={
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Switch off instead of deleting: old inquiries keep it.",
                        verbose_name="active",
                    ),
                ),
                ("is_public", models.BooleanField(default=False, verbose_name="offered in the contact form")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="cs_inbox.category",
                        verbose_name="parent",
                    ),
                ),
            ],
            options={
                "verbose_name": "category",
                "verbose_name_plural": "categories",
                "ordering": ("position", "name"),
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "customer_label",
                    models.CharField(blank=True, max_length=200, verbose_name="customer name"),
                ),
                (
                    "customer_is_proven",
                    models.BooleanField(
                        default=False,
                        help_text="The contact began with this customer's login, or the shop has verified the address. Otherwise the customer was only found by the address.",
                        verbose_name="customer verified",
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("normal", "Normal"),
                            ("vip", "VIP"),
                            ("caution", "Caution"),
                            ("blocked", "Blocked"),
                        ],
                        default="normal",
                        max_length=10,
                        verbose_name="standing",
                    ),
                ),
                ("standing_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "memo",
                    models.TextField(
                        blank=True,
                        help_text="Shown beside every inquiry of this contact.",
                        verbose_name="memo",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=customer_model(),
                        db_constraint=db_constraint(),
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
            },
        ),
        migrations.CreateModel(
            name="Inbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "address",
                    models.EmailField(
                        help_text="Replies are sent from this address, and customers write to it.",
                        max_length=254,
                        unique=True,
                        verbose_name="email address",
                    ),
                ),
                (
                    "sender_name",
                    models.CharField(
                        blank=True,
                        help_text="Shown to customers beside the address.",
                        max_length=100,
                        verbose_name="sender name",
                    ),
                ),
                ("signature", models.TextField(blank=True, verbose_name="signature")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "takes_form",
                    models.BooleanField(
                        default=False,
                        help_text="Inquiries from the contact form land here.",
                        verbose_name="takes the contact form",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "is_restricted",
                    models.BooleanField(
                        default=False,
                        help_text="Only the people named below see this inbox and its inquiries.",
                        verbose_name="members only",
                    ),
                ),
                (
                    "acknowledges",
                    models.BooleanField(
                        default=True,
                        help_text="Send a mail with the inquiry number when the form is submitted.",
                        verbose_name="acknowledge receipt",
                    ),
                ),
                (
                    "acknowledges_mail",
                    models.BooleanField(
                        default=False,
                        help_text="Also acknowledge a first mail of a customer.",
                        verbose_name="acknowledge mail, too",
                    ),
                ),
                (
                    "acknowledgement_subject",
                    models.CharField(blank=True, max_length=200, verbose_name="subject"),
                ),
                (
                    "acknowledgement_text",
                    models.TextField(
                        blank=True,
                        help_text="{name}, {number}, {subject} and {inbox} are filled in. Empty: the built-in text.",
                        verbose_name="text",
                    ),
                ),
                (
                    "reopen_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="A reply that comes later than this after closing starts a new, linked inquiry.",
                        verbose_name="reopen within days",
                    ),
                ),
                ("mailbox_secret", models.TextField(blank=True, editable=False)),
                (
                    "trusted_authserv_id",
                    models.CharField(
                        blank=True,
                        help_text="Name under which your mail server writes Authentication-Results. Empty: not evaluated.",
                        max_length=255,
                        verbose_name="own mail server",
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="django_mailbox.mailbox",
                        verbose_name="mailbox",
                    ),
                ),
                (
                    "members",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="members"
                    ),
                ),
            ],
            options={
                "verbose_name": "inbox",
                "verbose_name_plural": "inboxes",
                "ordering": ("position", "pk"),
                "permissions": (("test_mailbox", "Can test the connection to mail servers"),),
            },
        ),
        migrations.CreateModel(
            name="IncomingMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_key", models.CharField(max_length=64, unique=True)),
                ("folder", models.CharField(blank=True, max_length=255, verbose_name="folder")),
                ("uid", models.BigIntegerField(null=True)),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("message_key", models.CharField(blank=True, db_index=True, max_length=64)),
                ("message_id", models.CharField(blank=True, max_length=998, verbose_name="Message-ID")),
                ("sender", models.CharField(blank=True, max_length=320, verbose_name="from")),
                ("subject", models.CharField(blank=True, max_length=500, verbose_name="subject")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("processed", "Taken in"),
                            ("duplicate", "Duplicate"),
                            ("quarantined", "Quarantined"),
                            ("failed", "Failed"),
                            ("ignored", "Ignored"),
                        ],
                        default="received",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("is_truncated", models.BooleanField(default=False)),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("processed_at", models.DateTimeField(null=True, verbose_name="processed")),
                (
                    "inbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incoming",
                        to="cs_inbox.inbox",
                        verbose_name="inbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "incoming mail",
                "verbose_name_plural": "incoming mails",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="IncomingChunk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("data", models.BinaryField()),
                (
                    "mail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="cs_inbox.incomingmail",
                    ),
                ),
            ],
            options={
                "verbose_name": "piece of an incoming mail",
                "verbose_name_plural": "pieces of incoming mails",
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.CharField(editable=False, max_length=20, unique=True, verbose_name="number"),
                ),
                ("subject", models.CharField(blank=True, max_length=500, verbose_name="subject")),
                ("snippet", models.CharField(blank=True, max_length=200)),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("new", "New"),
                            ("open", "In progress"),
                            ("pending_approval", "Awaiting approval"),
                            ("waiting", "Waiting for customer"),
                            ("on_hold", "On hold"),
                            ("done", "Done"),
                            ("no_action", "No action needed"),
                            ("spam", "Spam"),
                        ],
                        default="new",
                        max_length=20,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "Form"),
                            ("email", "Email"),
                            ("phone", "Phone"),
                            ("fax", "Fax"),
                            ("visit", "Visit"),
                            ("line", "LINE"),
                            ("mall", "Mall message"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("contact_form", "Contact form"),
                            ("product_form", "Form on a product page"),
                            ("account_form", "Form in the customer account"),
                            ("order_form", "Form on an order page"),
                            ("direct_mail", "Mail to the shop"),
                            ("order_mail_reply", "Reply to an order mail"),
                            ("staff", "Entered by staff"),
                            ("api", "From the shop system"),
                        ],
                        max_length=20,
                        verbose_name="origin",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(10, "Low"), (20, "Normal"), (30, "High"), (40, "Urgent")],
                        default=20,
                        verbose_name="priority",
                    ),
                ),
                ("assignee_label", models.CharField(blank=True, max_length=150)),
                ("wake_at", models.DateTimeField(blank=True, null=True, verbose_name="wake on")),
                (
                    "unanswered_since",
                    models.DateTimeField(
                        blank=True, db_index=True, null=True, verbose_name="unanswered since"
                    ),
                ),
                ("last_customer_at", models.DateTimeField(verbose_name="last customer message")),
                ("last_message_at", models.DateTimeField(verbose_name="last message")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("created_at", models.DateTimeField(verbose_name="received")),
                ("message_count", models.PositiveIntegerField(default=0)),
                ("has_attachment", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assignee",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cs_inbox.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="cs_inbox.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "hold_reason",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cs_inbox.holdreason",
                        verbose_name="hold reason",
                    ),
                ),
                (
                    "inbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="cs_inbox.inbox",
                        verbose_name="inbox",
                    ),
                ),
                (
                    "tags",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="cs_inbox.tag", verbose_name="tags"
                    ),
                ),
            ],
            options={
                "verbose_name": "inquiry",
                "verbose_name_plural": "inquiries",
                "permissions": (
                    ("send_reply", "Can send replies"),
                    ("approve_reply", "Can approve replies"),
                    ("view_original_mail", "Can see original mails"),
                ),
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("verb", models.CharField(max_length=50)),
                ("actor_label", models.CharField(blank=True, max_length=150)),
                ("target_type", models.CharField(blank=True, max_length=50)),
                ("target_id", models.CharField(blank=True, max_length=64)),
                ("data", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(db_index=True, verbose_name="time")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="cs_inbox.inquiry",
                        verbose_name="inquiry",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ("created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="InquiryRelation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("follow_up", "Continues an inquiry closed long ago"),
                            ("maybe", "Maybe belongs to"),
                            ("related", "Related"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="cs_inbox.inquiry",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="related_from",
                        to="cs_inbox.inquiry",
                    ),
                ),
            ],
            options={
                "verbose_name": "relation",
                "verbose_name_plural": "relations",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("direction", models.CharField(choices=[("in", "Received"), ("out", "Sent")], max_length=3)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("customer", "From the customer"),
                            ("staff", "Reply"),
                            ("acknowledgement", "Automatic acknowledgement"),
                            ("automatic", "Automatic mail"),
                            ("log", "Entered by hand"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "Form"),
                            ("email", "Email"),
                            ("phone", "Phone"),
                            ("fax", "Fax"),
                            ("visit", "Visit"),
                            ("line", "LINE"),
                            ("mall", "Mall message"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("author_label", models.CharField(blank=True, max_length=150)),
                ("sender_name", models.CharField(blank=True, max_length=200)),
                ("sender_address", models.CharField(blank=True, max_length=320)),
                ("to", models.JSONField(blank=True, default=list)),
                ("cc", models.JSONField(blank=True, default=list)),
                ("reply_to", models.JSONField(blank=True, default=list)),
                ("subject", models.CharField(blank=True, max_length=998)),
                ("text", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("message_id", models.CharField(blank=True, max_length=998)),
                ("message_key", models.CharField(blank=True, db_index=True, max_length=64)),
                ("references", models.JSONField(blank=True, default=list)),
                ("arrival_key", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("automatic_kind", models.CharField(blank=True, max_length=12)),
                ("automatic_reason", models.CharField(blank=True, max_length=200)),
                ("auth_results", models.JSONField(blank=True, default=dict)),
                ("warnings", models.JSONField(blank=True, default=list)),
                ("occurred_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="cs_inbox.contact",
                    ),
                ),
                (
                    "incoming",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="message",
                        to="cs_inbox.incomingmail",
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="cs_inbox.inquiry",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ("occurred_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author_label", models.CharField(blank=True, max_length=150)),
                ("text", models.TextField(verbose_name="note")),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="cs_inbox.inquiry",
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "ordering": ("created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="OrderLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order_key", models.CharField(max_length=64)),
                (
                    "order_number",
                    models.CharField(db_index=True, max_length=100, verbose_name="order number"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("order_mail", "Reply to a mail about the order"),
                            ("form_login", "Chosen by the logged-in customer"),
                            ("form_page", "Page on which the form was opened"),
                            ("form_text", "Written by the customer in the form"),
                            ("text", "Number found in the text"),
                            ("staff", "Linked by staff"),
                            ("api", "Linked by the shop system"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed"),
                            ("suggested", "Suggested"),
                            ("refused", "Refused"),
                        ],
                        default="confirmed",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="order_links",
                        to="cs_inbox.inquiry",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=order_model(),
                        db_constraint=db_constraint(),
                        verbose_name="order",
                    ),
                ),
            ],
            options={
                "verbose_name": "linked order",
                "verbose_name_plural": "linked orders",
            },
        ),
        migrations.CreateModel(
            name="OrderMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order_key", models.CharField(db_index=True, max_length=64)),
                ("order_number", models.CharField(max_length=100, verbose_name="order number")),
                ("sender", models.CharField(blank=True, max_length=500)),
                ("to", models.JSONField(default=list)),
                ("subject", models.CharField(blank=True, max_length=998, verbose_name="subject")),
                ("text", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("message_id", models.CharField(max_length=998)),
                ("message_key", models.CharField(max_length=64, unique=True)),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=customer_model(),
                        db_constraint=db_constraint(),
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=order_model(),
                        db_constraint=db_constraint(),
                    ),
                ),
            ],
            options={
                "verbose_name": "order mail",
                "verbose_name_plural": "order mails",
                "ordering": ("sent_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="ProductLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("product_key", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=300, verbose_name="product")),
                ("url", models.CharField(blank=True, max_length=500)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("order_mail", "Reply to a mail about the order"),
                            ("form_login", "Chosen by the logged-in customer"),
                            ("form_page", "Page on which the form was opened"),
                            ("form_text", "Written by the customer in the form"),
                            ("text", "Number found in the text"),
                            ("staff", "Linked by staff"),
                            ("api", "Linked by the shop system"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed"),
                            ("suggested", "Suggested"),
                            ("refused", "Refused"),
                        ],
                        default="confirmed",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_links",
                        to="cs_inbox.inquiry",
                    ),
                ),
            ],
            options={
                "verbose_name": "linked product",
                "verbose_name_plural": "linked products",
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author_label", models.CharField(blank=True, max_length=150)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Awaiting approval"),
                            ("approved", "Approved"),
                            ("queued", "Waiting to be sent"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("returned", "Returned"),
                            ("withdrawn", "Withdrawn"),
                            ("failed", "Sending failed"),
                            ("unknown", "Unclear whether sent"),
                            ("discarded", "Discarded"),
                        ],
                        default="draft",
                        max_length=12,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("to", models.JSONField(blank=True, default=list)),
                ("cc", models.JSONField(blank=True, default=list)),
                ("bcc", models.JSONField(blank=True, default=list)),
                ("subject", models.CharField(blank=True, max_length=500, verbose_name="subject")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("quotes", models.BooleanField(default=False, verbose_name="quote the customer's message")),
                (
                    "next_status",
                    models.CharField(
                        choices=[
                            ("waiting", "Send, then wait for the customer"),
                            ("done", "Send and close"),
                            ("on_hold", "Send and put on hold"),
                            ("open", "Send and keep in progress"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("based_on_version", models.PositiveIntegerField(default=0)),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("decided_by_label", models.CharField(blank=True, max_length=150)),
                ("decision_note", models.TextField(blank=True)),
                ("draft_key", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("flight_key", models.BigIntegerField(editable=False, null=True, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cs_inbox.message",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="cs_inbox.inquiry",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reply",
                        to="cs_inbox.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "reply",
                "verbose_name_plural": "replies",
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reply", "Reply"),
                            ("acknowledgement", "Automatic acknowledgement"),
                            ("notice", "Notice to staff"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("message_id", models.CharField(max_length=255, verbose_name="Message-ID")),
                ("message_key", models.CharField(max_length=64, unique=True)),
                ("sender", models.CharField(max_length=500, verbose_name="from")),
                ("to", models.JSONField(default=list)),
                ("cc", models.JSONField(blank=True, default=list)),
                ("bcc", models.JSONField(blank=True, default=list)),
                ("subject", models.CharField(max_length=998, verbose_name="subject")),
                ("body", models.TextField()),
                ("headers", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("unknown", "Unclear"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("next_attempt_at", models.DateTimeField(verbose_name="next attempt")),
                ("claimed_by", models.CharField(blank=True, max_length=100)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("last_error", models.TextField(blank=True, verbose_name="error")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "inbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing",
                        to="cs_inbox.inbox",
                        verbose_name="inbox",
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outgoing",
                        to="cs_inbox.inquiry",
                    ),
                ),
                (
                    "sent_message",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="outgoing",
                        to="cs_inbox.message",
                    ),
                ),
                (
                    "reply",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outgoing",
                        to="cs_inbox.reply",
                    ),
                ),
            ],
            options={
                "verbose_name": "outgoing mail",
                "verbose_name_plural": "outgoing mails",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=255,
                        storage=django_cs_inbox.storage.attachment_storage,
                        upload_to=django_cs_inbox.storage.attachment_path,
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file name")),
                ("content_type", models.CharField(default="application/octet-stream", max_length=100)),
                ("content_id", models.CharField(blank=True, max_length=255)),
                ("is_inline", models.BooleanField(default=False)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="cs_inbox.message",
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="cs_inbox.reply",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ContactAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("email", "Email address"),
                            ("phone", "Phone number"),
                            ("line", "LINE"),
                            ("other", "Other"),
                        ],
                        default="email",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(max_length=320, verbose_name="address")),
                ("normalized", models.CharField(max_length=320)),
                ("owner_key", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                (
                    "is_verified",
                    models.BooleanField(
                        default=False,
                        help_text="The shop has verified it, the contact began with a login under it, or staff checked it.",
                        verbose_name="verified",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="cs_inbox.contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact address",
                "verbose_name_plural": "contact addresses",
                "indexes": [models.Index(fields=["normalized"], name="cs_inbox_address_norm")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contact", "kind", "normalized"), name="cs_inbox_contactaddress_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FolderState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("folder", models.CharField(default="INBOX", max_length=255)),
                ("account", models.CharField(blank=True, max_length=64)),
                ("uid_validity", models.BigIntegerField(null=True)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("last_attempt_at", models.DateTimeField(null=True)),
                ("last_success_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                (
                    "inbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="folders",
                        to="cs_inbox.inbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail folder",
                "verbose_name_plural": "mail folders",
                "constraints": [
                    models.UniqueConstraint(fields=("inbox", "folder"), name="cs_inbox_folder_once_per_inbox")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="incomingmail",
            index=models.Index(fields=["state", "id"], name="cs_inbox_incoming_state"),
        ),
        migrations.AddConstraint(
            model_name="incomingchunk",
            constraint=models.UniqueConstraint(fields=("mail", "position"), name="cs_inbox_chunk_once"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["inquiry", "created_at", "id"], name="cs_inbox_event_time"),
        ),
        migrations.AddConstraint(
            model_name="inquiryrelation",
            constraint=models.UniqueConstraint(
                fields=("inquiry", "other", "kind"), name="cs_inbox_relation_once"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["inquiry", "occurred_at", "id"], name="cs_inbox_message_time"),
        ),
        migrations.AddConstraint(
            model_name="orderlink",
            constraint=models.UniqueConstraint(
                fields=("inquiry", "order_key"), name="cs_inbox_orderlink_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="productlink",
            constraint=models.UniqueConstraint(
                fields=("inquiry", "product_key"), name="cs_inbox_productlink_once"
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["state", "updated_at"], name="cs_inbox_reply_state"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(fields=["state", "next_attempt_at", "id"], name="cs_inbox_outgoing_due"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(fields=["state", "claimed_until"], name="cs_inbox_outgoing_claim"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(fields=["kind", "created_at"], name="cs_inbox_outgoing_kind"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["-last_customer_at", "-id"], name="cs_inbox_inq_recent"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["status", "-last_customer_at", "-id"], name="cs_inbox_inq_status"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                fields=["inbox", "status", "-last_customer_at", "-id"], name="cs_inbox_inq_inbox"
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                fields=["assignee", "status", "-last_customer_at"], name="cs_inbox_inq_assignee"
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["contact", "-last_customer_at"], name="cs_inbox_inq_contact"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["wake_at"], name="cs_inbox_inq_wake"),
        ),
    ]

"""These tests are about the example shop: pytest tests/example --ds=config.settings"""

import pytest
from mailworld import MailWorld


@pytest.fixture
def world(settings):
    with MailWorld(smtp_port=0, imap_port=0) as world:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = settings.DEMO_IMAP_HOST = world.host
        settings.EMAIL_PORT = world.smtp_port
        settings.DEMO_IMAP_PORT = world.imap_port
        yield world

"""These tests are about the example shop: pytest tests/example --ds=config.settings"""

import pytest
from mailworld import MailWorld


def use_smtp(settings, host, port):
    """Let the shop send real mail, which the test runner has replaced by a list."""
    if hasattr(settings, "MAILERS"):
        options = {"host": host, "port": port, "timeout": 5}
        settings.MAILERS = {"default": {"BACKEND": settings.SMTP_BACKEND, "OPTIONS": options}}
    else:
        settings.EMAIL_BACKEND = settings.SMTP_BACKEND
        settings.EMAIL_HOST, settings.EMAIL_PORT = host, port


@pytest.fixture
def world(settings):
    with MailWorld(smtp_port=0, imap_port=0) as world:
        use_smtp(settings, world.host, world.smtp_port)
        settings.DEMO_SMTP_PORT, settings.DEMO_IMAP_PORT = world.smtp_port, world.imap_port
        yield world

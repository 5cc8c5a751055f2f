"""Mailbox passwords at rest, and the keys that sign our Message-IDs.

Every purpose has a key of its own, derived from ``CS_INBOX["SECRET_KEYS"]``, so that no key ever protects two
things.
"""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from .conf import conf
from .exceptions import ConfigurationError

#: A stored secret that begins like this names an environment variable.
ENV_PREFIX = "env:"


def encrypt(text: str) -> str:
    """A token that only the holder of the present key, or of a later rotation of it, can read."""
    return _fernet().encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """The text in the token.

    Raises ``ConfigurationError`` when none of the keys in the settings fits.
    """
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken:
        # Without the cause: nothing of the token belongs into a traceback.
        raise ConfigurationError(
            _(
                "The stored password cannot be read with the present secret keys. Put the key it was stored "
                'with back into CS_INBOX["SECRET_KEYS"], or enter the password again.'
            )
        ) from None


def resolve(secret: str) -> str:
    """The password behind what is stored: a token, or ``env:NAME`` for an environment variable.

    Raises ``ConfigurationError``, which names the variable and never a value.
    """
    if not secret.startswith(ENV_PREFIX):
        return decrypt(secret)
    name = secret.removeprefix(ENV_PREFIX)
    value = os.environ.get(name, "")
    if not value:
        raise ConfigurationError(
            _("The environment variable %(name)s, which holds the mailbox password, is not set.")
            % {"name": name}
        )
    return value


def signing_key() -> tuple[str, bytes]:
    """Id and bytes of the key that signs new Message-IDs."""
    return next(iter(signing_keys().items()))


def signing_keys() -> dict[str, bytes]:
    """Keys under which a Message-ID may have been signed, by their id, newest first."""
    keys = [_derive(key, "message id") for key in conf.secret_keys]
    return {_key_id(key): key for key in keys}


def loop_value() -> str:
    """What our automatic mails carry in their loop header. Says nothing about the key."""
    return loop_values()[0]


def loop_values() -> list[str]:
    """The loop header's value under every key, newest first."""
    return [_derive(key, "loop").hex()[:32] for key in conf.secret_keys]


def _fernet() -> MultiFernet:
    return MultiFernet(
        [Fernet(urlsafe_b64encode(_derive(key, "mailbox password"))) for key in conf.secret_keys]
    )


def _derive(key: str, purpose: str) -> bytes:
    info = f"django-cs-inbox {purpose}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(key.encode())


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"django-cs-inbox key id" + key).hexdigest()[:8]

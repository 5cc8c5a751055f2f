from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_binary(*names: str) -> str:
    """Path of the first program found. Its absence is an error: a test that skips itself proves nothing."""
    for name in names:
        # Servers live in sbin, which is not on every user's path.
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if found:
            return found
    raise RuntimeError(f"None of these programs is installed: {', '.join(names)}. Run `make test-all` once.")


def wait_until(ready: Callable[[], bool], *, what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"Gave up after {seconds} seconds: {what}.")
        time.sleep(0.05)


def answers(port: int, greeting: bytes) -> bool:
    """Whether a server on this port says hello."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(1024).startswith(greeting)
    except OSError:
        return False

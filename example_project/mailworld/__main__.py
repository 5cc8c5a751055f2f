"""python -m mailworld --smtp-port 1025 --imap-port 1143 --root var/mail"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from .server import MailWorld


async def main(world: MailWorld) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def ready() -> None:
        where = f"smtp://{world.host}:{world.smtp_port} imap://{world.host}:{world.imap_port}"
        print(f"mailworld ready {where} root={world.root}", flush=True)

    await world.serve(ready, stop)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m mailworld", description="SMTP and IMAP for the demo.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--imap-port", type=int, default=1143)
    parser.add_argument("--root", default="var/mail", help="directory of the mails (default: %(default)s)")
    options = parser.parse_args()
    try:
        asyncio.run(
            main(
                MailWorld(
                    options.root,
                    host=options.host,
                    smtp_port=options.smtp_port,
                    imap_port=options.imap_port,
                )
            )
        )
    except OSError as problem:
        sys.exit(f"mailworld cannot start: {problem}")

"""The whole demo with one command: database, mail world and shop. Ctrl-C ends it.

python example_project/demo.py [--port 8000] [--smtp-port 1025] [--imap-port 1143]
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from mailworld import MailWorld

HERE = Path(__file__).resolve().parent
MANAGE = [sys.executable, str(HERE / "manage.py")]


def stop(*_):
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the demo shop with its mail servers.")
    parser.add_argument("--host", default="127.0.0.1", help="address of the shop (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port of the shop (default: %(default)s)")
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--imap-port", type=int, default=1143)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, stop)

    var = Path(os.environ.get("SHOP_VAR") or HERE.parent / "var")
    world = MailWorld(var / "mail", smtp_port=options.smtp_port, imap_port=options.imap_port)
    try:
        world.start()
    except OSError as problem:
        sys.exit(f"The mail servers cannot start: {problem}. Choose other ports (--smtp-port, --imap-port).")
    os.environ["SHOP_SMTP_PORT"], os.environ["SHOP_IMAP_PORT"] = str(world.smtp_port), str(world.imap_port)
    os.environ.setdefault("SHOP_URL", f"http://localhost:{options.port}")
    processes = []
    try:
        for command in ("migrate", "seed_shop", "seed_mails"):
            print(f"→ {command}", flush=True)
            subprocess.run([*MANAGE, command, "-v0"], check=True)  # noqa: S603 - our own command
        long_running = [["runserver", f"{options.host}:{options.port}", "--noreload"]]
        # --- INTEGRATION: django-cs-inbox: add its fetch-and-deliver command here ------------------
        # -------------------------------------------------------------------------------------------
        processes = [subprocess.Popen([*MANAGE, *command]) for command in long_running]  # noqa: S603
        print(f"\nデモの案内  http://{options.host}:{options.port}/demo/   (Ctrl-C で終了)\n", flush=True)
        processes[0].wait()
    except KeyboardInterrupt:
        pass
    except subprocess.CalledProcessError as problem:
        sys.exit(f"{problem.cmd[2]} failed; see above.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)
        world.stop()


if __name__ == "__main__":
    main()

"""The whole demo with one command: database, data, mail servers, worker and shop. Ctrl-C ends it.

python example_project/demo.py [--port 8000] [--smtp-port 1025] [--imap-port 1143]
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from mailworld import MailWorld

HERE = Path(__file__).resolve().parent
MANAGE = [sys.executable, str(HERE / "manage.py")]
#: What has to be there, and the words under which it is announced.
PREPARATIONS = (
    ("migrate", "データベース"),
    ("seed_shop", "商品・お客様・注文"),
    ("seed_inquiries", "60日分の問い合わせ（初回は1分ほど）"),
    ("seed_mails", "お客様の受信箱"),
)
READY = """
────────────────────────────────────────────────────────────────
  文具のことり堂 デモ

  案内（ここから） {url}/demo/
  お店             {url}/
  店員の窓口       {url}/admin/cs_inbox/inquiry/

  パスワードはすべて demo
    お客様   hanako（山田花子） taro（田中太郎）
    店員     sato  suzuki   返信を送れます
             tanaka         返信に承認が必要です
             owner          承認する店主      admin  管理者

  メール           SMTP {smtp}  IMAP {imap}（この機械の中だけ）
  データ           {var}（消すと最初から）
  終了             Ctrl-C
────────────────────────────────────────────────────────────────
"""


def main() -> None:
    options = read_options()
    var = Path(os.environ.get("SHOP_VAR") or HERE.parent / "var").resolve()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    refuse_if_taken(options.host, options.port)
    world = MailWorld(var / "mail", smtp_port=options.smtp_port, imap_port=options.imap_port)
    try:
        world.start()
    except OSError as problem:
        sys.exit(
            f"The mail servers cannot start: {problem}. Perhaps another demo is running; otherwise choose "
            "other ports (--smtp-port, --imap-port)."
        )
    url = f"http://{'localhost' if options.host in {'127.0.0.1', '0.0.0.0'} else options.host}:{options.port}"  # noqa: S104
    os.environ |= {
        "SHOP_VAR": str(var),
        "SHOP_SMTP_PORT": str(world.smtp_port),
        "SHOP_IMAP_PORT": str(world.imap_port),
        "PYTHONUNBUFFERED": "1",
    }
    os.environ.setdefault("SHOP_URL", url)
    if options.host not in {"127.0.0.1", "localhost"}:
        os.environ.setdefault("SHOP_ALLOWED_HOSTS", "*" if options.host == "0.0.0.0" else options.host)  # noqa: S104
    processes: list[subprocess.Popen[bytes]] = []
    try:
        prepare()
        web = ["runserver", f"{options.host}:{options.port}", "--noreload"]
        for command in (web, ["cs_inbox_run"]):
            # A session of its own: Ctrl-C in the terminal reaches us alone, and we stop them in order.
            processes.append(subprocess.Popen([*MANAGE, *command], start_new_session=True))  # noqa: S603
        wait_for_shop(options, processes)
        text = READY.format(url=url, smtp=world.smtp_port, imap=world.imap_port, var=var)
        print(text, flush=True)
        watch(processes)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    except subprocess.CalledProcessError as problem:
        sys.exit(f"{problem.cmd[2]} failed; see above. To begin again from nothing, delete {var}.")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        end(processes)
        world.stop()


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the demo shop with its mail servers and its worker.")
    number = {"type": int, "metavar": "PORT"}
    parser.add_argument("--host", default="127.0.0.1", help="address of the shop (default: %(default)s)")
    parser.add_argument("--port", default=8000, help="port of the shop (default: %(default)s)", **number)
    parser.add_argument("--smtp-port", default=1025, help="0 takes any (default: %(default)s)", **number)
    parser.add_argument("--imap-port", default=1143, help="0 takes any (default: %(default)s)", **number)
    return parser.parse_args()


def refuse_if_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            sys.exit(f"The shop cannot start at {host}:{port}: {problem}. Choose another port with --port.")


def prepare() -> None:
    for command, words in PREPARATIONS:
        print(f"→ {words}", flush=True)
        quiet = ["-v0"] if command == "migrate" else []
        subprocess.run([*MANAGE, command, *quiet], check=True)  # noqa: S603 - our own command


def wait_for_shop(options: argparse.Namespace, processes: list[subprocess.Popen[bytes]]) -> None:
    for _ in range(120):
        if processes[0].poll() is not None:
            sys.exit("The web server ended; see above.")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{options.port}/login/", timeout=5).close()
            return
        except OSError:
            time.sleep(0.25)


def watch(processes: list[subprocess.Popen[bytes]]) -> None:
    """Half a demo would only puzzle: when one part ends, all do."""
    while all(process.poll() is None for process in processes):
        time.sleep(0.3)
    sys.exit("A part of the demo ended; see above.")


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()


def stop(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

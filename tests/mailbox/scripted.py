"""An IMAP server that says what it is told: for servers that misbehave as no real one can be made to."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable

Answer = Callable[[str, str], bytes]


class ScriptedServer:
    """Answers by the first pattern that matches a command: ``{"LOGIN": b"{tag} NO later\\r\\n"}``."""

    def __init__(self, answers: dict[str, bytes], greeting: bytes = b"* OK hello\r\n") -> None:
        self.answers = {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n",
            "AUTHENTICATE": b"+ \r\n",
            "LOGOUT": b"* BYE\r\n{tag} OK done\r\n",
            "EXAMINE": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\n{tag} OK done\r\n",
            **answers,
        }
        self.greeting = greeting
        self.heard: list[str] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(outer.greeting)
                tag = ""
                while line := self.rfile.readline():
                    text = line.decode().strip()
                    outer.heard.append(text)
                    if not re.match(r"[A-Z]{4}\d+ ", text):  # the second half of AUTHENTICATE
                        self.wfile.write(
                            outer.answers.get("PASSWORD", b"{tag} OK done\r\n").replace(b"{tag}", tag)
                        )
                        continue
                    tag, command = (text.split(" ", 1)[0].encode(), text.split(" ", 1)[1])
                    answer = outer.find(command)
                    if answer == b"HANG UP":
                        return
                    self.wfile.write(answer.replace(b"{tag}", tag))

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def find(self, command: str) -> bytes:
        for pattern, answer in self.answers.items():
            if re.match(pattern, command):
                return answer
        return b"{tag} OK done\r\n"

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

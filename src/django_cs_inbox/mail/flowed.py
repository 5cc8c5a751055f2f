"""format=flowed (RFC 3676): lines that a mailer broke softly are put together again."""

from __future__ import annotations


def unflow(text: str, *, delsp: bool) -> str:
    """The text with its soft line breaks joined.

    With ``delsp`` the blank at the soft break goes too: Japanese has no blanks between words, so mailers that
    write Japanese send it. The signature mark ``-- `` ends in a blank and is no soft break.
    """
    out: list[str] = []
    paragraph: list[str] = []
    open_depth = -1  # quote depth of a paragraph that waits for its next line

    def close() -> None:
        nonlocal open_depth
        if open_depth >= 0:
            out.append("".join(paragraph))
            paragraph.clear()
        open_depth = -1

    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:]
        content = content[1:] if content[:1] == " " else content  # space-stuffing
        is_signature = content == "-- "
        if depth != open_depth or is_signature:
            close()
        # "> > text" is no flowed quote; joining such lines would put the inner marks into the text.
        is_soft = content.endswith(" ") and not is_signature and not (depth and content.startswith(">"))
        if not paragraph and depth:
            paragraph.append(">" * depth + (" " if content else ""))
        paragraph.append(content[:-1] if is_soft and delsp else content)
        open_depth = depth
        if not is_soft:
            close()
    close()
    return "\n".join(out)

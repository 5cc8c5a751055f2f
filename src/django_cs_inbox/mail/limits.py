"""How much of a mail is read. The raw mail is stored elsewhere, so what is cut here is never lost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds that keep the cost of one hostile mail small; everyday mail never meets them."""

    #: Levels of multipart inside multipart.
    depth: int = 20
    #: Leaves of the tree, attachments included.
    parts: int = 500
    #: Bytes of one part's whole header block.
    header_bytes: int = 256_000
    #: Fields of one header block.
    header_count: int = 1_000
    #: Bytes of one field.
    header_length: int = 64_000
    #: Decoded bytes of all text and HTML together.
    text_bytes: int = 3_000_000
    #: Decoded bytes of all attachments together.
    decoded_bytes: int = 60_000_000

"""Small pictures and papers to attach: drawn here, so that nothing has to be shipped."""

from __future__ import annotations

import random
import zlib
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIZE = (480, 360)
COLOURS = ["#c8403a", "#e0913a", "#e6c94c", "#6a9c4f", "#3f7fa6", "#6a5a9c", "#8a5a3c", "#444a52"]


@cache
def photo(motif: str, variant: int) -> bytes:
    """A picture that could have been taken on a kitchen table."""
    pick = random.Random(f"{motif}{variant}")
    table = pick.choice(["#b98f63", "#d8cbb8", "#8d7257", "#cfd4d6"])
    image = Image.new("RGB", SIZE, table)
    draw = ImageDraw.Draw(image)
    for y in range(0, SIZE[1], 9):
        shade = 12 * (pick.random() - 0.5)
        line = tuple(max(0, min(255, int(c + shade))) for c in image.getpixel((0, y)))
        draw.line((0, y, SIZE[0], y + pick.randint(-6, 6)), fill=line, width=5)
    DRAWINGS[motif](draw, pick)
    image = image.rotate(pick.randint(-6, 6), fillcolor=table, resample=Image.Resampling.BICUBIC)
    data = BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.6)).quantize(64).save(data, "PNG", optimize=True)
    return data.getvalue()


def _pencils(draw, pick):
    draw.rounded_rectangle((60, 40, 420, 320), 14, fill="#e9e6df", outline="#7a766d", width=4)
    broken = pick.sample(range(8), 3)
    for n, colour in enumerate(COLOURS):
        y = 62 + n * 31
        end = 300 if n in broken else 350
        draw.rounded_rectangle((90, y, end, y + 18), 4, fill=colour)
        if n in broken:
            draw.polygon(
                [(300, y), (312, y + 6), (302, y + 11), (314, y + 18), (300, y + 18)], fill="#d9b48a"
            )
            draw.polygon([(338, y + 9), (360, y + 4), (372, y + 14), (346, y + 20)], fill=colour)
        else:
            draw.polygon([(350, y), (388, y + 9), (350, y + 18)], fill="#d9b48a")
            draw.polygon([(378, y + 6), (390, y + 9), (378, y + 12)], fill=colour)


def _ink(draw, pick):
    draw.rounded_rectangle((190, 90, 300, 250), 18, fill="#dfe7ec", outline="#5a6670", width=4)
    draw.rectangle((205, 150, 285, 240), fill="#22416f")
    draw.rounded_rectangle((205, 60, 285, 100), 8, fill="#2b2f36")
    for _ in range(26):
        x, y, r = pick.randint(90, 420), pick.randint(215, 330), pick.randint(4, 34)
        draw.ellipse((x - r, y - r / 2, x + r, y + r / 2), fill="#22416f")


def _notebook(draw, pick):
    draw.rectangle((110, 50, 370, 315), fill=pick.choice(["#2f6f76", "#2c3e63", "#7a3b3b"]))
    draw.rectangle((110, 50, 140, 315), fill="#22313a")
    draw.polygon([(370, 315), (300, 315), (370, 250)], fill="#efe9dc")
    draw.line((300, 315, 370, 250), fill="#9a9282", width=4)


def _box(draw, pick):
    draw.polygon([(80, 120), (330, 90), (410, 140), (400, 300), (110, 320)], fill="#c39a63")
    draw.polygon([(330, 90), (410, 140), (360, 170), (300, 130)], fill="#8c6a3e")
    draw.line((90, 210, 400, 195), fill="#e7d9b8", width=22)


def _pen(draw, pick):
    draw.rounded_rectangle((60, 160, 300, 195), 16, fill="#20365c")
    draw.rounded_rectangle((305, 156, 420, 199), 16, fill="#20365c")
    draw.line((340, 156, 362, 199), fill="#f2efe6", width=4)
    draw.line((60, 260, 420, 260), fill="#d8b24c", width=26)
    for x in range(66, 420, 12):
        draw.line((x, 249, x, 262), fill="#5c4a17", width=1)


DRAWINGS = {"pencils": _pencils, "ink": _ink, "notebook": _notebook, "box": _box, "pen": _pen}


@cache
def paper(title: str) -> bytes:
    """A one-page PDF: an estimate, a receipt."""
    text = f"BT /F1 20 Tf 72 740 Td (KOTORI STATIONERY) Tj 0 -36 Td ({title}) Tj ET".encode()
    content = zlib.compress(text)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(content) + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        data
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    )

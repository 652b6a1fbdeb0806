"""A QR code as a PNG of a given size."""

import struct
import zlib


def code(text: str, width: int, height: int) -> bytes:
    """Black on white, as large as fits, in the middle of `width` by `height` pixels."""
    import segno  # noqa: PLC0415  only for those who ask for a picture

    matrix = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=2)]
    side = min(width, height)
    scale = side // len(matrix)
    left, top = ((room - scale * len(matrix)) // 2 for room in (width, height))
    blank = b"\xff" * width
    rows = []
    for row in matrix:
        dots = b"".join(b"\x00" * scale if dark else b"\xff" * scale for dark in row)
        rows += [(b"\xff" * left + dots).ljust(width, b"\xff")] * scale
    rows = [blank] * top + rows
    return _png(rows + [blank] * (height - len(rows)), width)


def _png(rows: list[bytes], width: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\x00" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*it) for it in ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b"")))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

"""A body with a chosen CRC32, as anybody can make one: why the signature of a notice proves so little."""

import json
import zlib
from typing import Any

_PLACES = 64  # more than enough of them for any checksum


def with_checksum(event: dict[str, Any], wanted: int) -> bytes:
    """Write an event so that its CRC32 is the wanted one; a field ``x`` of its own takes up what that needs.

    CRC32 is linear: which of two digits stands at a place turns always the same bits around. So it is a question of solving 32 equations.
    """
    head, tail = json.dumps(event)[:-1].encode() + b', "x": "', b'"}'

    def body(chosen: int) -> bytes:
        return head + bytes(b"01"[chosen >> place & 1] for place in range(_PLACES)) + tail

    start = zlib.crc32(body(0))
    pivots: list[tuple[int, int]] = []  # the bits turned around, and which places do it; the highest bit first
    for place in range(_PLACES):
        bits, made = _reduced(zlib.crc32(body(1 << place)) ^ start, 1 << place, pivots)
        if bits:
            pivots = sorted([*pivots, (bits, made)], reverse=True)
    left, chosen = _reduced(start ^ wanted, 0, pivots)
    assert left == 0
    return body(chosen)


def _reduced(bits: int, made: int, pivots: list[tuple[int, int]]) -> tuple[int, int]:
    for pivot, how in pivots:
        if bits ^ pivot < bits:
            bits, made = bits ^ pivot, made ^ how
    return bits, made

"""A page with places that are filled anew for each answer, compressed once and not again each time they are filled."""

import hashlib
import struct
import zlib

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip (RFC 1952): deflate, no name, no time, any system
_LEVEL = 1


class Kept:
    """A page whose every ``place`` stands for a word that is told when it is sent."""

    def __init__(self, body: bytes, place: bytes, word: bytes = b"") -> None:
        self.word = word  # its own, where every answer says the same
        self._parts = body.split(place)
        self._packed: list[bytes] = []
        self._tag = ""

    def tag(self, salt: bytes) -> str:
        """Return the page's weak ETag (RFC 9110): one for all words in its places, another when the page or the salt is another."""
        self._tag = self._tag or hashlib.sha256(b"\0".join([salt, *self._parts])).hexdigest()[:20]
        return f'W/"{self._tag}"'

    def plain(self, word: bytes) -> bytes:
        """Return the page with the word in all its places."""
        return word.join(self._parts)

    def gzipped(self, word: bytes) -> bytes:
        """Return the same, compressed: the parts as they were packed once, and between them the word as a stored block (RFC 1951)."""
        self._packed = self._packed or self._pack()
        whole = self.plain(word)
        between = struct.pack("<BHH", 0, len(word), len(word) ^ 0xFFFF) + word
        return _HEAD + between.join(self._packed) + struct.pack("<II", zlib.crc32(whole), len(whole) & 0xFFFFFFFF)

    def _pack(self) -> list[bytes]:
        """Compress each part by itself: after a full flush nothing refers back, and a stored block may follow."""
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        *before, last = self._parts
        packed = [packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for part in before]
        return [*packed, packer.compress(last) + packer.flush()]

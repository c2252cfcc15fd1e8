"""Writes tags into encoded files: the cheap way to make thousands of different files of one sound.

Each function takes the bytes of a file that libsndfile wrote and gives those of a file with the
same sound and other tags. Only what the benchmarks need; murecom itself never writes tags.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

Tags = Mapping[str, str]
"Vorbis names: TITLE, ARTIST, ALBUM, TRACKNUMBER."

_ID3 = {"TITLE": b"TIT2", "ARTIST": b"TPE1", "ALBUM": b"TALB", "TRACKNUMBER": b"TRCK"}
_RIFF = {"TITLE": b"INAM", "ARTIST": b"IART", "ALBUM": b"IPRD", "TRACKNUMBER": b"IPRT"}


def mp3(sound: bytes, tags: Tags) -> bytes:
    """Put an ID3v2.4 tag in front (id3.org, version 2.4.0, sections 3 and 4.2)."""
    frames = b""
    for name, value in tags.items():
        body = b"\x03" + value.encode()  # 3: UTF-8
        frames += _ID3[name] + _seven_bits(len(body)) + b"\0\0" + body
    return b"ID3\x04\0\0" + _seven_bits(len(frames)) + frames + sound


def _seven_bits(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def flac(sound: bytes, tags: Tags) -> bytes:
    """Put a comment block after STREAMINFO, the first block (RFC 9639, section 8)."""
    after = 4 + 4 + int.from_bytes(sound[5:8], "big")
    comment = _comments(tags)
    block = b"\x04" + len(comment).to_bytes(3, "big") + comment
    rest = sound[after:]
    kept, at, is_last = b"", 0, bool(sound[4] & 0x80)
    while not is_last:  # other blocks stay, an older comment goes
        is_last = bool(rest[at] & 0x80)
        end = at + 4 + int.from_bytes(rest[at + 1 : at + 4], "big")
        if rest[at] & 0x7F != 4:
            kept += bytes([rest[at] & 0x7F]) + rest[at + 1 : end]
        at = end
    head = b"fLaC" + bytes([sound[4] & 0x7F]) + sound[5:after]
    return head + kept + bytes([block[0] | 0x80]) + block[1:] + rest[at:]


def wav(sound: bytes, tags: Tags) -> bytes:
    """Put a LIST INFO chunk behind the sound (RIFF, "Multimedia Programming Interface", 1991)."""
    info = b"INFO"
    for name, value in tags.items():
        body = value.encode() + b"\0"
        info += _RIFF[name] + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)
    whole = sound[8:] + b"LIST" + struct.pack("<I", len(info)) + info
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def ogg(sound: bytes, tags: Tags) -> bytes:
    """Replace the comments of a Vorbis stream: the first packet of its second page (RFC 3533)."""
    first = _page_end(sound, 0)
    second = _page_end(sound, first)
    count = sound[first + 26]
    lacing = sound[first + 27 : first + 27 + count]
    body = sound[first + 27 + count : second]
    old = next(i for i, length in enumerate(lacing) if length < 255) + 1
    packet = b"\x03vorbis" + _comments(tags) + b"\x01"
    laced = b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) + lacing[old:]
    page = sound[first : first + 22] + b"\0\0\0\0"  # the checksum counts as zero
    page += bytes([len(laced)]) + laced + packet + body[sum(lacing[:old]) :]
    page = page[:22] + struct.pack("<I", _crc(page)) + page[26:]
    return sound[:first] + page + sound[second:]


def _page_end(sound: bytes, start: int) -> int:
    count = sound[start + 26]
    return start + 27 + count + sum(sound[start + 27 : start + 27 + count])


def _comments(tags: Tags) -> bytes:
    """Lay out a vendor string and comments (Vorbis I specification, section 5)."""
    fields = [f"{name}={value}".encode() for name, value in tags.items()]
    vendor = b"murecom benchmark"
    packed = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(fields))
    return packed + b"".join(struct.pack("<I", len(field)) + field for field in fields)


def _crc(page: bytes) -> int:
    register = 0
    for byte in page:
        register = (register << 8 & 0xFFFFFFFF) ^ _CRC[register >> 24 ^ byte]
    return register


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = value << 1 & 0xFFFFFFFF ^ (0x04C11DB7 if value & 0x80000000 else 0)
        table.append(value)
    return table


_CRC = _crc_table()

"""Which files are music: by extension, and by the first bytes where the extension does not tell.

Knowing an extension costs nothing; opening a file on a network drive does. So only files without
an extension, or with one that belongs to nothing known, are looked into.
"""

from __future__ import annotations

import os

_AUDIO = """
mp3 mp2 mpga flac ogg oga opus spx wav wave w64 rf64 aiff aif aifc caf au snd
m4a m4b m4r aac wma ape wv mpc tta mka dsf dff
"""
_OTHER = """
jpg jpeg png gif bmp webp tif tiff svg ico heic avif psd txt md log nfo diz html htm xml json jsonl
yaml yml toml ini cfg conf csv tsv pdf rtf doc docx epub cue m3u m3u8 pls xspf jspf asx wpl nsp lrc
srt vtt mp4 m4v mkv avi mov webm wmv mpg mpeg flv vob ts ogv zip rar 7z gz bz2 xz tar iso par2 sfv
md5 sha1 sha256 ffp accurip db sqlite sqlite3 dat bin npy npz mid midi kar sf2 sfz py pyc js c h so
dll exe sh bat url lnk torrent part crdownload tmp bak swp
"""

AUDIO_EXTENSIONS = frozenset(_AUDIO.split())
"Lower case, without the dot. Those of the second line need the extra `formats` to be decoded."

OTHER_EXTENSIONS = frozenset(_OTHER.split())
"Extensions that are known to be something else; such files are never opened."

HEAD = 4096
"Bytes that `is_audio` wants to see: a frame of the largest MPEG bit rate and the next header."

_PICTURES = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"qt  ")
_BIT_RATES = {  # kbit/s by (MPEG version 1?, layer), ISO 11172-3 and 13818-3
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def extension(name: str) -> str:
    """Give the extension of a file name in lower case without the dot; empty when there is none."""
    return os.path.splitext(name)[1][1:].lower()


def is_audio(head: bytes) -> bool:
    """Tell whether a file that begins with `head` is sound.

    Parameters
    ----------
    head : bytes
        The first `HEAD` bytes, or all of a smaller file; 16 suffice for all but MPEG frames.
        Empty gives False.

    Notes
    -----
    An MPEG frame header must be valid and be followed by a second one of the same kind: eleven set
    bits alone occur in any binary file, and in text with a UTF-16 byte order mark.
    """
    if head.startswith((b"fLaC", b"OggS", b"caff", b"wvPK", b"MAC ", b"TTA1", b"MPCK", b"DSD ")):
        return True
    if head.startswith(b"ID3"):
        return len(head) >= 10 and head[3] in (2, 3, 4) and max(head[6:10]) < 0x80
    if head.startswith((b"RIFF", b"RF64")):
        return head[8:12] == b"WAVE"
    if head.startswith(b"FORM"):
        return head[8:12] in (b"AIFF", b"AIFC")
    if head[4:8] == b"ftyp":
        return head[8:12] not in _PICTURES
    if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):  # Windows media
        return True
    return _is_mpeg(head) or _is_adts(head)


def _is_mpeg(head: bytes) -> bool:
    length = _frame_length(head)
    if not length:
        return False
    following = head[length : length + 4]
    return bool(_frame_length(following)) and (following[1] ^ head[1]) & 0xFE == 0


def _frame_length(header: bytes) -> int:
    """Give the bytes from this MPEG frame header to the next one, 0 if it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = (header[1] >> 3) & 3, 4 - ((header[1] >> 1) & 3)
    bit_rate, rate = header[2] >> 4, (header[2] >> 2) & 3
    if version == 1 or layer not in (2, 3) or bit_rate in (0, 15) or rate == 3:
        return 0
    samples = 576 if layer == 3 and version != 3 else 1152
    kilobits = _BIT_RATES[version == 3, layer][bit_rate - 1]
    return samples * kilobits * 125 // _RATES[version][rate] + ((header[2] >> 1) & 1)


def _is_adts(head: bytes) -> bool:
    """Tell raw AAC by two headers in a row (ISO 13818-7)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or (head[2] >> 2) & 15 > 12:
        return False
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length > 7 and head[length : length + 2] == head[:2]

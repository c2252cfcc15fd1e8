"""The contract suites of embedders and formats, held against every member we ship."""

from typing import Any

from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN
from murecom.formats.jspf import JSPF
from murecom.formats.m3u import M3U
from murecom.formats.xspf import XSPF
from murecom.testing import EmbedderContract, FormatContract


class TestMfccStatistics(EmbedderContract):
    make = MfccStatistics


class TestMusiCNN(EmbedderContract):
    make: Any = staticmethod(lambda: MusiCNN(backend="numpy"))


class TestM3U(FormatContract):
    make = M3U

    def example(self) -> bytes:
        return b"#EXTM3U\r\n#EXTINF:12,A - B\r\nmusic\\a.mp3\r\n"


class TestXSPF(FormatContract):
    make = XSPF

    def example(self) -> bytes:
        return (
            b'<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>'
            b"<track><location>a%20b.mp3</location></track></trackList></playlist>"
        )


class TestJSPF(FormatContract):
    make = JSPF

    def example(self) -> bytes:
        return b'{"playlist": {"track": [{"location": ["a%20b.mp3"], "title": "A"}]}}'

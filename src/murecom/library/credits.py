"""Lines in lyrics that nobody sings: credits, notices of web sites, "instrumental".

Vocabulary of NetEase, QQ, Kugou, Musixmatch and Genius texts; a line counts as a credit by what
stands before its colon, never by what stands behind it.
"""

from __future__ import annotations

import re

from murecom.text.fold import fold

# Folded: simplified Chinese, lower case, katakana as hiragana.
_ROLES_CJK = """
作词 作曲 编曲 填词 谱曲 词曲 原词 原曲 制作 监制 出品 发行 企划 统筹 策划 混音 缩混 母带 录音
后期 和声 和音 配唱 合声 吉他 结他 贝斯 贝司 低音 鼓手 打击 键盘 钢琴 弦乐 管乐 提琴 二胡 古筝
琵琶 笛子 萨克斯 乐队 乐团 演奏 编写 编程 演唱 原唱 翻唱 主唱 歌手 人声 伴唱 合唱 说唱 制作人
经纪 宣传 推广 版权 著作权 词版权 曲版权 授权 监棚 音频 人声编辑 工作室 录音室 混音室 公司 厂牌
封面 海报 设计 美工 视频 字幕 校对 歌词 译词 翻译 配器 指挥 题字 文案 导演 总监 作诗 作词者
作曲者 编曲者 へんきょく さくし さっきょく うた 歌唱 原案 调教 调声 曲绘 pv 绘 唄 ぼーかる
ぎたー べーす どらむ 작사 작곡 편곡 노래
"""
_CJK = re.compile("|".join(sorted(map(fold, _ROLES_CJK.split()), key=len, reverse=True)))
_SINGLE = re.compile(r"[词曲唱歌编鼓原·/&、,\s-]+")
"Whole keys of single characters: 词, 曲, 词/曲, 原唱 …"

_ROLES = """
lyric lyrics lyricist lyricists words text music song composer composers composition composed
compose written writer writers songwriter songwriters author authors arranged arranger
arrangement arrangements produced producer producers production executive co vocal vocals
vocalist backing background harmony guest guitar guitars guitarist bass bassist drum drums
drummer percussion keyboard keyboards keys piano pianist synth synthesizer synthesizers strings
string violin viola cello horns saxophone trumpet trombone flute acoustic electric programming
programmer programmed mixed mixer mixing mix mastered mastering master recorded recording
engineer engineers engineered engineering assistant studio studios publisher publishing
published label distributed distributor copyright op sp isrc licensed courtesy translated
translation translator artist artists singer performed performer title album year genre released
release a&r director supervisor coordinator artwork digital additional lead instruments
instrument original publishers and by at on of the in & mv pv movie illustration tuning
"""
_LATIN = frozenset(_ROLES.split())
_SMALL = frozenset({"and", "by", "at", "on", "of", "the", "in", "&"})

_BY = re.compile(
    r"((?:lyrics?|words|music|written|composed|produced|arranged|mixed|mastered|recorded|performed|"
    r"lyrics? and music|words and music|lyrics? & music|words & music|composed and produced|"
    r"written and produced|written & produced|translated|published) by)\s+(\S.*)",
    re.IGNORECASE,
)
_CHINESE_BY = re.compile(
    r"(作词|作詞|作曲|编曲|編曲|填词|填詞|监制|監製|制作人|製作人|原唱|演唱)\s+(\S.{0,40})"
)
_COLON = re.compile(r"\s*[:：﹕∶]\s*")

_NOTICES = re.compile(
    r"未经.{0,12}(许可|授权|同意)|不得.{0,6}(翻唱|翻录|使用|转载)|版权所有|侵权必究|享有本?翻译作品|"
    r"歌词(由|来自|来源|贡献|提供|上传|制作)|以下歌词翻译由|(翻译|歌词)贡献者|"
    r"(qq|网易云?|酷狗|酷我|虾米|千千)音乐|lrc ?(歌词)?(制作|编辑|by|maker)|"
    r"not for commercial use|lyrics (provided|licensed|powered|found) (by|at|on)|"
    r"paroles (fournies|redigees)|all rights reserved|www\.|https?://|\.(com|net|cn|org)\b|"
    r"rentanadviser|musixmatch|lyricfind|genius annotation|see .{1,40} live\s*get tickets|"
    r"you might also like|^\d+ contributors?|^\d*embed$"
)
_INSTRUMENTAL = re.compile(
    r"纯音乐|没有填词|无歌词的|本曲无歌词|轻音乐.{0,2}请(您)?欣赏|いんすとぅるめんたる|"
    r"(this (song|track) is |this is )?(an? )?(purely )?instrumental( (track|song|music|piece))?|"
    r"no (lyrics|vocals|words)( \(instrumental\))?"
)
_MARK = re.compile(
    r"/{1,}|\*+|\.{2,}|-{2,}|={2,}|_{2,}|♪+|\(\d{9,}\)|"
    r"(暂无|没有找到|暂时没有)歌词|歌词暂缺|no lyrics( found| available)?|"
    r"lyrics not (found|available)|"
    r"\(?\[?(verse|(pre|post)?-? ?chorus|refrain|bridge|intro|outro|hook|interlude|solo|"
    r"副歌|主歌|间奏|前奏|尾奏|重唱)( ?[\dabc])?( ?[x*]? ?\d)?[\])]?:?"
)
_AROUND = " ()[]【】（）<>「」『』*-~·.,!。，！—–♪"


def read_credit(row: str, *, is_edge: bool = True) -> tuple[str, str] | None:
    """Give role and names of a line of credits, ("", line) for a notice, None for a line of song.

    Parameters
    ----------
    row : str
        One line without stamps.
    is_edge : bool
        Whether the song has hardly begun: then "作词 方文山" and "Written by Tom" count without a
        colon, too.

    Examples
    --------
    >>> read_credit("作词 : 方文山"), read_credit("Music by: Tom"), read_credit("我说：走吧")
    (('作词', '方文山'), ('Music by', 'Tom'), None)
    """
    if len(row) > 300:
        return None
    folded = fold(row)
    if _NOTICES.search(folded):
        return "", row
    parts = _COLON.split(row, maxsplit=1)
    if len(parts) == 2 and _is_role(fold(parts[0])):
        return parts[0].strip(), parts[1].strip()
    if is_edge and (match := _BY.fullmatch(row) or _CHINESE_BY.fullmatch(row)):
        return match[1], match[2]
    return None


def _is_role(key: str) -> bool:
    key = key.strip(" ·-*()[]<>")
    if not key or len(key) > 60:
        return False
    if _SINGLE.fullmatch(key):
        return True
    if not key.isascii():
        # what remains beside the known words must be short: "人声录音室", "第一小提琴"
        return len(key) <= 24 and bool(_CJK.search(key)) and len(_CJK.sub("", key)) <= 8
    words = re.findall(r"a&r|[a-z]+|&", key)
    return bool(set(words) - _SMALL) and set(words) <= _LATIN and words[0] not in ("and", "the")


def is_instrumental(row: str) -> bool:
    """Tell whether a line says that nothing is sung ("纯音乐，请欣赏", "[Instrumental]")."""
    folded = fold(row).strip(fold(_AROUND) + _AROUND)
    if not folded or len(folded) > 60:
        return False
    match = _INSTRUMENTAL.search(folded)
    return match is not None and (match[0] == folded or not folded.isascii())


def is_mark(row: str) -> bool:
    """Tell whether a line is no words: "//", "Chorus:", "暂无歌词", the number of a web site."""
    folded = fold(row)
    return bool(folded) and bool(_MARK.fullmatch(folded))

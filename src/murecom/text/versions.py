"""The words that name a version of a recording, in English, Chinese, Japanese and Korean.

Data for `names.py`: the patterns are matched against the folded text of a bracket or of what
follows a dash ("live at wembley", "2011 remaster", "现场版"), never against a whole title.
"""

from __future__ import annotations

import re
from functools import cache

# At the end of a note they say by themselves that this is a version, whatever stands before.
_SURE = (
    r"versions?|ver|mix|remix|remixes|rmx|re-?edit|edit|demos?|unplugged|instrumental|karaoke|"
    r"re-?master(?:ed|s)?|re-?record(?:ed|ing)|rework(?:ed)?|bootleg|mash-?up|sessions?|rehearsal|"
    r"outtake|cover|covers|arrangement|a ?cappella|sped[ -]up|slowed(?:[ -]down)?|nightcore|"
    r"bonus track|soundtrack|ost|off ?vocal|tv ?size|theme song|edition|reissue|reverb(?:ed)?|"
    r"lo-?fi|commentary|live lounge"
)

# These are ordinary words as well ("The Way We Live", "Turn Up the Radio"): alone, or after others
# that are only said of recordings.
_ALONE = (
    r"live|acoustic|mono|stereo|single|radio|video|audio|visualizer|concert|performance|size|clean|"
    r"explicit|censored|uncensored|unedited|extended|dub|stripped|tribute|uncut|alternate|"
    r"alternative|orchestral|symphonic|deluxe|anniversary|vip|flip|inst|remake|bonus|hidden track|"
    r"full length|soundcheck|solo|8d(?: audio)?|(?:en|ao|dal) vivo|vivo|en directo|acustic[oa]|"
    r"remasterizad[oa]|original|mix cut|music box|re-?fix|directo|strings?|string quartet|piano"
)
_BEFORE = (
    r"(?:19|20)\d\d|official|music|lyrics?|full|mtv|bbc|tv|album|studio|solo|piano|guitar|original|"
    r"recorded|digital|club|session|remaster(?:ed)?|and"
)

_LANGUAGES = (
    r"english|ingles|anglais|englisch|spanish|espanol|espagnol|french|frances|francais|german|"
    r"aleman|deutsch|italian|italiano|portuguese|portugues|japanese|korean|chinese|mandarin|"
    r"cantonese|russian"
)

# At the beginning of a note, before a place, a year or a name.
_STARTS = (
    r"live (?:at|in|from|on|@|aus|im|en|a|/|version|session|\d).+|live ?[,/].*|"
    r"recorded (?:at|in|live|\d).*|re-?master(?:ed)? (?:\d|in|by|version).*|remix(?:ed)? by .*|"
    r"(?:acoustic|demo|mono|stereo|bonus|instrumental|karaoke) ?[,/].*|"
    r"original (?:mix|version|edit|motion|soundtrack|demo|cast).*|"
    r"(?:taken |theme |love theme |music )?from (?:the |[\"'《]).*|theme (?:from|of) .*|"
    r"(?:alternate )?take \d.*|cover(?:ed)? (?:by|of) .*|cover:.*|originally (?:by|performed).*|"
    rf"versi(?:on|one) .+|versao .+|(?:in|en|em|auf) (?:{_LANGUAGES})|"
    r"(?:(?:super|ultra) )?slowed\b.*|sped[ -]?up\b.*|bbc .*|(?:a )?colou?rs show.*|"
    r"spotify (?:singles?|sessions?|studios?).*|"
    r"in the style of .*|\d+(?:th|st|nd|rd) anniversary.*|arr(?:anged)?\b\.? .*|"
    r"prod(?:uced)?\b\.? .*"
)

_YEARS = r"(?:19|20)\d\d"

# Chinese, folded to simplified. 版 after anything is a version: 国语版, 钢琴版, 2019版, live版.
_CHINESE = (
    r".*版本?|.*现场|现场.*|.*演唱会|演唱会.*|.*伴奏|纯音乐|.*翻唱|翻唱.*|翻自.*|原唱.*|混音|重制|重录|"
    r"不插电|清唱|试听|片段|.*主题曲|.*插曲|.*片[头尾]曲|.*推广曲|电影[《\"].*|电视剧[《\"].*|国语|粤语|日语|"
    r"英语|韩语|国|粤|加速|降调|升调|慢速|串烧|完整|独唱|合唱|男声|女声|dj[^a-z]*|live[^a-z]+|"
    r"cover.*[^\x00-\x7f].*"
)

# Japanese, folded: katakana stands as hiragana (デモ as でも, which also means "but"), kanji in
# their simplified forms.
_JAPANESE = (
    r".*らいぶ.*|.*[ばゔ]ぁ?ーじょん|.*りみっくす|.*りますたー?|.*からおけ|.*あこーすてぃっく.*|"
    r".*いんすと(?:ぅるめんたる)?|でも(?:音源|てーぷ)?|.*あれんじ|.*かばー|.*[弹弾]き语り.*|.*主题歌|"
    r".*挿入歌|.*えんでぃんぐ(?:てーま)?|.*おーぷにんぐ(?:てーま)?|.*おふぼーかる|.*さいず|.*生演奏|"
    r".*えでぃっと"
)

_KOREAN = r".*라이브|.*버전|.*버젼|.*리믹스|.*반주|.*리마스터|.*어쿠스틱"

# Notes that name another part of a work, never a version.
_PARTS = r"(?:part|pt|vol|no|op|chapter|act|scene|movement|side|disc)\b.*"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # Compiled when first needed: nothing is done at import.
    gap = r"[\s,/&\-]+"
    sure = rf"(?:.*[\s,/\-'\".:])?(?:{_SURE})"
    alone = rf"(?:(?:{_BEFORE}|{_ALONE}){gap})*(?:{_ALONE})"
    english = rf"(?:{sure}|{alone})\.?(?:{gap}{_YEARS})?|{_STARTS}|{_YEARS}"
    return re.compile(f"{english}|{_CHINESE}|{_JAPANESE}|{_KOREAN}"), re.compile(_PARTS)


def is_version(folded: str) -> bool:
    """Tell whether a folded note beside a title names a version of the recording."""
    note = folded.strip(" \"'-.")
    version, part = _patterns()
    return bool(note) and not part.fullmatch(note) and bool(version.fullmatch(note))

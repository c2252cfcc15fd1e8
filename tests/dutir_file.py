"""A made-up file with the columns of the DUTIR ontology, and every oddity of its copies."""

from __future__ import annotations

from pathlib import Path

HEADER = "词语,词性种类,词义数,词义序号,情感分类,强度,极性,辅助情感分类,强度,极性"

ROWS = """
阳光灿,adj,1,1,PA,7,1,PE,3,1
笑开花,verb,1,1,PA,9,1,,,
安稳觉,noun,1,1,PE,5,1,,,
好样的,adj,1,1,PH,5,1,PB,5,1
心上人,noun,1,1,PB,7,1,,,
气炸了,verb,1,1,NA,9,2,NE,5,2
泪汪汪,adj,1,1,NB,7,2,,,
白忙活,verb,1,1,NJ,5,2,NB,1,2
想家了,verb,1,1,PF,5,0,,,
吓破胆,verb,1,1,NC,9,2,,,
想不到,verb,1,1,PC,5,0,,,
脏兮兮,adj,1,1,ND,6,2,,,
怪怪的,adj,1,1,NL,0,2,,,
五味瓶,noun,1,1,NB,3,3,PA,1,3
老顽固 ,noun,1,1,NN ,5,7,,,
"眉一皱,计上来",idiom,1,1,PH,5,1,,,
苦乐事,noun,2,1,NB,5,2,,,
苦乐事,noun,2,2,PA,9,1,,,
旧说法,noun,1,1,NN,5,2,已经不用,,
难为情,adj,1,1,NG,7,1,5,0,
""".strip()
"Twenty rows, five of them with a second class."

REFUSED = """
没有类,adj,1,1,XX,5,1,,,
,adj,1,1,PA,5,1,,,
没强度,adj,1,1,PA,,1,,,
"""


def write(path: Path, encoding: str = "utf-8", refused: bool = False) -> Path:
    """Write the file, with rows that are refused if asked for."""
    path.write_text(f"{HEADER}\n{ROWS}\n{REFUSED if refused else ''}", encoding=encoding)
    return path

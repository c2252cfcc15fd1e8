"""Artists are the same people however they are written; others are not."""

import pytest

from murecom.library.performers import (
    GUESTS,
    LONGER,
    MISSPELT,
    PARTLY,
    READ,
    WRITTEN,
    block_keys,
    performers,
    same_performers,
)


@pytest.mark.parametrize(
    ("a", "b", "surely"),
    [
        (["Simon & Garfunkel"], ["Simon and Garfunkel"], WRITTEN),
        (["Earth, Wind & Fire"], ["Earth Wind and Fire"], WRITTEN),
        (["B", "A"], ["A; B"], WRITTEN),
        (["Joel, Billy"], ["Billy Joel"], WRITTEN),
        (["G.E.M. 邓紫棋"], ["鄧紫棋"], WRITTEN),
        (["BTS (방탄소년단)"], ["방탄소년단"], WRITTEN),
        (["Nirvana (US)"], ["Nirvana"], WRITTEN),
        (["김광석"], ["Kim Gwang-seok"], READ),
        (["邓丽君"], ["Lijun Deng"], READ),
        (["Jimi Hendrix"], ["The Jimi Hendrix Experience"], LONGER),
        (["The Cranberries"], ["The Cranberrys"], MISSPELT),
        (["A", "B"], ["A"], GUESTS),
        (["A", "B"], ["B"], GUESTS),
        (["A", "B"], ["B", "C"], PARTLY),
        (["Ann Bo, Cy Di, Ed Fo"], ["Gil Ho, Cy Di, Ed Fo"], 0),
        (["Queen"], ["Queen Latifah"], 0),
        (["Hank Williams"], ["Hank Williams, Jr."], 0),
        (["Boston Pops"], ["Boston Pops Orchestra"], 0),
        (["A"], ["B"], 0),
        (["A"], [], 0),
        (["Various Artists"], ["Various Artists"], 0),
    ],
)
def test_how_surely(a, b, surely):
    assert same_performers(performers(a), performers(b)) == surely
    assert same_performers(performers(b), performers(a)) == surely


def test_guests_of_the_title_count():
    assert same_performers(performers(["A"], ["B"]), performers(["A & B"])) == WRITTEN


def test_who_may_be_the_same_shares_a_block():
    for a, b in (("鄧麗君", "Lijun Deng"), ("김광석", "Kim Gwang-seok"), ("A-ha", "AHA")):
        assert set(block_keys(a)) & set(block_keys(b)), (a, b)
    assert not set(block_keys("Queen")) & set(block_keys("Muse"))

"""Times and numbers as exports write them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.formats.dates import length_of, milliseconds, number_of, seconds

AT = 1614834360


@pytest.mark.parametrize(
    "value",
    [
        AT, float(AT), AT * 1000, AT * 1_000_000, str(AT), f"{AT}000", "2021-03-04 05:06",
        "2021-03-04T05:06:00Z", "2021-03-04T06:06:00+01:00", "2021-03-04 05:06:00.000",
        "2021-03-04 05:06:00 UTC", "04 Mar 2021 05:06", "4 Mar 2021, 05:06:00",
        " 2021-03-04 05:06 ",
    ],
)  # fmt: skip
def test_times(value):
    assert seconds(value) == AT


@pytest.mark.parametrize(
    "value",
    [None, True, "", "soon", "2021-13-45", "nan", math.inf, math.nan, [], {}, 1e300, "1e999"],
)
def test_no_times(value):
    assert seconds(value) is None


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)))
def test_iso_times_come_back(moment):
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert seconds(moment.isoformat()) == int(moment.timestamp())


def test_before_1970_and_days():
    assert seconds("1969-12-31") == -86_400
    assert seconds(-5) == -5
    assert seconds("2021-03-04") == 1614816000


def test_numbers_and_lengths():
    assert [number_of(v) for v in ("0,5", "-6.5", 3, "x", "nan", True, None)] == [
        0.5, -6.5, 3.0, None, None, None, None,
    ]  # fmt: skip
    assert [milliseconds(v) for v in (1500.4, "7", -1, 1e99, "x")] == [1500, 7, None, None, None]
    assert [length_of(v) for v in ("3:45", "1:02:03", "61.5", 61, "0", "-3", "a:b", "1:2:3:4")] == [
        225.0, 3723.0, 61.5, 61.0, None, None, None, None,
    ]  # fmt: skip
    assert length_of("61500", in_ms=True) == 61.5

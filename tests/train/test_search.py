"""The search turns knobs in their order, remembers, and ends in time."""

from __future__ import annotations

from murecom.train.search import Knob, Search

LADDER = (1, 2, 4, 8, 16)


class Hill:
    """Best at x = 8, y = "b"; x counts ten times as much. Each look takes a second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[dict[str, object]] = []

    def __call__(self, part, parameters):
        self.now += 1
        self.asked.append(dict(parameters))
        x = LADDER.index(parameters["x"])
        return -10 * abs(x - 3) - ("abc".index(parameters["y"]) - 1) ** 2

    def search(self, tried=()):
        knobs = [Knob("hill", "x", LADDER), Knob("hill", "y", ("a", "b", "c"))]
        start = {"hill": {"x": 1, "y": "a"}}
        return Search(knobs, start, self, list(tried), clock=lambda: self.now)


def test_it_finds_the_top():
    hill = Hill()
    search = hill.search()
    assert search.run(100)["hill"] == {"x": 8, "y": "b"}
    assert len(search.tried) == len({str(trial.parameters) for trial in search.tried})
    assert max(search.tried, key=lambda trial: trial.score).parameters == {"x": 8, "y": "b"}


def test_it_looks_where_it_matters_first():
    hill = Hill()
    assert hill.search().run(4)["hill"] == {"x": 8, "y": "a"}
    assert hill.now <= 4


def test_no_time_gives_the_start():
    hill = Hill()
    assert hill.search().run(-1)["hill"] == {"x": 1, "y": "a"}
    assert not hill.asked


def test_it_goes_on_where_it_was():
    whole = Hill().search()
    whole.run(100)
    first, second = Hill(), Hill()
    begun = first.search()
    begun.run(3)
    goes_on = second.search(begun.tried)
    assert goes_on.run(100)["hill"] == {"x": 8, "y": "b"}
    assert [t.parameters for t in goes_on.tried] == [t.parameters for t in whole.tried]
    assert len(second.asked) == len(whole.tried) - len(begun.tried)


def test_it_goes_down_too_and_starts_off_the_ladder():
    def valley(part, parameters):
        return -abs(parameters["x"] - 2)

    search = Search([Knob("v", "x", LADDER)], {"v": {"x": 11}}, valley)
    assert search.run(60)["v"] == {"x": 2}


def test_a_slow_part_leaves_time_to_a_quick_one():
    clock = [0.0]

    def measure(part, parameters):
        clock[0] += 10 if part == "slow" else 1
        return float(parameters["x"])

    knobs = [Knob("slow", "x", LADDER), Knob("quick", "x", LADDER)]
    start = {"slow": {"x": 1}, "quick": {"x": 1}}
    found = Search(knobs, start, measure, clock=lambda: clock[0]).run(25)
    assert found == {"slow": {"x": 2}, "quick": {"x": 16}}

"""Fitting a taught head: known truths on sentences that were made up."""

from __future__ import annotations

import numpy as np
import pytest

from murecom.errors import BadInput
from murecom.mood.labels import FELT
from murecom.train import teach
from murecom.train.teach import fit, macro_f1
from untaught import Letters

SAID = {
    "joy": ["好", "乐", "笑", "赞", "great", "sunny", "laugh"],
    "sadness": ["哭", "泪", "痛", "失", "lonely", "grey", "alone"],
    "neutral": ["表", "桌", "号", "纸", "table", "ticket", "agenda"],
}


def sentences(n: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Make n sentences of two words of their label and three of any."""
    rng = np.random.default_rng(seed)
    labels = [list(SAID)[k % 3] for k in range(n)]
    every = [word for words in SAID.values() for word in words]
    texts = [
        " ".join([*rng.choice(SAID[label], 2), *rng.choice(every, 2), f"no{seed}x{k}"])
        for k, label in enumerate(labels)
    ]
    return texts, labels


def taught(n: int, others: np.ndarray | None = None):
    texts, labels = sentences(n)
    return fit(texts, labels, Letters().encode(texts), Letters.key, others)


def right(head, n: int = 90) -> float:
    texts, labels = sentences(n, seed=1)
    said = head.probabilities(texts, Letters().encode(texts))
    return share_right(head, said, labels)


def share_right(head, said, labels) -> float:
    return float(np.mean(np.array(head.labels)[said.argmax(axis=1)] == np.array(labels)))


def test_learns_what_words_mean() -> None:
    head = taught(300)
    assert head.labels == ("joy", "sadness", "neutral")
    assert head.counts == (100, 100, 100)
    assert right(head) > 0.85
    assert head.metrics["macro_f1"] > 0.8
    assert head.metrics["strength"] in teach.STRENGTHS
    assert head.metrics["log_loss"] < np.log(3)


def test_figures_are_of_sentences_kept_back() -> None:
    texts, labels = sentences(120)
    shuffled = list(np.random.default_rng(3).permutation(labels))
    head = fit(texts, shuffled, Letters().encode(texts), Letters.key)
    assert head.metrics["macro_f1"] < 0.5


def test_a_handful_is_enough_to_begin() -> None:
    head = taught(6)
    assert not head.metrics
    assert right(head) > 0.4


def test_two_labels() -> None:
    texts, labels = sentences(90)
    kept = [k for k, label in enumerate(labels) if label != "neutral"]
    texts, labels = [texts[k] for k in kept], [labels[k] for k in kept]
    vectors = Letters().encode(texts)
    head = fit(texts, labels, vectors, Letters.key)
    assert head.labels == ("joy", "sadness")
    said = head.probabilities(texts, vectors)
    assert share_right(head, said, labels) > 0.95


def test_a_label_of_two_sentences_does_not_stop_it() -> None:
    texts, labels = sentences(60)
    texts += ["wow really", "wow indeed"]
    labels += ["surprise", "surprise"]
    head = fit(texts, labels, Letters().encode(texts), Letters.key)
    assert head.counts[head.labels.index("surprise")] == 2
    assert np.isfinite(head.bias).all()


def test_one_label_teaches_nothing() -> None:
    with pytest.raises(BadInput, match="other moods"):
        fit(["a", "b"], ["joy", "joy"], np.zeros((2, 64), np.float32), "letters-1")


def test_a_common_label_does_not_drown_the_others() -> None:
    texts, labels = sentences(300)
    kept = [k for k, label in enumerate(labels) if label == "neutral" or k % 5 == 0]
    texts, labels = [texts[k] for k in kept], [labels[k] for k in kept]
    head = fit(texts, labels, Letters().encode(texts), Letters.key)
    nothing = head.probabilities([""], np.zeros((1, 64), np.float32))[0]
    common = labels.count("neutral") / len(labels)
    assert 1 / 3 < nothing[head.labels.index("neutral")] < common


def test_the_voice_is_louder_where_the_others_know_less() -> None:
    _, labels = sentences(300)
    truth = np.eye(9, dtype=np.float32)[[FELT.index(label) for label in labels]]
    knowing = np.log(truth * 0.9 + 0.1 / 9)
    silent = np.full_like(truth, np.log(1 / 9))
    loud, quiet = taught(300, silent), taught(300, knowing)
    assert loud.weight >= quiet.weight
    assert loud.weight in teach.WEIGHTS
    assert quiet.metrics["untaught_macro_f1"] == 1
    assert loud.metrics["combined_macro_f1"] > 0.8
    assert loud.metrics["untaught_macro_f1"] < 0.3


def test_many_sentences_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teach, "CHOOSING", 60)
    monkeypatch.setattr(teach, "MOST", 90)
    monkeypatch.setattr(teach, "MANY", 80)
    steps = []
    texts, labels = sentences(300)
    head = fit(texts, labels, Letters().encode(texts), Letters.key, None, steps.append)
    assert head.metrics["sentences"] == 60
    assert head.counts == (100, 100, 100)
    assert right(head) > 0.6
    assert [step.done for step in steps] == list(range(1, steps[-1].total + 1))


def test_the_same_on_every_run() -> None:
    assert taught(90).gram_weights == pytest.approx(taught(90).gram_weights)


def test_macro_f1() -> None:
    truth, answer = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert macro_f1(truth, answer) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert macro_f1(truth, truth) == 1
    assert macro_f1(truth, np.full(4, 7)) == 0


def test_a_label_that_the_sample_hardly_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teach, "CHOOSING", 200)
    texts, labels = sentences(3_000)
    kept = [k for k, label in enumerate(labels) if label != "neutral"]
    texts, labels = [texts[k] for k in kept], [labels[k] for k in kept]
    for seldom in (1, 2, 3):
        some = [*texts, *(f"wow {k}" for k in range(seldom))]
        said = [*labels, *["surprise"] * seldom]
        head = fit(some, said, Letters().encode(some), Letters.key)
        assert head.counts[head.labels.index("surprise")] == seldom
        assert np.isfinite(head.bias).all()
        assert bool(head.metrics) == (seldom > 1)


def test_a_part_without_a_label_does_not_lift_it() -> None:
    texts, labels = sentences(60)
    y = np.array([list(SAID).index(label) for label in labels])
    view = teach._View(texts, Letters().encode(texts), y, 4)
    weights, bias = view.fit((1.5,))[0]
    assert view.prior[3] == 0
    assert not weights[:, 3].any()
    assert bias[3] < bias[:3].min() - 10


def test_samples_have_two_of_every_label() -> None:
    labels = ["joy"] * 500 + ["sadness"] * 498 + ["surprise"] * 2 + ["fear"]
    rows = teach._sample(np.array([FELT.index(label) for label in labels]), 50)
    found = [labels[row] for row in rows]
    assert len(set(rows.tolist())) == 50
    assert (found.count("surprise"), found.count("fear")) == (2, 1)
    assert abs(found.count("joy") - found.count("sadness")) <= 2


def test_relatives_are_set_apart_as_in_the_answer() -> None:
    texts, labels = sentences(90)
    kept = [k for k, label in enumerate(labels) if label != "neutral"]
    texts, labels = [texts[k] for k in kept], [labels[k] for k in kept]
    said = np.full((len(texts), 9), 0.01)
    rows = np.arange(len(texts))
    said[rows, [FELT.index(label) for label in labels]] = 0.3
    said[rows, FELT.index("love")] = np.where(np.array(labels) == "joy", 0.25, 0.01)
    said[:, FELT.index("neutral")] = 0.32
    others = np.log(said / said.sum(axis=1, keepdims=True)).astype(np.float32)
    head = fit(texts, labels, Letters().encode(texts), Letters.key, others)
    # neutral is the likeliest of all nine, but joy and love together are more
    assert head.metrics["untaught_accuracy"] == pytest.approx(0.5)

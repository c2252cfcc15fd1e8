"""Fits the shipped mood head: linear models on our phrases and on GoEmotions.

GoEmotions (Demszky et al., ACL 2020; CC BY 4.0) is 43,410 English comments, here in Ekman's
grouping; the phrases are ours, in three languages. A label gets as much weight in all as any other
group of labels, and GoEmotions `SHARE` of a phrase for each comment, because it has seven labels
where the phrases have 24 classes and because Chinese and Japanese shall not drown in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from murecom.errors import MissingExtra
from murecom.mood.encoder import Encoder
from murecom.mood.grams import BITS, grams
from murecom.mood.head import Head, phrases_hash
from murecom.mood.labels import CODES, FAMILY, FELT, shares
from murecom.mood.reading import words_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SHARE = 0.3
"Weight of a comment of GoEmotions against a phrase; Chinese phrases weigh `CHINESE`."

CHINESE = 3.0

DENSE_C, PIECES_C, CLASSES_C = 1.0, 10.0, 3.0
"Inverse strengths of regularisation; 1-3 and 10-30 make no difference on NLPCC 2013."


class Comment(NamedTuple):
    """An English comment and its felt labels, one or several."""

    text: str
    labels: tuple[str, ...]


class Cases(NamedTuple):
    """Rows to learn from: which text, which label, with what weight."""

    rows: Ints
    labels: Ints
    weights: Floats


def fit_head(
    encoder: Encoder, phrases: Sequence[tuple[str, str, str]], comments: Sequence[Comment]
) -> Head:
    """Fit a head.

    Parameters
    ----------
    encoder : Encoder
        Whose vectors it will read.
    phrases : sequence of (language, code, text)
        As `mood.tables.phrases` gives them.
    comments : sequence of Comment
        GoEmotions; may be empty.

    Raises
    ------
    MissingExtra
        scikit-learn is not installed.
    """
    texts = [words_of(text) for _, _, text in phrases] + [words_of(one.text) for one in comments]
    vectors = encoder.encode(texts)
    cases = make_cases(phrases, comments)
    dense, dense_bias = _fit(vectors[cases.rows], cases, len(FELT), DENSE_C, 150)
    idf, matrix = _matrix(texts, len(phrases))
    pieces, pieces_bias = _fit(matrix[cases.rows], cases, len(FELT), PIECES_C, 60)
    codes = np.array([CODES.index(code) for _, code, _ in phrases], np.int64)
    fine = Cases(np.arange(len(phrases)), codes, _balanced(codes, np.ones(len(codes))))
    classes, classes_bias = _fit(vectors[: len(phrases)], fine, len(CODES), CLASSES_C, 300)
    about = {
        "encoder": encoder.key,
        "phrases": len(phrases),
        "phrases_sha256": phrases_hash(),
        "comments": len(comments),
        "sources": "murecom's own phrases; GoEmotions train (CC BY 4.0, Demszky et al. 2020)",
    }
    return Head(dense, dense_bias, classes, classes_bias, idf, pieces, pieces_bias, about)


def make_cases(phrases: Sequence[tuple[str, str, str]], comments: Sequence[Comment]) -> Cases:
    """List a row for each label of each text, the phrases first; weights sum to 1 for a text."""
    share = shares()
    rows, labels, weights = [], [], []
    for row, (language, code, _) in enumerate(phrases):
        for label in np.flatnonzero(share[CODES.index(code)]).tolist():
            rows.append(row)
            labels.append(label)
            weight = CHINESE if language == "zh" else 1.0
            weights.append(share[CODES.index(code), label] * weight)
    for row, comment in enumerate(comments, len(phrases)):
        for name in comment.labels:
            rows.append(row)
            labels.append(FELT.index(name))
            weights.append(SHARE / len(comment.labels))
    columns = np.array(labels, np.int64)
    groups = np.array([FAMILY[FELT[label]] for label in columns], np.int64)
    return Cases(np.array(rows, np.int64), columns, _balanced(groups, np.array(weights)))


def _balanced(groups: Ints, weights: NDArray[np.floating]) -> Floats:
    """Scale weights so that every group has the same sum."""
    sums = np.bincount(groups, weights)
    result: Floats = (weights / sums[groups] * sums[sums > 0].mean()).astype(np.float32)
    return result


def _matrix(texts: Sequence[str], phrases: int) -> tuple[Floats, Any]:
    """Give idf, and the weighed pieces as a sparse matrix; rare pieces of comments are left out."""
    from scipy import sparse

    found = grams(texts)
    rows = found.rows()
    often = np.bincount(found.buckets, minlength=1 << BITS)
    ours = np.bincount(found.buckets[rows < phrases], minlength=1 << BITS)
    idf = (np.log((1 + len(texts)) / (1 + often)) + 1).astype(np.float32)
    idf[(often < 2) & (ours == 0)] = 0
    values = found.weighed(idf)
    shape = (len(texts), 1 << BITS)
    return idf, sparse.csr_matrix((values, found.buckets, found.starts), shape=shape)


def _fit(x: Any, cases: Cases, columns: int, c: float, steps: int) -> tuple[Floats, Floats]:
    """Fit a multinomial logistic regression: weights (d, columns) and bias (columns,)."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtra("mood", "Fitting a mood head") from error
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # stopping early is part of the recipe
        model = LogisticRegression(C=c, max_iter=steps).fit(
            x, cases.labels, sample_weight=cases.weights
        )
    weights = np.zeros((x.shape[1], columns), np.float32)
    bias = np.full(columns, -20.0, np.float32)
    weights[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    return weights, bias

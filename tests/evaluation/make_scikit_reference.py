#!/usr/bin/env python3
"""Writes scikit_reference.hpp beside itself: what scikit-learn computes for 24 made-up samples.

    pip install numpy scikit-learn
    python3 tests/evaluation/make_scikit_reference.py
"""

import pathlib

import numpy as np
import sklearn
from scipy.spatial.distance import squareform
from sklearn.decomposition import PCA
from sklearn.manifold import _t_sne, trustworthiness
from sklearn.metrics import pairwise_distances
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

PERPLEXITY = 6
WIDE_COUNT, WIDE_FEATURES = 20, 12288


def array(name, values, comment):
    values = np.asarray(values, dtype=float)
    text = ", ".join(repr(float(x)) for x in values.ravel())
    lines, line = [], "   "
    for word in text.split(" "):
        if len(line) + 1 + len(word) > 118:
            lines, line = [*lines, line], "   "
        line += " " + word
    return f"/// {comment}\ninline constexpr double {name}[] = {{\n" + "\n".join([*lines, line]) + "};\n"


def wide_samples():
    """Numbers that test_pca.cpp makes, too; sample n varies more than the one before it."""
    numbers = np.arange(WIDE_COUNT * WIDE_FEATURES, dtype=np.uint64) * 2654435761 % 2**32 / 2**32
    return numbers.reshape(WIDE_COUNT, WIDE_FEATURES) * np.arange(1, WIDE_COUNT + 1)[:, None]


def main():
    random = np.random.default_rng(1)
    labels = np.arange(24) % 3
    centres = random.normal(size=(3, 4)) * [3, 2, 1, 0.5]
    samples = (centres[labels] + random.normal(size=(24, 4))).round(2)
    plane = (samples[:, :2] + 0.5 * random.normal(size=(24, 2))).round(2)

    pca = PCA(4, svd_solver="full").fit(samples)
    turned = PCA(3, svd_solver="full").fit(samples.T)
    wide = PCA(WIDE_COUNT - 1, svd_solver="full").fit(wide_samples())
    p = _t_sne._joint_probabilities(pairwise_distances(samples) ** 2, PERPLEXITY, 0)
    kl, gradient = _t_sne._kl_divergence(plane.ravel().copy(), p, 1, 24, 2)
    accuracy = cross_val_score(KNeighborsClassifier(5), plane, labels, cv=LeaveOneOut()).mean()

    text = f"""/// What scikit-learn {sklearn.__version__} computes; written by make_scikit_reference.py.
// clang-format off
#pragma once

namespace scikit {{

inline constexpr int count = 24, features = 4, perplexity = {PERPLEXITY};
"""
    text += array("samples", samples, "(count, features); the label of sample n is n % 3")
    text += array("plane", plane, "(count, 2)")
    text += array("mean", pca.mean_, "PCA of the samples with all four components")
    text += array("components", pca.components_, "(components, features)")
    text += array("explained_variance", pca.explained_variance_, "of the components")
    text += array("explained_variance_ratio", pca.explained_variance_ratio_, "of the components")
    text += array("transformed", pca.transform(samples), "(count, components)")
    text += array("turned_components", turned.components_, "PCA of the samples turned around: 4 samples of 24 features")
    text += array("turned_explained_variance", turned.explained_variance_, "of these 3 components")
    text += f"inline constexpr int wide_count = {WIDE_COUNT}, wide_features = {WIDE_FEATURES};\n"
    text += array("wide_explained_variance", wide.explained_variance_, "PCA of wide_samples(): wide_count - 1 of them")
    text += array("wide_components", wide.components_[:, :8], "the first 8 entries of each of these components")
    trust = [float(trustworthiness(samples, plane, n_neighbors=k)) for k in (5, 3)]
    text += f"""/// of `plane` as a picture of `samples`, with 5 and with 3 neighbours
inline constexpr double trustworthiness_5 = {trust[0]!r},
                        trustworthiness_3 = {trust[1]!r};
/// KNeighborsClassifier(5) on `plane`, leaving one out
inline constexpr double accuracy_5 = {float(accuracy)!r};
"""
    text += array("joint_probabilities", squareform(p), "t-SNE's p_ij, (count, count); from distances in float")
    text += f"""/// of these probabilities from `plane`
inline constexpr double kl_divergence = {float(kl)!r};
"""
    text += array("kl_gradient", gradient, "its gradient, (count, 2)")
    text += "\n}  // namespace scikit\n"
    (pathlib.Path(__file__).parent / "scikit_reference.hpp").write_text(text)


if __name__ == "__main__":
    main()

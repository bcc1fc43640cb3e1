"""Compares the planes that latent_tsne found with scikit-learn's, on the same codes and by scikit-learn's measures.

    build/release/examples/latent_tsne --codes
    python3 -m venv build/tsne_peer/.venv && build/tsne_peer/.venv/bin/pip install numpy scikit-learn
    build/tsne_peer/.venv/bin/python benchmarks/peers/compare_tsne.py

Prints a Markdown table. Fails if a plane of latent's is less trustworthy by more than 0.01 than one of scikit-learn's of
the same kind, or a coordinate of PCA is another. 2,500 digits take some minutes, nearly all of them in "exact".
"""

import argparse
import pathlib
import time

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, _t_sne, trustworthiness
from sklearn.metrics import pairwise_distances
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

MOST = 0.01  # by which latent's plane may be less trustworthy


def read(file):
    """The numbers and the labels of one of latent_tsne's tables."""
    table = np.loadtxt(file, delimiter=",", skiprows=1)
    return table[:, 1:], table[:, 0].astype(int)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default="out/latent_tsne", help="what latent_tsne has written")
    parser.add_argument("--names", nargs="+", default=["pixels", "dense", "convolutional"])
    parser.add_argument("--methods", nargs="+", default=["barnes_hut", "exact"], choices=["barnes_hut", "exact"])
    parser.add_argument("--perplexity", type=float, default=30, help="that of latent_tsne's run")
    options = parser.parse_args()

    print("| codes | plane | trustworthiness | 10 neighbours | KL divergence | seconds |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    failures = []
    for name in options.names:
        codes, labels = read(options.folder / f"{name}_codes.csv")
        p = _t_sne._joint_probabilities(pairwise_distances(codes) ** 2, options.perplexity, 0)

        def evaluate(plane, points, seconds=None, is_tsne=True):
            trust = trustworthiness(codes, points)
            predicted = cross_val_predict(KNeighborsClassifier(10), points, labels, cv=LeaveOneOut())
            kl = _t_sne._kl_divergence(points.ravel().astype(float), p, 1, len(codes), 2, compute_error=True)[0]
            print(
                f"| {name} | {plane} | {trust:.4f} | {np.mean(predicted == labels):.4f} |"
                f" {f'{kl:.4f}' if is_tsne else ''} | {'' if seconds is None else f'{seconds:.1f}'} |",
                flush=True,
            )
            return trust

        ours = read(options.folder / f"{name}_pca.csv")[0]
        theirs = PCA(2, svd_solver="full").fit_transform(codes)
        evaluate("PCA, latent", ours, is_tsne=False)
        evaluate("PCA, scikit-learn", theirs, is_tsne=False)
        worst = np.abs(ours - theirs).max() / np.abs(theirs).max()
        if worst > 1e-4:  # the tables have six digits
            failures.append(f"{name}: a coordinate of PCA differs by {worst:.1e} of the largest")

        ours = evaluate("t-SNE, latent", read(options.folder / f"{name}_tsne.csv")[0])
        for method in options.methods:
            tsne = TSNE(perplexity=options.perplexity, method=method, init="pca", random_state=0)
            start = time.perf_counter()
            points = tsne.fit_transform(codes)
            theirs = evaluate(f"t-SNE, scikit-learn, {method}", points, time.perf_counter() - start)
            if ours < theirs - MOST:
                failures.append(f"{name}: t-SNE has a trustworthiness of {ours:.4f}, {method} of {theirs:.4f}")
    for failure in failures:
        print(failure)
    if failures:
        raise SystemExit(1)
    print(f"latent's planes are as trustworthy as scikit-learn's, to {MOST} or better")


if __name__ == "__main__":
    main()

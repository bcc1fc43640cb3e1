"""The network of a file of save_model, as scripts/build_explorer.sh compiles it.

usage: explorer_network.py WEIGHTS.safetensors FOLDER [NETWORK.hpp]
       writes FOLDER/network.hpp, the type, unless there is a header of one's own, and FOLDER/network.json, Keras's configuration
"""

import collections
import pathlib
import sys

import graph_to_cpp
import latent_weights
from latent_weights import Problem
from model_file import ModelFile

HEADER = """// The network of {name}, made by scripts/explorer_network.py.
#include <latent/latent.hpp>
using namespace latent;
using Network = {type};
"""


def network_type(file):
    """Sampling's beta is the page's to say."""
    try:
        made = graph_to_cpp.sequential(graph_to_cpp.Graph(file.description()).items([], collections.Counter()))
    except graph_to_cpp.Unsupported as problem:
        raise Problem(f"{file.path}: {problem}; give a header of your own with the type `Network`") from None
    beta = "BetaFrom<explorer::Controls>"
    return made.replace("Sampling<>", f"Sampling<{beta}>").replace("Sampling<Of", f"Sampling<{beta}, Of")


def main():
    path, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    file = ModelFile(path)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "network.json").write_text(file.text, encoding="utf-8")
    if len(sys.argv) == 3:
        (folder / "network.hpp").write_text(HEADER.format(name=path.name, type=network_type(file)), encoding="utf-8")


if __name__ == "__main__":
    latent_weights.run(main)

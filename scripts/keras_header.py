"""A Keras model as a C++ header: the type of the network, as a person would write it. For latent_model.py."""

import collections
import re
import textwrap

import graph_to_cpp
import keras_graph
from graph_to_cpp import default_name, sequential

WIDTH = 112


def description_of(model):
    graph = keras_graph.Graph(model)
    return {
        "inputs": [layer.name for layer in graph.inputs],
        "outputs": graph.outputs(),
        "layers": [
            {**keras_graph.describe(layer, functions=True), "inbound": graph.inbound(layer)}
            for layer in graph.all_layers()
        ],
    }


def is_automatic(entry):
    kind = default_name(entry.get("function", entry["class"]))
    return re.fullmatch(rf"{kind}(_\d+)?|keras_tensor(_\d+)?", entry["name"]) is not None


def new_names(description):
    """Keras's name of each layer -> latent's. Keras numbers on through a program; here layers with an automatic name are
    numbered in the order of the list, and those that need a name in it are called after what they are for."""
    graph = graph_to_cpp.Graph(description)
    order, _, named = graph.steps([])
    joined = {value for value in order for value in graph.reads[value][1:]}
    entries, names, used = graph.entries, {}, collections.Counter()
    taken = {name for name, entry in entries.items() if not is_automatic(entry)}
    outputs = {name for name, _ in graph.outputs}
    needed = {name for name, _ in named}
    for name, call in order:
        if call > 0:
            continue
        entry = entries[name]
        if name in taken:
            if re.search(r'["\\\n]', name):
                raise graph_to_cpp.Unsupported(f"a layer is called {name!r}, which cannot be written in C++")
            names[name] = name
            continue
        while True:
            if name in needed:
                what = "input" if entry["class"] == "InputLayer" else "output" if name in outputs else "branch"
                what = "skip" if what == "branch" and (name, 0) in joined else what
                used[what] += 1
                new = f"{what}_{used[what]}"
            else:
                what = default_name(entry["class"])
                new = what if used[what] == 0 else f"{what}_{used[what]}"
                used[what] += 1
            if new not in taken:
                break
        names[name] = new
    return names


def renamed(description, names):
    def value(of):
        return [names[of[0]], *of[1:]]

    layers = []
    for entry in description["layers"]:
        inbound = [[value(read) for read in reads] for reads in entry["inbound"]]
        config = entry["config"]
        if entry["class"] == "DenseTranspose":
            config = {**config, "dense": names[config["dense"]]}
        layers.append({**entry, "name": names[entry["name"]], "inbound": inbound, "config": config})
    return {
        "inputs": [names[name] for name in description["inputs"]],
        "outputs": [value(of) for of in description["outputs"]],
        "layers": layers,
    }


def parts_of(model):
    """The models that a model is a chain of, or none: the names of their layers."""
    inner = [layer for layer in model.layers if not keras_graph.is_input(layer)]
    if not (len(inner) > 1 and all(map(keras_graph.is_model, inner)) and keras_graph.is_chain(model)):
        return []
    return [
        (layer, [of.name for of in keras_graph.layers_of(layer) if not keras_graph.is_input(of)]) for layer in inner
    ]


def words_joined(name):
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", name))


def type_name(name):
    """denoising_autoencoder -> DenoisingAutoencoder, which is no class of latent."""
    made = words_joined(name) or "Network"
    made = f"Model{made}" if made[0].isdigit() else made
    return f"{made}Model" if graph_to_cpp.has(made) else made


def using(name, items):
    """using Encoder = Sequential<...>; in lines of some length."""
    start = f"using {name} = Sequential<"
    words = [item.replace(" ", "\0") for item in items]  # no break within a layer
    lines = textwrap.wrap(", ".join(words), WIDTH - len(start), break_long_words=False, break_on_hyphens=False,
                          expand_tabs=False, replace_whitespace=False)
    lines[0] = start + lines[0]
    return ("\n" + " " * len(start)).join(lines).replace("\0", " ") + ">;"


def declarations(model, description, name):
    """The aliases, the last of which is the network."""
    graph, parts = graph_to_cpp.Graph(description), parts_of(model)
    items, used = graph.items([], collections.Counter()), []
    if parts and len(items) == 1 + sum(len(names) for _, names in parts):
        first, shape = 1, graph.entries[graph.inputs[0][0]]["output_shape"]
        for layer, names in parts:
            alias = f"{name}{words_joined(layer.name)}"  # so that several headers in one program may all have an encoder
            alias = f"{alias}Part" if not alias[len(name) :] or alias in [of for of, _ in used] else alias
            head = items[0] if first == 1 else graph_to_cpp.input_layer(shape)
            used.append((alias, [head, *items[first : first + len(names)]]))
            first += len(names)
            shape = list(layer.outputs[0].shape[1:])
        return "\n".join(using(*part) for part in used) + f"\nusing {name} = {sequential([of for of, _ in used])};"
    return using(name, items)


HEADER = """/// The Keras model "{model}", written by latent_model.py from-keras {source}.
///
///     {name} model;
///     load_weights("{stem}.safetensors", model, {{.verify_on_load = true}});{frozen}
#pragma once

#include <latent/io.hpp>
#include <latent/latent.hpp>

namespace models {{
using namespace latent;

{types}

}}  // namespace models
"""

PROGRAM = """// Does {name} compute what Keras computes? {stem}.safetensors has random inputs and what Keras made of them.
//
//   {compile}
//   ./verify_{stem} [{stem}.safetensors]
#include <iostream>

#include "{stem}.hpp"

int main(int argc, char** argv) try {{
  models::{name} model;
  latent::load_weights(argc > 1 ? argv[1] : "{stem}.safetensors", model, {{.verify_on_load = true}});
  std::cout << model.summary() << "{name} computes what Keras computes, to 1e-5\\n";
}} catch (const std::exception& error) {{
  std::cerr << "verify_{stem}: " << error.what() << "\\n";
  return 1;
}}
"""

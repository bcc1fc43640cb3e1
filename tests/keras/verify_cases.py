"""How the cases of a group of references are run: each becomes a call in C++, and those that go together a program."""

import collections
import json

import graph_to_cpp
import keras_to_cpp
from keras_to_cpp import Unsupported

# `header` is what `code` needs.
Case = collections.namedtuple("Case", "group name header code")


def text(words):
    return json.dumps(words)


def layer_case(case):
    if "x_0" in case["tensors"]:
        shapes = [case["tensors"][key][1:] for key in sorted(case["tensors"]) if key.startswith("x_")]
        made = graph_to_cpp.join_model(case["config"], shapes)
        return "join_case.hpp", f'run_join<{made}>(group, {text(case["case"])});'
    types = f"{keras_to_cpp.input_layer(case['tensors']['x'][1:])}, {keras_to_cpp.layer(case['config'])}"
    rounded = keras_to_cpp.rounded_by_keras(case["config"], case["tensors"]["x"])
    return "layer_case.hpp", f'run_layer<{types}>(group, {text(case["case"])}, {rounded});'


def loss_case(case):
    config = dict(case["config"])
    activation = config.pop("activation", "linear")
    tag = keras_to_cpp.activation_tag(activation, keras_to_cpp.Config({}))
    shape = case["tensors"]["prediction"]
    if len(shape) < 2:
        raise Unsupported(f"predictions of the shape {tuple(shape)}")
    sample = ", ".join(map(str, shape[1:][-3:]))  # any axes before count as samples
    return (
        "loss_case.hpp",
        f'run_loss<Shape<{sample}>, {tag}>(group, {text(case["case"])}, {keras_to_cpp.loss(config)});',
    )


def optimizer_case(case):
    steps = case["tensors"]["gradients"][0]
    made, rounded = keras_to_cpp.optimizer(case["config"]), keras_to_cpp.rounded_steps(case["config"], steps)
    return "optimizer_case.hpp", f'run_optimizer(group, {text(case["case"])}, {made}, {rounded});'


def regularizer_case(case):
    types = f"{keras_to_cpp.input_layer(case['tensors']['x'][1:])}, {keras_to_cpp.layer(case['config'])}"
    return "own_loss_case.hpp", f'run_regularizer<{types}>(group, {text(case["case"])});'


def kl_case(case):
    return "own_loss_case.hpp", f'run_kl<{case["tensors"]["z_mean"][-1]}>(group, {text(case["case"])});'


def schedule_case(case):
    return "optimizer_case.hpp", f'run_schedule(group, {text(case["case"])}, {keras_to_cpp.schedule(case["config"])});'


def vae_case(case):
    encoder, size, decoder = graph_to_cpp.vae(case["config"])
    name, optimizer = text(case["case"]), keras_to_cpp.optimizer(case["config"]["optimizer"])
    return "vae_case.hpp", (
        f"using Encoder = {encoder};\n  using Decoder = {decoder};\n"
        f"  run_vae<Encoder, {size}, Decoder>({name}, {optimizer});\n"
        f"  check_vae_summaries<Encoder, {size}, Decoder>({name});"
    )


def braces(entries):
    return "{" + ", ".join(entries) + "}"


def model_case(case):
    config, name = case["config"], case["case"]
    if "latent" in config:
        return vae_case(case)
    network, optimizer = graph_to_cpp.network(config), keras_to_cpp.optimizer(config["optimizer"])
    layers = {layer["name"]: layer for layer in config["layers"]}
    last = config["layers"][-1]
    heads = config.get("heads") or [{"output": last["name"], "loss": config["loss"]}]
    relu_loss = any(
        layers[head["output"].split("_call_")[0]]["config"].get("activation") == "relu"
        and keras_to_cpp.loss(head["loss"]).startswith("BinaryCrossentropy")
        for head in heads
    )
    rounded = any(map(keras_to_cpp.rounded_by_keras, (layer["config"] for layer in config["layers"])))
    steps = keras_to_cpp.rounded_steps(config["optimizer"], case["tensors"]["losses"][0])
    summary = f"{text(name)}, {text(config['model'])}, {text(config['api'] != 'Sequential')}"
    cancelling = 1 / 16  # see docs/verify_against_keras.md, "How close"
    rounding = braces([text(relu_loss), text(rounded), str(steps), str(cancelling)])
    code = f"using M = {network.type};\n"
    if "heads" not in config:
        data = braces(text(config["data"][what]) for what in ("input", "target"))
        code += f"  run_model<M>({text(name)}, {optimizer}, {network.heads[0]}, {data}, {rounding});\n"
        return "model_case.hpp", f"{code}  check_summary<M>({summary});"
    data = {key: braces(map(text, values)) for key, values in config["data"].items()}
    data |= {key: braces(map(text, getattr(network, key))) for key in ("outputs", "frozen")}
    data["scores"] = braces(braces(map(text, score)) for score in network.scores)
    given = braces(f".{key} = {data[key]}" for key in ("inputs", "targets", "outputs", "frozen", "scores"))
    code += f"  const GraphData data{given};\n"
    code += f"  run_graph<M>({text(name)}, {optimizer}, data, {rounding}, {', '.join(network.heads)});\n"
    return "graph_case.hpp", f"{code}  check_summary<M>({summary}, data.frozen);"


# How the cases of a group are run: by the group's name, or by the folder it is in. An entry returns the header, beside
# this file, that the case needs, and the call that runs it.
RUNNERS = {
    "losses/regularizers": regularizer_case,
    "losses/vae_kl": kl_case,
    "optimizers/schedules": schedule_case,
    "layers": layer_case,
    "losses": loss_case,
    "optimizers": optimizer_case,
    "models": model_case,
}


# ------------------------------------------------------------- programs


def weight(case):
    """How long a case takes to compile, roughly."""
    if case.group == "layers/batch_normalization":  # has a trainer, too
        return 4
    return {"models": 20, "optimizers": 1, "losses": 2}.get(case.group.split("/")[0], 3 if "conv" in case.group else 1)


def into_parts(cases, heaviest=40):
    """Cases that need the same header, and often the same types, go together."""
    parts = []
    for case in sorted(cases, key=lambda case: (case.header, case.group)):
        part = parts[-1] if parts else None
        if not part or part[0].header != case.header or sum(map(weight, part)) + weight(case) > heaviest:
            parts.append([])
        parts[-1].append(case)
    return parts


def source(part):
    lines = [
        "// Written by verify.py.",
        f'#include "keras/{part[0].header}"',
        "",
        "using namespace latent;",
        "using namespace keras;",
    ]
    for case in part:
        lines += ["", f"TEST_CASE({text(f'{case.group}/{case.name}')}) {{"]
        if case.group != "models":
            lines.append(f"  Group& group = shared_group({text(case.group)});")
        lines += [f"  {case.code}", "}"]
    return "\n".join(lines) + "\n"

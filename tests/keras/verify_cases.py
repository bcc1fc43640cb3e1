"""How the cases of a group of references are run: each becomes a call in C++, and those that go together a program."""

import collections
import json

import keras_to_cpp
from keras_to_cpp import Unsupported

# `header` is what `code` needs.
Case = collections.namedtuple("Case", "group name header code")


def text(words):
    return json.dumps(words)


def layer_case(case):
    types = f"{keras_to_cpp.input_layer(case['tensors']['x'][1:])}, {keras_to_cpp.layer(case['config'])}"
    rounded = keras_to_cpp.rounded_by_keras(case["config"])
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
    encoder, size, decoder = keras_to_cpp.vae(case["config"])
    name, optimizer = text(case["case"]), keras_to_cpp.optimizer(case["config"]["optimizer"])
    return "vae_case.hpp", (
        f"using Encoder = {encoder};\n  using Decoder = {decoder};\n"
        f"  run_vae<Encoder, {size}, Decoder>({name}, {optimizer});\n"
        f"  check_vae_summaries<Encoder, {size}, Decoder>({name});"
    )


def model_case(case):
    config, name = case["config"], case["case"]
    if "latent" in config:
        return vae_case(case)
    made = keras_to_cpp.model(config)
    loss, optimizer = keras_to_cpp.loss(config["loss"]), keras_to_cpp.optimizer(config["optimizer"])
    last = config["layers"][-1]
    relu_loss = last["config"].get("activation") == "relu" and loss.startswith("BinaryCrossentropy")
    shows_input = text(config["api"] != "Sequential")
    data = "{" + ", ".join(text(config["data"][what]) for what in ("input", "target")) + "}"
    rounded = any(
        keras_to_cpp.rounded_by_keras(layer["config"] | {"layer": layer["class"]}) for layer in config["layers"]
    )
    steps = keras_to_cpp.rounded_steps(config["optimizer"], case["tensors"]["losses"][0])
    return "model_case.hpp", (
        f"using M = {made};\n"
        f"  run_model<M>({text(name)}, {optimizer}, {loss}, {data}, {text(relu_loss)}, {text(rounded)}, {steps});\n"
        f"  check_summary<M>({text(name)}, {text(config['model'])}, {shows_input});"
    )


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

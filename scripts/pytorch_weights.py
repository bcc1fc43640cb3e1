#!/usr/bin/env python3
"""Weights from PyTorch to latent and back.

    pytorch_weights.py to-latent  --model STATE.pt --weights OUT.safetensors [what the state does not say]
    pytorch_weights.py to-pytorch --weights IN.safetensors --model STATE.pt --out OUT.pt [the same]

STATE.pt is a file of torch.save(model.state_dict(), path). Its layers, in their order, get the names that latent gives
them: conv2d, conv2d_1, ...; --name gives another. Kernels are turned round: docs/weights.md has a table.

A state does not say everything. What is missing and cannot be guessed is asked for:
  --conv2d, --conv2d-transpose   a convolution with as many output as input channels could be either
  --flatten 6=7x7x64             Linear 6 reads a flattened image of 7 x 7 pixels and 64 channels
  --unflatten 0=7x7x64           what Linear 0 gives becomes such an image
PyTorch's images are channels first, Keras's and latent's channels last, so the numbers of a flattened image have
another order. Modules are called as in the state, 6 or encoder.6; --conv2d 'encoder.*' means all that match.
"""

import argparse
import fnmatch
import io
import math
import pathlib
import re

import latent_weights
import numpy as np
from latent_weights import LAYERS, Problem

try:
    import torch
except ImportError:
    torch = None

# (class, PyTorch's parameter) -> latent's variable, and its axes in terms of PyTorch's.
KERNEL = {
    "Conv2D": (2, 3, 1, 0),  # (F, C, KH, KW) -> (KH, KW, C, F)
    "Conv2DTranspose": (2, 3, 1, 0),  # (C, F, KH, KW) -> (KH, KW, F, C)
    "Dense": (1, 0),  # (units, inputs) -> (inputs, units)
}
NORMALIZATION = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


# ------------------------------------------------------------- what a state holds


def read_state(path, key):
    """name -> tensor, in order, and the whole content of the file, of which that is a part if there is a key."""
    if not path.exists():
        raise Problem(f"{path}: no such file")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # noqa: BLE001: PyTorch raises many kinds
        raise Problem(
            f"{path}: PyTorch cannot load it as a state: {str(error).splitlines()[0]}\n"
            "Write it by torch.save(model.state_dict(), path)."
        ) from None
    state = content
    if key is not None:
        if not isinstance(content, dict) or key not in content:
            raise Problem(
                f"{path}: has no {key}"
                + (f"; it has {', '.join(map(str, content))}" if isinstance(content, dict) else "")
            )
        state = content[key]
    if not isinstance(state, dict) or not all(torch.is_tensor(value) for value in state.values()):
        keys = [str(k) for k, v in state.items() if isinstance(v, dict)] if isinstance(state, dict) else []
        hint = f"; is the state in one of {', '.join(keys)}? Say --key {keys[0]}" if keys else ""
        raise Problem(f"{path}: expected tensors by name, as model.state_dict() gives them{hint}")
    return state, content


def modules_of(state):
    """module -> {parameter: tensor}, in order. The tensors of a module that is alone are called weight and bias."""
    modules = {}
    for name, tensor in state.items():
        module, _, parameter = name.rpartition(".")
        if parameter != "num_batches_tracked":
            modules.setdefault(module, {})[parameter] = tensor
    return modules


def matches(module, patterns):
    return any(fnmatch.fnmatchcase(module, pattern) for pattern in patterns)


def class_of(module, tensors, arguments):
    """latent's class of a module."""
    if not set(tensors) <= set(NORMALIZATION):
        raise Problem(f"{module} has {', '.join(tensors)}; expected weight and bias: latent has no such layer")
    if "running_mean" in tensors:
        return "BatchNormalization"
    if "weight" not in tensors:
        raise Problem(f"{module} has {', '.join(tensors)}, but no weight: latent has no such layer")
    weight, rank = tensors["weight"], tensors["weight"].dim()
    if rank in (1, 3):
        return "LayerNormalization"
    if rank == 2:
        return "Dense"
    if rank != 4:
        raise Problem(f"{module}.weight has the shape {tuple(weight.shape)}: latent has no such layer")
    said = [
        name
        for name, patterns in (("Conv2D", arguments.conv2d), ("Conv2DTranspose", arguments.conv2d_transpose))
        if matches(module, patterns)
    ]
    if len(said) == 2:
        raise Problem(f"{module} is named by --conv2d and by --conv2d-transpose")
    # A bias is as long as there are output channels: the first axis of a Conv2d, the second of a ConvTranspose2d.
    possible = [
        name
        for name, axis in (("Conv2D", 0), ("Conv2DTranspose", 1))
        if "bias" not in tensors or tensors["bias"].shape[0] == weight.shape[axis]
    ]
    choice = [name for name in possible if name in said or not said]
    if len(choice) == 1:
        return choice[0]
    if said:
        raise Problem(f"{module}: its weight {tuple(weight.shape)} and bias are not those of a {said[0]}")
    raise Problem(
        f"{module} may be a Conv2d or a ConvTranspose2d: its weight is {tuple(weight.shape)}. "
        f"Say --conv2d {module} or --conv2d-transpose {module}"
    )


def ask(questions):
    """All at once."""
    if questions:
        raise Problem("\n  ".join(["the state does not say everything:", *questions]))


def classes_of(modules, arguments):
    for pattern in [*arguments.conv2d, *arguments.conv2d_transpose]:
        if not any(matches(module, [pattern]) for module in modules):
            raise Problem(f"there is no module {pattern}; there are {', '.join(modules)}")
    classes, questions = {}, []
    for module, tensors in modules.items():
        try:
            classes[module] = class_of(module, tensors, arguments)
        except Problem as question:
            questions.append(str(question))
    ask(questions)
    return classes


# ------------------------------------------------------------- from one order of numbers to the other


class Order:
    """How latent's tensor comes from PyTorch's: the axes, then the numbers along some axes."""

    def __init__(self, axes, shape):
        self.axes, self.takes = axes, []
        self.shape = [shape[axis] for axis in axes]

    def along(self, axis, image, what):
        """Along latent's axis lies a flattened image (height, width, channels), in PyTorch with the channels first."""
        if image is not None:
            height, width, channels = image
            if height * width * channels != self.shape[axis]:
                raise Problem(
                    f"{what}: {height}x{width}x{channels} are {math.prod(image)} numbers, not {self.shape[axis]}"
                )
            order = np.arange(self.shape[axis]).reshape(channels, height, width).transpose(1, 2, 0).ravel()
            self.takes.append((axis, order))
        return self

    def to_latent(self, array):
        array = array.transpose(self.axes)
        for axis, order in self.takes:
            array = array.take(order, axis)
        return array

    def to_pytorch(self, array):
        for axis, order in reversed(self.takes):
            array = array.take(np.argsort(order), axis)
        return array.transpose(np.argsort(self.axes))


def images_of(options, modules, option):
    """["6=7x7x64"] -> {"6": (7, 7, 64)}; 6=none for what keeps its order: None."""
    images = {}
    for text in options:
        found = re.fullmatch(r"(.*)=(?:(\d+)x(\d+)x(\d+)|none)", text)
        if not found:
            raise Problem(
                f"{option}: expected MODULE=HEIGHTxWIDTHxCHANNELS, such as 6=7x7x64, or MODULE=none, received {text}"
            )
        if found[1] not in modules:
            raise Problem(f"{option} {text}: there is no module {found[1]}; there are {', '.join(modules)}")
        images[found[1]] = tuple(map(int, found.groups()[1:])) if found[2] else None
    return images


def check_flattened(modules, classes, flatten, unflatten):
    """A Linear behind (before) a convolution with several inputs (outputs) for each channel: an image was flattened."""
    questions = []
    channels, last = None, None  # of the image that comes out of the layers so far; the Linear before
    for module, tensors in modules.items():
        kind, weight = classes[module], tensors.get("weight")
        if kind == "Dense":
            inputs = weight.shape[1]
            if channels and inputs % channels == 0 and inputs > channels and module not in flatten:
                questions.append(
                    f"{module} reads {inputs} = {inputs // channels} x {channels} numbers behind an image of "
                    f"{channels} channels. Say --flatten {module}=HEIGHTxWIDTHx{channels}"
                )
            channels, last = None, module
        elif kind.startswith("Conv2D"):
            axes = (1, 0) if kind == "Conv2D" else (0, 1)
            inputs, channels = (weight.shape[axis] for axis in axes)
            units = modules[last]["weight"].shape[0] if last else 0
            if units % inputs == 0 and units > inputs and last not in unflatten:
                questions.append(
                    f"{last} gives {units} = {units // inputs} x {inputs} numbers to {module}, which reads {inputs} "
                    f"channels. Say --unflatten {last}=HEIGHTxWIDTHx{inputs}"
                )
            last = None
    ask(questions)


def table_of(state, arguments):
    """latent's name -> (PyTorch's name, Order)."""
    modules = modules_of(state)
    classes = classes_of(modules, arguments)
    flatten, unflatten = (
        images_of(getattr(arguments, option), modules, f"--{option}") for option in ("flatten", "unflatten")
    )
    check_flattened(modules, classes, flatten, unflatten)
    given = dict(text.partition("=")[::2] for text in arguments.name)
    for module, name in given.items():
        if module not in modules or not name:
            raise Problem(
                f"--name: expected MODULE=NAME with one of the modules {', '.join(modules)}, received {module}={name}"
            )
    names = latent_weights.unique_names([(classes[module], given.get(module)) for module in modules])
    table = {}
    for (module, tensors), name in zip(modules.items(), names):
        kind = classes[module]
        for parameter, tensor in tensors.items():
            shape, what = tuple(tensor.shape), f"{module}.{parameter}"
            if kind in KERNEL and parameter == "weight":
                variable, order = "kernel", Order(KERNEL[kind], shape)
                if kind == "Dense":
                    order.along(0, flatten.get(module), f"--flatten {module}").along(
                        1, unflatten.get(module), f"--unflatten {module}"
                    )
            else:
                variable = parameter if kind in KERNEL else NORMALIZATION[parameter]
                # LayerNorm over (C, H, W) is LayerNormalization over (H, W, C).
                order = Order((1, 2, 0) if len(shape) == 3 else tuple(range(len(shape))), shape)
                if len(shape) == 1:
                    image = unflatten.get(module) or (flatten.get(module) if kind not in KERNEL else None)
                    order.along(0, image, f"--unflatten {module}")
            table[f"{name}/{variable}"] = (f"{module}.{parameter}" if module else parameter, order)
        missing = [v for v in LAYERS[kind][1] if v in ("kernel", "moving_mean") and f"{name}/{v}" not in table]
        if missing:
            raise Problem(f"{module} has no {', '.join(missing)}")
    return table


# ------------------------------------------------------------- the two directions


def array_of(tensor):
    tensor = tensor.detach().cpu()
    return (tensor if tensor.dtype == torch.float64 else tensor.to(torch.float32)).numpy()


def to_latent(arguments, state, table):
    tensors = {name: order.to_latent(array_of(state[key])) for name, (key, order) in table.items()}
    latent_weights.write_safetensors(
        arguments.weights,
        tensors,
        {
            "format": "latent",
            "version": "1",
            "written_by": f"pytorch_weights.py, PyTorch {torch.__version__}",
        },
    )
    for name, (key, _) in table.items():
        print(f"{key} {tuple(state[key].shape)} -> {name} {tensors[name].shape}")
    print(f"{arguments.weights}: {len(tensors)} tensors, {sum(t.size for t in tensors.values()):,} numbers")


def to_pytorch(arguments, state, content, table):
    received, _ = latent_weights.read_safetensors(arguments.weights)
    latent_weights.check_fits(
        arguments.weights,
        {name: array.shape for name, array in received.items()},
        {name: order.shape for name, (_, order) in table.items()},
    )
    for name, (key, order) in table.items():
        dtype = state[key].dtype
        kind = {torch.float64: "float64", torch.float32: "float32"}.get(dtype, "float32")
        array = latent_weights.converted(name, order.to_pytorch(received[name]), kind)
        state[key] = torch.from_numpy(np.ascontiguousarray(array)).to(dtype)
    buffer = io.BytesIO()
    torch.save(content, buffer)
    latent_weights.atomically(arguments.out, lambda temporary: temporary.write_bytes(buffer.getvalue()))
    print(f"{arguments.out}: written")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="to-latent | to-pytorch")
    for command, help_ in (
        ("to-latent", "from a PyTorch state to a safetensors file"),
        ("to-pytorch", "from a safetensors file into a PyTorch state"),
    ):
        sub = commands.add_parser(command, help=help_, description=help_)
        sub.add_argument(
            "--model",
            type=pathlib.Path,
            required=True,
            metavar="STATE.pt",
            help="a state" + ("" if command == "to-latent" else " of such a model, trained or not; it is not changed"),
        )
        sub.add_argument("--weights", type=pathlib.Path, required=True, metavar="FILE.safetensors")
        if command == "to-pytorch":
            sub.add_argument(
                "--out", type=pathlib.Path, required=True, metavar="OUT.pt", help="the state with the new weights"
            )
        sub.add_argument("--key", help="where in the file the state is, if it holds more, such as model_state_dict")
        sub.add_argument("--conv2d", action="append", default=[], metavar="MODULE", help="MODULE is a Conv2d")
        sub.add_argument(
            "--conv2d-transpose", action="append", default=[], metavar="MODULE", help="MODULE is a ConvTranspose2d"
        )
        sub.add_argument(
            "--flatten",
            action="append",
            default=[],
            metavar="MODULE=HxWxC",
            help="a Linear that reads a flattened image; MODULE=none if it is channels last already",
        )
        sub.add_argument(
            "--unflatten",
            action="append",
            default=[],
            metavar="MODULE=HxWxC",
            help="a Linear (or a normalization behind it) whose result becomes an image",
        )
        sub.add_argument(
            "--name",
            action="append",
            default=[],
            metavar="MODULE=NAME",
            help='latent\'s name of a layer: Named<"NAME", ...>',
        )
    return parser.parse_args()


def main():
    arguments = parse()
    if torch is None:
        raise Problem("this Python has no PyTorch; pip install torch")
    state, content = read_state(arguments.model, arguments.key)
    table = table_of(state, arguments)
    if arguments.command == "to-latent":
        to_latent(arguments, state, table)
    else:
        to_pytorch(arguments, state, content, table)


if __name__ == "__main__":
    latent_weights.run(main)

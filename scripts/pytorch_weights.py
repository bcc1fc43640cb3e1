#!/usr/bin/env python3
"""Weights from PyTorch to latent and back.

    pytorch_weights.py to-latent  --model STATE.pt --weights OUT.safetensors [what the state does not say]
    pytorch_weights.py to-pytorch --weights IN.safetensors --model STATE.pt --out OUT.pt [the same]

STATE.pt is a file of torch.save(model.state_dict(), path), or a .safetensors file of a state. Its layers, in their order,
get the names that latent gives them: conv2d, conv2d_1, ...; --name gives another. Kernels are turned round:
docs/weights.md has a table.

A state does not say everything. What is missing and cannot be guessed is asked for:
  --module FILE.py:NAME          the module itself, which NAME() makes: it knows its layers and their order
  --kind 3=GroupNorm             the class of module 3: several may have tensors of such names and shapes
  --order encoder,decoder        the order of the modules; a .safetensors file has none
  --conv2d, --conv2d-transpose   a convolution with as many output as input channels could be either
  --flatten 6=7x7x64             Linear 6 reads a flattened image of 7 x 7 pixels and 64 channels
  --flatten 6=7x7x64+10          behind the image stand ten more numbers, such as a label; 6=none: the order stays
  --unflatten 0=7x7x64           what Linear 0 gives becomes such an image
PyTorch's images are channels first, Keras's and latent's channels last, so the numbers of a flattened image have
another order. Modules are called as in the state, 6 or encoder.6; --conv2d 'encoder.*' means all that match.
"""

import argparse
import collections
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

# PyTorch's class -> latent's. Not here is what latent lacks.
CLASSES = {
    "Conv1d": "Conv1D",
    "Conv2d": "Conv2D",
    "ConvTranspose1d": "Conv1DTranspose",
    "ConvTranspose2d": "Conv2DTranspose",
    "DepthwiseConv2d": "DepthwiseConv2D",  # a Conv2d with a group for each channel; PyTorch has no class for it
    "Linear": "Dense",
    "BatchNorm1d": "BatchNormalization",
    "BatchNorm2d": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "PReLU": "PReLU",
}
# latent's variable `kernel`: its axes in terms of those of PyTorch's weight.
KERNEL = {
    "Conv1D": (2, 1, 0),  # (F, C, K) -> (K, C, F)
    "Conv1DTranspose": (2, 1, 0),  # (C, F, K) -> (K, F, C)
    "Conv2D": (2, 3, 1, 0),  # (F, C, KH, KW) -> (KH, KW, C, F)
    "DepthwiseConv2D": (2, 3, 1, 0),  # (C m, 1, KH, KW) -> (KH, KW, 1, C m), as (KH, KW, C, m)
    "Conv2DTranspose": (2, 3, 1, 0),  # (C, F, KH, KW) -> (KH, KW, F, C)
    "Dense": (1, 0),  # (units, inputs) -> (inputs, units)
}
NORMALIZATION = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


# ------------------------------------------------------------- what a state holds


def read_state(path, key):
    """name -> tensor, in order, and the whole content of the file, of which that is a part if there is a key."""
    if not path.exists():
        raise Problem(f"{path}: no such file")
    if path.suffix == ".safetensors":
        if key is not None:
            raise Problem(f"{path}: a .safetensors file has no {key}: it is the state itself")
        arrays, _ = latent_weights.read_safetensors(path)
        state = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
        return state, state
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # noqa: BLE001: PyTorch raises many kinds
        raise Problem(
            f"{path}: PyTorch cannot load it as a state: {(str(error).splitlines() or [type(error).__name__])[0]}\n"
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


# ------------------------------------------------------------- the order of the modules


def in_order(modules, given, path, known):
    """The modules in the order of `given`, names that may stand for all modules in them. The file's own order counts if
    it is `known`; else that of the numbers in an nn.Sequential is all that is known."""
    if not given:
        if known:
            check_numbers(modules, path)
        return modules if known else {name: modules[name] for name in by_numbers(list(modules), path)}
    places = {}
    for module in modules:
        found = [i for i, part in enumerate(given) if module == part or module.startswith(part + ".")]
        if len(found) != 1:
            raise Problem(f"--order {','.join(given)}: {module} is in {len(found)} of them; expected one")
        places.setdefault(found[0], []).append(module)
    for i, part in enumerate(given):
        if i not in places:
            raise Problem(f"--order {','.join(given)}: there is no module {part}; there are {', '.join(modules)}")
    parts = (places[i] for i in range(len(given)))
    return {name: modules[name] for part in parts for name in (part if known else by_numbers(part, path))}


def check_numbers(names, path):
    """In a state that went through a .safetensors file, or was sorted, 10 stands before 2."""
    latest = {}
    for name in names:
        parts = name.split(".")
        for i, part in enumerate(parts):
            before, place = ".".join(parts[:i]), int(part) if part.isdecimal() else -1
            if place >= 0 and place < latest.get(before, place):
                module = f"{before}.{part}" if before else part
                raise Problem(
                    f"{path}: {module} stands behind {latest[before]}: has this state lost its order? "
                    "Say it by --order with all modules, or --module FILE.py:NAME"
                )
            latest[before] = max(place, latest.get(before, place))


def by_numbers(names, path, depth=0):
    """Names such as encoder.0, encoder.2, encoder.10 in their order. Of other names nothing is known."""
    if len(names) <= 1:
        return names
    children = {}
    for name in names:
        children.setdefault(name.split(".")[depth] if name.count(".") >= depth else None, []).append(name)
    if len(children) > 1 and not all(child is not None and child.isdecimal() for child in children):
        known = [".".join(of[0].split(".")[: depth + 1]) for of in children.values()]
        raise Problem(
            f"{path}: a .safetensors file does not say in which order the modules {', '.join(known)} work. "
            f"Say it by --order {','.join(known)}, or --module FILE.py:NAME"
        )
    ordered = sorted(children, key=int) if len(children) > 1 else list(children)
    return [name for child in ordered for name in by_numbers(children[child], path, depth + 1)]


# ------------------------------------------------------------- the classes of the modules


def module_from(text, state, path):
    """The module that NAME() makes, of FILE.py:NAME. It must have the tensors of the state."""
    file, _, name = text.rpartition(":")
    if not file or not pathlib.Path(file).exists():
        raise Problem(f"--module {text}: expected FILE.py:NAME with a file that is there")
    made = latent_weights.run_file(file, "pytorch_weights_module").get(name)
    with latent_weights.code_of_user(file):
        module = made() if callable(made) else None
    if not isinstance(module, torch.nn.Module):
        raise Problem(f"--module {text}: expected that {name}() makes an nn.Module")
    latent_weights.check_fits(
        path,
        {key: tuple(tensor.shape) for key, tensor in state.items()},
        {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()},
    )
    return module


def class_in(module, name):
    """PyTorch's class of a module within one, and of that an error if it works in a way that latent lacks."""
    found = module.get_submodule(name)
    kind = next((c.__name__ for c in type(found).__mro__ if c.__module__.startswith("torch.nn")), type(found).__name__)
    lacking = {
        "padding_mode": lambda value: value != "zeros",
        "track_running_stats": lambda value: not value and "BatchNorm" in kind,
        "groups": lambda value: value != 1 and "Transpose" in kind,
        "dilation": lambda value: set(value) != {1} and "Transpose" in kind,
    }
    for option, lacks in lacking.items():
        value = getattr(found, option, None)
        if value is not None and lacks(value):
            raise Problem(f"{name} ({kind}): {option}={value!r}: latent has no such layer")
    return "DepthwiseConv2d" if kind == "Conv2d" and found.groups == found.in_channels > 1 else kind


def possible_classes(tensors):
    """PyTorch's classes that have tensors of these names and shapes."""
    names, rank = set(tensors), {name: tensor.dim() for name, tensor in tensors.items()}
    if {"running_mean", "running_var"} <= names <= set(NORMALIZATION):
        return ["BatchNorm2d"]
    if names - {"weight", "bias"} or "weight" not in names:
        return []
    shape, outputs = tensors["weight"].shape, tensors["bias"].shape if "bias" in names else None
    if outputs is not None and rank["bias"] == rank["weight"]:
        if shape != outputs:
            return []
        return ["LayerNorm"] if len(shape) > 1 else ["LayerNorm", "GroupNorm", "InstanceNorm2d", "BatchNorm2d"]
    if outputs is not None and rank["bias"] != 1:
        return []
    first, second = (outputs is None or (len(shape) > axis and outputs[0] == shape[axis]) for axis in (0, 1))
    return {
        1: ["PReLU", "LayerNorm", "RMSNorm"] if outputs is None else [],
        2: ["Linear", *(["Embedding"] if outputs is None else [])] if first else [],
        3: [*(["Conv1d", "Bilinear"] if first else []), *(["ConvTranspose1d"] if second else [])],
        4: [*(["Conv2d"] if first else []), *(["ConvTranspose2d"] if second else [])],
        5: [*(["Conv3d"] if first else []), *(["ConvTranspose3d"] if second else [])],
    }.get(len(shape), [])


def class_of(module, tensors, said, channels):
    """PyTorch's class of a module; `said`: what the user says it is; `channels`: of the image before it, if it is known."""
    possible = possible_classes(tensors)
    shape = tuple(tensors["weight"].shape) if "weight" in tensors else None
    if not possible:
        kind = "; a recurrent layer?" if any(name.startswith("weight_hh") for name in tensors) else ""
        shapes = ", ".join(f"{name} {tuple(tensor.shape)}" for name, tensor in tensors.items())
        raise Problem(f"{module} has {shapes}{kind}: latent has no such layer")
    if "Conv2d" in possible and shape[1] == 1 and channels and channels > 1 and shape[0] % channels == 0:
        possible.append("DepthwiseConv2d")
    if possible == ["Conv2d"] and channels and shape[0] == channels != shape[1]:
        possible.append("ConvTranspose2d in groups")  # which latent lacks
    if said:
        if said == "DepthwiseConv2d" and said not in possible:
            raise Problem(f"{module}: its weight {shape} is not that of a depthwise convolution of {channels} channels")
        # BatchNorm1d has the tensors of BatchNorm2d.
        if not any(kind == said or ("Norm" in kind and kind[:-2] == said[:-2]) for kind in possible):
            raise Problem(f"{module}: its weight {shape} and bias are not those of a {said}")
        if said in ("BatchNorm1d", "BatchNorm2d") and "running_mean" not in tensors:
            raise Problem(f"{module} is a {said} without running statistics: latent has no such layer")
        if said not in CLASSES:
            raise Problem(f"{module} is a {said}: latent has no such layer")
        return said
    if len(possible) == 1 and possible[0] in CLASSES:
        return possible[0]
    words = f"{module} may be a {' or a '.join(possible)}: its weight is {shape}. "
    if set(possible) == {"Conv2d", "ConvTranspose2d"}:
        raise Problem(f"{words}Say --conv2d {module} or --conv2d-transpose {module}")
    choices = [f"--kind {module}={kind}" for kind in possible if kind in CLASSES and f"{kind}" != "BatchNorm2d"]
    if not choices:
        raise Problem(f"{words}latent has no such layer")
    raise Problem(f"{words}Say {' or '.join(choices)}, if it is one")


def ask(questions):
    """All at once."""
    if questions:
        raise Problem("\n  ".join(["the state does not say everything:", *questions]))


def said_kinds(modules, arguments):
    """module -> what the user says it is."""
    by_latent = {latent: kind for kind, latent in CLASSES.items()}
    rules = [(pattern, "Conv2d", 4) for pattern in arguments.conv2d]
    rules += [(pattern, "ConvTranspose2d", 4) for pattern in arguments.conv2d_transpose]
    for text in arguments.kind:
        pattern, _, kind = text.rpartition("=")
        if not pattern or not kind:
            raise Problem(f"--kind: expected MODULE=CLASS, such as 3=GroupNorm, received {text}")
        rules.append((pattern, by_latent.get(kind, kind), None))
    said = {}
    for pattern, kind, rank in rules:
        if not any(matches(module, [pattern]) for module in modules):
            raise Problem(f"there is no module {pattern}; there are {', '.join(modules)}")
        for module, tensors in modules.items():
            if rank and ("weight" not in tensors or tensors["weight"].dim() != rank):
                continue  # --conv2d '*' is about those that may be convolutions
            if matches(module, [pattern]) and said.setdefault(module, kind) != kind:
                raise Problem(f"{module} is said to be a {said[module]} and a {kind}")
    return said


def classes_of(modules, said, inputs):
    """module -> latent's class; and the shape of what it reads, 1 for rows and columns, if that is an image or a sequence.
    `inputs`: channels that are known."""
    classes, before, questions, channels, axes = {}, {}, [], None, 0
    for module, tensors in modules.items():
        if module in inputs:
            channels, axes = inputs[module], tensors["weight"].dim() - 2
        before[module] = [1] * axes + [channels] if channels else []
        try:
            kind = classes[module] = CLASSES[class_of(module, tensors, said.get(module), channels)]
        except Problem as question:
            questions.append(str(question))
            kind = None
        if kind is None or kind == "Dense":
            channels = None
        elif kind in KERNEL:
            channels, axes = tensors["weight"].shape[1 if kind.endswith("Transpose") else 0], tensors["weight"].dim() - 2
    ask(questions)
    return classes, before


# ------------------------------------------------------------- from one order of numbers to the other

# A flattened image, with as many other numbers before and behind it.
Image = collections.namedtuple("Image", "before height width channels behind")


class Order:
    """How latent's tensor comes from PyTorch's: the axes, then the numbers along some axes, then another shape."""

    def __init__(self, axes, shape, as_shape=None):
        self.axes, self.takes = axes, []
        self.before = [shape[axis] for axis in axes]
        self.shape = as_shape or self.before

    def along(self, axis, image, what):
        """Along latent's axis lies a flattened image, in PyTorch with the channels first."""
        if image is not None:
            numbers = np.arange(image.height * image.width * image.channels)
            total = image.before + numbers.size + image.behind
            if total != self.shape[axis]:
                raise Problem(f"{what}: {text_of(image)} are {total} numbers, not {self.shape[axis]}")
            order = np.arange(total)
            channels_last = numbers.reshape(image.channels, image.height, image.width).transpose(1, 2, 0).ravel()
            order[image.before : image.before + numbers.size] = image.before + channels_last
            self.takes.append((axis, order))
        return self

    def to_latent(self, array):
        array = array.transpose(self.axes)
        for axis, order in self.takes:
            array = array.take(order, axis)
        return array.reshape(self.shape)

    def to_pytorch(self, array):
        array = array.reshape(self.before)
        for axis, order in reversed(self.takes):
            array = array.take(np.argsort(order), axis)
        return array.transpose(np.argsort(self.axes))


def text_of(image):
    parts = [image.before, f"{image.height}x{image.width}x{image.channels}", image.behind]
    return "+".join(str(part) for part in parts if part)


def images_of(options, modules, classes, option):
    """["6=7x7x64"] -> {"6": Image(0, 7, 7, 64, 0)}; 6=none for what keeps its order: None."""
    images = {}
    for text in options:
        found = re.fullmatch(r"(.*)=(?:(?:(\d+)\+)?(\d+)x(\d+)x(\d+)(?:\+(\d+))?|none)", text)
        if not found:
            raise Problem(
                f"{option}: expected MODULE=HEIGHTxWIDTHxCHANNELS, such as 6=7x7x64 (or 6=7x7x64+10 with ten more numbers "
                f"behind the image), or MODULE=none, received {text}"
            )
        module = found[1]
        if module not in modules:
            raise Problem(f"{option} {text}: there is no module {module}; there are {', '.join(modules)}")
        if classes[module] in KERNEL and classes[module] != "Dense":
            raise Problem(f"{option} {text}: {module} is a {classes[module]}, which reads and gives images as they are")
        images[module] = Image(*(int(number or 0) for number in found.groups()[1:])) if found[3] else None
    return images


# ------------------------------------------------------------- what reads flattened images


class Chain:
    """The modules in their order, and what can be told of them: `reads` and `gives` are numbers, or channels."""

    def __init__(self, modules, said, classes, before, channels):
        self.modules, self.said, self.classes, self.before = modules, said, classes, before
        self.names, self.reads, self.gives, self.on_rows = list(modules), {}, {}, set()
        for module, tensors in modules.items():
            kind, first = classes[module], tensors.get("weight", next(iter(tensors.values())))
            axes = (0, 0) if kind not in KERNEL else (0, 1) if kind.endswith("Transpose") else (1, 0)
            self.reads[module], self.gives[module] = (first.shape[axis] for axis in axes)
            if kind == "DepthwiseConv2D":
                self.reads[module] = before[module][-1]
            self.reads[module] = channels.get(module, self.reads[module])  # a kernel has those of its group alone
            # What may work on flattened images: one number for each of theirs.
            if kind not in KERNEL and first.dim() == 1 and said.get(module) != "BatchNorm2d":
                self.on_rows.add(module)

    def is_linear(self, module):
        return self.classes.get(module) == "Dense"

    def is_convolution(self, module):
        return self.classes.get(module) in KERNEL and not self.is_linear(module)

    def is_image(self, module):
        """A normalization that comes first reads an image, unless it is of rows."""
        kind, first = self.classes[module], next(iter(self.modules[module].values()))
        if self.said.get(module) == "BatchNorm1d":
            return False
        return kind in ("BatchNormalization", "GroupNormalization") or (kind == "LayerNormalization" and first.dim() == 3)

    def behind(self, module):
        """The next module with a kernel."""
        return next((name for name in self.later(module) if self.classes[name] in KERNEL), None)

    def later(self, module):
        return self.names[self.names.index(module) + 1 :]

    def rank(self, module):
        """2 for images, 1 for sequences."""
        return self.modules[module]["weight"].dim() - 2


def say(option, module, numbers, channels, rank):
    """What the user has to say, if `numbers` are flattened."""
    count = numbers // channels
    if numbers % channels:
        size = f"HEIGHTxWIDTHx{channels}" if rank == 2 else f"1xSTEPSx{channels}"
        return (
            f"which are no whole {'pixels' if rank == 2 else 'steps'}. Say --{option} {module}={size}+N if N other numbers "
            f"stand behind a flattened image (N+{size}: before it), or {module}=none if their order stays"
        )
    size = f"HEIGHTxWIDTHx{channels}" if rank == 2 else f"1x{count}x{channels}"
    return f"Say --{option} {module}={size}, or {module}=none if their order stays"


def product(numbers, channels):
    return f"{numbers}" if numbers % channels else f"{numbers} = {numbers // channels} x {channels}"


def flattened(chain, flatten, unflatten):
    """Questions about what may read an image that was flattened. A layer's numbers may come from the Linears before it, too:
    then they are no question. Several Linears may read one image, as those of a variational auto-encoder do. What gives as many
    numbers as were read, with no convolution behind it, may give an image again."""
    questions = []
    channels, rank, last = None, 2, None  # of the image that comes out of the layers so far; the last layer with a kernel
    # What convolutions gave; what Linears gave since the image, the first of which read it; what they read of it.
    filters, units, flat = set(), set(), set()
    for module in chain.names:
        reads, gives, question = chain.reads[module], chain.gives[module], None
        is_linear = chain.is_linear(module)
        from_last = last is not None and chain.is_linear(last) and chain.gives[last] == reads != chain.reads[last]
        if chain.is_convolution(module):
            channels, rank, units, flat = gives, chain.rank(module), set(), set()
            filters.add(gives)
        elif channels is None:
            if last is None and chain.is_image(module) and module not in flatten:
                channels = gives
        elif is_linear:
            known = reads in units or 2 * reads in units  # 2: mean and variance from one Linear, cut in halves
            # What a Linear gave, with a label beside it.
            known = known or (reads % channels and units and flat and min(units) < reads < min(flat))
            is_none = module in flatten and flatten[module] is None
            if reads > channels and not (known and (from_last or reads not in flat)):
                question = f"{module} reads {product(reads, channels)} numbers"
                if not (is_none and reads % channels):
                    flat.add(reads)
            if units or flat or reads == channels:
                units.add(gives)
        elif module in chain.on_rows and reads > channels and not from_last:
            following = chain.behind(module)
            known = reads in filters | units or (chain.is_convolution(following) and chain.reads[following] == reads)
            read_next = not units and chain.is_linear(following) and chain.reads[following] == reads
            if not known or reads in flat or read_next:
                question = f"{module} ({chain.classes[module]}) has {product(reads, channels)} numbers"
        words = f"behind {'an image' if rank == 2 else 'a sequence'} of {channels} channels"
        if question and module not in flatten and (is_linear or module not in unflatten):
            end = say("flatten", module, reads, channels, rank)
            questions.append(f"{question} {words}{', ' if reads % channels else '. '}{end}")
        giver = module if is_linear else last if module in chain.on_rows and from_last else None
        if giver and gives in flat and chain.reads[giver] not in flat and module not in unflatten:
            if not any(map(chain.is_convolution, chain.later(module))):
                question = f"{module} gives {product(gives, channels)} numbers, as many as were flattened {words}"
                end = say("unflatten", module, gives, channels, rank)
                questions.append(f"{question}{', ' if gives % channels else '. '}{end}")
        if chain.classes[module] in KERNEL:
            last = module
    return questions


def unflattened(chain, flatten, unflatten):
    """Questions about Linears whose numbers may become an image, and about what works on these in between."""
    questions, run = [], []  # the modules since the last convolution
    for module in chain.names:
        if not chain.is_convolution(module):
            run.append(module)
            continue
        linears, channels = [name for name in run if chain.is_linear(name)], chain.reads[module]
        words, rank = f"to {module}, which reads {channels} channels", chain.rank(module)

        def becomes_image(i):
            one, last = linears[i], linears[-1]
            units, readers = chain.gives[one], [chain.reads[name] for name in linears[i + 1 :]]
            if units <= channels:
                return False
            if one == last or (chain.reads[one], units) == (chain.reads[last], chain.gives[last]):
                return True
            return units % channels == 0 and not any(reads >= units or 2 * reads == units for reads in readers)

        images = {linears[i] for i in range(len(linears)) if becomes_image(i)}
        latest = {}  # numbers -> the Linear that gave as many
        for name in run:
            numbers = chain.gives[name]
            if chain.is_linear(name):
                latest[numbers] = name
                question = f"{name} gives {product(numbers, channels)} numbers {words}" if name in images else None
            else:
                giver = latest.get(numbers) if name in chain.on_rows else None
                asked = giver in images and not (giver in unflatten and unflatten[giver] is None) and name not in flatten
                question = (
                    f"{name} ({chain.classes[name]}) has the {product(numbers, channels)} numbers that {giver} gives {words}"
                    if asked
                    else None
                )
            if question and name not in unflatten:
                end = say("unflatten", name, numbers, channels, rank)
                questions.append(f"{question}{', ' if numbers % channels else '. '}{end}")
        run = []
    return questions


def axes_of_normalization(chain, module, shape, image):
    """The order of a LayerNorm's axes; None if it has to be asked for. Over whole images (C, H, W) or sequences (C, L) the
    channels are the first axis in PyTorch. Over (H, W), or rows of a Linear, all stays. `image`: (what the user says,)"""
    stay, turn = tuple(range(len(shape))), (*range(1, len(shape)), 0)
    if image:
        of, sizes = image[0], (math.prod(shape[1:]),) if len(shape) == 2 else tuple(shape[1:])
        if of is None or len(shape) == 1:
            return stay
        if (of.channels, *((of.height * of.width,) if len(shape) == 2 else (of.height, of.width))) != (shape[0], *sizes):
            raise Problem(f"--flatten {module}: {text_of(of)} is not the {'x'.join(map(str, shape))} that its weight has")
        return turn
    if len(shape) not in (2, 3):
        return stay
    following, before = chain.behind(module), chain.before[module]
    channels, ranks = set(before[-1:]), [len(before) - 1] if before else []
    if chain.is_convolution(following):
        channels.add(chain.reads[following])
        ranks.append(chain.rank(following))
    if len(shape) == 3:
        return stay if channels and shape[0] not in channels and shape[-1] in channels else turn
    if shape[0] in channels:
        return turn if set(ranks) == {1} else None
    return None if set(ranks) == {1} and shape[1] not in channels else stay


def normalizations(chain, flatten):
    """Questions about LayerNorms of two axes."""
    questions = []
    for module, tensors in chain.modules.items():
        shape = tuple(next(iter(tensors.values())).shape)
        if chain.classes[module] == "LayerNormalization" and module not in flatten:
            if axes_of_normalization(chain, module, shape, ()) is None:
                questions.append(
                    f"{module} (LayerNormalization) has {shape}. Say --flatten {module}=1x{shape[1]}x{shape[0]} if these are "
                    f"{shape[0]} channels, or {module}=none if their order stays"
                )
    return questions


def table_of(state, arguments):
    """latent's name -> (PyTorch's name, Order)."""
    modules, given = modules_of(state), [name for text in arguments.order for name in text.split(",")]
    if arguments.module:
        module = module_from(arguments.module, state, arguments.model)
        modules = {name: modules[name] for name in modules_of(module.state_dict())}
        said = {name: class_in(module, name) for name in modules}
        found = {name: getattr(module.get_submodule(name), "in_channels", None) for name in modules}
        channels = {name: number for name, number in found.items() if number is not None}
        inputs = {name: channels[name] for name in channels if said[name] == "DepthwiseConv2d"}
        if arguments.conv2d or arguments.conv2d_transpose or arguments.kind:
            raise Problem("--module says what the modules are; no --conv2d, --conv2d-transpose or --kind beside it")
    else:
        said, inputs, channels = said_kinds(modules, arguments), {}, {}
    known = arguments.module or arguments.model.suffix != ".safetensors"
    modules = in_order(modules, given, arguments.model, known)
    classes, before = classes_of(modules, said, inputs)
    flatten, unflatten = (
        images_of(getattr(arguments, option), modules, classes, f"--{option}") for option in ("flatten", "unflatten")
    )
    chain = Chain(modules, said, classes, before, channels)
    ask(flattened(chain, flatten, unflatten) + unflattened(chain, flatten, unflatten) + normalizations(chain, flatten))
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
        option, images = ("unflatten", unflatten) if module in unflatten else ("flatten", flatten)
        if kind == "GroupNormalization" and images.get(module):
            raise Problem(f"--{option} {module}: latent has no groups of the numbers of a flattened image")
        for parameter, tensor in tensors.items():
            shape = tuple(tensor.shape)
            if kind in KERNEL and parameter == "weight":
                variable, as_shape = "kernel", None
                if kind == "DepthwiseConv2D":
                    as_shape = [*shape[2:], before[module][-1], shape[0] // before[module][-1]]
                order = Order(KERNEL[kind], shape, as_shape)
                if kind == "Dense":
                    order.along(0, flatten.get(module), f"--flatten {module}").along(
                        1, unflatten.get(module), f"--unflatten {module}"
                    )
            elif kind in KERNEL:  # a bias
                variable, order = parameter, Order((0,), shape).along(0, unflatten.get(module), f"--unflatten {module}")
            else:
                variable, axes = ("alpha" if kind == "PReLU" else NORMALIZATION[parameter]), tuple(range(len(shape)))
                if kind == "LayerNormalization":
                    given = (images[module],) if module in images else ()
                    axes = axes_of_normalization(chain, module, shape, given)
                as_shape = None
                if kind == "PReLU" and module not in images:
                    # In images one for each channel, or one alone: SharedAxes<1, 2>, SharedAxes<1, 2, 3>.
                    as_shape = [*before[module][:-1], shape[0]]
                order = Order(axes, shape, as_shape)
                if len(shape) == 1:
                    order.along(0, images.get(module), f"--{option} {module}")
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


def converted(name, tensor, dtype):
    """The tensor in another type, of which NumPy may know nothing. latent_weights.converted is the same for arrays."""
    if not dtype.is_floating_point:
        raise Problem(f"{name}: expected a state of floating-point numbers, received {str(dtype).removeprefix('torch.')}")
    result = tensor.to(dtype)
    if not torch.equal(torch.isfinite(result), torch.isfinite(tensor)):
        largest = tensor[torch.isfinite(tensor)].abs().max().item()
        limit, kind = torch.finfo(dtype).max, str(dtype).removeprefix("torch.")
        raise Problem(f"{name}: expected numbers up to {limit:.4g} ({kind}), received {largest:.4g}")
    return result


def to_pytorch(arguments, state, content, table):
    received = latent_weights.read_weights(arguments.weights)
    latent_weights.check_fits(
        arguments.weights,
        {name: array.shape for name, array in received.items()},
        {name: order.shape for name, (_, order) in table.items()},
    )
    for name, (key, order) in table.items():
        array = np.array(order.to_pytorch(received[name]))  # that of a file cannot be written to, of which PyTorch warns
        state[key] = converted(key, torch.from_numpy(array), state[key].dtype)
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
        sub.add_argument("--module", metavar="FILE.py:NAME", help="NAME() makes the module; the file is run")
        sub.add_argument(
            "--kind",
            action="append",
            default=[],
            metavar="MODULE=CLASS",
            help="the class of MODULE, such as 3=GroupNorm",
        )
        sub.add_argument(
            "--order",
            action="append",
            default=[],
            metavar="MODULE,...",
            help="all modules, or what they are in, in order",
        )
        sub.add_argument("--conv2d", action="append", default=[], metavar="MODULE", help="MODULE is a Conv2d")
        sub.add_argument(
            "--conv2d-transpose", action="append", default=[], metavar="MODULE", help="MODULE is a ConvTranspose2d"
        )
        sub.add_argument(
            "--flatten",
            action="append",
            default=[],
            metavar="MODULE=HxWxC",
            help="a Linear (or a normalization before it) that reads a flattened image; MODULE=none if the order stays",
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

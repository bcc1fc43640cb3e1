"""The code of a PyTorch module, and its weights, for a model of latent. For latent_model.py.

Images are (channels, height, width) in the module, sequences (channels, steps), as PyTorch wants them. Where Keras's order
matters, as for a Flatten, the code says so: x.movedim(1, -1). So no weights change their order but for their axes.
"""

import keyword
import re
import unicodedata

import keras_to_cpp
import latent_weights
import numpy as np
import torch
from latent_weights import Problem


class Lacks(Exception):
    """What of a layer the module cannot do."""


HELPERS = {
    "Sampling": '''class Sampling(nn.Module):
    """z_mean + exp(z_log_var / 2) * epsilon in training; z_mean else."""

    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean) if self.training else z_mean
''',
    "average_pool": '''def average_pool(x, size, strides, padding):
    """Padding does not count."""
    pool = F.avg_pool1d if x.dim() == 3 else F.avg_pool2d
    return pool(F.pad(x, padding), size, strides) / pool(F.pad(torch.ones_like(x), padding), size, strides)
''',
    "relu": """def relu(x, max_value, slope, threshold):
    y = torch.where(x > threshold, x, slope * (x - threshold))
    return y if max_value is None else torch.where(y > max_value, max_value, y)
""",
}


# ------------------------------------------------------------- activations


def activation(value):
    """A function from a text to a text, or None for the linear one; `value`: Keras's name, or an object."""
    options = {}
    if isinstance(value, dict):
        name = value["registered_name"] or value["class_name"]
        name, options = {"LeakyReLU": "leaky_relu", "ELU": "elu", "ReLU": "relu"}.get(name, name), value["config"]
    else:
        name = value
    plain = {
        "relu6": "F.relu6",
        "sigmoid": "torch.sigmoid",
        "tanh": "torch.tanh",
        "selu": "F.selu",
        "gelu": "F.gelu",
        "silu": "F.silu",
        "softplus": "F.softplus",
        "softsign": "F.softsign",
        "exponential": "torch.exp",
        "hard_sigmoid": "F.hardsigmoid",
        "hard_silu": "F.hardswish",
        "hard_swish": "F.hardswish",
        "hard_tanh": "F.hardtanh",
        "log_sigmoid": "F.logsigmoid",
        "mish": "F.mish",
    }
    if name in (None, "linear"):
        return None
    if name in plain:
        return lambda x: f"{plain[name]}({x})"
    if name == "relu":
        given = [options.get("max_value"), options.get("negative_slope", 0), options.get("threshold", 0)]
        plain_one = given == [None, 0, 0]
        return lambda x: f"torch.relu({x})" if plain_one else f"relu({x}, {', '.join(map(repr, given))})"
    if name == "softmax":
        return lambda x: f"torch.softmax({x}, 1)"
    if name == "leaky_relu":
        return lambda x: f"F.leaky_relu({x}, {options.get('negative_slope', 0.2)})"
    if name == "elu":
        return lambda x: f"F.elu({x}, {options.get('alpha', 1.0)})"
    if name == "latent>approximate_gelu":
        return lambda x: f'F.gelu({x}, approximate="tanh")'
    raise Lacks(f"activation={name!r}")


# ------------------------------------------------------------- sizes


def output_size(n, kernel, stride, padding, dilation=1):
    """Of a window that moves over n numbers, and what is padded before and after them."""
    window = (kernel - 1) * dilation + 1
    if padding == "valid":
        return (n - window) // stride + 1, 0, 0
    if padding == "causal":  # the first window ends at the first number, whatever the stride
        return (n - 1) // stride + 1, window - 1, 0
    size = -(-n // stride)
    total = max((size - 1) * stride + window - n, 0)
    return size, total // 2, total - total // 2


def tuple_of(values):
    """3 for (3, 3)."""
    values = tuple(values)
    return repr(values[0]) if len(set(values)) == 1 else repr(values)


def windows(layer, shape, kernel):
    """The new sizes and ((before, after), ...) of the axes of an image or a sequence."""
    options = layer.options
    dilation = options.get("dilation_rate", [1] * len(kernel))
    sizes = [
        output_size(n, k, s, options["padding"], d) for n, k, s, d in zip(shape, kernel, options["strides"], dilation)
    ]
    return [size for size, _, _ in sizes], [(before, after) for _, before, after in sizes]


def sides(margins):
    """((before, after), ...): of a sequence Keras writes its only pair."""
    return [margins] if isinstance(margins[0], int) else margins


def pads(margins):
    """As F.pad wants them: the last axis first."""
    return repr(tuple(number for pair in reversed(margins) for number in pair))


# ------------------------------------------------------------- layers


class Writer:
    """Collects the module's parts. Each layer's function gets (layer, x, shape) for a call: the texts of the values that it
    reads and their shapes, channels last as in Keras; it returns a text and a shape."""

    def __init__(self, file):
        self.file, self.parts, self.state, self.helpers = file, {}, {}, set()
        self.layers, self.names = file.by_name(), {}
        self.taken = {"self", "x", "F", "nn", "torch", *HELPERS, *dir(torch.fx.GraphModule), *vars(torch.nn.Module())}

    def name(self, layer, more=""):
        """A Python name of its own, which no module has already."""
        text = re.sub(r"\W", "_", unicodedata.normalize("NFKC", layer)) + more  # as Python itself reads names
        text = "_" + text if text[0].isdigit() else text
        text = text + "_" if keyword.iskeyword(text) or text in self.taken else text
        if self.names.setdefault(text, layer + more) != layer + more:
            raise Lacks(f"the name {text} is that of {self.names[text]}, too")
        return text

    def weight(self, layer, variable):
        return self.file.weights.get(f"{layer.name}/{variable}")

    def part(self, layer, made, tensors, more=""):
        """self.conv2d, which is nn.Conv2d(...) with these tensors."""
        name = self.name(layer.name, more)
        self.parts[name] = made
        for key, array in tensors.items():
            if array is not None:
                self.state[f"{name}.{key}" if key else name] = array
        return f"self.{name}"

    def helper(self, name):
        self.helpers.add(name)
        return name

    # -- convolutions

    def convolve(self, layer, x, shape, kind, weight, groups, outputs, more=""):
        """A Conv1d or Conv2d with Keras's padding; without bias if there is none in `weight`."""
        options, kernel = layer.options, layer.options["kernel_size"]
        sizes, margins = windows(layer, shape, kernel)
        symmetric = all(before == after for before, after in margins)
        dilation = options.get("dilation_rate", [1])
        given = [repr(shape[-1]), repr(outputs), tuple_of(kernel)]
        given += [f"stride={tuple_of(options['strides'])}"] if set(options["strides"]) != {1} else []
        if symmetric and any(before for before, _ in margins):
            given.append(f"padding={tuple_of(before for before, _ in margins)}")
        given += [f"dilation={tuple_of(dilation)}"] if set(dilation) != {1} else []
        given += [f"groups={groups}"] if groups != 1 else []
        given += ["bias=False"] if weight["bias"] is None else []
        part = self.part(layer, f"nn.{kind}({', '.join(given)})", weight, more)
        y = f"{part}({x if symmetric else f'F.pad({x}, {pads(margins)})'})"
        return y, [*sizes, outputs]

    def conv2d(self, layer, x, shape):
        kernel = self.weight(layer, "kernel").transpose(3, 2, 0, 1)
        weight = {"weight": kernel, "bias": self.weight(layer, "bias")}
        return self.convolve(layer, x, shape, "Conv2d", weight, layer.options["groups"], kernel.shape[0])

    def conv1d(self, layer, x, shape):
        kernel = self.weight(layer, "kernel").transpose(2, 1, 0)
        weight = {"weight": kernel, "bias": self.weight(layer, "bias")}
        return self.convolve(layer, x, shape, "Conv1d", weight, layer.options["groups"], kernel.shape[0])

    def depthwise_weight(self, layer, variable):
        kernel = self.weight(layer, variable)  # (KH, KW, C, m) -> (C m, 1, KH, KW)
        return kernel.reshape(*kernel.shape[:2], 1, -1).transpose(3, 2, 0, 1)

    def depthwise(self, layer, x, shape):
        kernel = self.depthwise_weight(layer, "kernel")
        weight = {"weight": kernel, "bias": self.weight(layer, "bias")}
        return self.convolve(layer, x, shape, "Conv2d", weight, shape[-1], kernel.shape[0])

    def separable(self, layer, x, shape):
        kernel = self.depthwise_weight(layer, "depthwise_kernel")
        weight = {"weight": kernel, "bias": None}
        y, middle = self.convolve(layer, x, shape, "Conv2d", weight, shape[-1], kernel.shape[0], "_depthwise")
        point, bias = self.weight(layer, "pointwise_kernel").transpose(3, 2, 0, 1), self.weight(layer, "bias")
        made = f"nn.Conv2d({middle[-1]}, {point.shape[0]}, 1{'' if bias is not None else ', bias=False'})"
        part = self.part(layer, made, {"weight": point, "bias": bias}, "_pointwise")
        return f"{part}({y})", [*middle[:-1], point.shape[0]]

    def conv_transpose(self, layer, x, shape):
        """Keras cuts its result, or makes it larger at the end, where PyTorch does not or does otherwise."""
        options, kernel, bias = layer.options, self.weight(layer, "kernel"), self.weight(layer, "bias")
        kernel = np.moveaxis(kernel, (-1, -2), (0, 1))  # (KH, KW, F, C) -> (C, F, KH, KW)
        sizes, before, extra = [], [], []
        for i, (n, k, s) in enumerate(zip(shape, options["kernel_size"], options["strides"])):
            p = options["output_padding"][i] if options["output_padding"] else None
            if options["padding"] == "same":
                sizes.append(n * s if p is None else (n - 1) * s + k % 2 + p)
            else:
                sizes.append((n - 1) * s + (max(k, s) if p is None else k + p))
            whole = (n - 1) * s + k
            before.append(max(whole - sizes[-1], 0) // 2)
            extra.append(max(sizes[-1] - whole, 0))
        given = [repr(kernel.shape[0]), repr(kernel.shape[1]), tuple_of(options["kernel_size"])]
        given += [f"stride={tuple_of(options['strides'])}"] if set(options["strides"]) != {1} else []
        given += [f"output_padding={tuple_of(extra)}"] if any(extra) else []
        given += ["bias=False"] if bias is None else []
        part = self.part(layer, f"nn.ConvTranspose{kernel.ndim - 2}d({', '.join(given)})", {"weight": kernel, "bias": bias})
        y, cuts = f"{part}({x})", []
        for n, k, s, size, first in zip(shape, options["kernel_size"], options["strides"], sizes, before):
            cuts.append(":" if (n - 1) * s + k <= size else f"{first}:{first + size}")
        return (y if set(cuts) == {":"} else f"{y}[:, :, {', '.join(cuts)}]"), [*sizes, kernel.shape[1]]

    # -- dense

    def on_last(self, x, shape, made):
        """What works on the last axis, on channels."""
        return made(x) if len(shape) == 1 else f"{made(f'{x}.movedim(1, -1)')}.movedim(-1, 1)"

    def dense(self, layer, x, shape):
        kernel, bias = self.weight(layer, "kernel").T, self.weight(layer, "bias")
        given = f"{kernel.shape[1]}, {kernel.shape[0]}{'' if bias is not None else ', bias=False'}"
        part = self.part(layer, f"nn.Linear({given})", {"weight": kernel, "bias": bias})
        return self.on_last(x, shape, lambda of: f"{part}({of})"), [*shape[:-1], kernel.shape[0]]

    def dense_transpose(self, layer, x, shape):
        lender, bias = self.name(layer.options["dense"]), self.weight(layer, "bias")
        features = self.weight(self.layers[layer.options["dense"]], "kernel").shape[0]
        more = ""
        if bias is not None:
            more = ", " + self.part(layer, f"nn.Parameter(torch.zeros({features}))", {"": bias}, "_bias")
        return (
            self.on_last(x, shape, lambda of: f"F.linear({of}, self.{lender}.weight.T{more})"),
            [*shape[:-1], features],
        )

    # -- normalizations

    def gamma_beta(self, layer, shape):
        """PyTorch has both or none."""
        gamma, beta = self.weight(layer, "gamma"), self.weight(layer, "beta")
        if gamma is None and beta is None:
            return {}
        like = gamma if gamma is not None else beta
        return {
            "weight": np.ones_like(like) if gamma is None else gamma,
            "bias": np.zeros_like(like) if beta is None else beta,
        }

    def batch_normalization(self, layer, x, shape):
        weight = self.gamma_beta(layer, shape)
        moving = {f"running_{k}": self.weight(layer, f"moving_{v}") for k, v in (("mean", "mean"), ("var", "variance"))}
        options = layer.options
        kind = "BatchNorm2d" if len(shape) == 3 else "BatchNorm1d"
        given = f"{shape[-1]}, eps={options['epsilon']}, momentum={round(1 - options['momentum'], 12)}"
        part = self.part(layer, f"nn.{kind}({given}{'' if weight else ', affine=False'})", {**weight, **moving})
        return f"{part}({x})", shape

    def layer_normalization(self, layer, x, shape):
        axes = sorted(a if a > 0 else a + len(shape) + 1 for a in layer.options["axis"])
        if axes != list(range(axes[0], len(shape) + 1)):
            raise Lacks(f"axis={layer.options['axis']}, which are not the last ones")
        sizes, weight = shape[axes[0] - 1 :], self.gamma_beta(layer, shape)
        given = f"{sizes}, eps={layer.options['epsilon']}{'' if weight else ', elementwise_affine=False'}"
        part = self.part(layer, f"nn.LayerNorm({given})", weight)
        return self.on_last(x, shape, lambda of: f"{part}({of})"), shape

    def group_normalization(self, layer, x, shape):
        groups, weight = layer.options["groups"], self.gamma_beta(layer, shape)
        groups = shape[-1] if groups == -1 else groups
        given = f"{groups}, {shape[-1]}, eps={layer.options['epsilon']}{'' if weight else ', affine=False'}"
        return f"{self.part(layer, f'nn.GroupNorm({given})', weight)}({x})", shape

    def p_re_lu(self, layer, x, shape):
        alpha = self.weight(layer, "alpha")
        if alpha.size in (1, alpha.shape[-1]):
            part = self.part(layer, f"nn.PReLU({alpha.size})", {"weight": alpha.ravel()})
            return f"{part}({x})", shape
        alpha = np.moveaxis(alpha, -1, 0)
        part = self.part(layer, f"nn.Parameter(torch.zeros({list(alpha.shape)}))", {"": alpha})
        return f"torch.where({x} > 0, {x}, {part} * {x})", shape

    # -- windows, borders, shapes

    def max_pooling(self, layer, x, shape):
        kernel = layer.options["pool_size"]
        sizes, margins = windows(layer, shape, kernel)
        if any(map(any, margins)):
            x = f"F.pad({x}, {pads(margins)}, value=-torch.inf)"
        return (
            f"F.max_pool{len(kernel)}d({x}, {tuple_of(kernel)}, {tuple_of(layer.options['strides'])})",
            [*sizes, shape[-1]],
        )

    def average_pooling(self, layer, x, shape):
        kernel = layer.options["pool_size"]
        sizes, margins = windows(layer, shape, kernel)
        given = f"{tuple_of(kernel)}, {tuple_of(layer.options['strides'])}"
        if any(map(any, margins)):
            return f"{self.helper('average_pool')}({x}, {given}, {pads(margins)})", [*sizes, shape[-1]]
        return f"F.avg_pool{len(kernel)}d({x}, {given})", [*sizes, shape[-1]]

    def global_pooling(self, layer, x, shape):
        keep, axes = layer.options["keepdims"], len(shape) - 1
        how = "mean" if layer.kind.startswith("GlobalAverage") else "amax"
        over = "2" if axes == 1 else "(2, 3)"
        return f"{x}.{how}({over}{', keepdim=True' if keep else ''})", [*([1] * axes if keep else []), shape[-1]]

    def up_sampling(self, layer, x, shape):
        size = layer.options["size"]
        size = [size] if isinstance(size, int) else size
        mode = layer.options.get("interpolation", "nearest")
        made = f'F.interpolate({x}, scale_factor={tuple_of(size)}, mode="{mode}")'
        return made, [*(n * by for n, by in zip(shape, size)), shape[-1]]

    def zero_padding(self, layer, x, shape):
        margins = sides(layer.options["padding"])
        return f"F.pad({x}, {pads(margins)})", [*(n + a + b for n, (a, b) in zip(shape, margins)), shape[-1]]

    def cropping(self, layer, x, shape):
        margins = sides(layer.options["cropping"])
        cuts = [f"{a}:{n - b}" for n, (a, b) in zip(shape, margins)]
        sizes = [n - a - b for n, (a, b) in zip(shape, margins)]
        return f"{x}[:, :, {', '.join(cuts)}]", [*sizes, shape[-1]]

    @staticmethod
    def in_order(x, shape):
        return f"{x}.movedim(1, -1)" if len(shape) > 1 else x

    def flatten(self, layer, x, shape):
        return (x if len(shape) == 1 else f"{self.in_order(x, shape)}.flatten(1)"), [int(np.prod(shape))]

    def reshape(self, layer, x, shape):
        to = layer.options["target_shape"]
        made = f"{self.in_order(x, shape)}.reshape(-1, {', '.join(map(str, to))})"
        return (f"{made}.movedim(-1, 1)" if len(to) > 1 else made), to

    def permute(self, layer, x, shape):
        dims = layer.options["dims"]
        made = f"{self.in_order(x, shape)}.permute(0, {', '.join(map(str, dims))})"
        return (f"{made}.movedim(-1, 1)" if len(dims) > 1 else x), [shape[d - 1] for d in dims]

    # -- the others

    def dropout(self, layer, x, shape):
        kind = {"SpatialDropout1D": "Dropout1d", "SpatialDropout2D": "Dropout2d"}.get(layer.kind, "Dropout")
        rate = layer.options["rate"]
        return f"{self.part(layer, f'nn.{kind}({rate})', {})}({x})", shape

    def gaussian_noise(self, layer, x, shape):
        return f"({x} + torch.randn_like({x}) * {layer.options['stddev']} if self.training else {x})", shape

    def rescaling(self, layer, x, shape):
        return f"({x} * {layer.options['scale']} + {layer.options['offset']})", shape

    def same(self, layer, x, shape):
        return x, shape

    def only_activation(self, layer, x, shape):
        value = layer.options.get("activation")
        if layer.kind != "Activation":
            value = {"registered_name": None, "class_name": layer.kind, "config": layer.options}
        value = "softmax" if layer.kind == "Softmax" else value
        made = activation(value)
        made = x if made is None else made(x)
        if made.startswith("relu("):
            self.helper("relu")
        return made, shape

    def join(self, layer, x, shapes):
        if len({len(shape) for shape in shapes}) != 1:
            raise Lacks(f"values of the shapes {shapes}")
        if layer.kind == "Concatenate":
            axis, rank = layer.options["axis"], len(shapes[0])
            axis = axis + rank + 1 if axis < 0 else axis
            shape = list(shapes[0])
            shape[axis - 1] = sum(shape[axis - 1] for shape in shapes)
            return f"torch.cat([{', '.join(x)}], {1 if axis == rank else axis + 1})", shape
        shape = [max(sizes) for sizes in zip(*shapes)]
        signs = {"Add": " + ", "Subtract": " - ", "Multiply": " * ", "Average": " + "}
        if layer.kind in signs:
            made = f"({signs[layer.kind].join(x)})"
            return (f"({made} / {len(x)})" if layer.kind == "Average" else made), shape
        made = x[0]
        for other in x[1:]:
            made = f"torch.{layer.kind.lower()}({made}, {other})"
        return made, shape

    def sampling(self, layer, x, shapes):
        part = self.part(layer, f"{self.helper('Sampling')}()", {})
        return f"{part}({', '.join(x)})", shapes[0]


LAYERS = {
    "Conv1D": Writer.conv1d,
    "Conv2D": Writer.conv2d,
    "Conv1DTranspose": Writer.conv_transpose,
    "Conv2DTranspose": Writer.conv_transpose,
    "DepthwiseConv2D": Writer.depthwise,
    "SeparableConv2D": Writer.separable,
    "Dense": Writer.dense,
    "DenseTranspose": Writer.dense_transpose,
    "BatchNormalization": Writer.batch_normalization,
    "LayerNormalization": Writer.layer_normalization,
    "GroupNormalization": Writer.group_normalization,
    "PReLU": Writer.p_re_lu,
    "MaxPooling1D": Writer.max_pooling,
    "MaxPooling2D": Writer.max_pooling,
    "AveragePooling1D": Writer.average_pooling,
    "AveragePooling2D": Writer.average_pooling,
    **dict.fromkeys(keras_to_cpp.GLOBAL_POOLING, Writer.global_pooling),
    "UpSampling1D": Writer.up_sampling,
    "UpSampling2D": Writer.up_sampling,
    "ZeroPadding1D": Writer.zero_padding,
    "ZeroPadding2D": Writer.zero_padding,
    "Cropping1D": Writer.cropping,
    "Cropping2D": Writer.cropping,
    "Flatten": Writer.flatten,
    "Reshape": Writer.reshape,
    "Permute": Writer.permute,
    "Dropout": Writer.dropout,
    "SpatialDropout1D": Writer.dropout,
    "SpatialDropout2D": Writer.dropout,
    "GaussianNoise": Writer.gaussian_noise,
    "ActivityRegularization": Writer.same,
    "Rescaling": Writer.rescaling,
    "Sampling": Writer.sampling,
    **dict.fromkeys(("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax"), Writer.only_activation),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"), Writer.join),
}


# ------------------------------------------------------------- the whole


def calls_of(file):
    """The calls of all layers, in an order in which they can be made: (layer, number of the call, what it reads)."""
    waiting = [(layer, call, reads) for layer in file.layers for call, reads in enumerate(layer.reads)]
    done, ordered = {value for value in file.inputs}, []
    while waiting:
        ready = [entry for entry in waiting if all(value in done for value in entry[2])]
        if not ready:
            raise Problem(f"{file.path}: its layers read each other in a circle")
        ordered.append(ready[0])
        done.add((ready[0][0].name, ready[0][1]))
        waiting.remove(ready[0])
    return ordered


def code_of(file):
    """The code, and the state by PyTorch's names."""
    writer, calls = Writer(file), calls_of(file)
    readers = [value for _, _, reads in calls for value in reads] + file.outputs
    variables = {value: writer.name(value[0]) for value in file.inputs}
    shapes = {(name, 0): layer.options["batch_shape"][1:] for name, layer in file.by_name().items() if not layer.reads}
    lines = []
    for number, (layer, call, reads) in enumerate(calls):
        value = (layer.name, call)
        try:
            if layer.kind not in LAYERS:
                raise Lacks("there is no such layer in pytorch_module.py")
            x, of = [variables[read] for read in reads], [shapes[read] for read in reads]
            several = LAYERS[layer.kind] in (Writer.join, Writer.sampling)
            made, shape = LAYERS[layer.kind](writer, layer, x if several else x[0], of if several else of[0])
            if layer.kind != "Activation" and "activation" in layer.options:
                fused = activation(layer.options["activation"])
                made = fused(made) if fused else made
                if made.startswith("relu("):
                    writer.helper("relu")
            # What only the next line reads is x.
            following = calls[number + 1][2] if number + 1 < len(calls) else []
            passes = readers.count(value) == 1 and (value in following or value == file.outputs[-1] and not following)
            variables[value] = "x" if passes else writer.name(layer.name, f"_{call}" if call else "")
        except Lacks as problem:
            raise Problem(f"{file.path}: layer {number + 1}, {layer.name} ({layer.kind}): PyTorch: {problem}") from None
        shapes[value] = shape
        if made != variables[value]:
            lines.append(f"{variables[value]} = {made}")
    inputs = ", ".join(variables[value] for value in file.inputs)
    outputs = ", ".join(variables[value] for value in file.outputs)
    return (
        TEMPLATE.format(
            name=file.name,
            helpers="".join(f"\n\n{HELPERS[name]}" for name in HELPERS if name in writer.helpers),
            parts="".join(f"\n        self.{name} = {made}" for name, made in writer.parts.items()),
            inputs=inputs,
            lines="".join(f"        {line}\n" for line in lines),
            outputs=outputs,
            shapes="; ".join(f"{variables[v]} (samples, {dimensions(shapes[v])})" for v in file.inputs),
        ),
        writer.state,
    )


def dimensions(shape):
    return ", ".join(map(str, [*shape[-1:], *shape[:-1]]))


TEMPLATE = '''"""The model "{name}" in PyTorch, written by latent_model.py:

    model = Model()
    model.load_state_dict(torch.load("STATE.pt"))
    model.eval()

Inputs: {shapes}.
"""

import torch
import torch.nn.functional as F  # noqa: F401
from torch import nn
{helpers}

class Model(nn.Module):
    def __init__(self):
        super().__init__(){parts}

    def forward(self, {inputs}):
{lines}        return {outputs}
'''


def make(file):
    """The module with its weights, ready for inference, and its code."""
    code, state = code_of(file)
    names = {}
    exec(compile(code, "<module>", "exec"), names)  # noqa: S102: made above
    module = names["Model"]().eval()
    module = module.double() if file.dtype == np.float64 else module
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in state.items()}
    for name, tensor in module.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensors[name] = tensor
    latent_weights.check_fits(
        file.path,
        {name: tuple(tensor.shape) for name, tensor in tensors.items()},
        {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()},
    )
    module.load_state_dict(tensors)
    used = sum(array.size for array in file.weights.values())
    held = sum(array.size for array in state.values())
    if held < used:
        raise Problem(f"{file.path}: {used - held} of its numbers belong to no layer of it")
    return module, code

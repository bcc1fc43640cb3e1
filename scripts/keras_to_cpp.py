"""Keras's configurations as C++ text: Conv2D with filters=3 ... is Conv2D<3, Size{3, 3}, Valid, ...>.

The one place that knows how Keras's words become latent's: keras_weights.py asks it whether latent has what a model wants,
make_cases.py writes the project's own tests with it, verify.py those for anybody's references. To add a layer, an activation or an option is to add a line to a table below.
What the C++ headers do not have, yet or at all, is Unsupported, with the option that asks for it; that is looked up in
the headers themselves, so a line may be there before its class is.
"""

import functools
import math
import pathlib
import re
import struct

INCLUDE = pathlib.Path(__file__).resolve().parent.parent / "include" / "latent"


class Unsupported(Exception):
    """What of a configuration latent does not have."""


# ------------------------------------------------------------- what the headers have


@functools.cache
def headers():
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(INCLUDE.rglob("*.hpp")))


@functools.cache
def has(name):
    """Whether a class or struct of this name is there."""
    return re.search(rf"^\s*(struct|class|using) {name}\b(?! *;)", headers(), re.MULTILINE) is not None


@functools.cache
def fields(name):
    """The data members of an options struct, such as Adam, and their types, in their order: what designated initialisers may name."""
    body = re.search(rf"^struct {name}\b[^;{{]*\{{\n(.*?)^\}};", headers(), re.MULTILINE | re.DOTALL)
    if not body:
        alias = re.search(rf"^using {name} = (\w+)<", headers(), re.MULTILINE)
        return fields(alias[1]) if alias else {}
    members = re.findall(
        r"^  (LearningRate|double|bool|int|Index|AUC\w+|ClassAverage|R2Aggregation|std::optional<\w+>|std::vector<\w+>) "
        r"([a-z]\w*\b[^()]*?);",
        body[1],
        re.MULTILINE,
    )
    return {
        re.match(r"\w+", member.strip())[0]: kind for kind, line in members for member in re.split(r",(?![^{]*\})", line)
    }


def need(name, because):
    if not has(name):
        raise Unsupported(f"{because}: latent has no {name}")
    return name


# ------------------------------------------------------------- a configuration, and C++ text


class Config:
    """A configuration that knows what of it was asked for: what is left over was not understood."""

    def __init__(self, values):
        self.values, self.left = values, set(values)

    def get(self, key, default=None):
        self.left.discard(key)
        return self.values.get(key, default)

    def __contains__(self, key):
        return key in self.values

    def __getitem__(self, key):
        if key not in self.values:
            raise Unsupported(f"{key} is not given")
        return self.get(key)

    def finish(self):
        """Whatever is left must have no effect."""
        for key in sorted(self.left):
            if not without_effect(key, self.values[key]):
                raise Unsupported(f"{key}={self.values[key]!r}")


# Keys that nobody asks for, and the values that they may have: Keras's defaults, mostly.
WITHOUT_EFFECT = {
    "data_format": ["channels_last", None],
    "groups": [1],
    "reduction": ["sum_over_batch_size"],
    "loss_scale_factor": [None],
    "gradient_accumulation_steps": [None],
    "axis": [-1, [-1]],
    "ignore_class": [None],
    "dtype": [None, "float32", "float64"],
    "kernel_constraint": [None],
    "depthwise_constraint": [None],
    "pointwise_constraint": [None],
    "alpha_constraint": [None],
    "gamma_regularizer": [None],
    "beta_regularizer": [None],
    "gamma_constraint": [None],
    "beta_constraint": [None],
    "bias_constraint": [None],
    "quantization_config": [None],
    "synchronized": [False],
    "renorm": [False],
    "renorm_clipping": [None],
    "renorm_momentum": [0.99],
    "rms_scaling": [False],
    "noise_shape": [None],
    "sparse": [False],
    "ragged": [False],
    "optional": [False],
    "negative_slope": [0],
    "threshold": [0],
    "use_ema": [False],
    "ema_momentum": [0.99, None],
    "from_logits": [False],
    "label_smoothing": [0],
    "multi_label": [False],
    "num_regressors": [0],
    "staircase": [False],
    "amsgrad": [False],
    "weight_decay": [None, 0],
    "clipnorm": [None],
    "clipvalue": [None],
    "global_clipnorm": [None],
}


def without_effect(key, value):
    """Whether that option of that value changes nothing. (1 is no True.)"""
    return any(
        value == known and isinstance(value, bool) == isinstance(known, bool) for known in WITHOUT_EFFECT.get(key, ())
    )


def template(name, *arguments):
    """Conv2D<3, Same>; arguments that are empty are left out."""
    given = [str(argument) for argument in arguments if argument not in (None, "")]
    return f"{need(name, f'layer {name}')}<{', '.join(given)}>"


def pair(value):
    return list(value) if isinstance(value, (list, tuple)) else [value, value]


def size(value):
    """Size{3, 5}; 3 for a square."""
    height, width = pair(value)
    return str(height) if height == width else f"Size{{{height}, {width}}}"


def tag(name, value, default=None):
    """Strides<2, 1>, Strides<2>; nothing for the default."""
    if value is None or (default is not None and pair(value) == pair(default)):
        return None
    rows, columns = pair(value)
    return f"{name}<{rows}>" if rows == columns else f"{name}<{rows}, {columns}>"


def flag(name, is_there, because):
    """NoBias, if it is there."""
    return need(name, because) if is_there else None


def number(value):
    """As C++ reads it; a bool, a list and a schedule, too."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "{" + ", ".join(map(number, value)) + "}"
    if isinstance(value, dict):
        return schedule(value)
    return repr(value)


def rounded(value):
    """A number that Keras rounds to float32, in a float64 model too."""
    return f"{float(value)}f"


def padding(config, kinds=("same", "valid")):
    value = config.get("padding", "valid")
    if value not in kinds:
        raise Unsupported(f"padding={value!r}")
    return None if value == "valid" else value.capitalize()


def bias(config):
    return flag("NoBias", not config.get("use_bias", True), "use_bias=False")


def margin(value):
    """((top, bottom), (left, right)), or (rows, columns), or one number for all."""
    (top, bottom), (left, right) = (pair(side) for side in pair(value))
    if top == bottom == left == right:
        return top
    if top == bottom and left == right:
        return size([top, left])
    return f"Border{{{top}, {bottom}, {left}, {right}}}"


# ------------------------------------------------------------- activations


ACTIVATIONS = {  # Keras's name: C++ from the options
    "linear": lambda c: "Linear",
    "relu": lambda c: {None: "ReLU", 6: "ReLU6"}.get(c.get("max_value")),
    "relu6": lambda c: "ReLU6",
    "sigmoid": lambda c: "Sigmoid",
    "tanh": lambda c: "Tanh",
    "softmax": lambda c: "Softmax",
    # What follows is reported as unsupported as long as the headers have no such struct.
    "leaky_relu": lambda c: f"LeakyReLU<{rounded(c.get('negative_slope', 0.2))}>",
    "elu": lambda c: f"ELU<{float(c['alpha']) if 'alpha' in c else ''}>",
    "selu": lambda c: "SELU",
    "gelu": lambda c: "ApproximateGELU" if c.get("approximate", False) else "GELU",
    "silu": lambda c: "SiLU",
    "swish": lambda c: "SiLU",
    "softplus": lambda c: "Softplus",
    "softsign": lambda c: "Softsign",
    "exponential": lambda c: "Exponential",
    "hard_sigmoid": lambda c: "HardSigmoid",
    "hard_silu": lambda c: "HardSiLU",
    "hard_swish": lambda c: "HardSiLU",
    "hard_tanh": lambda c: "HardTanh",
    "log_sigmoid": lambda c: "LogSigmoid",
    "mish": lambda c: "Mish",
}


def activation_tag(name, config):
    """The tag of an activation; `config` has its options."""
    made = ACTIVATIONS[name](config) if isinstance(name, str) and name in ACTIVATIONS else None
    if made is None:
        given = {key: value for key, value in config.values.items() if key != "activation"}
        raise Unsupported(f"activation {name!r}" + (f" with {given}" if given else ""))
    need(made.split("<")[0], f"activation {name!r}")
    return made


def activation(config):
    """As an option of a layer: nothing for the linear one."""
    name = config.get("activation", "linear")
    if isinstance(name, (list, tuple)):  # a layer or a function: [class, options]
        return activation_object(*name)
    return None if name in (None, "linear") else activation_tag(name, Config({}))


def activation_object(kind, options):
    """Conv2D(..., activation=keras.layers.LeakyReLU(0.1))."""
    if (kind, options) == ("function", "approximate_gelu"):  # of latent_keras.py
        return "ApproximateGELU"
    if kind == "Activation":
        return activation(Config({"activation": options["activation"]}))
    if kind not in ("LeakyReLU", "ELU", "ReLU", "Softmax"):
        raise Unsupported(f"activation={[kind, options]}")
    options = {key: value for key, value in options.items() if key not in ("name", "trainable", "dtype")}
    try:
        return layer({"layer": kind, **options})
    except Unsupported as problem:
        raise Unsupported(f"activation={[kind, options]}: {problem}") from None


# ------------------------------------------------------------- layers


def also_layer(name, options):
    """An activation that Keras has as a layer, too: ReLU where latent has it, else Activation<ReLU>."""
    made = activation_tag(name, options)
    return made if has("AlsoLayer") else f"Activation<{made}>"


def relu(c):
    """The layer. Keras rounds the slope to float32 where it is alone, and the largest value."""
    most, slope, threshold = c.get("max_value"), c.get("negative_slope") or 0, c.get("threshold") or 0
    alone = most is None and not threshold
    given = [
        most is not None and f"MaxValue<{rounded(most)}>",
        slope and f"NegativeSlope<{rounded(slope) if alone else float(slope)}>",
        threshold and f"Threshold<{float(threshold)}>",
    ]
    return f"ReLUWith<{', '.join(filter(None, given))}>" if any(given) else "ReLU"


def regularizers(config):
    made = []
    for what in ("kernel", "depthwise", "pointwise", "alpha", "bias", "activity"):
        value = config.get(f"{what}_regularizer")
        if value is not None:
            name, factors = value
            because = f"{what}_regularizer={value}"
            made.append(
                f"{need(what.capitalize() + 'Regularizer', because)}<{need(name, because)}<"
                f"{', '.join(map(rounded, factors.values()))}>>"
            )
    return made


def windows(config, *more):
    """What all convolutions have after their sizes."""
    return [
        padding(config),
        tag("Strides", config.get("strides", 1), 1),
        *more,
        activation(config),
        bias(config),
        *regularizers(config),
    ]


def convolution(config, *more):
    return [config["filters"], size(config["kernel_size"]), *windows(config, *more)]


def groups(config):
    value = config.get("groups", 1)
    return None if value == 1 else f"{need('Groups', f'groups={value}')}<{value}>"


def not_strided_and_dilated(config):
    strides, dilation = (pair(config.get(key, 1)) for key in ("strides", "dilation_rate"))
    if max(strides) > 1 and max(dilation) > 1:
        raise Unsupported(f"strides={strides} and dilation_rate={dilation}")


def conv2d(config):
    not_strided_and_dilated(config)
    return template("Conv2D", *convolution(config, tag("Dilation", config.get("dilation_rate", 1), 1), groups(config)))


def depthwise(name, sizes, config):
    not_strided_and_dilated(config)
    return template(
        name,
        *sizes,
        size(config["kernel_size"]),
        *windows(
            config,
            tag("Dilation", config.get("dilation_rate", 1), 1),
            unless(config.get("depth_multiplier", 1), 1, f"DepthMultiplier<{config.get('depth_multiplier', 1)}>"),
        ),
    )


def single(value):
    """The one number of an option of a layer for sequences, which Keras writes down as a list of it."""
    return value[0] if isinstance(value, (list, tuple)) else value


def conv1d(config):
    return template(
        "Conv1D",
        config["filters"],
        single(config["kernel_size"]),
        padding(config, ("same", "valid", "causal")),
        tag("Strides", single(config.get("strides", 1)), 1),
        tag("Dilation", single(config.get("dilation_rate", 1)), 1),
        groups(config),
        activation(config),
        bias(config),
        *regularizers(config),
    )


def pooling1d(name):
    def made(config):
        pool_size = single(config.get("pool_size", 2))
        return template(name, pool_size, padding(config), tag("Strides", single(config.get("strides")), pool_size))

    return made


def not_dilated(config):
    if set(pair(config.get("dilation_rate", 1))) != {1}:
        raise Unsupported(f"dilation_rate={config['dilation_rate']}")


def conv1d_transpose(config):
    not_dilated(config)
    return template(
        "Conv1DTranspose",
        config["filters"],
        single(config["kernel_size"]),
        padding(config),
        tag("Strides", single(config.get("strides", 1)), 1),
        tag("OutputPadding", single(config.get("output_padding"))),
        activation(config),
        bias(config),
        *regularizers(config),
    )


def conv2d_transpose(config):
    not_dilated(config)
    return template("Conv2DTranspose", *convolution(config, tag("OutputPadding", config.get("output_padding"))))


def keep_dims(name):
    return lambda config: template(name, flag("KeepDims", config.get("keepdims", False), "keepdims=True"))


def rescaling(config):
    """Two numbers, which Keras rounds to float32; it takes one for each channel, too."""
    scale, offset = config["scale"], config.get("offset", 0)
    for key, value in (("scale", scale), ("offset", offset)):
        if not isinstance(value, (int, float)):
            raise Unsupported(f"{key}={value!r}")
    if rounded(scale) == "0.0f":
        raise Unsupported(f"scale={scale}")
    return template("Rescaling", rounded(scale), rounded(offset) if offset else None)


def both_sides(name, key):
    """ZeroPadding1D<2>, Cropping1D<1, 2>"""

    def made(config):
        before, after = pair(config.get(key, 1))
        return template(name, before, unless(after, before, str(after)))

    return made


def pooling(name):
    return lambda config: template(
        name, size(config["pool_size"]), padding(config), tag("Strides", config.get("strides"), config["pool_size"])
    )


def interpolation(config):
    value = config.get("interpolation", "nearest")
    if value not in ("nearest", "bilinear"):
        raise Unsupported(f"interpolation={value!r}")
    return flag("Bilinear", value == "bilinear", f"interpolation={value!r}")


def axes(config):
    value = config.get("axis", -1)
    value = value if isinstance(value, list) else [value]
    return None if value == [-1] else f"{need('Axes', f'axis={value}')}<{', '.join(map(str, value))}>"


def unless(value, default, made):
    return None if value == default else made


def normalization(config):
    epsilon = config.get("epsilon", 1e-3)
    if epsilon <= 0:
        raise Unsupported(f"epsilon={epsilon}")
    return [
        unless(epsilon, 1e-3, f"Epsilon<{epsilon}>"),
        flag("NoCenter", not config.get("center", True), "center=False"),
        flag("NoScale", not config.get("scale", True), "scale=False"),
    ]


def p_re_lu(config):
    shared = config.get("shared_axes")
    if shared and any(not isinstance(axis, int) or axis < 1 for axis in shared):
        raise Unsupported(f"shared_axes={shared!r}: count the axes from 1")
    axes = f"SharedAxes<{', '.join(map(str, shared))}>" if shared else None
    return template("PReLU", axes, *regularizers(config))


def reshape(config):
    shape = config["target_shape"]
    if not 1 <= len(shape) <= 3:
        raise Unsupported(f"target_shape={tuple(shape)}: latent's shapes have 1 to 3 axes")
    if min(shape) < 1:
        raise Unsupported(f"target_shape={tuple(shape)}: of a layer alone, every size has to be given")
    return template("Reshape", *shape)


def batch_normalization(config):
    momentum = config.get("momentum", 0.99)
    return template("BatchNormalization", unless(momentum, 0.99, f"Momentum<{float(momentum)}>"), *normalization(config))


GLOBAL_POOLING = [f"Global{kind}Pooling{axes}D" for kind in ("Average", "Max") for axes in (1, 2)]
LAYERS = {  # Keras's class: C++ from its configuration
    "Conv2D": conv2d,
    "Conv2DTranspose": conv2d_transpose,
    "Dense": lambda c: template("Dense", c["units"], activation(c), bias(c), *regularizers(c)),
    "DenseTranspose": lambda c: template("DenseTranspose", f'"{c["dense"]}"', activation(c), bias(c), *regularizers(c)),
    "MaxPooling2D": pooling("MaxPooling2D"),
    "UpSampling2D": lambda c: template("UpSampling2D", size(c["size"]), interpolation(c)),
    "Flatten": lambda c: "Flatten",
    "Reshape": reshape,
    "Activation": lambda c: template("Activation", activation(c) or "Linear"),
    "Identity": lambda c: "Activation<Linear>",
    "ReLU": relu,
    "Softmax": lambda c: also_layer("softmax", c),
    # What follows is reported as unsupported as long as the headers have no such class.
    "AveragePooling2D": pooling("AveragePooling2D"),
    **{name: keep_dims(name) for name in GLOBAL_POOLING},
    "ZeroPadding2D": lambda c: template("ZeroPadding2D", margin(c["padding"])),
    "Cropping2D": lambda c: template("Cropping2D", margin(c["cropping"])),
    "LayerNormalization": lambda c: template("LayerNormalization", axes(c), *normalization(c)),
    "BatchNormalization": batch_normalization,
    "ActivityRegularization": lambda c: template(
        "ActivityRegularization", rounded(c.get("l1", 0)), rounded(c.get("l2", 0))
    ),
    "Dropout": lambda c: template("Dropout", float(c["rate"])),
    "SpatialDropout2D": lambda c: template("SpatialDropout2D", float(c["rate"])),
    "GaussianNoise": lambda c: template("GaussianNoise", float(c["stddev"])),
    "LeakyReLU": lambda c: template("LeakyReLU", rounded(c.get("negative_slope", 0.3))),
    "ELU": ACTIVATIONS["elu"],
    "DepthwiseConv2D": lambda c: depthwise("DepthwiseConv2D", [], c),
    "SeparableConv2D": lambda c: depthwise("SeparableConv2D", [c["filters"]], c),
    "GroupNormalization": lambda c: template("GroupNormalization", c.get("groups", 32), *normalization(c)),
    "PReLU": p_re_lu,
    "Permute": lambda c: template("Permute", *c["dims"]),
    "Conv1D": conv1d,
    "Conv1DTranspose": conv1d_transpose,
    "MaxPooling1D": pooling1d("MaxPooling1D"),
    "AveragePooling1D": pooling1d("AveragePooling1D"),
    "ZeroPadding1D": both_sides("ZeroPadding1D", "padding"),
    "Cropping1D": both_sides("Cropping1D", "cropping"),
    "SpatialDropout1D": lambda c: template("SpatialDropout1D", float(c["rate"])),
    "Rescaling": rescaling,
    "UpSampling1D": lambda c: template("UpSampling1D", c.get("size", 2)),
}


def layer(config):
    """The C++ type of a layer: {"layer": "Conv2D", "filters": 3, ...}, or {"activation": "relu", ...}."""
    config = Config(config)
    kind = config.get("layer")
    if kind is None:
        made = template("Activation", activation_tag(config["activation"], config))
    elif not isinstance(kind, str):
        raise Unsupported(f"a layer around another one, {kind}")
    elif kind in LAYERS:
        made = LAYERS[kind](config)
    else:
        raise Unsupported(f"layer {kind}")
    config.finish()
    return made


def rounded_by_keras(config, shape=(1, 1, 1, 1)):
    """Where Keras rounds a constant to float32 in a float64 model, too, and it cannot be given to latent: how far off its
    numbers may be for it, of the largest, or of 1 (gradients: of the norm of dy) where it is a constant; else 0. `shape` is
    that of the layer's input."""
    if config.get("interpolation") == "bilinear":
        # All of it is in float32: 4e-7 for that. And unless the factor is a power of two, so are the places between the
        # pixels of a row or column: off by 2^-23 of its length at most, which moves a number by that much of the difference
        # of two neighbours, at most twice the largest number.
        factors = zip(pair(config["size"]), shape[1:3])
        return float(f"{4e-7 + sum(2 * length * 2**-23 for factor, length in factors if factor & (factor - 1)):.2g}")
    if config.get("activation") == "gelu":
        # Of x Phi(x), sqrt(2) is off by 1.7e-8 of itself. That changes y by 1.7e-8 x^2 phi(x), 5.1e-9 at most, and dx by
        # 1.7e-8 |2 x - x^3| phi(x) |dy|, 5.7e-9 |dy| at most. The approximate one's 0.044715 is off by 3.5e-8 of itself,
        # y and dx by 1e-9. Twice as much, for |dy| may be larger than 1.
        return 2e-9 if config.get("approximate") else 1.2e-8
    return 0


def rounded_steps(config, steps):
    """Nadam: by how much of itself each of the first steps may be off. Keras rounds the 0.96 of c(t) to float32, not that
    of the product C(t), which changes the factors c(t + 1) / (1 - C(t + 1)) of the momentum and (1 - c(t)) / (1 - C(t))
    of the gradient: in ten steps by 1.7e-7, ever after by 4.2e-7 at most."""
    if config["optimizer"] != "Nadam":
        return 0
    beta, product, worst = config.get("beta_1", 0.9), 1, 0
    exact, in_float = ([beta * (1 - 0.5 * decay**t) for t in range(steps + 2)] for decay in (0.96, to_float(0.96)))
    for t in range(1, steps + 1):
        product *= exact[t]
        (a, b), (right_a, right_b) = (
            (c[t + 1] / (1 - product * c[t + 1]), (1 - c[t]) / (1 - product)) for c in (in_float, exact)
        )
        worst = max(worst, abs(a / right_a - 1), abs(b / right_b - 1))
    return float(f"{worst:.2g}")


def to_float(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def input_layer(shape):
    if not 1 <= len(shape) <= 3 or None in shape:
        raise Unsupported(
            f"inputs of the shape {tuple(shape)}: latent's have 1 to 3 axes besides that of the batch, of a known size"
        )
    return f"Input<{', '.join(map(str, shape))}>"


# ------------------------------------------------------------- losses, optimisers, schedules: structs of options


def options(what, name, config):
    """Adam{.learning_rate = 0.001, .beta_1 = 0.9}: all that the struct has; what it has not must be without effect."""
    need(name, f"{what} {name}")
    given = []
    for field, kind in fields(name).items():
        if field in config.values:
            value = config[field]
            if isinstance(value, str):  # of an enum
                given.append(f".{field} = {kind}::{value}")
            elif value is not None:
                given.append(f".{field} = {number(value)}")
            elif field in ("weight_decay", "clipnorm", "clipvalue", "global_clipnorm"):  # 0 for what is turned off
                given.append(f".{field} = 0")
    config.finish()
    return f"{name}{{{', '.join(given)}}}"


LOSSES = {  # what a model's description calls them
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "mean_squared_logarithmic_error": "MeanSquaredLogarithmicError",
    "mean_absolute_percentage_error": "MeanAbsolutePercentageError",
    "kl_divergence": "KLDivergence",
    "poisson": "Poisson",
    "huber_loss": "Huber",
    "cosine_similarity": "CosineSimilarity",
}


def loss(config):
    """{"loss": "Huber", "delta": 0.5, ...}, or {"name": "huber_loss", ...} as in a model's description."""
    config = Config(config)
    name = config.get("loss") or config["name"]
    return options("loss", LOSSES.get(name, name), config)


def optimizer(config):
    """{"optimizer": "Adam", "learning_rate": 0.001, ...}"""
    config = Config(config)
    return options("optimizer", config["optimizer"], config)


def schedule(config):
    """{"schedule": "ExponentialDecay", "initial_learning_rate": 0.1, ...}"""
    config = Config({key: value for key, value in config.items() if key != "name"})
    if "boundaries" in config:  # between two steps is as good as on the one before
        config.values["boundaries"] = [math.floor(step) for step in config.values["boundaries"]]
    return options("schedule", config["schedule"], config)

"""A Keras model as a flat graph: which layer reads what, nested models in their place, and what its layers are asked for."""

import collections
import json

import keras
import numpy as np
from keras_to_cpp import without_effect

# A call of a layer: it reads `inputs`, each a Value: the tensor that one call of a layer gave.
Call = collections.namedtuple("Call", "layer inputs")
Value = collections.namedtuple("Value", "layer call tensor")


def is_model(layer):
    return isinstance(layer, keras.Model)


def is_input(layer):
    return isinstance(layer, keras.layers.InputLayer)


def inputs_of(model):
    """As they were given to keras.Model: one, a list or a dict."""
    return model.inputs[0] if isinstance(model, keras.Sequential) else model.input


def outputs_of(model):
    return model.outputs[0] if isinstance(model, keras.Sequential) else model.output


def is_tied(layer):
    """A. Géron's DenseTranspose, which has the Dense whose kernel it uses as an attribute `dense`."""
    return type(layer).__name__ == "DenseTranspose" and isinstance(getattr(layer, "dense", None), keras.layers.Layer)


def joins(operation):
    """Whether an operation of Keras's, in all its calls, does what the layer of its name does with several values."""
    ranks = [[len(tensor.shape) for tensor in node.input_tensors] for node in operation._inbound_nodes]
    known = ("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Concatenate")
    return type(operation).__name__ in known and all(len(of) > 1 and len(set(of)) == 1 for of in ranks)


def layers_of(model):
    """Those of nested models in their place, without the nested models' inputs; a layer that is used twice, once."""
    found = {}
    for layer in model.layers if isinstance(model, keras.Sequential) else getattr(model, "operations", model.layers):
        if is_model(layer):
            found.update({id(inner): inner for inner in layers_of(layer) if not is_input(inner)})
        else:
            found.setdefault(id(layer), layer)
    return list(found.values())


def own_variables(layer):
    """Without those of the Dense to which a DenseTranspose is tied."""
    borrowed = {id(v) for v in layer.dense.variables} if is_tied(layer) else ()
    return [v for v in getattr(layer, "variables", []) if id(v) not in borrowed]


def own_name(layer, variable):
    """The bias of a DenseTranspose may be called otherwise in its class."""
    return "bias" if is_tied(layer) else variable.name


def nodes_of(model):
    """Keras's nodes, the calls in a model, in an order in which they can be made: what a layer reads comes before it,
    and so does the Dense to which it is tied, and the calls of one layer are in their order."""
    index = {}

    def find(node):  # those that lead to an output
        if node not in index:
            index[node] = node.operation._inbound_nodes.index(node)
            for tensor in () if node.is_input else node.input_tensors:
                find(node_of(tensor))

    for output in model.outputs:
        find(node_of(output))
    started, ordered = set(), []

    def visit(node):
        if node in started:
            return
        started.add(node)
        before = node.operation._inbound_nodes[: index[node]]
        if is_tied(node.operation):  # its Dense has to have a kernel
            before = [*node.operation.dense._inbound_nodes[:1], *before]
        for earlier in before:
            if earlier in index:
                visit(earlier)
        for tensor in () if node.is_input else node.input_tensors:
            visit(node_of(tensor))
        ordered.append(node)

    for output in model.outputs:
        visit(node_of(output))
    return ordered


def node_of(tensor):
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def flat(model):
    """The calls of all layers, in an order in which they can be made, and the values that the model gives."""
    calls, count = [], collections.Counter()

    def give(layer, inputs, tensors):
        calls.append(Call(layer, inputs))
        count[id(layer)] += 1
        return [Value(layer, count[id(layer)] - 1, i) for i in range(tensors)]

    def run(part, inputs):
        """`inputs`: the values that its Inputs stand for; of the whole none."""
        values = {id(tensor): value for tensor, value in zip(part.inputs, inputs)}
        for node in nodes_of(part):
            if node.is_input and inputs:
                continue
            given = [] if node.is_input else [values[id(tensor)] for tensor in node.input_tensors]
            made = (
                run(node.operation, given)
                if is_model(node.operation)
                else give(node.operation, given, len(node.outputs))
            )
            values.update({id(tensor): value for tensor, value in zip(node.outputs, made)})
        return [values[id(tensor)] for tensor in part.outputs]

    outputs = run(model, [])
    return calls, outputs


def is_chain(model):
    """Whether each layer reads what the one before it in layers_of(model) gives, and the model what the last gives."""
    calls, outputs = flat(model)
    layers = layers_of(model)
    if isinstance(model, keras.Sequential):  # whose Input is not among its layers
        calls = calls[1:]
    return (
        [id(call.layer) for call in calls] == [id(layer) for layer in layers]
        and all(len(call.inputs) == 1 for call in calls[1:])
        and all(id(call.inputs[0].layer) == id(before) for call, before in zip(calls[1:], layers))
        and [id(value.layer) for value in outputs] == [id(layers[-1])]
    )


class Graph:
    """What the description of a model says about it."""

    def __init__(self, model):
        self.model, self.layers = model, layers_of(model)
        for layer in filter(is_tied, self.layers):
            if not any(layer.dense is other for other in self.layers):
                raise ValueError(f"{layer.name}: {layer.dense.name}, to which it is tied, is not in the model")
        self.calls, self._outputs = flat(model)
        self.inputs = [node_of(tensor).operation for tensor in model.inputs]
        self.input_names = _names(inputs_of(model), model.inputs, [layer.name for layer in self.inputs])
        names = [v.layer.name if v.call == 0 else f"{v.layer.name}_call_{v.call}" for v in self._outputs]
        self.output_names = _names(outputs_of(model), model.outputs, names)

    def outputs(self):
        return [_description_of(value) for value in self._outputs]

    def is_plain(self):
        """A chain of which nothing more is to be said than what its layers are."""
        return (
            is_chain(self.model)
            and not any(map(is_tied, self.layers))
            and all(layer.trainable for layer in self.layers if own_variables(layer))
        )

    def all_layers(self):
        """With the Input that Keras's Sequential leaves out."""
        return [*(layer for layer in self.inputs if layer not in self.layers), *self.layers]

    def inbound(self, layer):
        """For each call of the layer, what it reads."""
        return [[_description_of(value) for value in call.inputs] for call in self.calls if call.layer is layer]

    def variables(self):
        """Those that are trained, and the others (moving means, what is frozen), by layer and name."""
        trained, others = {}, {}
        for layer in self.layers:
            frozen = {id(v) for v in getattr(layer, "non_trainable_variables", [])}
            for v in own_variables(layer):
                if id(v) not in frozen:
                    trained[f"{layer.name}/{own_name(layer, v)}"] = v
                elif v.dtype == "float64":
                    others[f"{layer.name}/{own_name(layer, v)}"] = v
        return trained, others


def _description_of(value):
    return [value.layer.name, value.call, value.tensor]


def _names(structure, tensors, names):
    """What each input or output may be called: its own name, that of the layer (or nested model) that gives it, the key
    that it has in a dict."""
    keys = [path[0] for path, _ in keras.tree.flatten_with_path(structure)] if isinstance(structure, dict) else names
    others = list(zip((node_of(tensor).operation.name for tensor in tensors), keys, strict=True))
    taken = collections.Counter(name for own in zip(names, others) for name in {own[0], *own[1]})
    return [[name, *(other for other in own if taken[other] == 1)] for name, own in zip(names, others, strict=True)]


# ------------------------------------------------------------- what layers are asked for

# What of a layer's configuration decides about what it computes.
KEYS = (
    "filters",
    "units",
    "kernel_size",
    "pool_size",
    "strides",
    "size",
    "padding",
    "dilation_rate",
    "output_padding",
    "groups",
    "depth_multiplier",
    "data_format",
    "interpolation",
    "cropping",
    "target_shape",
    "dims",
    "activation",
    "negative_slope",
    "max_value",
    "threshold",
    "alpha",
    "shared_axes",
    "use_bias",
    "activity_regularizer",
    "kernel_regularizer",
    "bias_regularizer",
    "depthwise_regularizer",
    "pointwise_regularizer",
    "alpha_regularizer",
    "gamma_regularizer",
    "beta_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "depthwise_constraint",
    "pointwise_constraint",
    "alpha_constraint",
    "axis",
    "momentum",
    "epsilon",
    "center",
    "scale",
    "keepdims",
    "rate",
    "l1",
    "l2",
)


def resolved(layer):
    """The options of a layer, defaults included. Not those that are without effect and that older references do not have:
    nothing else is left out, so that what latent does not know is complained of."""
    if is_tied(layer):
        activation = keras.activations.serialize(layer.activation)
        return {"dense": layer.dense.name, "activation": activation, "use_bias": bool(own_variables(layer))}
    config = {}
    for key, value in layer.get_config().items():
        if key == "dtype":
            value = keras.dtype_policies.get(value).name
        elif isinstance(value, dict) and "class_name" in value:  # a regularizer, a constraint, an activation of a class
            value = [class_in(value), value["config"]]
        elif key == "axis":
            value = last_as_minus_1(layer, value)
        if key in KEYS or not (is_no_option(key) or without_effect(key, value)):
            config[key] = value
    return config


def class_in(config):
    """L2, or of a class that is not Keras's but registered or given: L2 of my_package."""
    name, module, registered = config["class_name"], config.get("module"), config.get("registered_name") or ""
    if name == "function" or (">" not in registered and (module is None or module.startswith("keras"))):
        return name
    return f"{name} of {module or registered.split('>')[0]}"


def call_options(layer):
    """What its calls in a model ask for beyond their inputs: layer(x, training=True) at inference, too."""
    given = [(key, value) for node in layer._inbound_nodes for key, value in node.arguments.kwargs.items()]
    return [(key, value) for key, value in given if value is not None and (key, value) != ("training", False)]


def is_no_option(key):
    """What says nothing of the numbers that a layer with given weights computes."""
    return key in ("name", "trainable", "seed", "batch_shape") or key.endswith("_initializer")


def last_as_minus_1(layer, axis):
    """Of a layer that works on the axis of the channels: -1, however that is written."""
    if type(layer).__name__ not in ("BatchNormalization", "GroupNormalization", "Softmax"):
        return axis
    ranks = {len(tensor.shape) for node in layer._inbound_nodes for tensor in node.input_tensors}
    if not ranks:  # in a model of a class of one's own
        ranks = {len(shape) for shape in (getattr(layer, "_build_shapes_dict", None) or {}).values()}
    return (
        -1
        if axis in (-1, [-1]) or {axis[0] if isinstance(axis, (list, tuple)) else axis} == {r - 1 for r in ranks}
        else axis
    )


def class_of(layer):
    """Dense, or of a class that is not Keras's: Dense of my_layers. That one may compute anything."""
    name, package = type(layer).__name__, type(layer).__module__
    is_keras = package.split(".")[0] in ("keras", "tf_keras")
    return name if is_keras or name == "Sampling" or is_tied(layer) else f"{name} of {package}"


# Functions of keras.ops and keras.activations, as they are called in a model: activations without options, and layers of the
# same options.
ACTIVATIONS = {
    **{name: name.lower() for name in ("Relu", "Relu6", "Sigmoid", "Tanh", "Selu", "Silu", "Softplus", "Softsign")},
    "Exp": "exponential",
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "HardTanh": "hard_tanh",
    "LogSigmoid": "log_sigmoid",
}
SAME_OPTIONS = {
    "ReLU": ("ReLU", ("max_value", "negative_slope", "threshold")),
    "LeakyRelu": ("LeakyReLU", ("negative_slope",)),
    "Elu": ("ELU", ("alpha",)),
    "Softmax": ("Softmax", ("axis",)),
}
# Of c and x: the scale and the offset of Rescaling that give the same; x first, then c first.
SCALARS = {
    "Add": (lambda c: (1, c), lambda c: (1, c)),
    "Subtract": (lambda c: (1, -c), lambda c: (-1, c)),
    "Multiply": (lambda c: (c, 0), lambda c: (c, 0)),
    "TrueDivide": (lambda c: (1 / c, 0), None),
    "Divide": (lambda c: (1 / c, 0), None),
}


def as_layer(operation):
    """A function as the layer that does the same, or None: relu(x) is Activation("relu"), x / 255 is Rescaling(1 / 255)."""
    kind = type(operation).__name__
    if kind in ACTIVATIONS:
        return "Activation", {"activation": ACTIVATIONS[kind]}
    if kind == "Gelu":
        return "Activation", {"activation": ["function", "approximate_gelu"] if operation.approximate else "gelu"}
    if kind in SAME_OPTIONS:
        layer, options = SAME_OPTIONS[kind]
        config = {key: getattr(operation, key) for key in options}
        return layer, {key: last_as_minus_1(operation, value) if key == "axis" else value for key, value in config.items()}
    if kind == "Negative":
        return "Rescaling", {"scale": -1, "offset": 0}
    calls = [(node.arguments.args, node.arguments.kwargs) for node in operation._inbound_nodes]
    if kind not in SCALARS or len(calls) != 1 or len(calls[0][0]) != 2 or calls[0][1]:
        return None
    numbers = [isinstance(value, (int, float)) for value in calls[0][0]]
    made = SCALARS[kind][numbers[0]] if sum(numbers) == 1 else None
    if made is None or (kind != "Add" and calls[0][0][not numbers[0]] == 0):
        return None
    scale, offset = made(calls[0][0][not numbers[0]])
    return "Rescaling", {"scale": scale, "offset": offset}


def describe(layer, functions=False):
    """A layer, or one of Keras's operations: a + b is as good as Add; others latent does not have. With `functions` those that
    compute what a layer computes, to the rounding of float32, are that layer."""
    made = {"name": layer.name, "class": class_of(layer), "config": {}}
    if not isinstance(layer, keras.layers.Layer):
        if joins(layer):
            made["config"] = {"axis": layer.axis} if hasattr(layer, "axis") else {}
        elif functions and (of := as_layer(layer)):
            made.update(function=made["class"], **{"class": of[0], "config": of[1]})
        else:
            made["class"] = f"keras.ops, {made['class']}"
        return {**made, "output_shape": list(layer.output.shape[1:]), "parameters": 0}
    # In a model of a class of one's own no layer has been called on anything of a known shape.
    shape = layer.batch_shape if is_input(layer) else layer.output.shape if layer._inbound_nodes else ()
    made.update(config=resolved(layer), output_shape=list(shape[1:]), parameters=layer.count_params())
    return made if layer.trainable or not own_variables(layer) else {**made, "trainable": False}


# ------------------------------------------------------------- copies


def exact(values):
    """Float64 numbers that float32 holds exactly, so that code in float starts from the same."""
    return np.asarray(values).astype(np.float32).astype(np.float64)


def in_precision(config, dtype="float64"):
    """A configuration in another precision, whichever it was made in."""
    text = json.dumps(config)
    for other in ("float32", "float64"):
        text = text.replace(f'"{other}"', f'"{dtype}"')
    return json.loads(text)


def copy_of(model, dtype):
    """A model with the same weights and the same frozen layers, in another precision, that is not compiled."""
    if any(map(is_tied, layers_of(model))):
        twin = _copied(model, dtype, {})
    else:
        config = model.get_config()
        twin = type(model).from_config(in_precision(config, dtype))
    pairs = list(zip(layers_of(twin), layers_of(model), strict=True))
    for layer, original in pairs:
        if layer.name != original.name:
            raise ValueError(f"{original.name} became {layer.name} in a copy of the model")
        for variable, of in zip(own_variables(layer), own_variables(original), strict=True):
            variable.assign(exact(of) if of.dtype.startswith("float") else of)
    # A DenseTranspose first: Keras freezes and unfreezes its Dense with it.
    for layer, original in sorted(pairs, key=lambda pair: not is_tied(pair[0])):
        if hasattr(layer, "trainable") and layer.trainable != original.trainable:
            layer.trainable = original.trainable
    return twin


def _copied(layer, dtype, copies):
    """A layer, or a model with all its layers. `copies`: what was copied already, by the id of the original. Keras's
    own way, through configurations, would give a DenseTranspose a Dense of its own."""
    if id(layer) in copies:
        return copies[id(layer)]
    if isinstance(layer, keras.Sequential):
        shape = layer.inputs[0].shape[1:]
        inner = [_copied(part, dtype, copies) for part in layer.layers]
        made = keras.Sequential([keras.Input(shape, dtype=dtype), *inner], name=layer.name)
    elif is_model(layer):
        inputs = [
            keras.Input(tensor.shape[1:], dtype=dtype, name=node_of(tensor).operation.name) for tensor in layer.inputs
        ]
        values = dict(zip(map(id, layer.inputs), inputs))
        for node in nodes_of(layer):
            if not node.is_input:
                arguments, options = node.arguments.fill_in(values)
                given = _copied(node.operation, dtype, copies)(*arguments, **options)
                values.update(zip(map(id, node.outputs), keras.tree.flatten(given)))
        pack = keras.tree.pack_sequence_as
        outputs = [values[id(tensor)] for tensor in layer.outputs]
        made = keras.Model(pack(layer.input, inputs), pack(layer.output, outputs), name=layer.name)
    elif is_tied(layer):
        try:
            dense = _copied(layer.dense, dtype, copies)
            made = type(layer)(dense, activation=layer.activation, name=layer.name, dtype=dtype)
        except TypeError as error:
            raise ValueError(
                f"{layer.name}: DenseTranspose is expected to be made with (dense, activation=None, **kwargs): {error}"
            ) from None
    else:
        config = layer.get_config()
        made = type(layer).from_config(in_precision(config, dtype))
    copies[id(layer)] = made
    return made

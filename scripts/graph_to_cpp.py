"""The description of a Keras model (models/<name>.json) as C++ text: the layers in one list, and who reads what.

Where a layer reads something else than the value before it, From<"name"> stands before it; what is gone back to, joined
or used again is Named. An order is chosen in which that is seldom. keras_to_cpp.py has the layers themselves.
"""

import collections
import re

from keras_to_cpp import Config, Unsupported, has, input_layer, layer, loss, need, options

# The type; the layers that are not trained; the names of the outputs; their losses, weights and metrics, as compile()
# takes them; what is compared in each step: name in latent's History, and tensor of the reference.
Network = collections.namedtuple("Network", "type frozen outputs heads scores")

JOINS = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")


def quoted(names):
    return [f'"{name}"' for name in names]


def sequential(items):
    return f"Sequential<{', '.join(items)}>"


# ------------------------------------------------------------- layers that read several values


def join(kind, config, others, rank):
    """Add<"fine">; `others` are the names of what it reads besides the value before it, `rank` the axes of a sample."""
    config = Config(config)
    if not others or (kind == "Subtract" and len(others) != 1):
        raise Unsupported(f"{kind} of {len(others) + 1} values")
    arguments = quoted(others)
    if kind == "Concatenate":
        axis = config.get("axis", -1)
        axis = axis + rank + 1 if axis < 0 else axis
        if axis == 0:
            raise Unsupported("axis=0, that of the batch")
        arguments += [f"Axis{{{axis}}}"] if axis != rank else []
    config.finish()
    return f"{need(kind, f'layer {kind}')}<{', '.join(arguments)}>"


def join_model(config, shapes):
    """A network that does nothing but join its inputs x_0, x_1, ..."""
    kind = config["layer"]
    if kind not in JOINS:
        raise Unsupported(f"layer {kind} with {len(shapes)} inputs")
    names = [f"x_{i}" for i in range(len(shapes))]
    inputs = [f'Named<"{name}", {input_layer(shape)}>' for name, shape in zip(names, shapes)]
    made = join(kind, {key: value for key, value in config.items() if key != "layer"}, names[1:], max(map(len, shapes)))
    return sequential([*inputs, 'From<"x_0">', made])


def check_layer(entry):
    """Raises Unsupported unless latent has that layer with these options, on inputs of whatever shape."""
    kind, config = entry["class"], entry["config"]
    if kind == "InputLayer":
        Config(config).finish()
    elif kind in JOINS:
        join(kind, config, ["other"], len(entry["output_shape"]))
    else:
        layer({**config, "layer": kind})  # some have an option of that name


# ------------------------------------------------------------- graphs


def default_name(kind):
    """conv2d_transpose for Conv2DTranspose, as Keras makes it."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)).lower()


class Graph:
    """Values are (layer, call): of a layer that is used twice there are two."""

    def __init__(self, description):
        entries = description["layers"]
        if "inputs" not in description:  # a chain, in which nothing is said of that
            if not entries or entries[0]["class"] != "InputLayer":
                entries = [{"name": "input_layer", "class": "InputLayer", "config": {}}, *entries]
            names = [entry["name"] for entry in entries]
            inbound = [[[]], *([[[name, 0, 0]]] for name in names)]
            entries = [{**entry, "inbound": reads} for entry, reads in zip(entries, inbound)]
            entries[0] = {**entries[0], "output_shape": description["input_shape"]}
            self.inputs, self.outputs = [(names[0], 0)], [(names[-1], 0)]
        else:
            self.inputs = [(name, 0) for name in description["inputs"]]
            self.outputs = [self.value(*output) for output in description["outputs"]]
        self.entries = {entry["name"]: entry for entry in entries}
        if len(self.entries) != len(entries):
            names = [entry["name"] for entry in entries]
            raise Unsupported(f"two layers are called {next(name for name in names if names.count(name) > 1)}")
        self.reads = {
            (entry["name"], call): [self.value(*read) for read in reads]
            for entry in entries
            for call, reads in enumerate(entry["inbound"])
        }
        self.read = {value for reads in self.reads.values() for value in reads}
        for name, _ in self.inputs:
            if (name, 0) not in self.read:
                raise Unsupported(f"{name} (InputLayer): no layer reads it")
        for name, call in self.reads:
            if (name, call) not in self.read and (name, call) not in self.outputs:
                which = "what it gives" if call == 0 else f"what call {call} of it gives"
                raise Unsupported(f"{name} ({self.entries[name]['class']}): no layer and no output reads {which}")

    @staticmethod
    def value(name, call, tensor):
        if tensor != 0:
            raise Unsupported(f"output {tensor} of {name}")
        return name, call

    @staticmethod
    def name(value):
        """Under which latent knows a value; keras_graph.py calls outputs so, too."""
        name, call = value
        return name if call == 0 else f"{name}_call_{call}"

    def lenders(self, value):
        """The layers whose parameters it uses, as the values of their first calls."""
        name, call = value
        if self.entries[name]["class"] == "DenseTranspose":
            return [(self.entries[name]["config"]["dense"], 0), *([(name, 0)] if call else [])]
        return [(name, 0)] if call else []

    def needs(self, value):
        """What has to stand before it in the list."""
        name, call = value
        return [*self.reads[value], *self.lenders(value), *((name, k) for k in range(call))]

    def arranged(self):
        """All values, in an order in which a layer, where possible, reads the one before it."""
        order, waiting = list(self.inputs), [value for value in self.reads if value not in self.inputs]
        ends = [value for value in self.outputs if value not in self.read]
        while waiting:
            ready = [value for value in waiting if all(needed in order for needed in self.needs(value))]
            if not ready:
                raise Unsupported("a graph that cannot be put in an order")
            following = [value for value in ready if self.reads[value][0] == order[-1]]
            next_end = [
                value for value in following if value in ends and all(e in order for e in ends[: ends.index(value)])
            ]
            order.append((next_end or following or ready)[0])
            waiting.remove(order[-1])
        return order

    def layer(self, value):
        """The C++ type, without a name."""
        name, call = value
        entry, others = self.entries[name], [self.name(read) for read in self.reads[value][1:]]
        kind, config, shape = entry["class"], entry["config"], entry.get("output_shape")
        if call > 0 and kind not in JOINS:  # which have no parameters, but other values to read
            return f'{need("Again", f"{name}, called twice")}<"{name}">'
        try:
            if kind == "InputLayer":
                Config(config).finish()
                return input_layer(shape)
            if kind in JOINS:
                return join(kind, config, others, len(shape))
            if kind == "Sampling":
                return self.sampling(value)
            if others:
                raise Unsupported(f"it reads {len(others) + 1} values")
            # Without a -1.
            return layer({**({"target_shape": shape} if kind == "Reshape" else config), "layer": kind})
        except Unsupported as problem:
            raise Unsupported(f"{name} ({kind}): {problem}") from None

    def sampling(self, value):
        """A layer of Keras that is called so, with z_mean and z_log_var."""
        reads = [self.name(read) for read in self.reads[value]]
        if len(reads) != 2:
            raise Unsupported(f"Sampling of {len(reads)} values")
        return "Sampling<>" if reads == ["z_mean", "z_log_var"] else f"Sampling<Of<{', '.join(quoted(reads))}>>"

    def names_all(self, value):
        """Whether the layer reads its values by their names alone, and not the one before it."""
        return self.entries[value[0]]["class"] == "Sampling"

    def ends(self, order):
        return [value for value in order if value not in self.read]

    def steps(self, always_named):
        """All values in their order; for each whether From has to stand before it; and those that need a name.
        `always_named`: values that something outside the list asks for."""
        order = self.arranged()
        before, named = [None, *order], {*always_named}
        goes_back = [
            bool(self.reads[value]) and self.reads[value][0] != last and not self.names_all(value)
            for value, last in zip(order, before)
        ]
        for value, back in zip(order, goes_back):
            named.update(self.reads[value][1:], self.reads[value][:1] if back or self.names_all(value) else [])
            named.update(self.lenders(value))
        if len(self.outputs) > 1 or self.ends(order) != self.outputs:
            named.update(self.outputs)
        return order, goes_back, named

    def items(self, always_named, used):
        """The list; `used` counts the automatic names."""
        order, goes_back, named = self.steps(always_named)
        items = []
        for value, back in zip(order, goes_back):
            if back:
                items.append(f'{need("From", "a graph")}<"{self.name(self.reads[value][0])}">')
            items.append(self.with_name(value, self.layer(value), value in named, used))
        if self.ends(order) != self.outputs:
            items.append(f"{need('Outputs', 'a graph')}<{', '.join(quoted(map(self.name, self.outputs)))}>")
        return items

    def with_name(self, value, made, named, used):
        """Named, unless latent's automatic name will do."""
        name, call = value
        kind = self.entries[name]["class"]
        default = default_name(re.match(r"\w+", made)[0] if made.startswith("Activation<") else kind)
        automatic = default + (f"_{used[default]}" if used[default] else "")
        if call == 0 and name == automatic and not named:
            used[default] += 1
            return made
        return f'Named<"{self.name(value)}", {made}>' if call == 0 or named or kind in JOINS else made


# ------------------------------------------------------------- models


def metric(config):
    """Accuracy{}, and its name in latent's History."""
    name = "Accuracy" if config["metric"] == "accuracy" else config["metric"]
    if not has(name) or (name == "Accuracy" and config["metric"] != "accuracy"):
        raise Unsupported(f"metric {config['metric']}")
    if name == "CosineSimilarity":
        raise Unsupported("metric CosineSimilarity: latent's is the loss, minus the cosine")
    if name in ("F1Score", "FBetaScore") and config.get("average") is None:
        raise Unsupported(f"metric {name}: without an average it is a number for each class; average=\"macro\" is one number")
    if (config.get("class_id") or 0) < 0:
        raise Unsupported(f"metric {name}: class_id={config['class_id']}, a class from the end")
    if name == "AUC" and "thresholds" in config:
        raise Unsupported("metric AUC: thresholds of one's own")
    if isinstance(config.get("thresholds"), list):
        if len(config["thresholds"]) != 1:
            raise Unsupported(f"metric {name}: of several thresholds it is several numbers")
        config = {**config, "thresholds": config["thresholds"][0]}
    rest = Config({key: value for key, value in config.items() if key not in ("metric", "name")})
    names = {"Accuracy": "accuracy", "FBetaScore": "fbeta_score"}  # the others are called as Keras calls a layer of that class
    made = options("metric", name, rest)
    if "name" in config:
        return f'named<"{config["name"]}">({made})', config["name"]
    return made, names.get(name) or default_name(name)


def network(description):
    """A Network out of a model's description."""
    graph = Graph(description)
    outputs = [graph.name(value) for value in graph.outputs]
    heads, scores, weighted = [], [("loss", "losses")], False
    several = len(outputs) > 1
    for head in description.get("heads") or [{"output": outputs[0], "loss": description["loss"]}]:
        output = head["output"]
        made, metrics = loss(head["loss"]), [metric(config) for config in head.get("metrics", [])]
        before, behind = (f"{output}_", f"/{output}") if several else ("", "")
        if len(description.get("heads", [])) > 1:
            scores.append((f"{output}_loss", f"losses/{output}"))
        for config, (_, name) in zip(head.get("metrics", []), metrics):
            # The reference's tensor has the class and, where there are several of it, the name.
            which = config["metric"] + (f" {config['name']}" if "name" in config else "")
            scores.append((f"{before}{name}", f"metrics/{which}{behind}"))
        if several or "weight" in head:
            weighted = True
            need("Head", "a loss for each output")
            weight = [repr(float(head.get("weight", 1)))] if "weight" in head or metrics else []
            heads.append(f'head<"{output}">({", ".join([made, *weight, *(text for text, _ in metrics)])})')
        else:
            heads += [made, *(text for text, _ in metrics)]
    items = graph.items(graph.outputs if weighted else [], collections.Counter())
    frozen = [entry["name"] for entry in description["layers"] if not entry.get("trainable", True)]
    return Network(sequential(items), frozen, outputs if len(outputs) > 1 else [], heads, scores)


def vae(description):
    """The types of encoder, without its sampling, and decoder of a variational model, and the size of its code."""
    *body, mean, log_var, sampling = description["layers"]
    if sampling["class"] != "Sampling" or mean["output_shape"] != log_var["output_shape"]:
        raise Unsupported("a variational model whose encoder does not end in z_mean, z_log_var and Sampling")
    used = collections.Counter()
    encoder = Graph({**description, "layers": [*body, mean, log_var]})
    encoder.reads[(log_var["name"], 0)] = encoder.reads[(mean["name"], 0)]  # both read what the body gives
    encoder.read.discard((mean["name"], 0))
    encoder.outputs = [(mean["name"], 0), (log_var["name"], 0)]
    types = encoder.items([], used)
    decoder = Graph({"layers": description["decoder_layers"], "input_shape": [description["latent"]]})
    return sequential(types), description["latent"], sequential(decoder.items([], used))

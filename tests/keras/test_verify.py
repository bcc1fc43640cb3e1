#!/usr/bin/env python3
"""Does verify_against_keras.sh see what is right, wrong, and unknown?

test_verify.py BUILD_FOLDER      compiles three small parts
"""

import json
import pathlib
import shutil
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE.parent.parent / "scripts"
SCRIPT = SCRIPTS / "verify_against_keras.sh"
sys.path.insert(0, str(SCRIPTS))

import graph_to_cpp  # noqa: E402
import keras_to_cpp  # noqa: E402
from keras_to_cpp import Config, Unsupported  # noqa: E402


def expect(received, expected):
    if received != expected:
        sys.exit(f"expected {expected!r}, received {received!r}")


def expect_unsupported(words, function, *arguments):
    try:
        made = function(*arguments)
    except Unsupported as problem:
        if words not in str(problem):
            sys.exit(f"expected {words!r} in {problem}")
        return
    sys.exit(f"expected {words!r}, received {made}")


def check_tables():
    conv = {
        "layer": "Conv2D",
        "filters": 3,
        "kernel_size": [3, 5],
        "strides": [2, 1],
        "padding": "same",
        "dilation_rate": [1, 1],
        "activation": "relu",
        "use_bias": False,
    }
    expect(keras_to_cpp.layer(conv), "Conv2D<3, Size{3, 5}, Same, Strides<2, 1>, ReLU, NoBias>")
    expect(
        keras_to_cpp.layer({**conv, "groups": 3}),
        "Conv2D<3, Size{3, 5}, Same, Strides<2, 1>, Groups<3>, ReLU, NoBias>",
    )
    expect(keras_to_cpp.layer({"layer": "Identity"}), "Activation<Linear>")
    expect(keras_to_cpp.layer({"layer": "ReLU", "max_value": None, "negative_slope": 0.0, "threshold": 0.0}), "ReLU")
    expect(
        keras_to_cpp.layer({"layer": "ReLU", "max_value": 6, "negative_slope": 0.1, "threshold": 0.5}),
        "ReLUWith<MaxValue<6.0f>, NegativeSlope<0.1>, Threshold<0.5>>",
    )
    written_otherwise = {
        "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU<0.2f>", "elu": "ELU<>", "selu": "SELU", "gelu": "GELU",
        "silu": "SiLU", "swish": "SiLU", "hard_sigmoid": "HardSigmoid", "hard_silu": "HardSiLU", "hard_swish": "HardSiLU",
        "hard_tanh": "HardTanh", "log_sigmoid": "LogSigmoid",
    }  # fmt: skip
    for name in keras_to_cpp.ACTIVATIONS:
        expected = "" if name == "linear" else f", {written_otherwise.get(name, name.capitalize())}"
        expect(keras_to_cpp.layer({"layer": "Dense", "units": 2, "activation": name}), f"Dense<2{expected}>")
    expect(keras_to_cpp.layer({"layer": "ELU", "alpha": 1}), "ELU<1.0>")
    slope = ["LeakyReLU", {"name": "l", "negative_slope": 0.25}]
    expect(keras_to_cpp.layer({"layer": "Dense", "units": 2, "activation": slope}), "Dense<2, LeakyReLU<0.25f>>")
    of = ["Activation", {"name": "activation", "activation": "tanh"}]
    expect(keras_to_cpp.layer({"layer": "Dense", "units": 2, "activation": of}), "Dense<2, Tanh>")
    of = ["Activation", {"name": "activation", "activation": "linear"}]
    expect(keras_to_cpp.layer({"layer": "Dense", "units": 2, "activation": of}), "Dense<2>")
    expect_unsupported("activation=['PReLU', {}]", keras_to_cpp.layer, {"layer": "Dense", "units": 2, "activation": ["PReLU", {}]})
    expect_unsupported("padding='causal'", keras_to_cpp.layer, {**conv, "padding": "causal"})
    expect_unsupported("activation 'squareplus'", keras_to_cpp.layer, {**conv, "activation": "squareplus"})
    expect_unsupported("data_format='channels_first'", keras_to_cpp.layer, {**conv, "data_format": "channels_first"})
    for option in ({"axis": 1}, {"renorm": True}, {"synchronized": True}, {"unheard_of": 1}, {"dtype": "mixed_float16"}):
        words = ", ".join(f"{key}={value!r}" for key, value in option.items())
        expect_unsupported(words, keras_to_cpp.layer, {"layer": "BatchNormalization", **option})
    expect_unsupported("groups=True", keras_to_cpp.layer, {"layer": "Dense", "units": 2, "groups": True})
    expect_unsupported("interpolation='bicubic'", keras_to_cpp.layer,
                       {"layer": "UpSampling2D", "size": 2, "interpolation": "bicubic"})  # fmt: skip
    depthwise = {"layer": "DepthwiseConv2D", "kernel_size": 3, "strides": 2, "dilation_rate": 2}
    for words, options in {
        "1 to 3 axes": {"layer": "Reshape", "target_shape": [9, 8, 2, 2]},
        "every size has to be given": {"layer": "Reshape", "target_shape": [-1]},
        "a layer around another one": {"layer": ["Dense", {"units": 3}], "power_iterations": 1},
        "strides=[2, 2] and dilation_rate=[2, 2]": depthwise,
        "epsilon=0": {"layer": "BatchNormalization", "epsilon": 0},
        "scale=0": {"layer": "Rescaling", "scale": 0, "offset": 0},
        "count the axes from 1": {"layer": "PReLU", "shared_axes": [-1]},
    }.items():
        expect_unsupported(words, keras_to_cpp.layer, options)
    expect_unsupported("layer LSTM", keras_to_cpp.layer, {"layer": "LSTM", "units": 3})
    expect_unsupported("filters is not given", keras_to_cpp.layer, {"layer": "Conv2D"})
    expect(
        keras_to_cpp.optimizer(
            {"optimizer": "SGD", "learning_rate": 0.5, "clipnorm": None, "momentum": 0.9, "nesterov": True}
        ),
        "SGD{.learning_rate = 0.5, .momentum = 0.9, .nesterov = true, .clipnorm = 0}",
    )
    middle = {"schedule": "PiecewiseConstantDecay", "boundaries": [2.5, 4.0], "values": [0.1, 0.01, 0.001]}
    expect(keras_to_cpp.schedule(middle), "PiecewiseConstantDecay{.boundaries = {2, 4}, .values = {0.1, 0.01, 0.001}}")
    expect_unsupported("minus the cosine", graph_to_cpp.metric, {"metric": "CosineSimilarity"})
    for key in ("loss_scale_factor", "gradient_accumulation_steps"):
        expect_unsupported(f"{key}=2", keras_to_cpp.optimizer, {"optimizer": "SGD", "learning_rate": 0.5, key: 2})
    expect_unsupported("optimizer Adam of mine", keras_to_cpp.optimizer, {"optimizer": "Adam of mine", "learning_rate": 0.5})
    expect_unsupported("loss Huber of mine", keras_to_cpp.loss, {"loss": "Huber of mine"})
    expect_unsupported(
        "use_ema=True", keras_to_cpp.optimizer, {"optimizer": "SGD", "learning_rate": 0.5, "use_ema": True}
    )
    expect_unsupported("optimizer Muon: latent has no Muon", keras_to_cpp.optimizer, {"optimizer": "Muon"})
    expect(
        keras_to_cpp.loss({"name": "binary_crossentropy", "label_smoothing": 0.25, "reduction": "sum_over_batch_size"}),
        "BinaryCrossentropy{.label_smoothing = 0.25}",
    )
    expect_unsupported("reduction='sum'", keras_to_cpp.loss, {"loss": "MeanSquaredError", "reduction": "sum"})
    expect(keras_to_cpp.layer({"layer": "LeakyReLU", "negative_slope": 0.3}), "LeakyReLU<0.3f>")
    expect(keras_to_cpp.layer({"activation": "leaky_relu"}), "Activation<LeakyReLU<0.2f>>")
    nadam = {"optimizer": "Nadam", "beta_1": 0.9}
    expect([keras_to_cpp.rounded_steps(nadam, steps) for steps in (1, 10, 1000)], [4.9e-8, 1.7e-7, 4.2e-7])
    expect(keras_to_cpp.rounded_steps({"optimizer": "Adam"}, 10), 0)
    bilinear = [{"interpolation": "bilinear", "size": size} for size in ([2, 4], [3, 2], 3)]
    expect([keras_to_cpp.rounded_by_keras(config, (2, 5, 7, 1)) for config in bilinear], [4e-7, 1.6e-6, 3.3e-6])
    names = {
        "Conv2DTranspose": "conv2d_transpose",
        "UpSampling2D": "up_sampling2d",
        "LeakyReLU": "leaky_re_lu",
        "InputLayer": "input_layer",
    }
    for kind, name in names.items():
        expect(graph_to_cpp.default_name(kind), name)
    dense = {"class": "Dense", "config": {"units": 2}}
    layers = [
        {"name": "dense_4", **dense},
        {"name": "dense", **dense},
        {"name": "code", **dense},
        {"name": "dense_1", **dense},
    ]
    expect(
        graph_to_cpp.network({"input_shape": [3], "layers": layers, "loss": {"loss": "MeanSquaredError"}}).type,
        'Sequential<Input<3>, Named<"dense_4", Dense<2>>, Dense<2>, Named<"code", Dense<2>>, Dense<2>>',
    )
    check_graphs()
    config = Config({"a": 1})
    config.get("b")
    expect_unsupported("a=1", config.finish)


def layer(name, kind, *inbound, config=None, **more):
    """A layer in the description of a model; `inbound`: for each call what it reads, without the number of the output."""
    reads = [[[*read, 0] for read in of] for of in inbound]
    return {"name": name, "class": kind, "config": config or {}, "output_shape": [4, 4, 2], "inbound": reads, **more}


def graph(*layers, inputs=("x",), outputs, **more):
    squares = {"loss": "MeanSquaredError"}
    return {
        "layers": [*(layer(name, "InputLayer", []) for name in inputs), *layers],
        "inputs": inputs,
        "outputs": [[*output, 0] for output in outputs],
        "heads": [{"output": name, "loss": squares, **more} for name, _ in outputs],
    }


def check_graphs():
    """Made up: conv2d is called twice; back goes from the second call to the first; add and the rest are outputs."""
    conv, x = {"filters": 2, "kernel_size": 1}, ("x", 0)
    made = "Conv2D<2, 1>"
    first, second = ("conv2d", 0), ("conv2d", 1)
    shared = layer("conv2d", "Conv2D", [x], [first], config=conv)
    join = layer("join", "Concatenate", [first, second, x], config={"axis": -2})
    network = graph_to_cpp.network(graph(shared, join, outputs=[("join", 0)]))
    expect(
        network.type,
        f'Sequential<Named<"x", Input<4, 4, 2>>, Named<"conv2d", {made}>, Named<"conv2d_call_1", Again<"conv2d">>, '
        'From<"conv2d">, Named<"join", Concatenate<"conv2d_call_1", "x", Axis{2}>>>',
    )
    expect((network.outputs, network.heads, network.scores), ([], ["MeanSquaredError{}"], [("loss", "losses")]))
    end = layer("b", "Flatten", [first], trainable=False)
    metrics = [{"metric": "accuracy"}, {"metric": "BinaryAccuracy", "threshold": 0.25}]
    network = graph_to_cpp.network(graph(shared, end, outputs=[("b", 0), second, first], metrics=metrics, weight=0.5))
    # Of the outputs one is read by a layer.
    expect(
        network.type,
        f'Sequential<Named<"x", Input<4, 4, 2>>, Named<"conv2d", {made}>, Named<"b", Flatten>, From<"conv2d">, '
        'Named<"conv2d_call_1", Again<"conv2d">>, Outputs<"b", "conv2d_call_1", "conv2d">>',
    )
    expect(network.frozen, ["b"])
    expect(network.heads[0], 'head<"b">(MeanSquaredError{}, 0.5, Accuracy{}, BinaryAccuracy{.threshold = 0.25})')
    expect(
        network.scores[1:4],
        [
            ("b_loss", "losses/b"),
            ("b_accuracy", "metrics/accuracy/b"),
            ("b_binary_accuracy", "metrics/BinaryAccuracy/b"),
        ],
    )
    for unread, output, words in (
        (layer("a", "Flatten", [x]), first, "a (Flatten): no layer and no output reads what it gives"),
        (
            layer("b", "Add", [x, first], [x, second]),
            ("b", 0),
            "b (Add): no layer and no output reads what call 1 of it gives",
        ),
    ):
        try:
            graph_to_cpp.network(graph(shared, unread, outputs=[second, output]))
        except graph_to_cpp.Unsupported as problem:
            expect(str(problem), words)
        else:
            raise AssertionError(f"expected: {words}")
    # A join has no parameters to share; the second call reads its own values.
    twice = layer("diff", "Subtract", [x, first], [first, x])
    expect(
        graph_to_cpp.network(graph(layer("conv2d", "Conv2D", [x], config=conv), twice, outputs=[("diff", 0), ("diff", 1)])).type,
        f'Sequential<Named<"x", Input<4, 4, 2>>, Named<"conv2d", {made}>, From<"x">, Named<"diff", Subtract<"conv2d">>, '
        'From<"conv2d">, Named<"diff_call_1", Subtract<"x">>>',
    )
    dense, back = {"units": 2, "activation": "relu"}, {"dense": "d", "activation": "sigmoid", "use_bias": False}
    tied = [layer("d", "Dense", [x], config=dense), layer("back", "DenseTranspose", [("d", 0)], config=back)]
    expect(
        graph_to_cpp.network(graph(*tied, outputs=[("back", 0)])).type,
        'Sequential<Named<"x", Input<4, 4, 2>>, Named<"d", Dense<2, ReLU>>, Named<"back", DenseTranspose<"d", Sigmoid, NoBias>>>',
    )
    expect(
        graph_to_cpp.join_model({"layer": "Concatenate", "axis": -1}, [[4, 3], [4, 2]]),
        'Sequential<Named<"x_0", Input<4, 3>>, Named<"x_1", Input<4, 2>>, From<"x_0">, Concatenate<"x_1">>',
    )

    codes = [layer("a", "Dense", [x], config={"units": 2}), layer("b", "Dense", [x], config={"units": 2})]
    expect(
        graph_to_cpp.network(graph(*codes, layer("z", "Sampling", [("a", 0), ("b", 0)]), outputs=[("z", 0)])).type,
        'Sequential<Named<"x", Input<4, 4, 2>>, Named<"a", Dense<2>>, From<"x">, Named<"b", Dense<2>>, '
        'Named<"z", Sampling<Of<"a", "b">>>>',
    )

    def unsupported(words, *layers, inputs=("x",), **options):
        given = graph(*layers, inputs=inputs, outputs=[(layers[-1]["name"], 0)], **options)
        expect_unsupported(words, graph_to_cpp.network, given)

    unsupported("sum (Add): Add of 1 values", layer("sum", "Add", [x]))
    unsupported("join (Concatenate): axis=0", layer("join", "Concatenate", [x, x], config={"axis": 0}))
    unsupported("z (Sampling): Sampling of 1 values", layer("z", "Sampling", [x]))
    unsupported("sum (Add): unheard_of=1", layer("sum", "Add", [x, x], config={"unheard_of": 1}))
    unsupported("d (Dot): it reads 2 values", layer("d", "Dot", [x, x]))
    unsupported("y (InputLayer): no layer reads it", layer("d", "Flatten", [x]), inputs=("x", "y"))
    for metric, made in (
        ({"metric": "AUC", "num_thresholds": 50, "curve": "PR", "multi_label": False}, "AUC{.num_thresholds = 50, .curve = AUCCurve::PR}"),
        ({"metric": "Precision", "thresholds": [0.25], "class_id": 2}, "Precision{.thresholds = 0.25, .class_id = 2}"),
        ({"metric": "FalseNegatives", "thresholds": 0.25}, "FalseNegatives{.thresholds = 0.25}"),
        ({"metric": "F1Score", "average": "micro"}, "F1Score{.average = ClassAverage::micro}"),
    ):
        expect(graph_to_cpp.metric(metric)[0], made)
    of_2 = {"metric": "Recall", "name": "recall_of_2", "class_id": 2}
    expect(graph_to_cpp.metric(of_2), ('named<"recall_of_2">(Recall{.class_id = 2})', "recall_of_2"))
    end = layer("d", "Flatten", [x])
    network = graph_to_cpp.network(graph(end, outputs=[("d", 0)], metrics=[{"metric": "Recall", "name": "recall"}, of_2]))
    expect(network.scores[1:], [("recall", "metrics/Recall recall"), ("recall_of_2", "metrics/Recall recall_of_2")])
    expect(graph_to_cpp.metric({"metric": "FBetaScore", "average": "macro", "beta": 2.0})[1], "fbeta_score")
    for words, metric in (
        ("metric MeanIoU", {"metric": "MeanIoU"}),
        ("multi_label=True", {"metric": "AUC", "multi_label": True}),
        ("metric AUC: thresholds", {"metric": "AUC", "thresholds": [0.5]}),
        ("metric Recall: of several thresholds", {"metric": "Recall", "thresholds": [0.25, 0.5]}),
        ("metric Recall: class_id=-1", {"metric": "Recall", "class_id": -1}),
        ("top_k=2", {"metric": "Precision", "top_k": 2}),
        ("metric F1Score: without an average", {"metric": "F1Score"}),
    ):
        unsupported(words, layer("d", "Flatten", [x]), metrics=[metric])
    unsupported("sum (keras.ops, Add)", layer("sum", "keras.ops, Add", [x]))


def spoil(file, tensor):
    """Adds 1 to the second number of a tensor."""
    content = bytearray(file.read_bytes())
    (size,) = struct.unpack_from("<Q", content)
    begin = 8 + size + json.loads(content[8 : 8 + size])[tensor]["data_offsets"][0] + 8
    struct.pack_into("<d", content, begin, struct.unpack_from("<d", content, begin)[0] + 1)
    file.write_bytes(content)


def run(*arguments):
    done = subprocess.run(["sh", SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def check_runs(folder):
    shutil.rmtree(folder, ignore_errors=True)
    for kind, group in (("layers", "dense"), ("optimizers", "optimizers"), ("losses", "mean_squared_error")):
        (folder / "reference" / kind).mkdir(parents=True)
        for ending in ("json", "safetensors"):
            shutil.copy(HERE / "reference" / kind / f"{group}.{ending}", folder / "reference" / kind)
    options = [folder / "reference", "--build", folder / "build", "--jobs", "1", "--flags=-O0"]

    code, out, error = run(*options, "--only", "layers/dense", "--only", "losses")
    expect((code, out.splitlines()[-1:], error), (0, ["12 passed, 0 failed, 0 unsupported"], ""))

    dense = folder / "reference" / "layers" / "dense"
    spoil(dense.with_suffix(".safetensors"), "3x5_u17_bias0/dkernel")
    content = json.loads(dense.with_suffix(".json").read_text())
    content["cases"][0]["config"]["activation"] = "squareplus"
    dense.with_suffix(".json").write_text(json.dumps(content))
    code, out, error = run(*options, "--only", "layers")
    expect((code, out.splitlines()[-1:], error), (1, ["6 passed, 1 failed, 1 unsupported"], ""))
    failed = [line for line in out.splitlines() if line.startswith("FAILED")]
    expect(len(failed), 2)  # in double and in float
    for words in ("FAILED layers/dense, case 3x5_u17_bias0: dkernel [64 bit], index 1: expected ", ", got "):
        expect(words in failed[0], True)
    expect(
        [line for line in out.splitlines() if line.startswith("UNSUPPORTED")],
        [f"UNSUPPORTED layers/dense, case {content['cases'][0]['case']}: activation 'squareplus'"],
    )

    for arguments, words in (
        ([folder / "none"], "no such folder"),
        ([folder], "found no cases"),
        ([folder / "reference", "--only", "layers/conv2d"], "there is no such group; there are layers/dense"),
    ):
        code, out, error = run(*arguments)
        expect((code, out), (2, ""))
        expect(words in error, True)


def main():
    check_tables()
    check_runs(pathlib.Path(sys.argv[1]))
    print("all is well")


if __name__ == "__main__":
    main()

"""Latency of predictions in ONNX Runtime, OpenVINO and PyTorch on two models of prediction.cpp.

Prints or writes {"results": [{"model", "threads", "batch", "first_us", "median_us", "p99_us"}]}, as that program does. The
weights are random; what a prediction costs does not depend on them.
"""

import argparse
import json
import os
import time

import numpy as np

PARAMETERS = {"dae74k": 74_497, "vae_decoder": 65_089}
INPUT = {"dae74k": (1, 28, 28), "vae_decoder": (2,)}  # channels first, as the peers want it
# (kind, channels in, channels out), in order; every weighted layer but the last is followed by a ReLU, the last by a sigmoid.
LAYERS = {
    "dae74k": [
        ("conv", 1, 32), ("pool",), ("conv", 32, 64), ("pool",), ("conv", 64, 64), ("up",), ("conv", 64, 32), ("up",),
        ("conv", 32, 1),
    ],
    "vae_decoder": [
        ("dense", 2, 3136), ("reshape", 64, 7), ("transpose", 64, 64, 2), ("transpose", 64, 32, 2), ("transpose", 32, 1, 1),
    ],
}  # fmt: skip


def weights_of(model):
    """(weights, bias) of each weighted layer, in ONNX's layouts."""
    random = np.random.default_rng(0)
    shapes = {
        "conv": lambda i, o: (o, i, 3, 3),
        "transpose": lambda i, o, stride: (i, o, 3, 3),
        "dense": lambda i, o: (i, o),
    }
    made = []
    for kind, *sizes in LAYERS[model]:
        if kind in shapes:
            weights = random.normal(size=shapes[kind](*sizes)) / 10
            made.append((weights.astype(np.float32), np.zeros(sizes[1], np.float32)))
    count = sum(w.size + b.size for w, b in made)
    if count != PARAMETERS[model]:
        raise SystemExit(f"{model}: expected {PARAMETERS[model]} parameters, received {count}")
    return made


def onnx_model(model):
    """The model as the bytes of an ONNX file, for batches of any size."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, constants, weights = [], [], iter(weights_of(model))
    last = "x"

    def constant(name, values):
        constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(kind, *inputs, **attributes):
        nonlocal last
        name = f"v{len(nodes)}"
        nodes.append(helper.make_node(kind, [last, *inputs], [name], **attributes))
        last = name

    for number, (kind, *sizes) in enumerate(LAYERS[model]):
        if kind == "pool":
            node("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
        elif kind == "up":
            scales = constant(f"scales{number}", np.array([1, 1, 2, 2], np.float32))
            node("Resize", "", scales, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        elif kind == "reshape":
            channels, side = sizes
            node("Reshape", constant(f"shape{number}", np.array([-1, channels, side, side], np.int64)))
        else:
            w, b = next(weights)
            w, b = constant(f"w{number}", w), constant(f"b{number}", b)
            if kind == "dense":
                node("Gemm", w, b)
            elif kind == "conv":
                node("Conv", w, b, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            else:
                stride = sizes[2]
                node("ConvTranspose", w, b, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[stride, stride],
                     output_padding=[stride - 1, stride - 1])  # fmt: skip
            node("Sigmoid" if number == len(LAYERS[model]) - 1 else "Relu")
    graph = helper.make_graph(
        nodes,
        model,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *INPUT[model]])],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, ["n", 1, 28, 28])],
        constants,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return made.SerializeToString()


def onnxruntime_session(model, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(onnx_model(model), options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": x})[0]


def openvino_session(model, threads):
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(onnx_model(model), b""),
        "CPU",
        {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"},
    )
    request = compiled.create_infer_request()
    return lambda x: request.infer([x], share_inputs=True, share_outputs=True)[0]


def pytorch_session(model, threads):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    layers = []
    for number, (kind, *sizes) in enumerate(LAYERS[model]):
        if kind == "pool":
            layers.append(nn.MaxPool2d(2))
        elif kind == "up":
            layers.append(nn.Upsample(scale_factor=2))
        elif kind == "reshape":
            layers.append(nn.Unflatten(1, (sizes[0], sizes[1], sizes[1])))
        else:
            if kind == "dense":
                layers.append(nn.Linear(*sizes))
            elif kind == "conv":
                layers.append(nn.Conv2d(*sizes, 3, padding=1))
            else:
                inputs, outputs, stride = sizes
                layers.append(nn.ConvTranspose2d(inputs, outputs, 3, stride, padding=1, output_padding=stride - 1))
            layers.append(nn.Sigmoid() if number == len(LAYERS[model]) - 1 else nn.ReLU())
    network = nn.Sequential(*layers).eval()

    def run(x):
        with torch.inference_mode():
            return network(torch.from_numpy(x))

    return run


SESSIONS = {"onnxruntime": onnxruntime_session, "openvino": openvino_session, "pytorch": pytorch_session}


def measure(session, x, seconds):
    def timed():
        start = time.perf_counter()
        session(x)
        return 1e6 * (time.perf_counter() - start)

    first = timed()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        times.append(timed())
    times.sort()
    return {"first_us": first, "median_us": times[len(times) // 2], "p99_us": times[len(times) * 99 // 100]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variant", choices=SESSIONS, default="onnxruntime")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models", nargs="+", choices=PARAMETERS, default=list(PARAMETERS))
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8, 128, 10000])
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each model and batch")
    parser.add_argument("--json", help="file for the results; otherwise they are printed")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)  # read by the libraries when they are imported

    results = []
    for model in options.models:
        for batch in options.batch:
            session = SESSIONS[options.variant](model, options.threads)
            x = np.random.default_rng(1).random((batch, *INPUT[model]), np.float32)
            found = measure(session, x, options.seconds)
            if session(x).shape != (batch, 1, 28, 28):
                raise SystemExit(f"{model}: expected images of 28 x 28, received {session(x).shape}")
            results.append({"model": model, "threads": options.threads, "batch": batch, **found})
    text = json.dumps({"peer": options.variant, "results": results}, indent=1)
    if options.json:
        with open(options.json, "w") as file:
            file.write(text)
    else:
        print(text)


if __name__ == "__main__":
    main()

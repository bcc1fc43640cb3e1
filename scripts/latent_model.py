#!/usr/bin/env python3
"""Models between latent and Keras, PyTorch and ONNX: what they are made of, and their weights.

    latent_model.py to-keras   model.safetensors --out model.keras
    latent_model.py to-pytorch model.safetensors --out model.pt        and model.py, the module
    latent_model.py to-onnx    model.safetensors --out model.onnx

model.safetensors is a file of latent's save_model(path, model), or better save_model(path, model, x): then it has the
samples x and what latent makes of them, and each command runs its result in the other tool on x and compares.
docs/models.md says more; latent_model.py COMMAND --help what a command needs.
"""

import argparse
import importlib
import logging
import pathlib
import sys
import warnings

import latent_weights
import numpy as np
from latent_weights import Problem
from model_file import ModelFile

OPSET = 18  # of the ONNX files: ONNX 1.13 (2022) and later


def needs(package, pip):
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise Problem(f"this Python has no {package} ({error}); pip install {pip}") from None


def write_text(path, text):
    latent_weights.atomically(path, lambda temporary: temporary.write_text(text))


# ------------------------------------------------------------- Keras


def to_keras(arguments):
    import keras_weights

    file = ModelFile(arguments.model)
    if not (arguments.out.suffix in (".keras", ".h5") and not arguments.out.name.endswith(".weights.h5")):
        raise Problem(f"{arguments.out}: expected a name that ends with .keras or .h5")
    keras = keras_weights.import_keras()
    import latent_keras  # noqa: F401: its classes

    try:
        model = keras.models.model_from_json(file.text)
    except Exception as error:  # noqa: BLE001: Keras raises many kinds
        said = str(error).strip().splitlines()[-1]
        raise Problem(f"{file.path}: Keras {keras.__version__} cannot make its layers: {said}") from None
    variables = {
        f"{layer.name}/{variable.name}": variable
        for layer in model.layers
        for variable in layer.weights
        if variable.name != "seed_generator_state"
    }
    latent_weights.check_fits(
        file.path,
        {name: array.shape for name, array in file.weights.items()},
        {name: variable.shape for name, variable in variables.items()},
    )
    for name, variable in variables.items():
        variable.assign(file.weights[name])
    latent_weights.atomically(arguments.out, model.save)

    def predict(inputs):
        saved = keras.saving.load_model(arguments.out, compile=False)
        return keras.tree.flatten(saved.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0))

    print(f"{arguments.out}: written")
    print(file.compare(f"Keras {keras.__version__}", predict))


# ------------------------------------------------------------- PyTorch and ONNX


def module_of(file):
    """The module and its code, with the weights."""
    torch = needs("torch", "torch")
    return torch, *importlib.import_module("pytorch_module").make(file)


def channels_first(torch, array):
    tensor = torch.from_numpy(array.copy())
    return tensor.movedim(-1, 1).contiguous() if tensor.dim() > 2 else tensor


def channels_last(array):
    return array.transpose(0, *range(2, array.ndim), 1) if array.ndim > 2 else array


def to_pytorch(arguments):
    file = ModelFile(arguments.model)
    if arguments.out.suffix != ".pt":
        raise Problem(f"{arguments.out}: expected a name that ends with .pt")
    torch, module, code = module_of(file)
    script = arguments.out.with_suffix(".py")
    latent_weights.atomically(arguments.out, lambda temporary: torch.save(module.state_dict(), temporary))
    write_text(script, code)

    def predict(inputs):
        names = {}
        exec(compile(script.read_text(), script, "exec"), names)  # noqa: S102: what was written is what is tried
        made = names["Model"]().eval()
        made = made.double() if inputs[0].dtype == "float64" else made
        made.load_state_dict(torch.load(arguments.out, weights_only=True))
        with torch.no_grad():
            outputs = made(*(channels_first(torch, array) for array in inputs))
        return [channels_last(y.numpy()) for y in (outputs if isinstance(outputs, tuple) else [outputs])]

    print(f"{arguments.out}: written, and {script}")
    print(file.compare(f"PyTorch {torch.__version__}", predict))


def to_onnx(arguments):
    file = ModelFile(arguments.model)
    if arguments.out.suffix != ".onnx":
        raise Problem(f"{arguments.out}: expected a name that ends with .onnx")
    torch, module, _ = module_of(file)
    onnx = needs("onnx", "onnx")
    needs("onnxscript", "onnxscript")
    shapes = {layer.name: layer.options["batch_shape"][1:] for layer in file.layers if layer.kind == "InputLayer"}
    dtype = next(iter(file.weights.values())).dtype if file.weights else np.float32
    examples = tuple(channels_first(torch, np.zeros((2, *shapes[name]), dtype)) for name, _ in file.inputs)
    batch = torch.export.Dim("batch")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it would say that there is no torchvision
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module,
            examples,
            input_names=[name for name, _ in file.inputs],
            output_names=output_names(file),
            dynamic_shapes=tuple({0: batch} for _ in examples),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    latent_weights.atomically(arguments.out, lambda temporary: program.save(temporary, external_data=False))
    model = onnx.load(arguments.out)
    onnx.checker.check_model(model, full_check=True)
    runtime = needs("onnxruntime", "onnxruntime")

    def predict(inputs):
        session = runtime.InferenceSession(str(arguments.out), providers=["CPUExecutionProvider"])
        names = [given.name for given in session.get_inputs()]
        given = [channels_first(torch, array).numpy() for array in inputs]
        return [channels_last(y) for y in session.run(None, dict(zip(names, given, strict=True)))]

    opsets = ", ".join(f"{entry.domain or 'ai.onnx'} {entry.version}" for entry in model.opset_import)
    print(f"{arguments.out}: written, opset {opsets}")
    print(file.compare(f"ONNX Runtime {runtime.__version__}", predict))


def output_names(file):
    """conv2d_4_output: what the exporter calls its values in between may be conv2d_4."""
    return [f"{name}_{call}_output" if call else f"{name}_output" for name, call in file.outputs]


# ------------------------------------------------------------- the command


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, run, out, help_ in (
        ("to-keras", to_keras, "MODEL.keras", "a Keras model, .keras or .h5; needs Keras 3 with a backend"),
        ("to-pytorch", to_pytorch, "STATE.pt", "a state_dict, and beside it STATE.py, the module; needs PyTorch"),
        (
            "to-onnx",
            to_onnx,
            "MODEL.onnx",
            f"an ONNX file, opset {OPSET}; needs PyTorch, onnx, onnxscript and onnxruntime",
        ),
    ):
        sub = commands.add_parser(name, help=help_, description=f"Makes of a model of latent {help_}.")
        sub.add_argument("model", type=pathlib.Path, metavar="MODEL.safetensors", help="a file of save_model")
        sub.add_argument("--out", type=pathlib.Path, required=True, metavar=out)
        sub.set_defaults(run=run)
    return parser.parse_args()


def main():
    arguments = parse()
    arguments.run(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    latent_weights.run(main)

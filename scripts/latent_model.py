#!/usr/bin/env python3
"""Models between latent and Keras, PyTorch and ONNX: what they are made of, and their weights.

    latent_model.py from-keras model.keras --out my_model         a C++ header, weights, and a program that compares the two
    latent_model.py to-keras   model.safetensors --out model.keras
    latent_model.py to-pytorch model.safetensors --out model.pt        and model.py, the module
    latent_model.py to-onnx    model.safetensors --out model.onnx

model.safetensors is a file of latent's save_model(path, model), or of save_model(path, model, x): then it has the samples x
and what latent makes of them. Each to-command runs its result in the other tool on x and compares; without samples it
compiles latent for the model and takes handwritten digits where they fit, else random numbers.
docs/models.md says more; latent_model.py COMMAND --help what a command needs.
"""

import argparse
import collections
import gzip
import importlib
import io
import itertools
import logging
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
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


def natural(words):
    """The type of a --seed."""
    if not words.isascii() or not words.isdigit():
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 0, received {words}")
    return int(words)


def write_text(path, text):
    latent_weights.atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


# ------------------------------------------------------------- from Keras

INCLUDE = pathlib.Path(__file__).resolve().parent.parent / "include"
FLAGS = ["-std=c++20", "-O1", "-march=native", "-DEIGEN_DONT_PARALLELIZE"]


def without_ending(name):
    """weights.05-0.25.keras is called weights.05-0.25: what else has a point belongs to the name."""
    for ending in (".weights.h5", ".keras", ".hdf5", ".h5"):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name.split(".")[0]


def from_keras(arguments):
    keras, model = load_keras(arguments)
    import keras_header

    stem = re.sub(r"\W", "_", arguments.name or without_ending(arguments.model.name))
    name = keras_header.type_name(stem)
    try:
        description = keras_header.description_of(model)
        names = keras_header.new_names(description)
        description = keras_header.renamed(description, names)
        types = keras_header.declarations(model, description, name)
    except keras_header.graph_to_cpp.Unsupported as problem:
        raise Problem(f"{arguments.model}: latent lacks what the model needs: {problem}") from None

    folder = arguments.out
    weights, header, program = (folder / of for of in (f"{stem}.safetensors", f"{stem}.hpp", f"verify_{stem}.cpp"))
    metadata = {"format": "latent", "version": "1", "written_by": f"latent_model.py, Keras {keras.__version__}"}
    latent_weights.write_safetensors(weights, tensors_of(keras, model, names, arguments.seed), metadata)
    frozen = [entry["name"] for entry in description["layers"] if not entry.get("trainable", True)]
    words = {
        "model": model.name,
        "source": arguments.model.name,
        "name": name,
        "stem": stem,
        "types": types,
        "frozen": "".join(f'\n///     model.set_trainable("{of}", false);' for of in frozen),
        "compile": " ".join(
            ["c++", *FLAGS, "-fopenmp -Ilatent/include -I/usr/include/eigen3", program.name, f"-o verify_{stem}"]
        ),
    }
    write_text(header, keras_header.HEADER.format(**words))
    write_text(program, keras_header.PROGRAM.format(**words))
    for old, new in names.items():
        if old != new:
            print(f"{old} is {new} in latent")
    print(f"{header}, {weights}, {program}: written")
    if arguments.prove:
        run([*compiler(), str(program), "-o", str(program.with_suffix(""))])
        print(run([str(program.with_suffix("")), str(weights)]).splitlines()[-1])


def load_keras(arguments):
    """Keras and the model, of which latent has all layers."""
    import keras_weights

    keras_weights.check_holds_weights(arguments.model)
    keras = keras_weights.import_keras()
    if arguments.code:
        latent_weights.run_file(arguments.code, "latent_model_code")
    import latent_keras

    custom = {"Sampling": latent_keras.Sampling}  # a custom layer of many a tutorial; at inference its mean
    with keras.saving.custom_object_scope({} if arguments.code else custom):
        model = keras_weights.load_model(keras, arguments.model, arguments.architecture)
    if not getattr(model, "inputs", None):
        raise Problem(
            f"{arguments.model}: {model.name} ({type(model).__name__}) says nothing of who reads what; expected a "
            "Sequential or functional model that knows the shape of its inputs"
        )
    keras_weights.check_layers([model], [])
    tell_apart(keras, model)
    return keras, model


def tell_apart(keras, model):
    """Two models that were made in two sessions may both have a layer called dense. The second gets a name that is free."""
    import keras_graph
    import keras_header

    layers, taken = {}, set()

    def collect(of):
        for layer in of.layers:
            layers[id(layer)] = layer
            if keras_graph.is_model(layer):
                collect(layer)

    collect(model)
    names = {layer.name for layer in layers.values()}
    for layer in layers.values():
        kind = type(layer).__name__
        if layer.name in taken and keras_header.is_automatic({"class": kind, "name": layer.name}):
            free = (f"{keras_header.default_name(kind)}_{number}" for number in itertools.count(1))
            layer.name = next(name for name in free if name not in names)
            names.add(layer.name)
        taken.add(layer.name)


def tensors_of(keras, model, names, seed):
    """The weights by latent's names, random inputs, and what Keras makes of them."""
    import keras_graph

    random, graph = np.random.default_rng(seed), keras_graph.Graph(model)
    inputs = [random.uniform(size=(4, *layer.batch_shape[1:])).astype("float32") for layer in graph.inputs]
    try:
        made = model(keras.tree.pack_sequence_as(keras_graph.inputs_of(model), inputs), training=False)
    except Exception as error:  # of any kind: Keras builds models that its backend cannot compute
        shapes = ", ".join(str(tuple(x.shape)) for x in inputs)
        lines = re.sub("\x1b\\[[0-9]*m", "", str(error)).split("\n")  # Keras writes in bold
        why = " ".join([line for line in lines if line.strip()][:2])  # who was called, and what happened
        raise Problem(
            f"Keras itself cannot run this model on inputs of {shapes}: {type(error).__name__}: {why}"
        ) from error
    outputs = [keras.ops.convert_to_numpy(y) for y in keras.tree.flatten(made)]
    return {
        **{
            f"{names[layer.name]}/{keras_graph.own_name(layer, v)}": keras.ops.convert_to_numpy(v)
            for layer in graph.layers
            for v in keras_graph.own_variables(layer)
            if v.name != "seed_generator_state"
        },
        **{f"verify/input/{i}": x for i, x in enumerate(inputs)},
        **{f"verify/output/{i}": y for i, y in enumerate(outputs)},
    }


def compiler():
    """$CXX or c++, and how it finds latent and Eigen."""
    places = ("/usr/include/eigen3", "/usr/local/include/eigen3", "/opt/homebrew/include/eigen3")
    eigen = next((path for path in places if pathlib.Path(path, "Eigen").exists()), places[0])
    name = os.environ.get("CXX", "c++")
    script = pathlib.Path(__file__).resolve().parent / "openmp_flag.sh"
    openmp = subprocess.run(["sh", script, name], capture_output=True, text=True, check=True).stdout.strip()
    return [name, openmp, *FLAGS, f"-I{INCLUDE}", f"-isystem{eigen}"]


def run(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Problem(f"{command[0]}: {error.strerror}") from None
    if done.returncode != 0:
        raise Problem(f"{' '.join(command)}:\n{done.stderr}")
    return done.stdout


# ------------------------------------------------------------- what latent makes of a model's inputs

PREDICT = """#include <latent/io.hpp>
#include <latent/latent.hpp>
using namespace latent;
using Network = {type};

int main(int, char** argv) try {{
  using network = Network::network;
  Network model;
  load_weights(argv[1], model, {{.allow_other_layers = true}});
  const SafeTensors file = read_safetensors(argv[2]);
  [&]<std::size_t... i>(std::index_sequence<i...>) {{
    const std::tuple x{{io::batch_from<Tensor<network::InputShape<i>::rank + 1, Network::Scalar>>(
        file, io::input_samples + std::to_string(i), network::input_shapes[i])...}};
    std::apply([&](const auto&... each) {{ save_model(argv[3], model, Network::InputTensor{{each...}}); }}, x);
  }}(std::make_index_sequence<static_cast<std::size_t>(network::inputs)>{{}});
}} catch (const std::exception& error) {{
  std::fprintf(stderr, "%s\\n", error.what());
  return 1;
}}
"""


def read_model(arguments):
    """A file that has no samples gets some: latent itself, compiled for this model, predicts them."""
    file = ModelFile(arguments.model)
    if file.given or arguments.no_compare:
        return file
    import graph_to_cpp

    try:
        type_ = graph_to_cpp.sequential(graph_to_cpp.Graph(file.description()).items([], collections.Counter()))
    except graph_to_cpp.Unsupported as problem:
        raise Problem(f"{file.path}: {problem}") from None
    type_ = f"Model<double, {type_.removeprefix('Sequential<')}" if file.dtype == np.float64 else type_
    shapes = {layer.name: layer.options["batch_shape"][1:] for layer in file.layers if layer.kind == "InputLayer"}
    inputs = [samples_of(shapes[name], file.dtype) for name, _ in file.inputs]
    print(f"{file.path}: has no samples; compiles latent for this model and tries {len(inputs[0])}")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "predict.cpp").write_text(PREDICT.format(type=type_), encoding="utf-8")
        tensors = {f"verify/input/{i}": x for i, x in enumerate(inputs)}
        latent_weights.write_safetensors(folder / "inputs.safetensors", tensors, {})
        run([*compiler(), str(folder / "predict.cpp"), "-o", str(folder / "predict")])
        run(
            [
                str(folder / "predict"),
                str(file.path),
                str(folder / "inputs.safetensors"),
                str(folder / "out.safetensors"),
            ]
        )
        file.given, file.expected = ModelFile(folder / "out.safetensors").samples()
    return file


def samples_of(shape, dtype):
    """Handwritten digits, where they fit; else numbers between 0 and 1."""
    digits = INCLUDE.parent / "data" / "mnist_sample" / "t10k-images-idx3-ubyte.gz"
    if math.prod(shape) == 28 * 28 and digits.exists():
        pixels = np.frombuffer(gzip.decompress(digits.read_bytes()), np.uint8, 8 * 28 * 28, 16)
        return (pixels.reshape(8, *shape) / 255).astype(dtype)
    return np.random.default_rng(1).uniform(size=(8, *shape)).astype(dtype)


# ------------------------------------------------------------- to Keras


def to_keras(arguments):
    import keras_weights

    file = read_model(arguments)
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
        try:
            return keras.tree.flatten(saved.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0))
        except Exception as error:  # noqa: BLE001: of many kinds, for names that TensorFlow does not take, too
            said = str(error).strip().splitlines()[0]
            raise Problem(f"{arguments.out}: written, but Keras cannot run it: {said}") from None

    print(f"{arguments.out}: written")
    if not arguments.no_compare:
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
    file = read_model(arguments)
    if arguments.out.suffix != ".pt":
        raise Problem(f"{arguments.out}: expected a name that ends with .pt")
    torch, module, code = module_of(file)
    script = arguments.out.with_suffix(".py")
    if script.exists() and "written by latent_model.py" not in script.read_text(encoding="utf-8", errors="replace")[:500]:
        raise Problem(f"{script}: is not a module that was written here, and would be overwritten; choose another --out")
    state = io.BytesIO()
    torch.save(module.state_dict(), state)
    latent_weights.atomically(arguments.out, lambda temporary: temporary.write_bytes(state.getvalue()))
    write_text(script, code)

    def predict(inputs):
        names = {}
        exec(compile(script.read_text(encoding="utf-8"), script, "exec"), names)  # noqa: S102: what was written is what is tried
        made = names["Model"]().eval()
        made = made.double() if file.dtype == np.float64 else made
        made.load_state_dict(torch.load(arguments.out, weights_only=True))
        with torch.no_grad():
            outputs = made(*(channels_first(torch, array) for array in inputs))
        return [channels_last(y.numpy()) for y in (outputs if isinstance(outputs, tuple) else [outputs])]

    print(f"{arguments.out}: written, and {script}")
    if not arguments.no_compare:
        print(file.compare(f"PyTorch {torch.__version__}", predict))


def to_onnx(arguments):
    file = read_model(arguments)
    if arguments.out.suffix != ".onnx":
        raise Problem(f"{arguments.out}: expected a name that ends with .onnx")
    if arguments.float:
        file.weights = {name: latent_weights.converted(name, array, "float32") for name, array in file.weights.items()}
        file.given = [array.astype(np.float32) for array in file.given]
        file.dtype = np.dtype("float32")
    torch, module, _ = module_of(file)
    onnx = needs("onnx", "onnx")
    needs("onnxscript", "onnxscript")
    shapes = {layer.name: layer.options["batch_shape"][1:] for layer in file.layers if layer.kind == "InputLayer"}
    examples = tuple(channels_first(torch, np.zeros((2, *shapes[name]), file.dtype)) for name, _ in file.inputs)
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
        return predict_by(session.run, [given.name for given in session.get_inputs()], inputs)

    def predict_by_reference(inputs):
        """ONNX's own implementation of all operators, in NumPy."""
        session = importlib.import_module("onnx.reference").ReferenceEvaluator(model)
        return predict_by(session.run, session.input_names, inputs)

    def predict_by(run_session, names, inputs):
        given = [channels_first(torch, array).numpy() for array in inputs]
        return [channels_last(y) for y in run_session(None, dict(zip(names, given, strict=True)))]

    opsets = ", ".join(f"{entry.domain or 'ai.onnx'} {entry.version}" for entry in model.opset_import)
    print(f"{arguments.out}: written, opset {opsets}")
    if arguments.no_compare:
        return
    tool = f"ONNX Runtime {runtime.__version__}"
    try:
        print(file.compare(tool, predict))
    except runtime.capi.onnxruntime_pybind11_state.NotImplemented as error:
        found = re.search(r"implementation for (\w+)", str(error))
        print(
            f"{tool} cannot run it: it has no {found[1] if found else str(error).strip()} in "
            f"{'double' if file.dtype == np.float64 else 'float'}"
            + ("; --float writes a file in float, which it runs" if file.dtype == np.float64 else "")
        )
        print(file.compare(f"ONNX {onnx.__version__}'s reference", predict_by_reference))


def output_names(file):
    """conv2d_4_output: what the exporter calls its values in between may be conv2d_4."""
    names = [f"{name}_{call}_output" if call else f"{name}_output" for name, call in file.outputs]
    return [name if name not in names[:i] else f"{name}_{i}" for i, name in enumerate(names)]  # Outputs<"d", "d">


# ------------------------------------------------------------- the command


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    sub = commands.add_parser(
        "from-keras",
        help="the type of a Keras model as a C++ header, its weights, and a program that compares; needs Keras 3",
        description="Writes NAME.hpp, NAME.safetensors and verify_NAME.cpp, which compares latent's results with Keras's.",
    )
    sub.add_argument(
        "model",
        type=pathlib.Path,
        metavar="MODEL.keras",
        help="a file of model.save(): .keras or .h5; or a .weights.h5 with --architecture",
    )
    sub.add_argument(
        "--architecture", type=pathlib.Path, metavar="MODEL", help="the layers that a .weights.h5 belongs to"
    )
    sub.add_argument("--out", type=pathlib.Path, required=True, metavar="FOLDER")
    sub.add_argument("--name", help="what the files and the type are called; else as the model's file")
    sub.add_argument("--code", type=pathlib.Path, metavar="FILE.py", help="run first: for classes of your own")
    sub.add_argument("--seed", type=natural, default=1, help="of the random inputs; 1")
    sub.add_argument("--prove", action="store_true", help="compiles and runs the program, with $CXX or c++")
    sub.set_defaults(run=from_keras)
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
        sub.add_argument("--no-compare", action="store_true", help="only writes; needs no compiler and no samples")
        if run is to_onnx:
            sub.add_argument(
                "--float",
                action="store_true",
                help="in float, also of a model in double: ONNX Runtime has no convolutions in double",
            )
        sub.set_defaults(run=run)
    return parser.parse_args()


def main():
    arguments = parse()
    arguments.run(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    latent_weights.run(main)

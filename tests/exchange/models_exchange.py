#!/usr/bin/env python3
"""The networks of the course, and small ones of all layers, as models of Keras and PyTorch and as ONNX files, which compute
what latent does.

models_exchange.py PROGRAM           PROGRAM is models_program
models_exchange.py PROGRAM --write   and writes tests/io/keras_configs.json, for the tests that have no Keras
"""

import contextlib
import importlib.util
import io
import json
import pathlib
import sys

import exchange
import latent_weights
import numpy as np
from exchange import call, script

sys.path.insert(0, str(exchange.SCRIPTS))
import latent_model  # noqa: E402

SOURCE = exchange.HERE.parent.parent
SMALL = ("convolutions", "sequences", "enlarged", "branches", "tied")
KINDS = {  # what needs which packages
    "to-keras": (".keras", ("keras",)),
    "to-pytorch": (".pt", ("torch",)),
    "to-onnx": (".onnx", ("torch", "onnx", "onnxscript", "onnxruntime")),
}


def convert(command, model, out):
    """What the script says last: how it compared."""
    said = io.StringIO()
    sys.argv = ["latent_model.py", command, str(model), "--out", str(out)]
    with contextlib.redirect_stdout(said):
        latent_model.main()
    line = said.getvalue().splitlines()[-1]
    if "as latent on 5 samples" not in line:
        sys.exit(f"{command} {model.stem}: {line}")
    return line


def convert_all(command, folder, *names):
    """In a process of its own: TensorFlow and PyTorch's exporter do not get on in one."""
    for name in names:
        out = pathlib.Path(folder) / f"{name}{KINDS[command][0]}"
        print(f"{name}: {convert(command, pathlib.Path(folder) / f'{name}.safetensors', out)}")


def check_configs(folder):
    """What real Keras has made of the small ones is what the tests without it expect."""
    configs = {}
    for name in SMALL:
        _, metadata = latent_weights.read_safetensors(folder / f"{name}.safetensors")
        configs[name] = json.loads(metadata["keras_config"])
    file = SOURCE / "tests" / "io" / "keras_configs.json"
    if "--write" in sys.argv[2:]:
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(config)}" for name, config in configs.items())
        file.write_text(f"{{\n{lines}\n}}\n")
    if configs != json.loads(file.read_text()):
        sys.exit(f"{file} is not what Keras was given; models_exchange.py PROGRAM --write writes it anew")


def check_without_samples(folder):
    """latent is compiled for the model, and asked."""
    tensors, metadata = latent_weights.read_safetensors(folder / "branches.safetensors")
    bare = folder / "bare.safetensors"
    weights = {name: array for name, array in tensors.items() if not name.startswith("verify/")}
    latent_weights.write_safetensors(bare, weights, metadata)
    said = call(sys.executable, exchange.SCRIPTS / "latent_model.py", "to-keras", bare, "--out", folder / "bare.keras")
    assert "compiles latent for this model" in said and "as latent on 8 samples" in said, said
    to_keras = ["to-keras", bare, "--out", folder / "bare.h5", "--no-compare"]
    assert call(sys.executable, exchange.SCRIPTS / "latent_model.py", *to_keras).count("\n") == 1


def check_double(folder):
    """ONNX Runtime has no convolutions in double: that is said, ONNX's reference compares, and --float makes a file it runs."""
    tensors, metadata = latent_weights.read_safetensors(folder / "convolutions.safetensors")
    double, out = folder / "double.safetensors", folder / "double.onnx"
    in_double = {name: array.astype("float64") for name, array in tensors.items()}
    metadata["keras_config"] = metadata["keras_config"].replace('"dtype":"float32"', '"dtype":"float64"')
    latent_weights.write_safetensors(double, in_double, metadata)
    to_onnx = [sys.executable, exchange.SCRIPTS / "latent_model.py", "to-onnx", double, "--out", out]
    said = call(*to_onnx)
    assert "cannot run it: it has no Conv in double; --float writes a file in float" in said, said
    assert "'s reference: as latent on 5 samples" in said, said
    said = call(*to_onnx, "--float")
    assert "ONNX Runtime" in said and "as latent on 5 samples" in said and "cannot" not in said, said
    in_double[next(iter(in_double))][:] = 1e39
    latent_weights.write_safetensors(double, in_double, metadata)
    call(*to_onnx, "--float", error="a number in it is too large for float32")

    # Without weights: the configuration alone says the type.
    given = {"class_name": "InputLayer", "config": {"name": "x", "dtype": "float64", "batch_shape": [None, 2]}}
    larger = {"class_name": "Rescaling", "config": {"name": "y", "dtype": "float64", "scale": 3, "offset": 0}}
    config = {"class_name": "Sequential", "config": {"name": "larger", "layers": [given, larger]}}
    x = np.arange(6.0).reshape(3, 2)
    samples = {"verify/input/0": x, "verify/output/0": 3 * x}
    latent_weights.write_safetensors(double, samples, {"keras_config": json.dumps(config)})
    said = call(*to_onnx)
    assert "ONNX Runtime" in said and "as latent on 3 samples" in said, said
    print("in double: ONNX's reference computes what latent does, and ONNX Runtime in float")


def check_round(folder):
    """Back from Keras: the weights of the model that was made are those it was made of."""
    model, back = folder / "denoising_autoencoder.safetensors", folder / "back.safetensors"
    script("keras_weights.py", "to-latent", "--model", folder / "denoising_autoencoder.keras", "--weights", back)
    weights = latent_model.ModelFile(model).weights
    again, _ = latent_weights.read_safetensors(back)
    assert list(weights) == list(again) and all((weights[name] == again[name]).all() for name in weights)
    keras = folder / "denoising_autoencoder.keras"
    script("keras_weights.py", "to-keras", "--weights", model, "--model", keras, "--out", folder / "again.keras")


def check_errors(folder):
    weights = folder / "weights.safetensors"
    latent_weights.write_safetensors(weights, {}, {"format": "latent"})
    good = folder / "shallow.safetensors"
    for command, (ending, _) in KINDS.items():
        to = ["latent_model.py", command]
        script(*to, weights, "--out", folder / f"none{ending}", error="does not say what the model's layers are")
        script(*to, good, "--out", folder / "none.txt", error="expected a name that ends with .")
    for config in (
        "",
        "[]",
        "3",
        '{"config": {}}',
        '{"class_name": "Sequential", "config": {"name": "a", "layers": [3]}}',
    ):
        latent_weights.write_safetensors(weights, {}, {"keras_config": config})
        script("latent_model.py", "to-keras", weights, "--out", folder / "none.keras", error="is no model: ")
    tensors, metadata = latent_weights.read_safetensors(good)
    for old, new in (
        ('"use_bias":true', '"use_bias":"exit()"'),  # what is in a file never becomes code
        ('"units":32', '"units":NaN'),
        ('"name":"shallow"', r'"name":"\"\"\" + exit()"'),
        ('"activation":"relu"', r'"activation":"relu\\"'),
    ):
        config = metadata["keras_config"].replace(old, new, 1)
        assert config != metadata["keras_config"]
        latent_weights.write_safetensors(weights, tensors, {"keras_config": config})
        script("latent_model.py", "to-keras", weights, "--out", folder / "none.keras", error="is no model: ValueError(")
    tensors = {name: array for name, array in tensors.items() if name != "dense/bias"}
    latent_weights.write_safetensors(weights, tensors, metadata)
    script("latent_model.py", "to-keras", weights, "--out", folder / "none.keras", error="missing: dense/bias (32,)")
    spoiled = dict(latent_weights.read_safetensors(good)[0])
    spoiled["verify/output/0"] = spoiled["verify/output/0"] + 1e-3
    latent_weights.write_safetensors(weights, spoiled, metadata)
    script(
        "latent_model.py",
        "to-keras",
        weights,
        "--out",
        folder / "off.keras",
        error="of the largest number, allowed 1e-5",
    )
    config = metadata["keras_config"].replace('"class_name":"Dense"', '"class_name":"Lambda"')
    latent_weights.write_safetensors(weights, tensors, {"keras_config": config})
    if importlib.util.find_spec("torch"):
        error = "layer 1, dense (Lambda): PyTorch: there is no such layer"
        out = folder / "none.pt"
        call(sys.executable, exchange.SCRIPTS / "latent_model.py", "to-pytorch", weights, "--out", out, error=error)
    assert not [path.name for path in folder.path.iterdir() if "none" in path.name or "part" in path.name]


def main():
    if sys.argv[1] in KINDS:
        return convert_all(*sys.argv[1:])
    if importlib.util.find_spec("keras") is None:
        exchange.skip("there is no keras")
    folder = exchange.Folder(pathlib.Path(sys.argv[1]).resolve())
    names = call(folder.program, folder.path, SOURCE / "data" / "mnist_sample").split()
    for command, (_, packages) in KINDS.items():
        missing = [package for package in packages if importlib.util.find_spec(package) is None]
        if missing:
            print(f"{command}: left out, there is no {', '.join(missing)}")
            continue
        print(call(sys.executable, __file__, command, folder.path, *names), end="")
    check_configs(folder)
    if all(importlib.util.find_spec(package) for package in KINDS["to-onnx"][1]):
        check_double(folder)
    check_round(folder)
    check_without_samples(folder)
    check_errors(folder)
    print("all is well")


if __name__ == "__main__":
    main()

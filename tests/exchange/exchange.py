"""What the tests with real Keras and real PyTorch share."""

import contextlib
import importlib
import io
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE.parent.parent / "scripts"
sys.path.insert(0, str(SCRIPTS))

import latent_weights  # noqa: E402
import numpy as np  # noqa: E402

INPUTS = {
    "autoencoder": (12, 12, 1),
    "encoder": (12, 12, 1),
    "classifier": (9, 8, 2),
    "generator": (4,),
    "normalized": (5, 4, 3),
    "grouped": (8, 8, 4),
    "channels": (8, 8, 4),
}
OUTPUTS = {
    "autoencoder": (12, 12, 2),
    "classifier": (5,),
    "generator": (6, 8, 1),
    "normalized": (3, 2, 2),
    "grouped": (23, 1),
    "channels": (69, 2),
}
SAMPLES = 24


def skip(reason):
    """ctest knows the word."""
    print(f"skipped: {reason}")
    sys.exit(77)


def data(model):
    """x and targets between 0 and 1."""
    random = np.random.default_rng(1)
    x = random.normal(size=(SAMPLES, *INPUTS[model])).astype("float32")
    y = random.uniform(size=(SAMPLES, *OUTPUTS[model])).astype("float32")
    return x, y


def call(*command, error=None):
    """Runs a program. With `error` it must fail, with these words on stderr and no traceback."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if error is None:
        if done.returncode != 0:
            sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    elif done.returncode == 0 or error not in done.stderr or "Traceback" in done.stderr:
        sys.exit(
            f"expected the error {error!r} of {' '.join(map(str, command))}, received {done.returncode}:\n{done.stderr}"
        )
    return done.stdout


def script(name, *arguments, error=None):
    """Runs one of the scripts in this process: starting TensorFlow anew each time would take minutes."""
    sys.argv = [name, *map(str, arguments)]
    said = None
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module(name.removesuffix(".py")).main()
    except latent_weights.Problem as problem:
        said = str(problem)
    if (error is None) != (said is None) or (error and error not in said):
        sys.exit(f"{name} {' '.join(map(str, arguments))}:\nexpected the error {error!r}, received {said!r}")


class Folder:
    """Where the files of a test lie, and latent's program."""

    def __init__(self, program):
        self._folder = tempfile.TemporaryDirectory()
        self.path, self.program = pathlib.Path(self._folder.name), program

    def __truediv__(self, name):
        return self.path / name

    def latent(self, command, model, weights, x, y=None):
        """y predicted by latent, or the file of the weights trained by latent."""
        tensors = {"x": x} if y is None else {"x": x, "y": y}
        latent_weights.write_safetensors(self / "data.safetensors", tensors, {})
        out = self / f"{model}_{command}.safetensors"
        call(self.program, command, model, weights, self / "data.safetensors", out)
        return latent_weights.read_safetensors(out)[0]["y"] if command == "predict" else out


def compare(what, received, expected, allowed=1e-5):
    if received.shape != expected.shape:
        sys.exit(f"{what}: expected the shape {expected.shape}, received {received.shape}")
    error = np.abs(received - expected).max()
    if not error <= allowed:  # NaN fails, too
        sys.exit(f"{what}: off by {error}, allowed {allowed}")
    print(f"{what}: largest difference {error:.1e}")


def differ(what, a, b):
    """So that a comparison of two untrained models would show."""
    if np.abs(a - b).max() < 1e-3:
        sys.exit(f"{what}: training changed nothing")

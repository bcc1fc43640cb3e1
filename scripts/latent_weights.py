"""What keras_weights.py and pytorch_weights.py share: safetensors files, latent's names, error messages."""

import contextlib
import json
import math
import os
import pathlib
import re
import runpy
import struct
import sys
import traceback

try:
    import numpy as np
except ImportError:
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: this Python has no NumPy; pip install numpy, or on Debian: apt-get install python3-numpy")

DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I64": "<i8"}

# The layers with weights: Keras's and latent's class, its automatic name, its variables.
LAYERS = {
    "Conv1D": ("conv1d", ("kernel", "bias")),
    "Conv2D": ("conv2d", ("kernel", "bias")),
    "Conv1DTranspose": ("conv1d_transpose", ("kernel", "bias")),
    "Conv2DTranspose": ("conv2d_transpose", ("kernel", "bias")),
    "DepthwiseConv2D": ("depthwise_conv2d", ("kernel", "bias")),
    "SeparableConv2D": ("separable_conv2d", ("depthwise_kernel", "pointwise_kernel", "bias")),
    "Dense": ("dense", ("kernel", "bias")),
    "PReLU": ("p_re_lu", ("alpha",)),
    "BatchNormalization": ("batch_normalization", ("gamma", "beta", "moving_mean", "moving_variance")),
    "LayerNormalization": ("layer_normalization", ("gamma", "beta")),
    "GroupNormalization": ("group_normalization", ("gamma", "beta")),
}


class Problem(Exception):
    """Something the user can do something about; its text is all they see."""


def run(main):
    """Calls main(); a Problem becomes a line on stderr and the exit code 1."""
    try:
        main()
    except Problem as problem:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {problem}")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {where}{error.strerror or error}")


# ------------------------------------------------------------------ code of the user's


OURS = str(pathlib.Path(__file__).resolve().parent)


@contextlib.contextmanager
def code_of_user(path):
    """Around what runs code of a file: the modules beside it are found, as `python FILE.py` finds them, and an error in it is a
    Problem with its place."""
    path = pathlib.Path(path)
    if not path.is_file():
        raise Problem(f"{path}: no such file")
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    except (Exception, SystemExit) as error:  # noqa: BLE001: it may be any
        places = [
            f"{step.filename}, line {step.lineno}"
            for step in traceback.extract_tb(error.__traceback__)
            if step.filename.startswith((str(path), folder)) and not step.filename.startswith(OURS)
        ]
        place = places[-1] if places else path
        raise Problem(f"{place}: {type(error).__name__}: {error}") from None
    finally:
        # What is imported later is found, too, but our own modules come first.
        sys.path[:] = [*(of for of in sys.path if of != folder), folder]


def run_file(path, name):
    """What a Python file defines, which is called `name` while it runs."""
    with code_of_user(path):
        return runpy.run_path(str(path), run_name=name)


# ------------------------------------------------------------------ files


def atomically(path, write):
    """Calls write(temporary path) and renames: `path` holds what it held before or all of the new content."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name goes on with the same endings, by which Keras tells its formats apart.
    temporary = path.with_name(f"{os.getpid()}.part.{path.name}")
    try:
        if path.exists() and not path.is_file():  # a device, or a pipe, stays what it is
            write(path)
            return
        write(temporary)
        os.replace(temporary, path)
    except OSError as error:  # of a full disk, which names no file
        raise Problem(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)


def write_safetensors(path, tensors, metadata):
    """tensors: name -> array, written in that order as F32, or as F64 what is float64."""
    header, pieces, end = {"__metadata__": metadata}, [], 0
    for name, array in tensors.items():
        dtype = "F64" if array.dtype == np.float64 else "F32"
        piece = np.ascontiguousarray(array, DTYPES[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [end, end + len(piece)]}
        end += len(piece)
        pieces.append(piece)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    content = b"".join([struct.pack("<Q", len(text)), text, *pieces])
    atomically(path, lambda temporary: temporary.write_bytes(content))


def read_safetensors(path):
    """name -> array, and the metadata."""
    content = pathlib.Path(path).read_bytes()
    tensors = {}
    try:
        (size,) = struct.unpack_from("<Q", content)
        header = json.loads(content[8 : 8 + size].decode())
        metadata = header.pop("__metadata__", {})
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            dtype, shape = entry["dtype"], entry["shape"]
            if dtype not in DTYPES:
                raise Problem(f"{path}: {name}: expected one of the types {', '.join(DTYPES)}, received {dtype}")
            count = math.prod(shape)
            if (
                not 0 <= begin <= end <= len(content) - 8 - size
                or end - begin != count * np.dtype(DTYPES[dtype]).itemsize
            ):
                raise ValueError(f"{name} has the shape {tuple(shape)} and the data_offsets {begin}, {end}")
            tensors[name] = np.frombuffer(content, DTYPES[dtype], count, 8 + size + begin).reshape(shape)
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise Problem(f"{path}: is no safetensors file: {error}") from None
    return tensors, metadata


def read_weights(path):
    """Without the samples that a file of save_model may have beside them (model_file.py)."""
    tensors, _ = read_safetensors(path)
    return {name: array for name, array in tensors.items() if not name.startswith(("verify/input/", "verify/output/"))}


def converted(name, array, dtype):
    """The array in another type. A finite number that the type cannot hold is a Problem."""
    with np.errstate(over="ignore"):
        result = array.astype(dtype)
    if not np.array_equal(np.isfinite(result), np.isfinite(array)):
        raise Problem(f"{name}: a number in it is too large for {np.dtype(dtype).name}")
    return result


def check_fits(path, received, expected):
    """Both are name -> shape. All differences are one Problem."""
    lines = []
    for name, shape in expected.items():
        if name not in received:
            lines.append(f"missing: {name} {tuple(shape)}")
        elif tuple(received[name]) != tuple(shape):
            lines.append(f"other shape: {name}: expected {tuple(shape)}, received {tuple(received[name])}")
    lines += [f"unexpected: {name} {tuple(shape)}" for name, shape in received.items() if name not in expected]
    if lines:
        raise Problem(f"{path}: does not fit the model:\n  " + "\n  ".join(lines))


# ------------------------------------------------------------------ names


def is_automatic(class_name, name):
    """conv2d, conv2d_1, conv2d_17 ... for a Conv2D."""
    return re.fullmatch(LAYERS[class_name][0] + r"(_\d+)?", name) is not None


def unique_names(layers):
    """layers: (class, name or None) in order. None becomes conv2d, conv2d_1, ..., numbered as latent does it."""
    names, used = [], {}
    for class_name, name in layers:
        if name is None:
            default = LAYERS[class_name][0]
            number = used[default] = used.get(default, -1) + 1
            name = default if number == 0 else f"{default}_{number}"
        names.append(name)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Problem(f"two layers would be called {', '.join(twice)}")
    return names

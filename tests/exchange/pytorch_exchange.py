#!/usr/bin/env python3
"""Trained in PyTorch, predicts the same in latent; trained in latent, predicts the same in PyTorch.

pytorch_exchange.py PROGRAM      PROGRAM is weights_program
"""

import pathlib
import runpy
import sys

import exchange
import latent_weights
import numpy as np
from exchange import call, compare, data, differ, script

try:
    import torch
    from torch import nn
except ImportError as error:
    exchange.skip(error)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 6, 3, padding=1), nn.ReLU()
        )
        self.decoder = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(6, 2, 3, padding=1), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


def make(name):
    if name == "autoencoder":
        return Autoencoder()
    if name == "classifier":  # the image in between is 4 x 3 pixels with 3 channels
        return nn.Sequential(
            nn.Conv2d(2, 3, (3, 2), stride=(2, 3)), nn.ReLU(), nn.Flatten(), nn.Linear(36, 5), nn.Softmax(1)
        )
    if name == "channels":  # that do not see each other, or some of them
        return nn.Sequential(
            nn.Conv2d(4, 4, 3, padding=1, groups=2),
            nn.GroupNorm(2, 4),
            nn.PReLU(4),
            nn.Conv2d(4, 8, 3, groups=4),
            nn.ReLU(),
            nn.Conv2d(8, 3, 1),
            nn.Tanh(),
            nn.Flatten(2),
            nn.Conv1d(3, 1, 3),
            nn.Tanh(),
            nn.ConvTranspose1d(1, 2, 3, stride=2),
            nn.Sigmoid(),
        )
    return nn.Sequential(
        nn.Linear(4, 10),
        nn.ReLU(),
        nn.Linear(10, 24),
        nn.ReLU(),
        nn.Unflatten(1, (4, 2, 3)),
        nn.ConvTranspose2d(4, 4, 2, stride=2),
        nn.ReLU(),
        nn.ConvTranspose2d(4, 1, 3),
        nn.Sigmoid(),
    )


OPTIONS = {
    "autoencoder": ["--conv2d", "encoder.*", "--name", "decoder.1=decoded"],
    "classifier": ["--flatten", "3=4x3x3"],
    "generator": ["--unflatten", "2=2x3x4", "--conv2d-transpose", "5"],
    "channels": [
        *("--kind", "1=GroupNorm", "--kind", "2=PReLU", "--kind", "3=DepthwiseConv2D"),
        *("--kind", "8=Conv1d", "--kind", "10=ConvTranspose1d"),
    ],
}


def to_torch(array):
    tensor = torch.from_numpy(array)
    return tensor.movedim(-1, 1).contiguous() if tensor.dim() > 2 else tensor


def predict(model, *x):
    with torch.no_grad():
        y = model(*map(to_torch, x))
    return (y.movedim(1, -1) if y.dim() > 2 else y).numpy()


def train(model, x, y):
    optimizer, before = torch.optim.Adam(model.parameters(), 0.01), predict(model, x)
    for _ in range(6):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(model(to_torch(x)), to_torch(y)).backward()
        optimizer.step()
    differ("PyTorch", before, predict(model, x))


def both_ways(folder, name):
    model, (x, y) = make(name), data(name)
    train(model, x, y)
    state, weights, back = folder / f"{name}.pt", folder / f"{name}.safetensors", folder / "back.pt"
    torch.save(model.state_dict(), state)
    script("pytorch_weights.py", "to-latent", "--model", state, "--weights", weights, *OPTIONS[name])
    compare(f"{name}: PyTorch to latent", folder.latent("predict", name, weights, x), predict(model, x))

    trained = folder.latent("train", name, weights, x, y)
    script("pytorch_weights.py", "to-pytorch", "--weights", trained, "--model", state, "--out", back, *OPTIONS[name])
    predicted = folder.latent("predict", name, trained, x)
    differ(f"{name}, latent", predict(model, x), predicted)
    model.load_state_dict(torch.load(back, weights_only=True))
    compare(f"{name}: latent to PyTorch", predict(model, x), predicted)


def check_there_and_back(folder):
    """All layers, a state within a checkpoint, half precision: what goes there and back is what it was."""
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3, bias=False),
        nn.BatchNorm2d(3),
        nn.LayerNorm([3, 4, 5]),
        nn.Flatten(),
        nn.Linear(60, 24),
        nn.BatchNorm1d(24),
        nn.Unflatten(1, (4, 2, 3)),
        nn.ConvTranspose2d(4, 7, (2, 3)),
        nn.BatchNorm2d(7, affine=False),
    )
    options = [
        "--key",
        "model_state_dict",
        "--conv2d",
        "0",
        "--flatten",
        "4=4x5x3",
        "--unflatten",
        "4=2x3x4",
        "--unflatten",
        "5=2x3x4",
    ]
    file, weights, zeros, back = (folder / name for name in ("all.pt", "all.safetensors", "zeros.pt", "all_back.pt"))
    for number, tensor in enumerate(model.state_dict().values()):
        if tensor.is_floating_point():
            tensor.copy_(torch.arange(tensor.numel()).reshape(tensor.shape) % 2048 + number)  # exact in 16 bits
    for dtype in (torch.float32, torch.float64, torch.float16):
        model = model.to(dtype)
        state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        torch.save({"epoch": 3, "model_state_dict": state}, file)
        script("pytorch_weights.py", "to-latent", "--model", file, "--weights", weights, *options)
        torch.save({"epoch": 3, "model_state_dict": {k: torch.zeros_like(v) for k, v in state.items()}}, zeros)
        script("pytorch_weights.py", "to-pytorch", "--weights", weights, "--model", zeros, "--out", back, *options)
        result = torch.load(back, weights_only=True)
        assert result["epoch"] == 3
        for name, tensor in result["model_state_dict"].items():
            if not name.endswith("num_batches_tracked"):
                assert tensor.dtype == dtype and torch.equal(tensor, state[name]), name
    tensors, _ = latent_weights.read_safetensors(weights)
    assert {name: array.shape for name, array in tensors.items()} == {
        "conv2d/kernel": (3, 3, 2, 3),
        **{f"batch_normalization/{v}": (3,) for v in ("gamma", "beta", "moving_mean", "moving_variance")},
        "layer_normalization/gamma": (4, 5, 3),
        "layer_normalization/beta": (4, 5, 3),
        "dense/kernel": (60, 24),
        "dense/bias": (24,),
        **{f"batch_normalization_1/{v}": (24,) for v in ("gamma", "beta", "moving_mean", "moving_variance")},
        "conv2d_transpose/kernel": (2, 3, 7, 4),
        "conv2d_transpose/bias": (7,),
        **{f"batch_normalization_2/{v}": (7,) for v in ("moving_mean", "moving_variance")},
    }, tensors
    print("all layers, there and back: the same")


def check_keras(folder):
    """PyTorch's normalizations and flattened images as Keras understands them."""
    try:
        import keras_weights

        keras = keras_weights.import_keras()
    except latent_weights.Problem:
        print("no Keras: its half of the test is left out")
        return
    layers = keras.layers
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3, stride=2),
        nn.BatchNorm2d(3, eps=1e-3),
        nn.LayerNorm([3, 4, 5], eps=1e-3),
        nn.Flatten(),
        nn.Linear(60, 24),
        nn.LayerNorm(24, eps=1e-3),
        nn.Unflatten(1, (4, 2, 3)),
        nn.ConvTranspose2d(4, 7, (2, 3), stride=(2, 1)),
        nn.BatchNorm2d(7, eps=1e-3),
    )
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(torch.rand(tensor.shape) + 0.5)
    model.eval()
    same = keras.Sequential(
        [
            keras.Input((9, 11, 2)),
            layers.Conv2D(3, 3, strides=2),
            layers.BatchNormalization(),
            layers.LayerNormalization(axis=[1, 2, 3]),
            layers.Flatten(),
            layers.Dense(24),
            layers.LayerNormalization(),
            layers.Reshape((2, 3, 4)),
            layers.Conv2DTranspose(7, (2, 3), strides=(2, 1)),
            layers.BatchNormalization(),
        ]
    )
    same.save(folder / "same.keras")
    torch.save(model.state_dict(), folder / "norms.pt")
    script(
        "pytorch_weights.py",
        "to-latent",
        "--model",
        folder / "norms.pt",
        "--weights",
        folder / "norms.safetensors",
        "--flatten",
        "4=4x5x3",
        "--unflatten",
        "4=2x3x4",
        "--unflatten",
        "5=2x3x4",
        "--kind",
        "5=LayerNorm",
    )
    script(
        "keras_weights.py",
        "to-keras",
        "--weights",
        folder / "norms.safetensors",
        "--model",
        folder / "same.keras",
        "--out",
        folder / "norms.keras",
    )
    x = torch.randn(4, 9, 11, 2).numpy()
    expected = predict(model, x)
    scale = abs(expected).max()
    compare(
        "PyTorch to Keras",
        keras.saving.load_model(folder / "norms.keras").predict(x, verbose=0) / scale,
        expected / scale,
    )


class Heads(nn.Module):
    """Two Linears on one flattened image, as a variational auto-encoder has them, and a label beside it."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(1, 4, 3), nn.BatchNorm1d(80, eps=1e-3)
        self.mean, self.log_var, self.labelled = nn.Linear(80, 2), nn.Linear(80, 3), nn.Linear(90, 2)

    def forward(self, x, label):
        x = self.norm(self.conv(x).flatten(1))
        return torch.cat([self.mean(x), self.log_var(x), self.labelled(torch.cat([x, label], 1))], 1)


def flattened_heads(keras):
    layers, x, label = keras.layers, keras.Input((6, 7, 1)), keras.Input((10,))
    y = layers.BatchNormalization()(layers.Flatten()(layers.Conv2D(4, 3)(x)))
    z = layers.Concatenate()([y, label])
    return keras.Model([x, label], layers.Concatenate()([layers.Dense(2)(y), layers.Dense(3)(y), layers.Dense(2)(z)]))


# A module, the same in Keras, what it is asked for, what it is told. Images are not square, so that a wrong order shows.
FLATTENED = {
    "heads": (
        Heads,
        flattened_heads,
        ["norm (BatchNormalization) has 80 = 20 x 4 numbers behind an image of 4 channels. Say --flatten norm=",
         "mean reads 80 = 20 x 4 numbers behind an image of 4 channels. Say --flatten mean=HEIGHTxWIDTHx4, or mean=none",
         "log_var reads 80 = 20 x 4 numbers", "labelled reads 90 numbers behind an image of 4 channels, which are no whole pixels"],
        ["--flatten", "norm=4x5x4", "--flatten", "mean=4x5x4", "--flatten", "log_var=4x5x4", "--flatten", "labelled=4x5x4+10"],
    ),
    "layer_norm": (
        lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.LayerNorm(80, eps=1e-3), nn.PReLU(80), nn.Linear(80, 2)),
        lambda keras: keras.Sequential([keras.Input((6, 7, 1)), keras.layers.Conv2D(4, 3), keras.layers.Flatten(),
                                        keras.layers.LayerNormalization(), keras.layers.PReLU(), keras.layers.Dense(2)]),
        ["2 (LayerNormalization) has 80 = 20 x 4 numbers", "3 (PReLU) has 80 = 20 x 4 numbers", "4 reads 80 = 20 x 4 numbers"],
        ["--flatten", "2=4x5x4", "--flatten", "3=4x5x4", "--flatten", "4=4x5x4"],
    ),
    "generator_norm": (
        lambda: nn.Sequential(nn.Linear(3, 24), nn.BatchNorm1d(24, eps=1e-3), nn.ReLU(), nn.Unflatten(1, (4, 2, 3)),
                              nn.ConvTranspose2d(4, 1, 2)),
        lambda keras: keras.Sequential([keras.Input((3,)), keras.layers.Dense(24), keras.layers.BatchNormalization(),
                                        keras.layers.ReLU(), keras.layers.Reshape((2, 3, 4)), keras.layers.Conv2DTranspose(1, 2)]),
        ["0 gives 24 = 6 x 4 numbers to 4, which reads 4 channels. Say --unflatten 0=",
         "1 (BatchNormalization) has the 24 = 6 x 4 numbers that 0 gives to 4, which reads 4 channels. Say --unflatten 1="],
        ["--unflatten", "0=2x3x4", "--unflatten", "1=2x3x4"],
    ),
    "sequence_norm": (  # as many steps as channels
        lambda: nn.Sequential(nn.Conv1d(2, 4, 3), nn.LayerNorm([4, 4], eps=1e-3), nn.Flatten(), nn.Linear(16, 2)),
        lambda keras: keras.Sequential([keras.Input((6, 2)), keras.layers.Conv1D(4, 3), keras.layers.LayerNormalization(axis=[1, 2]),
                                        keras.layers.Flatten(), keras.layers.Dense(2)]),
        ["3 reads 16 = 4 x 4 numbers behind a sequence of 4 channels. Say --flatten 3=1x4x4"],
        ["--flatten", "3=1x4x4"],
    ),
    "image_norm": (  # as many rows as channels: each channel by itself, or sequences of pixels?
        lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(2), nn.LayerNorm([4, 20], eps=1e-3), nn.Conv1d(4, 2, 3)),
        lambda keras: keras.Sequential([keras.Input((6, 7, 1)), keras.layers.Conv2D(4, 3), keras.layers.Reshape((20, 4)),
                                        keras.layers.LayerNormalization(axis=[1, 2]), keras.layers.Conv1D(2, 3)]),
        ["2 (LayerNormalization) has (4, 20). Say --flatten 2=1x20x4 if these are 4 channels, or 2=none"],
        ["--flatten", "2=1x20x4"],
    ),
}  # fmt: skip


def check_flattened(folder):
    """Whatever reads or makes a flattened image is asked for, and then computes in Keras what it does in PyTorch."""
    try:
        import keras_weights

        keras = keras_weights.import_keras()
    except latent_weights.Problem:
        keras = None
    for name, (make_module, make_keras, questions, options) in FLATTENED.items():
        model = make_module()
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape) + 0.5)
        model.eval()
        state, weights, made = (folder / f"flattened{ending}" for ending in (".pt", ".safetensors", ".keras"))
        torch.save(model.state_dict(), state)
        code = f"from pytorch_exchange import FLATTENED\nmake = FLATTENED['{name}'][0]\n"
        (folder / "flattened.py").write_text(code)
        to_latent = ["pytorch_weights.py", "to-latent", "--model", state, "--weights", weights]
        to_latent += ["--module", f"{folder / 'flattened.py'}:make"]
        for question in questions:
            script(*to_latent, error=question)
        script(*to_latent, *options)
        back = folder / "flattened_back.pt"
        to_pytorch = ["pytorch_weights.py", "to-pytorch", "--weights", weights, "--out", back, *to_latent[2:4]]
        script(*to_pytorch, *to_latent[6:], *options)
        for key, tensor in torch.load(back, weights_only=True).items():
            assert torch.equal(tensor, model.state_dict()[key]), key
        if keras:
            same = make_keras(keras)
            same.save(folder / "same.keras")
            script("keras_weights.py", "to-keras", "--weights", weights, "--model", folder / "same.keras", "--out", made)  # fmt: skip
            x = [torch.randn(4, *given.shape[1:]).numpy() for given in same.inputs]
            expected = predict(model, *x)
            scale = abs(expected).max()
            received = keras.saving.load_model(made).predict(x if len(x) > 1 else x[0], verbose=0)
            compare(f"{name}: PyTorch to Keras", received / scale, expected / scale)


# Networks as they often are, and all that they may be asked for.
ASKED = (
    (  # a variational auto-encoder
        [nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.Conv2d(8, 4, 3), nn.BatchNorm2d(4), nn.Linear(144, 16),
         nn.BatchNorm1d(16), nn.Linear(16, 2), nn.Linear(16, 2), nn.Linear(2, 144), nn.ConvTranspose2d(4, 1, 3)],
        {"flatten": ["4=6x6x4"], "unflatten": ["8=6x6x4"]},
    ),
    (  # a conditional one, whose decoder reads ten numbers more
        [nn.Conv2d(1, 4, 3), nn.Linear(144, 32), nn.Linear(144, 32), nn.Linear(42, 144), nn.ConvTranspose2d(4, 1, 3)],
        {"flatten": ["1=6x6x4", "2=6x6x4"], "unflatten": ["3=6x6x4"]},
    ),
    (  # one with mean and variance from one Linear, and a decoder with two branches
        [nn.Conv2d(1, 4, 3), nn.Linear(144, 64), nn.Linear(32, 144), nn.Linear(32, 288), nn.ConvTranspose2d(4, 1, 3),
         nn.ConvTranspose2d(8, 1, 3)],
        {"flatten": ["1=6x6x4"], "unflatten": ["2=6x6x4", "3=6x6x8"]},
    ),
    (  # the normalizations written down behind all convolutions, and behind all Linears
        [nn.Conv2d(1, 8, 3), nn.Conv2d(8, 16, 3), nn.Conv2d(16, 4, 3), nn.BatchNorm2d(8), nn.BatchNorm2d(16),
         nn.BatchNorm2d(4), nn.Linear(144, 64), nn.Linear(64, 32), nn.BatchNorm1d(64), nn.BatchNorm1d(32), nn.Linear(32, 9)],
        {"flatten": ["6=6x6x4"]},
    ),
    (  # Linears that weigh channels
        [nn.Conv2d(3, 64, 3), nn.Linear(64, 4), nn.Linear(4, 64), nn.Conv2d(64, 128, 1), nn.Linear(128, 10)],
        {},
    ),
    ([nn.Linear(784, 128), nn.BatchNorm1d(128), nn.Linear(128, 2), nn.Linear(2, 128), nn.Linear(128, 784)], {}),
    ([nn.BatchNorm2d(3), nn.Linear(192, 2)], {"flatten": ["1=8x8x3"]}),
    (  # one Linear from image to image
        [nn.Conv2d(1, 4, 3), nn.Linear(144, 144), nn.ConvTranspose2d(4, 1, 3)],
        {"flatten": ["1=6x6x4"], "unflatten": ["1=6x6x4"]},
    ),
    (  # all convolutions before all Linears
        [nn.Conv2d(1, 4, 3), nn.ConvTranspose2d(4, 1, 3), nn.Linear(144, 2), nn.Linear(2, 144), nn.BatchNorm1d(144)],
        {"flatten": ["2=6x6x4"], "unflatten": ["3=6x6x4", "4=6x6x4"]},
    ),
    # A label beside an image of other channels: the answer for it is none for the image.
    ([nn.Conv2d(1, 4, 3), nn.Linear(10, 144), nn.Linear(144, 2)], {"flatten": ["1=none", "2=6x6x4"]}),
)  # fmt: skip


def check_asked(folder):
    """Of everything that is asked for a question comes if nobody has said it, and there are no other questions."""
    for modules, answers in ASKED:
        state = folder / "asked.pt"
        torch.save(nn.Sequential(*modules).state_dict(), state)
        to_latent = ["pytorch_weights.py", "to-latent", "--model", state, "--weights", folder / "asked.safetensors"]
        options = [(f"--{option}", answer) for option, given in answers.items() for answer in given]
        for left_out in options:
            rest = [word for pair in options if pair != left_out for word in pair]
            script(*to_latent, *rest, error=f"Say {left_out[0]} {left_out[1].partition('=')[0]}=")
        script(*to_latent, *(word for pair in options for word in pair))
    print("what a state does not say is asked for, and nothing else")


def check_types(folder):
    """A number that the state's type cannot hold is not written."""
    state, weights = folder / "typed.pt", folder / "typed.safetensors"
    to_pytorch = ["pytorch_weights.py", "to-pytorch", "--weights", weights, "--model", state, "--out", folder / "none.pt"]
    for dtype, number, error in (
        (torch.float16, 1e5, "weight: expected numbers up to 6.55e+04 (float16), received 1e+05"),
        (torch.bfloat16, 3.4e38, "weight: expected numbers up to 3.39e+38 (bfloat16), received 3.4e+38"),
        (torch.float32, 1e39, "weight: expected numbers up to 3.403e+38 (float32), received 1e+39"),
        (torch.int8, 0.4, "weight: expected a state of floating-point numbers, received int8"),
    ):
        torch.save({name: tensor.to(dtype) for name, tensor in nn.Linear(3, 2).state_dict().items()}, state)
        kernel = np.full((3, 2), number)
        latent_weights.write_safetensors(weights, {"dense/kernel": kernel, "dense/bias": np.zeros(2)}, {})
        script(*to_pytorch, error=error)
    assert not (folder / "none.pt").exists()


def check_errors(folder):
    def fails(state, *options, error):
        torch.save(state, folder / "bad.pt")
        script(
            "pytorch_weights.py",
            "to-latent",
            "--model",
            folder / "bad.pt",
            "--weights",
            folder / "none.safetensors",
            *options,
            error=error,
        )

    state = make("generator").state_dict()
    fails(
        state,
        error="5 may be a Conv2d or a ConvTranspose2d: its weight is (4, 4, 2, 2). Say --conv2d 5 or ",
    )
    fails(
        state,
        "--conv2d-transpose",
        "5",
        error="2 gives 24 = 6 x 4 numbers to 5, which reads 4 channels. Say --unflatten 2=",
    )
    fails(state, "--conv2d-transpose", "5", "--unflatten", "2=2x3x5", error="2x3x5 are 30 numbers, not 24")
    fails(state, "--conv2d-transpose", "5", "--unflatten", "2=2x3x4+1", error="2x3x4+1 are 25 numbers, not 24")
    fails(state, "--conv2d-transpose", "5", "--unflatten", "5=2x3x4", error="5 is a Conv2DTranspose, which reads and gives")
    fails(state, "--conv2d-transpose", "9", error="there is no module 9; there are 0, 2, 5, 7")
    fails(state, "--conv2d-transpose", "5", "--unflatten", "2", error="expected MODULE=HEIGHTxWIDTHxCHANNELS")
    fails(state, "--conv2d", "*", error="7: its weight (4, 1, 3, 3) and bias are not those of a Conv2d")
    fails(
        make("classifier").state_dict(),
        error="3 reads 36 = 12 x 3 numbers behind an image of 3 channels. Say --flatten 3=",
    )
    fails({"model_state_dict": state}, error="Say --key model_state_dict")
    fails(make("generator"), error="Write it by torch.save(model.state_dict(), path)")
    for layer, error in (
        (nn.GRU(2, 3), "a recurrent layer?: latent has no such layer"),
        (nn.GroupNorm(2, 4), "0 may be a LayerNorm or a GroupNorm or a InstanceNorm2d or a BatchNorm2d: its weight is (4,). "
                             "Say --kind 0=LayerNorm or --kind 0=GroupNorm"),
        (nn.BatchNorm2d(4, track_running_stats=False), "or a BatchNorm2d: its weight is (4,)"),
        (nn.PReLU(4), "0 may be a PReLU or a LayerNorm or a RMSNorm: its weight is (4,). Say --kind 0=PReLU"),
        (nn.Embedding(5, 3), "0 may be a Linear or a Embedding"),
        (nn.Linear(5, 3, bias=False), "Say --kind 0=Linear, if it is one"),
        (nn.Conv1d(2, 3, 4), "0 may be a Conv1d or a Bilinear: its weight is (3, 2, 4). Say --kind 0=Conv1d"),
        (nn.ConvTranspose1d(3, 3, 4), "0 may be a Conv1d or a Bilinear or a ConvTranspose1d: its weight is (3, 3, 4). "
                                      "Say --kind 0=Conv1d or --kind 0=ConvTranspose1d"),
        (nn.Conv3d(2, 3, 4), "0 may be a Conv3d: its weight is (3, 2, 4, 4, 4). latent has no such layer"),
        (nn.MultiheadAttention(4, 2), "0 has in_proj_weight (12, 4)"),
    ):  # fmt: skip
        fails(nn.Sequential(layer).state_dict(), error=error)
    grouped = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ConvTranspose2d(4, 4, 3, groups=2)).state_dict()
    fails(
        grouped,
        error="1 may be a Conv2d or a ConvTranspose2d in groups: its weight is (4, 2, 3, 3). Say --kind 1=Conv2d, if",
    )
    normed = nn.Sequential(nn.InstanceNorm2d(4, affine=True)).state_dict()
    fails(normed, "--kind", "0=InstanceNorm2d", error="0 is a InstanceNorm2d: latent has no such layer")
    fails(
        normed,
        "--kind",
        "0=BatchNorm2d",
        error="0 is a BatchNorm2d without running statistics: latent has no such layer",
    )
    fails(normed, "--kind", "0=Linear", error="0: its weight (4,) and bias are not those of a Linear")
    depthwise = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 8, 3, groups=4)).state_dict()
    fails(
        depthwise,
        error="1 may be a Conv2d or a DepthwiseConv2d: its weight is (8, 1, 3, 3). Say --kind 1=Conv2d or --kind 1=Dep",
    )
    check_types(folder)
    torch.save(make("classifier").state_dict(), folder / "good.pt")
    to_pytorch = [
        "pytorch_weights.py",
        "to-pytorch",
        "--model",
        folder / "good.pt",
        "--out",
        folder / "none.pt",
        "--flatten",
        "3=4x3x3",
    ]
    script(
        *to_pytorch,
        "--weights",
        folder / "generator.safetensors",
        error="missing: conv2d/kernel (3, 2, 2, 3)\n  missing: conv2d/bias (3,)\n  other shape: dense/kernel",
    )
    assert not [path.name for path in folder.path.iterdir() if "none" in path.name or "part" in path.name]
    program = [sys.executable, exchange.SCRIPTS / "pytorch_weights.py"]
    assert "--unflatten" in call(*program, "to-latent", "--help")
    call(
        *program,
        *to_pytorch[1:],
        "--weights",
        folder / "no.safetensors",
        error="no.safetensors: No such file or directory",
    )


MODULES = """
from torch import nn

import modules_beside

class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.decoder = nn.Linear(4, 6)
        self.encoder = nn.Linear(6, 4)

def norms():
    return nn.Sequential(nn.Conv2d(2, 4, 3), nn.GroupNorm(2, 4), nn.Conv2d(4, 4, 3, groups=4), nn.PReLU(4),
                         *(nn.Conv2d(4, 4, 1) for _ in range(9)))

def depthwise():
    return nn.Sequential(nn.Conv2d(3, 6, 3, groups=3), nn.Conv2d(6, 2, 1))

def without_statistics():
    return nn.Sequential(nn.BatchNorm2d(4, track_running_stats=False))

def beside():
    return modules_beside.encoder()

def failing():
    return nn.Linear("three", 4)

def failing_beside():
    return modules_beside.failing()

def with_size(size):
    return nn.Linear(size, 4)

def grouped():
    return nn.Sequential(nn.Linear(3, 24), nn.Unflatten(1, (4, 2, 3)), nn.Conv2d(4, 4, 1, groups=2))

def circular():
    return nn.Sequential(nn.Conv2d(2, 4, 3, padding_mode="circular"))
"""


BESIDE = """
from torch import nn

def encoder():
    return nn.Sequential(nn.Linear(6, 4))

def failing():
    raise ValueError("no such size")
"""


def check_order(folder):
    """A .safetensors file has no order: numbers are numbers, and of anything else it is asked."""
    (folder / "modules.py").write_text(MODULES)
    (folder / "modules_beside.py").write_text(BESIDE)
    sys.path.append(str(folder.path))
    modules = runpy.run_path(str(folder / "modules.py"))
    sys.path.remove(str(folder.path))
    del sys.modules["modules_beside"]
    out = folder / "ordered.safetensors"

    def convert(model, *options, error=None):
        file = folder / "state.safetensors"
        state = {name: tensor.numpy() for name, tensor in sorted(model.state_dict().items())}
        latent_weights.write_safetensors(file, state, {})
        script("pytorch_weights.py", "to-latent", "--model", file, "--weights", out, *options, error=error)
        return None if error else latent_weights.read_safetensors(out)[0]

    twelve = nn.Sequential(*(layer for _ in range(12) for layer in (nn.Linear(4, 4), nn.ReLU())))
    for number in range(12):
        name = f"dense_{number}/bias" if number else "dense/bias"
        assert (convert(twelve)[name] == twelve[2 * number].bias.detach().numpy()).all(), number
    torch.save(dict(sorted(twelve.state_dict().items())), folder / "sorted.pt")
    to_latent = ["pytorch_weights.py", "to-latent", "--model", folder / "sorted.pt", "--weights", out]
    script(*to_latent, error="2 stands behind 18: has this state lost its order?")
    script(*to_latent, "--order", ",".join(str(2 * number) for number in range(12)))
    assert (latent_weights.read_safetensors(out)[0]["dense_1/bias"] == twelve[2].bias.detach().numpy()).all()
    model = modules["Autoencoder"]()
    convert(
        model, error="does not say in which order the modules decoder, encoder work. Say it by --order decoder,encoder"
    )
    for options in (["--order", "encoder,decoder"], ["--order", "encoder", "--order", "decoder"]):
        assert (convert(model, *options)["dense/bias"] == model.encoder.bias.detach().numpy()).all()
    sequences = nn.Sequential(nn.Conv1d(2, 3, 4), nn.PReLU(3), nn.Flatten(), nn.Linear(9, 4), nn.PReLU())
    convert(sequences, "--kind", "0=Conv1d", "--kind", "*=PReLU", error="0 is said to be a Conv1d and a PReLU")
    kinds = ["--kind", "0=Conv1d", "--kind", "1=PReLU", "--kind", "4=PReLU"]
    tensors = convert(sequences, *kinds, "--flatten", "3=1x3x3")
    assert tensors["p_re_lu/alpha"].shape == (1, 3) and tensors["p_re_lu_1/alpha"].shape == (1,), tensors
    convert(
        sequences, *kinds[2:], "--kind", "0=Conv2d", error="0: its weight (3, 2, 4) and bias are not those of a Conv2d"
    )
    tensors = convert(modules["depthwise"](), "--module", f"{folder / 'modules.py'}:depthwise")
    assert tensors["depthwise_conv2d/kernel"].shape == (3, 3, 3, 2)
    convert(model, "--order", "encoder", error="--order encoder: decoder is in 0 of them; expected one")
    convert(model, "--order", "encoder,decoder,more", error="there is no module more; there are decoder, encoder")
    file = folder / "modules.py"
    assert (
        convert(model, "--module", f"{file}:Autoencoder")["dense/bias"] == model.decoder.bias.detach().numpy()
    ).all()
    tensors = convert(modules["norms"](), "--module", f"{file}:norms")
    assert {name: array.shape for name, array in list(tensors.items())[2:7]} == {
        "group_normalization/gamma": (4,),
        "group_normalization/beta": (4,),
        "depthwise_conv2d/kernel": (3, 3, 4, 1),
        "depthwise_conv2d/bias": (4,),
        "p_re_lu/alpha": (1, 1, 4),
    }, tensors.keys()
    convert(model, "--module", f"{file}:norms", error="does not fit the model")
    convert(model, "--module", f"{file}:no", error="expected that no() makes an nn.Module")
    convert(model, "--module", "no.py:no", error="expected FILE.py:NAME with a file that is there")
    convert(modules["beside"](), "--module", f"{file}:beside")
    for name, error in (
        ("failing", "modules.py, line "),
        ("failing_beside", "modules_beside.py, line 8: ValueError: no such size"),
        ("with_size", "modules.py: TypeError: with_size() missing 1 required"),
    ):
        convert(model, "--module", f"{file}:{name}", error=error)
    for code, error in (
        ("import no_such_module", "broken.py, line 1: ModuleNotFoundError: No module named 'no_such_module'"),
        ("def f(:", "broken.py: SyntaxError: invalid syntax"),
        ("import sys; sys.exit('no data')", "broken.py, line 1: SystemExit: no data"),
    ):
        (folder / "broken.py").write_text(code)
        convert(model, "--module", f"{folder / 'broken.py'}:f", error=error)
    convert(modules["grouped"](), "--module", f"{file}:grouped", error="0 gives 24 = 6 x 4 numbers to 2, which reads 4 channels")
    without = modules["without_statistics"]()
    convert(without, "--module", f"{file}:without_statistics", error="0 (BatchNorm2d): track_running_stats=False")
    convert(modules["circular"](), "--module", f"{file}:circular", error="0 (Conv2d): padding_mode='circular'")
    print("the order of a .safetensors file is that of numbers, or is asked for")


def main():
    folder = exchange.Folder(pathlib.Path(sys.argv[1]).resolve())
    torch.manual_seed(1)
    print(f"PyTorch {torch.__version__}")
    for name in OPTIONS:
        both_ways(folder, name)
    check_there_and_back(folder)
    check_order(folder)
    check_keras(folder)
    check_flattened(folder)
    check_asked(folder)
    check_errors(folder)
    print("all is well")


if __name__ == "__main__":
    main()

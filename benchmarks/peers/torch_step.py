"""Speed of PyTorch's training step on the models of training_step.cpp."""

import peer

options = peer.arguments(__doc__, ["nchw", "channels_last", "compile"])

import torch  # noqa: E402  (reads the number of threads on import)
from torch import nn  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(0)


def conv(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, padding="same")


def convolutional(*channels):
    a, b, c, d = channels
    return nn.Sequential(
        conv(1, a), nn.ReLU(), nn.MaxPool2d(2),
        conv(a, b), nn.ReLU(), nn.MaxPool2d(2),
        conv(b, c), nn.ReLU(), nn.Upsample(scale_factor=2),
        conv(c, d), nn.ReLU(), nn.Upsample(scale_factor=2),
        conv(d, 1),
    )  # fmt: skip


def make(name):
    if name == "dense32":
        return nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 784)), (784,)
    channels = {"ae7k": (16, 16, 16, 16), "dae74k": (32, 64, 64, 32)}[name]
    return convolutional(*channels), (1, 28, 28)


def measure(name):
    model, shape = make(name)
    peer.check_parameters(name, sum(p.numel() for p in model.parameters()))
    x = torch.rand(peer.BATCH[name], *shape)
    target = torch.rand(peer.BATCH[name], *shape)
    if options.variant != "nchw" and x.dim() == 4:
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
        target = target.to(memory_format=torch.channels_last)
    # The fastest ways PyTorch has: one loss for sigmoid and cross-entropy, and Adam in one pass.
    loss = nn.BCEWithLogitsLoss()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    forward = torch.compile(lambda x, target: loss(model(x), target)) if options.variant == "compile" else (
        lambda x, target: loss(model(x), target)
    )

    def step():
        adam.zero_grad(set_to_none=True)
        forward(x, target).backward()
        adam.step()

    for _ in range(5):
        step()
    return peer.images_per_second(step, peer.BATCH[name], options.seconds)


peer.report("pytorch", options, {name: measure(name) for name in options.models})

"""Speed of PyTorch's training step on the models of training_step.cpp.

nchw, channels_last  the layout of images in memory
compile              channels_last, and torch.compile, which needs a C++ compiler
"""

import peer

options = peer.arguments(__doc__, ["nchw", "channels_last", "compile"])

import torch  # noqa: E402  (reads the number of threads on import)
from torch import nn  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(0)


def conv(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, padding="same")


def relus(*layers):
    """The layers with a ReLU behind each but the last."""
    chain = [step for layer in layers for step in (layer, nn.ReLU())]
    return nn.Sequential(*chain[:-1])


def convolutional(*channels):
    a, b, c, d = channels
    return nn.Sequential(
        conv(1, a), nn.ReLU(), nn.MaxPool2d(2),
        conv(a, b), nn.ReLU(), nn.MaxPool2d(2),
        conv(b, c), nn.ReLU(), nn.Upsample(scale_factor=2),
        conv(c, d), nn.ReLU(), nn.Upsample(scale_factor=2),
        conv(d, 1),
    )  # fmt: skip


def transpose():
    def halve(inputs, outputs):
        return nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)

    def double(inputs, outputs):
        return nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1)

    return relus(halve(1, 32), halve(32, 64), double(64, 64), double(64, 32), conv(32, 1))


class VariationalAutoencoder(nn.Module):
    """Gives logits, and keeps the divergence of its last batch."""

    def __init__(self):
        super().__init__()

        def halve(inputs, outputs):
            return nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)

        def double(inputs, outputs):
            return nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1)

        self.encoder = nn.Sequential(
            halve(1, 32), nn.ReLU(), halve(32, 64), nn.ReLU(), nn.Flatten(), nn.Linear(64 * 7 * 7, 16), nn.ReLU()
        )
        self.z_mean, self.z_log_var = nn.Linear(16, 2), nn.Linear(16, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, 64 * 7 * 7), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
            double(64, 64), nn.ReLU(), double(64, 32), nn.ReLU(), nn.ConvTranspose2d(32, 1, 3, padding=1),
        )  # fmt: skip

    def forward(self, x):
        h = self.encoder(x)
        mean, log_var = self.z_mean(h), self.z_log_var(h)
        z = mean + torch.exp(log_var / 2) * torch.randn_like(mean)
        self.kl = -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum()
        return self.decoder(z)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fine, self.coarse, self.deepest = conv(1, 16), conv(16, 32), conv(32, 64)
        self.back_to_coarse, self.back_to_fine, self.last = conv(64 + 32, 32), conv(32 + 16, 16), conv(16, 1)

    def forward(self, x):
        relu, pool, up = nn.functional.relu, nn.functional.max_pool2d, nn.functional.interpolate
        fine = relu(self.fine(x))
        coarse = relu(self.coarse(pool(fine, 2)))
        deepest = relu(self.deepest(pool(coarse, 2)))
        back = relu(self.back_to_coarse(torch.cat([up(deepest, scale_factor=2), coarse], 1)))
        back = relu(self.back_to_fine(torch.cat([up(back, scale_factor=2), fine], 1)))
        return self.last(back)


def classifier():
    return nn.Sequential(
        conv(1, 32), nn.ReLU(), nn.MaxPool2d(2),
        conv(32, 64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, peer.CLASSES), nn.Softmax(dim=1),
    )  # fmt: skip


def dense(*sizes):
    return relus(*(nn.Linear(inputs, outputs) for inputs, outputs in zip(sizes, sizes[1:])))


def make(name):
    """The auto-encoders without their last sigmoid, which belongs to the loss below."""
    return {
        "ae7k": lambda: convolutional(16, 16, 16, 16),
        "dae74k": lambda: convolutional(32, 64, 64, 32),
        "dae_transpose": transpose,
        "vae": VariationalAutoencoder,
        "dense32": lambda: dense(784, 32, 784),
        "deep_dense": lambda: dense(784, 128, 64, 32, 64, 128, 784),
        "unet": UNet,
        "classifier": classifier,
    }[name]()


def batch_of(name):
    """Inputs and targets."""
    x = torch.rand(peer.BATCH[name], *((784,) if "dense" in name else (1, 28, 28)))
    if name == "classifier":
        return x, nn.functional.one_hot(torch.arange(len(x)) % peer.CLASSES, peer.CLASSES).float()
    return x, torch.rand_like(x)


def measure(name):
    model = make(name)
    peer.check_parameters(name, sum(p.numel() for p in model.parameters()))
    x, target = batch_of(name)
    if options.variant != "nchw" and x.dim() == 4:
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
        if target.dim() == 4:
            target = target.to(memory_format=torch.channels_last)
    # The fastest ways PyTorch has: one loss for sigmoid and cross-entropy, and Adam in one pass.
    loss = nn.MSELoss() if name == "classifier" else nn.BCEWithLogitsLoss()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def forward(x, target):
        if name == "vae":
            logits = model(x)
            return (nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="sum") + model.kl) / len(x)
        return loss(model(x), target)

    if options.variant == "compile":
        forward = torch.compile(forward)

    def step():
        adam.zero_grad(set_to_none=True)
        forward(x, target).backward()
        adam.step()

    try:
        for _ in range(5):
            step()
    except Exception as error:
        if options.variant != "compile":
            raise
        peer.note(f"torch.compile cannot do {name}: {error}")
        return None
    return peer.images_per_second(step, peer.BATCH[name], options.seconds)


peer.report("pytorch", options, {name: measure(name) for name in options.models})

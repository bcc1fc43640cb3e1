#!/usr/bin/env python3
"""Lets Keras shift, turn and zoom an image; writes tests/datasets/keras_augmentations.hpp.

    python3 tests/datasets/make_keras_augmentations.py      needs Keras 3 with TensorFlow
"""

import os
import pathlib

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")

import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

HEIGHT, WIDTH = 5, 6
image = ((np.arange(HEIGHT * WIDTH) * 7 % 23) / 32).astype("float32").reshape(1, HEIGHT, WIDTH, 1)


def moved(kind, amounts, fill, interpolation):
    """A range of one number leaves nothing to chance."""
    layer = kind(*[(amount, amount) for amount in amounts], fill_mode=fill, interpolation=interpolation, fill_value=0.25)
    return np.asarray(layer(image, training=True)).ravel()


lines = []
for fill in ("reflect", "constant", "nearest", "wrap"):
    for interpolation in ("bilinear", "nearest"):
        for kind, amounts in (
            (layers.RandomTranslation, (0.3, -0.45)),
            (layers.RandomTranslation, (-0.9, 1.0)),
            (layers.RandomRotation, (0.09,)),
            (layers.RandomZoom, (0.7, -0.3)),
        ):
            values = ", ".join(f"{value:.9g}" for value in moved(kind, amounts, fill, interpolation))
            numbers = ", ".join(str(amount) for amount in (*amounts, 0.0)[:2])
            lines.append(
                f'    {{"{kind.__name__}", {{{numbers}}}, Fill::{fill}, Interpolation::{interpolation},\n     {{{values}}}}},'
            )
text = """// What Keras makes of an image; make_keras_augmentations.py writes this file.
#pragma once

#include <array>

#include "latent/datasets/augment.hpp"

namespace keras_augmentations {

using latent::augment::Fill, latent::augment::Interpolation;

struct Case {
  const char* layer;
  std::array<double, 2> amounts;
  Fill fill;
  Interpolation interpolation;
  std::array<double, 30> moved;
};

inline constexpr Case cases[] = {
%s
};

}  // namespace keras_augmentations
""" % "\n".join(lines)
(pathlib.Path(__file__).resolve().parent / "keras_augmentations.hpp").write_text(text)

"""The step of from_a_pixel_to_a_gradient.cpp in Keras, in double precision: prints the same lines.

    pip install keras tensorflow && python3 docs/lessons/from_a_pixel_to_a_gradient.py
"""

import numpy
import keras
import tensorflow

keras.config.set_floatx("float64")


def show(name, values, width):
    rows = numpy.reshape(numpy.asarray(values), (-1, width)) + 0.0
    for number, row in enumerate(rows):
        print(f"{name if number == 0 else '':16}" + "".join(f" {value:9.5f}" for value in row))


network = keras.Sequential([
    keras.Input((3, 3, 1)),
    keras.layers.Conv2D(1, 2, activation="relu", name="conv2d"),
    keras.layers.Flatten(),
    keras.layers.Dense(1, name="dense"),
])
start = [0.5, -0.5, 1, 0.25, 0.1, 0.4, -0.6, 0.2, 0.8, -0.3]
for variable in network.trainable_variables:
    size = int(numpy.prod(variable.shape))
    variable.assign(numpy.reshape(start[:size], variable.shape))
    start = start[size:]
x = tensorflow.constant([[0, 1, 0.5], [0, 1, 0], [0.5, 1, 0]], "float64")[None, :, :, None]
target = tensorflow.constant([[1.0]], "float64")
loss = keras.losses.BinaryCrossentropy(from_logits=True)
names = {"conv2d/kernel": 2, "conv2d/bias": 1, "dense/kernel": 2, "dense/bias": 1}

with tensorflow.GradientTape(persistent=True) as tape:
    tape.watch(x)
    seen = network.layers[1](network.layers[0](x))
    logit = network.layers[2](seen)
    value = loss(target, logit)
show("x", x, 3)
for (name, width), variable in zip(names.items(), network.trainable_variables):
    show(name, variable, width)
show("after ReLU", seen, 2)
show("logit", logit, 1)
show("loss", value, 1)

print()
show("d logit", tape.gradient(value, logit), 1)
show("d after ReLU", tape.gradient(value, seen), 2)
gradients = tape.gradient(value, network.trainable_variables)
for (name, width), gradient in reversed(list(zip(names.items(), gradients))):
    show("d " + name, gradient, width)
show("d x", tape.gradient(value, x), 3)

print()
keras.optimizers.SGD(learning_rate=0.5).apply(gradients, network.trainable_variables)
for (name, width), variable in zip(names.items(), network.trainable_variables):
    show(name, variable, width)
show("loss", loss(target, network(x)), 1)

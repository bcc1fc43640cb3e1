"""What latent has and Keras has not, as layers of Keras. Import it before you load a model that scripts/latent_model.py made
with one of them: `import latent_keras; keras.saving.load_model("vae.keras")`."""

import keras


@keras.saving.register_keras_serializable("latent")
def approximate_gelu(x):
    return keras.ops.gelu(x, approximate=True)


@keras.saving.register_keras_serializable("latent")
class Sampling(keras.layers.Layer):
    """z_mean + exp(z_log_var / 2) * epsilon in training, and adds beta times the Kullback-Leibler divergence to the loss;
    at inference z_mean."""

    def __init__(self, beta=1.0, seed=None, **options):
        super().__init__(**options)
        self.beta, self.seed = beta, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        mean, log_var = inputs
        if not training:
            return mean
        divergence = -0.5 * keras.ops.sum(1 + log_var - mean**2 - keras.ops.exp(log_var), axis=-1)
        self.add_loss(self.beta * keras.ops.mean(divergence))
        epsilon = keras.random.normal(keras.ops.shape(mean), dtype=mean.dtype, seed=self.seed_generator)
        return mean + keras.ops.exp(0.5 * log_var) * epsilon

    def compute_output_shape(self, shapes):
        return shapes[0]

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "seed": self.seed}


@keras.saving.register_keras_serializable("latent")
class DenseTranspose(keras.layers.Layer):
    """A Dense with the kernel of the layer called `dense_name`, transposed, and a bias of its own."""

    def __init__(self, dense, activation=None, use_bias=True, **options):
        ours = {key: options.pop(key) for key in list(options) if key.startswith("bias_")}
        super().__init__(**options)
        self.dense_name, self.use_bias, self.of_bias = dense, use_bias, ours
        self.activation = keras.activations.get(activation)
        self.bias, self.lender = None, None

    @property
    def dense(self):
        return self.lender() if self.lender else None

    def __call__(self, x, **options):
        # That layer is on the way to x. A function that returns it is not tracked: it is saved once.
        operation, waiting, seen = None, [x], set()
        while waiting and operation is None and hasattr(x, "_keras_history"):
            before = waiting.pop()._keras_history.operation
            if id(before) not in seen:
                seen.add(id(before))
                operation = before if before.name == self.dense_name else None
                waiting += [t for node in before._inbound_nodes for t in node.input_tensors if not node.is_input]
        if operation is not None:
            self.lender = lambda: operation
        elif self.lender is None:
            raise ValueError(f"{self.name}: there is no layer {self.dense_name} before it")
        return super().__call__(x, **options)

    def get_build_config(self):
        """Nothing: it is built when it is called, for then it finds its Dense."""

    def build(self, shape):
        if self.use_bias:
            features = self.dense.kernel.shape[0]
            initializer = keras.initializers.get(self.of_bias.get("bias_initializer", "zeros"))
            self.bias = self.add_weight(name="bias", shape=(features,), initializer=initializer)

    def call(self, x):
        y = keras.ops.matmul(x, keras.ops.transpose(self.dense.kernel))
        return self.activation(y if self.bias is None else y + self.bias)

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.dense.kernel.shape[0])

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        mine = {"dense": self.dense_name, "activation": activation, "use_bias": self.use_bias}
        return {**super().get_config(), **self.of_bias, **mine}

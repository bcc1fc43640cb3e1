// The sampling layer of a variational auto-encoder, as an example of a layer that draws random numbers and adds to the
// loss.
//
//     input (z_mean | z_log_var), 2 * latent values;   z = z_mean + exp(z_log_var / 2) * epsilon
//     kl_loss = mean over the batch of sum -(1 + z_log_var - z_mean^2 - exp(z_log_var)) / 2
#pragma once

#include <latent/layers/layer.hpp>

template <latent::Index latent_size>
struct ExampleSampling {
  static constexpr const char* class_name = "Sampling";
  static constexpr const char* default_name = "sampling";
  template <class S>
  using complaint = latent::Unless<S::rank == 1 && S::channels == 2 * latent_size,
                                   latent::Expects<latent::an_input_with_this_many_values<2 * latent_size>>>;

  template <class InputShape, class Scalar>
  struct On : latent::LayerDefaults {
    using output_shape = latent::Shape<latent_size>;
    static constexpr latent::OwnLoss own_loss{"kl_loss", "reconstruction_loss"};

    static Scalar epsilon(const latent::Call& call, latent::Index n, latent::Index i) {
      return static_cast<Scalar>(call.random(latent::Purpose::sampling).normal(call.place(n) * latent_size + i));
    }

    template <class P, class X, class Y, class Act>
    static void forward(const P& p, latent::View<const Scalar, X> x, latent::View<Scalar, Y> y, Act) {
      double kl = 0;
      for (latent::Index n = 0; n < x.samples; ++n)
        for (latent::Index i = 0; i < latent_size; ++i) {
          const Scalar mean = x.sample(n)[i], log_var = x.sample(n)[latent_size + i];
          y.sample(n)[i] = mean + std::exp(log_var / 2) * epsilon(p.call, n, i);
          kl -= (1 + log_var - mean * mean - std::exp(log_var)) / 2;
        }
      p.call.add_loss(kl);
    }
    template <class P, class X, class Y, class Z, class DX, class Previous>
    static void input_gradient(const P& p, latent::View<const Scalar, X> x, latent::View<const Scalar, Y>,
                               latent::View<const Scalar, Z> dz, latent::View<Scalar, DX> dx, Previous) {
      const auto share = static_cast<Scalar>(p.call.share());
      for (latent::Index n = 0; n < x.samples; ++n)
        for (latent::Index i = 0; i < latent_size; ++i) {
          const Scalar mean = x.sample(n)[i], log_var = x.sample(n)[latent_size + i], gradient = dz.sample(n)[i];
          dx.sample(n)[i] = gradient + share * mean;
          dx.sample(n)[latent_size + i] =
              gradient * epsilon(p.call, n, i) * std::exp(log_var / 2) / 2 + share * (std::exp(log_var) - 1) / 2;
        }
    }
  };
};

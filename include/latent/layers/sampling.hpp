/// Sampling<size>: the code of a variational auto-encoder, drawn from the normal distribution that its encoder
/// describes.
///
///     z = z_mean + exp(z_log_var / 2) * epsilon,   epsilon ~ N(0, 1)
///
/// and what it adds to the loss: the Kullback-Leibler divergence of that distribution from N(0, 1), summed over the
/// code and averaged over the batch, times beta:
///
///     kl_loss = beta * mean of sum -(1 + z_log_var - z_mean^2 - exp(z_log_var)) / 2
///
/// epsilon is drawn anew for every sample of every step from the seed of `fit`. Where the model is not trained
/// (predict, evaluate) z is z_mean: the code of an image, and no chance; `model.call(x, {.training = true})` draws.
/// History has the parts of the loss as "kl_loss" and "reconstruction_loss". The reconstruction is a sum over the
/// pixels: compile(vae, Adam{}, SumOverPixels<BinaryCrossentropy>{}).
///
/// Options: Beta<4.0>, how much the divergence counts (default 1; I. Higgins et al., "beta-VAE", ICLR 2017);
/// BetaFrom<Source>, with `static double Source::beta_at(const Call&)`, for one that is known at run time or changes
/// with the step; EpsilonFrom<Source>, with `static double Source::draw(const Call&, Index sample, Index i)`, for other
/// random numbers. Input shape (2 * size + more): z_mean, z_log_var, and what is passed on as it is (the label, in a
/// conditional model); output shape (size + more). Where z_log_var is more than 40 exp goes on as a straight line, so
/// that no network makes it overflow (float can square exp(40), and the divergence still outweighs the reconstruction).
/// D. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014;
/// https://keras.io/examples/generative/vae/
#pragma once

#include <cmath>

#include "latent/layers/layer.hpp"

namespace latent {

struct BetaKind;
struct EpsilonFromKind;

/// How much the divergence counts: `Sampling<2, Beta<4.0>>`.
template <Real value>
struct Beta {
  using kind = BetaKind;
  using beta_source = Beta;
  static constexpr double beta = value.value;
  static constexpr double beta_at(const Call&) { return beta; }
  static_assert(beta >= 0, "latent: Beta is at least 0");
};
template <class Source>
struct BetaFrom {
  using kind = BetaKind;
  using beta_source = Source;
  static constexpr double beta = 0;  // not known before the training
};
/// Where Sampling has its random numbers from.
template <class Source>
struct EpsilonFrom {
  using kind = EpsilonFromKind;
  using epsilon_source = Source;
};

namespace detail {
/// Number i of the code of sample n of the batch.
template <Index size>
struct NormalEpsilon {
  static double draw(const Call& call, Index sample, Index i) {
    return call.random(Purpose::sampling).normal(sample * size + i);
  }
};
}  // namespace detail

template <Index size, class... Options>
struct Sampling {
  static constexpr const char *class_name = "Sampling", *default_name = "sampling";
  using BetaOption = OptionOf<Beta<1>, Options...>;
  using BetaSource = typename BetaOption::beta_source;
  using Epsilon = typename OptionOf<EpsilonFrom<detail::NormalEpsilon<size>>, Options...>::epsilon_source;

  template <class S>
  using complaint =
      FirstOf<Unless<size >= 1, AlreadyReported>,
              Unless<S::rank == 1 && S::channels >= 2 * size, Expects<z_mean_and_z_log_var_of_this_size<size>>>>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    static constexpr Index more = InputShape::channels - 2 * size;
    using output_shape = Shape<size + more>;
    static constexpr OwnLoss own_loss{
        "kl_loss", "reconstruction_loss", 0.01 * BetaOption::beta,
        "the posterior has collapsed: the code says nothing of the input. Is the reconstruction a sum over the pixels "
        "(SumOverPixels)? Is Beta too large?"};

    /// exp(log_var * power), which goes on as a straight line where log_var is more than 40, and its derivative with
    /// respect to log_var * power.
    static constexpr double most = 40;
    static double exp(double log_var, double power) {
      const double beyond = std::max(log_var - most, 0.0);
      return std::exp((log_var - beyond) * power) * (1 + beyond * power);
    }
    static double derivative_of_exp(double log_var, double power) { return std::exp(std::min(log_var, most) * power); }

    static void forward(const auto& p, auto x, auto y, auto) {
      double kl = 0;
      for (Index n = 0; n < x.samples; ++n) {
        const Scalar *z_mean = x.sample(n), *z_log_var = z_mean + size;
        Scalar* z = y.sample(n);
        for (Index i = 0; i < size; ++i) {
          const double mean = static_cast<double>(z_mean[i]), log_var = static_cast<double>(z_log_var[i]);
          z[i] = static_cast<Scalar>(mean + exp(log_var, 0.5) * epsilon(p.call, n, i));
          kl -= (1 + log_var - mean * mean - exp(log_var, 1)) / 2;
        }
        std::copy_n(z_log_var + size, more, z + size);
      }
      p.call.add_loss(BetaSource::beta_at(p.call) * kl);
    }

    ///     d z_mean    = dz + beta * z_mean / batch
    ///     d z_log_var = dz * epsilon * exp(z_log_var / 2) / 2 + beta * (exp(z_log_var) - 1) / 2 / batch
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto) {
      const double share = BetaSource::beta_at(p.call) * p.call.share();
      for (Index n = 0; n < x.samples; ++n) {
        const Scalar *z_mean = x.sample(n), *z_log_var = z_mean + size, *gradient = dz.sample(n);
        Scalar *d_mean = dx.sample(n), *d_log_var = d_mean + size;
        for (Index i = 0; i < size; ++i) {
          const double mean = static_cast<double>(z_mean[i]), log_var = static_cast<double>(z_log_var[i]);
          const double g = static_cast<double>(gradient[i]);
          d_mean[i] = static_cast<Scalar>(g + share * mean);
          d_log_var[i] = static_cast<Scalar>(g * epsilon(p.call, n, i) * derivative_of_exp(log_var, 0.5) / 2 +
                                             share * (derivative_of_exp(log_var, 1) - 1) / 2);
        }
        std::copy_n(gradient + size, more, d_log_var + size);
      }
    }

   private:
    static double epsilon(const Call& call, Index n, Index i) {
      return call.training ? Epsilon::draw(call, call.place(n), i) : 0;
    }
  };

  static_assert(size >= 1, "latent: a code has at least 1 number");
  static_assert(options_are<Kinds<BetaKind, EpsilonFromKind>, Options...>,
                "latent: Sampling's options are Beta<...>, BetaFrom<...> and EpsilonFrom<...>");
  static_assert(each_option_once<Options...>, "latent: Sampling got two options of one kind");
};

}  // namespace latent

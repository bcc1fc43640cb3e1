/// Sampling<options...>: the code of a variational auto-encoder, drawn from the normal distribution that its encoder
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
/// It reads the values named "z_mean" and "z_log_var", wherever they stand; `Of<"mean", "log_var">` gives other names.
/// Further options: Beta<4.0>, how much the divergence counts (default 1; I. Higgins et al., "beta-VAE", ICLR 2017);
/// BetaFrom<Source>, with `static double Source::beta_at(const Call&)`, for one that is known at run time or changes
/// with the step; EpsilonFrom<Source>, with `static double Source::draw(const Call&, Index sample, Index i)`, for other
/// random numbers. Input shapes: any, the same for both; output shape the same. Where z_log_var is more than 40 exp goes
/// on as a straight line, so that no network makes it overflow (float can square exp(40), and the divergence still
/// outweighs the reconstruction).
/// D. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014;
/// https://keras.io/examples/generative/vae/
#pragma once

#include <cmath>
#include <tuple>

#include "latent/layers/layer.hpp"

namespace latent {

struct BetaKind;
struct EpsilonFromKind;
struct OfKind;

/// How much the divergence counts: `Sampling<Beta<4.0>>`.
template <Real value>
struct Beta {
  using kind = BetaKind;
  using beta_source = Beta;
  static constexpr double beta = value.value;
  /// Beta in that call.
  static constexpr double beta_at(const Call&) { return beta; }
  static_assert(beta >= 0, "latent: Beta is at least 0");
  LATENT_NO_WHOLE_ZERO(value, "Beta<beta>");
};
/// Beta from a type of the user's that changes it during the training.
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
  using epsilon_source = Source;  ///< the type that draws the numbers
};
/// The values that Sampling reads.
template <FixedString z_mean, FixedString z_log_var>
struct Of {
  using kind = OfKind;
  using sampled = Reads<z_mean, z_log_var>;  ///< what the layer reads
};

namespace detail {
/// Number i of the code of sample n of the batch, of codes of that size.
template <Index size>
struct NormalEpsilon {
  static double draw(const Call& call, Index sample, Index i) {
    return call.random(Purpose::sampling).normal(sample * size + i);
  }
};
struct Normal {};
template <class S>
struct SameShapes : std::false_type {};
template <class S>
struct SameShapes<Shapes<S, S>> : std::true_type {};
}  // namespace detail

template <class... Options>
struct Sampling {
  static constexpr const char *class_name = "Sampling", *default_name = "sampling";
  using reads = typename OptionOf<Of<"z_mean", "z_log_var">, Options...>::sampled;
  using BetaOption = OptionOf<Beta<1>, Options...>;     ///< The option that says how large beta is.
  using BetaSource = typename BetaOption::beta_source;  ///< Where beta comes from.
  /// Where the random numbers come from.
  using EpsilonSource = typename OptionOf<EpsilonFrom<detail::Normal>, Options...>::epsilon_source;

  template <class S>
  using complaint = Unless<detail::SameShapes<S>::value, Expects<z_mean_and_z_log_var_of_one_shape>>;

  template <class S, class Scalar>
  struct On;
  template <class S, class Scalar>
  struct On<Shapes<S, S>, Scalar> : LayerDefaults {
    using output_shape = S;
    using Epsilon = std::conditional_t<std::is_same_v<EpsilonSource, detail::Normal>, detail::NormalEpsilon<S::size>,
                                       EpsilonSource>;
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
      for_codes(x, y, [&](Index n, Index i, Scalar z_mean, Scalar z_log_var, Scalar& z) {
        const double mean = static_cast<double>(z_mean), log_var = static_cast<double>(z_log_var);
        z = static_cast<Scalar>(mean + exp(log_var, 0.5) * epsilon(p.call, n, i));
        kl -= (1 + log_var - mean * mean - exp(log_var, 1)) / 2;
      });
      p.call.add_loss(BetaSource::beta_at(p.call) * kl);
    }

    ///     d z_mean    = dz + beta * z_mean / batch
    ///     d z_log_var = dz * epsilon * exp(z_log_var / 2) / 2 + beta * (exp(z_log_var) - 1) / 2 / batch
    static void input_gradient(const auto& p, auto x, auto, auto dz, auto dx, auto) {
      const double share = BetaSource::beta_at(p.call) * p.call.share();
      for_codes(x, dz, [&](Index n, Index i, Scalar z_mean, Scalar z_log_var, Scalar gradient) {
        const double mean = static_cast<double>(z_mean), log_var = static_cast<double>(z_log_var);
        const double g = static_cast<double>(gradient);
        at(std::get<0>(dx), n, i) = static_cast<Scalar>(g + share * mean);
        at(std::get<1>(dx), n, i) =
            static_cast<Scalar>(g * epsilon(p.call, n, i) * derivative_of_exp(log_var, 0.5) / 2 +
                                share * (derivative_of_exp(log_var, 1) - 1) / 2);
      });
    }

   private:
    static double epsilon(const Call& call, Index n, Index i) {
      return call.training ? Epsilon::draw(call, call.place(n), i) : 0;
    }
    /// Number i of sample n.
    static auto& at(const auto& view, Index n, Index i) {
      constexpr Index row = S::width * S::channels;
      return view.pixel(n, i / row, 0)[i % row];
    }
    /// Calls visit(sample, i, z_mean, z_log_var, z) for all numbers of all codes.
    template <class Visit>
    static void for_codes(const auto& x, const auto& z, const Visit& visit) {
      const auto& [z_mean, z_log_var] = x;
      for (Index n = 0; n < z.samples; ++n)
        for (Index i = 0; i < S::size; ++i) visit(n, i, at(z_mean, n, i), at(z_log_var, n, i), at(z, n, i));
    }
  };

  static_assert(options_are<Kinds<OfKind, BetaKind, EpsilonFromKind>, Options...>,
                "latent: Sampling's options are Of<...>, Beta<...>, BetaFrom<...> and EpsilonFrom<...>");
  static_assert(each_option_once<Options...>, "latent: Sampling got two options of one kind");
};

}  // namespace latent

/// What a gradient check says of each layer of the lessons, and what it says of the usual mistakes: the layers here are
/// latent's, with one function in which a mistake can be made. The output stands in the lessons, and a test sees to it
/// that it does.

#include <cstdio>
#include <latent/checks/gradient_check.hpp>
#include <latent/layers/batch_normalization.hpp>
#include <latent/layers/conv2d.hpp>
#include <latent/layers/conv2d_transpose.hpp>
#include <latent/layers/dense.hpp>
#include <latent/layers/max_pooling2d.hpp>
#include <latent/layers/sampling.hpp>
#include <latent/layers/up_sampling2d.hpp>
#include <latent/losses/binary_crossentropy.hpp>
#include <latent/optimizers/adam.hpp>
#include <numeric>
#include <vector>

using namespace latent;

namespace {

int mistake = 0;  // the number of the one that is made; 0: none

void print(const char* what, const std::string& finding) { std::printf("%-46s %s\n", what, finding.c_str()); }

/// One line: all is well, or the worst place. (The last digits of a rounding error depend on the machine.)
void print(const char* what, const GradientReport& report) {
  print(what, report.passed ? text(report.checked, " derivatives, all within 1e-8") : report.worst_at);
}

/// Fills a tensor with numbers around 0 that no two machines disagree about.
template <class Tensor>
void fill(Tensor& tensor, std::uint64_t seed) {
  for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = 2 * Random(Seed{seed}, Purpose::test).uniform(i) - 1;
}

/// The check of a model without a mistake, and with each of those named.
template <class Model>
void check_all(const char* title, Model& model, const typename Model::InputTensor& x,
               const std::vector<const char*>& mistakes) {
  std::uint64_t seed = 7;
  for (const auto& tensor : model.parameters())
    if (tensor.trainable)
      for (Index i = 0; i < tensor.size(); ++i) tensor.data[i] = 2 * Random(Seed{++seed}, Purpose::test).uniform(i) - 1;
  mistake = 0;
  print(title, check_gradients(model, x));
  for (const char* what : mistakes) ++mistake, print(what, check_gradients(model, x));
  mistake = 0;
}

// ---- Dense

struct DenseOr : Dense<3> {
  template <class S, class Scalar>
  struct On : Dense<3>::On<S, Scalar> {
    using Right = typename Dense<3>::template On<S, Scalar>;

    static void weight_gradient(const auto& dp, auto x, auto dz) {
      if (mistake != 1 && mistake != 2) return Right::weight_gradient(dp, x, dz);
      for (Index n = 0; n < x.samples; ++n)
        for (Index c = 0; c < 3; ++c)
          for (Index u = 0; u < 3; ++u) {
            const Scalar product = x.pixel(n, 0, 0)[c] * dz.pixel(n, 0, 0)[u];
            Scalar& to = dp[0][c * 3 + u];
            to = mistake == 1 ? product : to + product / static_cast<Scalar>(x.samples);
          }
      for (Index n = 0; n < x.samples; ++n)
        for (Index u = 0; u < 3; ++u) dp[1][u] += dz.pixel(n, 0, 0)[u];
    }

    static void input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto previous) {
      if (mistake != 3) return Right::input_gradient(p, x, y, dz, dx, previous);
      for (Index n = 0; n < x.samples; ++n)
        for (Index c = 0; c < 3; ++c) {
          Scalar sum = 0;
          for (Index u = 0; u < 3; ++u) sum += dz.pixel(n, 0, 0)[u] * p[0][u * 3 + c];
          dx.pixel(n, 0, 0)[c] = sum;
        }
    }
  };
};

void dense() {
  Model<double, Input<3>, DenseOr> model;
  Tensor<2, double> x(2, 3);
  fill(x, 1);
  check_all("Dense<3>", model, x,
            {"dkernel: = instead of +=", "dkernel: a mean over the batch", "dx: the kernel transposed"});
}

// ---- Conv2D

struct Conv2DOr : Conv2D<2, 3, Same> {
  template <class S, class Scalar>
  struct On : Conv2D<2, 3, Same>::On<S, Scalar> {
    using Right = typename Conv2D<2, 3, Same>::template On<S, Scalar>;

    static void weight_gradient(const auto& dp, auto x, auto dz) {
      if (mistake != 1 && mistake != 2) return Right::weight_gradient(dp, x, dz);
      const Index before = mistake == 1 ? 0 : 1;
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < S::height; ++o)
          for (Index p = 0; p < S::width; ++p)
            for (Index f = 0; f < 2; ++f) {
              const Scalar gradient = dz.pixel(n, o, p)[f];
              for (Index a = 0; a < 3; ++a)
                for (Index b = 0; b < 3; ++b)
                  for (Index c = 0; c < S::channels; ++c) {
                    const Index row = o + a - before, column = p + b - before;
                    if (row >= 0 && row < S::height && column >= 0 && column < S::width)
                      dp[0][((a * 3 + b) * S::channels + c) * 2 + f] += x.pixel(n, row, column)[c] * gradient;
                  }
              dp[1][f] = mistake == 2 ? gradient : dp[1][f] + gradient;
            }
    }

    static void input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto previous) {
      if (mistake != 3) return Right::input_gradient(p, x, y, dz, dx, previous);
      for (Index n = 0; n < x.samples; ++n)
        for (Index i = 0; i < S::height; ++i)
          for (Index j = 0; j < S::width; ++j)
            for (Index c = 0; c < S::channels; ++c) {
              Scalar sum = 0;
              for (Index a = 0; a < 3; ++a)
                for (Index b = 0; b < 3; ++b) {
                  const Index o = i + a - 1, q = j + b - 1;  // forward's indices
                  if (o < 0 || o >= S::height || q < 0 || q >= S::width) continue;
                  for (Index f = 0; f < 2; ++f)
                    sum += dz.pixel(n, o, q)[f] * p[0][((a * 3 + b) * S::channels + c) * 2 + f];
                }
              dx.pixel(n, i, j)[c] = sum;
            }
    }
  };
};

void conv2d() {
  Model<double, Input<4, 5, 2>, Conv2DOr> model;
  Tensor<4, double> x(2, 4, 5, 2);
  fill(x, 2);
  check_all(
      "Conv2D<2, 3, Same>", model, x,
      {"dkernel: 'same' forgotten, before = 0", "dbias: = instead of +=", "dx: dz read at i + a instead of i - a"});
}

// ---- Conv2DTranspose

struct Conv2DTransposeOr : Conv2DTranspose<2, 3, Strides<2>> {
  template <class S, class Scalar>
  struct On : Conv2DTranspose<2, 3, Strides<2>>::On<S, Scalar> {
    using Right = typename Conv2DTranspose<2, 3, Strides<2>>::template On<S, Scalar>;

    static void forward(const auto& p, auto x, auto y, auto activation) {
      if (mistake != 1) return Right::forward(p, x, y, activation);
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < S::height; ++o)
          for (Index q = 0; q < S::width; ++q)
            for (Index a = 0; a < 3; ++a)
              for (Index b = 0; b < 3; ++b)
                for (Index f = 0; f < 2; ++f) {
                  Scalar sum = p[1][f];
                  for (Index c = 0; c < 2; ++c) sum += x.pixel(n, o, q)[c] * p[0][((a * 3 + b) * 2 + f) * 2 + c];
                  y.pixel(n, 2 * o + a, 2 * q + b)[f] = sum;  // what lay there already is lost
                }
    }

    static void weight_gradient(const auto& dp, auto x, auto dz) {
      Scalar kept[2] = {dp[1][0], dp[1][1]};
      Right::weight_gradient(dp, x, dz);
      if (mistake != 2) return;
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < S::height; ++o)
          for (Index q = 0; q < S::width; ++q)
            for (Index f = 0; f < 2; ++f) kept[f] += dz.pixel(n, o, q)[f];
      std::copy_n(kept, 2, dp[1]);
    }

    static void input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto previous) {
      if (mistake != 3) return Right::input_gradient(p, x, y, dz, dx, previous);
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < S::height; ++o)
          for (Index q = 0; q < S::width; ++q)
            for (Index c = 0; c < 2; ++c) {
              Scalar sum = 0;
              for (Index a = 0; a < 3; ++a)
                for (Index b = 0; b < 3; ++b)
                  for (Index f = 0; f < 2; ++f)
                    sum +=
                        dz.pixel(n, 2 * o + a, 2 * q + b)[f] * p[0][((a * 3 + b) * 2 + c) * 2 + f];  // Conv2D's order
              dx.pixel(n, o, q)[c] = sum;
            }
    }
  };
};

void conv2d_transpose() {
  Model<double, Input<2, 3, 2>, Conv2DTransposeOr> model;
  Tensor<4, double> x(2, 2, 3, 2);
  fill(x, 3);
  check_all("Conv2DTranspose<2, 3, Strides<2>>", model, x,
            {"y: = instead of += where kernels overlap", "dbias: over as many pixels as x has",
             "dx: the kernel read as Conv2D's"});
}

// ---- MaxPooling2D

struct MaxPooling2DOr : MaxPooling2D<2, Strides<1>, Same> {
  template <class S, class Scalar>
  struct On : MaxPooling2D<2, Strides<1>, Same>::On<S, Scalar> {
    using Right = typename MaxPooling2D<2, Strides<1>, Same>::template On<S, Scalar>;

    static void forward(const auto& p, auto x, auto y, auto activation) {
      Right::forward(p, x, y, activation);
      if (mistake != 4) return;
      for (Index n = 0; n < x.samples; ++n)
        for (Index o = 0; o < S::height; ++o)
          for (Index q = 0; q < S::width; ++q)
            if (o == S::height - 1 || q == S::width - 1)  // windows that reach beyond the image
              y.pixel(n, o, q)[0] = std::max(y.pixel(n, o, q)[0], Scalar(0));
    }

    static void input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto previous) {
      if (mistake < 1 || mistake > 3) return Right::input_gradient(p, x, y, dz, dx, previous);
      for (Index n = 0; n < x.samples; ++n) {
        if (mistake != 3)
          for (Index row = 0; row < S::height; ++row) std::fill_n(dx.pixel(n, row, 0), S::width, Scalar(0));
        for (Index o = 0; o < S::height; ++o)
          for (Index q = 0; q < S::width; ++q)
            kernels::for_window<Right::rows, Right::columns>(o, q, [&](Index row, Index column) {
              const bool won = x.pixel(n, row, column)[0] == y.pixel(n, o, q)[0];
              Scalar& to = dx.pixel(n, row, column)[0];
              if (mistake == 1) to += dz.pixel(n, o, q)[0];
              if (mistake == 2 && won) to = dz.pixel(n, o, q)[0];
              if (mistake == 3 && won) to += dz.pixel(n, o, q)[0];
            });
      }
    }
  };
};

void max_pooling2d() {
  Model<double, Input<4, 4, 1>, MaxPooling2DOr> model;
  Tensor<4, double> x(1, 4, 4, 1);
  fill(x, 4);
  check_all("MaxPooling2D<2, Strides<1>, Same>", model, x,
            {"dx: every pixel of the window gets dz", "dx: = instead of += where windows overlap",
             "dx: not set to 0 first", "y: what lies beyond the image counts as 0"});
  // Two equal values, the loss being the sum of y: a kink.
  x(0, 1, 1, 0) = x(0, 1, 2, 0) = 2;
  Tensor<4, double> dy(1, 4, 4, 1);
  dy.setConstant(1);
  const double backward = model.backward(x, dy).dx(0, 1, 2, 0), h = 1e-5;
  const auto loss = [&](double change) {
    Tensor<4, double> moved = x;
    moved(0, 1, 2, 0) += change;
    const Tensor<4, double> y = model.predict(moved);
    return std::accumulate(y.data(), y.data() + y.size(), 0.0);
  };
  print("no mistake, but two equal values in a window",
        text("x(0, 1, 2, 0): backward ", backward, ", differences ", (loss(h) - loss(-h)) / (2 * h)));
}

// ---- UpSampling2D

struct UpSampling2DOr : UpSampling2D<2> {
  template <class S, class Scalar>
  struct On : UpSampling2D<2>::On<S, Scalar> {
    using Right = typename UpSampling2D<2>::template On<S, Scalar>;

    static void input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto previous) {
      if (mistake == 0) return Right::input_gradient(p, x, y, dz, dx, previous);
      for (Index n = 0; n < x.samples; ++n)
        for (Index row = 0; row < S::height; ++row)
          for (Index column = 0; column < S::width; ++column) {
            Scalar sum = 0;
            for (Index a = 0; a < 2; ++a)
              for (Index b = 0; b < 2; ++b) sum += dz.pixel(n, 2 * row + a, 2 * column + b)[0];
            Scalar& to = dx.pixel(n, row, column)[0];
            to = mistake == 1 ? sum / 4 : mistake == 2 ? dz.pixel(n, 2 * row, 2 * column)[0] : to + sum;
          }
    }
  };
};

void up_sampling2d() {
  Model<double, Input<2, 3, 1>, UpSampling2DOr> model;
  Tensor<4, double> x(2, 2, 3, 1);
  fill(x, 5);
  check_all("UpSampling2D<2>", model, x,
            {"dx: a mean instead of a sum", "dx: one of the four copies", "dx: += instead of ="});
}

// ---- BatchNormalization

struct BatchNormalizationOr : BatchNormalization<> {
  template <class S, class Scalar>
  struct On : BatchNormalization<>::On<S, Scalar> {
    using Right = typename BatchNormalization<>::template On<S, Scalar>;

    static void weight_gradient(const auto& dp, auto x, auto dz) {
      Scalar gamma[S::channels];
      std::copy_n(dp[0], S::channels, gamma);
      Right::weight_gradient(dp, x, dz);
      if (mistake != 3) return;
      for (Index n = 0; n < x.samples; ++n)
        for (Index c = 0; c < S::channels; ++c) gamma[c] += dz.pixel(n, 0, 0)[c] * x.pixel(n, 0, 0)[c];
      std::copy_n(gamma, S::channels, dp[0]);
    }

    static void input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto previous) {
      if (mistake != 1 && mistake != 2) return Right::input_gradient(p, x, y, dz, dx, previous);
      const typename Right::Moments moments(p);
      const double* s = p.call.batch_statistics;
      for (Index n = 0; n < x.samples; ++n)
        for (Index c = 0; c < S::channels; ++c) {
          const Scalar mean = mistake == 2 ? s[Right::sum_dz + c] / s[Right::count] : 0;
          dx.pixel(n, 0, 0)[c] = p[0][c] * moments.inverse[c] * (dz.pixel(n, 0, 0)[c] - mean);
        }
    }
  };
};

void batch_normalization() {
  Model<double, Input<3>, BatchNormalizationOr> model;
  Tensor<2, double> x(5, 3);
  fill(x, 6);
  check_all("BatchNormalization<>", model, x,
            {"dx: mean and variance taken for constants", "dx: the variance taken for a constant",
             "dgamma: x instead of x^"});
}

// ---- Sampling

struct SamplingOr : Sampling<> {
  template <class S, class Scalar>
  struct On : Sampling<>::On<S, Scalar> {
    using Right = typename Sampling<>::template On<S, Scalar>;

    static void input_gradient(const auto& p, auto x, auto z, auto dz, auto dx, auto previous) {
      if (mistake == 0) return Right::input_gradient(p, x, z, dz, dx, previous);
      constexpr Index size = Right::output_shape::size;
      const double share = mistake == 3 ? 1 : mistake == 4 ? 0 : p.call.share();
      for (Index n = 0; n < dz.samples; ++n)
        for (Index i = 0; i < size; ++i) {
          const double mean = std::get<0>(x).pixel(n, 0, 0)[i], log_var = std::get<1>(x).pixel(n, 0, 0)[i];
          const double epsilon = Right::Epsilon::draw(p.call, p.call.place(n) + (mistake == 2), i);
          const double g = dz.pixel(n, 0, 0)[i], half = mistake == 1 ? 1 : 0.5;
          std::get<0>(dx).pixel(n, 0, 0)[i] = g + share * mean;
          std::get<1>(dx).pixel(n, 0, 0)[i] =
              g * epsilon * std::exp(log_var / 2) * half + share * (std::exp(log_var) - 1) / 2;
        }
    }
  };
};

void sampling() {
  Model<double, Named<"z_mean", Input<2>>, Named<"z_log_var", Input<2>>, SamplingOr> model;
  Tensor<2, double> z_mean(3, 2), z_log_var(3, 2);
  fill(z_mean, 8), fill(z_log_var, 9);
  check_all("Sampling<>", model, {z_mean, z_log_var},
            {"d z_log_var: the 1/2 of exp(v / 2) forgotten", "backward draws another epsilon",
             "divergence: not divided by the batch", "divergence: gradient forgotten"});
}

// ---- Binary cross-entropy: one sample of four values

void print_loss(const char* what, const auto& gradient_of) {
  const BinaryCrossentropy loss{.from_logits = true};
  const double t[] = {0, 1, 0.25, 1}, h = 1e-5;
  double z[] = {-3, -0.5, 0.7, 2}, worst = 0;
  double* const none = nullptr;
  std::string at;
  for (int i = 0; i < 4; ++i) {
    const double kept = z[i], backward = gradient_of(1 / (1 + std::exp(-kept)), t[i]);
    z[i] = kept + h;
    const double above = loss(z, t, none, 4, 1, 1.0) / 4;
    z[i] = kept - h;
    const double differences = (above - loss(z, t, none, 4, 1, 1.0) / 4) / (2 * h);
    z[i] = kept;
    if (std::abs(backward - differences) <= worst) continue;
    worst = std::abs(backward - differences);
    at = text("z(", i, "): backward ", backward, ", differences ", differences);
  }
  print(what, worst < 1e-8 ? "4 derivatives, all within 1e-8" : at);
}

void binary_crossentropy() {
  const auto library = [](double p, double t) {
    const double z = std::log(p / (1 - p));
    double dz = 0;
    BinaryCrossentropy{.from_logits = true}(&z, &t, &dz, 1, 1, 0.25);
    return dz;
  };
  print_loss("BinaryCrossentropy, from logits", library);
  print_loss("dz: times p (1 - p)", [](double p, double t) { return (p - t) * p * (1 - p) / 4; });
  print_loss("dz: t - p", [](double p, double t) { return (t - p) / 4; });
  print_loss("dz: the mean forgotten", [](double p, double t) { return p - t; });
  const double z = 40, p = 1 / (1 + std::exp(-z)), t = 0;
  double dz = 0, dp = 0;
  const double from_logit = BinaryCrossentropy{.from_logits = true}(&z, &t, &dz, 1, 1, 1.0);
  const double from_p = BinaryCrossentropy{}(&p, &t, &dp, 1, 1, 1.0);
  print("z = 40, t = 0, from the logit", text("loss ", from_logit, ", gradient ", dz));
  print("z = 40, t = 0, from p", text("loss ", from_p, ", gradient ", dp * p * (1 - p)));
}

// ---- Adam: three steps of one parameter, from w = 1 with a rate of 0.1

void print_steps(const char* what, const std::vector<double>& gradients) {
  const Adam adam{.learning_rate = 0.1};
  double w = 1, kept[2] = {0, 0}, m = 0, v = 0, expected = 1;
  std::string all;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const double g = gradients[i];
    const Index t = static_cast<Index>(i) + 1;
    adam.update<double>(adam.corrected_rate(t, 0.1), {&w, 1}, {&g, 1}, {kept, 1, 1});
    m = 0.9 * m + 0.1 * g, v = 0.999 * v + 0.001 * g * g;
    const auto n = static_cast<double>(t);
    const double m_corrected = mistake == 1 ? m : m / (1 - std::pow(0.9, mistake == 2 ? n - 1 : n));
    const double v_corrected = mistake == 1 ? v : v / (1 - std::pow(0.999, mistake == 2 ? n - 1 : n));
    expected -= 0.1 * m_corrected / (std::sqrt(v_corrected) + 1e-7);
    const double shown = mistake == 0 ? w : expected;
    all += text(i == 0 ? "" : "  ", std::isnan(shown) ? "nan" : text(shown));  // a NaN may have a sign
  }
  print(what, all);
}

void adam() {
  print_steps("Adam, w after gradients 2, 1, -1", {2, 1, -1});
  print_steps("the same gradients, a million times smaller", {2e-6, 1e-6, -1e-6});
  mistake = 1;
  print_steps("without the correction", {2, 1, -1});
  mistake = 2;
  print_steps("t begins at 0", {2, 1, -1});
  mistake = 3;
  print_steps("epsilon beside the corrected root, 1e-6 g", {2e-6, 1e-6, -1e-6});
}

}  // namespace

int main() {
  for (const auto lesson : {dense, conv2d, conv2d_transpose, max_pooling2d, up_sampling2d, batch_normalization,
                            sampling, binary_crossentropy, adam}) {
    lesson();
    std::printf("\n");
  }
}

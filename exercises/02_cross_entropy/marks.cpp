#include YOURS

#include <cmath>

#include "../support/functions.hpp"
#include "../support/main.hpp"
#include "keras.hpp"

using namespace marks;

namespace {

/// The student's functions, in double.
struct Yours {
  double (*sigmoid)(double);
  double (*loss)(const double* z, const double* t, double* dz, Index count, double scale);
};

/// The loss of one logit, and its derivative, by formulas that lose no digits.
double right_loss(double z, double t) { return std::max(z, 0.0) - z * t + std::log1p(std::exp(-std::abs(z))); }
double right_sigmoid(double z) { return z < 0 ? std::exp(z) / (1 + std::exp(z)) : 1 / (1 + std::exp(-z)); }

std::vector<Check> of_each(const std::vector<std::pair<double, double>>& pairs, double (*right)(double, double),
                           const std::function<double(double, double)>& yours) {
  std::vector<Check> checks;
  for (const auto& [z, t] : pairs)
    checks.push_back({latent::text("z = ", z, ", t = ", t), {{}, {right(z, t)}}, [yours, z = z, t = t] {
                        return std::vector<double>{yours(z, t)};
                      }});
  return checks;
}

void mark(Sheet& sheet, const Yours& yours) {
  const auto sigmoid = [](double z, double) { return right_sigmoid(z); };
  const auto your_sigmoid = [=](double z, double) { return yours.sigmoid(z); };
  sheet.property("sigmoid", 1, of_each({{0.5, 0}, {-2, 0}, {3, 0}}, sigmoid, your_sigmoid));
  sheet.property("sigmoid, far out", 1,
                 of_each({{40, 0}, {-40, 0}, {800, 0}, {-700, 0}, {-1000, 0}}, sigmoid, your_sigmoid));

  namespace keras_ = keras::binary_crossentropy_from_logits_2d;
  const std::vector<double>&z = keras_::prediction, &t = keras_::target;
  const auto count = static_cast<Index>(z.size());
  const double scale = 1 / static_cast<double>(count);
  const std::vector<std::pair<double, double>> by_hand{{0, 0}, {0, 1}, {2, 1}, {2, 0}, {-1, 0.25}};
  const auto loss_of_one = [=](double logit, double target) { return yours.loss(&logit, &target, nullptr, 1, 1); };
  std::vector<Check> losses = of_each(by_hand, right_loss, loss_of_one);
  losses.push_back({"Keras's mean of 30 losses", {{}, {keras_::value.front()}}, [=] {
                      return std::vector<double>{yours.loss(z.data(), t.data(), nullptr, count, scale) * scale};
                    }});
  sheet.property("loss", 2, losses);
  sheet.property("loss, far out", 2,
                 of_each({{-40, 0}, {40, 1}, {40, 0}, {-40, 1}, {800, 0}, {-800, 0}, {800, 1}, {-800, 0.5}}, right_loss,
                         loss_of_one));

  const auto gradient_of = [=](const std::vector<double>& logits, const std::vector<double>& targets) {
    std::vector<double> dz = unwritten(logits.size());
    yours.loss(logits.data(), targets.data(), dz.data(), static_cast<Index>(logits.size()), scale);
    return dz;
  };
  // Usual mistakes: by p instead of z; the sigmoid's derivative once too often.
  Array small{{static_cast<Index>(by_hand.size())}, {}};
  std::vector<double> logits, targets, by_p, twice;
  for (const auto& [logit, target] : by_hand) {
    const double p = right_sigmoid(logit), slope = p * (1 - p), right = scale * (p - target);
    logits.push_back(logit), targets.push_back(target), small.values.push_back(right);
    by_p.push_back(right / slope), twice.push_back(right * slope);
  }
  const auto gradient = [=] { return gradient_of(z, t); };
  sheet.property("gradient", 2,
                 {{"the examples in README.md, scale 1/30",
                   small,
                   [=] { return gradient_of(logits, targets); },
                   {{"that is the derivative by p: the sigmoid's own derivative, p (1 - p), is missing", by_p},
                    {"the sigmoid's derivative p (1 - p) is there once too often: it cancels", twice}}},
                  {"Keras", {{3, 10}, keras_::dprediction}, gradient}});
  sheet.property("gradient is that of your loss", 2,
                 {{"central differences of your own loss",
                   {{3, 10}, {}, {"dz"}},
                   [=] {
                     const auto mean = [=](const std::vector<double>& at) {
                       return yours.loss(at.data(), t.data(), nullptr, count, scale) * scale;
                     };
                     return joined(gradient(), central_differences(mean, z));
                   },
                   {},
                   1e-7,
                   {"loss"}}});
}

}  // namespace

#define MARKS_OF(yours)                                                                         \
  [](Sheet& sheet) {                                                                            \
    mark(sheet, {[](double z) { return yours::BinaryCrossentropy::sigmoid(z); },                \
                 [](const double* z, const double* t, double* dz, Index count, double scale) {  \
                   return yours::BinaryCrossentropy{}.on_logits(z, t, dz, count, count, scale); \
                 }});                                                                           \
  }
#include "../support/main.inc"

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

/// A usual mistake in a function of z and t.
struct Usual {
  const char* words;
  double (*value)(double z, double t);
};
const std::vector<Usual> in_the_sigmoid{
    {"that is the sigmoid of -z: the sign in the exponent", [](double z, double) { return right_sigmoid(-z); }},
    {"that is exp(z), without 1 / (1 + ...)", [](double z, double) { return std::exp(z); }},
    {"that is exp(-z), without 1 / (1 + ...)", [](double z, double) { return std::exp(-z); }}};
const std::vector<Usual> in_the_loss{
    {"the term with the target, - z t, is missing", [](double z, double t) { return right_loss(z, t) + z * t; }},
    {"the first term, max(z, 0), is missing", [](double z, double t) { return right_loss(z, t) - std::max(z, 0.0); }},
    {"the logarithm is missing, or it is one of 1",
     [](double z, double t) { return right_loss(z, t) - std::log1p(std::exp(-std::abs(z))); }},
    {"that is the loss for 1 - t: t and 1 - t are exchanged", [](double z, double t) { return right_loss(z, 1 - t); }},
    {"the absolute value in exp(-|z|) is missing",
     [](double z, double t) { return std::max(z, 0.0) - z * t + std::log1p(std::exp(-z)); }},
    {"the sigmoid is there twice: z is a logit already",
     [](double z, double t) { return right_loss(right_sigmoid(z), t); }},
    {"the sign is wrong", [](double z, double t) { return -right_loss(z, t); }}};

std::vector<Check> of_each(const std::vector<std::pair<double, double>>& pairs, double (*right)(double, double),
                           const std::vector<Usual>& usual, const std::function<double(double, double)>& yours) {
  std::vector<Check> checks;
  for (const auto& [z, t] : pairs) {
    std::vector<Suspect> suspects;
    if (right(z, t) > 1e-16)
      suspects.push_back({"nothing was computed yet, or it was too small for a sum",
                          {},
                          [](const Array&, const auto& yours) { return yours[0] == 0; }});
    // Where the logarithm of 1 + exp(-|z|) is all of the loss and too small for a sum with 1, it is lost.
    if (right(z, t) < 1e-16) suspects.push_back({"a tiny number, lost in a sum with 1 (std::log1p keeps it)", {0}});
    for (const Usual& mistake : usual) suspects.push_back({mistake.words, {mistake.value(z, t)}});
    checks.push_back({latent::text("z = ", z, ", t = ", t),
                      {{}, {right(z, t)}},
                      [yours, z = z, t = t] { return std::vector<double>{yours(z, t)}; },
                      suspects});
  }
  return checks;
}

void mark(Sheet& sheet, const Yours& yours) {
  const auto sigmoid = [](double z, double) { return right_sigmoid(z); };
  const auto your_sigmoid = [=](double z, double) { return yours.sigmoid(z); };
  sheet.property("sigmoid", 1, of_each({{0.5, 0}, {-2, 0}, {3, 0}}, sigmoid, in_the_sigmoid, your_sigmoid));
  sheet.property("sigmoid, far out", 1,
                 of_each({{40, 0}, {-40, 0}, {800, 0}, {-700, 0}, {-1000, 0}}, sigmoid, in_the_sigmoid, your_sigmoid));

  namespace keras_ = keras::binary_crossentropy_from_logits_2d;
  const std::vector<double>&z = keras_::prediction, &t = keras_::target;
  const auto count = static_cast<Index>(z.size());
  const double scale = 1 / static_cast<double>(count);
  const std::vector<std::pair<double, double>> by_hand{
      {-1, 0.25}, {0, 0}, {0, 1}, {2, 1}, {2, 0}};  // the first tells most mistakes apart
  const auto loss_of_one = [=](double logit, double target) { return yours.loss(&logit, &target, nullptr, 1, 1); };
  std::vector<Check> losses = of_each(by_hand, right_loss, in_the_loss, loss_of_one);
  losses.push_back({"Keras's mean of 30 losses", {{}, {keras_::value.front()}}, [=] {
                      return std::vector<double>{yours.loss(z.data(), t.data(), nullptr, count, scale) * scale};
                    }});
  sheet.property("loss", 2, losses);
  sheet.property(
      "loss, far out", 2,
      of_each({{-40, 0.25}, {-40, 0}, {40, 1}, {40, 0}, {-40, 1}, {800, 0}, {-800, 0}, {800, 1}, {-800, 0.5}},
              right_loss, in_the_loss, loss_of_one));

  const auto gradient_of = [=](const std::vector<double>& logits, const std::vector<double>& targets) {
    std::vector<double> dz = unwritten(logits.size());
    yours.loss(logits.data(), targets.data(), dz.data(), static_cast<Index>(logits.size()), scale);
    return dz;
  };
  // Usual mistakes: by p instead of z; the sigmoid's derivative once too often.
  Array small{{static_cast<Index>(by_hand.size())}, {}};
  std::vector<double> logits, targets, by_p, twice, turned, no_target;
  for (const auto& [logit, target] : by_hand) {
    const double p = right_sigmoid(logit), slope = p * (1 - p), right = scale * (p - target);
    logits.push_back(logit), targets.push_back(target), small.values.push_back(right);
    by_p.push_back(right / slope), twice.push_back(right * slope);
    turned.push_back(scale * (1 - p - target)), no_target.push_back(scale * p);
  }
  const auto gradient = [=] { return gradient_of(z, t); };
  sheet.property("gradient", 2,
                 {{"the examples in README.md, scale 1/30",
                   small,
                   [=] { return gradient_of(logits, targets); },
                   {{"that is the derivative by p: the sigmoid's own derivative, p (1 - p), is missing", by_p},
                    {"the sigmoid's derivative p (1 - p) is there once too often: it cancels", twice},
                    {"that is made of the sigmoid of -z: the sign in its exponent", turned},
                    {"the target is missing: dz is p - t", no_target}}},
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
                   {"loss", "gradient"}}});
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

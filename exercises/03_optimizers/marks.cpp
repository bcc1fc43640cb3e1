#include YOURS

#include "../support/functions.hpp"
#include "../support/main.hpp"
#include "keras.hpp"

using namespace marks;

namespace {

/// Steps with these gradients, `count` numbers each, one step after the other; w after every step.
template <class Optimizer>
std::vector<double> run(std::vector<double> w, const std::vector<double>& gradients) {
  const Optimizer optimizer;
  const auto count = static_cast<Index>(w.size()), steps = static_cast<Index>(gradients.size()) / count;
  std::vector<double> memory(static_cast<std::size_t>(std::max(optimizer.slot_count(), 1) * count)), after;
  for (Index t = 1; t <= steps; ++t) {
    double rate = optimizer.learning_rate(t - 1);
    if constexpr (requires { optimizer.corrected_rate(t, rate); }) rate = optimizer.corrected_rate(t, rate);
    // In two runs, as two threads would.
    for (const auto& [first, size] : {std::pair<Index, Index>{0, 3}, {3, count - 3}})
      optimizer.template update<double>(rate, {w.data() + first, size},
                                        {gradients.data() + (t - 1) * count + first, size},
                                        {memory.data() + first, count, size});
    after.insert(after.end(), w.begin(), w.end());
  }
  return after;
}

struct Yours {
  std::vector<double> (*sgd)(std::vector<double>, const std::vector<double>&);
  std::vector<double> (*momentum)(std::vector<double>, const std::vector<double>&);
  std::vector<double> (*adam)(std::vector<double>, const std::vector<double>&);
};

/// What an optimiser that is nearly the right one does: step(w, g, m, v, t).
template <class Step>
std::vector<double> nearly(const std::vector<double>& initial, const std::vector<double>& gradients, const Step& step) {
  const std::size_t count = initial.size();
  std::vector<double> w = initial, m(count), v(count), after;
  for (std::size_t t = 1; t * count <= gradients.size(); ++t) {
    for (std::size_t i = 0; i < count; ++i)
      step(w[i], gradients[(t - 1) * count + i], m[i], v[i], static_cast<double>(t));
    after.insert(after.end(), w.begin(), w.end());
  }
  return after;
}

/// The movements w(t) - w(0): w itself is so much larger that a wrong step would not be seen.
std::vector<double> moved(std::vector<double> after, const std::vector<double>& initial) {
  for (std::size_t i = 0; i < after.size(); ++i) after[i] -= initial[i % initial.size()];
  return after;
}

void mark(Sheet& sheet, const Yours& yours) {
  namespace k = keras;
  const std::vector<double>&w = k::optimizers_sgd::initial, &g = k::optimizers_sgd::gradients;
  const auto check = [&](const char* against, const std::vector<double>& gradients, const std::vector<double>& after,
                         auto run_yours, const std::vector<Suspect>& raw) {
    std::vector<Suspect> suspects;
    for (const Suspect& s : raw) suspects.push_back({s.words, moved(s.values, w)});
    const auto steps = static_cast<Index>(gradients.size() / w.size());
    return Check{against,
                 {{steps, static_cast<Index>(w.size())}, moved(after, w)},
                 [=] { return moved(run_yours(w, gradients), w); },
                 suspects};
  };
  sheet.property("SGD", 1,
                 {check("Keras: w after each step, minus w before all", g, k::optimizers_sgd::after, yours.sgd, {})});

  constexpr double rate = 0.01, b = 0.9;
  const std::vector<Suspect> of_momentum{
      {"nothing is remembered: the step is that of plain SGD", k::optimizers_sgd::after},
      {"that is Nesterov's step",
       nearly(w, g,
              [](double& x, double gi, double& m, double&, double) { m = b * m - rate * gi, x += b * m - rate * gi; })},
      {"(1 - momentum) belongs to Adam's mean: here the gradient counts in full",
       nearly(w, g, [](double& x, double gi, double& m, double&, double) { m = b * m - (1 - b) * rate * gi, x += m; })},
      {"the learning rate is applied twice",
       nearly(w, g, [](double& x, double gi, double& m, double&, double) { m = b * m - rate * gi, x += rate * m; })},
  };
  sheet.property("momentum", 3,
                 {check("Keras: w after each step, minus w before all", g, k::optimizers_sgd_momentum::after,
                        yours.momentum, of_momentum)});

  // One step whose gradients are neither huge nor tiny, then all of Keras's twelve, among which some are.
  const std::vector<double> one(g.begin(), g.begin() + static_cast<std::ptrdiff_t>(w.size()));
  const std::vector<double> after_one(k::optimizers_adam::after.begin(),
                                      k::optimizers_adam::after.begin() + static_cast<std::ptrdiff_t>(w.size()));
  constexpr double r = 0.001, b1 = 0.9, b2 = 0.999, e = 1e-7;
  const auto suspects = [&](const std::vector<double>& gradients) {
    const auto variant = [&](auto step) {
      return nearly(w, gradients, [step](double& x, double gi, double& m, double& v, double t) {
        m = b1 * m + (1 - b1) * gi, v = b2 * v + (1 - b2) * gi * gi;
        step(x, m, v, t);
      });
    };
    return std::vector<Suspect>{
        {"the bias correction is missing: the first steps are too large or too small",
         variant([](double& x, double m, double v, double) { x -= r * m / (std::sqrt(v) + e); })},
        {"the bias correction is upside down", variant([](double& x, double m, double v, double t) {
           x -= r * (1 - std::pow(b1, t)) / std::sqrt(1 - std::pow(b2, t)) * m / (std::sqrt(v) + e);
         })},
        {"epsilon is added to the corrected root (as in algorithm 1 of the paper); Keras adds it to sqrt(v)",
         variant([](double& x, double m, double v, double t) {
           x -= r * m / (1 - std::pow(b1, t)) / (std::sqrt(v / (1 - std::pow(b2, t))) + e);
         })},
        {"epsilon is inside of the root", variant([](double& x, double m, double v, double t) {
           x -= r * std::sqrt(1 - std::pow(b2, t)) / (1 - std::pow(b1, t)) * m / std::sqrt(v + e);
         })},
        {"the root of v is missing", variant([](double& x, double m, double v, double t) {
           x -= r * std::sqrt(1 - std::pow(b2, t)) / (1 - std::pow(b1, t)) * m / (v + e);
         })},
        {"the steps are counted from 2", variant([](double& x, double m, double v, double t) {
           x -= r * std::sqrt(1 - std::pow(b2, t + 1)) / (1 - std::pow(b1, t + 1)) * m / (std::sqrt(v) + e);
         })},
    };
  };
  sheet.property("Adam, first step", 3,
                 {check("Keras: w after the step, minus w before", one, after_one, yours.adam, suspects(one))});
  sheet.property(
      "Adam, twelve steps", 3,
      {check("Keras: w after each step, minus w before all", g, k::optimizers_adam::after, yours.adam, suspects(g))});
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, {run<yours::SGD>, run<yours::Momentum>, run<yours::Adam>}); }
#include "../support/main.inc"

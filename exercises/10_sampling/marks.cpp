#include YOURS

#include "../support/functions.hpp"
#include "../support/layer_checks.hpp"
#include "../support/main.hpp"
#include "keras.hpp"

using namespace marks;

namespace {

using Numbers = std::vector<double>;
struct Yours {
  void (*draw)(const double*, const double*, const double*, Index, double*);
  double (*divergence)(const double*, const double*, Index, Index);
  void (*draw_gradient)(const double*, const double*, const double*, Index, double*, double*);
  void (*divergence_gradient)(const double*, const double*, Index, Index, double*, double*);
};

/// formula(z_mean, z_log_var, epsilon) for each number.
template <class Formula>
Numbers each(const Numbers& mean, const Numbers& log_var, const Numbers& epsilon, const Formula& formula) {
  Numbers values;
  for (std::size_t i = 0; i < mean.size(); ++i) values.push_back(formula(mean[i], log_var[i], epsilon[i]));
  return values;
}
double total(const Numbers& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum;
}

void mark(Sheet& sheet, const Yours& yours) {
  namespace k = keras::vae_kl_latent2;
  const Numbers &mean = k::z_mean, &log_var = k::z_log_var, epsilon = numbers(6, 1), dz = numbers(6, 2);
  const auto of = [&](auto formula) { return each(mean, log_var, epsilon, formula); };

  const auto draw = [=](const Numbers& m, const Numbers& v, const Numbers& e) {
    return [=] {
      Numbers z = unwritten(m.size());
      yours.draw(m.data(), v.data(), e.data(), static_cast<Index>(m.size()), z.data());
      return z;
    };
  };
  using std::exp;
  const auto of_draw = [](const Numbers& means, const Numbers& log_vars, const Numbers& drawn) {
    const auto with = [&](auto formula) { return each(means, log_vars, drawn, formula); };
    return std::vector<Suspect>{
        {"exp(z_log_var) is the variance; the standard deviation is its root",
         with([](double m, double v, double e) { return m + exp(v) * e; })},
        {"z_log_var is taken for the standard deviation: it is the logarithm of the variance",
         with([](double m, double v, double e) { return m + v * e; })},
        {"the mean is missing", with([](double, double v, double e) { return exp(v / 2) * e; })},
        {"z_log_var is the logarithm of the variance: exp turns it into the variance, then the root",
         with([](double m, double v, double e) { return m + std::sqrt(v) * e; })},
        {"epsilon is added: it is multiplied with the standard deviation",
         with([](double m, double v, double e) { return m + exp(v / 2) + e; })},
        {"nothing is drawn: z is z_mean", with([](double m, double, double) { return m; })},
        {"the sign in the exponent is wrong", with([](double m, double v, double e) { return m + exp(-v / 2) * e; })}};
  };
  const auto z_of = [](double m, double v, double e) { return m + exp(v / 2) * e; };
  sheet.property("z", 2,
                 {{"the example in README.md",
                   {{2}, {2, -1.25}},
                   draw({1, 0}, {0, std::log(6.25)}, {1, -0.5}),
                   of_draw({1, 0}, {0, std::log(6.25)}, {1, -0.5})},
                  {"the formula", {{3, 2}, of(z_of)}, draw(mean, log_var, epsilon), of_draw(mean, log_var, epsilon)}});

  const auto divergence = [=](const Numbers& m, const Numbers& v, Index samples) {
    return
        [=] { return Numbers{yours.divergence(m.data(), v.data(), samples, static_cast<Index>(m.size()) / samples)}; };
  };
  const double right = k::value.front();
  const auto term = [](double m, double v, double) { return (m * m + exp(v) - 1 - v) / 2; };
  const Numbers all = of(term);
  const std::vector<Suspect> of_divergence{
      {"the mean over the samples is missing", {3 * right}},
      {"a mean over the code: it is a sum", {right / 2}},
      {"the factor 1/2 is missing", {2 * right}},
      {"the sign is wrong: a divergence is never negative", {-right}},
      {"exp(z_log_var / 2) is the standard deviation; here it is the variance",
       {total(of([](double m, double v, double) { return (m * m + exp(v / 2) - 1 - v) / 2; })) / 3}},
      {"z_mean has to be squared",
       {total(of([](double m, double v, double) { return (m + exp(v) - 1 - v) / 2; })) / 3}},
      {"only `samples` numbers are added up: there are samples * size", {(all[0] + all[1] + all[2]) / 3}},
      {"the square of the mean is missing",
       {total(of([](double, double v, double) { return (exp(v) - 1 - v) / 2; })) / 3}},
      {"the 1 is missing: the divergence of N(0, 1) from itself is 0", {right + 1}},
      {"the sign of z_log_var is wrong",
       {total(of([](double m, double v, double) { return (m * m + exp(v) - 1 + v) / 2; })) / 3}}};
  sheet.property("divergence", 3,
                 {{"Keras's mean of three samples", {{}, {right}}, divergence(mean, log_var, 3), of_divergence},
                  {"N(1, 1), from N(0, 1)", {{}, {0.5}}, divergence({1}, {0}, 1)},
                  {"one sample, a code of six", {{}, {total(of(term))}}, divergence(mean, log_var, 1)}});

  const std::vector<std::string> parts{"d_mean", "d_log_var"};
  const auto draw_gradient = [=] {
    Numbers m = unwritten(6), v = m;
    yours.draw_gradient(log_var.data(), epsilon.data(), dz.data(), 6, m.data(), v.data());
    return joined(m, v);
  };
  const auto factor = [](double, double v, double e) { return e * exp(v / 2) / 2; };
  const Numbers for_one = joined(Numbers(6, 1.0), of(factor)), without_dz = joined(dz, of(factor));
  const auto with_dz = [&](auto formula) {
    Numbers values = of(formula);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] *= dz[i];
    return joined(dz, values);
  };
  sheet.property(
      "gradient through z", 2,
      {{"the formula",
        {{2, 3, 2}, with_dz(factor), parts},
        draw_gradient,
        {{"the 1/2 from the exponent is missing in d_log_var",
          with_dz([](double, double v, double e) { return e * exp(v / 2); })},
         {"dz is missing: these are the derivatives of z, not of the loss", for_one},
         {"dz is missing in d_log_var", without_dz},
         {"exp(z_log_var / 2) is missing in d_log_var", with_dz([](double, double, double e) { return e / 2; })},
         {"exp(z_log_var) is the variance; the standard deviation is its root",
          with_dz([](double, double v, double e) { return e * exp(v) / 2; })},
         {"epsilon is missing in d_log_var", with_dz([](double, double v, double) { return exp(v / 2) / 2; })},
         {"d_log_var is the derivative by the standard deviation: its own derivative is missing",
          with_dz([](double, double, double e) { return e; })}}}});

  const Numbers kl_gradient = joined(k::dz_mean, k::dz_log_var);
  const auto added = [=] {
    Numbers m(6, 1.0), v = m;  // ones, to be added to
    yours.divergence_gradient(mean.data(), log_var.data(), 3, 2, m.data(), v.data());
    Numbers both = joined(m, v);
    for (double& g : both) g -= 1;
    return both;
  };
  Numbers anew = kl_gradient, whole = kl_gradient;
  for (double& g : anew) g -= 1;
  for (double& g : whole) g *= 3;
  sheet.property("gradient of the divergence", 2,
                 {{"Keras",
                   {{2, 3, 2}, kl_gradient, parts},
                   added,
                   {{"what was there before is lost: `=` is written where `+=` belongs", anew},
                    {"the divergence is a mean over the samples: 1 / samples is missing", whole},
                    {"the variance's 1/2 is missing in d_log_var",
                     joined(k::dz_mean, of([](double, double v, double) { return (exp(v) - 1) / 3; }))},
                    {"the derivative of -z_log_var, -1, is missing in d_log_var",
                     joined(k::dz_mean, of([](double, double v, double) { return exp(v) / 6; }))}}}});

  sheet.property("gradients are those of your functions", 1,
                 {{"central differences of your own functions",
                   {{2, 3, 2}, {}, parts},
                   [=] {
                     const auto loss = [=](const Numbers& at) {
                       Numbers z = unwritten(6);
                       yours.draw(at.data(), at.data() + 6, epsilon.data(), 6, z.data());
                       double sum = yours.divergence(at.data(), at.data() + 6, 3, 2);
                       for (std::size_t i = 0; i < 6; ++i) sum += dz[i] * z[i];
                       return sum;
                     };
                     Numbers gradient = draw_gradient();
                     yours.divergence_gradient(mean.data(), log_var.data(), 3, 2, gradient.data(), gradient.data() + 6);
                     return joined(gradient, central_differences(loss, joined(mean, log_var)));
                   },
                   {},
                   1e-7,
                   {"z", "divergence"}}});
}

}  // namespace

#define MARKS_OF(yours) \
  [](Sheet& sheet) { mark(sheet, {yours::draw, yours::divergence, yours::draw_gradient, yours::divergence_gradient}); }
#include "../support/main.inc"

#include YOURS

#include "../support/functions.hpp"
#include "../support/layer_checks.hpp"
#include "../support/main.hpp"
#include "latent/evaluation/tsne.hpp"

using namespace marks;

namespace {

using Numbers = std::vector<double>;
struct Yours {
  double (*weights)(const double*, Index, double*);
  double (*divergence)(const double*, const double*, Index);
  void (*gradient)(const double*, const double*, Index, double*);
};

/// Points, and probabilities of pairs: symmetric, with a sum of 1.
struct Case {
  Index count;
  Numbers y, p;
  Case(Index count_, Numbers y_, unsigned seed)
      : count(count_), y(std::move(y_)), p(static_cast<std::size_t>(count * count)) {
    const Numbers drawn = numbers(count * count, seed);
    double total = 0;
    for_pairs([&](std::size_t at, std::size_t other, Index i, Index j) {
      total += p[at] = i == j ? 0 : std::abs(drawn[at]) + std::abs(drawn[other]);
    });
    for (double& v : p) v /= total;
  }
  /// visit(i * count + j, j * count + i, i, j)
  template <class Visit>
  void for_pairs(const Visit& visit) const {
    for (Index i = 0; i < count; ++i)
      for (Index j = 0; j < count; ++j)
        visit(static_cast<std::size_t>(i * count + j), static_cast<std::size_t>(j * count + i), i, j);
  }
  double difference(Index i, Index j, Index axis) const {
    return y[static_cast<std::size_t>(2 * i + axis)] - y[static_cast<std::size_t>(2 * j + axis)];
  }
  double square(Index i, Index j) const {
    return difference(i, j, 0) * difference(i, j, 0) + difference(i, j, 1) * difference(i, j, 1);
  }
  latent::Tensor<2, double> tensor(const Numbers& values) const {
    const auto rows = static_cast<Index>(values.size()) / count;
    latent::Tensor<2, double> t(count, rows);
    std::copy(values.begin(), values.end(), t.data());
    return t;
  }
  /// 4 sum_j force(p, w, Z) (y_i - y_j), for forces that are nearly right; `self`: w_ii counts as 1 in Z.
  template <class Force>
  Numbers nearly(const Force& force, bool self = false) const {
    double z = 0;
    for_pairs([&](std::size_t, std::size_t, Index i, Index j) { z += i == j ? self : 1 / (1 + square(i, j)); });
    Numbers dy(y.size(), 0.0);
    for_pairs([&](std::size_t at, std::size_t, Index i, Index j) {
      for (Index axis : {0, 1})
        if (i != j)
          dy[static_cast<std::size_t>(2 * i + axis)] +=
              4 * force(p[at], 1 / (1 + square(i, j)), z) * difference(i, j, axis);
    });
    return dy;
  }
};

void mark(Sheet& sheet, const Yours& yours) {
  Case by_hand(3, {0, 0, 1, 0, 0, 2}, 1);
  by_hand.p = {0, 0.3, 0.15, 0.3, 0, 0.05, 0.15, 0.05, 0};
  const Case made_up(7, numbers(14, 3), 2);
  const auto weights = [&](const Case& c, const char* against) {
    Numbers right(c.p.size()), root(c.p.size()), gauss(c.p.size()), self(c.p.size());
    c.for_pairs([&](std::size_t at, std::size_t, Index i, Index j) {
      right[at] = i == j ? 0 : 1 / (1 + c.square(i, j)), self[at] = 1 / (1 + c.square(i, j));
      root[at] = i == j ? 0 : 1 / (1 + std::sqrt(c.square(i, j))), gauss[at] = i == j ? 0 : std::exp(-c.square(i, j));
    });
    const auto run = [=](bool sum) {
      return [=] {
        Numbers w = unwritten(c.p.size());
        const double z = yours.weights(c.y.data(), c.count, w.data());
        return sum ? Numbers{z} : w;
      };
    };
    double z = 0;
    for (const double w : right) z += w;
    return std::vector<Check>{{against,
                               {{c.count, c.count}, right},
                               run(false),
                               {{"the distance has to be squared", root},
                                {"that is a normal distribution: t-SNE takes Student's, 1 / (1 + d²)", gauss},
                                {"w[i][i] is 0: no point is its own neighbour", self}}},
                              {latent::text(against, ", Z"),
                               {{}, {z}},
                               run(true),
                               {{"each pair counts twice, as [i][j] and as [j][i]", {z / 2}},
                                {"w[i][i] does not count", {z + static_cast<double>(c.count)}}}}};
  };
  std::vector<Check> all = weights(by_hand, "the example in README.md");
  for (const Check& check : weights(made_up, "the formula")) all.push_back(check);
  sheet.property("weights", 2, all);

  // The terms with p = 0 are 0, and all p together are 1.
  const auto divergence = [&](const Case& c, const char* against) {
    double without_z = 0, z = 0;  // sum of p log(p / w)
    c.for_pairs([&](std::size_t at, std::size_t, Index i, Index j) {
      if (i == j) return;
      z += 1 / (1 + c.square(i, j));
      if (c.p[at] > 0) without_z += c.p[at] * std::log(c.p[at] * (1 + c.square(i, j)));
    });
    const double right = without_z + std::log(z);
    return Check{against,
                 {{}, {right}},
                 [=] { return Numbers{yours.divergence(c.p.data(), c.y.data(), c.count)}; },
                 {{"w is not divided by Z", {without_z}}, {"log is the natural logarithm", {right / std::log(2.0)}}}};
  };
  Case some_zero = made_up;
  const double left = 1 - some_zero.p[1] - some_zero.p[7];
  some_zero.p[1] = some_zero.p[7] = 0;
  for (double& p : some_zero.p) p /= left;
  sheet.property("divergence", 2,
                 {divergence(by_hand, "the example in README.md"), divergence(made_up, "the formula"),
                  divergence(some_zero, "the formula, with pairs of p = 0")});

  const auto gradient_of = [=](const Case& c) {
    Numbers dy = unwritten(c.y.size());
    yours.gradient(c.p.data(), c.y.data(), c.count, dy.data());
    return dy;
  };
  const auto gradient = [&](const Case& c, const char* against) {
    const auto tensor = latent::evaluation::kl_gradient(c.tensor(c.p), c.tensor(c.y), 1, 1);
    return Check{
        against,
        {{c.count, 2}, Numbers(tensor.data(), tensor.data() + tensor.size())},
        [=] { return gradient_of(c); },
        {{"the factor w[i][j] = 1 / (1 + d²) is missing: that is the gradient of SNE, with normal distributions",
          c.nearly([](double p, double w, double z) { return p - w / z; })},
         {"points only attract each other: q is missing", c.nearly([](double p, double w, double) { return p * w; })},
         {"q is not divided by Z", c.nearly([](double p, double w, double) { return (p - w) * w; })},
         {"Z counts the points themselves",
          c.nearly([](double p, double w, double z) { return (p - w / z) * w; }, true)},
         {"w is squared in both terms", c.nearly([](double p, double w, double z) { return (p - w / z) * w * w; })}}};
  };
  sheet.property("gradient", 4,
                 {gradient(by_hand, "the example in README.md"), gradient(made_up, "latent's kl_gradient")});
  sheet.property(
      "gradient is that of your divergence", 2,
      {{"central differences of your own divergence",
        {{7, 2}, {}, {"dy"}},
        [=] {
          return joined(
              gradient_of(made_up),
              central_differences([=](const Numbers& y) { return yours.divergence(made_up.p.data(), y.data(), 7); },
                                  made_up.y));
        },
        {},
        1e-7,
        {"weights", "divergence"}}});
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, {yours::weights, yours::divergence, yours::gradient}); }
#include "../support/main.inc"

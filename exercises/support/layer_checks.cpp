#include "layer_checks.hpp"

#include <cmath>
#include <cstring>

#include "latent/core/random.hpp"

namespace marks {
namespace {

std::vector<Index> of_batch(Index samples, const std::vector<Index>& shape) {
  std::vector<Index> all{samples};
  all.insert(all.end(), shape.begin(), shape.end());
  return all;
}
Index size_of(const std::vector<Index>& shape) {
  Index size = 1;
  for (const Index n : shape) size *= n;
  return size;
}

/// The derivatives of sum(dz * y) by central differences, for the numbers `of`, which are part of the batch.
void add_differences(const LoneLayer& layer, const Batch& batch, std::vector<double>& of, std::vector<double>& to) {
  constexpr double h = 1e-5;
  const auto loss = [&] {
    const std::vector<double> y = layer.forward(batch);
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += batch.dz[i] * y[i];
    return sum;
  };
  for (double& v : of) {
    const double kept = v;
    v = kept + h;
    const double above = loss();
    v = kept - h;
    const double below = loss();
    v = kept;
    to.push_back((above - below) / (2 * h));
  }
}
constexpr double differences_tolerance = 1e-7;
const char* const differences_of = "central differences of your own forward";

}  // namespace

std::vector<double> numbers(Index count, unsigned seed) {
  const latent::Random random(latent::Seed{seed}, latent::Purpose::test);
  std::vector<double> values;
  for (Index i = 0; i < count; ++i) values.push_back(std::round(random.normal(i) * 1e4) / 1e4);
  return values;
}

void check_untouched(const double* memory, const std::vector<double>& before, const char* name) {
  if (std::memcmp(memory, before.data(), before.size() * sizeof(double)) != 0)
    throw Problem(latent::text("it wrote outside of ", name));
}

Batch sample_of(const Batch& batch, Index n) {
  const auto part = [&](const std::vector<double>& all) {
    const auto size = static_cast<Index>(all.size()) / batch.samples;
    return std::vector<double>(all.begin() + n * size, all.begin() + (n + 1) * size);
  };
  return {1, part(batch.x), batch.parameters, part(batch.dz), part(batch.y)};
}

LayerChecks::LayerChecks(const LoneLayer& yours_, const LoneLayer& right_, Batch given, std::string against)
    : batch(std::move(given)), yours(yours_), right(right_), against_(std::move(against)) {
  if (batch.y.empty()) batch.y = right.forward(batch);
}

LayerChecks::LayerChecks(const LoneLayer& yours_, const LoneLayer& right_, Index samples, unsigned seed)
    : LayerChecks(
          yours_, right_,
          [&] {
            Batch made_up{samples,
                          numbers(samples * size_of(right_.input), 10 * seed),
                          {},
                          numbers(samples * size_of(right_.output), 10 * seed + 1),
                          {}};
            for (const auto& shape : right_.parameters)
              made_up.parameters.push_back(
                  numbers(size_of(shape), 10 * seed + 2 + static_cast<unsigned>(made_up.parameters.size())));
            return made_up;
          }(),
          latent::text("latent's ", right_.name)) {}

Check LayerChecks::forward(std::vector<Suspect> suspects) const {
  return {against_,
          {of_batch(batch.samples, right.output), batch.y},
          [pass = yours.forward, copy = batch] { return pass(copy); },
          std::move(suspects)};
}

Check LayerChecks::input_gradient(std::vector<Suspect> suspects) const {
  return {against_,
          {of_batch(batch.samples, right.input), right.input_gradient(batch)},
          [pass = yours.input_gradient, copy = batch] { return pass(copy); },
          std::move(suspects)};
}

Check LayerChecks::weight_gradient(std::size_t t, std::vector<Suspect> suspects) const {
  const auto started_anew = [](std::vector<double> values) {
    for (double& v : values) v -= 1;
    return values;
  };
  const std::vector<double> expected = right.weight_gradient(batch, t);
  suspects.push_back({"what was there before is lost: `=` is written where `+=` belongs", started_anew(expected)});
  for (const bool last : {true, false}) {
    const std::vector<double> part = right.weight_gradient(sample_of(batch, last ? batch.samples - 1 : 0), t);
    const std::string only = last ? "only the last sample counts: " : "only the first sample counts: ";
    suspects.push_back({only + "`=` is written where `+=` belongs", started_anew(part)});
    suspects.push_back({only + "the sum over the batch is missing", part});
  }
  return {against_,
          {right.parameters[t], expected},
          [pass = yours.weight_gradient, copy = batch, t] { return pass(copy, t); },
          std::move(suspects)};
}

Check LayerChecks::input_differences() const {
  return {differences_of,
          {of_batch(batch.samples, right.input), {}, {"dx"}},
          [layer = yours, copy = batch]() mutable {
            std::vector<double> both = layer.input_gradient(copy);
            add_differences(layer, copy, copy.x, both);
            return both;
          },
          {},
          differences_tolerance,
          {"forward"}};
}

Check LayerChecks::weight_differences(std::size_t t) const {
  return {differences_of,
          {right.parameters[t], {}, {"d" + right.parameter_names[t]}},
          [layer = yours, copy = batch, t]() mutable {
            std::vector<double> both = layer.weight_gradient(copy, t);
            add_differences(layer, copy, copy.parameters[t], both);
            return both;
          },
          {},
          differences_tolerance,
          {"forward"}};
}

}  // namespace marks

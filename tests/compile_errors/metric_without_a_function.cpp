// sentence: latent: a metric has operator()(const Scalar* y, const Scalar* t, Index count, Index channels) const, or sums, add and value
// message: Near
#include <latent/latent.hpp>

using namespace latent;

struct Near {
  static constexpr const char* name = "near";
  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Index count) const {
    double sum = 0;
    for (Index i = 0; i < count; ++i) sum += std::abs(y[i] - t[i]) < 1;
    return sum;
  }
};

int main() {
  Sequential<Input<4>, Dense<4>> model;
  auto trainer = compile(model, Adam{}, MeanSquaredError{}, Near{});
}

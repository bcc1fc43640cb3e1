#include YOURS

#include <cmath>
#include <fstream>

#include "../support/alone.hpp"
#include "../support/main.hpp"

using namespace marks;
using latent::Shape;

namespace {

using Images = latent::Tensor<4>;
struct Yours {
  LoneLayer relu;
  Images (*denoise)(const Images& noisy, const Images& clean, const Images& noisy_test);
};

constexpr Index train_digits = 1000, test_digits = 300;

/// Digits of the sample in data/mnist_sample, which scripts/mark.sh has unpacked, or a test: idx, a head of 16 bytes.
Images digits(const char* name, Index count) {
  std::ifstream file(std::string(DIGITS) + "/" + name, std::ios::binary);
  file.ignore(16);
  std::vector<char> bytes(static_cast<std::size_t>(count * 784));
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    throw Problem(latent::text("the digits are missing: ", DIGITS, "/", name));
  Images images(count, 28, 28, 1);
  for (Index i = 0; i < images.size(); ++i)
    images.data()[i] = static_cast<float>(static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)])) / 255;
  return images;
}
/// With normally distributed noise of 0.5, within 0 to 1.
Images noisy(const Images& clean, unsigned seed) {
  const latent::Random random(latent::Seed{seed}, latent::Purpose::noise);
  Images images = clean;
  for (Index i = 0; i < images.size(); ++i)
    images.data()[i] = std::clamp(images.data()[i] + 0.5f * static_cast<float>(random.normal(i)), 0.0f, 1.0f);
  return images;
}
/// The mean binary cross-entropy, from probabilities.
double loss(const std::vector<double>& p, const Images& t) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double q = std::clamp(p[i], 1e-7, 1 - 1e-7), target = static_cast<double>(t.data()[i]);
    sum -= target * std::log(q) + (1 - target) * std::log(1 - q);
  }
  return sum / static_cast<double>(p.size());
}

/// Trains once, and marks what comes out.
void train(Sheet& sheet, const Yours& yours) {
  struct Step {
    const char* name;
    double loss;
    int marks;
  };
  const Step steps[] = {
      {"a loss of 0.20 on new digits", 0.20, 3}, {"a loss of 0.16", 0.16, 2}, {"a loss of 0.14", 0.14, 1}};
  const bool right = sheet.marks() == sheet.of();
  Outcome result;
  Images clean_test;
  std::string problem = "the layer first";
  if (right) {
    clean_test = digits("t10k-images-idx3-ubyte", test_digits);
    const Images noisy_test = noisy(clean_test, 2);
    result = run_apart(
        [=] {
          const Images clean = digits("train-images-idx3-ubyte", train_digits);
          const Images made = yours.denoise(noisy(clean, 1), clean, noisy_test);
          return std::vector<double>(made.data(), made.data() + made.size());
        },
        {.seconds = 180, .output_size = sheet.limits().output_size});
    problem = result.problem;
    if (problem.empty() && static_cast<Index>(result.values.size()) != clean_test.size())
      problem =
          latent::text("expected ", test_digits, " images of 784 pixels, yours are ", result.values.size(), " numbers");
  }
  Property pixels{"images of probabilities", 0, 2, problem, result.output};
  if (problem.empty()) {
    const auto [least, most] = std::minmax_element(result.values.begin(), result.values.end());
    const bool finite =
        std::all_of(result.values.begin(), result.values.end(), [](double v) { return std::isfinite(v); });
    if (!finite)
      pixels.message = "some are NaN or infinite";
    else if (*least < 0 || *most > 1)
      pixels.message = latent::text("probabilities are between 0 and 1, yours between ", *least, " and ", *most,
                                    ": is the sigmoid missing?");
    else
      pixels.marks = 2;
  }
  sheet.add(pixels);
  const double reached = pixels.marks == 2 ? loss(result.values, clean_test) : 0;
  for (const Step& step : steps) {
    Property property{step.name, 0, step.marks, "", ""};
    if (pixels.marks == 0)
      property.message = "there are no images to look at";
    else if (reached <= step.loss)
      property.marks = step.marks, property.message = latent::text("yours: ", latent::with_decimals(reached, 4));
    else
      property.message = latent::text("yours: ", latent::with_decimals(reached, 4),
                                      reached > 0.4 ? ", hardly better than grey: does it learn at all?" : "");
    sheet.add(property);
  }
}

void mark(Sheet& sheet, const Yours& yours) {
  const LoneLayer right{"ReLU",
                        {3, 4, 2},
                        {3, 4, 2},
                        {},
                        [](const Batch& b) {
                          std::vector<double> y = b.x;
                          for (double& v : y) v = std::max(v, 0.0);
                          return y;
                        },
                        [](const Batch& b) {
                          std::vector<double> dx = b.dz;
                          for (std::size_t i = 0; i < dx.size(); ++i) dx[i] = b.x[i] > 0 ? dx[i] : 0;
                          return dx;
                        }};
  const LayerChecks relu(yours.relu, right, 2, 1);
  std::vector<double> absolute = relu.batch.x;
  for (double& v : absolute) v = std::abs(v);
  sheet.property("ReLU, forward", 1, {relu.forward({{"negative numbers become 0, not positive", absolute}})});
  // Where x is negative nothing goes back. Usual mistakes: everything does, or the sign of dz decides.
  std::vector<double> by_sign = relu.batch.dz, other_side = relu.batch.dz;
  for (std::size_t i = 0; i < by_sign.size(); ++i) {
    if (by_sign[i] < 0) by_sign[i] = 0;
    if (relu.batch.x[i] > 0) other_side[i] = 0;
  }
  sheet.property(
      "ReLU, gradient", 1,
      {relu.input_gradient({{"the derivative of the activation is missing: 0 where x is negative", relu.batch.dz},
                            {"the sign of x decides, not that of dz", by_sign},
                            {"it is the other way round: 1 where x is positive", other_side}})});
  train(sheet, yours);
}

}  // namespace

#define MARKS_OF(yours) [](Sheet& sheet) { mark(sheet, {lone<yours::ReLU, Shape<3, 4, 2>>(), yours::denoise}); }
#include "../support/main.inc"

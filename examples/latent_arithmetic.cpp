/// Computing with codes: from one digit to another, half-way in the code and half-way in the pixels.
///
/// The task: two test digits a and b become (1 - t) a + t b, once as pixels, once as codes of a variational
/// auto-encoder. Between pixels there is a double exposure, between codes there are mostly digits (which pairs are
/// not?). Then differences of codes: what makes a digit slanted is a direction, which can be added to any other.
///
/// What to look at:
///   morph.png     pairs of rows: through the codes, through the pixels
///   slant.png     digits leaned to the left and to the right by the difference between those that lean right and those
///                 that lean left
///   the figures   half_way_distance_*: how far the images half-way through codes and through pixels are from the
///                 nearest training digit. For scale the same for test digits (real) and for what the decoder makes of
///                 their codes (reconstructed). Blurring alone also lowers the distance: compare codes with
///                 reconstructed, which is blurred too.
///
/// The validation loss lies below the training loss: validation decodes the mean of each distribution, training a draw
/// from it.
///
/// Questions: Where are the half-way digits sharp, where blurred, and why? Between which digits does the way lead
/// through a third? Would it work with the codes of a plain auto-encoder?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

constexpr Index code_size = 16;
using Encoder = Sequential<Input<784>, Named<"h", Dense<512, ReLU>>,
                           Named<"z_mean", Dense<code_size>>, From<"h">, Named<"z_log_var", Dense<code_size>>>;
using Decoder = Sequential<Input<code_size>, Dense<512, ReLU>, Dense<784, Sigmoid>>;
using Vae = Sequential<Encoder, Sampling<>, Decoder>;

/// Row n of a, then `steps - 2` rows between, then row n of b: (1 - t) a + t b.
Tensor<2> between(const Tensor<2>& a, Index n, const Tensor<2>& b, Index m, Index steps) {
  Tensor<2> rows(steps, a.dimension(1));
  for (Index s = 0; s < steps; ++s) {
    const float t = static_cast<float>(s) / static_cast<float>(steps - 1);
    for (Index i = 0; i < a.dimension(1); ++i) rows(s, i) = (1 - t) * a(n, i) + t * b(m, i);
  }
  return rows;
}

/// Half-way between row 0 and row 1, between row 2 and row 3, and so on: `count` rows.
Tensor<2> half_way(const Tensor<2>& rows, Index count) {
  Tensor<2> middles(count, rows.dimension(1));
  for (Index n = 0; n < count; ++n)
    for (Index i = 0; i < rows.dimension(1); ++i) middles(n, i) = (rows(2 * n, i) + rows(2 * n + 1, i)) / 2;
  return middles;
}

/// The pixel distance from a row to the nearest of the digits: its mean over the rows.
double distance_to_nearest(const Tensor<2>& rows, const Tensor<2>& digits) {
  double sum = 0;
  for (Index n = 0; n < rows.dimension(0); ++n) {
    double nearest = HUGE_VAL;
    for (Index k = 0; k < digits.dimension(0); ++k) {
      double squares = 0;
      for (Index i = 0; i < 784; ++i) squares += std::pow(static_cast<double>(rows(n, i) - digits(k, i)), 2);
      nearest = std::min(nearest, squares);
    }
    sum += std::sqrt(nearest / 784);
  }
  return sum / static_cast<double>(rows.dimension(0));
}

/// How far a digit leans to the right: the covariance of its ink's row and column, over the variance of the row.
double slant(const float* digit) {
  double ink = 0, x = 0, y = 0, xy = 0, yy = 0;
  for (Index i = 0; i < 784; ++i) {
    const auto weight = static_cast<double>(digit[i]);
    const auto column = static_cast<double>(i % 28), row = static_cast<double>(i / 28);
    ink += weight, x += weight * column, y += weight * row;
    xy += weight * column * row, yy += weight * row * row;
  }
  return -(xy - x * y / ink) / (yy - y * y / ink);
}

void example(int argc, char** argv) {
  Options options{"latent_arithmetic",
                  "Goes from digit to digit through codes and through pixels.",
                  {.epochs = 20, .batch_size = 128, .quick_epochs = 8}};
  options.parse(argc, argv);

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<2> train = first_of(datasets::as_rows(data.train.images), options.train),
                  test = datasets::as_rows(data.test.images);

  Vae vae{Seed{options.seed}, "vae"};
  std::cout << vae.summary();
  GoingOn going_on(options);
  const History history = compile(vae, Adam{}, SumOverPixels<BinaryCrossentropy>{})
                              .fit(train, train,
                                   {.epochs = options.epochs,
                                    .batch_size = options.batch_size,
                                    .validation_data = {test, test},
                                    .callbacks = {&going_on},
                                    .seed = Seed{options.seed},
                                    .threads = options.threads});
  save_training(options, vae, history);
  const Encoder encoder = vae.part<0>();
  const Decoder decoder = vae.part<2>();
  const auto [codes, log_vars] = encoder.predict(test, options.threads);

  // 1. From digit to digit: the first 4 of the test set into the first 9, and so on.
  constexpr Index steps = 11, pairs = 5;
  const auto first_with = [&](int digit) {
    return std::find(data.test.labels.begin(), data.test.labels.end(), digit) - data.test.labels.begin();
  };
  const int from[pairs] = {4, 3, 1, 0, 7}, to[pairs] = {9, 8, 7, 6, 2};
  std::vector<Tensor<4>> rows;
  std::vector<std::string> titles;
  for (Index pair = 0; pair < pairs; ++pair) {
    const Index a = first_with(from[pair]), b = first_with(to[pair]);
    rows.push_back(datasets::as_images(decoder.predict(between(codes, a, codes, b, steps), options.threads), 28, 28));
    rows.push_back(datasets::as_images(between(test, a, test, b, steps), 28, 28));
    titles.insert(titles.end(), {text(from[pair], " to ", to[pair], ", codes"), "pixels"});
  }
  pictures::save_png(options.path("morph.png"), pictures::grid({rows.begin(), rows.end()}, steps,
                                                               {.title = "From digit to digit", .row_titles = titles}));

  // How like digits are they half-way? 100 pairs of test digits, against the training digits.
  const Tensor<2> known = first_of(train, 10000);
  constexpr Index compared = 100;
  const auto decode = [&](const Tensor<2>& some) { return decoder.predict(some, options.threads); };
  print_figure("half_way_distance_codes", distance_to_nearest(decode(half_way(codes, compared)), known));
  print_figure("half_way_distance_pixels", distance_to_nearest(half_way(test, compared), known));
  print_figure("half_way_distance_real", distance_to_nearest(first_of(test, 2 * compared), known));
  print_figure("half_way_distance_reconstructed", distance_to_nearest(decode(first_of(codes, 2 * compared)), known));

  // 2. A direction: the mean code of the tenth of the digits that lean most to the right, minus that of the tenth that
  // lean most to the left.
  std::vector<std::pair<double, Index>> leaning;
  for (Index n = 0; n < test.dimension(0); ++n) leaning.emplace_back(slant(&test(n, 0)), n);
  std::sort(leaning.begin(), leaning.end());
  const std::size_t tenth = leaning.size() / 10;
  std::vector<double> direction(code_size, 0.0);
  for (std::size_t k = 0; k < tenth; ++k)
    for (Index i = 0; i < code_size; ++i)
      direction[static_cast<std::size_t>(i)] +=
          static_cast<double>(codes(leaning[leaning.size() - 1 - k].second, i) - codes(leaning[k].second, i)) /
          static_cast<double>(tenth);
  Tensor<2> leaned(10 * steps, code_size);
  for (Index n = 0; n < 10; ++n)
    for (Index s = 0; s < steps; ++s)
      for (Index i = 0; i < code_size; ++i)
        leaned(n * steps + s, i) =
            codes(first_with(static_cast<int>(n)), i) +
            static_cast<float>((static_cast<double>(s) / 5 - 1) * direction[static_cast<std::size_t>(i)]);
  const Tensor<2> digits = decoder.predict(leaned, options.threads);
  pictures::save_png(
      options.path("slant.png"),
      pictures::sheet(datasets::as_images(digits, 28, 28), 10, steps,
                      {.title = "Code + t * (leaning right - leaning left)", .x_label = "t", .x = {-1, 1}, .y = {}}));
  double left = 0, right = 0;
  for (Index n = 0; n < 10; ++n) {
    left += slant(&digits(n * steps, 0)) / 10;
    right += slant(&digits(n * steps + steps - 1, 0)) / 10;
  }
  print_figure("slant_minus", left);
  print_figure("slant_plus", right);
}

int main(int argc, char** argv) { return run(argc, argv, example); }

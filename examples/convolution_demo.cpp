/// Convolution, pooling and their ways back, by hand.
///
/// The task: follow the numbers. A filter of 7 x 7 that looks for a curve meets a picture of that curve, and another
/// one; edge filters look at a digit; max pooling, up-sampling and transposed convolution turn 4 x 4 numbers into fewer
/// and into more. Then a network that has learnt its filters itself.
///
/// What to look at:
///   curve.png         the picture's pixels and the filter's weights: 50*30 + 50*30 + 50*30 + 20*30 + 50*30 = 6600
///   edges.png         a digit through four edge filters: which strokes answer to which?
///   filters.png       the 16 first filters of a trained auto-encoder: can you find the edge filters among them?
///   feature_maps.png  what these filters make of the digit
///
/// Questions: The curve scores 6600: what would the filter give for a picture that is white everywhere, and what does
/// that say about looking for large values? Which entries of a 4 x 4 picture does max pooling forget, and what does
/// up-sampling put in their place? A transposed convolution with a 2 x 2 kernel of ones and strides of 2 is which other
/// layer, and why is one with 3 x 3 ones not?

#include <iomanip>
#include <iostream>
#include <latent/datasets.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <limits>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

/// Prints the first channel of the first image.
void print(const std::string& title, const Tensor<4>& image) {
  std::cout << title << "\n";
  for (Index y = 0; y < image.dimension(1); ++y) {
    for (Index x = 0; x < image.dimension(2); ++x) std::cout << std::setw(6) << image(0, y, x, 0);
    std::cout << "\n";
  }
}

/// Images of one channel from rows of numbers.
template <std::size_t height, std::size_t width>
Tensor<4> image(const float (&numbers)[height][width]) {
  Tensor<4> picture(1, Index{height}, Index{width}, 1);
  std::copy_n(&numbers[0][0], height * width, picture.data());
  return picture;
}

/// Makes these numbers the kernel of a model's first layer.
template <class Model>
void set_kernel(Model& model, const std::vector<float>& numbers) {
  const auto kernel = model.parameters()[0];
  check(static_cast<std::size_t>(kernel.size()) == numbers.size(), kernel.name, " has ", kernel.size(),
        " weights, not ", numbers.size());
  std::copy(numbers.begin(), numbers.end(), kernel.data);
}

/// 1. One place of a convolution: multiply, and add.
void curve(const Options& options) {
  const auto filter = image<7, 7>({{0, 0, 0, 0, 0, 30, 0},
                                   {0, 0, 0, 0, 30, 0, 0},
                                   {0, 0, 0, 30, 0, 0, 0},
                                   {0, 0, 0, 30, 0, 0, 0},
                                   {0, 0, 0, 30, 0, 0, 0},
                                   {0, 0, 0, 30, 0, 0, 0},
                                   {0, 0, 0, 0, 0, 0, 0}});
  const auto same_curve = image<7, 7>({{0, 0, 0, 0, 0, 0, 30},
                                       {0, 0, 0, 0, 50, 50, 50},
                                       {0, 0, 0, 20, 50, 0, 0},
                                       {0, 0, 0, 50, 50, 0, 0},
                                       {0, 0, 0, 50, 50, 0, 0},
                                       {0, 0, 0, 50, 50, 0, 0},
                                       {0, 0, 0, 0, 50, 50, 0}});
  const auto elsewhere = image<7, 7>({{0, 0, 0, 0, 0, 0, 0},
                                      {0, 40, 0, 0, 0, 0, 0},
                                      {40, 0, 40, 0, 0, 0, 0},
                                      {40, 20, 0, 0, 0, 0, 0},
                                      {0, 50, 0, 0, 0, 0, 0},
                                      {0, 0, 50, 0, 0, 0, 0},
                                      {25, 25, 0, 50, 0, 0, 0}});
  Sequential<Input<7, 7, 1>, Conv2D<1, 7, NoBias>> convolution;
  set_kernel(convolution, {filter.data(), filter.data() + filter.size()});
  print("A filter that looks for a curve:", filter);
  print("A picture of that curve:", same_curve);
  print("Another picture:", elsewhere);
  print_figure("response_to_the_curve", static_cast<double>(convolution.predict(same_curve)(0, 0, 0, 0)));
  print_figure("response_elsewhere", static_cast<double>(convolution.predict(elsewhere)(0, 0, 0, 0)));
  Tensor<2> table(7, 7 + 1 + 7);
  table.setConstant(std::numeric_limits<float>::quiet_NaN());  // an empty column between the two
  for (Index y = 0; y < 7; ++y)
    for (Index x = 0; x < 7; ++x) table(y, x) = same_curve(0, y, x, 0), table(y, 8 + x) = filter(0, y, x, 0);
  pictures::save_png(
      options.path("curve.png"),
      pictures::heat_map(table, {.title = "The picture (left), the filter (right): multiply and add, 6600",
                                 .rows = std::vector<std::string>(7),
                                 .columns = std::vector<std::string>(15)}));
}

/// 2. All places: a digit through filters for edges. Each subtracts what lies on one side from what lies on the other.
void edges(const Options& options, const Tensor<4>& digit) {
  Sequential<Input<28, 28, 1>, Conv2D<4, 3, Same, NoBias>> convolution;
  const float filters[4][9] = {{-1, -1, -1, 0, 0, 0, 1, 1, 1},   // dark above, light below
                               {-1, 0, 1, -1, 0, 1, -1, 0, 1},   // dark left, light right
                               {1, 1, 1, 0, 0, 0, -1, -1, -1},   // light above, dark below
                               {1, 0, -1, 1, 0, -1, 1, 0, -1}};  // light left, dark right
  std::vector<float> kernel;                                     // (3, 3, 1, 4): the filter is the fastest index
  for (std::size_t tap = 0; tap < 9; ++tap)
    for (const auto& filter : filters) kernel.push_back(filter[tap]);
  set_kernel(convolution, kernel);
  const Tensor<4> maps = pictures::channels_as_images(convolution.predict(digit));
  Tensor<4> shown(5, 28, 28, 1);  // the digit, and each map; grid shows negative values as black
  for (Index n = 0; n < 5; ++n)
    for (Index i = 0; i < 784; ++i)
      shown.data()[784 * n + i] = n == 0 ? digit.data()[i] : maps.data()[784 * (n - 1) + i] / 3;
  pictures::save_png(
      options.path("edges.png"),
      pictures::grid({shown}, 5,
                     {.title = "A digit through four edge filters",
                      .column_titles = {"Digit", "Upper edges", "Left edges", "Lower edges", "Right edges"}}));
}

/// 3. Fewer numbers, and more.
void smaller_and_larger() {
  const auto picture = image<4, 4>({{1, 3, 2, 1}, {4, 6, 5, 0}, {7, 2, 1, 1}, {0, 8, 3, 9}});
  print("4 x 4 numbers:", picture);
  const Tensor<4> pooled = Sequential<Input<4, 4, 1>, MaxPooling2D<2>>{}.predict(picture);
  print("MaxPooling2D<2>: the largest of each 2 x 2:", pooled);
  print("UpSampling2D<2> of that: every number four times:",
        Sequential<Input<2, 2, 1>, UpSampling2D<2>>{}.predict(pooled));
  Sequential<Input<2, 2, 1>, Conv2DTranspose<1, 3, Same, Strides<2>, NoBias>> transposed;
  set_kernel(transposed, {1, 2, 1, 2, 4, 2, 1, 2, 1});
  print("Conv2DTranspose with strides of 2 and the kernel 1 2 1 / 2 4 2 / 1 2 1: every number stamps the kernel:",
        transposed.predict(pooled));
}

/// 4. Filters that nobody designed.
using First = Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>>;
using Rest = Sequential<Input<28, 28, 16>, MaxPooling2D<2, Same>,
                        Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                        Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                        Conv2D<16, 3, Same, ReLU>, UpSampling2D<2>,
                        Conv2D<1, 3, Same, Sigmoid>>;

void learnt(const Options& options, const datasets::Dataset& data) {
  const Tensor<4> train = first_of(data.train.images, options.train), test = data.test.images;
  Sequential<First, Rest> autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary();
  auto trainer = compile(autoencoder, Adam{}, BinaryCrossentropy{});
  GoingOn going_on(options);
  const History history = trainer.fit(train, train,
                                      {.epochs = options.epochs,
                                       .batch_size = options.batch_size,
                                       .validation_data = {test, test},
                                       .callbacks = {&going_on},
                                       .seed = Seed{options.seed},
                                       .threads = options.threads});
  save_training(options, autoencoder, history);
  const auto first = autoencoder.part<0>();
  pictures::save_png(options.path("filters.png"),
                     pictures::rows_of(pictures::stretched(pictures::filters(first.parameters()[0])), 8,
                                       {.title = "The 16 filters of the first layer, 3 x 3"}));
  pictures::save_png(
      options.path("feature_maps.png"),
      pictures::rows_of(pictures::stretched(pictures::channels_as_images(first.predict(slice(test, 0, 1)))), 8,
                        {.title = "What they make of a digit: 16 feature maps"}));
}

void example(int argc, char** argv) {
  Options options{"convolution_demo",
                  "Convolution, pooling and up-sampling by hand, and the filters of a trained network.",
                  {.epochs = 3, .batch_size = 128, .quick_epochs = 1}};
  options.parse(argc, argv);
  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);

  curve(options);
  edges(options, slice(data.test.images, 0, 1));
  smaller_and_larger();
  learnt(options, data);
}

int main(int argc, char** argv) { return run(argc, argv, example); }

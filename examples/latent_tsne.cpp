/// Codes of 32 and of 784 numbers in the plane: PCA beside t-SNE.
///
/// The task: a code of two numbers can be drawn as it is. Those of the dense auto-encoder (32 numbers) and of the small
/// convolutional one (7 x 7 x 16) cannot; a plane has to be chosen. PCA takes the one along which codes vary
/// most, and loses the rest. t-SNE bends the space: it only wants who is near to stay near. Neither sees a label; the
/// colours come afterwards. The pixels are drawn the same way, to show what the networks add.
///
/// What to look at:
///   pixels.png, dense.png,   PCA on the left, t-SNE on the right: which digits are an island of their own, which are
///   convolutional.png        torn apart, which touch, who lies on a foreign island?
///   the figures              trustworthiness: are neighbours in the plane neighbours among the codes (1: all are)?
///                            accuracy: how many digits have the label of most of their 10 nearest neighbours, among
///                            the codes and in the plane
///
/// What the figures say: on t-SNE's two numbers neighbours recognise a digit nearly as well as on the whole code, on
/// PCA's less than half of the time. But the pixels do as well as the codes: an auto-encoder learns to keep what is
/// there, not to tell digits apart.
///
/// Questions: Two islands lie at opposite ends: are these digits less alike than others? (Try --start random. What do
/// distances between islands, their sizes, the axes mean at all?) What happens at --perplexity 3 and at 300, and how
/// does one choose, if not by the prettiest picture? Two runs end at KL divergences of 1.0 and 1.1: is the first one
/// better, and if the perplexities differ? PCA has a decoder (which?), t-SNE has none: where would a new digit go? And
/// why must one not run a clustering on t-SNE's plane and publish the clusters?

#include <chrono>
#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation/neighbours.hpp>
#include <latent/evaluation/pca.hpp>
#include <latent/evaluation/trustworthiness.hpp>
#include <latent/evaluation/tsne.hpp>
#include <latent/pictures/beside.hpp>
#include <latent/pictures/png.hpp>
#include <latent/pictures/scatter.hpp>

#include "support/digit_codes.hpp"
#include "support/results.hpp"

using namespace latent;

/// What the program's own options say.
struct Choice {
  int samples = 2500, iterations = 1000;
  float perplexity = 30;
  std::string start = "pca";
  bool codes = false;
};

/// Codes (number, size) in the plane, by PCA and by t-SNE: figures, picture and, if wanted, tables.
void show(const Options& options, const Choice& choice, const std::string& name, const Tensor<2>& codes,
          const std::vector<int>& labels) {
  print_figure(name + "_accuracy", evaluation::neighbour_accuracy(codes, labels));
  std::vector<pictures::Image> panels;
  const auto evaluate = [&](const std::string& method, const Tensor<2>& points, pictures::ScatterOptions scatter) {
    print_figure(name + "_" + method + "_trustworthiness", evaluation::trustworthiness(codes, points));
    print_figure(name + "_" + method + "_accuracy", evaluation::neighbour_accuracy(points, labels));
    scatter.title = text(codes.dimension(1), " numbers (", name, "), ", scatter.title);
    scatter.width = 900, scatter.height = 820, scatter.point = 4;
    panels.push_back(pictures::scatter(points, labels, scatter));
    if (choice.codes) save_codes(options.path(name + "_" + method + ".csv"), points, labels);
  };

  const evaluation::PCA pca(codes, 2);
  const double kept = pca.explained_variance_ratio[0] + pca.explained_variance_ratio[1];
  print_figure(name + "_pca_variance", kept);
  evaluate("pca", pca.transform(codes),
           {.title = text("PCA: ", static_cast<int>(100 * kept + 0.5), " % of the variance"),
            .x_label = "first component",
            .y_label = "second component"});

  const auto start = std::chrono::steady_clock::now();
  const evaluation::Tsne<float> plane =
      evaluation::tsne(codes, {.perplexity = static_cast<double>(choice.perplexity),
                               .iterations = choice.iterations,
                               .init = choice.start == "pca" ? evaluation::TsneInit::pca : evaluation::TsneInit::random,
                               .seed = Seed{options.seed},
                               .threads = options.threads});
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  print_figure(name + "_tsne_seconds", seconds.count());
  print_figure(name + "_tsne_kl", plane.kl_divergence);
  // Nothing is to be read off the axes.
  evaluate("tsne", plane.points, {.title = text("t-SNE: perplexity ", choice.perplexity)});

  pictures::save_png(options.path(name + ".png"), pictures::beside(panels));
  if (choice.codes) save_codes(options.path(name + "_codes.csv"), codes, labels);
}

void example(int argc, char** argv) {
  Choice choice;
  Options options{"latent_tsne",
                  "Draws the codes of two auto-encoders in the plane, by PCA and t-SNE.",
                  {.epochs = 10, .batch_size = 128, .quick_epochs = 10}};
  options.add("--samples", choice.samples, "number of test images", 50);
  options.add("--perplexity", choice.perplexity, "how many neighbours t-SNE gives to each digit", 1);
  options.add("--iterations", choice.iterations, "steps of t-SNE", 1);
  options.add("--start", choice.start, "where t-SNE starts; random depends on --seed", {"pca", "random"});
  options.add("--codes", choice.codes, "also write codes and planes as CSV, for benchmarks/peers/compare_tsne.py");
  options.may_change({"--samples", "--perplexity", "--iterations", "--start", "--codes"});
  options.parse(argc, argv);

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<4> train = first_of(data.train.images, options.train);
  const auto [test, labels] = first_of(data.test, choice.samples);
  check(static_cast<Index>(choice.perplexity) < test.dimension(0), "--perplexity: expected less than the ",
        test.dimension(0), " digits, received ", choice.perplexity);

  const Tensor<2> dense = dense_codes(options, train, test), convolutional = convolutional_codes(options, train, test);
  std::cout << "t-SNE of " << test.dimension(0) << " test images" << std::endl;
  show(options, choice, "pixels", datasets::as_rows(test), labels);
  show(options, choice, "dense", dense, labels);
  show(options, choice, "convolutional", convolutional, labels);
}

int main(int argc, char** argv) { return run(argc, argv, example); }

/// An adversarial auto-encoder: a plane of codes that is shaped by a game instead of a formula.
///
/// The task: an auto-encoder with a code of two numbers whose codes are to be distributed as N(0, 1), like those of the
/// variational auto-encoder, where a term of the loss takes care of that. Here a second network, the critic, learns to tell the codes of
/// digits from numbers that were drawn from N(0, 1), and the encoder learns to give codes that the critic takes for drawn
/// numbers (A. Makhzani, J. Shlens, N. Jaitly, I. Goodfellow, B. Frey, "Adversarial Autoencoders", 2015). A batch is three
/// steps, of three optimisers:
///
///   1. reconstruction   encoder and decoder, as in any auto-encoder
///   2. critic           codes of digits are to be 0, drawn numbers 1
///   3. encoder          its codes are to be 1: the gradient of the critic's loss with respect to the codes goes on, by
///                       the chain rule, through the encoder alone
///
/// fit cannot do that, so the program has its own training loop.
///
/// What to look at:
///   codes.png            the plane: is it filled as N(0, 1) fills it? Compare the variational auto-encoder's
///   manifold.png         what the decoder makes of every point of the plane
///   reconstructions.png  digits, and what two numbers have kept of them
///   loss.png, game.png   the reconstruction becomes better; the game does not end: log 2 = 0.69 is a critic that guesses
///   the figures          code_mean and code_deviation should be 0 and 1; share_within_2, of the codes at a distance of
///                        at most 2 from 0, is 0.865 for N(0, 1)
///
/// Questions: What becomes of the plane with --game 0, where the encoder does not play? Why does the third step not train the
/// critic, too? What would N(0, 1) be replaced by for a plane of ten separate islands?

#include <iostream>
#include <latent/datasets.hpp>
#include <latent/evaluation.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <latent/sources.hpp>

#include "support/going_on.hpp"
#include "support/results.hpp"

using namespace latent;

using Encoder = Sequential<Input<784>, Dense<256, ReLU>, Dense<128, ReLU>, Dense<2>>;
using Decoder = Sequential<Input<2>, Dense<128, ReLU>, Dense<256, ReLU>, Dense<784, Sigmoid>>;
using Critic = Sequential<Input<2>, Dense<128, ReLU>, Dense<128, ReLU>, Dense<1>>;  // logits

/// Learning rates at the start. Those of encoder and decoder fall to 0; the critic's does not: it always knows the codes as they
/// are now, and the encoder comes to rest instead of running from it in circles. The encoder plays with SGD, whose steps are
/// small where the critic has nothing left to tell; those of Adam would be as large as ever.
constexpr double rate = 5e-4, critic_rate = 1e-3, fooling_rate = 0.1;

/// `count` points of N(0, 1), others for every batch.
Tensor<2> drawn(Index count, Seed seed, std::uint32_t batch) {
  Tensor<2> points(count, 2);
  const Random random(seed, Purpose::sampling, 0, batch);
  for (Index i = 0; i < points.size(); ++i) points.data()[i] = static_cast<float>(random.normal(i));
  return points;
}
Tensor<2> all(Index count, float value) {
  Tensor<2> answers(count, 1);
  answers.setConstant(value);
  return answers;
}

class Game {
 public:
  Game(Sequential<Encoder, Decoder>& autoencoder, const Options& options, double weight, double steps)
      : options_(options),
        weight_(weight),
        encoder_(autoencoder.part<0>()),
        critic_(Seed{options.seed + 1}, "critic"),
        reconstruction_(compile(autoencoder, Adam{.learning_rate = CosineDecay{rate, steps}}, BinaryCrossentropy{})),
        telling_(compile(critic_, Adam{.learning_rate = critic_rate, .beta_1 = 0.5},
                         BinaryCrossentropy{.from_logits = true})),
        fooling_(optimizer_for(encoder_,
                               SGD{.learning_rate = CosineDecay{fooling_rate * weight, steps}, .momentum = 0.5})) {}

  /// A batch of digits; the losses of its three steps.
  std::array<double, 3> play(const Tensor<2>& digits, std::uint32_t batch) {
    const Index count = digits.dimension(0);
    const int threads = options_.threads;
    const double reconstruction = reconstruction_.train_on_batch(digits, digits, threads);

    const Tensor<2> codes = encoder_.predict(digits, threads);
    const Tensor<2> both = datasets::concatenate(codes, drawn(count, Seed{options_.seed}, batch));
    const double told = telling_.train_on_batch(both, datasets::concatenate(all(count, 0), all(count, 1)), threads);

    const auto [fooled, d_answers] = loss_and_gradient(critic_, BinaryCrossentropy{.from_logits = true},
                                                       critic_.predict(codes, threads), all(count, 1));
    if (weight_ > 0) {
      const Tensor<2> d_codes = critic_.backward(codes, d_answers, {}, threads).dx;
      fooling_.apply(encoder_.backward(digits, d_codes, {}, threads), threads);
    }
    return {reconstruction, told, fooled};
  }

  double evaluate(const Tensor<2>& digits) const { return reconstruction_.evaluate(digits, digits, options_.threads); }
  /// All that the next batch depends on.
  void state(TrainingState& state) {
    state.under("reconstruction", [&](TrainingState& of) { reconstruction_.state(of); });
    state.under("telling", [&](TrainingState& of) { telling_.state(of); });
    state.under("fooling", [&](TrainingState& of) { fooling_.state(of); });
  }

 private:
  const Options& options_;
  double weight_;
  Encoder encoder_;
  Critic critic_;
  decltype(compile(std::declval<Sequential<Encoder, Decoder>&>(), Adam{}, BinaryCrossentropy{})) reconstruction_;
  decltype(compile(std::declval<Critic&>(), Adam{}, BinaryCrossentropy{})) telling_;
  decltype(optimizer_for(std::declval<Encoder&>(), SGD{})) fooling_;
};

/// What fit would do: epochs, a progress bar, a state that --resume goes on from.
History train(Game& game, const ModelFacts& network, const Options& options, const Tensor<2>& digits,
              const Tensor<2>& held_out) {
  TensorSource source(digits, digits, {.batch_size = options.batch_size, .seed = Seed{options.seed}});
  const std::array names{"loss", "critic_loss", "encoder_loss"};
  std::array<double, 3> sums{};  // of the epoch so far
  History history;
  LearningRate shown(CosineDecay{rate, 1});  // in the report
  Training training{.epochs = options.epochs,
                    .batches = source.size(),
                    .samples = digits.dimension(0),
                    .batch_size = options.batch_size,
                    .learning_rate = &shown,
                    .optimizer = "adam",
                    .seed = Seed{options.seed},
                    .threads = options.threads,
                    .model = &network,
                    .history = &history};
  GoingOn going_on(options);
  const std::string fingerprint = fingerprint_of(digits.data(), digits.size());
  training.state = [&](TrainingState& state) {
    state.must_be("data", text(digits.dimension(0), " digits in batches of ", options.batch_size, ", seed ",
                               options.seed, ", fingerprint ", fingerprint));
    going_on.state(state);
    game.state(state);
    state("epoch", training.epoch), state("batch", training.batch), state("sums", std::span<double>(sums));
    history.state(state);
  };
  ProgressBar progress;
  going_on.on_train_begin(training);
  going_on.on_moment(training, Moment::start);
  while (training.epoch < training.epochs) {
    source.on_epoch_begin(training.epoch);
    progress.on_epoch_begin(training);
    training.logs.clear();
    while (training.batch < training.batches) {
      const Tensor<2> x = source.batch(training.batch).x;
      const auto losses = game.play(x, static_cast<std::uint32_t>(training.epoch * training.batches + training.batch));
      const double seen = std::min<double>(static_cast<double>(training.samples),
                                           static_cast<double>((training.batch + 1) * options.batch_size));
      for (std::size_t k = 0; k < names.size(); ++k) {
        sums[k] += losses[k] * static_cast<double>(x.dimension(0));
        training.logs[names[k]] = sums[k] / seen;
      }
      progress.on_batch_end(training);
      ++training.batch;
      going_on.on_moment(training, Moment::batch);
    }
    // Again, for a run that goes on after the last batch of an epoch has not seen any.
    for (std::size_t k = 0; k < names.size(); ++k) {
      training.logs[names[k]] = sums[k] / static_cast<double>(training.samples);
    }
    training.logs["val_loss"] = game.evaluate(held_out);
    progress.on_epoch_end(training);
    history.append(training.epoch, training.logs);
    sums = {};
    training.batch = 0, ++training.epoch;
    going_on.on_moment(training, Moment::epoch);
  }
  going_on.on_train_end(training);
  return history;
}

/// How far the codes are from N(0, 1).
void describe(const Tensor<2>& codes, const std::vector<int>& labels) {
  double sum = 0, squares = 0, within = 0;
  for (Index n = 0; n < codes.dimension(0); ++n) {
    const auto x = static_cast<double>(codes(n, 0)), y = static_cast<double>(codes(n, 1));
    sum += x + y, squares += x * x + y * y;
    within += x * x + y * y <= 4 ? 1 : 0;
  }
  const auto numbers = static_cast<double>(codes.size());
  print_figure("code_mean", sum / numbers);
  print_figure("code_deviation", std::sqrt(squares / numbers));
  print_figure("share_within_2", 2 * within / numbers);
  print_figure("neighbour_accuracy", evaluation::neighbour_accuracy(codes, labels));
}

void example(int argc, char** argv) {
  float weight = 1;
  Options options{"adversarial_autoencoder",
                  "Trains an auto-encoder whose codes a second network compares with N(0, 1).",
                  {.epochs = 10, .batch_size = 128, .quick_epochs = 10}};
  options.add("--game", weight, "how fast the encoder learns to fool the critic; 0: not at all");
  options.parse(argc, argv);

  const auto found = datasets::find_mnist(options.data);
  tell_data(found.description);
  const datasets::Dataset data = datasets::load(found);
  const Tensor<2> digits = datasets::as_rows(first_of(data.train.images, options.train)),
                  test = datasets::as_rows(data.test.images);

  Sequential<Encoder, Decoder> autoencoder{Seed{options.seed}, "autoencoder"};
  std::cout << autoencoder.summary();
  const double steps =
      std::max(1, options.epochs) * std::ceil(static_cast<double>(digits.dimension(0)) / options.batch_size);
  Game game(autoencoder, options, static_cast<double>(weight), steps);
  const History history = train(game, autoencoder.facts(), options, digits, test);
  save_training(options, autoencoder, history);
  if (history.epochs() > 0) {
    pictures::save_png(options.path("loss.png"),
                       pictures::plot({{"training", history["loss"]}, {"test images", history["val_loss"]}},
                                      {.title = "Reconstruction", .x_label = "epoch", .y_label = "cross-entropy"}));
    pictures::save_png(options.path("game.png"),
                       pictures::plot({{"critic", history["critic_loss"]}, {"encoder", history["encoder_loss"]}},
                                      {.title = "The game", .x_label = "epoch", .y_label = "cross-entropy"}));
  }

  const auto encoder = autoencoder.part<0>();
  const auto decoder = autoencoder.part<1>();
  const Tensor<2> codes = encoder.predict(test, options.threads);
  describe(codes, data.test.labels);
  pictures::save_png(
      options.path("codes.png"),
      pictures::scatter(
          codes, data.test.labels,
          {.title = "Codes of the test images", .x_label = "z[0]", .y_label = "z[1]", .width = 1100, .height = 950}));
  const std::vector<double> axis = evaluation::evenly(30, -2, 2);
  const Tensor<4> plane = datasets::as_images(decoder.predict(evaluation::plane(axis, axis), options.threads), 28, 28);
  pictures::save_png(options.path("manifold.png"), pictures::sheet(plane, 30, 30,
                                                                   {.title = "The plane of codes, decoded",
                                                                    .x_label = "z[0]",
                                                                    .y_label = "z[1]",
                                                                    .x = {axis.front(), axis.back()},
                                                                    .y = {axis.front(), axis.back()}}));
  pictures::save_png(
      options.path("reconstructions.png"),
      pictures::grid(
          {data.test.images, datasets::as_images(decoder.predict(codes, options.threads), 28, 28)}, 10,
          {.title = "Digits and what two numbers keep of them", .row_titles = {"Original", "Reconstruction"}}));
}

int main(int argc, char** argv) { return run(argc, argv, example); }

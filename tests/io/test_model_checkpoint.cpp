// ModelCheckpoint: what is on disk after each epoch, and after a training that ended in NaN. Also the warning of fit
// when a posterior collapses, and datasets::concatenate.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <latent/datasets.hpp>
#include <latent/io.hpp>
#include <latent/io/model_checkpoint.hpp>
#include <latent/latent.hpp>

using namespace latent;

namespace {

using M = Sequential<Input<4>, Dense<3>>;

std::string file(const char* name) { return (std::filesystem::temp_directory_path() / name).string(); }

Tensor<2> numbers(Index rows, Index columns) {
  Tensor<2> x(rows, columns);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{3}, Purpose::test).normal(i));
  return x;
}

std::vector<float> values(const M& model) {
  return std::vector<float>(model.data(), model.data() + M::network::buffer_size);
}

M loaded(const std::string& path) {
  M model(Seed{99});
  load_weights(path, model);
  return model;
}

/// What `call` writes to stderr.
template <class Call>
std::string said(const Call& call) {
  const std::string path = file("latent_said.txt");
  std::fflush(stderr);
  const int kept = dup(2);
  REQUIRE(std::freopen(path.c_str(), "w", stderr) != nullptr);
  call();
  std::fflush(stderr);
  dup2(kept, 2);
  close(kept);
  const std::string words = read_file(path);
  std::filesystem::remove(path);
  return words;
}

}  // namespace

TEST_CASE("the weights of every epoch, or of the best one") {
  const Tensor<2> x = numbers(20, 4), y = numbers(20, 3);
  const std::string path = file("latent_checkpoint.safetensors");
  M model(Seed{1});
  ModelCheckpoint every(model, path);
  compile(model, SGD{.learning_rate = 0.01}, MeanSquaredError{})
      .fit(x, y, {.epochs = 2, .verbose = {}, .callbacks = {&every}});
  CHECK(values(loaded(path)) == values(model));

  // With a rate far too large each epoch is worse than the first.
  M diverging(Seed{1});
  ModelCheckpoint best(diverging, path, {.monitor = "loss", .save_best_only = true});
  auto trainer = compile(diverging, SGD{.learning_rate = 3}, MeanSquaredError{});
  const History history = trainer.fit(x, y, {.epochs = 3, .verbose = {}, .callbacks = {&best}});
  REQUIRE(history["loss"].back() > history["loss"].front());
  M once(Seed{1});
  compile(once, SGD{.learning_rate = 3}, MeanSquaredError{}).fit(x, y, {.epochs = 1, .verbose = {}});
  CHECK(values(loaded(path)) == values(once));
  CHECK(values(loaded(path)) != values(diverging));
  ModelCheckpoint never(diverging, path, {.save_best_only = true, .initial_value_threshold = std::nan("")});
  CHECK_THROWS_WITH_AS(trainer.fit(x, y, {.epochs = 1, .verbose = {}, .callbacks = {&never}}),
                       "ModelCheckpoint: initial_value_threshold is a number, received nan", std::invalid_argument);
  // As in Keras, what is best in another call of fit has to be better than all before.
  trainer.fit(x, y, {.epochs = 1, .verbose = {}, .callbacks = {&best}});
  CHECK(values(loaded(path)) == values(once));
  CHECK(best.best == history["loss"].front());
  std::filesystem::remove(path);
}

TEST_CASE("a file for each epoch, with its number and its loss in the name as Python's format() writes them") {
  Training training{.epoch = 2, .logs = {{"loss", 0.25}, {"val_loss", 1.0 / 3}}};
  const auto filled = [&](const std::string& path) { return detail::with_fields(path, training); };
  CHECK(filled("plain") == "plain");
  CHECK(filled("{epoch}") == "3");
  CHECK(filled("w.{epoch:02d}-{val_loss:.4f}.st") == "w.03-0.3333.st");
  CHECK(filled("{epoch:d}{epoch:03d}{loss}{loss:.0f}{val_loss:.1e}") == "30030.2503.3e-01");
  CHECK(filled("{val_loss}") == "0.3333333333333333");
  training.epoch = 1233;
  CHECK(filled("{epoch:02d}/{epoch:09d}/{epoch:01d}/{epoch:04d}/{epoch:05d}") == "1234/000001234/1234/1234/01234");
  CHECK(filled("{loss:.9f}") == "0.250000000");

  const auto refused = [&](const std::string& path) {
    try {
      return filled(path);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what()).substr(17);  // after "ModelCheckpoint: "
    }
  };
  CHECK(refused("a{epoch") == "the path \"a{epoch\" has a { without a }");
  CHECK(refused("{epoch:2d}") == "the path has the field {epoch:2d}; an epoch is {epoch} or {epoch:02d}");
  CHECK(refused("{epoch:00d}") == "the path has the field {epoch:00d}; an epoch is {epoch} or {epoch:02d}");
  CHECK(refused("{epoch:0:d}") == "the path has the field {epoch:0:d}; an epoch is {epoch} or {epoch:02d}");
  CHECK(refused("{epoch:02f}") == "the path has the field {epoch:02f}; an epoch is {epoch} or {epoch:02d}");
  CHECK(refused("{loss:4f}") == "the path has the field {loss:4f}; a number is {loss}, {loss:.4f} or {loss:.2e}");
  CHECK(refused("{loss:.4d}") == "the path has the field {loss:.4d}; a number is {loss}, {loss:.4f} or {loss:.2e}");
  for (const std::string form : {".:f", "./f", "x4f", ".4ff"})
    CHECK(refused("{loss:" + form + "}") ==
          "the path has the field {loss:" + form + "}; a number is {loss}, {loss:.4f} or {loss:.2e}");
  CHECK(refused("{mae:.2f}") == "the path has the field {mae:.2f}; this epoch has epoch, loss, val_loss");
  training.logs.erase("val_loss");
  CHECK(refused("{val_loss}") ==
        "the path has the field {val_loss}; this epoch has epoch, loss (is there validation_data?)");

  // The files of two epochs, and none for an epoch that is no better than what was reached before.
  const Tensor<2> x = numbers(20, 4), y = numbers(20, 3);
  const std::string folder = file("latent_checkpoints");
  M model(Seed{1});
  ModelCheckpoint every(model, folder + ".{epoch}"),
      best(model, folder + ".best.{epoch}", {.monitor = "loss", .save_best_only = true});
  auto trainer = compile(model, SGD{.learning_rate = 0.01}, MeanSquaredError{});
  const History history = trainer.fit(x, y, {.epochs = 2, .verbose = {}, .callbacks = {&every, &best}});
  CHECK(values(loaded(folder + ".2")) == values(model));
  CHECK(values(loaded(folder + ".1")) != values(model));
  CHECK(values(loaded(folder + ".best.2")) == values(model));
  for (const char* end : {".1", ".2", ".best.1", ".best.2"}) CHECK(std::filesystem::remove(folder + end));
  ModelCheckpoint above(model, folder + ".best.{epoch}",
                        {.monitor = "loss", .save_best_only = true, .initial_value_threshold = 0});
  trainer.fit(x, y, {.epochs = 1, .verbose = {}, .callbacks = {&above}});
  CHECK(!std::filesystem::exists(folder + ".best.1"));
}

TEST_CASE("a training that ends in NaN leaves the weights of its last good epoch") {
  const Tensor<2> x = numbers(20, 4), y = numbers(20, 3);
  const std::string path = file("latent_checkpoint_nan.safetensors");
  M model(Seed{1});
  ModelCheckpoint every(model, path);
  auto trainer = compile(model, SGD{.learning_rate = 1e8}, MeanSquaredError{});
  CHECK_THROWS_AS(trainer.fit(x, y, {.epochs = 50, .verbose = {}, .callbacks = {&every}}), NotFinite);
  const M kept = loaded(path);
  for (float value : values(kept)) CHECK(std::isfinite(value));
  std::filesystem::remove(path);
}

TEST_CASE("fit says so when a posterior has collapsed, and not otherwise") {
  // The heads start at 0 and do not learn: the divergence is 0.
  using Zero = Dense<1, NoBias, KernelInitializer<Zeros>>;
  using Collapsed = Sequential<Named<"x", Input<4>>, Named<"z_mean", Zero>, From<"x">, Named<"z_log_var", Zero>, Sampling<>, Dense<4>>;
  using Alive = Sequential<Named<"x", Input<4>>, Named<"z_mean", Dense<1>>, From<"x">, Named<"z_log_var", Dense<1>>, Sampling<>, Dense<4>>;
  const Tensor<2> x = numbers(20, 4);
  const auto train = [&](auto model) {
    return said([&] { compile(model, SGD{.learning_rate = 0}, MeanSquaredError{}).fit(x, x, {.epochs = 1}); });
  };
  CHECK(train(Collapsed(Seed{1})).find("warning: epoch 1, kl_loss 0: the posterior has collapsed") !=
        std::string::npos);
  CHECK(train(Alive(Seed{1})).find("warning") == std::string::npos);
}

TEST_CASE("concatenate: the samples of both, in order, of one shape") {
  Tensor<2> a(1, 2), b(2, 2);
  a.setValues({{1, 2}});
  b.setValues({{3, 4}, {5, 6}});
  const Tensor<2> both = datasets::concatenate(a, b);
  REQUIRE(both.size() == 6);
  for (Index i = 0; i < 6; ++i) CHECK(both.data()[i] == static_cast<float>(i + 1));
  CHECK_THROWS_WITH_AS((void)datasets::concatenate(a, Tensor<2>(1, 3)), "concatenate: axis 1 has 2 and 3",
                       std::invalid_argument);
}

#include <cstdlib>
#include <cstring>
#include <thread>

#include "random_batch.hpp"
#include "sanitized.hpp"

using namespace latent;

// ---- whoever asks for memory is counted, where that does not get in a sanitizer's way

namespace {
std::atomic<long> allocations = 0;
}
#if defined(__GLIBC__) && !defined(LATENT_SANITIZED)
constexpr bool counted = true;
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* malloc(std::size_t bytes) noexcept { return ++allocations, __libc_malloc(bytes); }
void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  return ++allocations, __libc_memalign(alignment, bytes);
}
}
#else
constexpr bool counted = false;
#endif

namespace {

/// Layers that prepare weights in all the ways there are: Winograd's and other convolutions, products, statistics.
using Part =
    Sequential<Input<6, 6, 1>, Conv2D<16, 3, Same, ReLU>, BatchNormalization<>, Conv2D<16, 3, Same, Tanh>>;
using Network = Sequential<Part, SeparableConv2D<4, 3, Same>, Flatten, Dense<5, Softmax>>;
/// One whose middle layer is divided where threads have nothing else to do.
using Divided = Sequential<Input<14, 14, 32>, Conv2D<64, 3, Same, ReLU>, Conv2D<1, 3, Same, Sigmoid>>;

template <class T>
bool same(const T& a, const T& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(*a.data())) == 0;
}

}  // namespace

TEST_CASE("whatever changes the weights, the next prediction is of the new ones") {
  Network model(Seed{1});
  const Part part = model.part<0>();
  const auto x = random_batch<Network>(3);
  float* const old_pointer = model.data();
  const auto old_views = model.parameters();
  auto trainer = compile(model, SGD{.learning_rate = 0.5}, CategoricalCrossentropy{});
  Tensor<2> y(3, 5);
  y.setConstant(0.2f);

  const auto as_a_new_one = [&](const std::string& change) {
    CAPTURE(change);
    const Network copy = model;  // it has prepared nothing yet
    CHECK(same(model.predict(x), copy.predict(x)));
    CHECK(same(model.logits(x), copy.logits(x)));
    CHECK(same(part.predict(x), copy.part<0>().predict(x)));
  };
  const Tensor<2> first = model.predict(x);
  part.predict(x);
  trainer.train_on_batch(x, y);
  CHECK_FALSE(same(model.predict(x), first));
  as_a_new_one("a training step");
  trainer.fit(x, y, {.epochs = 2, .verbose = {}});
  as_a_new_one("fit, which moves averages, too");
  for (const auto& tensor : old_views) {
    tensor.data[0] += 0.25f;
    as_a_new_one(tensor.name + ", first number");
    tensor.data[tensor.size() - 1] += 0.25f;
    as_a_new_one(tensor.name + ", last number");
  }
  old_pointer[0] = -old_pointer[0];
  as_a_new_one("a pointer from before");
  part.predict(x);
  Part(part).data()[0] = 7;  // a copy is a model of its own
  as_a_new_one("a copy of the part");
  Part whole_part = model.part<0>();
  whole_part.data()[0] = 7;
  as_a_new_one("the part");
  model = Network(Seed{2});
  as_a_new_one("assignment");
  CHECK(same(model.predict(x), Network(Seed{2}).predict(x)));
  Network moved = std::move(model);
  CHECK(same(moved.predict(x), Network(Seed{2}).predict(x)));
  model = std::move(moved);
  as_a_new_one("moved away and back");
  std::fill_n(model.data(), 3, std::numeric_limits<float>::quiet_NaN());
  as_a_new_one("NaN");
  std::fill_n(model.data(), 3, 0.0f);
  as_a_new_one("0 again");
}

TEST_CASE("batches of all sizes, on any number of threads, in the same model: the same bits") {
  const Divided model(Seed{1});
  const auto x = random_batch<Divided>(5);
  const Tensor<4> y = Divided(model).predict(x, 1);
  Tensor<4> into;
  for (const int threads : {3, 1, 2, 16, 5})
    for (const Index samples : {1, 5, 2}) {
      CAPTURE(threads);
      CAPTURE(samples);
      CHECK(same(model.predict(slice(x, 0, samples), threads), slice(y, 0, samples)));
      model.predict(slice(x, 0, samples), into, threads);
      CHECK(same(into, slice(y, 0, samples)));
    }
}

TEST_CASE("what takes no time is not given to further threads") {
  using Tiny = Sequential<Input<4>, Dense<4>>;
  const Tiny model(Seed{1});
  const auto x = random_batch<Tiny>(16);
  Tensor<2> y(16, 4);
  const float* const inputs[] = {x.data()};
  float* const outputs[] = {y.data()};
  const auto& plan = Tiny::network::plan<>;
  engine::Pass<float> pass(plan, 8);
  CHECK(pass.begin({}, 16, 2) == 2);  // nothing is known yet
  for (int i = 0; i < 20; ++i) {      // the fastest counts
    engine::run_forward<float>(pass, model.data(), engine::prepared<float>(plan, model.data()).get(), {inputs, 16},
                               outputs);
    pass.begin({}, 16, 2);
  }
  CHECK(pass.begin({}, 16, 2) == 1);
  CHECK(same(y, model.predict(x)));
}

TEST_CASE("several threads call one model") {
  const Network model(Seed{1});
  const auto x = random_batch<Network>(4);
  const Tensor<2> expected = Network(model).predict(x);
  std::atomic<bool> right = true;
  const Tensor<4> of_part = Part(model.part<0>()).predict(x);
  const auto call = [&](int threads) {
    for (int i = 0; i < 20; ++i) {
      if (!same(model.predict(x, threads), expected)) right = false;
      if (!same(model.part<0>().predict(x, threads), of_part)) right = false;
      if (i % 4 == 0 && !std::isfinite(model.logits(x, threads)(0, 0))) right = false;
    }
  };
  std::vector<std::thread> callers;
  for (int i = 0; i < 12; ++i) callers.emplace_back(call, 1 + i % 2);  // more than a model has places for
  for (auto& caller : callers) caller.join();
  CHECK(right);
}

TEST_CASE("a repeated prediction asks for no memory") {
  const Network model(Seed{1});
  const Divided divided(Seed{1});
  const auto x = random_batch<Network>(2);
  const auto image = random_batch<Divided>(1);
  Tensor<2> y;
  Tensor<4> z;
  for (const int threads : {1, 2}) {
    model.predict(x, y, threads), divided.predict(image, z, threads);
    const long before = allocations;
    for (int i = 0; i < 3; ++i) model.predict(x, y, threads), divided.predict(image, z, threads);
    CHECK(allocations - before == 0);
  }
  // A part has names of its own, but nothing that it would have to prepare again.
  const auto asked_for_by = [&] {
    const long before = allocations;
    model.part<0>().predict(x, z, 1);
    return allocations - before;
  };
  const long first = asked_for_by(), second = asked_for_by();
  CHECK((second < first) == counted);
  model.predict(x, y);
  CHECK(asked_for_by() == second);
  CHECK((allocations > 0) == counted);
}

TEST_CASE("a prediction that fails leaves the model as it was, and says the shapes") {
  const Network model(Seed{1});
  const auto x = random_batch<Network>(2);
  const Tensor<2> expected = model.predict(x);
  Tensor<2> y;
  CHECK_THROWS_WITH_AS(model.predict(Tensor<4>(1, 6, 7, 1), y),
                       "predict: expected at least 1 sample of shape (6, 6, 1), received 1 of shape (6, 7, 1)",
                       std::invalid_argument);
  CHECK_THROWS_AS(model.predict(x, y, -1), std::invalid_argument);
  model.predict(x, y);
  CHECK(same(y, expected));
}

TEST_CASE("weights that two threads compare: a change in either half is seen") {
  using Large = Sequential<Input<4, 4, 64>, Conv2D<64, 3, Same>>;  // 36,928 parameters, two pieces of 16,384
  Large model(Seed{1});
  const auto x = random_batch<Large>(1);
  model.predict(x, 2);
  for (const Index place : {0, 18'463, 18'464, 20'000, 36'863}) {
    model.data()[place] += 0.5f;
    CHECK(same(model.predict(x, 2), Large(model).predict(x)));
  }
}

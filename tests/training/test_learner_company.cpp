// The lanes of a step shared between learners: here threads play processes.
#include <doctest/doctest.h>

#include <algorithm>
#include <barrier>
#include <latent/latent.hpp>
#include <thread>

using namespace latent;

namespace {

// With what needs all of a batch (statistics), penalties, noise, and a skip.
using Net = Sequential<Input<6, 6, 1>, Named<"a", Conv2D<4, 3, Same, ReLU, KernelRegularizer<L2<0.01>>>>, BatchNormalization<>,
                       Dropout<0.2>, Conv2D<4, 3, Same, ActivityRegularizer<L1<0.001>>>, Add<"a">, Conv2D<1, 3, Same, Sigmoid>>;

/// Where the learners leave what the others shall have.
struct Table {
  std::ptrdiff_t learners;
  std::barrier<> all{learners};
  std::vector<std::byte*> given = std::vector<std::byte*>(static_cast<std::size_t>(learners));
  std::vector<const std::size_t*> sizes = std::vector<const std::size_t*>(static_cast<std::size_t>(learners));
  std::atomic<int> yes{0};
};

struct OneOf : engine::Company {
  Table& table;
  std::size_t me;
  OneOf(Table& shared, std::size_t number) : table(shared), me(number) {}
  int rank() const override { return static_cast<int>(me); }
  int size() const override { return static_cast<int>(table.learners); }
  void gather(std::byte* everything, std::span<const std::size_t> bytes) override {
    REQUIRE(std::ssize(bytes) == table.learners);
    table.given[me] = everything;
    table.all.arrive_and_wait();
    std::size_t place = 0;
    for (std::size_t r = 0; r < bytes.size(); place += bytes[r++])
      if (r != me) std::copy_n(table.given[r] + place, bytes[r], everything + place);
    table.all.arrive_and_wait();
  }
  void all_to_all(const std::byte* sent, std::span<const std::size_t> sent_bytes, std::byte* received,
                  std::span<const std::size_t> received_bytes) override {
    REQUIRE((std::ssize(sent_bytes) == table.learners && std::ssize(received_bytes) == table.learners));
    table.given[me] = const_cast<std::byte*>(sent), table.sizes[me] = sent_bytes.data();
    table.all.arrive_and_wait();
    for (std::size_t r = 0; r < received_bytes.size(); received += received_bytes[r++]) {
      std::size_t place = 0;
      for (std::size_t other = 0; other < me; ++other) place += table.sizes[r][other];
      REQUIRE(table.sizes[r][me] == received_bytes[r]);
      std::copy_n(table.given[r] + place, received_bytes[r], received);
    }
    table.all.arrive_and_wait();
  }
  bool any(bool mine) override {
    if (mine) ++table.yes;
    table.all.arrive_and_wait();
    const bool yes = table.yes > 0;
    table.all.arrive_and_wait();
    if (me == 0) table.yes = 0;
    table.all.arrive_and_wait();
    return yes;
  }
};

struct Trained {
  std::vector<float> parameters;
  std::map<std::string, std::vector<double>> history;
  std::string error;
  bool operator==(const Trained&) const = default;
};
struct How {
  Index lanes = 8;
  int threads = 1;
  std::uint64_t seed = 3;
};
Trained train(engine::Company* company, const Tensor<4>& x, const How& how) {
  Net model(Seed{how.seed});
  auto trainer = compile(model, Adam{.global_clipnorm = 0.5}, BinaryCrossentropy{}, MeanSquaredError{});
  if (company) trainer.join(company);
  try {
    const History history = trainer.fit(x, x,
                                        {.epochs = 2,
                                         .batch_size = 128,
                                         .validation_data = {x, x},
                                         .verbose = {},
                                         .threads = how.threads,
                                         .lanes = how.lanes});
    CHECK(history.lanes == how.lanes);
    return {{model.data(), model.data() + Net::network::buffer_size}, history.history, ""};
  } catch (const std::exception& error) {
    return {{}, {}, error.what()};
  }
}
/// What each of so many learners comes to.
template <class Of>
std::vector<Trained> together(std::size_t learners, const Of& of) {
  Table table{static_cast<std::ptrdiff_t>(learners)};
  std::vector<Trained> results(learners);
  std::vector<std::thread> threads;
  for (std::size_t r = 0; r < learners; ++r)
    threads.emplace_back([&, r] {
      OneOf me(table, r);
      results[r] = of(me, r);
    });
  for (std::thread& thread : threads) thread.join();
  return results;
}
Tensor<4> images() {
  Tensor<4> x(150, 6, 6, 1);  // batches of 128 and 22: 16 and 2 chunks, if there are 16 lanes
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{1}, Purpose::test).uniform(i));
  return x;
}

}  // namespace

TEST_CASE("learners that share the lanes come to the bits of one, whatever their number and that of the lanes") {
  const Tensor<4> x = images();
  for (const Index lanes : {8, 13, 16}) {
    const Trained alone = train(nullptr, x, {.lanes = lanes});
    for (const std::size_t learners : {1UL, 2UL, 3UL, 4UL, 5UL}) {
      const auto all = together(learners, [&](engine::Company& company, std::size_t r) {
        return train(&company, x, {.lanes = lanes, .threads = r == 1 ? 2 : 1});
      });
      for (const Trained& one : all)
        CHECK_MESSAGE(one == alone, lanes << " lanes, " << learners << " learners " << one.error);
    }
  }
  CHECK(train(nullptr, x, {.lanes = 8}).parameters != train(nullptr, x, {.lanes = 2}).parameters);
}

TEST_CASE("learners with other weights or data are refused, with what differs") {
  const Tensor<4> x = images();
  Tensor<4> other = x;
  other(149, 5, 5, 0) = 0.5f;
  const auto results = together(3, [&](engine::Company& company, std::size_t r) {
    return train(&company, r == 2 ? other : x, {.seed = r == 1 ? 4u : 3u});
  });
  for (const Trained& one : results) {
    CHECK(one.error.find("process 1 has model/a/kernel: 36 numbers, fingerprint ") != std::string::npos);
    CHECK(one.error.find("process 2 has inputs: 5400 numbers") != std::string::npos);
    CHECK(one.error.find("process 2 has validation targets: 5400 numbers") != std::string::npos);
    CHECK(one.error.find("process 2 has model") == std::string::npos);
  }
  CHECK(together(3, [&](engine::Company& company, std::size_t) { return train(&company, x, {.lanes = 3}); })[2] ==
        train(nullptr, x, {.lanes = 3}));
  const auto more =
      together(3, [&](engine::Company& company, std::size_t) { return train(&company, x, {.lanes = 2}); });
  CHECK(more[0].error == "fit: 3 processes share 2 lanes, and some would have nothing to do; set .lanes");

  // A company that is refused changes nothing.
  Net model(Seed{3}), same(Seed{3});
  auto trainer = compile(model, SGD{}, BinaryCrossentropy{}), alone = compile(same, SGD{}, BinaryCrossentropy{});
  Table table{9};
  OneOf first(table, 0);
  CHECK_THROWS_WITH_AS(trainer.join(&first),
                       "fit: 9 processes share 8 lanes, and some would have nothing to do; set .lanes",
                       std::invalid_argument);
  CHECK(double(trainer.train_on_batch(x, x, 1)) == double(alone.train_on_batch(x, x, 1)));
}

namespace {
/// The squared error; that of one learner throws when it is to be computed for the twentieth time.
struct Stumbling {
  std::shared_ptr<int> left;
  void check_options() const {}
  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index channels, Scalar scale) const {
    if (left && --*left == 0) throw std::runtime_error("stumbled");
    return MeanSquaredError{}(y, t, dy, count, channels, scale);
  }
};
}  // namespace

TEST_CASE("what is thrown in one ends the step of all") {
  const Tensor<4> x = images();
  const auto results = together(3, [&](engine::Company& company, std::size_t r) {
    Net model(Seed{3});
    auto trainer = compile(model, SGD{}, Stumbling{r == 1 ? std::make_shared<int>(20) : nullptr});
    trainer.join(&company);
    try {
      trainer.fit(x, x, {.batch_size = 128, .verbose = {}, .threads = 1});
      return Trained{};
    } catch (const std::exception& error) {
      return Trained{{model.data(), model.data() + Net::network::buffer_size}, {}, error.what()};
    }
  });
  CHECK(results[1].error == "stumbled");
  CHECK(results[0].error == "the step has failed in another process, whose message says why");
  CHECK(results[2] == results[0]);
  CHECK(results[1].parameters == results[0].parameters);
}

TEST_CASE(
    "the sum of the gradients of all lanes, of more numbers than a thread adds at a time, is that of one learner") {
  constexpr Index size = 10007;  // no learner's part is another's, and none is a whole number of pieces
  for (const Index lanes : {5, 8}) {
    std::vector<float> expected(static_cast<std::size_t>(lanes * size));
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] = static_cast<float>(Random(Seed{2}, Purpose::test).uniform(static_cast<Index>(i)));
    const std::vector<float> all = expected;
    engine::add_lanes(expected.data(), size, lanes, size);
    expected.resize(size);
    for (const std::size_t learners : {1UL, 2UL, 3UL}) {
      const auto sums = together(learners, [&](engine::Company& company, std::size_t r) {
        const engine::Lanes mine = company.lanes_of(static_cast<int>(r), lanes);
        engine::GradientSum<float> sum(company, size);
        Trained result;
        for (const Index before : {Index{6}, lanes, lanes}) {  // another number of lanes first, then twice the same
          result.parameters.assign(all.begin() + mine.first * size, all.begin() + mine.end * size);
          sum.begin(before);
          if (before == lanes) sum.add(result.parameters.data(), r == 1 ? 2 : 1);
        }
        result.parameters.resize(size);
        return result;
      });
      for (const Trained& one : sums) CHECK(one.parameters == expected);
    }
  }
}

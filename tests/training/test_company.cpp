// The lanes of a step shared between learners: here two threads play two processes.
#include <doctest/doctest.h>

#include <barrier>
#include <cstring>
#include <latent/latent.hpp>
#include <thread>

using namespace latent;

namespace {

// With what needs all of a batch (statistics), penalties, noise, and a skip.
using Net = Sequential<Input<6, 6, 1>, Named<"a", Conv2D<4, 3, Same, ReLU, KernelRegularizer<L2<0.01>>>>, BatchNormalization<>,
                       Dropout<0.2>, Conv2D<4, 3, Same, ActivityRegularizer<L1<0.001>>>, Add<"a">, Conv2D<1, 3, Same, Sigmoid>>;

/// What the two have given each other.
struct Table {
  std::barrier<> all{2};
  std::byte* rows[2] = {};
};

struct Half : engine::Company {
  Table& table;
  int me;
  Half(Table& shared, int number) : table(shared), me(number) {}
  bool does(Index lane) const override { return lane % 2 == me; }
  void exchange(void* rows, Index lanes, std::size_t bytes) override {
    table.rows[me] = static_cast<std::byte*>(rows);
    table.all.arrive_and_wait();
    for (Index lane = 0; lane < lanes; ++lane)
      if (!does(lane))
        std::memcpy(table.rows[me] + static_cast<std::size_t>(lane) * bytes,
                    table.rows[1 - me] + static_cast<std::size_t>(lane) * bytes, bytes);
    table.all.arrive_and_wait();
  }
};

struct Trained {
  std::vector<float> parameters;
  History history;
};
Trained train(engine::Company* company, const Tensor<4>& x) {
  Net model(Seed{3});
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{}, MeanSquaredError{});
  trainer.join(company);
  const History history =
      trainer.fit(x, x, {.epochs = 2, .batch_size = 16, .validation_data = {x, x}, .verbose = {}, .threads = 1});
  return {{model.data(), model.data() + Net::network::buffer_size}, history};
}

}  // namespace

TEST_CASE("two learners that share the lanes come to the bits of one") {
  Tensor<4> x(45, 6, 6, 1);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{1}, Purpose::test).uniform(i));
  const Trained alone = train(nullptr, x);
  Table table;
  Half first(table, 0), second(table, 1);
  Trained other;
  std::thread thread([&] { other = train(&second, x); });
  const Trained one = train(&first, x);
  thread.join();
  CHECK(one.parameters == alone.parameters);
  CHECK(other.parameters == alone.parameters);
  CHECK(one.history.history == alone.history.history);
  CHECK(other.history.history == alone.history.history);
}

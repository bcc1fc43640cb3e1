// What a training reads: batches of tensors and of sources, and data that it refuses.
#include <doctest/doctest.h>

#include <latent/latent.hpp>

#include "message_of.hpp"

using namespace latent;

namespace {

using Places = std::vector<Index>;

/// The examples of the next batch.
template <class Scalar>
Places next(engine::Feed<Scalar>& feed) {
  const engine::BatchOf<Scalar> batch = feed.next();
  Places places;
  for (Index i = 0; i < batch.size(); ++i) places.push_back(batch.place(i));
  return places;
}

}  // namespace

TEST_CASE("tensors in memory are cut into batches, the last of which may be smaller") {
  const float numbers[] = {0};
  const float* const x[] = {numbers};
  engine::MemoryFeed<float> feed({x, x, {}, 10}, 4, {false, Seed{7}});
  CHECK(feed.batches() == 3);
  CHECK(engine::MemoryFeed<float>({x, x, {}, 8}, 4, {}).batches() == 2);
  CHECK(engine::MemoryFeed<float>({x, x, {}, 1}, 4, {}).batches() == 1);
  CHECK(feed.samples(0, 1) == 4);
  CHECK(feed.samples(0, 3) == 10);
  CHECK(feed.samples(1, 1) == 4);
  CHECK(feed.samples(1, 2) == 6);
  CHECK(feed.samples(2, 1) == 2);
  CHECK(feed.samples(2, 0) == 0);
  CHECK(feed.facts() == "10 samples in batches of 4, seed 7");
  CHECK(feed.in_memory().count == 10);
  CHECK(feed.in_memory().x[0] == numbers);
  for (const Index pass : {0, 1}) {
    feed.begin(pass, 0, 3);
    CHECK(next(feed) == Places{0, 1, 2, 3});
    CHECK(next(feed) == Places{4, 5, 6, 7});
    CHECK(next(feed) == Places{8, 9});
  }
  feed.begin(0, 2, 1);
  CHECK(next(feed) == Places{8, 9});

  engine::MemoryFeed<float> shuffled({x, x, {}, 10}, 4, {true, Seed{7}});
  CHECK(shuffled.facts() == "10 samples in batches of 4, shuffled, seed 7");
  for (const Index pass : {0, 1, 5}) {
    const Places order = order_of_pass(10, true, Seed{7}, pass);
    shuffled.begin(pass, 0, 3);
    CHECK(next(shuffled) == Places(order.begin(), order.begin() + 4));
    shuffled.begin(pass, 1, 2);
    CHECK(next(shuffled) == Places(order.begin() + 4, order.begin() + 8));
    CHECK(next(shuffled) == Places(order.begin() + 8, order.end()));
  }
}

TEST_CASE("the batches of a source: their order, when it begins and ends, sizes that differ") {
  struct Log {
    std::vector<std::string> events;
    const float number = 0;
    /// A source whose batch i has i + 1 samples.
    engine::OpenSource<float> source(Index size) {
      return {size, [this](Index pass) { events.push_back(text("pass ", pass)); },
              [this](Index i) {
                events.push_back(text("batch ", i));
                return engine::ReadBatch<float>{nullptr, {&number}, {&number}, {}, i + 1};
              },
              [this] { events.push_back("end"); }};
    }
  } log;
  for (const Index prefetch : {0, 2}) {
    log.events.clear();
    engine::SourceFeed<float> feed(log.source(4), {false, Seed{7}}, prefetch);
    CHECK(feed.batches() == 4);
    CHECK(feed.samples(0, 1) == 0);
    CHECK(feed.facts() == "a source of 4 batches, seed 7");
    CHECK(feed.in_memory().count == 0);
    feed.begin(3, 1, 3);
    CHECK(next(feed) == Places{0, 1});
    CHECK(next(feed) == Places{0, 1, 2});
    CHECK(next(feed) == Places{0, 1, 2, 3});
    feed.end();
    CHECK(log.events == std::vector<std::string>{"pass 3", "batch 1", "batch 2", "batch 3", "end"});
  }
  engine::SourceFeed<float> shuffled(log.source(4), {true, Seed{7}}, 0);
  CHECK(shuffled.facts() == "a source of 4 batches, shuffled, seed 7");
  const Places order = order_of_pass(4, true, Seed{7}, 2);
  log.events.clear();
  shuffled.begin(2, 1, 3);
  std::vector<std::string> expected{"pass 2"};
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(next(shuffled).size() == static_cast<std::size_t>(order[i] + 1));
    expected.push_back(text("batch ", order[i]));
  }
  CHECK(log.events == expected);
  CHECK(engine::ReadBatch<float>{}.count == 0);
  CHECK(engine::Examples<float>{}.count == 0);
  CHECK(!engine::Shuffling{}.on);
}

TEST_CASE("numbers within a range, whatever their count, and the first that is not") {
  const auto of = []<class Scalar>(Scalar low, Scalar high) {
    const Scalar nan = std::numeric_limits<Scalar>::quiet_NaN();
    for (Index count = 0; count <= 40; ++count) {
      std::vector<Scalar> values(80, nan);  // none of those after `count` counts
      for (Index i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = i % 2 == 0 ? low : high;
      CHECK(engine::all_within(values.data(), count, low, high));
      for (Index i = 0; i < count; ++i) {
        Scalar& value = values[static_cast<std::size_t>(i)];
        const Scalar before = value;
        for (const Scalar bad : {std::nextafter(low, -high * 2), std::nextafter(high, high * 2), nan}) {
          value = bad;
          if (engine::all_within(values.data(), count, low, high)) FAIL_CHECK(count << " numbers, number " << i);
        }
        value = before;
      }
    }
  };
  of(-0.5f, 2.0f);
  of(-0.5, 2.0);
}

TEST_CASE("values that are refused, with their place; the ends of a range are allowed, and a thousandth more") {
  constexpr float most = std::numeric_limits<float>::max(), infinity = std::numeric_limits<float>::infinity(),
                  nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> values(20, 0.5f);
  const auto any = [&] { return message_of([&] { engine::check_values(values.data(), 5, 4, "here"); }); };
  const auto ranged = [&] {
    return message_of([&] { engine::check_range(values.data(), 5, 4, "here", TargetRange{-1, 1}, "hinge"); });
  };
  values[7] = most, values[9] = -most;
  CHECK(any().empty());
  for (const float bad : {infinity, -infinity, nan}) {
    values[14] = nan, values[11] = bad;
    CHECK(any() ==
          text("here: value 3 of sample 2 is ", bad, "; leave such samples out, or put numbers in their place"));
    values[14] = values[11] = 0.5f;
    values[0] = bad;
    CHECK(any().starts_with("here: value 0 of sample 0 is "));
    values[0] = 0.5f;
  }
  const float high = static_cast<float>(1 + 1e-3), low = static_cast<float>(-1 - 1e-3);
  values.assign(20, 0);
  values[0] = high, values[5] = values[19] = low, values[2] = 1, values[3] = -1;
  CHECK(ranged().empty());
  values[7] = nan, values[8] = infinity;  // which are looked for apart
  CHECK(ranged().empty());
  for (const float bad : {std::nextafter(high, 2.0f), std::nextafter(low, -2.0f), -most}) {
    values[13] = bad, values[14] = 7;
    CHECK(ranged() == text("here: value 1 of sample 3 is ", bad,
                           "; hinge is for targets within -1..1: divide pixels of 0..255 by 255"));
    values[13] = 0;
    values[0] = bad;
    CHECK(ranged().starts_with("here: value 0 of sample 0 is "));
    values[0] = high;
  }
}

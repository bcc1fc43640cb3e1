/// The input of a training: batches of tensors in memory, or of a source.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "latent/core/random.hpp"
#include "latent/core/read_ahead.hpp"

namespace latent::engine {

/// For each Input samples, one after the other, and for each loss their targets and, unless all are 1, their weights.
template <class Scalar>
struct Examples {
  std::span<const Scalar* const> x, y, weights;
  Index count = 0;
};

/// The examples order[0], order[1], ...
template <class Scalar>
struct BatchOf {
  Examples<Scalar> examples;
  std::span<const Index> order;

  Index size() const { return static_cast<Index>(order.size()); }
  Index place(Index i) const { return order[static_cast<std::size_t>(i)]; }
};

/// Batches, pass after pass over the data.
template <class Scalar>
class Feed {
 public:
  virtual ~Feed() = default;
  /// Batches in a pass; 0: endless.
  virtual Index batches() const = 0;
  /// Samples in `count` batches from batch `first` on; 0 if that is not known before reading them.
  virtual Index samples(Index first, Index count) const = 0;
  /// A description of the data, which must not change when a training is resumed.
  virtual std::string facts() const = 0;
  /// Begins a pass, counted over all calls of `fit`, at a batch; at most `count` batches will be read.
  virtual void begin(Index pass, Index first, Index count) = 0;
  /// The next batch, valid until the next call.
  virtual BatchOf<Scalar> next() = 0;
  /// All examples, if they are in memory.
  virtual Examples<Scalar> in_memory() const { return {}; }
  /// Called when all batches of the pass have been used.
  virtual void end() {}
};

/// How the samples are shuffled.
struct Shuffling {
  bool on = false;
  Seed seed = {};
};

/// Tensors in memory, cut into batches.
template <class Scalar>
class MemoryFeed final : public Feed<Scalar> {
 public:
  MemoryFeed(const Examples<Scalar>& examples, Index batch_size, Shuffling shuffling)
      : examples_(examples),
        asked_size_(batch_size),
        batch_size_(std::min(batch_size, std::max<Index>(examples.count, 1))),
        shuffling_(shuffling) {}

  Index batches() const override { return (examples_.count + batch_size_ - 1) / batch_size_; }
  Index samples(Index first, Index count) const override {
    return std::min(examples_.count, (first + count) * batch_size_) - first * batch_size_;
  }
  [[gnu::cold]] std::string facts() const override {
    return text(examples_.count, " samples in batches of ", asked_size_, shuffling_.on ? ", shuffled" : "", ", seed ",
                shuffling_.seed.value);
  }
  [[gnu::cold]] void begin(Index pass, Index first, Index) override {
    if (shuffling_.on || order_.empty()) order_ = order_of_pass(examples_.count, shuffling_.on, shuffling_.seed, pass);
    next_ = first;
  }
  Examples<Scalar> in_memory() const override { return examples_; }
  BatchOf<Scalar> next() override {
    const Index first = next_++ * batch_size_, size = std::min(batch_size_, examples_.count - first);
    return {examples_,
            std::span<const Index>(order_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(size))};
  }

 private:
  Examples<Scalar> examples_;
  Index asked_size_, batch_size_;  // no batch is larger than all samples
  Shuffling shuffling_;
  std::vector<Index> order_;
  Index next_ = 0;
};

/// A batch that has been read: pointers to its numbers, and their owner.
template <class Scalar>
struct ReadBatch {
  std::shared_ptr<const void> keeper;
  std::vector<const Scalar*> x, y, weights;
  Index count = 0;

  Examples<Scalar> examples() const { return {x, y, weights, count}; }
};

/// A source, independent of the types of its tensors.
template <class Scalar>
struct OpenSource {
  Index size;  ///< batches; 0: endless
  std::function<void(Index epoch)> begin;
  std::function<ReadBatch<Scalar>(Index i)> read;
  std::function<void()> end;
};

/// The batches of a source, in order or shuffled, read ahead.
template <class Scalar>
class SourceFeed final : public Feed<Scalar> {
 public:
  [[gnu::cold]] SourceFeed(OpenSource<Scalar> source, Shuffling shuffling, Index prefetch)
      : source_(std::move(source)), shuffling_(shuffling), prefetch_(prefetch) {}

  Index batches() const override { return source_.size; }
  Index samples(Index, Index) const override { return 0; }
  [[gnu::cold]] std::string facts() const override {
    return text("a source of ", source_.size, " batches", shuffling_.on ? ", shuffled" : "", ", seed ",
                shuffling_.seed.value);
  }
  /// Tells the source the epoch in the reading thread, like the reading itself.
  [[gnu::cold]] void begin(Index pass, Index first, Index count) override {
    reader_.reset();
    order_ = order_of_pass(shuffling_.on ? source_.size : 0, shuffling_.on, shuffling_.seed, pass);
    const auto read = [this, pass, first](Index i) {
      if (i == 0) source_.begin(pass);
      return source_.read(shuffling_.on ? order_[static_cast<std::size_t>(first + i)] : first + i);
    };
    reader_ = std::make_unique<ReadAhead<ReadBatch<Scalar>>>(read, count, prefetch_);
  }
  BatchOf<Scalar> next() override {
    batch_ = reader_->next();
    if (static_cast<Index>(places_.size()) != batch_.count) places_ = in_order(batch_.count);
    return {batch_.examples(), places_};
  }
  [[gnu::cold]] void end() override {
    reader_.reset();
    source_.end();
  }

 private:
  OpenSource<Scalar> source_;
  Shuffling shuffling_;
  Index prefetch_;
  std::vector<Index> order_, places_;
  ReadBatch<Scalar> batch_;
  std::unique_ptr<ReadAhead<ReadBatch<Scalar>>> reader_;  // the last, for its thread uses the others
};

}  // namespace latent::engine

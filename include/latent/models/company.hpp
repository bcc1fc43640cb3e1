/// The participants of a training: this process alone, or several that share the lanes of each step.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "latent/core/text.hpp"
#include "latent/models/lanes.hpp"

namespace latent::engine {

namespace detail {
LATENT_COLD inline std::vector<std::string> lines(const std::string& all) {
  std::vector<std::string> found;
  for (std::size_t first = 0, end; (end = all.find('\n', first)) != std::string::npos; first = end + 1)
    found.push_back(all.substr(first, end - first));
  return found;
}
}  // namespace detail

/// Several learners with the same network, parameters and batches, numbered 0, 1, ... Each computes its own lanes,
/// and then they exchange the results. All call the same functions in the same order, each from one
/// thread at a time. mpi.hpp has one for processes.
class Company {
 public:
  virtual ~Company() = default;
  virtual int rank() const = 0;  ///< this learner's number
  virtual int size() const = 0;  ///< the number of learners
  /// Every learner has a part of `all`, bytes[r] bytes for learner r, and gets the parts of the others.
  virtual void gather(std::byte* all, std::span<const std::size_t> bytes) = 0;
  /// `sent` holds send_bytes[r] bytes for learner r; `received` gets received_bytes[r] bytes from it; one part after the other.
  virtual void all_to_all(const std::byte* sent, std::span<const std::size_t> sent_bytes, std::byte* received,
                          std::span<const std::size_t> received_bytes) = 0;
  /// True for all learners if it is true for any of them.
  virtual bool any(bool mine) = 0;

  /// The lanes of learner r, out of `lanes`.
  Lanes lanes_of(int r, Index lanes) const { return {lanes * r / size(), lanes * (r + 1) / size()}; }

  /// Row l of `rows` is the result of lane l: fills in the rows of the other learners.
  void gather_rows(void* rows, Index lanes, std::size_t bytes) {
    std::vector<std::size_t> parts;
    for (int r = 0; r < size(); ++r) parts.push_back(static_cast<std::size_t>(lanes_of(r, lanes).size()) * bytes);
    gather(static_cast<std::byte*>(rows), parts);
  }
  /// What each of them says.
  [[gnu::cold]] std::vector<std::string> gather_texts(const std::string& mine) {
    const auto learners = static_cast<std::size_t>(size()), me = static_cast<std::size_t>(rank());
    std::vector<std::size_t> lengths(learners);
    lengths[me] = mine.size();
    gather(reinterpret_cast<std::byte*>(lengths.data()), std::vector(learners, sizeof(std::size_t)));
    std::size_t before = 0, total = 0;
    for (std::size_t r = 0; r < learners; ++r) before += r < me ? lengths[r] : 0, total += lengths[r];
    std::string all(total, ' ');
    all.replace(before, mine.size(), mine);
    gather(reinterpret_cast<std::byte*>(all.data()), lengths);
    std::vector<std::string> texts;
    for (std::size_t r = 0, first = 0; r < learners; first += lengths[r++])
      texts.push_back(all.substr(first, lengths[r]));
    return texts;
  }
};

/// Throws std::runtime_error, with all differences, unless all learners pass the same lines.
LATENT_COLD inline void check_same(Company& company, const std::vector<std::string>& mine) {
  std::string joined;
  for (const std::string& line : mine) joined += line + '\n';
  const std::vector<std::string> all = company.gather_texts(joined);
  std::string differences;
  for (std::size_t r = 1; r < all.size(); ++r) {
    if (all[r] == all[0]) continue;
    const std::vector<std::string> expected = detail::lines(all[0]), received = detail::lines(all[r]);
    for (std::size_t i = 0; i < std::max(expected.size(), received.size()); ++i) {
      const std::string first = i < expected.size() ? expected[i] : "nothing",
                        other = i < received.size() ? received[i] : "nothing";
      if (first != other) differences += text("\n  process 0 has ", first, "\n  process ", r, " has ", other);
    }
  }
  if (!differences.empty()) throw std::runtime_error("fit: the processes do not train the same:" + differences);
}

/// The company that every trainer of this process joins; null: none.
inline Company*& company() {
  static Company* everybody = nullptr;
  return everybody;
}

}  // namespace latent::engine

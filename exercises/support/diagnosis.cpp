#include "diagnosis.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "latent/core/text.hpp"

namespace marks {
namespace {

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double v : values) most = std::max(most, std::abs(v));
  return most;
}

/// Equal, or both NaN, at all places that `counts`, of which there is at least one with a number.
bool same(const std::vector<double>& a, const std::vector<double>& b, double allowed,
          const std::function<bool(std::size_t)>& counts = {}) {
  if (a.size() != b.size()) return false;
  bool any = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if ((counts && !counts(i)) || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    if (!(std::abs(a[i] - b[i]) <= allowed)) return false;
    any = true;
  }
  return any;
}

std::string factor(const Array& expected, const std::vector<double>& yours, double allowed) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < yours.size(); ++i)
    if (std::abs(expected.values[i]) > std::abs(expected.values[at])) at = i;
  const double ratio = yours[at] / expected.values[at];
  std::vector<double> scaled;
  for (const double v : expected.values) scaled.push_back(v * ratio);
  if (!same(scaled, yours, allowed) || ratio == 0) return "";
  const auto is = [&](double r) { return std::abs(ratio - r) < 1e-6 * std::abs(r); };
  if (is(-1)) return "the sign is wrong";
  if (is(2)) return "exactly twice as large, is a mean missing, a factor 1/2, or is something added twice?";
  if (is(0.5)) return "exactly half as large, is there a factor 1/2 or a mean too much?";
  if (is(-2) || is(-0.5)) return "the sign is wrong, and there is a factor of two";
  for (Index n = 3; n <= 1000; ++n) {
    const auto times = static_cast<double>(n);
    if (is(times))
      return latent::text("exactly ", n, " times as large, is a mean missing, or is something added ", n, " times?");
    if (is(1 / times)) return latent::text("exactly 1/", n, " of it, is there a mean where a sum belongs?");
  }
  return yours.size() > 1 ? latent::text("everything is ", ratio, " times as large") : "";
}

std::string constant_added(const Array& expected, const std::vector<double>& yours, double allowed) {
  if (yours.size() < 3) return "";
  std::vector<double> moved;
  const double by = yours[0] - expected.values[0];
  for (const double v : expected.values) moved.push_back(v + by);
  if (!same(moved, yours, allowed)) return "";
  return latent::text("everything is too ", by > 0 ? "large by " : "small by ", std::abs(by));
}

/// The same numbers, with two axes exchanged: as a student reads or writes them with the indices in another order.
std::string exchanged(const Array& expected, const std::vector<double>& yours, double allowed) {
  const std::size_t rank = expected.shape.size();
  const auto sizes = [&](std::size_t axis) { return static_cast<std::size_t>(expected.shape[axis]); };
  for (std::size_t first = 0; first < rank; ++first)
    for (std::size_t second = first + 1; second < rank; ++second) {
      if (sizes(first) == 1 || sizes(second) == 1) continue;
      std::vector<double> turned(yours.size());
      for (std::size_t i = 0; i < yours.size(); ++i) {
        std::vector<std::size_t> at(rank);
        std::size_t rest = i, flat = 0;
        for (std::size_t axis = rank; axis-- > 0; rest /= sizes(axis)) at[axis] = rest % sizes(axis);
        for (std::size_t axis = 0; axis < rank; ++axis) {
          const std::size_t from = axis == first ? second : axis == second ? first : axis;
          flat = flat * sizes(from) + at[from];
        }
        turned[flat] = expected.values[i];
      }
      if (!same(turned, expected.values, allowed) && same(turned, yours, allowed))
        return rank == 2 ? "it is transposed: rows and columns are exchanged"
                         : latent::text("axes ", first, " and ", second, " are exchanged");
    }
  return "";
}

/// An array of images (number, height, width, channels) or a kernel (height, width, ...).
struct Plane {
  std::size_t images, height, width, rest;
  std::size_t at(std::size_t n, std::size_t row, std::size_t column, std::size_t r) const {
    return ((n * height + row) * width + column) * rest + r;
  }
};

bool shifted(const Array& expected, const std::vector<double>& yours, double allowed, const Plane& p, long down,
             long right) {
  const auto inside = [](long i, long by, std::size_t size) { return i + by >= 0 && i + by < static_cast<long>(size); };
  std::vector<double> moved(yours.size(), std::nan(""));
  for (std::size_t n = 0; n < p.images; ++n)
    for (long row = 0; row < static_cast<long>(p.height); ++row)
      for (long column = 0; column < static_cast<long>(p.width); ++column)
        for (std::size_t r = 0; r < p.rest; ++r)
          if (inside(row, down, p.height) && inside(column, right, p.width))
            moved[p.at(n, static_cast<std::size_t>(row + down), static_cast<std::size_t>(column + right), r)] =
                expected.values[p.at(n, static_cast<std::size_t>(row), static_cast<std::size_t>(column), r)];
  std::size_t known = 0;
  for (const double v : moved) known += !std::isnan(v);
  // The outermost pixels, whose sums have other terms after a shift, say nothing.
  const auto within = [&](std::size_t i) {
    const std::size_t column = i / p.rest % p.width, row = i / p.rest / p.width % p.height;
    return !std::isnan(moved[i]) && row > 0 && row + 1 < p.height && column > 0 && column + 1 < p.width;
  };
  return known > 0 && same(moved, yours, allowed, within);
}

/// "(1 down, 2 to the left)"
std::string direction(long down, long right) {
  std::string words;
  if (down != 0) words += latent::text(std::abs(down), down > 0 ? " down" : " up");
  if (down != 0 && right != 0) words += ", ";
  if (right != 0) words += latent::text(std::abs(right), right > 0 ? " to the right" : " to the left");
  return "(" + words + ")";
}

std::string seen_in_images(const Array& expected, const std::vector<double>& yours, double allowed) {
  if (expected.shape.size() != 4) return "";
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(expected.shape[axis]); };
  const Plane images{size(0), size(1), size(2), size(3)}, kernel{1, size(0), size(1), size(2) * size(3)};
  for (const Plane& p : {images, kernel}) {
    std::vector<double> turned(yours.size());
    for (std::size_t n = 0; n < p.images; ++n)
      for (std::size_t row = 0; row < p.height; ++row)
        for (std::size_t column = 0; column < p.width; ++column)
          for (std::size_t r = 0; r < p.rest; ++r)
            turned[p.at(n, p.height - 1 - row, p.width - 1 - column, r)] = expected.values[p.at(n, row, column, r)];
    if (!same(turned, expected.values, allowed) && same(turned, yours, allowed))
      return "it is turned by 180 degrees: the kernel is read backwards";
    for (long most : {1, 2})
      for (long down = -most; down <= most; ++down)
        for (long right = -most; right <= most; ++right)
          if ((down != 0 || right != 0) && p.height > 3 && p.width > 3 &&
              shifted(expected, yours, allowed, p, down, right))
            return latent::text("it is shifted by ", std::max(std::abs(down), std::abs(right)),
                                std::max(std::abs(down), std::abs(right)) == 1 ? " pixel " : " pixels ",
                                direction(down, right));
  }
  // Not seen before: only pixels at the border are wrong.
  const auto border = [&](std::size_t i) {
    const std::size_t column = i / images.rest % images.width, row = i / images.rest / images.width % images.height;
    return row == 0 || column == 0 || row + 1 == images.height || column + 1 == images.width;
  };
  if (images.height > 2 && images.width > 2 &&
      same(expected.values, yours, allowed, [&](std::size_t i) { return !border(i); }))
    return "only pixels at the border of the image are wrong: what counts where the window reaches beyond it?";
  return "";
}

std::string right_for_some(const Array& expected, const std::vector<double>& yours, double allowed) {
  if (expected.shape.size() < 2) return "";
  const auto count = static_cast<std::size_t>(expected.shape[0]), size = yours.size() / count;
  if (count < 2) return "";
  // Where there are numbers to be right about.
  const auto right = [&](std::size_t n) {
    const auto within = [&](std::size_t i) { return i / size == n; };
    bool any = false;
    for (std::size_t i = n * size; i < (n + 1) * size; ++i) any |= expected.values[i] != 0;
    return any && same(expected.values, yours, allowed, within);
  };
  if (right(0))
    return "the first one ([0]) is right, later ones are not: is an index missing, or something not started anew?";
  if (right(count - 1)) return "only the last one is right: is the index of the sample missing where it is written?";
  return "";
}

/// Where the NaNs of images lie, if that is a part of their edge.
std::string at_the_edge(const Array& expected, const std::vector<double>& yours) {
  if (expected.shape.size() != 4) return "";
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(expected.shape[axis]); };
  const std::size_t height = size(1), width = size(2), channels = size(3);
  // Of each side: is all of it NaN? And are there others?
  bool top = true, bottom = true, left = true, right = true;
  const auto visit = [&](auto look) {
    for (std::size_t i = 0; i < yours.size(); ++i)
      look(i / channels / width % height, i / channels % width, std::isnan(yours[i]));
  };
  visit([&](std::size_t row, std::size_t column, bool nan) {
    top &= nan || row > 0, bottom &= nan || row + 1 < height;
    left &= nan || column > 0, right &= nan || column + 1 < width;
  });
  bool elsewhere = false;
  visit([&](std::size_t row, std::size_t column, bool nan) {
    const bool there =
        (top && row == 0) || (bottom && row + 1 == height) || (left && column == 0) || (right && column + 1 == width);
    elsewhere |= nan && !there;
  });
  if (elsewhere) return "";
  std::string sides;
  for (const auto& [all, name] : {std::pair{top, "top"}, {bottom, "bottom"}, {left, "left"}, {right, "right"}})
    if (all) sides += (sides.empty() ? "" : ", ") + std::string(name);
  return sides.empty()
             ? ""
             : ", all at the edge of the image (" + sides + "): what counts where the window reaches beyond it?";
}

/// Each number of yours is the sum of all expected ones so far.
std::string running_sum(const Array& expected, const std::vector<double>& yours, double allowed) {
  if (yours.size() < 3) return "";
  std::vector<double> differences = yours;
  for (std::size_t i = 1; i < yours.size(); ++i) differences[i] -= yours[i - 1];
  return same(expected.values, differences, 10 * allowed)
             ? "each one has all before it in it: the sum is not started anew"
             : "";
}

std::string whole_numbers(const Array& expected, const std::vector<double>& yours) {
  const auto whole = [](double v) { return v == std::trunc(v); };
  const bool are = std::all_of(yours.begin(), yours.end(), whole),
             should = std::all_of(expected.values.begin(), expected.values.end(), whole);
  return yours.size() > 3 && are && !should ? "all yours are whole numbers: is a variable an int?" : "";
}

std::string few_digits(const Array& expected, const std::vector<double>& yours) {
  return same(expected.values, yours, 1e-6 * largest(expected.values))
             ? "right to some 7 digits: is there a float where Scalar or double belongs, or a small constant in "
               "another place?"
             : "";
}

/// Part `n` of an array, along its first axis.
Array part_of(const Array& array, const std::vector<double>& values, std::size_t n) {
  const std::size_t size = values.size() / array.names.size();
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(n * size);
  return {{array.shape.begin() + 1, array.shape.end()}, {begin, begin + static_cast<std::ptrdiff_t>(size)}};
}

}  // namespace

std::optional<Index> worst_place(const Array& expected, const std::vector<double>& yours, double tolerance) {
  const double allowed = tolerance * largest(expected.values);
  double worst = 0;
  std::optional<Index> at;
  for (std::size_t i = 0; i < yours.size(); ++i) {
    double error = std::abs(yours[i] - expected.values[i]);
    if (!(error <= allowed) && (!at || error > worst || std::isnan(error))) {
      worst = error, at = static_cast<Index>(i);
      if (std::isnan(error)) break;
    }
  }
  return at;
}

std::string diagnosis(const Array& expected, const std::vector<double>& yours, const std::vector<Suspect>& suspects,
                      double tolerance) {
  const double allowed = tolerance * largest(expected.values);
  const auto nans = std::count_if(yours.begin(), yours.end(), [](double v) { return std::isnan(v); });
  for (const Suspect& suspect : suspects)
    if (suspect.fits ? suspect.fits(expected, yours)
                     : !same(suspect.values, expected.values, allowed) && same(suspect.values, yours, allowed))
      return suspect.words;
  if (!expected.arguments.empty()) return "";  // neighbours in a table of a function say nothing of each other
  if (expected.names.size() > 1) {
    const auto worst = static_cast<std::size_t>(worst_place(expected, yours, tolerance).value_or(0));
    const std::size_t n = worst * expected.names.size() / yours.size();
    return diagnosis(part_of(expected, expected.values, n), part_of(expected, yours, n).values, {}, tolerance);
  }
  if (nans == 1 && yours.size() == 1) return "infinity minus infinity, 0 times infinity, or never written?";
  if (nans == static_cast<Index>(yours.size()) && nans > 0)
    return "nothing was written there, or it was made of what nobody has written (is `+=` there where `=` belongs? is "
           "an index too large?)";
  if (nans > 0)
    return latent::text(nans, " of ", yours.size(),
                        " numbers are NaN: they are not written, or made of what lies outside",
                        at_the_edge(expected, yours));
  if (std::isinf(largest(yours)) && !std::isinf(largest(expected.values)))
    return "infinity: the exponential of a large number, the logarithm of 0, or a division by 0?";
  if (largest(yours) == 0 && yours.size() > 1) return "all yours are 0: nothing was computed yet";
  for (const auto& found :
       {factor(expected, yours, allowed), exchanged(expected, yours, allowed), seen_in_images(expected, yours, allowed),
        constant_added(expected, yours, allowed), running_sum(expected, yours, allowed),
        right_for_some(expected, yours, allowed), whole_numbers(expected, yours), few_digits(expected, yours)})
    if (!found.empty()) return found;
  return "";
}

}  // namespace marks

#include YOURS

#include "../support/functions.hpp"
#include "../support/main.hpp"
#include "latent/kernels/convolution.hpp"
#include "latent/layers/conv2d_transpose.hpp"

using namespace marks;
using latent::Padding;
using latent::kernels::Axis;

namespace {

struct Yours {
  Index (*window)(Index, Index);
  Index (*valid_size)(Index, Index, Index, Index);
  Index (*same_size)(Index, Index);
  Index (*padding_before)(Index, Index, Index, Index);
  Index (*padding_after)(Index, Index, Index, Index);
  Index (*real_taps)(Index, Index, Index, Index);
  Index (*transposed_size)(Index, Index, Index, bool);
  Index (*surplus)(Index, Index);
};

/// f for all n below `ns`, k below `ks` and so on, which begin at 1: what has a 0 among its sizes is 0, so that the indices are
/// the sizes.
using Function = std::function<Index(Index, Index, Index, Index)>;
std::vector<double> table(const std::vector<Index>& limits, const Function& f) {
  std::vector<double> values;
  std::array<Index, 4> at{};
  std::vector<Index> all(limits);
  all.resize(4, 1);
  for (at[0] = 0; at[0] < all[0]; ++at[0])
    for (at[1] = 0; at[1] < all[1]; ++at[1])
      for (at[2] = 0; at[2] < all[2]; ++at[2])
        for (at[3] = 0; at[3] < all[3]; ++at[3]) {
          bool sizes = true;
          for (std::size_t axis = 0; axis < limits.size(); ++axis) sizes &= at[axis] > 0;
          values.push_back(sizes ? static_cast<double>(f(at[0], at[1], at[2], at[3])) : 0);
        }
  return values;
}
Check check(const char* against, const std::vector<std::string>& sizes, const std::vector<Index>& limits,
            const Function& right, const Function& yours,
            const std::vector<std::pair<const char*, Function>>& mistakes = {}) {
  Check result{against, {limits, table(limits, right), {}, sizes}, [=] { return table(limits, yours); }};
  for (const auto& [words, f] : mistakes) result.suspects.push_back({words, table(limits, f)});
  return result;
}

void mark(Sheet& sheet, const Yours& yours) {
  const auto window = [](Index k, Index d) { return (k - 1) * d + 1; };
  const auto fits = [=](Index n, Index k, Index d) { return window(k, d) <= n; };
  sheet.property("window", 1,
                 {check(
                     "the definition", {"k", "d"}, {7, 4}, [=](Index k, Index d, Index, Index) { return window(k, d); },
                     [=](Index k, Index d, Index, Index) { return yours.window(k, d); },
                     {{"between k taps there are k - 1 gaps", [](Index k, Index d, Index, Index) { return k * d; }},
                      {"the dilation is forgotten", [](Index k, Index, Index, Index) { return k; }}})});
  sheet.property(
      "valid", 1,
      {check(
          "latent", {"n", "k", "s", "d"}, {13, 6, 4, 3},
          [=](Index n, Index k, Index s, Index d) {
            return fits(n, k, d) ? Axis(n, k, s, Padding::valid, d).output : 0;
          },
          [=](Index n, Index k, Index s, Index d) { return fits(n, k, d) ? yours.valid_size(n, k, s, d) : 0; },
          {{"one window too few: the one that begins at 0 counts, too",
            [=](Index n, Index k, Index s, Index d) { return fits(n, k, d) ? (n - window(k, d)) / s : 0; }},
           {"it is rounded up: a window that reaches beyond the end does not count",
            [=](Index n, Index k, Index s, Index d) { return fits(n, k, d) ? (n - window(k, d) + s - 1) / s + 1 : 0; }},
           {"the dilation is forgotten",
            [=](Index n, Index k, Index s, Index d) { return fits(n, k, d) ? (n - k) / s + 1 : 0; }}})});
  sheet.property("same", 1,
                 {check(
                     "latent", {"n", "s"}, {13, 5},
                     [](Index n, Index s, Index, Index) { return Axis(n, 3, s, Padding::same).output; },
                     [=](Index n, Index s, Index, Index) { return yours.same_size(n, s); },
                     {{"it is rounded up, not down", [](Index n, Index s, Index, Index) { return n / s; }},
                      {"that is one more than n / s even where nothing is left over",
                       [](Index n, Index s, Index, Index) { return n / s + 1; }}})});

  const auto padding = [=](bool before, Index n, Index k, Index s, Index d) {
    const Axis axis(n, k, s, Padding::same, d);
    return before ? axis.before : axis.after;
  };
  const auto of_yours = [=](bool before, Index n, Index k, Index s, Index d) {
    return before ? yours.padding_before(n, k, s, d) : yours.padding_after(n, k, s, d);
  };
  const auto total = [=](Index n, Index k, Index s, Index d) { return ((n + s - 1) / s - 1) * s + window(k, d) - n; };
  const auto both = [&](const std::vector<std::string>& names, const std::vector<Index>& limits, auto sizes) {
    std::vector<Check> checks;
    for (const bool before : {true, false})
      checks.push_back(check(
          before ? "latent, padding_before" : "latent, padding_after", names, limits,
          [=](Index a, Index b, Index c, Index e) {
            return std::apply([=](auto... of) { return padding(before, of...); }, sizes(a, b, c, e));
          },
          [=](Index a, Index b, Index c, Index e) {
            return std::apply([=](auto... of) { return of_yours(before, of...); }, sizes(a, b, c, e));
          },
          {{"the odd one goes after the image, not before it",
            [=](Index a, Index b, Index c, Index e) {
              return std::apply([=](auto... of) { return padding(!before, of...); }, sizes(a, b, c, e));
            }},
           {"the stride is forgotten: with strides less is needed",
            [=](Index a, Index b, Index c, Index e) {
              const auto [n, k, s, d] = sizes(a, b, c, e);
              return before ? (window(k, d) - 1) / 2 : window(k, d) / 2;
            }},
           {"half of the kernel, whatever n and s are: the padding depends on both, and on d",
            [=](Index a, Index b, Index c, Index e) {
              const Index k = std::get<1>(sizes(a, b, c, e));
              return before ? (k - 1) / 2 : k / 2;
            }},
           {"the dilation is forgotten",
            [=](Index a, Index b, Index c, Index e) {
              const auto [n, k, s, d] = sizes(a, b, c, e);
              return padding(before, n, k, s, 1);
            }},
           {"it is never less than 0", [=](Index a, Index b, Index c, Index e) {
              const Index all = std::apply(total, sizes(a, b, c, e));
              return before ? all / 2 : all - all / 2;
            }}}));
    return checks;
  };
  using Sizes = std::tuple<Index, Index, Index, Index>;
  sheet.property("padding, stride 1", 1,
                 both({"n", "k"}, {9, 7}, [](Index n, Index k, Index, Index) { return Sizes{n, k, 1, 1}; }));
  sheet.property(
      "padding, with strides and dilation", 3,
      both({"n", "k", "s", "d"}, {13, 7, 5, 3}, [](Index n, Index k, Index s, Index d) { return Sizes{n, k, s, d}; }));
  const auto exists = [](Index n, Index s, Index o) { return o - 1 < (n + s - 1) / s; };
  sheet.property(
      "real taps", 1,
      {check(
          "latent", {"n", "k", "s", "o + 1"}, {9, 6, 4, 9},
          [=](Index n, Index k, Index s, Index o) {
            return exists(n, s, o) ? Axis(n, k, s, Padding::same).real_taps(o - 1) : 0;
          },
          [=](Index n, Index k, Index s, Index o) { return exists(n, s, o) ? yours.real_taps(n, k, s, o - 1) : 0; },
          {{"padding does not count", [=](Index n, Index k, Index s, Index o) { return exists(n, s, o) ? k : 0; }},
           {"what lies beyond the end does not count either",
            [=](Index n, Index k, Index s, Index o) {
              const Index first = (o - 1) * s - Axis(n, k, s, Padding::same).before;
              return exists(n, s, o) ? first + k - std::max<Index>(first, 0) : 0;
            }},
           {"what lies before the beginning does not count either", [=](Index n, Index k, Index s, Index o) {
              const Index first = (o - 1) * s - Axis(n, k, s, Padding::same).before;
              return exists(n, s, o) ? std::min(first + k, n) - first : 0;
            }}})});
  sheet.property(
      "transposed", 1,
      {check(
           "Keras's rule for same", {"n", "k", "s"}, {7, 6, 5}, [](Index n, Index, Index s, Index) { return n * s; },
           [=](Index n, Index k, Index s, Index) { return yours.transposed_size(n, k, s, true); }),
       check(
           "Keras's rule for valid", {"n", "k", "s"}, {7, 6, 5},
           [](Index n, Index k, Index s, Index) { return latent::Conv2DTranspose<1, 1>::output_size(n, k, s, -1); },
           [=](Index n, Index k, Index s, Index) { return yours.transposed_size(n, k, s, false); },
           {{"where the kernel is smaller than the stride, there are n s outputs",
             [](Index n, Index k, Index s, Index) { return (n - 1) * s + k; }},
            {"the window of the last input reaches further than the stride",
             [](Index n, Index, Index s, Index) { return n * s; }}})});
  const auto right_surplus = [](Index n, Index poolings, Index, Index) {
    const Index block = Index{1} << poolings;
    return (n + block - 1) / block * block - n;
  };
  sheet.property(
      "there and back again", 1,
      {check("the definition", {"n", "poolings"}, {33, 4}, right_surplus,
             [=](Index n, Index poolings, Index, Index) { return yours.surplus(n, poolings); },
             {{"a pooling with 'same' padding rounds up",
               [](Index n, Index poolings, Index, Index) { return (n >> poolings << poolings) - n; }},
              {"that is the size afterwards: n has to be taken away", [=](Index n, Index poolings, Index, Index) {
                 return n > 0 && poolings > 0 ? right_surplus(n, poolings, 0, 0) + n : 0;
               }}})});
}

}  // namespace

#define MARKS_OF(yours)                                                                                           \
  [](Sheet& sheet) {                                                                                              \
    mark(sheet, {yours::window, yours::valid_size, yours::same_size, yours::padding_before, yours::padding_after, \
                 yours::real_taps, yours::transposed_size, yours::surplus});                                      \
  }
#include "../support/main.inc"

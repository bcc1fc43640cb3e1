#include <doctest/doctest.h>

#include <latent/kernels/conv2d_im2col.hpp>
#include <latent/latent.hpp>

using namespace latent;

namespace {
// Options of somebody else's layer: two of one kind, and one that is a kind of its own.
struct SpeedKind;
template <int value>
struct Speed {
  using kind = SpeedKind;
  static constexpr int speed = value;
};
struct Fastest {
  using kind = SpeedKind;
  static constexpr int speed = 1000;
};
struct Quiet {};

template <class Option, class Expected>
constexpr bool same = std::is_same_v<Option, Expected>;
}  // namespace

TEST_CASE("OptionOf: the option of the default's kind, wherever it stands, or the default") {
  CHECK((same<OptionOf<Valid>, Valid>));
  CHECK((same<OptionOf<Valid, ReLU, Strides<2>, NoBias>, Valid>));
  CHECK((same<OptionOf<Valid, ReLU, Same, NoBias>, Same>));
  CHECK((same<OptionOf<Strides<1>, ReLU, Same, Strides<2, 3>>, Strides<2, 3>>));
  CHECK((same<OptionOf<KernelInitializer<GlorotUniform>, BiasInitializer<Ones>>, KernelInitializer<GlorotUniform>>));
  CHECK((same<OptionOf<KernelRegularizer<L2<0.0>>, ActivityRegularizer<L1<1>>, KernelRegularizer<L1<2>>>,
              KernelRegularizer<L1<2>>>));
  CHECK((same<OptionOf<Kernel<winograd>, Kernel<tiled, tiled, im2col>>, Kernel<tiled, tiled, im2col>>));
  CHECK(OptionOf<Speed<1>, Quiet>::speed == 1);
  CHECK(OptionOf<Speed<1>, Quiet, Fastest>::speed == 1000);
  CHECK(is_among<Quiet, Fastest, Quiet>);
}

TEST_CASE("options_are: of these kinds and no others") {
  using Allowed = Kinds<SpeedKind, Kinds<PaddingKind, Quiet>>;
  CHECK(options_are<Allowed>);
  CHECK((options_are<Allowed, Quiet, Same, Fastest>));
  CHECK_FALSE((options_are<Allowed, Quiet, NoBias>));
  CHECK_FALSE((options_are<Allowed, int>));
  CHECK_FALSE((options_are<Allowed, Fastest, Strides<2>>));
  CHECK((options_are<NoScale, NoScale>));
  CHECK_FALSE((options_are<NoScale, NoCenter>));
}

TEST_CASE("each_option_once: no two of a kind, whatever they are called") {
  CHECK(each_option_once<>);
  CHECK((each_option_once<Speed<1>, Quiet, Same, Strides<2>, ReLU, NoBias, NoCenter, NoScale>));
  CHECK((each_option_once<KernelRegularizer<L2<1>>, BiasRegularizer<L2<1>>, ActivityRegularizer<L2<1>>>));
  CHECK_FALSE((each_option_once<Speed<1>, Quiet, Fastest>));
  CHECK_FALSE((each_option_once<Same, NoBias, Valid>));
  CHECK_FALSE((each_option_once<NoBias, NoBias>));
  CHECK_FALSE((each_option_once<Beta<2>, EpsilonFrom<int>, BetaFrom<int>>));
}

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "latent/datasets/rows.hpp"

using namespace latent;
using namespace latent::datasets;

TEST_CASE("images become rows and rows images, in the same order") {
  Tensor<4> images(2, 2, 3, 1);
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(i);
  const Tensor<2> rows = as_rows(images);
  CHECK(rows.dimension(0) == 2);
  CHECK(rows.dimension(1) == 6);
  CHECK(rows(1, 4) == images(1, 1, 1, 0));
  const Tensor<4> back = as_images(rows, 2, 3);
  CHECK(back.dimensions() == images.dimensions());
  CHECK(std::equal(images.data(), images.data() + images.size(), back.data()));
  CHECK(as_images(rows, 1, 2, 3)(1, 0, 1, 2) == 11);
  CHECK_THROWS_WITH_AS((void)as_images(rows, 2, 4), doctest::Contains("rows of 6 numbers are no images of 2 x 4 x 1"),
                       std::invalid_argument);
  CHECK_THROWS_AS((void)as_images(rows, -2, -3), std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)first_of(rows, -1), "first_of(batch, count): expected a count of at least 0, received -1",
                       std::invalid_argument);
  CHECK_THROWS_AS((void)as_images(Tensor<2>(2, 0), 0, 5), std::invalid_argument);
}

TEST_CASE("numbers become a column") {
  Tensor<1> numbers(3);
  numbers.setValues({4, 5, 6});
  const Tensor<2> column = as_rows(numbers);
  CHECK((column.dimension(0) == 3 && column.dimension(1) == 1));
  CHECK((column(0, 0) == 4 && column(2, 0) == 6));
  CHECK(as_rows(Tensor<1>(0)).dimension(1) == 1);
}

TEST_CASE("images of which a side is nothing, or less, are none") {
  for (const auto& [height, width, channels] : {std::array<Index, 3>{-2, -3, 1}, {-2, 3, -1}, {2, -3, -1}})
    CHECK_THROWS_AS((void)as_images(Tensor<2>(2, 6), height, width, channels), std::invalid_argument);
  for (const auto& [height, width, channels] : {std::array<Index, 3>{0, 1, 1}, {1, 0, 1}, {1, 1, 0}})
    CHECK_THROWS_WITH_AS(
        (void)as_images(Tensor<2>(2, 0), height, width, channels),
        text("as_images: rows of 0 numbers are no images of ", height, " x ", width, " x ", channels).c_str(),
        std::invalid_argument);
  CHECK(as_images(Tensor<2>(3, 1), 1, 1).dimensions() == Tensor<4>(3, 1, 1, 1).dimensions());
  const Tensor<2> five = as_rows(Tensor<4>(5, 2, 3, 1));
  CHECK((five.dimension(0) == 5 && five.dimension(1) == 6));
  CHECK(as_rows(Tensor<4>(0, 2, 3, 4)).dimension(1) == 24);
}

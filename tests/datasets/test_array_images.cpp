#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/datasets/array_images.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

std::string error(const std::string& path, const ImageOptions& options = {}) {
  return file_error(path, [&] {
    path.ends_with(".npz") ? (void)read_npz_images(path, options) : (void)read_npy_images(path, options);
  });
}

}  // namespace

TEST_CASE("Keras's mnist.npz") {
  const auto [train, test] = read_npz_images(test_file("mnist.npz"));
  CHECK(train.images.dimensions() == Tensor<4>(3, 28, 28, 1).dimensions());
  CHECK(test.images.dimensions() == Tensor<4>(2, 28, 28, 1).dimensions());
  CHECK(train.labels == std::vector<int>{3, 0, 9});
  CHECK(test.labels == std::vector<int>{1, 4});
  const Tensor<3> raw = read_npz<3>(test_file("mnist.npz"), "x_test");
  float largest = 0;
  for (Index i = 0; i < raw.size(); ++i) {
    CHECK(test.images.data()[i] == raw.data()[i] / 255.0f);
    largest = std::max(largest, raw.data()[i]);
  }
  CHECK(largest > 100);

  const auto two = read_npz_images(test_file("mnist.npz"), {.channels = 3, .size = {14, 14}, .limit = 2});
  CHECK(two.train.images.dimensions() == Tensor<4>(2, 14, 14, 3).dimensions());
  CHECK(two.train.labels == std::vector<int>{3, 0});
}

TEST_CASE("arrays of other names, types and shapes") {
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  Tensor<4> images(2, 3, 4, 3);
  images.setRandom();
  write_npz(path("a.npz"), {{"images", images}, {"labels", std::vector<int>{1, 0}}});
  const auto [train, test] = read_npz_images(path("a.npz"));
  CHECK(difference(train.images, images) == 0);  // floats stay as they are
  CHECK(train.labels == std::vector<int>{1, 0});
  CHECK(test.images.size() == 0);
  write_npz(path("b.npz"), {{"arr_0", images}});
  CHECK(difference(read_npz_images(path("b.npz"), {.limit = 1}).train.images, slice(images, 0, 1)) == 0);
  write_npz(path("c.npz"), {{"images", images}, {"labels", std::vector<int>{1}}});
  CHECK(has(error(path("c.npz")), "expected 2 labels in labels, as many as images in images, received 1"));
  write_npz(path("d.npz"), {{"images", images}, {"labels", std::vector<int>{1, -1}}});
  CHECK(has(error(path("d.npz")), "labels.npy: expected labels 0, 1 ..., received -1"));
  write_npz(path("e.npz"), {{"images", images}, {"labels", images}});
  CHECK(has(error(path("e.npz")),
            "labels.npy: expected a label for each image, (number), received the shape (2, 3, 4, 3)"));
  write_npz(path("f.npz"), {{"u", images}, {"v", images}});
  CHECK(has(error(path("f.npz")), "or images and labels, received u (2, 3, 4, 3), v (2, 3, 4, 3)"));

  Tensor<2> rows(2, 12);
  rows.setRandom();
  write_npy(path("rows.npy"), rows);
  const Tensor<4> square = read_npy_images(path("rows.npy")).images;  // 12 = 2 x 2 x 3
  CHECK(square.dimensions() == Tensor<4>(2, 2, 2, 3).dimensions());
  CHECK(square(1, 0, 1, 2) == rows(1, 5));
  write_npy(path("rows.npy"), Tensor<2>(rows.slice(Eigen::array<Index, 2>{0, 0}, Eigen::array<Index, 2>{2, 5})));
  CHECK(has(error(path("rows.npy")), "or square ones as rows, received the shape (2, 5)"));
  CHECK(has(error(test_file("empty.npy")), "received the shape (0, 3)"));

  CHECK(read_npy_images(test_file("u1.npy")).images(1, 2, 3, 0) == 61 / 255.0f);
  CHECK(read_npy_images(test_file("little_u8.npy")).images(1, 2, 3, 0) == 61 / 255.0f);
  CHECK(read_npy_images(test_file("little_f2.npy")).images(1, 2, 3, 0) == 11);
  CHECK(read_npy_images(test_file("bool.npy")).images(1, 2, 3, 0) == 1);
  CHECK(read_npy_images(test_file("fortran.npy"), {.limit = 1}).images(0, 1, 0, 0) == 28);
  CHECK(has(error(test_file("little_i4.npy")), "expected whole numbers 0 to 255 as pixels, received -50"));
}

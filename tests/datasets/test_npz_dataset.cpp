#include "datasets/idx_files.hpp"
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

/// A zip archive of files that are not packed.
std::string stored_zip(const std::vector<std::pair<std::string, std::string>>& files) {
  const auto number = [](std::size_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value);
    return out;
  };
  std::string zip, directory;
  for (const auto& [name, bytes] : files) {
    const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    const std::string head = number(20, 2) + number(0, 8) + number(sum, 4) + number(bytes.size(), 4) +
                             number(bytes.size(), 4) + number(name.size(), 2) + number(0, 2);
    directory += "PK\1\2" + number(20, 2) + head + number(0, 10) + number(zip.size(), 4) + name;
    zip += "PK\3\4" + head + name + bytes;
  }
  const std::size_t start = zip.size();
  return zip + directory + "PK\5\6" + number(0, 4) + number(files.size(), 2) + number(files.size(), 2) +
         number(directory.size(), 4) + number(start, 4) + number(0, 2);
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
  CHECK(read_npz_images(path("a.npz"), {.limit = 1}).train.labels == std::vector<int>{1});
  Tensor<3> small(5, 2, 2);
  small.setZero();
  write_npy(path("small.npy"), small);
  CHECK(read_npy_images(path("small.npy"), {.limit = 3}).images.dimension(0) == 3);
  write_npy(path("none.npy"), Tensor<3>(2, 3, 0));
  CHECK(has(error(path("none.npy")), "or square ones as rows, received the shape (2, 3, 0)"));
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

TEST_CASE("arrays without test images are brought to a size, too") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "a.npz").string();
  write_npz(path, {{"x_train", Tensor<3>(3, 8, 6).setConstant(0.5f)}, {"y_train", std::vector<int>{1, 0, 1}}});
  for (const Index channels : {0, 1, 3}) {
    const auto [train, test] = read_npz_images(path, {.channels = channels, .size = {4, 2}});
    CHECK(train.images.dimensions() == Tensor<4>(3, 4, 2, channels == 3 ? 3 : 1).dimensions());
    CHECK((test.images.size() == 0 && test.labels.empty()));
  }
}

TEST_CASE("arrays of images and labels at the edges: names, shapes, limits") {
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  const auto numbered = [](auto tensor) {
    for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = static_cast<float>(i);
    return tensor;
  };
  const Tensor<4> train = numbered(Tensor<4>(3, 2, 4, 1)), test = numbered(Tensor<4>(2, 2, 4, 1));
  const std::vector<int> train_labels{2, 0, 1}, test_labels{1, 1};
  // Each way to name the four; of a part that has no labels, or is not there, nothing is read.
  const char* names[][4] = {{"x_train", "y_train", "x_test", "y_test"},
                            {"X_train", "y_train", "X_test", "y_test"},
                            {"train_images", "train_labels", "test_images", "test_labels"},
                            {"x", "y", "x_test", "y_test"},
                            {"images", "labels", "test_images", "test_labels"}};
  for (const auto& name : names) {
    CAPTURE(name[0]);
    write_npz(path("all.npz"),
              {{name[2], test}, {name[0], train}, {name[3], test_labels}, {name[1], train_labels}, {"z", test}});
    const Dataset all = read_npz_dataset(path("all.npz")), two = read_npz_dataset(path("all.npz"), 2);
    CHECK(difference(all.train.images, train) == 0);
    CHECK(difference(all.test.images, test) == 0);
    CHECK(all.train.labels == train_labels);
    CHECK(all.test.labels == test_labels);
    CHECK(difference(two.train.images, slice(train, 0, 2)) == 0);
    CHECK(two.train.labels == std::vector<int>{2, 0});
    CHECK(two.test.labels == test_labels);
    write_npz(path("some.npz"), {{name[0], train}, {name[2], test}, {"z", test}});
    const Dataset some = read_npz_dataset(path("some.npz"));
    CHECK(some.train.labels.empty());
    CHECK(some.test.images.dimension(0) == 2);
    write_npz(path("one.npz"), {{name[0], train}, {name[1], train_labels}, {"z", test}});
    CHECK(read_npz_dataset(path("one.npz")).train.labels == train_labels);
    CHECK(read_npz_dataset(path("one.npz")).test.images.size() == 0);
  }
  write_npz(path("none.npz"), {{"a", train}, {"b", test_labels}});
  CHECK(error(path("none.npz")) ==
        path("none.npz") +
            ": expected x_train, y_train, x_test and y_test, or images and labels, received a (3, 2, 4, 1), b (2,)");
  CHECK_THROWS_WITH_AS(read_npz_dataset(path("one.npz"), -1),
                       doctest::Contains("expected a limit of at least 0, received -1"), std::invalid_argument);
  // Shapes.
  const auto shape = [&](const auto& tensor, const ImageOptions& options = {}) {
    write_npy(path("s.npy"), tensor);
    const auto sizes = read_npy_images(path("s.npy"), options).images.dimensions();
    return std::vector<Index>(sizes.begin(), sizes.end());
  };
  CHECK(shape(Tensor<3>(3, 2, 4)) == std::vector<Index>{3, 2, 4, 1});
  CHECK(shape(Tensor<4>(3, 2, 4, 3)) == std::vector<Index>{3, 2, 4, 3});
  CHECK(shape(Tensor<2>(3, 9)) == std::vector<Index>{3, 3, 3, 1});
  CHECK(shape(Tensor<2>(3, 9), {.limit = 1}) == std::vector<Index>{1, 3, 3, 1});
  CHECK(shape(Tensor<2>(3, 9), {.limit = 3}) == std::vector<Index>{3, 3, 3, 1});
  CHECK(shape(Tensor<2>(3, 9), {.limit = 4}) == std::vector<Index>{3, 3, 3, 1});
  const std::string expected =
      ": expected images (number, height, width), (number, height, width, 1 or 3) or square ones "
      "as rows, received the shape ";
  const auto shape_error = [&](const auto& tensor) {
    write_npy(path("s.npy"), tensor);
    return error(path("s.npy"));
  };
  CHECK(shape_error(Tensor<4>(3, 2, 4, 2)) == path("s.npy") + expected + "(3, 2, 4, 2)");
  CHECK(shape_error(Tensor<4>(3, 2, 4, 4)) == path("s.npy") + expected + "(3, 2, 4, 4)");
  CHECK(shape_error(Tensor<1>(4)) == path("s.npy") + expected + "(4,)");
  CHECK(shape_error(Tensor<5>(1, 2, 2, 1, 1)) == path("s.npy") + expected + "(1, 2, 2, 1, 1)");
  CHECK(shape_error(Tensor<3>(3, 0, 4)) == path("s.npy") + expected + "(3, 0, 4)");
  // Labels: (number) or (number, 1), whole and at least 0.
  const auto labels = [&](const auto& array, Index limit = 0) {
    write_npy(path("l.npy"), array);
    return with_npy_file(path("l.npy"), [&](const NpySource& source) { return read_array_labels(source, limit); });
  };
  CHECK(labels(Tensor<2>(numbered(Tensor<2>(3, 1)))) == std::vector<int>{0, 1, 2});
  CHECK(labels(train_labels, 2) == std::vector<int>{2, 0});
  CHECK(labels(train_labels, 3) == train_labels);
  CHECK(labels(train_labels, 9) == train_labels);
  const auto label_error = [&](const auto& array) {
    return file_error(path("l.npy"), [&] { labels(array); }).substr(path("l.npy").size() + 2);
  };
  CHECK(label_error(Tensor<2>(3, 2)) == "expected a label for each image, (number), received the shape (3, 2)");
  CHECK(label_error(Tensor<0>()) == "expected a label for each image, (number), received the shape ()");
  const auto of = [](double number) {
    Tensor<1, double> one(1);
    one(0) = number;
    return one;
  };
  CHECK(labels(of(1e9)) == std::vector<int>{1000000000});
  for (const double number : {-1.0, 0.5, 1.1e9})
    CHECK(label_error(of(number)) == text("expected labels 0, 1 ..., received ", static_cast<float>(number)));
}

TEST_CASE("which arrays are images and labels, by their names") {
  const auto chosen = [](const std::vector<std::string>& names) {
    std::vector<NpzEntry> entries(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) entries[i].name = names[i];
    const NpzImages found = npz_images("f.npz", entries);
    std::string words;
    for (const std::string& name : {found.train_images, found.train_labels, found.test_images, found.test_labels}) {
      words += (name.empty() ? "-" : name) + " ";
      CHECK((name.empty() || found.has(name)));
    }
    CHECK(!found.has("other"));
    return words;
  };
  CHECK(chosen({"x_test", "x_train", "y_test", "y_train"}) == "x_train y_train x_test y_test ");
  CHECK(chosen({"X_test", "X_train", "y_test", "y_train"}) == "X_train y_train X_test y_test ");
  CHECK(chosen({"test_images", "test_labels", "train_images", "train_labels", "val_images", "val_labels"}) ==
        "train_images train_labels test_images test_labels ");
  CHECK(chosen({"x_train", "y_train"}) == "x_train y_train - - ");
  for (const auto& [images, labels] : {std::pair<std::string, std::string>{"images", "labels"},
                                       {"images", "targets"},
                                       {"x", "y"},
                                       {"X", "y"},
                                       {"X", "Y"},
                                       {"data", "target"},
                                       {"data", "labels"},
                                       {"arr_0", "arr_1"}})
    CHECK(chosen({images, labels, "names"}) == images + " " + labels + " - - ");
  // With labels before without; of images alone the first of the list; one array, whatever its name.
  CHECK(chosen({"images", "x", "y"}) == "x y - - ");
  CHECK(chosen({"x", "images", "notes"}) == "images - - - ");
  CHECK(chosen({"images", "notes"}) == "images - - - ");
  CHECK(chosen({"faces"}) == "faces - - - ");
  CHECK(chosen({"x_train"}) == "x_train - - - ");
  CHECK(chosen({"x_train", "x_test"}) == "x_train - x_test - ");
  const auto none = [&] { chosen({"faces", "names"}); };
  CHECK_THROWS_WITH_AS(none(), doctest::Contains("f.npz: expected x_train, y_train, x_test and y_test, or images"),
                       FileError);
}

TEST_CASE("arrays of images and labels are read to their end, where damage shows; a limit does not look at the rest") {
  const TemporaryFolder folder;
  const Index count = 100'000;
  Tensor<3> images(count, 2, 2);
  images.setRandom();
  const std::vector<int> labels(static_cast<std::size_t>(count), 3);
  const std::string path = (folder.path / "a.npz").string();
  const std::vector<std::pair<std::string, std::string>> arrays{{"x.npy", npy_bytes(images)},
                                                                {"y.npy", npy_bytes(labels)}};
  // As numpy.savez writes it, not packed; a bit of the last element of one array is another one.
  for (std::size_t damaged = 0; damaged < 2; ++damaged) {
    const std::string& member = arrays[damaged].first;
    CAPTURE(member);
    std::string bytes = stored_zip(arrays);
    CHECK(read_npz_images(folder.write("good.npz", bytes)).train.labels == labels);
    const std::size_t last = bytes.find(arrays[damaged].second) + arrays[damaged].second.size() - 4;
    REQUIRE(last < bytes.size());
    bytes[last] = static_cast<char>(bytes[last] ^ 1);
    const std::string bad = folder.write("bad.npz", bytes);
    for (const Index limit : {Index{0}, count, count + 1})
      CHECK(has(error(bad, {.limit = limit}), text(": the data of ", member, " cannot be unpacked")));
    CHECK(read_npz_images(bad, {.limit = 19}).train.labels == std::vector<int>(19, 3));
  }
  Tensor<2> column(3, 1);
  column.setValues({{1}, {2}, {0.5f}});
  write_npz(path, {{"x", Tensor<3>(3, 2, 2).setZero()}, {"y", column}});
  CHECK(has(error(path), "y.npy: expected labels 0, 1 ..., received 0.5"));
  CHECK(read_npz_images(path, {.limit = 2}).train.labels == std::vector<int>{1, 2});

  const std::string npy = npy_bytes(images), longer = folder.write("longer.npy", npy + "x");
  CHECK(error(longer) ==
        longer + ": goes on after its 400000 elements, (100000, 2, 2); only one array in a file is read");
  CHECK(has(error(longer, {.limit = count}), "goes on after its 400000 elements"));
  CHECK(read_npy_images(longer, {.limit = count - 1}).images.dimension(0) == count - 1);
  const std::string fortran = folder.write("fortran.npy", read_file(test_file("fortran.npy")) + "x");
  CHECK(has(error(fortran, {.limit = 1}), "goes on after its "));
  std::string packed = gzip(npy);
  packed[packed.size() - 8] = static_cast<char>(packed[packed.size() - 8] ^ 1);  // of gzip's checksum
  CHECK(has(error(folder.write("packed.npy", packed)), "the gzip data are damaged"));
}

TEST_CASE("rows of colours are planes, as in CIFAR's Python version, or pixels") {
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  Tensor<2> rows(2, 12);
  for (Index i = 0; i < 24; ++i) rows.data()[i] = static_cast<float>(i);
  const auto value = [](Index n, Index pixel, Index colour, bool planes) {
    return static_cast<float>(12 * n + (planes ? 4 * colour + pixel : 3 * pixel + colour));
  };
  const auto check_order = [&](const Tensor<4>& images, bool planes) {
    REQUIRE(images.dimensions() == Tensor<4>(2, 2, 2, 3).dimensions());
    for (Index i = 0; i < 24; ++i) CHECK(images.data()[i] == value(i / 12, i % 12 / 3, i % 3, planes));
  };
  const std::vector<int> labels{1, 0};
  for (const std::string name : {"data", "x", "images"}) {
    CAPTURE(name);
    for (const std::string target : {"labels", "target", "y"}) {
      write_npz(path("a.npz"), {{name, rows}, {target, labels}, {"batch", labels}});
      if (name == "data" ? target != "y" : name == "x" ? target == "y" : target == "labels")
        check_order(read_npz_images(path("a.npz")).train.images, name == "data");
    }
    write_npz(path("b.npz"), {{name, rows}});
    check_order(read_npz_images(path("b.npz")).train.images, name == "data");
    check_order(read_npz_images(path("b.npz"), {.planes = true}).train.images, true);
    check_order(read_npz_images(path("b.npz"), {.planes = false}).train.images, false);
    CHECK(read_npz_images(path("b.npz"), {.limit = 1}).train.images(0, 0, 0, 1) == (name == "data" ? 4 : 1));
  }
  write_npy(path("a.npy"), rows);
  check_order(read_npy_images(path("a.npy")).images, false);
  check_order(read_npy_images(path("a.npy"), {.planes = true}).images, true);
  // What is no row of colours stays as it is.
  Tensor<4> shaped(1, 2, 2, 3);
  shaped.setRandom();
  write_npz(path("c.npz"), {{"data", shaped}, {"labels", std::vector<int>{1}}});
  CHECK(difference(read_npz_images(path("c.npz"), {.planes = true}).train.images, shaped) == 0);
  Tensor<2> gray(1, 4);
  gray.setValues({{1, 2, 3, 4}});
  write_npz(path("d.npz"), {{"data", gray}});
  CHECK(read_npz_images(path("d.npz")).train.images(0, 1, 0, 0) == 3);
}

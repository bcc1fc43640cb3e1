#include <locale>

#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/datasets/csv.hpp"
#include "latent/datasets/npz.hpp"

using namespace latent;
using namespace latent::datasets;

TEST_CASE("Kaggle's tables of images, with and without header and label") {
  const Tensor<3> expected = read_npz<3>(test_file("mnist.npz"), "x_train");
  const auto check_images = [&](const LabelledImages& read, Index count) {
    REQUIRE(read.images.dimensions() == Tensor<4>(count, 28, 28, 1).dimensions());
    for (Index i = 0; i < std::min<Index>(read.images.size(), expected.size()); ++i)
      CHECK(read.images.data()[i] == expected.data()[i] / 255.0f);
  };
  const LabelledImages digits = read_csv_images(test_file("digit_recognizer.csv.gz"));
  check_images(digits, 5);
  CHECK(digits.labels == std::vector<int>{3, 0, 9, 1, 4});
  const LabelledImages two = read_csv_images(test_file("digit_recognizer.csv.gz"), {.limit = 2});
  check_images(two, 2);
  CHECK(two.labels == std::vector<int>{3, 0});
  const LabelledImages no_header = read_csv_images(test_file("no_header.csv"));
  check_images(no_header, 1);
  CHECK(no_header.labels == std::vector<int>{3});
  const LabelledImages no_label = read_csv_images(test_file("no_label.csv"));
  check_images(no_label, 1);
  CHECK(no_label.labels.empty());

  const TemporaryFolder folder;
  const LabelledImages floats = read_csv_images(folder.write("f.csv", "0,1,2,3,Label\r\n0,1,0.5,1,7\r\n"));
  CHECK(floats.images(0, 1, 0, 0) == 0.5f);
  CHECK(floats.images(0, 1, 1, 0) == 1);
  CHECK(floats.labels == std::vector<int>{7});
}

TEST_CASE("a matrix, quoted, with a header, and written again") {
  const Tensor<2> matrix = read_csv(test_file("quoted.csv"));
  REQUIRE(matrix.dimensions() == Tensor<2>(2, 2).dimensions());
  CHECK(matrix(0, 0) == 1.5f);
  CHECK(matrix(0, 1) == -2e-3f);
  CHECK(matrix(1, 0) == 1e10f);
  CHECK_THROWS_WITH_AS(CsvTable(test_file("quoted.csv"), -1), "CsvTable: expected a limit of at least 0, received -1",
                       std::invalid_argument);
  CHECK(CsvTable(test_file("quoted.csv")).header() == std::vector<std::string>{"größe, in m", "a \"name\""});

  const TemporaryFolder folder;
  const std::string path = (folder.path / "m.csv").string();
  Tensor<2> numbers(2, 3);
  numbers.setValues({{1.0f / 3, 123456.789f, -3e-38f}, {0, 1e30f, 16777216}});
  write_csv(path, numbers, {"a", "b \"c\"", "d"});
  CHECK(read_file(path).starts_with("\"a\",\"b \"\"c\"\"\",\"d\"\n0.33333334,123456.79,-3e-38\n0,1e+30,16777216\n"));
  const Tensor<2> back = read_csv(path);
  for (Index i = 0; i < 6; ++i) CHECK(back.data()[i] == numbers.data()[i]);
  CHECK_THROWS_WITH_AS(write_csv(path, numbers, {"a"}), "write_csv: 1 names for 3 columns", std::invalid_argument);
}

TEST_CASE("numbers in files are the same whatever the program's locale") {
  struct German : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const TemporaryFolder folder;
  const auto write = [&](const std::string& name) {
    Tensor<2> numbers(1234, 2);
    for (Index i = 0; i < numbers.size(); ++i) numbers.data()[i] = static_cast<float>(i) * 1234.5f;
    write_csv((folder.path / (name + ".csv")).string(), numbers);
    write_npz((folder.path / (name + ".npz")).string(), {{"numbers", numbers}});
    return numbers;
  };
  write("before");
  const std::locale before = std::locale::global(std::locale(std::locale(), new German));
  const Tensor<2> numbers = write("after");
  const Tensor<2> table = read_csv((folder.path / "after.csv").string());
  const Tensor<2> array = read_npz<2>((folder.path / "after.npz").string(), "numbers");
  std::locale::global(before);
  for (const std::string ending : {".csv", ".npz"})
    CHECK(read_file((folder.path / ("before" + ending)).string()) ==
          read_file((folder.path / ("after" + ending)).string()));
  for (const Tensor<2>& read : {table, array}) {
    REQUIRE(read.dimensions() == numbers.dimensions());
    for (Index i = 0; i < numbers.size(); ++i) CHECK(read.data()[i] == numbers.data()[i]);
  }
}

TEST_CASE("what is no table of numbers is an error that names the row") {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes, bool images = false) {
    const std::string path = folder.write("f.csv", bytes);
    return file_error(path, [&] { images ? (void)read_csv_images(path) : (void)read_csv(path); });
  };
  CHECK(has(error(""), "has no rows of numbers"));
  CHECK(has(error("a,b\n"), "has no rows of numbers"));
  CHECK(has(error("a,b\n1,2\n3\n"), "row 3: has 1 fields, expected 2 as in the first"));
  CHECK(has(error("a,b\n1,2\n3,x\n"), "row 3: expected a number in column 2, received \"x\""));
  CHECK(has(error("1,2\n3,\n"), "row 2: expected a number in column 2, received \"\""));
  CHECK(has(error("1,nan\n3,4\n"), "row 1: expected a number in column 2, received \"nan\""));
  CHECK(has(error("1,2\n3,1e300\n"), "received \"1e300\""));
  CHECK(has(error("1,2\n3,4,5\n"), "row 2: has 3 fields"));
  CHECK(has(error("1;2\n3;4\n"), "received \"3;4\""));
  CHECK(has(error("1,\"2\n3,4\n"), "row 1: "));
  CHECK(has(error("1,2,3,4,5,6,7\n", true), "has 7 columns, which are no square image"));
  CHECK(has(error("1,2,3,256\n", true), "expected whole numbers 0 to 255 as pixels, received 256"));
  CHECK(has(error("label,a\n1.5,3\n", true), "row 2: expected a label 0, 1 ..., received 1.5"));
}

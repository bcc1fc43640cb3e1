#include <sys/stat.h>

#include <limits>
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
  CHECK(has(error("1,2\n3,1e300\n"), "expected a number that a float can hold in column 2, received \"1e300\""));
  for (const std::string number : {"1e-400", "3.4028236e38", "3.40282357e+38", "16777217", "-16777217", "+16777219",
                                   "20240101123", "9007199254740993", "9223372036854775807", "18446744073709551616"})
    CHECK(has(error("1,2\n3," + number + "\n"),
              "expected a number that a float can hold in column 2, received \"" + number + "\""));
  for (const std::string other : {"inf", "-nan", "1e", "0x10", "--1", "1-1"})
    CHECK(has(error("1,2\n3," + other + "\n"), "expected a number in column 2, received \"" + other + "\""));
  CHECK(has(error("\xff\xfe" + std::string("1\0,\0", 4)), "is text in UTF-16"));
  CHECK(has(error("\xfe\xff" + std::string("\0001\0,", 4)), "is text in UTF-16"));
  CHECK(has(error("1,2\n3,4,5\n"), "row 2: has 3 fields"));
  for (const std::string no_name : {"N/A", "#N/A", "2024-11-27", "1,000"})
    CHECK(has(error("1,\"" + no_name + "\"\n2,3\n"), "row 1: expected a number in column 2, received \"" + no_name));
  CHECK(has(error("1|2\n3|4\n"), "received \"3|4\""));
  CHECK(has(error("1,\"2\n3,4\n"), "row 1: "));
  CHECK(has(error("1,2,3,4,5,6,7\n", true), "has 7 columns, which are no square image"));
  CHECK(has(error("1,2,3,256\n", true), "expected whole numbers 0 to 255 as pixels, received 256"));
  CHECK(has(error("label,a\n1.5,3\n", true), "row 2: expected a label 0, 1 ..., received 1.5"));
}

TEST_CASE("what was written is read, to the last bit: the largest numbers, large whole ones, names of numbers") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f.csv").string();
  constexpr float largest = std::numeric_limits<float>::max();
  Tensor<2> numbers(2000, 2);
  for (Index i = 0; i < numbers.size(); ++i)
    numbers.data()[i] = std::ldexp(static_cast<float>(2 * i + 1), static_cast<int>(i % 110));
  numbers.data()[0] = largest, numbers.data()[1] = -largest,
  numbers.data()[2] = std::numeric_limits<float>::denorm_min();
  for (Index i = 3; i < 1000; ++i) numbers.data()[i] = 16777216 + 2 * static_cast<float>(i * i);
  write_csv(path, numbers);
  const Tensor<2> read = read_csv(path);
  for (Index i = 0; i < numbers.size(); ++i) CHECK(read.data()[i] == numbers.data()[i]);

  // A row 0, 1, 2 that could be a header begins with 0.0; alone it could not.
  Tensor<2> row(1, 3), rows(2, 3);
  row.setValues({{0, 1, 2}}), rows.setValues({{0, 1, 2}, {3, 4, 5}});
  write_csv(path, row);
  CHECK(read_file(path) == "0,1,2\n");
  write_csv(path, rows);
  CHECK(read_file(path) == "0.0,1,2\n3,4,5\n");

  Tensor<2> wide(2, 20000);
  wide.setConstant(1.5f);
  std::vector<std::string> names;
  for (int i = 0; i < 20000; ++i) names.push_back(std::to_string(10000 + i));
  write_csv(path, wide, names);  // of 160 kB
  CHECK(read_csv(path).dimension(0) == 2);
  CHECK(CsvTable(path).header() == names);
}

TEST_CASE("separators and marks in quotation marks; a column that is not read may hold anything") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& bytes) { return read_csv(folder.write("f.csv", bytes)); };
  CHECK(read("\"x, cm\";\"y, cm\"\n1;2\n3;4\n")(1, 1) == 4);
  CHECK(read("\"x; y\"\t\"a,b\"\n1\t2\n")(0, 1) == 2);
  CHECK(read("\"x;\ny\",b\n1,2\n")(0, 1) == 2);
  const LabelledImages images =
      read_csv_images(folder.write("f.csv", "id,label,a,b,c,d\nimg_7.png,3,1,2,3,4\n20240101123,4,5,6,7,8\n"));
  CHECK(images.labels == std::vector<int>{3, 4});
  CHECK(images.images(1, 1, 1, 0) == 8 / 255.0f);
}

TEST_CASE("of the rows below the header as many are read as are wanted") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& bytes, Index limit = 0) {
    const CsvTable table(folder.write("f.csv", bytes), limit);
    std::string words;
    for (const std::string& name : table.header()) words += name + "|";
    words += text(table.rows(), "x", table.columns(), ":");
    table.read([&](Index row, Index column, float number, bool is_whole) {
      words += text(" ", row, column, "=", number, is_whole ? "" : "~");
    });
    return words;
  };
  CHECK(read("1,2\n3,4\n") == "2x2: 00=1 01=2 10=3 11=4");
  CHECK(read("1,2\n3,4") == "2x2: 00=1 01=2 10=3 11=4");
  CHECK(read("a,2\n3,4\n") == "a|2|1x2: 00=3 01=4");
  CHECK(read("1,a\n3,4\n") == "1|a|1x2: 00=3 01=4");
  CHECK(read(",a\n3,4\n") == "|a|1x2: 00=3 01=4");
  CHECK(read("\xef\xbb\xbf"
             "1,2\n") == "1x2: 00=1 01=2");
  CHECK(read("\xef\xbb\xbf"
             "a\n7\n") == "a|1x1: 00=7");
  CHECK(read("-5,5.,1e3,-0.5,007\n") == "1x5: 00=-5 01=5~ 02=1000~ 03=-0.5~ 04=7");
  CHECK(read("3.4028234663852886e38,-3.4028234663852886e38\n") == "1x2: 00=3.40282e+38~ 01=-3.40282e+38~");
  for (const std::string header : {"", "n\n"})
    for (const Index limit : {0, 1, 2, 3, 4}) {
      const std::string all = " 00=1 10=2 20=3";
      const Index rows = limit == 0 ? 3 : std::min<Index>(limit, 3);
      CHECK(read(header + "1\n2\n3\n", limit) ==
            text(header.empty() ? "" : "n|", rows, "x1:", all.substr(0, static_cast<std::size_t>(5 * rows))));
    }
  // Rows behind those that are wanted are not looked at, but for the piece of 65,536 bytes that these are in.
  std::string rows;
  for (int i = 0; i < 20000; ++i) rows += text(i, ",", i % 7, "\n");
  const CsvTable long_table(folder.write("long.csv", rows));
  CHECK(long_table.rows() == 20000);
  Index wrong = 0, count = 0;
  long_table.read([&](Index row, Index column, float number, bool is_whole) {
    wrong += number != static_cast<float>(column == 0 ? row : row % 7) || !is_whole;
    ++count;
  });
  CHECK(wrong == 0);
  CHECK(count == 40000);
  // Where a piece ends with as many rows as are wanted, the header counted, the next one is read.
  const std::string headed = "n,m\n" + rows;
  const Index lines = std::count(headed.begin(), headed.begin() + 65536, '\n');
  CHECK(CsvTable(folder.write("headed.csv", headed), lines).rows() == lines);
  const std::string name = std::string(65536, 'a') + "\xef\xbb\xbf";  // what marks the beginning only there
  CHECK(CsvTable(folder.write("name.csv", name + "\n1\n")).header() == std::vector<std::string>{name});
  const std::string damaged = folder.write("damaged.csv", rows + "1,2,3\n" + rows);
  for (const Index limit : {1, 5}) CHECK(CsvTable(damaged, limit).rows() == limit);
  CHECK(
      has(file_error(damaged, [&] { CsvTable of(damaged); }), ": row 20001: has 3 fields, expected 2 as in the first"));
  CHECK(has(file_error(damaged, [&] { CsvTable of(damaged, 20000); }), ": row 20001: has 3 fields"));
}

TEST_CASE("which first rows are headers, and which are numbers") {
  const TemporaryFolder folder;
  const auto check_header = [&](const std::string& first, const std::string& others, bool is_header, bool is_likely) {
    CAPTURE(first);
    CAPTURE(others);
    const std::string path = folder.write("f.csv", first + "\n" + others);
    for (const Index limit : {0, 1, 2}) {
      const CsvTable table(path, limit);
      const Index rows = std::count(others.begin(), others.end(), '\n') + (is_header ? 0 : 1);
      CHECK(table.header().empty() == !is_header);
      CHECK(table.has_likely_header() == is_likely);
      CHECK(table.rows() == (limit > 0 ? std::min(limit, rows) : rows));
    }
  };
  const auto header = [&](const std::string& first, const std::string& others) {
    check_header(first, others, true, false);
  };
  const auto numbers = [&](const std::string& first, const std::string& others) {
    check_header(first, others, false, false);
  };
  const auto likely = [&](const std::string& first, const std::string& others) {
    check_header(first, others, true, true);
  };
  for (const std::string names :
       {"a,b", "a,2", "1,a", ",a", "größe,2", "в,2", "2019-01,2019-02", "Na,Mg", "1x1,1x2", "0x0,0x1", "x0,NA"})
    header(names, "5,6\n7,8\n");
  header("RI,Na,Mg,5", "1,2,3,4\n");
  header("a", "1\n2\n");
  // One field that is no number is no header, but an error.
  for (const std::string first :
       {"1,NA,3", "1,#N/A,3", "1,nan,3", "1,-inf,3", "1,None,3", "5,0x10,2", "5,9,12x", "5,9,M", "5,,7",
        "5,\"1,000\",7", "5,12%,7", "5,2024-11-27,7", "5,?,7", "NA,5,6", "1e400,5,6"})
    numbers(first, "4,5,6\n");
  numbers("NA", "5\n6\n");
  numbers(",2", "3,4\n");
  for (const std::string first : {"+1,2", "1,+.5", "-1,+2e3", "1.,2", "2019,2020", "0,1"})
    numbers(first, "3,4\n0.5,4\n");
  // pandas's names of columns without names, alone, beside names and above row numbers.
  likely("0,1,2", "0,0,5\n3,9,1\n");
  likely("0,1,2", "0.5,1,2\n");
  likely("0,1,2,3,4,5,6,7,8,9,10,11", "4,5,6,7,8,9,0,0,0,1,2,3\n");
  for (const std::string others : {"3,4,5\n", "0,1,3\n", "2,0,1\n", "1,2,3\n", ""}) numbers("0,1,2", others);
  for (const std::string first : {"0,1,3", "1,2,3", "0,1,2.0", "0.0,1,2", "0,1,1", "00,1,2"}) numbers(first, "5,5,5\n");
  header("label,0,1,2,3", "5,5,5,5,5\n");
  header("label,1,2,3,4", "5,5,5,5,5\n");
  header("0,1,2,3,species", "1,2,3,4,5\n");
  header("id,0,1,2,3,label", "1,2,3,4,5,6\n");
  header(",0,1", "0,0.5,0.25\n1,0.5,0.25\n");
  numbers(",0,2", "0,0.5,0.25\n");
  numbers("0,,1,2", "3,4,5,6\n");
  // Names in quotation marks above numbers without, as write_csv and R have them.
  header("\"0\",\"1\"", "3,4\n");
  header("\"5\"", "3\n4\n");
  header("\"\",\"V1\"", "\"1\",0.5\n");
  header("\"\",\"1\"", "\"1\",0.5\n");
  header("\xef\xbb\xbf\"7\",\"7\"\r", "3,4\r\n");
  header("\"2\",\"a\"\"\n,\"", "3,4\n");
  numbers("\"1\",\"2\"", "\"3\",\"4\"\n");
  numbers("\"1\",2", "3,4\n");
  numbers("1,\"2\"", "3,4\n");
  numbers("\"1\",\"2\"", "");
  const std::string path = folder.write("p.csv", "+1,2\n+.5,+0x\n");
  CHECK(file_error(path, [&] { read_csv(path); }) == path + ": row 2: expected a number in column 2, received \"+0x\"");
  CHECK(read_csv(folder.write("p.csv", "+1,2\n+.5,+0\n"))(1, 0) == 0.5f);
}

TEST_CASE("what is written is read as the same, whatever the numbers and the names are") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "w.csv").string();
  for (const std::vector<float>& values : {std::vector<float>{0, 1, 2, 0.5f, 1, 2},
                                           {0, 1, 2, 0, 0, 0},
                                           {-0.0f, 1, 2, 7, 7, 7},
                                           {0, 1, 2, 3, 4, 5},
                                           {0, 1, 3, 3, 3, 3},
                                           {5, 5, 5, 5, 5, 5}})
    for (const std::vector<std::string>& names :
         {std::vector<std::string>{}, {"0", "1", "2"}, {"2019", "+1", "NA"}, {"", "", ""}, {"a", "5", "6"}}) {
      const Tensor<2> matrix = Eigen::TensorMap<const Tensor<2>>(values.data(), 2, 3);
      write_csv(path, matrix, names);
      CAPTURE(read_file(path));
      CHECK(CsvTable(path).header() == names);
      CHECK_FALSE(CsvTable(path).has_likely_header());
      const Tensor<2> back = read_csv(path);
      REQUIRE(back.dimensions() == matrix.dimensions());
      for (Index i = 0; i < 6; ++i) CHECK(back.data()[i] == values[static_cast<std::size_t>(i)]);
    }
}

TEST_CASE("whether numbers are pixels is decided by all rows, whatever the limit is") {
  const TemporaryFolder folder;
  const auto first = [&](const std::string& bytes, Index limit) {
    return read_csv_images(folder.write("f.csv", bytes), {.limit = limit}).images(0, 0, 1, 0);
  };
  for (const Index limit : {0, 1, 2, 3, 4}) {
    CAPTURE(limit);
    CHECK(first("0,1,0,1\n0,0,0,0\n0.5,1,0,1\n", limit) == 1);
    CHECK(first("a,b,c,d\n0,1,0,1\n0,0,0,0\n0,1,0,1e0\n", limit) == 1);
    CHECK(first("0,1,0,1\n0,0,0,0\n5,1,0,1\n", limit) == 1 / 255.0f);
    CHECK(first("label,b,c,d,e\n3,0,1,0,1\n3,0,0,0,0\n3.0,5,1,0,1\n", limit) == 1 / 255.0f);
    CHECK(first("id,b,c,d,e\n3,0,1,0,1\n3,0,0,0,0\n3.5,5,1,0,1\n", limit) == 1 / 255.0f);
  }
  std::string rows;
  for (int i = 0; i < 20000; ++i) rows += "0,1,0,1\n";  // more than is read at once
  CHECK(first(rows + "0,1,0,0.5\n", 1) == 1);
  CHECK(first(rows + "0,1,0,NA\n0,1\n", 1) == 1 / 255.0f);
}

TEST_CASE("colours in a row are pixel after pixel, or planes") {
  const TemporaryFolder folder;
  const std::string path = folder.write("f.csv", "label,a,b,c,d,e,f,g,h,i,j,k,l\n3,0,1,2,3,4,5,6,7,8,9,10,0.5\n");
  for (const bool planes : {false, true})
    for (Index i = 0; i < 11; ++i)
      CHECK(read_csv_images(path, {.planes = planes})
                .images(0, planes ? i % 4 / 2 : i / 6, planes ? i % 2 : i / 3 % 2, planes ? i / 4 : i % 3) ==
            static_cast<float>(i));
  CHECK(read_csv_images(path).images(0, 0, 0, 1) == 1);
  CHECK(read_csv_images(folder.write("g.csv", "0,1,2,3\n"), {.planes = true}).images(0, 1, 0, 0) == 2 / 255.0f);
}

TEST_CASE("a pipe, which cannot be read twice, is an error and no waiting") {
  const TemporaryFolder folder;
  const std::string pipe = (folder.path / "pipe.csv").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const std::string expected = pipe + ": is a pipe or a device, expected a file, which can be read more than once";
  CHECK(file_error(pipe, [&] { read_csv(pipe); }) == expected);
  CHECK(file_error(pipe, [&] { read_csv_images(pipe); }) == expected);
  CHECK(file_error(pipe, [&] { read_npz<2>(pipe, "x"); }) == expected);
}

TEST_CASE("numbers that are none, at the edges") {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes) {
    const std::string path = folder.write("f.csv", bytes);
    return file_error(path, [&] { read_csv(path); }).substr(path.size() + 2);
  };
  CHECK(error("1,2\n3,4x\n") == "row 2: expected a number in column 2, received \"4x\"");
  CHECK(error("1,2\n,4\n") == "row 2: expected a number in column 1, received \"\"");
  CHECK(error(",2\n3,4\n") == "row 1: expected a number in column 1, received \"\"");
  CHECK(error("a\n3.5e38\n") == "row 2: expected a number that a float can hold in column 1, received \"3.5e38\"");
  CHECK(error("a\n-3.5e38\n") == "row 2: expected a number that a float can hold in column 1, received \"-3.5e38\"");
  CHECK(error("1\ninf\n") == "row 2: expected a number in column 1, received \"inf\"");
  CHECK(error("1\n" + std::string(50, 'y') + "\n") ==
        "row 2: expected a number in column 1, received \"" + std::string(40, 'y') + "\"");
  CHECK(error("1,2\n3,\"4\n") == "row 2: has a quotation mark within a field, or one that is not closed");
  CHECK(error("1,2\n3,4\"5\n") == "row 2: has a quotation mark within a field, or one that is not closed");
}

TEST_CASE("fields are separated by commas; in a table without a comma by semicolons or tabs") {
  const TemporaryFolder folder;
  for (const std::string bytes : {"a,b\n1,2\n3,4\n", "a;b\r\n1;2\r\n3;4\r\n", "a\tb\n1\t2\n3\t4\n",
                                  "\xef\xbb\xbf\"a\";\"b\"\n1;\"2\"\n3;4", "1;2\n3;4"}) {
    CAPTURE(bytes);
    const Tensor<2> read = read_csv(folder.write("f.csv", bytes));
    REQUIRE(read.dimensions() == Tensor<2>(2, 2).dimensions());
    for (Index i = 0; i < 4; ++i) CHECK(read.data()[i] == static_cast<float>(i + 1));
  }
  CHECK(CsvTable(folder.write("f.csv", "\"a;b\",c\n1,2\n")).header() == std::vector<std::string>{"a;b", "c"});
  CHECK(CsvTable(folder.write("f.csv", "a\tb;c\n1;2\n")).header() == std::vector<std::string>{"a\tb", "c"});
  const std::string path = folder.write("f.csv", "a;b\n0,5;1\n");
  CHECK(file_error(path, [&] { read_csv(path); }) == path + ": row 2: expected a number in column 1, received \"0,5\"");
}

TEST_CASE("where the label is, and which labels can be") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& bytes) { return read_csv_images(folder.write("f.csv", bytes)); };
  const auto check_one = [&](const std::string& bytes, float scale, const std::vector<int>& labels) {
    CAPTURE(bytes);
    const LabelledImages found = read(bytes);
    REQUIRE(found.images.dimensions() == Tensor<4>(2, 2, 2, 1).dimensions());
    for (Index i = 0; i < 8; ++i) CHECK(found.images.data()[i] == static_cast<float>(i + 1) / scale);
    CHECK(found.labels == labels);
  };
  check_one("1,2,3,4\n5,6,7,8\n", 255, {});
  check_one("a,b,c,d\n1,2,3,4\n5,6,7,8\n", 255, {});
  check_one("9,1,2,3,4\n0,5,6,7,8\n", 255, {9, 0});
  check_one("a,b,c,d,e\n9,1,2,3,4\n0,5,6,7,8\n", 255, {9, 0});
  check_one("LABEL,b,c,d,e\n9,1,2,3,4\n0,5,6,7,8\n", 255, {9, 0});
  check_one("a,b,lAbEl,d,e\n1,2,9,3,4\n5,6,0,7,8\n", 255, {9, 0});
  check_one("a,b,c,d,label\n1,2,3,4,1000000\n5,6,7,8,0\n", 255, {1000000, 0});
  check_one("label,b,c,d,e\n9.0,1,2,3,4\n0.0,5,6,7,8\n", 255, {9, 0});  // pandas writes labels as floats, too
  // Other names, and a last column that is not called like the pixels.
  for (const std::string name : {"Class", "target", "digit", "labels", "label"})
    check_one("a,b,c," + name + ",d\n1,2,3,9,4\n5,6,7,0,8\n", 255, {9, 0});
  check_one("p0,p1,p2,p3,species\n1,2,3,4,9\n5,6,7,8,0\n", 255, {9, 0});
  check_one("1x1,1x2,2x1,2x2,y\n1,2,3,4,9\n5,6,7,8,0\n", 255, {9, 0});
  check_one("0,1,2,3,species\n1,2,3,4,9\n5,6,7,8,0\n", 255, {9, 0});
  check_one("emotion,p1,p2,p3,p4\n9,1,2,3,4\n0,5,6,7,8\n", 255, {9, 0});
  check_one("p0,p1,p2,p3,p4\n9,1,2,3,4\n0,5,6,7,8\n", 255, {9, 0});
  // The numbers of the rows, as pandas writes them.
  for (const std::string name :
       {"", "Unnamed: 0", "id", "Index", "ImageId", "image_id", "row_id", "ROW.INDEX", "idx"}) {
    check_one(name + ",a,b,c,d\n0,1,2,3,4\n1,5,6,7,8\n", 255, {});
    if (!name.empty()) check_one("a,b,c,d," + name + "\n1,2,3,4,0\n5,6,7,8,1\n", 255, {});
    if (!name.empty()) check_one("label,b,c,d,e," + name + "\n9,1,2,3,4,0\n0,5,6,7,8,1\n", 255, {9, 0});
    if (!name.empty()) check_one("p,p,p,p,species," + name + "\n1,2,3,4,9,0\n5,6,7,8,0,1\n", 255, {9, 0});
    check_one(name + ",label,a,b,c,d\n0,9,1,2,3,4\n1,0,5,6,7,8\n", 255, {9, 0});
    check_one(name + ",a,b,c,d,label\n0,1,2,3,4,9\n1,5,6,7,8,0\n", 255, {9, 0});
    check_one(name + ",emotion,a,b,c,d\n0,9,1,2,3,4\n1,0,5,6,7,8\n", 255, {9, 0});
    check_one(name + ",p,p,p,p,species\n0,1,2,3,4,9\n1,5,6,7,8,0\n", 255, {9, 0});
  }
  check_one("1,2,3,4\n5,6,7,8.0\n", 1, {});
  check_one("1.,2,3,4\n5,6,7,8\n", 1, {});
  const auto error = [&](const std::string& bytes) {
    const std::string path = folder.write("f.csv", bytes);
    return file_error(path, [&] { read_csv_images(path); }).substr(path.size() + 2);
  };
  CHECK(error("-1,1\n") == "row 1: expected a label 0, 1 ..., received -1");
  CHECK(error("0,1\n1000001,1\n") == "row 2: expected a label 0, 1 ..., received 1e+06");
  CHECK(error("label,a\n0,1\n-1,1\n") == "row 3: expected a label 0, 1 ..., received -1");
  CHECK(error("label,a\n2.5,1\n") == "row 2: expected a label 0, 1 ..., received 2.5");
  CHECK(error("label,a,b\n0,1,2\n") == "has 3 columns, which are no square image, with or without a label");
  CHECK(error("label\n0\n") == "has 1 columns, which are no square image, with or without a label");
  const LabelledImages one = read("5\n");  // an image of one pixel, and no label
  CHECK(one.images(0, 0, 0, 0) == 5 / 255.0f);
  CHECK(one.labels.empty());
}

TEST_CASE("a table is written line by line, of one column too") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "w.csv").string();
  Tensor<2, double> column(3, 1), wide(2, 3);
  column.setValues({{1}, {2.5}, {-3}});
  wide.setValues({{1, 2, 3}, {4, 5, 0.1}});
  write_csv(path, column, {"x"});
  CHECK(read_file(path) == "\"x\"\n1\n2.5\n-3\n");
  write_csv(path, wide);
  CHECK(read_file(path) == "1,2,3\n4,5,0.1\n");
  write_csv(path, wide, {"a", "", "c"});
  CHECK(read_file(path) == "\"a\",\"\",\"c\"\n1,2,3\n4,5,0.1\n");
  CHECK_THROWS_WITH_AS(write_csv(path, wide, {"a", "b", "c", "d"}), "write_csv: 4 names for 3 columns",
                       std::invalid_argument);
}

#include "datasets/test_files.hpp"
#include "files.hpp"
#include "idx_files.hpp"
#include "latent/datasets/npz.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

std::string error(const std::string& path) {
  return file_error(path, [&] { read_npy<1>(path); });
}

/// What make_files.py wrote: element i, for the elements in NumPy's order.
template <class Scalar>
void check_values(const Tensor<3, Scalar>& tensor, int shift, bool is_bool = false) {
  REQUIRE(tensor.size() == 24);
  CHECK(tensor.dimension(0) == 2);
  CHECK(tensor.dimension(2) == 4);
  for (int i = 0; i < 24; ++i) {
    const int value = 7 * i % 100;
    CHECK(tensor.data()[i] == static_cast<Scalar>(is_bool ? value % 2 : value - shift));
  }
}

}  // namespace

TEST_CASE("arrays of every type, order and version are read as NumPy reads them") {
  for (const std::string name : {"u1", "little_u2", "little_u4", "little_u8", "big_u2", "big_u4", "big_u8"}) {
    CAPTURE(name);
    check_values(read_npy<3>(test_file(name + ".npy")), 0);
  }
  for (const std::string name : {"i1", "little_i2", "little_i4", "little_i8", "big_i2", "big_i4", "big_i8", "little_f2",
                                 "little_f4", "little_f8", "big_f2", "big_f4", "big_f8"}) {
    CAPTURE(name);
    check_values(read_npy<3>(test_file(name + ".npy")), 50);
    check_values(read_npy<3, double>(test_file(name + ".npy")), 50);
  }
  check_values(read_npy<3>(test_file("bool.npy")), 0, true);
  for (const std::string name : {"fortran", "version_1", "version_2", "version_3"})
    check_values(read_npy<3>(test_file(name + ".npy")), 0);
  CHECK(read_npy<0>(test_file("scalar.npy"))() == 5);
  CHECK(read_npy<1>(test_file("row.npy"))(4) == 4);
  CHECK(read_npy<2>(test_file("empty.npy")).dimension(1) == 3);
  const TemporaryFolder folder;
  check_values(read_npy<3>(folder.write("u1.npy.gz", gzip(read_file(test_file("u1.npy"))))), 0);
}

TEST_CASE("what is not read is an error that says what it is") {
  CHECK(has(error(test_file("objects.npy")), "holds Python objects (pickled) of the type '|O'"));
  CHECK(has(error(test_file("text.npy")), "holds text of the type '<U2'"));
  CHECK(has(error(test_file("complex.npy")), "holds complex numbers of the type '<c16'"));
  CHECK(has(error(test_file("dates.npy")), "holds elements of the type '<M8[D]'"));
  CHECK(has(error(test_file("records.npy")), "holds records of several fields"));
  CHECK(has(error(test_file("large.npy")), "holds the whole number 16777217, which is too large for a float"));
  CHECK(read_npy<1, double>(test_file("large.npy"))(0) == 16777217);
  CHECK(has(error(test_file("huge.npy")), "too large for a float"));
  CHECK(read_npy<1, double>(test_file("huge.npy"))(0) == 1e300);
  CHECK(has(error(test_file("u1.npy")), "expected 1 dimensions, received 3: (2, 3, 4)"));
  CHECK(has(error(test_file("mnist.npz")), "is no npy file"));
}

TEST_CASE("damaged files are errors, and a header that lies takes no memory") {
  for (const std::string name : {"u1", "version_2", "fortran"})
    check_every_truncation(read_file(test_file(name + ".npy")), [](const std::string& path) { read_npy<3>(path); });
  const TemporaryFolder folder;
  const std::string good = read_file(test_file("row.npy"));
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    return error(folder.write("f", bytes.replace(bytes.find(from), from.size(), to)));
  };
  CHECK(has(error(folder.write("f", good + "x")), "goes on after its 5 elements, (5,)"));
  CHECK(has(changed("NUMPY\1", "NUMPY\4"), "expected version 1 to 3 of the npy format, received 4"));
  CHECK(has(changed("(5,), }      ", "(99999999,), "), "expected"));
  CHECK(has(changed("(5,), }                  ", "(4000000000000000,), }   "), "more bytes than the file can hold"));
  CHECK(has(changed("(5,), }                                  ", "(5000000000,5000000000,5000000000), }    "),
            "more bytes than the file can hold"));
  CHECK(has(changed("(5,)", "(6,)"), "is cut short: expected 6 elements of 4 bytes, (6,)"));
  CHECK(has(changed("(5,), }                                  ", "(0,5000000000,5000000000), }             "),
            "more bytes than the file can hold"));
  CHECK(has(changed("(5,)", "(-,)"), "expected sizes of at least 0"));
  CHECK(has(changed("'shape'", "'sharp'"), "received 'sharp'"));
  CHECK(has(changed("'shape': (5,)", "'descr': '<i4'"), "expected one 'descr'"));
  CHECK(has(changed("False", "Faux!"), "expected False"));
}

TEST_CASE("arrays of an npz are found by name") {
  CHECK(npz_text(npz_entries(test_file("named.npz"))) == "z (2, 2), größe (1,), a/b (2, 2)");
  CHECK(read_npz<2>(test_file("named.npz"), "z")(1, 0) == 3);
  CHECK(read_npz<1>(test_file("named.npz"), "größe")(0) == 7);
  CHECK(read_npz<2, double>(test_file("named.npz"), "a/b")(1, 1) == 1);
  const std::string path = test_file("named.npz");
  CHECK(has(file_error(path, [&] { read_npz<2>(path, "q"); }), "has no array q, but z (2, 2), größe (1,), a/b (2, 2)"));
  CHECK(has(file_error(path, [&] { read_npz<1>(path, "z"); }), "z.npy: expected 1 dimensions, received 2"));
}

TEST_CASE("what is written comes back, and NumPy reads it") {
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  Tensor<2> codes(3, 2);
  codes.setValues({{1.5f, -2}, {3e-40f, 4}, {0.1f, 6}});
  Tensor<1, double> row(1);
  row(0) = 0.1;
  const std::vector<int> labels{3, 1, 2};
  write_npy(path("codes.npy"), codes);
  write_npy(path("row.npy"), row);
  write_npz(path("all.npz"), {{"codes", codes}, {"größe", row}, {"labels", labels}});
  const Tensor<2> back = read_npy<2>(path("codes.npy")), zipped = read_npz<2>(path("all.npz"), "codes");
  for (Index i = 0; i < 6; ++i) {
    CHECK(back.data()[i] == codes.data()[i]);
    CHECK(zipped.data()[i] == codes.data()[i]);
  }
  CHECK(read_npz<1, double>(path("all.npz"), "größe")(0) == 0.1);
  CHECK(read_npz<1>(path("all.npz"), "labels")(2) == 2);
  const std::string bytes = read_file(path("all.npz"));
  write_npz(path("again.npz"), {{"codes", codes}, {"größe", row}, {"labels", labels}});
  CHECK(read_file(path("again.npz")) == bytes);
  CHECK_THROWS_WITH_AS(write_npz(path("twice.npz"), {{"a", codes}, {"a", row}}), "write_npz: the name a comes twice",
                       std::invalid_argument);
  // As make_files.py found NumPy to write it, byte by byte.
  Tensor<3> values(2, 3, 4);
  for (int i = 0; i < 24; ++i) values.data()[i] = static_cast<float>(7 * i % 100 - 50);
  write_npy(path("little_f4.npy"), values);
  CHECK(read_file(path("little_f4.npy")) == read_file(test_file("little_f4.npy")));
  write_npy(path("labels.npy"), std::vector<int>{0, 1, 2, 3, 4});
  CHECK(read_file(path("labels.npy")) == read_file(test_file("row.npy")));
}

#include <cstring>

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

TEST_CASE("the words at the head of an npy file, right and wrong") {
  using Kind = ElementType::Kind;
  // What is read of the words where the file can hold so many bytes: "real 4, C, (2, 3), 6", or what is wrong.
  const auto parsed = [](std::string_view words, std::size_t largest = 1 << 20) -> std::string {
    const auto nothing = [](unsigned char*, std::size_t) { return std::size_t{0}; };
    try {
      const NpySource source{"f", "m: ", largest, nothing};
      const NpyHeader h = NpyHeaderParser(source, words).parse();
      const char* kind = h.type.kind == Kind::natural   ? "natural "
                         : h.type.kind == Kind::integer ? "integer "
                         : h.type.kind == Kind::real    ? "real "
                                                        : "boolean ";
      return text(h.type.is_big_endian ? "big " : "", kind, h.type.size, h.is_fortran ? ", F, " : ", C, ",
                  shape_text(h.shape), ", ", h.count);
    } catch (const FileError& error) {
      return error.what();
    }
  };
  const auto with_shape = [](const std::string& shape) {
    return "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }  \n";
  };
  CHECK(parsed(with_shape("(2, 3)")) == "real 4, C, (2, 3), 6");
  CHECK(parsed(" {\"shape\":(2,3),\n \"fortran_order\":True , \"descr\" : \">f8\"}") == "big real 8, F, (2, 3), 6");
  CHECK(parsed(with_shape("()")) == "real 4, C, (), 1");
  CHECK(parsed(with_shape("(5)")) == "real 4, C, (5,), 5");
  CHECK(parsed(with_shape("(2L, 3L)")) == "real 4, C, (2, 3), 6");
  CHECK(parsed(with_shape("(0, 3)")) == "real 4, C, (0, 3), 0");
  CHECK(parsed(with_shape("(3, 0)")) == "real 4, C, (3, 0), 0");
  // A number ends where the words do, whatever lies behind them.
  const std::string whole = with_shape("(12345,)");
  CHECK(parsed(std::string_view(whole).substr(0, whole.find("345"))) ==
        "f: m: expected ) in the npy header, received ");
  // As many elements as the file can hold; of none, sizes whose product is 2^40.
  const std::string too_many = "needs more bytes than the file can hold";
  CHECK(parsed(with_shape("(6,)"), 24) == "real 4, C, (6,), 6");
  CHECK(parsed(with_shape("(2, 3)"), 27) == "real 4, C, (2, 3), 6");
  CHECK(parsed(with_shape("(7,)"), 27) == "f: m: its shape (7,) " + too_many);
  CHECK(parsed(with_shape("(2, 4)"), 24) == "f: m: its shape (2, 4) " + too_many);
  CHECK(parsed(with_shape("(1099511627776, 0)")) == "real 4, C, (1099511627776, 0), 0");
  CHECK(parsed(with_shape("(1099511627777, 0)")) == "f: m: its shape (1099511627777, 0) " + too_many);
  CHECK(parsed(with_shape("(0, 1048576, 1048576)")) == "real 4, C, (0, 1048576, 1048576), 0");
  CHECK(parsed(with_shape("(0, 1048576, 1048577)")) == "f: m: its shape (0, 1048576, 1048577) " + too_many);
  for (const std::string shape : {"(-1,)", "(x,)", "(,)", "(99999999999999999999,)"})
    CHECK(parsed(with_shape(shape)) == "f: m: expected sizes of at least 0 in the shape of the npy header");
  const auto ones = [](int count) {
    std::string shape = "(";
    for (int i = 0; i < count; ++i) shape += "1,";
    return shape + ")";
  };
  CHECK(has(parsed(with_shape(ones(32))), ", 1, 1), 1"));
  CHECK(parsed(with_shape(ones(33))) == "f: m: has more than 32 dimensions");

  const std::string one_of_each = "f: m: expected one 'descr', one 'fortran_order' and one 'shape' in the npy header";
  CHECK(parsed("{'fortran_order': False, 'shape': (2,)}") == one_of_each);
  CHECK(parsed("{'descr': '<f4', 'shape': (2,)}") == one_of_each);
  CHECK(parsed("{'descr': '<f4', 'fortran_order': False}") == one_of_each);
  CHECK(parsed("{}") == one_of_each);
  CHECK(parsed(with_shape("(2,)") + "x") == one_of_each);
  CHECK(parsed("{'name': 1}") ==
        "f: m: expected 'descr', 'fortran_order' and 'shape' in the npy header, received 'name'");
  CHECK(parsed("(abcdefghijklmnopqrstuvwxyz") == "f: m: expected { in the npy header, received (abcdefghijklmnopqrs");
  CHECK(parsed("{'descr' '<f4'}") == "f: m: expected : in the npy header, received '<f4'}");
  CHECK(parsed("{'descr': '<f4' 'shape'") == "f: m: expected } in the npy header, received 'shape'");
  CHECK(parsed("{'fortran_order': 0}") == "f: m: expected False in the npy header, received 0}");
  CHECK(parsed("{'shape': 5}") == "f: m: expected ( in the npy header, received 5}");
  CHECK(parsed("{'shape': (5 6)}") == "f: m: expected ) in the npy header, received 6)}");
  CHECK(parsed("{'desc") == "f: m: has a name without its end in the npy header");
  CHECK(parsed("{\"descr'") == "f: m: has a name without its end in the npy header");
  CHECK(parsed("{descr") == "f: m: expected \" in the npy header, received descr");

  // Every order of bytes, kind and size.
  const auto with_type = [](const std::string& type) {
    return "{'descr': '" + type + "', 'fortran_order': False, 'shape': (2,), }";
  };
  for (const std::string order : {"<", ">", "|", "=", "!"})
    for (const std::string kind : {"b", "u", "i", "f", "x"})
      for (int size = 0; size <= 9; ++size) {
        const std::string type = order + kind + std::to_string(size), found = parsed(with_type(type));
        CAPTURE(type);
        const bool is_byte_count = size == 1 || size == 2 || size == 4 || size == 8;
        const bool is_read = order != "!" && (kind == "b"   ? size == 1
                                              : kind == "f" ? is_byte_count && size > 1
                                                            : kind != "x" && is_byte_count);
        if (is_read)
          CHECK(found == text(order == ">" && kind != "b" ? "big " : "",
                              kind == "b"   ? "boolean "
                              : kind == "u" ? "natural "
                              : kind == "i" ? "integer "
                                            : "real ",
                              size, ", C, (2,), 2"));
        else
          CHECK(found == "f: m: holds elements of the type '" + type + "', expected whole numbers, floats or bool");
      }
  const auto other = [&](const std::string& type) { return parsed(with_type(type)); };
  const std::string expected = ", expected whole numbers, floats or bool";
  CHECK(other("") == "f: m: holds elements of the type ''" + expected);
  CHECK(other("O") == "f: m: holds elements of the type 'O'" + expected);
  CHECK(other("|O") == "f: m: holds Python objects (pickled) of the type '|O'" + expected);
  CHECK(other("|S5") == "f: m: holds text of the type '|S5'" + expected);
  CHECK(other("<U5") == "f: m: holds text of the type '<U5'" + expected);
  CHECK(other("<c8") == "f: m: holds complex numbers of the type '<c8'" + expected);
  CHECK(other("<f44") == "f: m: holds elements of the type '<f44'" + expected);
  CHECK(parsed("{'descr': [('a', '<f4')]}") == "f: m: holds records of several fields, which are not read");
}

TEST_CASE("the beginning of an npy file: signature, version and length of the header") {
  const TemporaryFolder folder;
  const std::string words = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}";
  const auto file = [&](const std::string& number, const std::string& length, std::size_t size) {
    return folder.write("f", "\x93NUMPY" + number + length + words + std::string(size - words.size(), ' ') + "\5\7");
  };
  const auto two = [](std::size_t n) { return std::string{static_cast<char>(n % 256), static_cast<char>(n / 256)}; };
  const auto four = [&](std::size_t n) { return two(n % 65536) + two(n / 65536); };
  CHECK(read_npy<1>(file({'\1', '\0'}, two(300), 300))(1) == 7);
  CHECK(read_npy<1>(file({'\2', '\0'}, four(300), 300))(1) == 7);
  CHECK(read_npy<1>(file({'\3', '\0'}, four(65536), 65536))(0) == 5);
  CHECK(has(error(file({'\3', '\0'}, four(65537), 65537)), ": has an npy header of 65537 bytes"));
  CHECK(has(error(file({'\0', '\0'}, two(300), 300)), ": expected version 1 to 3 of the npy format, received 0"));
  CHECK(has(error(file({'\4', '\0'}, four(300), 300)), ": expected version 1 to 3 of the npy format, received 4"));
  CHECK(has(error(folder.write("f", "\x93NUMPX\1" + std::string(200, ' '))), ": is no npy file"));
  CHECK(has(error(folder.write("f", "\x93NUMPY\1")), ": ends within the npy header"));
  CHECK(has(error(folder.write("f", read_file(file({'\1', '\0'}, two(300), 300)).substr(0, 311))),
            ": is cut short: expected 2 elements of 1 byte, (2,)"));
}

TEST_CASE("arrays longer than what is read at once, in both orders") {
  const TemporaryFolder folder;
  // 3 x 5000 x 2 numbers of 8 bytes, of which 8192 come at once; the element (i, j, k) is 10000 i + 2 j + k.
  Tensor<3, double> numbers(3, 5000, 2);
  std::string by_columns(240000, '\0');
  for (Index i = 0; i < numbers.size(); ++i) {
    numbers.data()[i] = static_cast<double>(i);
    const Index place = i / 10000 + 3 * (i / 2 % 5000) + 15000 * (i % 2);
    std::memcpy(&by_columns[static_cast<std::size_t>(8 * place)], &numbers.data()[i], 8);
  }
  const std::string path = (folder.path / "c.npy").string();
  write_npy(path, numbers);
  std::string bytes = read_file(path);
  const std::size_t order = bytes.find("False");
  bytes = bytes.substr(0, order) + "True " + bytes.substr(order + 5, 128 - order - 5) + by_columns;
  for (const std::string& from : {path, folder.write("f.npy", bytes)}) {
    const auto back = read_npy<3, double>(from);
    REQUIRE(back.dimensions() == numbers.dimensions());
    CHECK(std::equal(numbers.data(), numbers.data() + numbers.size(), back.data()));
  }
  CHECK(has(error(folder.write("cut.npy", bytes.substr(0, bytes.size() - 1))), "expected 1 dimensions, received 3"));
  const std::string cut = folder.write("cut.npy", bytes.substr(0, bytes.size() - 1));
  CHECK(has(file_error(cut, [&] { read_npy<3>(cut); }),
            ": is cut short: expected 30000 elements of 8 bytes, (3, 5000, 2)"));
}

TEST_CASE("the head of a written npy file is NumPy's for every rank, and ends at a multiple of 64") {
  const auto words = [](const std::vector<Index>& shape) {
    const std::string bytes = npy_bytes("f4", shape, "abcd", 4);
    const std::size_t size = static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
    CHECK(bytes.substr(0, 8) == std::string("\x93NUMPY\1\0", 8));
    CHECK((10 + size) % 64 == 0);
    CHECK(bytes.size() == 10 + size + 4);
    CHECK(bytes.substr(10 + size) == "abcd");
    CHECK(bytes[9 + size] == '\n');
    const std::size_t end = bytes.find_last_not_of(' ', 8 + size);
    CHECK(size - end + 9 <= 64);  // no more blanks than are needed
    return bytes.substr(10, end - 9);
  };
  const std::string begin = "{'descr': '<f4', 'fortran_order': False, 'shape': ";
  CHECK(words({}) == begin + "(), }");
  CHECK(words({5}) == begin + "(5,), }");
  CHECK(words({5, 6}) == begin + "(5, 6), }");
  std::string many = "(1";
  for (int rank = 2; rank < 200; ++rank) {
    many += ", 1";
    CHECK(words(std::vector<Index>(static_cast<std::size_t>(rank), 1)) == begin + many + "), }");
  }
}

#include <sys/stat.h>

#include "datasets/idx_files.hpp"
#include "datasets/png_files.hpp"
#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/datasets/open.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

std::string error(const std::string& path, const ImageOptions& options = {}) {
  return file_error(path, [&] { datasets::open(path, options); });
}

}  // namespace

TEST_CASE("it is said what a file is") {
  const auto description = [](const std::string& name) { return datasets::open(test_file(name)).description; };
  const auto from = [](const std::string& what, const std::string& name) { return what + " from " + test_file(name); };
  CHECK(description("mnist.npz") == from("npz: 3 + 2 images of 28 x 28 x 1 in 10 classes", "mnist.npz"));
  CHECK(description("u1.npy") == from("NumPy array: 2 images of 3 x 4 x 1 without labels", "u1.npy"));
  CHECK(description("idx_u1") == from("idx: 2 images of 3 x 4 x 1 without labels", "idx_u1"));
  CHECK(description("digit_recognizer.csv.gz") ==
        from("CSV: 5 images of 28 x 28 x 1 in 10 classes", "digit_recognizer.csv.gz"));
  CHECK(description("by_zip.zip") ==
        from("images: 5 + 3 images of 2 x 3 x 1 in 4 classes", "by_zip.zip") + " (not read: 1 file, train/notes.txt)");
  CHECK(description("cifar-10-binary.tar.gz") ==
        from("CIFAR-10: 10 + 2 images of 32 x 32 x 3 in 10 classes", "cifar-10-binary.tar.gz"));
  CHECK(datasets::open(LATENT_SOURCE_DIR "/data/mnist_sample").description ==
        "idx: 4,000 + 1,000 images of 28 x 28 x 1 in 10 classes from " LATENT_SOURCE_DIR "/data/mnist_sample");
}

TEST_CASE("options are the same for all") {
  for (const std::string name :
       {"mnist.npz", "digit_recognizer.csv.gz", "by_7z.7z", "cifar-10-binary.tar.gz", "idx_u1", "u1.npy"}) {
    CAPTURE(name);
    const Opened data = datasets::open(test_file(name), {.channels = 3, .size = {6, 8}, .limit = 2});
    CHECK(data.train.images.dimensions() == Tensor<4>(2, 6, 8, 3).dimensions());
    CHECK((data.train.labels.empty() || data.train.labels.size() == 2));
    const Opened gray = datasets::open(test_file(name), {.channels = 1, .size = {4, 4}});
    CHECK(gray.train.images.dimension(3) == 1);
  }
  const std::vector<std::string> names{"0", "1", "2", "3", "4", "5", "6", "7", "8", "nine"};
  CHECK(datasets::open(test_file("mnist.npz"), {.classes = names}).classes == names);
  CHECK(has(error(test_file("mnist.npz"), {.classes = {"a", "b"}}),
            "has the label 9, expected those of the 2 classes that have names"));
  CHECK(datasets::open(test_file("by_zip.zip")).classes ==
        std::vector<std::string>{"Größe", "cat", "deep_folder", "क"});
  CHECK(datasets::open(test_file("cifar-10-binary.tar.gz")).classes[9] == "truck");
}

TEST_CASE("CIFAR-10's planes become pixels") {
  const auto [train, test] = load_cifar10(test_file("cifar-10-binary.tar.gz"));
  CHECK(train.labels == std::vector<int>{6, 9, 6, 9, 6, 9, 6, 9, 6, 9});
  CHECK(test.labels == std::vector<int>{6, 9});
  for (const Tensor<4>& images : {slice(train.images, 8, 2), test.images}) {
    CHECK(images(0, 3, 5, 0) == 40 / 255.0f);
    CHECK(images(0, 3, 5, 1) == 24 / 255.0f);
    CHECK(images(0, 3, 5, 2) == 32 / 255.0f);
    CHECK(images(1, 31, 30, 1) == 15 / 255.0f);
  }
  CHECK(load_cifar10(test_file("cifar-10-binary.tar.gz"), {.limit = 3}).train.labels == std::vector<int>{6, 9, 6});
  const TemporaryFolder folder;
  for (const auto& [name, bytes] : read_archive(test_file("cifar-10-binary.tar.gz")))
    folder.write(std::filesystem::path(name).filename().string(), bytes);
  const std::string path = folder.path.string(), batch = (folder.path / "data_batch_2.bin").string();
  CHECK(difference(datasets::open(path).train.images, train.images) == 0);
  CHECK(datasets::open(batch).train.labels == std::vector<int>{6, 9});
  std::string bytes = read_file(batch);
  bytes[3073] = 10;
  folder.write("data_batch_2.bin", bytes);
  CHECK(has(error(batch), "expected labels 0 to 9, received 10 at offset 3073"));
  folder.write("data_batch_2.bin", bytes.substr(0, 6000));
  CHECK(has(error(batch), "expected a multiple of 3073 bytes, received 6000"));
  std::filesystem::remove(batch);
  CHECK(has(file_error(batch, [&] { datasets::open(path); }), "No such file"));
}

TEST_CASE("idx files that belong together, and EMNIST's that lie on their side") {
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  folder.write("emnist-letters-train-images-idx3-ubyte.gz", gzip(idx_images(3, 4, 4)));
  folder.write("emnist-letters-train-labels-idx1-ubyte.gz", gzip(idx_labels(3)));
  folder.write("emnist-letters-test-images-idx3-ubyte.gz", gzip(idx_images(2, 4, 4)));
  folder.write("emnist-letters-test-labels-idx1-ubyte.gz", gzip(idx_labels(2)));
  const Opened lying = datasets::open(folder.path.string());
  CHECK(lying.description == text("emnist-letters: 3 + 2 images of 4 x 4 x 1 in 3 classes from ", folder.path.string(),
                                  " (on their side, as EMNIST keeps them: ImageOptions{.turn = true} turns them)"));
  const Opened upright = datasets::open(folder.path.string(), {.turn = true});
  CHECK(upright.train.images(2, 1, 3, 0) == lying.train.images(2, 3, 1, 0));
  CHECK(upright.test.labels == std::vector<int>{0, 1});
  CHECK(has(upright.description, "on their side") == false);

  folder.write("emnist-digits-train-images-idx3-ubyte", idx_images(3, 4, 4));
  CHECK(has(error(folder.path.string()), "holds several data sets: name one, by its file emnist-digits-train-images-"));
  CHECK(datasets::open(path("emnist-letters-train-images-idx3-ubyte.gz")).test.labels.size() == 2);
  CHECK(has(error(path("emnist-letters-train-labels-idx1-ubyte.gz")), "is an idx file of labels"));
  folder.write("emnist-digits-train-labels-idx1-ubyte", idx_labels(4));
  CHECK(has(file_error(path("emnist-digits-train-labels-idx1-ubyte"),
                       [&] { datasets::open(path("emnist-digits-train-images-idx3-ubyte")); }),
            "expected 3 labels, as many as the images in"));
  const TemporaryFolder twice;  // packed and unpacked
  for (const std::string name : {"a-train-images-idx3-ubyte", "a-train-images-idx3-ubyte.gz"})
    twice.write(name, idx_images(3, 4, 4));
  twice.write("a-train-labels-idx1-ubyte", idx_labels(3));
  CHECK(datasets::open(twice.path.string()).train.labels.size() == 3);
}

TEST_CASE("anything else is an error that says what was found") {
  const TemporaryFolder folder;
  CHECK(has(error((folder.path / "none").string()), "is not there"));
  CHECK(has(error(folder.path.string()), "holds no data set that is known: found nothing"));
  folder.write("notes.txt", "x");
  CHECK(has(error(folder.path.string()), "found notes.txt"));
  folder.write("b.doc", "x");
  CHECK(has(error(folder.path.string()), "found 2 files, the first b.doc"));
  CHECK(
      has(error((folder.path / "b.doc").string()), "is neither idx, .npy, .npz, .csv, CIFAR-10's .bin nor an archive"));
  CHECK(has(error(folder.write("empty.csv", "")), "has no rows of numbers"));
  CHECK(has(error(test_file("rgb_8.png")), "is one image"));
  CHECK(has(error(test_file("gray.jpg")), "is one image"));
  CHECK(has(error(test_file("text.npy")), "holds text"));
  const std::string archive = (folder.path / "t.tar").string();
  REQUIRE(std::system(("tar -cf " + archive + " -C " + folder.path.string() + " notes.txt").c_str()) == 0);
  CHECK(
      has(error(folder.path.string()), "found 4 files, the first b.doc; open a file by its name, such as " + archive));
  folder.write("zebra.npz", std::string(20000, 'x'));
  CHECK(has(error(folder.path.string()), ", such as " + (folder.path / "zebra.npz").string()));
  CHECK(has(error(folder.write("submission.csv", "ImageId,Label\n1,0\n")), "has one number in a row beside the label"));
  CHECK(has(error(archive), "found notes.txt; what is no image and not CIFAR-10 has to be unpacked first"));
}

TEST_CASE("arrays that are not read are said, as in MedMNIST, which has images for validation, too") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "medmnist.npz").string();
  Tensor<3> images(2, 4, 4);
  images.setZero();
  Tensor<2> labels(2, 1);
  labels.setValues({{1}, {0}});
  write_npz(path, {{"train_images", images},
                   {"train_labels", labels},
                   {"val_images", images},
                   {"val_labels", labels},
                   {"test_images", images},
                   {"test_labels", labels}});
  const Opened data = datasets::open(path);
  CHECK(data.description ==
        "npz: 2 + 2 images of 4 x 4 x 1 in 2 classes from " + path + " (not read: 2 arrays, the first val_images)");
  CHECK(data.test.labels == std::vector<int>{1, 0});
  write_npz(path, {{"images", images}, {"notes", labels}});
  CHECK(datasets::open(path).description ==
        "npz: 2 images of 4 x 4 x 1 without labels from " + path + " (not read: 1 array, notes)");
}

TEST_CASE("arrays that are no numbers do not matter unless they are asked for") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "f.npz").string();
  Tensor<3> images(2, 4, 4);
  images.setZero();
  const std::vector<int> labels{1, 0};
  const auto no_numbers = [&](const std::string& name, const std::string& type) {
    NamedArray array(name, labels);
    array.npy.replace(array.npy.find("'<i4'"), 5, "'" + type + "'");
    return array;
  };
  write_npz(path, {{"images", images}, {"labels", labels}, no_numbers("class_names", "<U1"), no_numbers("meta", "|O")});
  const Opened data = datasets::open(path);
  CHECK(data.description ==
        "npz: 2 images of 4 x 4 x 1 in 2 classes from " + path + " (not read: 2 arrays, the first class_names)");
  CHECK(data.train.labels == labels);
  CHECK(has(file_error(path, [&] { read_npz<1>(path, "other"); }),
            "has no array other, but images (2, 4, 4), labels (2,), class_names (no numbers), meta (no numbers)"));
  CHECK(has(file_error(path, [&] { read_npz<1>(path, "meta"); }), "meta.npy: holds Python objects"));
  write_npz(path, {{"images", images}, no_numbers("labels", "<U1")});
  CHECK(has(error(path), "labels.npy: holds text of the type '<U1'"));
  write_npz(path, {no_numbers("names", "<c4")});
  CHECK(has(error(path), "names.npy: holds complex numbers"));
  write_npz(path, {no_numbers("a", "<U1"), no_numbers("b", "<U1")});
  CHECK(has(error(path), "received a (no numbers), b (no numbers)"));
}

TEST_CASE(
    "a zip is one of images, whatever lies beside them, unless it is called .npz; other idx files, other capitals") {
  const TemporaryFolder folder;
  const auto run = [&](const std::string& command) {
    return std::system(("cd '" + folder.path.string() + "' && " + command).c_str());
  };
  folder.write("cat/0.png", png(3)), folder.write("dog/0.png", png(4));
  write_npy((folder.path / "labels.npy").string(), std::vector<int>{0, 1});
  REQUIRE(run("python3 -c \"import zipfile; z = zipfile.ZipFile('a.zip', 'w'); "
              "[z.write(n) for n in ('labels.npy', 'cat/0.png', 'dog/0.png')]\" && cp a.zip b.npz") == 0);
  CHECK(
      has(datasets::open((folder.path / "a.zip").string()).description, "images: 2 images of 2 x 3 x 1 in 2 classes"));
  CHECK(has(error((folder.path / "b.npz").string()), "received the shape (2,)"));
  // Half a download is called so, and no other kind of file.
  for (const std::string name : {"by_zip.zip", "by_7z.7z", "by_gnu.tar.gz"}) {
    CAPTURE(name);
    const std::string whole = read_file(test_file(name)),
                      problem = error(folder.write(name, whole.substr(0, whole.size() / 2)));
    CHECK(has(problem, ": is"));
    CHECK(has(problem, " cut short"));
    CHECK(!has(problem, "is neither"));
  }
  CHECK(has(error(folder.write("idx4", std::string("\0\0\x08\4", 4) + std::string(20, '\0'))),
            "is an idx file of 4 dimensions, expected the 3 of images: read_idx<4> reads it"));
  folder.write("F.CSV.GZ", gzip("1,2,3,4\n"));
  CHECK(has(datasets::open((folder.path / "F.CSV.GZ").string()).description, "CSV: 1 images of 2 x 2 x 1"));
}

TEST_CASE("of rows of colours is said in which order they were taken, unless the options say it") {
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  const auto note = [&](const std::string& name, const ImageOptions& options = {}) {
    const std::string words = datasets::open(path(name), options).description;
    return words.substr(words.find(path(name)) + path(name).size());
  };
  const std::string
      planes =
          " (rows of all red, then green, then blue, as CIFAR keeps them: ImageOptions{.planes = false} "
          "takes them pixel by pixel)",
      pixels =
          " (rows of colours pixel by pixel: ImageOptions{.planes = true} takes all red, then green, then "
          "blue, as CIFAR keeps them)";
  const std::vector<int> labels{3};
  const Tensor<2> rows = Tensor<2>(1, 12).setZero(), gray = Tensor<2>(1, 4).setZero();
  write_npz(path("a.npz"), {{"data", rows}, {"labels", labels}});
  write_npz(path("b.npz"), {{"x", rows}, {"y", labels}, {"z", labels}});
  write_npz(path("c.npz"), {{"data", gray}, {"labels", labels}});
  write_npy(path("d.npy"), rows), write_npy(path("e.npy"), gray);
  folder.write("f.csv", "label,1,2,3,4,5,6,7,8,9,10,11,12\n1,2,3,4,5,6,7,8,9,10,11,12,13\n");
  CHECK(note("a.npz") == planes);
  CHECK(note("a.npz", {.channels = 1}) == planes);
  CHECK(note("b.npz") == pixels + " (not read: 1 array, z)");
  CHECK(note("d.npy") == pixels);
  CHECK(note("f.csv") == pixels);
  for (const std::string name : {"c.npz", "e.npy"}) CHECK(note(name) == "");
  for (const bool wanted : {false, true})
    for (const std::string name : {"a.npz", "d.npy", "f.csv"}) CHECK(note(name, {.planes = wanted}) == "");
}

TEST_CASE("files of other kinds are called by their names, packed or not") {
  const TemporaryFolder folder;
  const auto says = [&](const std::string& bytes) {
    const std::string path = folder.write("x", bytes + std::string(20, '\0'));
    return error(path).substr(path.size() + 2);
  };
  for (const std::string page : {"<!DOCTYPE html>", "<!doctype HTML>", "<html>", "<HTML lang=de>"})
    CHECK(says(page) == "is a web page and no data: the download may have failed");
  for (const std::string& image :
       {std::string("GIF89a"), std::string("RIFF"), std::string("II*\0", 4), std::string("MM\0*", 4)})
    CHECK(says(image) == "is an image of a kind that is not read: make it PNG, JPEG or BMP");
  for (const std::string protocol : {"\2", "\3", "\4", "\5"})
    CHECK(says("\x80" + protocol) == "is a Python pickle: numpy.savez makes an .npz file of its arrays");
  CHECK(says("\x89HDF\r\n") == "is an HDF5 file: numpy.savez makes an .npz file of its arrays");
  CHECK(says("MATLAB 5.0") == "is a MATLAB file: scipy.io.loadmat and numpy.savez make an .npz file of its arrays");
  CHECK(says("PAR1") == "is a Parquet file: pandas makes a .csv file of its numbers");
  CHECK(says("PAR2").starts_with("is neither idx, "));
}

TEST_CASE("what lies beside the classes of both parts is said") {
  const TemporaryFolder folder;
  const std::string png = read_file(test_file("gray_8.png"));
  for (const std::string name : {"train/a/1.png", "train/b/1.png", "test/a/1.png", "test/0.png", "montage.png"})
    folder.write(name, png);
  const Opened data = datasets::open(folder.path.string());
  CHECK(data.description == text("images: 2 + 1 images of 9 x 11 x 1 in 2 classes from ", folder.path.string(),
                                 " (not read: 2 files, the first 0.png)"));
}

TEST_CASE("damaged files of every kind are errors that name them, or other data, and nothing else") {
  const TemporaryFolder folder;
  std::uint32_t state = 1;
  const auto random = [&](std::size_t below) { return (state = state * 1664525 + 1013904223) / 65536 % below; };
  int errors = 0, read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test_file(""))) {
    const std::string name = entry.path().filename().string(), good = read_file(entry.path().string());
    if (name == "expected.txt") continue;
    CAPTURE(name);
    for (int round = 0; round < 40; ++round) {
      CAPTURE(round);
      std::string bad = good;
      for (std::size_t i = 0; i <= random(4); ++i) bad[random(bad.size())] = static_cast<char>(random(256));
      if (random(4) == 0) bad.resize(random(bad.size()));
      if (random(4) == 0) bad.insert(random(bad.size() + 1), std::string(random(9), static_cast<char>(random(256))));
      const std::string path = folder.write(text(round, "_", name), bad);
      try {
        is_image_name(name) ? (void)read_image(path) : (void)datasets::open(path);
        ++read;
      } catch (const FileError& problem) {
        CHECK(std::string(problem.what()).starts_with(path));
        ++errors;
      }
    }
  }
  CHECK(errors > 1000);
  CHECK(read > 200);
}

TEST_CASE("what a file is, is told by its beginning, then by its name") {
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  const auto problem = [&](const std::string& name, const std::string& bytes) {
    folder.write(name, bytes);
    return error(path(name)).substr(path(name).size() + 2);
  };
  const std::string image = "is one image: read_image reads it, and open a folder of images",
                    neither = "is neither idx, ";
  CHECK(problem("a", "\x89PNG") == image);
  CHECK(problem("a", "\xff\xd8\xff") == image);
  CHECK(problem("a.bmp", "BM") == image);
  CHECK(problem("a.BMP", "BM") == image);
  CHECK(problem("a.txt", "BM").starts_with(neither));
  CHECK(problem("a", "\xff\xd8").starts_with(neither));
  CHECK(problem("a", "\x93NUMPY") == "ends within the npy header");
  CHECK(problem("train-images", std::string("\0\0\x08\3", 4)) ==
        "ends at offset 4, within the idx header: expected 16 bytes of header");
  CHECK(problem("a", std::string("\0\0\x08\1", 4)) == "is an idx file of labels; open that of the images");
  CHECK(problem("a", std::string("\0\0\x08", 3)).starts_with(neither));
  CHECK(problem("a", std::string("\0\0\x08\2", 4)) ==
        "is an idx file of 2 dimensions, expected the 3 of images: read_idx<2> reads it");
  for (const char type : {'\x07', '\x0f'})
    CHECK(problem("a", std::string("\0\0", 2) + type + "\2").starts_with(neither));
  for (const char rank : {'\0', '\x09'}) CHECK(problem("a", std::string("\0\0\x0e", 3) + rank).starts_with(neither));
  CHECK(problem("a", std::string("\0\0\x0e\x08", 4)).starts_with("is an idx file of 8 dimensions"));
  CHECK(problem("a.bin", "abc") == "is no CIFAR-10 batch: expected a multiple of 3073 bytes, received 3");
  CHECK(problem("a.bin", "") == "is no CIFAR-10 batch: expected a multiple of 3073 bytes, received 0");
  for (const std::string name : {"a.csv", "a.CSV", "a.cSv", "a.csv.gz"}) {
    CAPTURE(name);
    folder.write(name, "9,1,2,3,4\n");
    CHECK(datasets::open(path(name)).description ==
          "CSV: 1 images of 2 x 2 x 1 in 10 classes from " + path(name) + " (taken for labels: column 1)");
  }
  // Numbers are the classes' names, up to 9,999.
  folder.write("a.csv", "9999,1,2,3,4\n0,2,3,4,5\n");
  CHECK(datasets::open(path("a.csv")).classes.size() == 10000);
  CHECK(datasets::open(path("a.csv")).classes[9999] == "9999");
  folder.write("a.csv", "10000,1,2,3,4\n0,1,2,3,4\n");
  CHECK(datasets::open(path("a.csv")).classes.empty());
  folder.write("a.csv", "1,1,2,3,4\n0,1,2,3,4\n");
  CHECK(datasets::open(path("a.csv"), {.classes = {"x", "y"}}).classes == std::vector<std::string>{"x", "y"});
  CHECK(error(path("a.csv"), {.classes = {"x"}}) ==
        path("a.csv") + ": has the label 1, expected those of the 1 classes that have names");
  folder.write("a.csv", "1,2,3,4\n");
  CHECK(datasets::open(path("a.csv"), {.classes = {"x"}}).description ==
        "CSV: 1 images of 2 x 2 x 1 without labels from " + path("a.csv"));
  // Images for training and for testing are of one size.
  const Tensor<4> images(2, 3, 4, 1);
  for (const Tensor<4>& other : {Tensor<4>(2, 4, 4, 1), Tensor<4>(2, 3, 3, 1), Tensor<4>(2, 3, 4, 3)}) {
    write_npz(path("a.npz"), {{"x_train", images}, {"x_test", other}});
    CHECK(error(path("a.npz")) == path("a.npz") + ": has images of different sizes for training and for testing");
  }
}

TEST_CASE("of a table is said what was taken for what, and that EMNIST's images lie on their side") {
  const TemporaryFolder folder;
  const auto note = [&](const std::string& bytes, const std::string& name = "f.csv", const ImageOptions& options = {}) {
    const std::string path = folder.write(name, bytes), words = datasets::open(path, options).description;
    return words.substr(words.find(path) + path.size());
  };
  CHECK(note("1,2,3,4\n") == "");
  CHECK(note("label,a,b,c,d\n0,1,2,3,4\n") == "");
  CHECK(note("emotion,a,b,c,d\n0,1,2,3,4\n") == " (taken for labels: column 1, emotion)");
  CHECK(note("p0,p1,p2,p3,species\n0,1,2,3,4\n") == " (taken for labels: column 5, species)");
  CHECK(note("id,a,b,c,d\n0,1,2,3,4\n") == " (taken for numbers of rows, and not read: column 1, id)");
  CHECK(note(",a,b,c,d\n0,1,2,3,4\n") == " (taken for numbers of rows, and not read: column 1)");
  CHECK(note("p,p,p,p,y,id\n0,1,2,3,4,5\n") ==
        " (taken for labels: column 5, y; for numbers of rows, and not read: column 6, id)");
  CHECK(note("0,1,2,3\n7,7,7,7\n") == " (taken for names of columns: the first row, 0 ... 3)");
  CHECK(note("0,1,2,3,4\n7,7,7,7,7\n") ==
        " (taken for names of columns: the first row, 0 ... 4; for labels: column 1, 0)");
  const std::string side = " (on their side, as EMNIST keeps them: ImageOptions{.turn = true} turns them)";
  for (const std::string name : {"emnist-balanced-train.csv", "EMNIST-letters.csv.gz"}) {
    CHECK(note("1,2,3,4\n", name) == side);
    CHECK(note("1,2,3,4\n", name, {.turn = true}) == "");
  }
  CHECK(note("45,1,2,3,4\n", "emnist-digits-test.csv") == " (taken for labels: column 1)" + side);
  CHECK(note("1,2,3,4\n", "kmnist-emnist.csv") == "");
  // Of a pipe the beginning could not be read again.
  const std::string pipe = (folder.path / "pipe").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(error(pipe) == pipe + ": is a pipe or a device, expected a file, which can be read more than once");
}

TEST_CASE("idx files in a folder: which are a data set, and which belong together") {
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  for (const std::string name : {"train-images", "train-idx3", "images-idx3"}) folder.write(name, idx_images(2, 3, 4));
  CHECK(error(folder.path.string()) ==
        folder.path.string() + ": holds no data set that is known: found 3 files, the first images-idx3");
  folder.write("my-train-images-idx3", idx_images(2, 3, 4));
  CHECK(datasets::open(folder.path.string()).description ==
        "idx: 2 images of 3 x 4 x 1 without labels from " + folder.path.string());
  folder.write("my-train-images-idx3.gz", gzip(idx_images(2, 3, 4)));  // the same, packed
  folder.write("my-train-labels-idx1.gz", gzip(idx_labels(2)));
  CHECK(datasets::open(folder.path.string()).train.labels == std::vector<int>{0, 1});
  folder.write("my-t10k-images-idx3", idx_images(3, 3, 4));
  CHECK(datasets::open(folder.path.string()).test.images.dimension(0) == 3);
  folder.write("my-t10k-labels-idx1", idx_labels(3)), folder.write("my-test-images-idx3", idx_images(1, 3, 4));
  const IdxFiles files = idx_files_beside(path("my-train-images-idx3.gz"));
  CHECK(files.train_images == path("my-train-images-idx3.gz"));
  CHECK(files.train_labels == path("my-train-labels-idx1.gz"));
  CHECK(files.test_images == path("my-t10k-images-idx3"));
  CHECK(files.test_labels == path("my-t10k-labels-idx1"));
  CHECK(idx_files_beside(path("my-images-idx3")).test_images == "");
  CHECK(idx_files_beside(path("x-train-images-idx3")).train_labels == "");
  const LabelledImages one = load_idx(files, {.limit = 1}).test;
  CHECK(one.images.dimension(0) == 1);
  CHECK(one.labels == std::vector<int>{0});
  folder.write("z-train-images-idx3", idx_images(2, 3, 4));
  CHECK(error(folder.path.string()) == folder.path.string() +
                                           ": holds several data sets: name one, by its file "
                                           "my-train-images-idx3 or z-train-images-idx3");
  const std::string clothes = folder.write("fashion/train-images-idx3-ubyte", idx_images(2, 3, 4));
  folder.write("fashion/train-labels-idx1-ubyte", idx_labels(2));
  const Opened fashion = datasets::open((folder.path / "fashion").string());
  CHECK(fashion.description ==
        "Fashion-MNIST: 2 images of 3 x 4 x 1 in 10 classes from " + (folder.path / "fashion").string());
  CHECK(fashion.classes[9] == "Ankle boot");
  const auto kind = [&](const std::string& place) {
    folder.write(place + "/train-images-idx3-ubyte", idx_images(2, 3, 4));
    const std::string words = datasets::open(path(place)).description;
    CHECK(datasets::open(path(place + "/train-images-idx3-ubyte")).description.substr(0, 10) == words.substr(0, 10));
    return words.substr(0, words.find(':'));
  };
  for (const std::string place : {"FashionMNIST/raw", "Fashion-MNIST", "fashion_mnist/3.0.1", "fashionmnist/versions/4",
                                  "mnist/fashion", "fashion/raw/"})
    CHECK(kind(place) == "Fashion-MNIST");
  for (const std::string place : {"fashion-study/mnist", "fashion-study/MNIST/raw", "fashion/data/mnist", "fashion/x"})
    CHECK(kind(place) == "idx");
  CHECK(datasets::open(clothes, {.classes = {"a", "b"}}).classes == std::vector<std::string>{"a", "b"});
}

TEST_CASE("CIFAR-10's files: of one size, as many as are wanted, each read whole") {
  const TemporaryFolder folder;
  const auto images = [](int first, int count) {
    std::string bytes;
    for (int n = 0; n < count; ++n) {
      bytes += static_cast<char>((first + n) % 10);
      for (int i = 0; i < 3072; ++i) bytes += static_cast<char>((first + n) * 31 + i * 7);
    }
    return bytes;
  };
  const auto write = [&](int last_count) {
    for (int file = 0; file < 6; ++file)
      folder.write(cifar10_files[static_cast<std::size_t>(file)], images(2 * file, file == 4 ? last_count : 2));
  };
  const std::string path = folder.path.string();
  write(2);
  for (const Index limit : {0, 1, 2, 3, 9, 10, 11}) {
    CAPTURE(limit);
    const auto [train, test] = load_cifar10(path, {.limit = limit});
    const Index count = limit == 0 ? 10 : std::min<Index>(limit, 10);
    REQUIRE(train.images.dimensions() == Tensor<4>(count, 32, 32, 3).dimensions());
    REQUIRE(train.labels.size() == static_cast<std::size_t>(count));
    CHECK(test.labels == (limit == 1 ? std::vector<int>{0} : std::vector<int>{0, 1}));
    Index wrong = 0;
    for (Index n = 0; n < count; ++n) {
      wrong += train.labels[static_cast<std::size_t>(n)] != n % 10;
      for (Index i = 0; i < 3072; ++i)
        wrong += train.images.data()[3072 * n + 3 * (i % 1024) + i / 1024] !=
                 static_cast<float>((n * 31 + i * 7) % 256) / 255.0f;
    }
    CHECK(wrong == 0);
  }
  CHECK(load_cifar10(path, {.channels = 1, .size = {8, 6}}).test.images.dimensions() ==
        Tensor<4>(2, 8, 6, 1).dimensions());
  write(1);
  CHECK(error(path) == path + ": has CIFAR-10 batches of different sizes");
  write(3);
  const std::string last = (folder.path / "data_batch_5.bin").string();
  CHECK(file_error(last, [&] { datasets::open(path); }) ==
        last + ": expected as many images in data_batch_5.bin as in data_batch_1.bin, received 3");
  const std::string batch = images(3, 3);
  CHECK(decode_cifar10("f", batch).labels == std::vector<int>{3, 4, 5});
  CHECK(decode_cifar10("f", batch, 2).labels == std::vector<int>{3, 4});
  CHECK(decode_cifar10("f", batch, 4).labels == std::vector<int>{3, 4, 5});
  CHECK_THROWS_WITH_AS(decode_cifar10("f", batch, -1), "f: expected a limit of at least 0, received -1",
                       std::invalid_argument);
  CHECK(file_error("f", [&] { decode_cifar10("f", batch + "x"); }) ==
        "f: is no CIFAR-10 batch: expected a multiple of 3073 bytes, received 9220");
  const std::string opened = folder.write("b.bin", batch);
  CHECK(datasets::open(opened, {.limit = 2}).description ==
        "CIFAR-10 batch: 2 images of 32 x 32 x 3 in 10 classes from " + opened);
  // The first image is an airplane whose first pixels are 0, x and 3, as an idx file of three dimensions begins.
  for (const std::string& begin :
       {std::string("\0\0\x08\3", 4), std::string("\0\0\x08\1", 4), std::string("\x93NUM")}) {
    std::string planes = batch;
    planes.replace(0, 4, begin);
    const std::string like_idx = folder.write("like_idx.bin", planes);
    if (begin[0] == 0) CHECK(datasets::open(like_idx).train.labels == std::vector<int>{0, 4, 5});
    if (begin[0] != 0) CHECK(has(error(like_idx), "expected labels 0 to 9, received 147 at offset 0"));
  }
  CHECK(datasets::open(folder.write("train-images.bin", idx_images(2, 3, 4))).train.images.dimension(0) == 2);
  const std::vector<std::string> ten{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  CHECK(datasets::open(opened, {.classes = ten}).classes == ten);
  REQUIRE(std::system(("cd '" + path + "' && tar -cf c.tar data_batch_1.bin test_batch.bin").c_str()) == 0);
  const std::string archive = (folder.path / "c.tar").string();
  CHECK(error(archive) == archive + ": has no data_batch_2.bin");
}

TEST_CASE("images of one class and of no parts; one test image of another size") {
  const TemporaryFolder folder;
  folder.write("a/0.png", read_file(test_file("gray_8.png")));
  const Opened one = datasets::open(folder.path.string());
  CHECK(has(one.description, "images: 1 images of "));
  CHECK(has(one.description, " in 1 classes from "));
  CHECK(one.test.images.size() == 0);
  const std::string path = (folder.path / "sizes.npz").string();
  write_npz(path, {{"x_train", Tensor<3>(3, 2, 4).setZero()}, {"x_test", Tensor<3>(1, 3, 4).setZero()}});
  CHECK(error(path) == path + ": has images of different sizes for training and for testing");
}

#include "datasets/png_files.hpp"
#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/datasets/image_folder_source.hpp"

using namespace latent;
using namespace latent::datasets;

TEST_CASE("folders are classes") {
  const TemporaryFolder folder;
  folder.write("tree/train/two/b.png", png(52));
  folder.write("tree/train/one/z.PNG", png(41));
  folder.write("tree/train/two/a.Png", png(51));
  folder.write("tree/train/two/notes.txt", "no picture");
  folder.write("tree/train/two/.hidden.png", "no picture");
  folder.write("tree/test/two/q.png", png(43));
  const std::string train_path = (folder.path / "tree/train").string();
  const auto [train, test] = read_train_and_test_folders((folder.path / "tree").string());
  CHECK(train.classes == std::vector<std::string>{"one", "two"});
  CHECK(train.labels == std::vector<int>{0, 1, 1});
  REQUIRE(train.images.dimension(0) == 3);
  for (Index n = 0; n < 3; ++n) CHECK(train.images(n, 1, 2, 0) == static_cast<float>(n == 0 ? 41 : 50 + n) / 255.0f);
  CHECK(test.labels == std::vector<int>{1});  // as in train
  CHECK(train.skipped.text() == " (not read: 2 files, the first train/two/.hidden.png)");

  const ImageFolder other_way = read_image_folder(train_path, {.classes = {"two", "none", "one"}});
  CHECK(other_way.labels == std::vector<int>{2, 0, 0});
  CHECK(other_way.skipped.text() == " (not read: 2 files, the first two/.hidden.png)");
  CHECK(has(file_error(train_path, [&] { read_image_folder(train_path, {.classes = {"two"}}); }),
            "has images in one, which is none of the 1 classes two"));
  CHECK(read_image_folder(train_path, {.limit = 2}).labels == std::vector<int>{0, 1});
  CHECK(read_image_folder(train_path, {.limit = 1}).labels == std::vector<int>{0});

  const std::string other =
      folder.write("tree/train/two/c.png",
                   signature + header(7, 1) + chunk("IDAT", packed(std::string(8, '\0'))) + chunk("IEND", ""));
  CHECK(has(file_error(other, [&] { read_image_folder(train_path); }), "received 1 x 7 x 1"));
  const ImageFolder fitted = read_image_folder(train_path, {.channels = 3, .size = {4, 4}});
  CHECK(fitted.images.dimensions() == Tensor<4>(4, 4, 4, 3).dimensions());
  folder.write("tree/test/three/q.png", png(43));
  CHECK(has(file_error((folder.path / "tree/test").string(),
                       [&] { read_train_and_test_folders((folder.path / "tree").string(), {.size = {4, 4}}); }),
            "has images in three"));
  const std::string nothing = (folder.path / "nothing").string();
  CHECK(has(file_error(nothing, [&] { read_image_folder(nothing); }), "No such file"));
  std::filesystem::create_directory(nothing);
  CHECK(has(file_error(nothing, [&] { read_image_folder(nothing); }), "has no images, files that end in .png"));
  folder.write("nothing/a.webp", "");
  CHECK(has(file_error(nothing, [&] { read_image_folder(nothing); }), "(not read: 1 file, a.webp)"));
}

TEST_CASE("a folder as a source: images are read when a batch asks for them") {
  const TemporaryFolder folder;
  for (int n = 0; n < 5; ++n) folder.write(text(n < 2 ? "one/" : "two/", n, ".png"), png(50 + n));
  ImageFolderSource<Tensor<2>> source(folder.path.string(), {.batch_size = 2, .seed = 4});
  CHECK(source.samples() == 5);
  CHECK(source.size() == 3);
  CHECK(source.classes() == std::vector<std::string>{"one", "two"});
  source.on_epoch_begin(1);
  for (Index i = 0; i < 3; ++i) {
    const auto batch = source.batch(i);
    for (Index n = 0; n < batch.x.dimension(0); ++n) {
      const Index number = batch.samples[static_cast<std::size_t>(n)];
      CHECK(batch.x(n, 1, 2, 0) == static_cast<float>(50 + number) / 255.0f);
      CHECK(batch.y(n, number < 2 ? 0 : 1) == 1);
    }
  }
  std::filesystem::remove(folder.path / "two/3.png");
  CHECK_THROWS_AS((source.batch(0), source.batch(1), source.batch(2)), FileError);
  ImageFolderSource images(folder.path.string(), {.shuffle = false}, {.channels = 3, .size = {4, 4}});
  CHECK(images.batch(0).targets().dimensions() == Tensor<4>(4, 4, 4, 3).dimensions());
  const std::string file = (folder.path / "one/0.png").string();
  CHECK(has(file_error(file, [&] { ImageFolderSource<> of(file); }), "is not a folder"));
  folder.write("flat/a.png", png());
  const std::string flat = (folder.path / "flat").string();
  CHECK(has(file_error(flat, [&] { ImageFolderSource<Tensor<1>> of(flat); }), "have no labels"));
  CHECK(ImageFolderSource<>(flat).batch(0).x(0, 1, 2, 0) == 50 / 255.0f);
}

TEST_CASE("a class is the first folder below the one in which all lie, as in Keras") {
  const auto classes = [](const std::vector<std::string>& names, const ImageOptions& options = {}) {
    ImageFiles files{"w", names, {}, {}};
    const ImageIndex index = index_images(std::move(files), options);
    std::string words;
    for (std::size_t i = 0; i < index.names.size(); ++i)
      words += (i == 0 ? "" : " ") + index.names[i] + (index.labels.empty() ? "" : text("=", index.labels[i]));
    for (const std::string& name : index.classes) words += (name == index.classes[0] ? "; " : " ") + name;
    return words + index.files.skipped.text();
  };
  CHECK(classes({"cat/1", "cat/kittens/2", "dog/small/3"}) == "cat/1=0 cat/kittens/2=0 dog/small/3=1; cat dog");
  CHECK(classes({"n1/images/1", "n2/images/2"}) == "n1/images/1=0 n2/images/2=1; n1 n2");
  CHECK(classes({"x/y/b/1", "x/y/a/2", "x/y/a/1"}) == "x/y/a/1=0 x/y/a/2=0 x/y/b/1=1; a b");
  CHECK(classes({"x/a/1", "x/b/2", "x/logo", "note"}) == "x/a/1=0 x/b/2=1; a b (not read: 2 files, the first note)");
  CHECK(classes({"a/1", "ab/2"}) == "a/1=0 ab/2=1; a ab");
  CHECK(classes({"x/a/2", "x/a/1"}) == "x/a/1=0 x/a/2=0; a");
  CHECK(classes({"2", "1"}) == "1 2");
  CHECK(classes({"./2", "./1"}) == "./1 ./2");
  CHECK(classes({"./b/2", "./a/1"}) == "./a/1=0 ./b/2=1; a b");
  // As an archive may call them, too.
  CHECK(classes({"/b/2", "/a/1"}) == "/a/1=0 /b/2=1; a b");
  CHECK(classes({"/b/2", "a/1"}) == "/b/2=0 a/1=1; / a");
  CHECK(classes({"../b/2", "../a/1"}) == "../a/1=0 ../b/2=1; a b");
  // Of one class alone it is not clear which folder it is, but where the options say it.
  CHECK(classes({"n1/images/1", "n1/images/2"}) == "n1/images/1=0 n1/images/2=0; images");
  CHECK(classes({"n1/images/1", "n1/images/2"}, {.classes = {"n0", "n1"}}) == "n1/images/1=1 n1/images/2=1; n0 n1");
  CHECK(classes({"n1/n0/1"}, {.classes = {"n0", "n1"}}) == "n1/n0/1=0; n0 n1");
  CHECK_THROWS_WITH_AS(classes({"c/1"}, {.classes = {"a", "b"}}),
                       "w: has images in c, which is none of the 2 classes a, ...", FileError);
  CHECK_THROWS_WITH_AS(classes({"c/1"}, {.classes = {"a"}}), "w: has images in c, which is none of the 1 classes a",
                       FileError);
}

TEST_CASE("a folder without images is said") {
  const TemporaryFolder folder;
  folder.write("one/1.png", png(54)), folder.write("one/.git/x", "");
  std::filesystem::create_directory(folder.path / "two");
  const ImageFolder read = read_image_folder(folder.path.string());
  CHECK(read.classes == std::vector<std::string>{"one"});
  CHECK(read.skipped.text() == " (not read: 2 files, the first one/.git/)");
  std::filesystem::remove_all(folder.path / "one/.git");
  CHECK(read_image_folder(folder.path.string()).skipped.text() == " (not read: 1 file, two/)");
}

TEST_CASE("images in no folder have no labels, and are skipped where others have") {
  const TemporaryFolder folder;
  folder.write("1.png", png(52)), folder.write("2.png", png(53));
  const ImageFolder all = read_image_folder(folder.path.string());
  CHECK(all.images.dimension(0) == 2);
  CHECK(all.labels.empty());
  CHECK(all.classes.empty());
  folder.write("one/1.png", png(54));
  const ImageFolder one = read_image_folder(folder.path.string());
  CHECK(one.labels == std::vector<int>{0});
  CHECK(one.skipped.text() == " (not read: 2 files, the first 1.png)");
}

TEST_CASE("links have the names they have, and lead to errors where they lead nowhere") {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
  folder.write("t/cat/0.png", png(41)), folder.write("t/dog/0.png", png(42)), folder.write("elsewhere/9.png", png(43));
  fs::create_symlink("../dog/0.png", path("t/cat/1.png"));
  fs::create_symlink(path("elsewhere"), path("t/eel"));
  fs::create_symlink("nowhere", path("t/cat/note"));  // no picture, wherever it leads
  const ImageFolder read = read_image_folder(path("t"));
  CHECK(read.skipped.text() == " (not read: 1 file, cat/note)");
  CHECK(read.classes == std::vector<std::string>{"cat", "dog", "eel"});
  CHECK(read.labels == std::vector<int>{0, 0, 1, 2});
  for (Index n = 0; n < 4; ++n) CHECK(read.images(n, 1, 2, 0) == static_cast<float>(n < 2 ? 41 + n : 40 + n) / 255.0f);
  const auto error = [&](const std::string& name) {
    return file_error(path("t/" + name), [&] { read_image_folder(path("t")); });
  };
  fs::create_symlink("nowhere.png", path("t/cat/2.png"));
  CHECK(has(error("cat/2.png"), "is a link to something that is not there"));
  fs::remove(path("t/cat/2.png"));
  fs::create_symlink("3.png", path("t/cat/3.png"));
  CHECK(has(error("cat/3.png"), "symbolic links"));
  fs::remove(path("t/cat/3.png"));
  fs::create_symlink("nowhere", path("t/owl"));  // a class, but for its folder
  CHECK(has(error("owl"), "is a link to something that is not there"));
  fs::remove(path("t/owl"));
  fs::create_symlink("nowhere", path("t/.owl")), fs::create_symlink("nowhere", path("t/owl.txt"));
  CHECK(read_image_folder(path("t")).skipped.count == 3);
  fs::create_symlink("..", path("t/cat/up"));
  CHECK(has(error("cat/up"), "a loop of links"));
  fs::remove(path("t/cat/up"));
  if (geteuid() != 0) {  // whom nothing is forbidden
    fs::create_directory(path("t/zoo"));
    fs::permissions(path("t/zoo"), fs::perms::none);
    CHECK(has(error("zoo"), "is a folder that cannot be read: Permission denied"));
    fs::permissions(path("t/zoo"), fs::perms::owner_all);
  }
}

TEST_CASE("archives of every kind hold the same") {
  for (const std::string name :
       {"by_gnu.tar.gz", "by_gnu_pax.tgz", "by_python.tar.gz", "pax.tar.gz", "gnutar.tar.xz", "pax.tar.bz2",
        "pax.tar.zst", "by_bsdtar.zip", "by_zip.zip", "by_bsdtar.7z", "by_7z.7z"}) {
    CAPTURE(name);
    const auto [train, test] = read_train_and_test_folders(test_file(name));
    CHECK(train.classes == std::vector<std::string>{"Größe", "cat", "deep_folder", "क"});
    CHECK(test.classes == train.classes);
    CHECK(train.labels == std::vector<int>{0, 1, 1, 2, 3});
    CHECK(test.labels == std::vector<int>{1, 1, 3});
    const std::vector<int> train_values{20, 30, 10, 40, 10}, test_values{60, 50, 50};
    for (Index n = 0; n < 5; ++n)
      CHECK(train.images(n, 1, 2, 0) == static_cast<float>(train_values[static_cast<std::size_t>(n)]) / 255.0f);
    for (Index n = 0; n < 3; ++n)
      CHECK(test.images(n, 1, 2, 0) == static_cast<float>(test_values[static_cast<std::size_t>(n)]) / 255.0f);
    CHECK(train.skipped.text() == " (not read: 1 file, train/notes.txt)");
    CHECK(test.skipped.count == 0);
    // The same from one folder further down.
    CHECK(read_image_folder(test_file(name)).labels.size() == 8);
  }
}

TEST_CASE("all Devanagari digits") {
  const std::string path = LATENT_SHARED_DIR "/data/dhcd_digits/dhcd_digits_png.tar.gz";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: " << path << " is not there");
    return;
  }
  const auto [train, test] = read_train_and_test_folders(path);
  CHECK(train.images.dimensions() == Tensor<4>(17000, 32, 32, 1).dimensions());
  CHECK(test.images.dimensions() == Tensor<4>(3000, 32, 32, 1).dimensions());
  CHECK(train.classes.front() == "digit_0");
  for (int label = 0; label < 10; ++label) {
    CHECK(std::count(train.labels.begin(), train.labels.end(), label) == 1700);
    CHECK(std::count(test.labels.begin(), test.labels.end(), label) == 300);
  }
  double sum = 0;
  for (Index i = 0; i < test.images.size(); ++i) sum += static_cast<double>(test.images.data()[i]);
  CHECK(255 * sum / static_cast<double>(test.images.size()) == doctest::Approx(61.80).epsilon(1e-4));
}

TEST_CASE("names of images") {
  for (const char* name : {"a.png", "a.jpg", "a.jpeg", "a.bmp", "a.PNG", "a.JpEg", "b/a.png", "./a.png", "../a.png",
                           "a.b.png", "__macosx/a.png", "x__MACOSX/a.png"}) {
    CAPTURE(name);
    CHECK(is_image_name(name));
  }
  for (const char* name : {"", "a", "png", ".png", "a.gif", "a.pngx", "a.png.gz", ".hidden/a.png", "b/.c/a.png",
                           "b/.a.png", "..a/b.png", "__MACOSX/a.png", "b/__MACOSX/a.png", "a.png/b"}) {
    CAPTURE(name);
    CHECK(!is_image_name(name));
  }
}

TEST_CASE("of each class the first, then of each the second") {
  const std::map<std::string, std::vector<std::string>> by_class{
      {"a", {"a1"}}, {"b", {"b1", "b2", "b3"}}, {"c", {"c1", "c2"}}};
  const std::vector<std::string> chosen[] = {{"a1", "b1", "b2", "b3", "c1", "c2"},
                                             {"a1"},
                                             {"a1", "b1"},
                                             {"a1", "b1", "c1"},
                                             {"a1", "b1", "b2", "c1"},
                                             {"a1", "b1", "b2", "c1", "c2"},
                                             {"a1", "b1", "b2", "b3", "c1", "c2"},
                                             {"a1", "b1", "b2", "b3", "c1", "c2"}};
  for (std::size_t limit = 0; limit < 8; ++limit) CHECK(choose_images(by_class, limit) == chosen[limit]);
}

TEST_CASE("train/ and test/, in whatever folders all lies; what is in neither is skipped") {
  const auto split = [](const std::vector<std::string>& names) {
    ImageFiles files{"w", names, [](const std::string& name) { return "<" + name + ">"; }, {}};
    files.skipped.add("z.txt");
    std::string words;
    for (const ImageFiles& part : split_images(files)) {
      words += part.where + ":";
      for (const std::string& name : part.names) words += " " + name + part.bytes(name);
      words += part.skipped.text() + ";";
    }
    return words;
  };
  const std::string note = " (not read: 1 file, z.txt);";
  CHECK(split({"train/a/1", "test/b/2"}) == "w/train: a/1<train/a/1>" + note + "w/test: b/2<test/b/2>;");
  CHECK(split({"x/y/train/1", "x/y/test/2", "x/y/test/3"}) ==
        "w/x/y/train: 1<x/y/train/1>" + note + "w/x/y/test: 2<x/y/test/2> 3<x/y/test/3>;");
  CHECK(split({"train/1", "test/2", "other/3", "4"}) ==
        "w/train: 1<train/1> (not read: 3 files, the first 4);w/test: 2<test/2>;");
  CHECK(split({"cover.png", "x/back.png", "x/y/train/1", "x/y/test/2"}) ==
        "w/x/y/train: 1<x/y/train/1> (not read: 3 files, the first cover.png);w/x/y/test: 2<x/y/test/2>;");
  // Other names of the two, and what lies in a third.
  CHECK(split({"Training/a/1", "TESTING/b/2"}) ==
        "w/Training: a/1<Training/a/1>" + note + "w/TESTING: b/2<TESTING/b/2>;");
  for (const std::string test : {"val", "Valid", "validation"})
    CHECK(split({"train/1", test + "/2"}) == "w/train: 1<train/1>" + note + "w/" + test + ": 2<" + test + "/2>;");
  CHECK(split({"train/1", "val/2", "test/3"}) ==
        "w/train: 1<train/1> (not read: 2 files, the first val/2);w/test: 3<test/3>;");
  for (const std::vector<std::string>& names : {std::vector<std::string>{},
                                                {"1"},
                                                {"train/1"},
                                                {"test/1"},
                                                {"train/1", "train/2"},
                                                {"trainer/1", "test/2"},
                                                {"train/1", "tests/2"},
                                                {"1", "2"},
                                                {"1", "x/2"},
                                                {"1", "train/2"},
                                                {"1", "x/train/1", "test/2"}})
    CHECK(split(names) == ":;:;");
}

TEST_CASE("test/ may have fewer classes than train/, with folders in them") {
  const TemporaryFolder folder;
  for (const std::string name :
       {"train/a/x/0.png", "train/a/y/0.png", "train/b/x/0.png", "test/a/x/0.png", "test/a/y/0.png"})
    folder.write(name, png(41));
  const auto [train, test] = read_train_and_test_folders(folder.path.string());
  CHECK(train.classes == std::vector<std::string>{"a", "b"});
  CHECK(train.labels == std::vector<int>{0, 0, 1});
  CHECK(test.labels == std::vector<int>{0, 0});
}

TEST_CASE("which files were skipped") {
  Skipped skipped, others, none;
  CHECK(skipped.text() == "");
  skipped.add("m");
  CHECK(skipped.text() == " (not read: 1 file, m)");
  skipped.add("p");
  CHECK(skipped.text() == " (not read: 2 files, the first m)");
  skipped.add("b");
  CHECK(skipped.text() == " (not read: 3 files, the first b)");
  others.add("c"), others.add("d");
  skipped.add(others);
  CHECK(skipped.text() == " (not read: 5 files, the first b)");
  none.add(others);
  CHECK(none.text() == " (not read: 2 files, the first c)");
  others.add(skipped);
  CHECK(others.text() == " (not read: 7 files, the first b)");
  others.add(Skipped{});
  CHECK(others.text() == " (not read: 7 files, the first b)");
}

TEST_CASE("images of other sizes or channels than the first are errors that say how to bring them to one") {
  const TemporaryFolder folder;
  const std::string where = folder.path.string();
  folder.write("a/0.png", png()), folder.write("a/2.png", png());
  const auto error = [&](const std::string& bytes) {
    const std::string path = folder.write("a/1.png", bytes);
    return file_error(path, [&] { read_image_folder(where); }).substr(path.size() + 2);
  };
  const auto gray = [](std::uint32_t width, std::uint32_t height) {
    return signature + header(width, height) + chunk("IDAT", packed(std::string((width + 1) * height, '\0'))) +
           chunk("IEND", "");
  };
  const std::string begin = "expected an image of (height, width, channels) 2 x 3 x 1 like the others, received ",
                    end = "; ImageOptions{.channels = 1, .size = {2, 3}} would bring all to one";
  CHECK(error(gray(3, 4)) == begin + "4 x 3 x 1" + end);
  CHECK(error(gray(4, 2)) == begin + "2 x 4 x 1" + end);
  CHECK(error(signature + header(3, 2, 8, 2) + chunk("IDAT", packed(std::string(20, '\0'))) + chunk("IEND", "")) ==
        begin + "2 x 3 x 3" + end);
  folder.write("a/1.png", png(51));
  CHECK(read_image_folder(where).images(1, 1, 2, 0) == 51 / 255.0f);
  // Labels in one part and none in the other.
  folder.write("t/train/a/0.png", png()), folder.write("t/test/0.png", png());
  const std::string both = (folder.path / "t").string();
  CHECK(file_error(both, [&] { read_train_and_test_folders(both); }) ==
        both + ": has folders for classes in one of train/ and test/ but not in the other");
  CHECK(file_error(where, [&] { read_train_and_test_folders(where); }) ==
        where + ": has no images under train/ and test/ that end in .png, .jpg, .jpeg or .bmp");
}

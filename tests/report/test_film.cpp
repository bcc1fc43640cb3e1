// Films of trainings, frame by frame, and pictures and films as parts of a page, byte by byte.
#include <doctest/doctest.h>

#include <chrono>
#include <latent/latent.hpp>
#include <latent/pictures/heat_map.hpp>
#include <latent/report/film.hpp>
#include <latent/report/picture.hpp>

#include "files.hpp"

using namespace latent;

namespace {

/// A picture of one colour for each number.
pictures::Image image_of(int number, int width = 3, int height = 2) {
  return pictures::Image(width, height, {static_cast<std::uint8_t>(number), 0, 7});
}

/// A training of so many epochs with a film, from some epoch on.
struct Filmed {
  std::string path;
  FilmOptions options = {};
  int drawn = 0;
  Film film = Film(path, [this] { return image_of(++drawn); }, options);
  /// The epochs of the frames in the file, as their labels say.
  std::string train(int epochs, int from = 0, int until = 9999) {
    Training training{.epoch = from, .epochs = epochs};
    film.on_moment(training, Moment::start);
    for (training.epoch = from + 1; training.epoch <= std::min(epochs, until); ++training.epoch) {
      training.batch = 1;
      film.on_moment(training, Moment::batch);
      training.batch = 0;
      film.on_moment(training, Moment::epoch);
    }
    return labels();
  }
  std::string labels() const {
    std::string all = pictures::png_text(read_file(path), "Labels"), short_ones;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = std::min(all.find('\n', at), all.size());
      const std::string label = all.substr(at, end - at);
      short_ones += (at == 0 ? "" : " ") + (label == "before the training" ? "0" : label.substr(label.rfind(' ') + 1));
      at = end + 1;
    }
    return short_ones;
  }
  std::size_t frames() const { return pictures::apng_frames(read_file(path)).size(); }
};

}  // namespace

TEST_CASE("after which epochs a film has a frame") {
  const TemporaryFolder folder;
  const auto epochs = [&](int frames, int of) {
    return Filmed{.path = (folder.path / "a.png").string(), .options = {.frames = frames}}.train(of);
  };
  CHECK(FilmOptions{}.frames == 24);
  CHECK(FilmOptions{}.milliseconds == 350);
  CHECK(epochs(24, 0) == "0");
  CHECK(epochs(24, 2) == "0 1 2");
  CHECK(epochs(24, 24) == "0 1 2 3 4 5 6 7 8 10 12 14 16 18 20 22 24");
  CHECK(epochs(24, 23) == "0 1 2 3 4 5 6 7 8 10 12 14 16 18 20 22 23");
  CHECK(epochs(24, 12) == "0 1 2 3 4 5 6 7 8 9 10 11 12");
  CHECK(epochs(24, 100) == "0 1 2 3 4 5 6 7 8 14 21 28 35 42 49 56 63 70 77 84 91 98 100");
  CHECK(epochs(12, 100) == "0 1 2 3 4 5 6 7 8 34 68 100");
  CHECK(epochs(11, 20) == "0 1 2 3 4 5 6 7 8 11 20");
  CHECK(epochs(9, 20) == "0 1 2 3 4 5 6 7 8 20");
  CHECK(epochs(1, 20) == "0 1 2 3 4 5 6 7 8 12 20");
  CHECK(epochs(1, 3) == "0 1 2 3");
  CHECK(epochs(-3, 12) == "0 1 2 3 4 5 6 7 8 9 10 11 12");
}

TEST_CASE("a film's file: the frames, their time, the last five times as long, and their labels") {
  const TemporaryFolder folder;
  Filmed filmed{.path = (folder.path / "a.png").string(), .options = {.milliseconds = 20}};
  CHECK(filmed.train(2) == "0 1 2");
  std::vector<std::string> frames;
  for (const int i : {1, 2, 3}) frames.push_back(pictures::encode_png(image_of(i), true));
  std::string expected = pictures::encode_apng(frames, 20, 100);
  expected.insert(pictures::png_header_end,
                  pictures::png_text_chunk("Labels", "before the training\nepoch 1\nepoch 2"));
  CHECK(read_file(filmed.path) == expected);
  CHECK(filmed.drawn == 3);
  for (const int milliseconds : {0, 13001})
    CHECK_THROWS_WITH_AS(Film(filmed.path, [] { return image_of(1); }, {.milliseconds = milliseconds}),
                         text("Film: milliseconds is within 1..13000, received ", milliseconds).c_str(),
                         std::invalid_argument);

  // A table that is all 0 at first has no colour then.
  int drawn = 0;
  Film colours(filmed.path, [&] {
    Tensor<2> values(1, 1);
    values.setConstant(static_cast<float>(drawn++));
    return pictures::heat_map(values);
  });
  Training training{.epochs = 1};
  colours.on_moment(training, Moment::start);
  training.epoch = 1;
  CHECK_NOTHROW(colours.on_moment(training, Moment::epoch));
  CHECK(filmed.labels() == "0 1");
}

TEST_CASE("a training that goes on takes up the film as far as it has come") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "a.png").string();
  Filmed filmed{.path = path};
  CHECK(filmed.train(100, 0, 30) == "0 1 2 3 4 5 6 7 8 14 21 28");
  const std::string whole = read_file(path);
  // From the epoch of a frame, which is not drawn again, and from another one.
  Filmed again{.path = path};
  CHECK(again.train(100, 21, 21) == "0 1 2 3 4 5 6 7 8 14 21");
  CHECK(again.drawn == 0);
  write_atomically(path, whole);
  CHECK(again.train(100, 1, 1) == "0 1");
  CHECK(again.drawn == 0);
  write_atomically(path, whole);
  CHECK(again.train(100, 27, 35) == "0 1 2 3 4 5 6 7 8 14 21 28 35");
  CHECK(again.frames() == 13);
  const std::vector<std::string> before = pictures::apng_frames(whole), after = pictures::apng_frames(read_file(path));
  CHECK(std::equal(before.begin(), before.begin() + 11, after.begin()));
  // Within the first epoch, of which there is one frame; it is a new file, in which nothing is drawn anew.
  using Time = std::filesystem::file_time_type;
  std::filesystem::last_write_time(path, Time::clock::now() - std::chrono::hours(1));
  Training training{.epochs = 100, .batch = 1};
  again.film.on_moment(training, Moment::start);
  CHECK(again.labels() == "0");
  CHECK(std::filesystem::last_write_time(path) > Time::clock::now() - std::chrono::minutes(30));
  // Nor is anything drawn after a batch.
  training.batch = 0;
  again.film.on_moment(training, Moment::batch);
  CHECK(again.labels() == "0");
  CHECK(again.drawn == 2);
  // Another training, from the beginning, begins another film.
  CHECK(again.train(1) == "0 1");
}

TEST_CASE("what is no film is not taken up") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "a.png").string();
  for (const std::string& file : {std::string("no picture"), pictures::encode_png(image_of(1))}) {
    write_atomically(path, file);
    Filmed filmed{.path = path};
    CHECK(filmed.train(9, 4, 5) == "4 5");
  }
  std::filesystem::remove(path);
  CHECK(Filmed{.path = path}.train(9, 4, 4) == "4");
}

TEST_CASE("a picture in a page; wide is what is more than twice as wide as high") {
  const auto html = [](int width, int height, const std::string& title, const std::string& caption) {
    pictures::Image image = image_of(1, width, height);
    image.title = title;
    const report::Picture picture("a<b.png", pictures::encode_png(image));
    CHECK(picture.bytes() == pictures::encode_png(image).size());
    CHECK(picture.width() == width);
    CHECK(picture.height() == height);
    CHECK(!picture.is_film());
    CHECK(!picture.reduced);
    const std::string all = picture.html(caption), bytes = report::base64(pictures::encode_png(image));
    const std::size_t at = all.find(bytes);
    REQUIRE(at != std::string::npos);
    return all.substr(0, at) + "BYTES" + all.substr(at + bytes.size());
  };
  CHECK(html(21, 10, "Title & so on", "Words.") ==
        "<figure class=\"wide\" id=\"picture-a--3Cb-png\"><button type=\"button\" class=\"enlarge\" "
        "aria-label=\"Enlarge: "
        "Title &amp; so on\"><img alt=\"Title &amp; so on\" width=\"21\" height=\"10\"  "
        "src=\"data:image/png;base64,BYTES\"></button><figcaption>Words. <span class=\"file\">a&lt;b.png</span>"
        "</figcaption></figure>\n");
  CHECK(html(20, 10, "", "Words.") ==
        "<figure id=\"picture-a--3Cb-png\"><button type=\"button\" class=\"enlarge\" aria-label=\"Enlarge: "
        "Words.\"><img alt=\"Words.\" width=\"20\" height=\"10\"  "
        "src=\"data:image/png;base64,BYTES\"></button><figcaption>Words. <span class=\"file\">a&lt;b.png</span>"
        "</figcaption></figure>\n");
  CHECK(has(html(5, 10, "", ""), "Enlarge: a&lt;b.png\"><img alt=\"a&lt;b.png\" width=\"5\" height=\"10\""));
  CHECK(has(html(5, 10, "", ""), "<figcaption><span class=\"file\">"));
  CHECK(has(html(26, 10, "", ""), "<figure class=\"wide\""));
  CHECK(!has(html(10, 21, "", ""), "wide"));
}

TEST_CASE("a film in a page: its frames with their labels, the last one shown") {
  const std::vector<std::string> frames{pictures::encode_png(image_of(1)), pictures::encode_png(image_of(2)),
                                        pictures::encode_png(image_of(3))};
  std::string file = pictures::encode_apng(frames, 20, 100);
  file.insert(pictures::png_header_end, pictures::png_text_chunk("Labels", "one\n<two>"));
  const report::Picture film("film.png", file);
  CHECK(film.is_film());
  CHECK(film.labels == std::vector<std::string>{"one", "<two>", "picture 3"});
  CHECK(film.bytes() == frames[0].size() + frames[1].size() + frames[2].size());
  const auto image = [&](std::size_t i, const std::string& label, const std::string& on) {
    return text("<img alt=\"film.png, ", label, "\" width=\"3\" height=\"2\" data-label=\"", label, "\"", on,
                " src=\"data:image/png;base64,", report::base64(frames[i]), "\">\n");
  };
  CHECK(film.html("") ==
        "<figure class=\"film\" id=\"picture-film-png\">" + image(0, "one", "") + image(1, "&lt;two&gt;", "") +
            image(2, "picture 3", " class=\"on\"") +
            "<div class=\"controls\"><button type=\"button\">Play</button><input type=\"range\" "
            "id=\"range-film-png\" min=\"0\" max=\"2\" value=\"2\" step=\"1\" aria-label=\"film.png\"><output></output>"
            "</div><figcaption><span class=\"file\">film.png</span></figcaption></figure>\n");
  // More labels than frames, and none.
  file = pictures::encode_apng({frames[0], frames[1]}, 20, 100);
  CHECK(report::Picture("film.png", file).labels == std::vector<std::string>{"picture 1", "picture 2"});
  CHECK(report::Picture("film.png", file).is_film());
  file.insert(pictures::png_header_end, pictures::png_text_chunk("Labels", "one\ntwo\nthree"));
  CHECK(report::Picture("film.png", file).labels == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("a picture made smaller says so; what ends within its first chunk is none") {
  pictures::Image image(7, 4);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(11 * i % 251);
  report::Picture picture("a.png", pictures::encode_png(image));
  picture.reduce();
  CHECK(picture.reduced);
  CHECK(picture.width() == 3);
  CHECK(picture.height() == 2);
  const Tensor<4> half = datasets::decode_png("a.png", picture.frames[0]);
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x)
      for (int c = 0; c < 3; ++c) {
        const auto at = [&](int row, int column) {
          return static_cast<int>(image.rgb[static_cast<std::size_t>(3 * (7 * row + column) + c)]);
        };
        const int sum = at(2 * y, 2 * x) + at(2 * y, 2 * x + 1) + at(2 * y + 1, 2 * x) + at(2 * y + 1, 2 * x + 1);
        CHECK(std::abs(half(0, y, x, c) * 255 - static_cast<float>(sum) / 4) < 0.51f);
      }
  CHECK(has(picture.html(""), "a.png (at reduced size; the file next to this page is the original)</span>"));
  const std::string png = pictures::encode_png(image);
  CHECK_THROWS_AS(report::Picture("a.png", png.substr(0, pictures::png_header_end - 1)), std::invalid_argument);
  CHECK(report::Picture("a.png", png.substr(0, pictures::png_header_end)).frames.size() == 1);

  // Of a single column each pixel counts twice.
  Tensor<4> thin(1, 4, 1, 1);
  thin.setValues({{{{0.2f}}, {{0.2f}}, {{0}}, {{0.4f}}}});
  CHECK(report::halved(thin).width == 1);
  CHECK(report::halved(thin).height == 2);
  CHECK(report::halved(thin).pixel(0, 0) == pictures::Color{51, 51, 51});
  CHECK(report::halved(thin).pixel(0, 1) == pictures::Color{51, 51, 51});
}

// Pages about runs. What the tests leave in report_pages/ is read by check_pages.py and browse.py.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <latent/latent.hpp>
#include <latent/pictures/grid.hpp>
#include <latent/pictures/plot.hpp>
#include <latent/report.hpp>
#include <set>
#include <thread>

#include "numbers.hpp"

using namespace latent;

namespace {

const std::string folder = "report_pages";

std::string page_of(const std::string& name) { return read_file(folder + "/" + name + "/report.html"); }
std::string new_folder(const std::string& name) {
  std::filesystem::remove_all(folder + "/" + name);
  std::filesystem::create_directories(folder + "/" + name);
  return folder + "/" + name + "/";
}
int count(const std::string& text, const std::string& words) {
  int times = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++times;
  return times;
}
bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

Tensor<2> some_rows(Index rows, Index columns) {
  Tensor<2> x(rows, columns);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{3}, Purpose::test).uniform(i));
  return x;
}

/// Looks at the page while the training goes on.
struct Looker : Callback {
  std::string name, seen;
  explicit Looker(std::string page) : name(std::move(page)) {}
  void on_moment(Training& training, Moment moment) override {
    if (moment == Moment::epoch && training.epoch == 2) seen = page_of(name);
  }
};

using Small = Sequential<Input<6>, Dense<3, ReLU>, Named<"out", Dense<6, Sigmoid>>>;

template <class... Callbacks>
History train(Small& model, int epochs, const std::vector<Callback*>& callbacks, int initial = 0) {
  const Tensor<2> x = some_rows(40, 6);
  return compile(model, Adam{.learning_rate = 0.02}, MeanSquaredError{}, MeanAbsoluteError{})
      .fit(x, x,
           {.epochs = epochs,
            .batch_size = 8,
            .validation_data = {x, x},
            .verbose = {},
            .callbacks = callbacks,
            .seed = Seed{5},
            .initial_epoch = initial});
}

}  // namespace

TEST_CASE("options and words of a report outside their range are refused") {
  new_folder("refused");
  const std::string path = folder + "/refused/report.html";
  const auto refused = [](const auto& f, const char* message) {
    CHECK_THROWS_WITH_AS(f(), message, std::invalid_argument);
  };
  refused([&] { Report made(path, {.seconds = -1}); }, "report: seconds is at least 0, received -1");
  refused([&] { Report made(path, {.seconds = std::nan("")}); }, "report: seconds is at least 0, received nan");
  refused([&] { Report made(path, {.share = 0}); }, "report: share is more than 0, received 0");
  Report report(path);
  refused([&] { report.finish("<b>"); }, "report: a run is finished, interrupted or failed, received <b>");
}

TEST_CASE("words are written so that they are read as words") {
  CHECK(report::escaped("<script>alert('x')</script> & \"y\"\x01\n") ==
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;\n");
  CHECK(report::escaped("Größe, zażółć, संख्या") == "Größe, zażółć, संख्या");
  CHECK(report::id_of("a b/ü.png") == "a--20b--2F--C3--BC-png");
  CHECK(report::id_of("a-b.png") != report::id_of("a.b.png"));
  CHECK(report::id_of("ä.png") != report::id_of("ö.png"));
  CHECK(report::link_to_file("net #1 50%25?.html") == "net%20%231%2050%2525%3F.html");
  CHECK(report::link_to_file("a-b_c.d~/ö\"<") == "a-b_c.d~/%C3%B6%22%3C");
  // RFC 4648, section 10
  for (const auto& [bytes, expected] : std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                                                        {"f", "Zg=="},
                                                                                        {"fo", "Zm8="},
                                                                                        {"foo", "Zm9v"},
                                                                                        {"foob", "Zm9vYg=="},
                                                                                        {"fooba", "Zm9vYmE="},
                                                                                        {"foobar", "Zm9vYmFy"}})
    CHECK(report::base64(std::string_view(bytes + "x").substr(0, bytes.size())) == expected);
  CHECK(report::base64(std::string("\xff\xfe\x00", 3)) == "//4A");
  CHECK(
      report::table_html("<t>", {"name", "number"}, {{"a", 1234}, {"b", ""}}) ==
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"&lt;t&gt;\"><table "
      "class=\"sortable\"><caption>"
      "&lt;t&gt;</caption><thead><tr><th scope=\"col\">name</th><th scope=\"col\" class=\"n\">number</th></tr></thead>"
      "<tbody><tr><td>a</td><td class=\"n\" data-v=\"1234\">1,234</td></tr>\n<tr><td>b</td><td></td></tr>\n"
      "</tbody></table></div>\n");
  std::vector<std::vector<report::Cell>> shorter{{1, 2}};
  shorter[0].pop_back();  // behind it there is still a number
  CHECK(has(report::table_html("t", {"a", "b"}, shorter), "class=\"n\">a</th><th scope=\"col\">b</th>"));
  CHECK(has(report::table_html("t", {"a", "b"}, {{1, 2}, {1}}), "class=\"n\">b</th>"));  // the first row decides
}

TEST_CASE("the comment at the top of a program becomes paragraphs, a list and questions") {
  const report::Banner banner(
      "/// Digits.\n///\n/// The task: be <b>quick</b> with --noise 0.5, not\n/// slow.\n///\n/// What to look at:\n"
      "///   a.png, b.png   how it\n///                  begins\n///   the figures    psnr\n///\n///     Conv -- "
      "Conv\n///        up\n///\n"
      "/// Questions: Why (and why not? really)? It is so. Or is a.png?\n#include <x>\n// not this\n");
  const std::string html = banner.html({"a.png"});
  CHECK(has(html, "<p class=\"lead\">Digits.</p>"));
  CHECK(has(html, "<p><b>The task:</b> be &lt;b&gt;quick&lt;/b&gt; with <code>--noise</code> 0.5, not slow.</p>"));
  CHECK(has(html, "<dt><a href=\"#picture-a-png\">a.png</a>, b.png</dt><dd>how it begins</dd>"));
  CHECK(has(html, "<dt>the figures</dt><dd>psnr</dd>"));
  CHECK(has(html, "<pre>    Conv -- Conv\n       up</pre>"));
  CHECK(
      has(html, "<li>Why (and why not? really)?</li>\n<li>It is so. Or is <a href=\"#picture-a-png\">a.png</a>?</li>"));
  CHECK(!has(html, "not this"));
  CHECK(banner.caption("a.png") == "how it begins");
  CHECK(banner.caption("b.png") == "how it begins");
  CHECK(banner.caption("mse_b.png") == "how it begins");
  CHECK(banner.caption("c.png").empty());
  CHECK(report::Banner("int main() {}").empty());
}

TEST_CASE("a report shows a training while it goes on, and changes nothing of it") {
  Small reported{Seed{1}, "small"}, alone{Seed{1}, "small"};
  new_folder("training");
  const History without = train(alone, 5, {});
  Looker looker("training");
  History with;
  {
    Report report(folder + "/training/report.html", {.seconds = 0, .share = 1e9});
    CHECK(has(page_of("training"), "data-status=\"running\""));
    with = train(reported, 5, {&report, &looker});
    report.figure("psnr", 17.25);
    report.fact("data", "40 rows");
  }
  CHECK(with.history == without.history);
  CHECK(std::equal(alone.data(), alone.data() + Small::network::buffer_size, reported.data()));

  CHECK(has(looker.seen, "data-status=\"running\""));
  CHECK(has(looker.seen, "epoch 3 of 5"));
  CHECK(looker.seen.ends_with("</html>\n"));
  CHECK(count(looker.seen, "<td class=\"n\" data-v=\"" + exact(with["val_loss"][1])) >= 1);
  CHECK(!has(looker.seen, exact(with["val_loss"][2])));

  const std::string page = page_of("training");
  CHECK(page.ends_with("</html>\n"));
  CHECK(has(page, "data-status=\"finished\""));
  for (const auto& [name, values] : with.history)
    for (const double value : values) CHECK(has(page, "data-v=\"" + exact(value) + "\""));
  for (const char* words : {"<h1>test_report</h1>", "Pages about runs.", "17.25", "40 rows", "<td>Adam</td>",
                            "<td>0.02</td>", "samples</th><td>40<", "TEST_CASE(&quot;a report shows",
                            "Trainable params: 45 (180.00 B)", "samples per second"})
    CHECK_MESSAGE(has(page, words), words);
  CHECK(page.size() < 200000);
  CHECK(!has(page, "<span></span>"));
  CHECK(!has(page.substr(page.find("<section id=\"network\"")), "</h3>\n<p class=\"file\">"));  // of one training
}

TEST_CASE("a report that is not written at once leaves a page that is there until a training begins") {
  new_folder("resumed");
  const std::string path = folder + "/resumed/report.html";
  {
    Report report(path);
    report.fact("run", "the first");
  }
  const std::string before = page_of("resumed");
  CHECK(has(before, "the first"));
  for (const char* status : {"failed", "interrupted"}) {
    Report report(path, {.at_once = false});
    report.write_if_due();
    report.finish(status, "another training");
    CHECK(page_of("resumed") == before);
  }
  Report(path, {.at_once = false}).finish("finished");  // there was nothing to train
  CHECK(page_of("resumed") != before);
  Small small{Seed{1}, "small"};
  Report report(path, {.at_once = false, .seconds = 0, .share = 1e9});
  train(small, 1, {&report});
  CHECK(has(page_of("resumed"), "data-status=\"running\""));
  report.finish("failed", "no space");
  CHECK(has(page_of("resumed"), "no space"));
}

TEST_CASE("a training that goes on is the same one, another one is not; each state is told") {
  new_folder("several");
  Small model{Seed{1}, "small"};
  {
    Report report(folder + "/several/report.html", {.title = "Several"});
    report.training("Größe <script>alert(1)</script> zażółć संख्या");
    train(model, 2, {&report});
    train(model, 4, {&report}, 2);
    Small other{Seed{2}, "small"};
    train(other, 3, {&report});
    report.table("Punkte <b>", {"Name", "Wert"}, {{"a<b", 2.5}, {"ü", 1234567}});
    report.output("a < b\n");
    report.finish("interrupted", "stopped in epoch 3 & so on");
  }
  const std::string page = page_of("several");
  CHECK(count(page, "data-name=\"Größe &lt;script&gt;alert(1)&lt;/script&gt; zażółć संख्या\"") == 1);
  CHECK(count(page, "data-name=\"Größe &lt;script&gt;alert(1)&lt;/script&gt; zażółć संख्या (2)\"") == 1);
  CHECK(!has(page, "<script>alert(1)"));
  CHECK(has(page, "<h1>Several</h1>"));
  const std::string name = "Größe &lt;script&gt;alert(1)&lt;/script&gt; zażółć संख्या";
  CHECK(has(page, "<p class=\"file\">" + name + ", " + name + " (2)</p>"));
  CHECK(count(page, "<svg") == 1);  // one network
  CHECK(has(page,
            "<p class=\"status\"><span class=\"pill interrupted\">interrupted</span><span>stopped in epoch 3 &amp; so "
            "on</span><span>"));
  CHECK(has(page, "<pre class=\"printed\" tabindex=\"0\">a &lt; b"));
  CHECK(has(page, "<td class=\"n\" data-v=\"1234567\">1,234,567</td>"));

  new_folder("failed");
  try {
    const Report report(folder + "/failed/report.html");
    throw std::runtime_error("no");
  } catch (const std::runtime_error&) {
  }
  CHECK(has(page_of("failed"), "data-status=\"failed\""));
  CHECK_THROWS_AS(Report{folder}, FileError);
  CHECK_THROWS_WITH_AS(Report("/proc/none/report.html"), doctest::Contains("/proc/none/report.html"), FileError);
}

TEST_CASE("a training that goes on is not one whose name begins alike") {
  new_folder("alike");
  Report report(folder + "/alike/report.html", {.title = "Alike"});
  Small one{Seed{1}, "small"}, two{Seed{2}, "small"};
  report.training("net (large)");
  train(one, 2, {&report});
  report.training("net");
  train(two, 4, {&report}, 2);
  report.finish("finished");
  const std::string page = page_of("alike");
  CHECK(count(page, "data-name=\"net (large)\"") == 1);
  CHECK(count(page, "data-name=\"net\"") == 1);
}

TEST_CASE("a report leads to explorers of its run, to each once") {
  const std::string path = folder + "/explored/report.html";
  {
    Report report(path, {.title = "Explored"});
  }
  for (const char* explorer : {"explorer.html", "explorer.html", "mse_explorer.html"})
    report::link_to_explorer(path, explorer);
  const std::string page = read_file(path);
  CHECK(count(page, "<a href=\"explorer.html\">") == 1);
  CHECK(count(page, "<a href=\"mse_explorer.html\">") == 1);
  CHECK(page.find("mse_explorer") < page.find("</header>"));

  const std::string other = folder + "/explored/other.txt";
  write_atomically(other, "no report");
  report::link_to_explorer(other, "explorer.html");
  CHECK(read_file(other) == "no report");
}

TEST_CASE("a loop of one's own is shown, even if it tells little") {
  new_folder("loop");
  {
    Report report(folder + "/loop/report.html", {.title = "Loop"});
    Training training{.epochs = 2, .batches = 1};
    report.on_moment(training, Moment::start);  // neither model nor history
    training.epoch = 1;
    report.on_moment(training, Moment::epoch);
    History history;
    Training other{.epochs = 2, .batches = 1, .batch_size = 4, .history = &history};
    report.training("game");
    report.on_moment(other, Moment::start);
    history.append({{"critic_loss", 0.6875}});
    other.epoch = 1;
    report.on_moment(other, Moment::epoch);
    report.on_train_end(other);
  }
  const std::string page = page_of("loop");
  CHECK(has(page, "data-name=\"game\""));
  CHECK(has(page, "data-v=\"0.6875\""));
  CHECK(has(page, "data-status=\"finished\""));
}

/// The section of a page with that id.
std::string section_of(const std::string& page, const std::string& id) {
  const std::size_t begin = page.find("<section id=\"" + id + "\"");
  return begin == std::string::npos ? "" : page.substr(begin, page.find("</section>", begin) - begin);
}

TEST_CASE("results: of one training its last numbers, and eight figures; where there are more, a table of all") {
  new_folder("results");
  for (const int figures : {0, 8, 9}) {
    {
      Report report(folder + "/results/report.html", {.title = "Results"});
      History history;
      Training training{.epochs = 2, .batches = 1, .samples = figures > 0, .batch_size = 4, .history = &history};
      report.on_moment(training, Moment::start);
      for (const double loss : {0.75, 0.5}) {
        history.append({{"loss", loss}, {"figure 0", 7}});
        ++training.epoch;
        report.on_moment(training, Moment::epoch);
      }
      for (int i = 0; i < figures; ++i) report.figure(text("figure ", i), -1);
      for (int i = 0; i < figures; ++i) report.figure(text("figure ", i), i + 0.25);
    }
    std::string cards = "<ul class=\"cards\">\n";
    if (figures == 0) cards += "<li><b>7</b><span>figure 0</span></li>\n";
    cards += "<li><b>0.5</b><span>loss</span></li>\n";
    for (int i = 0; i < std::min(figures, 8); ++i)
      cards += text("<li><b>", i, ".25</b><span>figure ", i, "</span></li>\n");
    const std::string results = section_of(page_of("results"), "results");
    CHECK(has(results, cards + "</ul>\n"));
    CHECK(count(results, "<li>") == std::min(figures, 8) + (figures == 0 ? 2 : 1));
    CHECK(has(results, "All figures") == (figures == 9));
    CHECK(has(section_of(page_of("results"), "run"), "samples per second") == (figures > 0));
  }
}

TEST_CASE("what several trainings share is said once, what differs in the table; each network is drawn once") {
  new_folder("shared");
  {
    Report report(folder + "/shared/report.html", {.title = "Shared"}, "no_such_source.cpp");
    for (const int batch_size : {4, 1000}) {
      History history;
      Training training{.epochs = 3,
                        .batches = 2,
                        .samples = 1234,
                        .batch_size = batch_size,
                        .optimizer = "Adam",
                        .seed = Seed{9},
                        .threads = 2,
                        .history = &history};
      report.training(text("by ", batch_size));
      report.on_moment(training, Moment::start);
      history.append({{"loss", 0.25}});
      history.append({{"loss", 0.125}, {"val_loss", 0.5}});
      training.epoch = 2;
      report.on_moment(training, Moment::epoch);
    }
    report.table("Table", {"a"}, {{1}});
    report.table("Other", {"a"}, {{2}});
    report.table("Table", {"a"}, {{3}});
    CHECK_THROWS_WITH_AS(report.table("Table", {"a"}, {{4}, {5, 6}}),
                         "report: row 2 of the table \"Table\" has 2 cells, expected 1", std::invalid_argument);
    report.write();
    const std::string page = page_of("shared");
    CHECK(has(page, "<progress max=\"3\" value=\"2.000\""));
    CHECK(has(page, "by 1000: epoch 3 of 3"));
    CHECK(has(page, "<meta http-equiv=\"refresh\""));
    CHECK(has(page, "reload automatically"));
  }
  const std::string page = page_of("shared"), run = section_of(page, "run");
  CHECK(!has(page, "<meta http-equiv=\"refresh\""));
  CHECK(!has(page, "reload automatically</label>"));
  CHECK(section_of(page, "source").empty());
  CHECK(section_of(page, "results").empty());
  const std::string heads =
      "training</th><th scope=\"col\">network</th><th scope=\"col\" class=\"n\">parameters</th>"
      "<th scope=\"col\" class=\"n\">epochs</th><th scope=\"col\" class=\"n\">seconds</th>"
      "<th scope=\"col\" class=\"n\">loss</th><th scope=\"col\" class=\"n\">val_loss</th>"
      "<th scope=\"col\">batch size</th></tr>";
  CHECK(has(run, heads));
  CHECK(has(run, "<tr><td>by 4</td><td></td><td class=\"n\" data-v=\"0\">0</td><td class=\"n\" data-v=\"2\">2</td>"));
  // The number in the name, parameters, epochs, and then seconds, of which there are few; each twice.
  const std::vector<double> first = numbers(run.substr(run.find("<td>by 4</td>")));
  CHECK((first[0] == 4 && first[1] == 0 && first[3] == 2 && first[5] >= 0 && first[5] < 5));
  CHECK(count(run, "<td class=\"n\" data-v=\"0.125\">0.125</td><td class=\"n\" data-v=\"0.5\">0.5</td><td>") == 2);
  CHECK(has(run, "<td>1,000</td></tr>"));
  for (const char* fact :
       {"optimiser</th><td>Adam<", "seed</th><td>9<", "threads</th><td>2<", "samples</th><td>1,234<"})
    CHECK_MESSAGE(count(run, fact) == 1, fact);
  const std::string curves = section_of(page, "curves");
  CHECK(has(curves,
            "<th scope=\"col\" class=\"n\">epoch</th><th scope=\"col\" class=\"n\">loss</th><th "
            "scope=\"col\">val_loss</th>"));
  CHECK(has(curves, "<tr><td class=\"n\" data-v=\"1\">1</td><td class=\"n\" data-v=\"0.25\">0.25</td><td></td></tr>"));
  const std::string tables = section_of(page, "tables");
  CHECK(count(tables, "<table") == 2);
  CHECK(tables.find("data-v=\"3\"") < tables.find("data-v=\"2\""));
  CHECK(!has(tables, "data-v=\"1\""));
  CHECK(
      has(page, "<li><a href=\"#curves\">Curves</a></li><li><a href=\"#tables\">Tables</a></li><li><a href=\"#run\">"));
}

TEST_CASE("one network stands open, of more than two each is folded up but the first; trainings share a drawing") {
  new_folder("networks");
  const auto page_with = [](int networks) {
    {
      Report report(folder + "/networks/report.html", {.title = "Networks"});
      const auto add = [&](const ModelFacts& facts, const char* name) {
        Training training{.epochs = 1, .batches = 1, .model = &facts};
        report.training(name);
        report.on_moment(training, Moment::start);
      };
      Small small{Seed{1}, "small"};
      Sequential<Input<6>, Dense<6>> linear{Seed{1}, "linear"};
      Sequential<Input<6>, Dense<6, ReLU>> bent{Seed{1}, "bent"};
      const auto facts = small.facts();
      add(facts, "first");
      add(facts, "again");
      const auto others = linear.facts(), last = bent.facts();
      if (networks > 1) add(others, "second");
      if (networks > 2) add(last, "third");
    }
    return section_of(page_of("networks"), "network");
  };
  const std::string one = page_with(1), two = page_with(2), three = page_with(3);
  CHECK(has(one, "<h2 id=\"h-network\">Network</h2>"));
  CHECK(has(one, "<div class=\"networks\">\n<div><h3>small: 45 parameters</h3>\n<p class=\"file\">first, again</p>\n"));
  CHECK(count(one, "<svg") == 1);
  CHECK(has(two, "<h2 id=\"h-network\">Networks</h2>"));
  CHECK(has(two, "<div><h3>linear: 42 parameters</h3>\n<p class=\"file\">second</p>\n"));
  CHECK(!has(two, "<details id=\"network-"));
  CHECK(count(two, "<svg") == 2);
  CHECK(has(three, "<details id=\"network-0\" open><summary>small: 45 parameters</summary>\n"));
  CHECK(has(three, "<details id=\"network-1\"><summary>linear: 42 parameters</summary>\n"));
  CHECK(has(three, "<details id=\"network-2\"><summary>bent: 42 parameters</summary>\n<p class=\"file\">third</p>\n"));
  // Networks that differ in the activation of their first layer alone.
  {
    Report report(folder + "/networks/report.html", {.title = "Networks"});
    const Small relu(Seed{1}, "small");
    const Sequential<Input<6>, Dense<3, Tanh>, Named<"out", Dense<6, Sigmoid>>> tanh(Seed{1}, "small");
    for (const ModelFacts& facts : {relu.facts(), tanh.facts()}) {
      Training training{.epochs = 1, .model = &facts};
      report.on_moment(training, Moment::start);
    }
  }
  CHECK(count(page_of("networks"), "<svg") == 2);
}

TEST_CASE(
    "a picture in half its size: means of four pixels; of an odd last row or column there is none, of one row itself") {
  Tensor<4> image(1, 5, 4, 3), row(1, 1, 4, 1);
  for (Index y = 0; y < 5; ++y)
    for (Index x = 0; x < 4; ++x)
      for (Index c = 0; c < 3; ++c) image(0, y, x, c) = static_cast<float>(16 * y + 4 * x + 2 * c) / 255;
  const pictures::Image half = report::halved(image);
  CHECK(half.width == 2);
  CHECK(half.height == 2);
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 2; ++x)
      CHECK(half.pixel(x, y) == pictures::Color{static_cast<std::uint8_t>(32 * y + 8 * x + 10),
                                                static_cast<std::uint8_t>(32 * y + 8 * x + 12),
                                                static_cast<std::uint8_t>(32 * y + 8 * x + 14)});
  row.setValues({{{{0.f}, {1.f}, {0.2f}, {0.2f}}}});
  CHECK(report::halved(row).height == 1);
  CHECK(report::halved(row).pixel(0, 0) == pictures::Color{128, 128, 128});
  CHECK(report::halved(row).pixel(1, 0) == pictures::Color{51, 51, 51});
}

static pictures::Image noise_of(int width, int height) {
  pictures::Image image(width, height);
  for (std::size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] = static_cast<std::uint8_t>(Random(Seed{}, Purpose::test).uniform(static_cast<Index>(i)) * 255);
  return image;
}

TEST_CASE("of thousands of epochs a report has some, the first and the last among them") {
  new_folder("long");
  {
    Report report(folder + "/long/report.html", {.title = "Long"});
    History history;
    Training training{.epochs = 9000, .batches = 1, .batch_size = 4, .history = &history};
    report.on_moment(training, Moment::start);
    for (int epoch = 0; epoch < 9000; ++epoch) history.append({{"loss", 1.0 / (1 + epoch)}});
    training.epoch = 9000;
    report.on_moment(training, Moment::epoch);
  }
  const std::string page = page_of("long");
  CHECK(has(page, ": one epoch of 3<"));
  for (const int epoch : {0, 3, 8999}) CHECK(has(page, "data-v=\"" + exact(1.0 / (1 + epoch)) + "\""));
  CHECK(!has(page, "data-v=\"" + exact(1.0 / 3) + "\""));
  CHECK(count(page, "<tr><td class=\"n\"") == 3001);
}

TEST_CASE("pictures of the folder are taken in, large ones made smaller, films with all frames") {
  const std::string out = new_folder("pictures");
  pictures::save_png(out + "old.png", pictures::Image(3, 3));
  std::filesystem::last_write_time(out + "old.png",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  Small model{Seed{1}, "small"};
  {
    Report report(out + "report.html", {.picture_bytes = 40000});
    pictures::Image noise = noise_of(200, 100);
    noise.title = "Rauschen <i>";
    pictures::save_png(out + "noise.png", noise);
    Tensor<4> squares(4, 6, 6, 1);
    squares.setConstant(0.5f);
    pictures::save_png(out + "grid.png",
                       pictures::grid({squares}, 4, {.title = "Kwadraty", .row_titles = {"szum"}, .scale = 3}));
    write_atomically(out + "none.png", "no picture");
    write_atomically(out + "other.dat", pictures::encode_png(noise));
    report.picture("own", pictures::Image(20, 10, {0, 0, 200}), "blue");
    Film film(out + "training.png", [&] {
      return pictures::plot({{"weight", {0, static_cast<double>(model.data()[0])}}},
                            {.title = "Weights", .width = 300, .height = 225});
    });
    train(model, 3, {&report, &film});
  }
  const std::string page = page_of("pictures");
  CHECK(count(page, "<img ") == 3 + 4);
  CHECK(!has(page, "id=\"picture-old"));
  CHECK(!has(page, "id=\"picture-none"));
  CHECK(has(page, "alt=\"Rauschen &lt;i&gt;\" width=\"100\" height=\"50\""));
  CHECK(has(page, "at reduced size"));
  CHECK(has(page, "alt=\"Kwadraty (szum)\""));
  CHECK(has(page, "<figcaption>blue "));
  for (const char* label : {"before the training", "epoch 1", "epoch 2", "epoch 3"})
    CHECK(has(page, text("data-label=\"", label, "\"")));

  // A film goes on.
  const std::vector<std::string> before = pictures::apng_frames(read_file(out + "training.png"));
  Film film(out + "training.png",
            [&] { return pictures::plot({{"weight", {0, 1}}}, {.title = "Weights", .width = 300, .height = 225}); });
  train(model, 5, {&film}, 3);
  const std::vector<std::string> after = pictures::apng_frames(read_file(out + "training.png"));
  CHECK(before.size() == 4);
  CHECK(after.size() == 6);
  CHECK(std::equal(before.begin(), before.end(), after.begin()));
  CHECK(pictures::png_text(read_file(out + "training.png"), "Title") == "Weights");
  // Another training begins another one.
  train(model, 1, {&film});
  const std::vector<std::string> anew = pictures::apng_frames(read_file(out + "training.png"));
  CHECK(anew.size() == 2);
  CHECK(anew.front() != before.front());
}

TEST_CASE("a picture that was written when the report began is taken in, and again when it has changed") {
  const std::string out = new_folder("changed");
  {
    Report report(out + "report.html");
    const auto now = std::filesystem::file_time_type::clock::now();
    for (int width = 3; width < 5; ++width) {
      pictures::save_png(out + "a.png", pictures::Image(width, 2));
      std::filesystem::last_write_time(out + "a.png", now + std::chrono::seconds(width - 3));
      report.write();
      report.write();
      CHECK(count(page_of("changed"), "<img ") == 1);
      CHECK(has(page_of("changed"), text("width=\"", width, "\" height=\"2\"")));
    }
  }
}

TEST_CASE("a small picture stays as it is while a wide one can be made smaller") {
  const std::string out = new_folder("sizes");
  {
    Report report(out + "report.html", {.picture_bytes = 300000});
    report.picture("wide", noise_of(700, 200));   // 420 kB, then 105, then 26
    report.picture("small", noise_of(300, 300));  // 270 kB
  }
  const std::string page = page_of("sizes");
  CHECK(has(page, "width=\"300\" height=\"300\""));
  CHECK(has(page, "width=\"175\" height=\"50\""));

  {
    Report report(out + "report.html", {.picture_bytes = 300000});
    for (const char* name : {"b", "a"}) report.picture(name, noise_of(330, 200));  // 200 kB; of two alike the first
  }
  const std::string alike = page_of("sizes");
  CHECK(count(alike, "width=\"330\" height=\"200\"") == 1);
  CHECK(alike.find("width=\"165\" height=\"100\"") < alike.find("width=\"330\" height=\"200\""));

  {
    // 120 kB of text are thought of, and there are 100 more: 190 kB are left for the picture.
    Report report(out + "report.html", {.page_bytes = 480000});
    report.picture("small", noise_of(300, 300));
    report.output(std::string(100000, 'x'));
  }
  CHECK(has(page_of("sizes"), "width=\"150\" height=\"150\""));
  CHECK(page_of("sizes").size() < 480000);
}

TEST_CASE("the drawing of a network shows skips, heads, shared and borrowed parameters") {
  using Net = Sequential<Named<"a", Input<8, 8, 1>>, Named<"eye", Conv2D<2, 3, Same, ReLU>>, MaxPooling2D<2>, Conv2D<2, 3, Same, GELU>,
                         UpSampling2D<2>, Concatenate<"eye">, Flatten, Named<"code", Dense<4>>, Dropout<0.5>,
                         Named<"label", Dense<3, Softmax>>, From<"code">, DenseTranspose<"code">, Named<"back", Reshape<8, 8, 4>>,
                         Named<"b", Input<8, 8, 1>>, Named<"other", Again<"eye">>>;
  Net model{Seed{1}, "zażółć <net>"};
  model.set_trainable("code", false);
  const std::vector<report::NetworkNode> nodes = report::network_nodes(model.facts());
  const auto find = [&](const std::string& name) {
    return *std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.name == name; });
  };
  CHECK(find("eye").parameters == 20);
  CHECK(find("eye").activation == "relu");
  CHECK(find("eye").shape == "8 × 8 × 2");
  CHECK(find("eye").values == 8 * 8 * 2);
  CHECK(find("conv2d").activation == "gelu");
  CHECK(find("label").remark == "output");
  CHECK(find("code").remark == "frozen");
  CHECK(find("concatenate").reads.size() == 2);
  const auto& shared = nodes.back();
  CHECK(shared.again);
  CHECK(shared.remark == "parameters of eye, output");
  CHECK(shared.parameters == 0);
  CHECK(find("dense_transpose").remark.starts_with("parameters of code"));

  Net frozen = model;
  frozen.set_trainable("eye", false);
  CHECK(report::network_nodes(frozen.facts()).back().remark == "parameters of eye, frozen, output");

  const std::string html = report::network_html(model.facts(), "layers-0");
  CHECK(count(html, "<rect class=\"box\"") == static_cast<int>(nodes.size()));
  // The whole of it, as somebody has looked at it; LATENT_WRITE_REFERENCES=1 writes it anew.
  const std::string reference = LATENT_SOURCE_DIR "/tests/report/network.html";
  if (std::getenv("LATENT_WRITE_REFERENCES")) write_atomically(reference, html);
  CHECK(html == read_file(reference));
  CHECK(count(html, "\"edge skip\"") == 1);
  CHECK(count(html, "\"edge\"") == 12);
  CHECK(has(html, "zażółć &lt;net&gt;"));
  CHECK(has(html, "Concatenate"));

  // The boxes are within the drawing and apart; every arrow leads from the border of a box to that of one that reads it.
  const auto of = [&](const char* start) {
    std::vector<std::vector<double>> all;
    for (std::size_t at = html.find(start); at != std::string::npos; at = html.find(start, at + 1))
      all.push_back(numbers(html.substr(at, html.find('>', at) - at)));
    return all;
  };
  const auto boxes = of("<rect class=\"box\"");  // x, y, width, height
  REQUIRE(boxes.size() == nodes.size());
  const auto drawing = of("<svg viewBox").front();
  const auto near = [](double a, double b) { return std::abs(a - b) < 0.2; };
  std::set<std::pair<std::size_t, std::size_t>> read, skipping, drawn, drawn_skipping;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const auto& box = boxes[i];
    CHECK((box[0] > 0 && box[1] > 0 && box[0] + box[2] < drawing[2] && box[1] + box[3] < drawing[3]));
    for (std::size_t k = 0; k < i; ++k)
      CHECK((box[1] >= boxes[k][1] + boxes[k][3] || boxes[k][1] >= box[1] + box[3] ||
             box[0] >= boxes[k][0] + boxes[k][2] || boxes[k][0] >= box[0] + box[2]));
    for (const int from : nodes[i].reads) {
      const auto f = static_cast<std::size_t>(from);
      const double below = box[1] - boxes[f][1] - boxes[f][3];
      CHECK(below > 0);
      (below > box[3] ? skipping : read).emplace(f, i);
    }
  }
  const auto edges = of("<path class=\"edge\""), tips = of("<path class=\"tip\""),
             skips = of("<path class=\"edge skip\""), skip_tips = of("<path class=\"skip-tip\"");
  REQUIRE(edges.size() == tips.size());
  REQUIRE(skips.size() == skip_tips.size());
  for (std::size_t from = 0; from < boxes.size(); ++from)
    for (std::size_t to = 0; to < boxes.size(); ++to) {
      const auto &f = boxes[from], &t = boxes[to];
      for (std::size_t e = 0; e < edges.size(); ++e)  // from the middle below to the middle above
        if (near(edges[e][0], f[0] + f[2] / 2) && near(edges[e][1], f[1] + f[3]) &&
            near(tips[e][0] + 4.5, t[0] + t[2] / 2) && near(tips[e][1] + 7, t[1]) &&
            near(edges[e][edges[e].size() - 2], t[0] + t[2] / 2))
          drawn.emplace(from, to);
      for (std::size_t e = 0; e < skips.size(); ++e)  // on the right, out of the lower half and into the upper one
        if (near(skips[e][0], f[0] + f[2]) && skips[e][1] > f[1] + f[3] / 2 && skips[e][1] < f[1] + f[3] &&
            near(skip_tips[e][0] - 8, t[0] + t[2]) && skip_tips[e][1] + 4.5 > t[1] &&
            skip_tips[e][1] + 4.5 < t[1] + t[3] / 2)
          drawn_skipping.emplace(from, to);
    }
  CHECK(drawn == read);
  CHECK(drawn_skipping == skipping);

  const std::string out = new_folder("network");
  Report report(out + "report.html", {.title = "A network with everything"});
  const Tensor<4> x = some_rows(4, 64).reshape(Eigen::array<Index, 4>{4, 8, 8, 1});
  Tensor<4> back(4, 8, 8, 4), other(4, 8, 8, 2);
  Tensor<2> label(4, 3);
  back.setZero(), other.setZero(), label.setZero();
  label.chip(0, 1).setConstant(1);
  compile(model, SGD{}, head<"label">(CategoricalCrossentropy{}, 1, Accuracy{}), head<"back">(MeanSquaredError{}))
      .fit({x, x}, {label, back}, {.epochs = 2, .verbose = {}, .callbacks = {&report}});
}

namespace {

/// The words between two others in a page, after `from`.
std::string between(const std::string& page, const std::string& before, const std::string& after) {
  const std::size_t at = page.find(before);
  if (at == std::string::npos) return "(no " + before + ")";
  return page.substr(at + before.size(), page.find(after, at + before.size()) - at - before.size());
}
/// The fact of that name in the table of the run.
std::string fact_of(const std::string& page, const std::string& name) {
  return between(section_of(page, "run"), "<th scope=\"row\">" + name + "</th><td>", "</td>");
}
double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
const ReportOptions at_once{.title = "T", .seconds = 0, .share = 1e9};

}  // namespace

TEST_CASE("how far a training is: in the first batch, between epochs, and after the last one while it still goes on") {
  const std::string path = new_folder("progress") + "report.html";
  const auto progress = [&] { return between(read_file(path), "</span><progress ", "</span><span>"); };
  Report report(path, at_once, "no_source.cpp");
  CHECK(!has(page_of("progress"), "<progress"));
  History history;
  Training training{.epochs = 3, .batch = 0, .batches = 0, .history = &history};
  const auto shown = [](const char* value, int epoch, const char* logs) {
    return text("max=\"3\" value=\"", value, "\" aria-label=\"progress\"></progress><span>training: epoch ", epoch,
                " of 3", logs);
  };
  report.on_moment(training, Moment::start);
  CHECK(progress() == shown("0.000", 1, ""));
  training.batch = 1, training.batches = 4, training.logs = {{"loss", 0.25}, {"mae", 0.123456}};
  report.on_moment(training, Moment::batch);
  CHECK(progress() == shown("0.250", 1, "  loss 0.25  mae 0.1235"));
  training.batches = 1;
  report.on_moment(training, Moment::batch);
  CHECK(progress() == shown("1.000", 1, "  loss 0.25  mae 0.1235"));
  CHECK(section_of(page_of("progress"), "curves").empty());
  training.batch = 0, training.epoch = 2;
  report.on_moment(training, Moment::epoch);
  CHECK(progress() == shown("2.000", 3, "  loss 0.25  mae 0.1235"));
  training.epoch = 3;
  report.on_moment(training, Moment::epoch);
  CHECK(progress() == shown("3.000", 3, "  loss 0.25  mae 0.1235"));
  report.on_train_end(training);
  report.write();
  CHECK(!has(page_of("progress"), "<progress"));
  CHECK(!has(page_of("progress"), "samples per second"));
}

TEST_CASE("a page is written when it is due, and the numbers of a batch are taken then") {
  using namespace std::chrono_literals;
  CHECK(ReportOptions{}.seconds == 2);
  CHECK(ReportOptions{}.share == 0.01);
  CHECK(ReportOptions{}.pictures_beside);
  const std::string path = new_folder("due") + "report.html";
  for (const ReportOptions& options : {ReportOptions{.title = "T", .seconds = 1000, .share = 1e9},
                                       ReportOptions{.title = "T", .seconds = 0, .share = 1e-9},
                                       ReportOptions{.title = "T", .seconds = 0.4, .share = 1e9}}) {
    Report report(path, options, "no_source.cpp");
    Training training{.epochs = 3, .batches = 4};
    report.on_moment(training, Moment::start);
    training.batch = 1;
    report.on_moment(training, Moment::batch);
    report.write_if_due();
    if (options.seconds == 0.4) {
      std::this_thread::sleep_for(450ms);
      report.on_moment(training, Moment::batch);
      CHECK(has(page_of("due"), "value=\"0.250\""));
    } else {
      CHECK(!has(page_of("due"), "<progress"));
      report.write();
      CHECK(has(page_of("due"), "value=\"0.000\""));
    }
  }
}

TEST_CASE("how long a training took, of how many samples a second, with its rate and batches in words") {
  const std::string path = new_folder("facts") + "report.html";
  const LearningRate fixed = 0.125, schedule = [](Index step) { return step == 0 ? 0.5 : 0.25; };
  for (int kind = 0; kind < 3; ++kind) {
    LearningRate rate = kind == 1 ? schedule : fixed;
    double least = 0, most = 0;
    {
      Report report(path, at_once, "no_source.cpp");
      report.fact("first", "1");
      report.output("one "), report.output("two");
      History history;
      Training training{.epochs = 2,
                        .batches = 1,
                        .samples = 1'000'000,
                        .batch_size = kind == 0 ? 1 : 0,
                        .learning_rate = kind == 2 ? nullptr : &rate,
                        .history = &history};
      const auto outside = std::chrono::steady_clock::now();
      report.on_moment(training, Moment::start);
      const auto inside = std::chrono::steady_clock::now();
      std::this_thread::sleep_for(std::chrono::milliseconds(120));
      for (training.epoch = 1; training.epoch <= 2; ++training.epoch) {
        history.append({{"loss", 0.5}});
        if (training.epoch == 2) least = seconds_since(inside);
        report.on_moment(training, Moment::epoch);
      }
      training.epoch = 2, training.epochs = 3;
      report.on_moment(training, Moment::start);  // it goes on, with the seconds that it had
      training.epoch = 3;
      report.on_moment(training, Moment::epoch);
      most = seconds_since(outside);
    }
    const std::string page = page_of("facts");
    CHECK(has(section_of(page, "run"), "<h3>Training</h3>"));
    CHECK(fact_of(page, "batch size") == (kind == 0 ? "1" : "not known"));
    CHECK(fact_of(page, "learning rate") == (kind == 0 ? "0.125" : kind == 1 ? "0.5, by a schedule" : ""));
    CHECK(fact_of(page, "epochs") == "3 of 3");
    CHECK(fact_of(page, "samples") == "1,000,000");
    CHECK(fact_of(page, "version") == text("latent ", version));
    const std::string seconds = fact_of(page, "seconds");
    CHECK(seconds.size() - seconds.find('.') == 2);
    CHECK(std::stod(seconds) >= least - 0.06);
    CHECK(std::stod(seconds) <= most + 0.06);
    std::string speed = fact_of(page, "samples per second");
    speed.erase(std::remove(speed.begin(), speed.end(), ','), speed.end());
    CHECK(std::stod(speed) >= 3e6 / most - 3);
    CHECK(std::stod(speed) <= 3e6 / least + 3);
    const std::string run = section_of(page, "run");
    CHECK(run.find(">command<") < run.find(">first<"));
    CHECK(has(page, "<pre class=\"printed\" tabindex=\"0\">one two</pre>"));
  }
}

TEST_CASE(
    "which trainings are shown: one that has nothing to do is not, one that is over is; they are numbered by name") {
  new_folder("shown");
  History none, some;
  some.append({{"loss", 0.5}});
  {
    Report report(folder + "/shown/report.html", {.title = "T"}, "no_source.cpp");
    const auto begin = [&](const char* name, const History& history, int epoch) {
      Training training{.epoch = epoch, .epochs = 2, .history = &history};
      report.training(name);
      report.on_moment(training, Moment::start);
      report.on_train_end(training);
    };
    begin("over before it began", none, 2);
    begin("over before", some, 2);
    begin("x", some, 0), begin("xy", some, 0), begin("x", some, 0), begin("x", some, 0);
    begin("x", some, 1);  // the last of them goes on
  }
  const std::string page = page_of("shown");
  std::string names, start = "<tr><td>";
  const std::string run = section_of(page, "run");
  for (std::size_t at = run.find(start); at != std::string::npos; at = run.find(start, at + 1))
    names += run.substr(at + start.size(), run.find('<', at + start.size()) - at - start.size()) + ", ";
  CHECK(names == "over before, x, xy, x (2), x (3), ");
  CHECK(count(section_of(page, "curves"), "<td class=\"n\" data-v=\"0.5\"") == 5);
}

TEST_CASE("of several long trainings the page has some epochs, 3000 in all, but 100 of each") {
  const auto rows = [](int trainings, int epochs) {
    {
      Report report(new_folder("lengths") + "report.html", {.title = "T", .seconds = 1000}, "no_source.cpp");
      History history;
      for (int epoch = 0; epoch < epochs; ++epoch) history.append({{"loss", epoch}});
      Training training{.epochs = epochs, .history = &history};
      for (int i = 0; i < trainings; ++i) {
        training.epoch = 0;
        report.on_moment(training, Moment::start);
      }
    }
    const std::string curves = section_of(page_of("lengths"), "curves");
    const std::string step = between(curves, ": one epoch of ", "\"");
    return text(count(curves, "<tr><td class=\"n\""), step.starts_with("(no") ? "" : ", one of " + step);
  };
  CHECK(rows(1, 3000) == "3000");
  CHECK(rows(1, 3001) == "1501, one of 2");
  CHECK(rows(2, 1500) == "3000");
  CHECK(rows(2, 1502) == "1504, one of 2");  // every other one, and the last
  CHECK(rows(31, 100) == "3100");
}

TEST_CASE("pictures: the program's own go before files of their name; those of the folder by age; captions") {
  const std::string out = new_folder("gallery");
  const std::string source = out + "program.cpp";
  write_atomically(source, "/// Pictures.\n///\n/// Look at:\n///   b.png  from the banner\n///   c.png  and this\n");
  {
    Report report(out + "report.html", {.title = "T"}, source);
    const auto save = [&](const std::string& name, int seconds) {
      pictures::save_png(out + name, pictures::Image(4, 3));
      std::filesystem::last_write_time(out + name,
                                       std::filesystem::file_time_type::clock::now() + std::chrono::seconds(seconds));
    };
    save("late.png", 30), save("b.png", 20), save("early.png", 10), save("c.png", 40);
    report.picture("c.png", pictures::Image(5, 3), "");
    report.picture("d.png", pictures::Image(5, 3), "its own");
    report.caption("early.png", "told");
  }
  const std::string page = section_of(page_of("gallery"), "pictures");
  std::string order;
  for (std::size_t at = page.find("id=\"picture-"); at != std::string::npos; at = page.find("id=\"picture-", at + 1))
    order += page.substr(at + 12, page.find('"', at + 12) - at - 12) + " ";
  CHECK(order == "early-png b-png late-png c-png d-png ");
  CHECK(has(page, "<figcaption>told <"));
  CHECK(has(page, "<figcaption>from the banner <"));
  CHECK(has(page, "<figcaption>and this <"));
  CHECK(has(page, "<figcaption>its own <"));
  CHECK(has(page, "<div class=\"gallery\">\n<figure"));
  {
    const Report report(out + "report.html", {.title = "T", .pictures_beside = false}, source);
    pictures::save_png(out + "new.png", pictures::Image(4, 3));
  }
  CHECK(!has(page_of("gallery"), "new.png"));
}

TEST_CASE("which picture is made smaller first, and when it is enough") {
  const std::string out = new_folder("shrunk");
  const pictures::Image broad = noise_of(321, 20), large = noise_of(320, 330);
  const std::size_t both = pictures::encode_png(broad).size() + pictures::encode_png(large).size();
  const auto sizes = [&](std::size_t most) {
    {
      Report report(out + "report.html", {.title = "T", .picture_bytes = most}, "no_source.cpp");
      report.picture("broad", broad), report.picture("large", large);
    }
    const std::string page = page_of("shrunk");
    return between(page, "alt=\"broad\" ", "  src") + " " + between(page, "alt=\"large\" ", "  src");
  };
  CHECK(sizes(both) == "width=\"321\" height=\"20\" width=\"320\" height=\"330\"");
  CHECK(sizes(both - 1) == "width=\"160\" height=\"10\" width=\"320\" height=\"330\"");
  CHECK(sizes(both / 2) == "width=\"160\" height=\"10\" width=\"160\" height=\"165\"");
  CHECK(sizes(0) == "width=\"80\" height=\"5\" width=\"10\" height=\"10\"");
}

TEST_CASE("that a page cannot be written is said once; the training goes on") {
  const std::string out = new_folder("unwritable/inner");
  std::FILE* const caught = std::tmpfile();
  std::fflush(stderr);
  const int before = dup(STDERR_FILENO);
  dup2(fileno(caught), STDERR_FILENO);
  {
    Report report(out + "report.html", at_once, "no_source.cpp");
    std::filesystem::remove_all(folder + "/unwritable/inner");
    write_atomically(folder + "/unwritable/inner", "a file where the folder was");
    Training training{.epochs = 1};
    for (int i = 0; i < 3; ++i) report.on_moment(training, Moment::start);
    CHECK(lseek(fileno(caught), 0, SEEK_CUR) > 0);  // it has been said at once
    CHECK_THROWS_AS(report.write(), FileError);
    std::filesystem::remove(folder + "/unwritable/inner");
    report.write_if_due();  // which it is not, for a minute
    CHECK(!std::filesystem::exists(out + "report.html"));
    write_atomically(folder + "/unwritable/inner", "a file where the folder was");
  }
  std::fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  std::rewind(caught);
  std::string words(3000, '\0');
  words.resize(std::fread(words.data(), 1, words.size(), caught));
  std::fclose(caught);
  CHECK(words.starts_with("report: " + out + "report.html: "));
  CHECK(count(words, "report: ") == 1);
  std::filesystem::remove_all(folder + "/unwritable");
}

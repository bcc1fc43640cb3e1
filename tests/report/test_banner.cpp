// Comments at the top of programs as parts of a page, and the pieces of HTML that pages are made of.
#include <doctest/doctest.h>

#include "latent/report/banner.hpp"
#include "latent/report/html.hpp"

using namespace latent;
using namespace latent::report;

TEST_CASE("which comment it is") {
  const auto html = [](const std::string& source) { return Banner(source).html({}); };
  CHECK(html("/// One\n/// two.\n") == "<p class=\"lead\">One two.</p>\n");
  CHECK(html("#pragma once\n\n#include <x>\n// One\r\n//\r\n//two\r\nint x;\n// three\n") ==
        "<p class=\"lead\">One</p>\n<p>two</p>\n");
  CHECK(html("\xEF\xBB\xBF// One\r\n") == "<p class=\"lead\">One</p>\n");  // as Windows' editors begin a file
  CHECK(html("/// One\n\n/// two\n") == "<p class=\"lead\">One</p>\n");    // an empty line ends it
  CHECK(html("/// One\n#define X\n/// two\n") == "<p class=\"lead\">One</p>\n");
  CHECK(html("int x;\n/// One\n").empty());
  CHECK(html("///").empty());
  CHECK(html("///\n///\n/// One\n///\n///\n") == "<p class=\"lead\">One</p>\n");
  CHECK(Banner("").empty());
  CHECK(!Banner("/// One").empty());
  CHECK(html("/// One") == "<p class=\"lead\">One</p>\n");
}

TEST_CASE("the first words of a paragraph, before a colon, are bold if they are few") {
  const auto html = [](const std::string& words) { return Banner("/// " + words).html({}); };
  CHECK(html("The task: a: b") == "<p class=\"lead\"><b>The task:</b> a: b</p>\n");
  CHECK(html("What to look at: a") == "<p class=\"lead\"><b>What to look at:</b> a</p>\n");
  CHECK(html("These are five words here: a") == "<p class=\"lead\">These are five words here: a</p>\n");
  CHECK(html("At 8:15 or so") == "<p class=\"lead\">At 8:15 or so</p>\n");
  CHECK(html("To do:") == "<p class=\"lead\">To do:</p>\n");
}

TEST_CASE("options are code and pictures are links, whatever stands around them") {
  const auto html = [](const std::string& words) { return Banner("/// " + words).html({"a.png"}); };
  CHECK(html("(--noise), \"--seed\". -- --- -v --") ==
        "<p class=\"lead\">(<code>--noise</code>), &quot;<code>--seed</code>&quot;. -- --- -v --</p>\n");
  CHECK(html("See (a.png)! Or b.png? ... ()") ==
        "<p class=\"lead\">See (<a href=\"#picture-a-png\">a.png</a>)! Or b.png? ... ()</p>\n");
  CHECK(html("---quick --a") == "<p class=\"lead\">---quick <code>--a</code></p>\n");
}

TEST_CASE("lists in two columns, and what is none as it stands") {
  const auto html = [](const std::string& lines) {
    return Banner("/// Look at:\n" + lines)
        .html({"a.png"})
        .substr(std::string("<p class=\"lead\">Look at:</p>\n").size());
  };
  CHECK(html("///   a.png,  one\n///   b.png   two\n///           more\n///   c       three  four\n") ==
        "<dl class=\"look\">\n<dt><a href=\"#picture-a-png\">a.png</a>, b.png</dt><dd>one two more</dd>\n"
        "<dt>c</dt><dd>three  four</dd>\n</dl>\n");
  CHECK(html("///   a  one\n/// After.\n///   b\n///     c\n") ==
        "<dl class=\"look\">\n<dt>a</dt><dd>one</dd>\n</dl>\n<p>After.</p>\n<pre>  b\n    c</pre>\n");
  CHECK(html("///   a   one\n///    b  two\n") == "<pre>  a   one\n   b  two</pre>\n");
  CHECK(html("///      one\n///   b  two\n") == "<pre>     one\n  b  two</pre>\n");
  CHECK(html("///   alone\n///   b  two\n") == "<pre>  alone\n  b  two</pre>\n");
  CHECK(html("///   a long name  one\n///   b  two\n///           more\n") ==
        "<pre>  a long name  one\n  b  two\n          more</pre>\n");
  CHECK(html("///   a  one: two\n") == "<dl class=\"look\">\n<dt>a</dt><dd>one: two</dd>\n</dl>\n");
  // Not below a colon.
  CHECK(Banner("/// Look\n///   a  one\n").html({}) == "<p class=\"lead\">Look</p>\n<pre>  a  one</pre>\n");
  CHECK(Banner("///   a  one\n").html({}) == "<pre>  a  one</pre>\n");
}

TEST_CASE("questions, with the remarks before them") {
  const auto html = [](const std::string& words) {
    const std::string list = Banner("/// Questions:" + words).html({"a.png"}),
                      head = "<p><b>Questions</b></p>\n<ol class=\"questions\">\n";
    CHECK(list.starts_with(head));
    return list.substr(head.size());
  };
  CHECK(html(" One?") == "<li>One?</li>\n</ol>\n");
  CHECK(html(" Why? (Or why not?) Is it so? (Really.) A?b? Last") ==
        "<li>Why?</li>\n<li>(Or why not?)</li>\n<li>Is it so?</li>\n<li>(Really.) A?b?</li>\n<li>Last</li>\n</ol>\n");
  CHECK(html(" Why (or (not?) so)? Is a.png? x") ==
        "<li>Why (or (not?) so)?</li>\n<li>Is <a href=\"#picture-a-png\">a.png</a>?</li>\n<li>x</li>\n</ol>\n");
}

TEST_CASE("captions of files, whatever stands before their names with an underscore") {
  const Banner banner("/// Look at:\n///   a.png, loss.png  one\n///   c_d.png          two\n");
  const std::pair<const char*, const char*> expected[] = {
      {"a.png", "one"},        {"loss.png", "one"}, {"x_loss.png", "one"},
      {"x_y_loss.png", "one"}, {"c_d.png", "two"},  {"q_c_d.png", "two"},
      {"_a.png", "one"},       {"d.png", ""},       {"a.png_", ""},
      {"xa.png", ""},          {"_", ""},           {"", ""}};
  const Banner three("/// Look at:\n///   a.png, b.png, c.png  one\n");
  for (const char* file : {"a.png", "b.png", "c.png"}) CHECK(three.caption(file) == "one");
  for (const auto& each : expected) CHECK_MESSAGE(banner.caption(each.first) == each.second, each.first);
}

TEST_CASE("words, ids and numbers at their boundaries") {
  CHECK(escaped(std::string("\0\b\t\n\r\x1f !\x7f", 9)) == "\t\n !\x7f");
  CHECK(id_of("azAZ09_") == "azAZ09_");
  CHECK(id_of("`{@[/:^-") == "--60--7B--40--5B--2F--3A--5E--2D");
  CHECK(readable(999) == "999");
  CHECK(readable(1000) == "1,000");
  CHECK(readable(-1000) == "-1,000");
  CHECK(readable(1000.5) == "1000.5");
  CHECK(readable(1234.5678) == "1234.6");
  CHECK(readable(999999999999999) == "999,999,999,999,999");
  CHECK(readable(1e15) == "1e+15");
  CHECK(Cell(0.1 + 0.2).words == "0.3");
  CHECK(Cell(0.1 + 0.2).value == "0.30000000000000004");
}

TEST_CASE("tables and facts, byte by byte") {
  const auto body = [](const std::string& html) { return html.substr(html.find("<thead>")); };
  CHECK(body(table_html("t", {"a", "b", "c"}, {{1, "x"}, {"y", 2.5, "z"}})) ==
        "<thead><tr><th scope=\"col\" class=\"n\">a</th><th scope=\"col\">b</th><th scope=\"col\">c</th></tr></thead>"
        "<tbody><tr><td class=\"n\" data-v=\"1\">1</td><td>x</td></tr>\n"
        "<tr><td>y</td><td class=\"n\" data-v=\"2.5\">2.5</td><td>z</td></tr>\n</tbody></table></div>\n");
  CHECK(body(table_html("t", {"a<"}, {})) ==
        "<thead><tr><th scope=\"col\">a&lt;</th></tr></thead><tbody></tbody></table></div>\n");
  CHECK(table_html("t", {}, {}, "class=\"x\"").find("<table class=\"x\"><caption>t</caption>") != std::string::npos);
  CHECK(facts_html({{"a<", "b>"}, {"c", ""}}) ==
        "<table class=\"facts\"><tbody><tr><th scope=\"row\">a&lt;</th><td>b&gt;</td></tr>\n"
        "<tr><th scope=\"row\">c</th><td></td></tr>\n</tbody></table>\n");
  CHECK(head_html("<t>", "s").find("wasm") == std::string::npos);
  CHECK(head_html("<t>", "s", true).find("script-src 'unsafe-inline' 'wasm-unsafe-eval'; worker-src blob:;") !=
        std::string::npos);
  CHECK(head_html("<t>", "s").ends_with("<title>&lt;t&gt;</title>\n<style>s</style>\n</head>\n"));
}

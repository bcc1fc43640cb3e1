/// The comment at the top of a program's source as part of a page: paragraphs, what to look at, questions.
///
///     /// A denoising auto-encoder.
///     ///
///     /// The task: ...
///     ///
///     /// What to look at:
///     ///   denoised.png  strokes that the network closes,
///     ///                 and strokes that it makes up
///     ///
///     /// Questions: Why ...? Does ...?
///
/// An indented block in two columns, below a line that ends with a colon, is a list. Any other indented block is kept as written.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "latent/report/html.hpp"

namespace latent::report {

class Banner {
 public:
  Banner() = default;
  /// Reads the comment at the top of a source file.
  [[gnu::cold]] explicit Banner(const std::string& source) {
    std::vector<std::string> paragraph;
    const auto end_paragraph = [&] {
      if (!paragraph.empty()) blocks_.push_back(block(paragraph));
      paragraph.clear();
    };
    for (const std::string& line : comment(source)) {
      const bool begins_or_ends_indented =
          !paragraph.empty() && (paragraph.back().starts_with("  ") != line.starts_with("  "));
      if (line.empty() || begins_or_ends_indented) end_paragraph();
      if (!line.empty()) paragraph.push_back(line);
    }
    end_paragraph();
  }

  /// Whether there is no such comment.
  bool empty() const { return blocks_.empty(); }

  /// What the comment says about a file; empty if it does not name the file. What it says about "loss.png" also applies to
  /// "second_loss.png".
  [[gnu::cold]] std::string caption(const std::string& file) const {
    std::size_t at = 0;
    do {
      if (const auto found = captions_.find(file.substr(at)); found != captions_.end()) return found->second;
      at = file.find('_', at) + 1;  // 0 after the last one
    } while (at > 0);
    return "";
  }

  /// `pictures` are the names of the files that the page shows.
  [[gnu::cold]] std::string html(const std::set<std::string>& pictures) const {
    std::string out;
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const Block& block = blocks_[i];
      if (block.kind == Block::paragraph)
        out += text("<p", i == 0 ? " class=\"lead\">" : ">", marked(block.words, pictures, true), "</p>\n");
      else if (block.kind == Block::drawing)
        out += text("<pre>", escaped(block.words), "</pre>\n");
      else if (block.kind == Block::questions)
        out += questions(block.words, pictures);
      else
        out += list(block.items, pictures);
    }
    return out;
  }

 private:
  struct Block {
    enum Kind { paragraph, drawing, items_of, questions } kind;
    std::string words;
    std::vector<std::pair<std::string, std::string>> items = {};
  };

  /// The lines of the first comment, without the slashes and the space after them.
  [[gnu::cold]] static std::vector<std::string> comment(const std::string& source) {
    std::vector<std::string> lines;
    const bool begins_with_mark = source.starts_with("\xEF\xBB\xBF");  // some editors put it before UTF-8
    for (std::size_t at = begins_with_mark ? 3 : 0; at < source.size();) {
      const std::size_t end = std::min(source.find('\n', at), source.size());
      std::string line = source.substr(at, end - at);
      at = end + 1;
      if (line.ends_with('\r')) line.pop_back();
      if (!line.starts_with("//")) {
        if (lines.empty() && (line.empty() || line.starts_with("#"))) continue;
        break;
      }
      line = line.substr(std::min(line.find_first_not_of('/'), line.size()));
      if (line.starts_with(' ')) line = line.substr(1);
      lines.push_back(line);
    }
    return lines;
  }

  [[gnu::cold]] Block block(const std::vector<std::string>& lines) {
    const bool indented = lines[0].starts_with("  ");
    if (indented && !blocks_.empty() && blocks_.back().kind == Block::paragraph &&
        blocks_.back().words.ends_with(":")) {
      Block list{Block::items_of, "", two_columns(lines)};
      if (!list.items.empty()) return list;
    }
    std::string words;
    for (const std::string& line : lines) words += (words.empty() ? "" : indented ? "\n" : " ") + line;
    if (indented) return {Block::drawing, words};
    return {words.starts_with("Questions:") ? Block::questions : Block::paragraph, words};
  }

  /// The text to the left and to the right of the gap of two spaces in the first line. A left side that ends with a comma continues in
  /// the next line. Nothing if a line does not keep to the columns.
  [[gnu::cold]] std::vector<std::pair<std::string, std::string>> two_columns(const std::vector<std::string>& lines) {
    const auto word = [](const std::string& line, std::size_t from) {
      return std::min(line.find_first_not_of(' ', std::min(from, line.size())), line.size());
    };
    const std::size_t left = word(lines[0], 0), gap = std::min(lines[0].find("  ", left), lines[0].size()),
                      right = word(lines[0], gap);
    if (right == lines[0].size()) return {};
    std::vector<std::pair<std::string, std::string>> items;
    for (const std::string& line : lines) {
      const std::size_t first = word(line, 0);
      if (first >= right) {
        if (items.empty()) return {};
        items.back().second += " " + line.substr(first);
        continue;
      }
      const std::size_t end = std::min(line.find("  ", first), line.size());
      const std::string name = line.substr(first, end - first), words = line.substr(word(line, end));
      if (first != left) return {};
      if (!items.empty() && items.back().first.ends_with(","))
        items.back().first += " " + name, items.back().second += " " + words;
      else
        items.emplace_back(name, words);
    }
    for (const auto& [names, words] : items)
      for (std::size_t at = 0; at < names.size();) {
        const std::size_t end = std::min(names.find(", ", at), names.size());
        captions_[names.substr(at, end - at)] = words;
        at = end + 2;
      }
    return items;
  }

  /// Words with options as code and with links to the pictures; "The task:" at the beginning of a paragraph is bold.
  [[gnu::cold]] static std::string marked(const std::string& words, const std::set<std::string>& pictures,
                                          bool is_paragraph = false) {
    std::string out;
    const std::size_t colon = words.find(": ");
    const bool has_lead = is_paragraph && colon != std::string::npos &&
                          std::count(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(colon), ' ') < 4;
    if (has_lead) out = "<b>";
    for (std::size_t at = 0; at < words.size();) {
      const std::size_t end = std::min(words.find_first_of(" \n", at), words.size());
      const std::string word = words.substr(at, end - at);
      const std::size_t first = std::min(word.find_first_not_of("(\""), word.size()),
                        last = word.find_last_not_of(".,:;?!)\"") + 1;
      const std::string core = first < last ? word.substr(first, last - first) : "";
      std::string inside = escaped(core);
      if (pictures.contains(core))
        inside = text("<a href=\"#picture-", id_of(core), "\">", inside, "</a>");
      else if (core.starts_with("--") && core.size() > 2 && core[2] != '-')
        inside = "<code>" + inside + "</code>";

      out += core.empty() ? escaped(word) : escaped(word.substr(0, first)) + inside + escaped(word.substr(last));
      if (has_lead && end == colon + 1) out += "</b>";
      if (end < words.size()) out += ' ';
      at = end + 1;
    }
    return out;
  }

  [[gnu::cold]] static std::string list(const std::vector<std::pair<std::string, std::string>>& items,
                                        const std::set<std::string>& pictures) {
    std::string out = "<dl class=\"look\">\n";
    for (const auto& [name, words] : items)
      out += text("<dt>", marked(name, pictures), "</dt><dd>", marked(words, pictures), "</dd>\n");
    return out + "</dl>\n";
  }

  /// "Questions: A? B?" as a list. A remark belongs to the question after it.
  [[gnu::cold]] static std::string questions(const std::string& words, const std::set<std::string>& pictures) {
    std::string out = "<p><b>Questions</b></p>\n<ol class=\"questions\">\n";
    int depth = 0;
    std::size_t begin = std::string("Questions:").size();
    for (std::size_t at = begin; at < words.size(); ++at) {
      depth += words[at] == '(' ? 1 : words[at] == ')' ? -1 : 0;
      const bool ends = (words[at] == '?' || (words[at] == ')' && words[at - 1] == '?')) && depth <= 0 &&
                        words[at + 1] == ' ';  // where nothing follows it ends in any case
      if (!ends && at + 1 < words.size()) continue;
      const std::size_t first = std::min(words.find_first_not_of(' ', begin), at);
      out += text("<li>", marked(words.substr(first, at + 1 - first), pictures), "</li>\n");
      begin = at + 1;
    }
    return out + "</ol>\n";
  }

  std::vector<Block> blocks_;
  std::map<std::string, std::string> captions_;
};

}  // namespace latent::report

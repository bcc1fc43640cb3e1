// The main program of what verify.py compiles: says on lines of its own which case began, what was wrong, and how it
// ended.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <iostream>
#include <sstream>

namespace {

struct Lines : doctest::IReporter {
  explicit Lines(const doctest::ContextOptions&) {}

  static void line(const char* kind, const std::string& words) {
    std::string one;
    for (const char letter : words) one += letter == '\n' ? ' ' : letter;
    std::cout << "@" << kind << " " << one << std::endl;
  }
  /// The messages of CHECK_MESSAGE, and what stands behind a check without one.
  static void contexts(const std::string& otherwise) {
    const auto* const* all = get_active_contexts();
    if (get_num_active_contexts() == 0) line("wrong", otherwise);
    for (int i = 0; i < get_num_active_contexts(); ++i) {
      std::ostringstream words;
      all[i]->stringify(&words);
      line("wrong", words.str());
    }
  }

  void test_case_start(const doctest::TestCaseData& test) override { line("begin", test.m_name); }
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    line(stats.failure_flags == 0 ? "passed" : "failed", "");
  }
  void test_case_exception(const doctest::TestCaseException& error) override {
    line("wrong", error.error_string.c_str());
  }
  void log_assert(const doctest::AssertData& assertion) override {
    if (assertion.m_failed) contexts(std::string(assertion.m_expr) + ": " + assertion.m_decomp.c_str());
  }
  void log_message(const doctest::MessageData& message) override {
    if (message.m_severity != doctest::assertType::is_warn) line("wrong", message.m_string.c_str());
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_REPORTER("lines", 1, Lines);

}  // namespace

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  context.setOption("reporters", "lines");
  context.setOption("no-skipped-summary", true);
  return context.run();
}

#include "runners/process/worker_result.h"

#include <gtest/gtest.h>

#include "runners/process/log_lines.h"
#include "text/readable_line.h"

namespace sosw {
namespace {

TEST(WorkerResultTest, AnObjectIsTheResultByteForByte) {
  EXPECT_EQ(worker_result("\n {\"b\": 1.50,\n \"a\": 12345678901234567890} \n").json,
            "{\"b\": 1.50,\n \"a\": 12345678901234567890}");
}

TEST(WorkerResultTest, EmptyOutputIsNoResult) {
  for (const auto* text : {"", " \r\n\t", "null", "null\n"}) {
    EXPECT_EQ(worker_result(text).json, "") << text;
    EXPECT_EQ(worker_result(text).problem, "") << text;
  }
}

TEST(WorkerResultTest, AByteOrderMarkIsNoPartOfTheResult) {
  EXPECT_EQ(worker_result("\n\xEF\xBB\xBF{\"a\": 1}\n").json, "{\"a\": 1}");
  EXPECT_EQ(worker_result("\xEF\xBB\xBF").json, "");
  EXPECT_EQ(worker_result("\xEF\xBB\xBF").problem, "");
}

TEST(WorkerResultTest, AnyOtherValueIsTheResultToo) {
  EXPECT_EQ(worker_result("12345678901234567890").json, "12345678901234567890");
  EXPECT_EQ(worker_result("\"text\"\n").json, "\"text\"");
  EXPECT_EQ(worker_result("[{}]").json, "[{}]");
}

TEST(WorkerResultTest, InvalidJsonIsAProblemThatShowsItsBeginning) {
  EXPECT_EQ(worker_result("{\"a\": 1} and\nmore").problem,
            "its output is neither JSON nor empty: {\"a\": 1} and more");
  EXPECT_EQ(worker_result(std::string(1000, 'x')).problem,
            "its output is neither JSON nor empty: " + std::string(100, 'x') + "...");
  EXPECT_EQ(worker_result("{\"a\": \"\xff\"}").problem,
            "its output is neither JSON nor empty: {\"a\": \"\xEF\xBF\xBD\"}");
  EXPECT_EQ(worker_result(std::string_view("[1]\0", 4)).json, "");
  EXPECT_EQ(worker_result(std::string(1'000'000, '[')).problem,
            "its output is nested deeper than 200 levels of lists and objects");
}

TEST(WorkerResultTest, StatsAreAnObjectOfSomeSize) {
  EXPECT_EQ(worker_stats(" {\"rows\": 3}\n").json, "{\"rows\": 3}");
  for (const auto* text : {"", " ", "null"}) {
    EXPECT_EQ(worker_stats(text).json, "") << text;
    EXPECT_EQ(worker_stats(text).problem, "") << text;
  }
  EXPECT_EQ(worker_stats("[3]").problem, "its stats are not a JSON object: [3]");
  EXPECT_EQ(worker_stats("{\"a\": \"" + std::string(16 << 10, 'x') + "\"}").problem,
            "its stats are larger than 16 KiB");
}

TEST(ReadableLineTest, HasNoControlCharactersAndIsTruncatedBetweenCharacters) {
  EXPECT_EQ(readable_line("a\tb\x1b[1m\x7f", 100), "a b [1m ");
  EXPECT_EQ(readable_line("größer", 3), "gr...");
  EXPECT_EQ(readable_line("größer", 4), "grö...");
  EXPECT_EQ(readable_line("größer", 8), "größer");
  EXPECT_EQ(readable_line("\x80\x80\x80\x80", 2), "...");
  EXPECT_EQ(readable_line("a\xff\xff", 4), "a\xEF\xBF\xBD...");
}

TEST(LogLinesTest, SplitsAStreamIntoLines) {
  std::vector<std::string> seen;
  LogLines lines([&](const std::string& line) { seen.push_back(line); });
  lines.add("one\r\ntw");
  lines.add("o\n\n  \nth");
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "two"}));
  lines.end();
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "two", "th"}));
  EXPECT_EQ(lines.last(), "th");
}

TEST(LogLinesTest, TruncatesLongLines) {
  std::vector<std::string> seen;
  LogLines lines([&](const std::string& line) { seen.push_back(line); });
  for (int i = 0; i < 1000; ++i) lines.add(std::string(1000, 'x'));
  lines.add("\nnext\n");
  EXPECT_EQ(seen, (std::vector<std::string>{std::string(LogLines::kLongestLine, 'x') + "...", "next"}));
}

}  // namespace
}  // namespace sosw

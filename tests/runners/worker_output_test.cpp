#include "runners/process/worker_output.h"

#include <gtest/gtest.h>

namespace sosw {
namespace {

struct Heard {
  std::string result, log;
  bool operator==(const Heard&) const = default;
};

void PrintTo(const Heard& heard, std::ostream* out) {
  *out << "result " << heard.result << ", log " << heard.log;
}

/// What becomes of an output that comes in pieces of so many bytes.
Heard heard(std::string_view text, std::size_t piece) {
  Heard heard;
  WorkerOutput output([&](std::string_view words) { heard.log += words; });
  for (std::size_t at = 0; at < text.size(); at += piece) EXPECT_TRUE(output.add(text.substr(at, piece)));
  heard.result = output.end();
  return heard;
}

/// The same, however it is cut.
Heard heard(std::string_view text) {
  const Heard at_once = heard(text, 1 << 20);
  for (const std::size_t piece : {1, 2, 3, 7}) EXPECT_EQ(heard(text, piece), at_once) << text;
  return at_once;
}

TEST(WorkerOutputTest, AllOfItIsTheResultWhenItIsOneValue) {
  EXPECT_EQ(heard("{\"a\": 1}\n"), (Heard{"{\"a\": 1}", ""}));
  EXPECT_EQ(heard(" \n{\n  \"a\": [\n    1,\n    {}\n  ]\n}\n\n"),
            (Heard{"{\n  \"a\": [\n    1,\n    {}\n  ]\n}", ""}));
  EXPECT_EQ(heard("[\n1,\n2\n]"), (Heard{"[\n1,\n2\n]", ""}));
  EXPECT_EQ(heard("  42"), (Heard{"42", ""}));
  EXPECT_EQ(heard("\xEF\xBB\xBF{\n}"), (Heard{"\xEF\xBB\xBF{\n}", ""}));
  EXPECT_EQ(heard("").result, "");
  EXPECT_EQ(heard(" \n\t\n").result, "");
}

TEST(WorkerOutputTest, ElseTheLastLineThatIsOneIs) {
  EXPECT_EQ(heard("starting\n{\"a\": 1}\n"), (Heard{"{\"a\": 1}", "starting\n"}));
  EXPECT_EQ(heard("starting\n{\"a\": 1}"), (Heard{"{\"a\": 1}", "starting\n"}));
  EXPECT_EQ(heard("{\"a\": 1}\r\ndone\r\n"), (Heard{"{\"a\": 1}", "done\r\n"}));
  EXPECT_EQ(heard("{\"a\": 1}\nand so on\n{\"a\": 2}\nend\n"),
            (Heard{"{\"a\": 2}", "and so on\n{\"a\": 1}\nend\n"}));
  EXPECT_EQ(heard("17 of 20\n\"done\"\n"), (Heard{"\"done\"", "17 of 20\n"}));
  EXPECT_EQ(heard("[INFO] on\n{\"a\": 1}\n[INFO] off\n"), (Heard{"{\"a\": 1}", "[INFO] on\n[INFO] off\n"}));
}

TEST(WorkerOutputTest, ElseThereIsNoResult) {
  EXPECT_EQ(heard("hello\nworld\n"), (Heard{"", "hello\nworld\n"}));
  EXPECT_EQ(heard("hello \xff"), (Heard{"", "hello \xff\n"}));
}

TEST(WorkerOutputTest, PartsOfAValueThatIsSpreadOverLinesAreNone) {
  EXPECT_EQ(heard("starting\n[\n  1,\n  {\"a\": 1}\n]\n").result, "");
  EXPECT_EQ(heard("starting\n[\n\t1\n]\n").result, "");
}

TEST(WorkerOutputTest, WhatLooksLikeAResultAndIsNoneIsTold) {
  const Heard told = heard("starting\n{\"mean\": NaN}\n");
  EXPECT_EQ(told.result, "");
  EXPECT_NE(told.log.find("the line above is no result, since it is not valid JSON at line 1"),
            std::string::npos)
      << told.log;
}

TEST(WorkerOutputTest, AValueThatIsTooDeepIsNoLog) {
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  EXPECT_EQ(heard(deep), (Heard{deep, ""}));
}

TEST(WorkerOutputTest, WordsAreLoggedAtOnce) {
  std::string log;
  WorkerOutput output([&](std::string_view words) { log += words; });
  output.add("one\ntw");
  EXPECT_EQ(log, "one\n");
  output.add("o\nthree");
  EXPECT_EQ(log, "one\ntwo\n");
}

TEST(WorkerOutputTest, OnlyWhatMayBeTheResultHasALimit) {
  WorkerOutput words([](std::string_view) {});
  const std::string lines = "a word that is no JSON\n";
  std::string piece;
  while (piece.size() < 100'000) piece += lines;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(words.add(piece));
  words.add("{\"a\": 1}\n");
  EXPECT_EQ(words.end(), "{\"a\": 1}");

  WorkerOutput value([](std::string_view) {});
  EXPECT_TRUE(value.add("["));
  bool is_taken = true;
  for (int i = 0; i < 70; ++i) is_taken = value.add(std::string(100'000, ' '));
  EXPECT_FALSE(is_taken);
}

}  // namespace
}  // namespace sosw

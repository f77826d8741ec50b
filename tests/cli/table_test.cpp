// Text for people: numbers, lengths of time, and columns that line up.

#include "cli/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/human_text.h"

namespace sosw {
namespace {

TEST(HumanText, SeparatesThousands) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
  EXPECT_EQ(with_thousands(-123456), "-123,456");
  EXPECT_EQ(counted(1, "task"), "1 task");
  EXPECT_EQ(counted(1000, "task"), "1,000 tasks");
}

TEST(HumanText, NamesLengthsOfTime) {
  EXPECT_EQ(lasting(0), "0 s");
  EXPECT_EQ(lasting(0.0123), "0.012 s");
  EXPECT_EQ(lasting(1.25), "1.2 s");
  EXPECT_EQ(lasting(59.6), "1 min");
  EXPECT_EQ(lasting(200), "3 min 20 s");
  EXPECT_EQ(lasting(7500), "2 h 5 min");
  EXPECT_EQ(lasting(86400 + 3600), "1 day 1 h");
  EXPECT_EQ(distance(Time(100), Time(280)), "3 min ago");
  EXPECT_EQ(distance(Time(105), Time(100)), "in 5 s");
  EXPECT_EQ(distance(Time(100), Time(100.2)), "now");
}

TEST(HumanText, RemovesControlCharacters) {
  EXPECT_EQ(printable("one\n\ttwo\x1b[31m\x9b"), "one two [31m ");
  EXPECT_EQ(printable("Zürich, тест, 東京"), "Zürich, тест, 東京");
}

TEST(HumanText, TruncatesByColumnsNotBytes) {
  EXPECT_EQ(columns_of("Zürich"), 6U);
  EXPECT_EQ(columns_of("東京"), 4U);
  EXPECT_EQ(truncated_to("Zürich", 6), "Zürich");
  EXPECT_EQ(truncated_to("Zürich", 4), "Zür…");
  EXPECT_EQ(truncated_to("東京都", 4), "東…");
}

TEST(Table, LinesUpTextOnTheLeftAndNumbersOnTheRight) {
  Table table({{"labourer"}, {"queued", Table::Side::right}, {"health"}});
  table.add({"Zürich", number_cell(1200), "fine"});
  table.add({"a_long_name", number_cell(0), "line\nbreak"});
  EXPECT_EQ(table.render(Screen(tmpfile())),
            "labourer     queued  health\n"
            "Zürich        1,200  fine\n"
            "a_long_name       -  line break\n");
}

}  // namespace
}  // namespace sosw

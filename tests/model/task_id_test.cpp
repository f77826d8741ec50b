#include "sosw/model/task_id.h"

#include <set>

#include <gtest/gtest.h>

namespace sosw {
namespace {

bool is_job_id(const std::string& id) {
  return id.size() == 16 && id.find_first_not_of("0123456789abcdef") == std::string::npos && id[12] != '1';
}

TEST(JobId, HasSixteenHexDigitsAndNoVersionOne) {
  for (const std::uint64_t bits : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0},
                                   std::uint64_t{0x1000}, std::uint64_t{0x1111'1111'1111'1111}})
    EXPECT_TRUE(is_job_id(job_id_from(bits))) << job_id_from(bits);
  EXPECT_EQ(job_id_from(0x1111'1111'1111'1111), "1111111111110111");
  EXPECT_EQ(job_id_from(0xabc), "0000000000000abc");
}

TEST(JobId, FromAKeyIsTheSameInEveryVersion) {
  EXPECT_EQ(job_id_from_key(""), "efd01f60ba992926");
  EXPECT_EQ(job_id_from_key("word_count\nnightly 2026-11-24"), "2f77355e10b499a4");
}

TEST(JobId, DiffersForKeysThatAreNearlyTheSame) {
  std::set<std::string> ids;
  std::set<std::string> first_halves;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = job_id_from_key("resize\nphoto " + std::to_string(i));
    EXPECT_TRUE(is_job_id(id)) << id;
    ids.insert(id);
    first_halves.insert(id.substr(0, 8));
  }
  EXPECT_EQ(ids.size(), 10'000U);
  EXPECT_GT(first_halves.size(), 9'990U);
  EXPECT_NE(job_id_from_key("ab"), job_id_from_key("ba"));
  EXPECT_NE(job_id_from_key(std::string_view("a\0b", 3)), job_id_from_key(std::string_view("a\0c", 3)));
}

TEST(TaskId, IsTheJobIdAndTheIndex) {
  EXPECT_EQ(task_id("00112233445566aa", 0), "00112233445566aa0000000000000000");
  EXPECT_EQ(task_id("00112233445566aa", 255), "00112233445566aa00000000000000ff");
  EXPECT_EQ(task_id("00112233445566aa", 0x7fff'ffff'ffff'ffff), "00112233445566aa7fffffffffffffff");
}

TEST(TaskId, SortsByIndex) {
  std::string before = task_id("00112233445566aa", 0);
  for (const std::int64_t index : {1, 9, 10, 15, 16, 99'999, 100'000'000}) {
    const std::string id = task_id("00112233445566aa", index);
    EXPECT_LT(before, id);
    before = id;
  }
}

TEST(TaskId, TellsItsJob) {
  const std::string job = job_id_from_key("x");
  EXPECT_EQ(job_id_of(task_id(job, 12)), job);
}

TEST(TaskId, OfAnotherSystemTellsNoJob) {
  EXPECT_FALSE(job_id_of("6f0c2a52e8c811ee9a3e0242ac120002"));  // a UUID of version 1
  for (const char* other : {"", "00112233445566aa", "00112233445566AA0000000000000000",
                            "00112233445566aa000000000000000g", "00112233445566aa00000000000000000"})
    EXPECT_FALSE(job_id_of(other)) << other;
}

TEST(TaskId, IsThirtyTwoLowerCaseHexDigits) {
  EXPECT_TRUE(is_task_id("6f0c2a52e8c811ee9a3e0242ac120002"));
  EXPECT_FALSE(is_task_id("6F0C2A52E8C811EE9A3E0242AC120002"));
  EXPECT_FALSE(is_task_id("6f0c2a52-e8c8-11ee-9a3e-0242ac12"));
  EXPECT_FALSE(is_task_id(""));
}

}  // namespace
}  // namespace sosw

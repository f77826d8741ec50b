// What a file of configuration says, and what is no configuration.

#include "config/document.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "config/plain_scalar.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;
using namespace std::literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

class DocumentTest : public ::testing::Test {
 protected:
  ~DocumentTest() override { fs::remove(file_); }

  Document read(const std::string& text) const {
    std::ofstream(file_, std::ios::binary) << text;
    return read_document(file_);
  }
  std::string error_for(const std::string& text) const {
    try {
      read(text);
    } catch (const InvalidConfig& error) {
      return error.what();
    }
    return "";
  }

  fs::path file_ = fs::temp_directory_path() / ("sosw_document_" + std::to_string(getpid()) + ".yaml");
};

TEST(PlainScalar, IsWhatYamlSaysOfIt) {
  for (const auto& [yaml, json] : std::map<std::string, std::string>{
           {"", "null"},
           {"~", "null"},
           {"Null", "null"},
           {"nULL", "\"nULL\""},
           {"true", "true"},
           {"FALSE", "false"},
           {"yes", "\"yes\""},
           {"1", "1"},
           {"-1", "-1"},
           {"+1", "1"},
           {"007", "7"},
           {"-0", "-0"},
           {"1.10", "1.10"},
           {".5", "0.5"},
           {"-.5e1", "-0.5e1"},
           {"5.", "5.0"},
           {"1e5", "1e5"},
           {"1E+5", "1E+5"},
           {"0x1F", "31"},
           {"0o17", "15"},
           {"0x", "\"0x\""},
           {"0x-1", "\"0x-1\""},
           {"1e", "\"1e\""},
           {".", "\".\""},
           {"-", "\"-\""},
           {"1 2", "\"1 2\""},
           {"1e400", "\"1e400\""},
           {"1.2.3", "\"1.2.3\""},
           {"12345678901234567890", "12345678901234567890"},
           {"123456789012345678901234567890.10", "123456789012345678901234567890.10"},
           {"0x12345678901234567890", "\"0x12345678901234567890\""},
           {"say \"x\"", R"("say \"x\"")"}})
    EXPECT_EQ(json_of_plain_scalar(yaml), json) << yaml;
}

TEST_F(DocumentTest, KeepsNumbersAsTheyWereWritten) {
  const Document document =
      read("a: 12345678901234567890\nb: [1.10, 1e5, -0]\nc: \"1.10\"\nd: 123456789012345678901234567890\n");
  EXPECT_EQ(document.text,
            R"({"a":12345678901234567890,"b":[1.10,1e5,-0],"c":"1.10","d":123456789012345678901234567890})");
  EXPECT_EQ(document.content["a"], 12345678901234567890U);
  EXPECT_EQ(document.location_of("b.1"), file_.string() + ":2: b.1");
}

TEST_F(DocumentTest, TakesManyDigits) {
  const std::string digits(300'000, '9');
  EXPECT_EQ(read("a: " + digits).content["a"], digits) << "beyond a double it is a text";
  EXPECT_EQ(read("a: 0." + digits).text.text().size(), 300'000U + R"({"a":0.})"sv.size());
  EXPECT_EQ(read("a: " + digits + "x").content["a"], digits + "x");
}

TEST_F(DocumentTest, RefusesAFewLinesThatStandForBillionsOfValues) {
  std::string text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 12; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += "*a" + std::to_string(i - 1) + (k < 9 ? ", " : "]\n");
  }
  EXPECT_THAT(error_for(text), HasSubstr("more than 200000 values, with those that aliases stand for"));
}

TEST_F(DocumentTest, RefusesWhatIsTooDeepOrTooLarge) {
  const auto lists = [](std::size_t levels) {
    return "a: " + std::string(levels, '[') + std::string(levels, ']') + "\n";
  };
  EXPECT_EQ(error_for(lists(199)), "");
  EXPECT_THAT(error_for(lists(200)), HasSubstr("nested deeper than 200 levels"));
  EXPECT_NE(error_for(lists(100'000)), "");
  std::string block = "a:\n ";
  for (int i = 0; i < 100'000; ++i) block += "- ";
  EXPECT_NE(error_for(block + "1\n"), "");
  EXPECT_THAT(error_for("a: &a [*a]\n"), HasSubstr("nested deeper than 200 levels"));
  EXPECT_THAT(error_for("a: " + std::string(5 << 20, 'x')), HasSubstr("is longer than"));
  std::string keys;
  for (int i = 0; i < 21'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(error_for(keys), HasSubstr("more than 20000 keys"));
  std::string values;
  for (int i = 0; i < 1000; ++i) values += "1,";
  EXPECT_THAT(error_for("? " + std::string(1 << 20, 'k') + "\n: [" + values + "1]\n"),
              HasSubstr("keys are too long"));
}

TEST_F(DocumentTest, RefusesWhatIsNotText) {
  EXPECT_THAT(error_for("a: 1\nb: \xff\n"), AllOf(HasSubstr(":2: "), HasSubstr("is not valid UTF-8")));
  EXPECT_THAT(error_for(std::string("a: 1\0", 5)), HasSubstr("NUL"));
  EXPECT_EQ(error_for("\xEF\xBB\xBF"
                      "a: 1\n"),
            "");
}

}  // namespace
}  // namespace sosw

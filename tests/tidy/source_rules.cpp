#include "tidy/source_rules.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include <fmt/format.h>

namespace sosw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestFile = 400;  // lines

/// A room includes only rooms on floors below its own (docs/architecture.md).
const std::map<std::string, int> kFloors = {
    {"model", 1},  {"ports", 2},       {"text", 2},         {"job", 3},          {"system", 3},
    {"worker", 3}, {"http/client", 3}, {"http/server", 3},  {"essentials", 4},   {"aws/core", 4},
    {"admin", 5},  {"aws/clients", 5}, {"store/sqlite", 4}, {"store/dynamo", 6}, {"health", 6},
    {"notify", 6}, {"runners", 6},     {"config", 7},       {"engine", 7},       {"store", 8},
    {"api", 8},    {"local", 9},       {"cli", 10},         {"lambda", 10},      {"embed", 10},
};

/// Libraries that only some rooms may know, by how their headers begin.
struct LibraryRule {
  const char* header;
  std::set<std::string> rooms;
};
const std::vector<LibraryRule> kLibraries = {
    {"SQLiteCpp/", {"store/sqlite"}},
    {"sqlite3.h", {"store/sqlite"}},
    {"boost/", {"runners", "aws/core", "aws/clients", "http/server"}},
    {"cctz/", {"system"}},
    {"curl/", {"http/client"}},
    {"openssl/", {"aws/core", "http/server", "api"}},
    {"CLI/", {"cli"}},
    {"prometheus/", {"api"}},
    {"yaml-cpp/", {"config"}},
    {"nlohmann/",
     {"text", "job", "essentials", "admin", "runners", "http/client", "http/server", "aws/core",
      "aws/clients", "store/dynamo", "health", "notify", "config", "worker", "engine", "api", "local", "cli",
      "lambda"}},
};

/// A line that must not be written outside some places.
struct LineRule {
  std::regex pattern;
  std::vector<std::string> checked;     ///< folders where the rule holds
  std::vector<std::string> exceptions;  ///< folders and files where it does not
  const char* way_out;
};

/// Where rules are carried out and not decided: the stores, and the one of the simulation.
const std::vector<std::string> kStores = {"src/store/sqlite", "src/store/dynamo", "tests/simulation/store"};

const std::vector<LineRule>& line_rules() {
  static const std::vector<LineRule> rules = {
      // Placeholders of SQL and DynamoDB may be compared with: they are ranges that model/ computed.
      {std::regex(
           R"(\b(greenfield|attempts)\s*[<>]=?\s*[^?:=\s]|\bkGreenfieldDelta\b|\b(floor|whole_unix_seconds)\()"),
       kStores,
       {},
       "ask for the range or the greenfield (sosw/model/greenfield.h)"},
      {std::regex(R"(\bReportOutcome::(repeated|stale|closed)\b|\bfailure_was_reported\b)"),
       kStores,
       {},
       "ask what the report means (sosw/model/report.h)"},
      {std::regex(R"((\.|->)seen\b|\bseen->)"),
       kStores,
       {},
       "ask whether it applies (sosw/model/settlement.h)"},
      {std::regex(R"(\brun_at\s*[<>]|==\s*(\w+::)*Closed(As)?::dead\b)"),
       kStores,
       {},
       "ask the rule of the job or of the move (sosw/model/job.h, sosw/model/manual_moves.h)"},
      {std::regex(R"(_clock::now|\bgettimeofday\b|\bclock_gettime\b|\btime\((nullptr|NULL|0)\))"),
       {"src", "include"},
       {"src/system", "src/runners"},  // how long a process took is no matter of the time of day
       "ask the Clock that you are handed (sosw/ports/clock.h)"},
      {std::regex(R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\()"),
       {"src", "include", "tests"},
       {"src/system", "tests/end_to_end/workers", "tests/runners/workers", "tests/tidy"},
       "wait for a condition, or move a simulated clock"},
      {std::regex(R"(\brandom_device\b|\bmt19937(_64)?\b|\bs?rand\()"),
       {"src", "include"},
       {"src/system"},
       "draw from the Random that you are handed (sosw/ports/random.h)"},
      {std::regex(
           R"(\b(class|struct|namespace|enum)\s+(class\s+)?(?!SecretsManager)\w*(Utils?|Helpers?|Manager|Common|Base)\b)"),
       {"src", "include", "tests", "bench"},
       {},
       "name it after what it is or does"},
      {std::regex("\\b(TODO|FIX"
                  "ME|XX"
                  "X)\\b"),
       {"src", "include", "tests", "bench"},
       {"tests/tidy"},
       "do it, or write down in the docs that it is missing"},
      {std::regex(R"(\b\w*[jJ]son::(parse|accept|sax_parse)\b|\bsax_parse\()"),
       {"src", "include"},
       {"src/text/parse_json.cpp"},
       "read it through text/parse_json.h, which checks size, depth and bytes first"},
      {std::regex(R"(#include <regex>)"),
       {"src", "include"},
       {},
       "std::regex recurses for each character; scan the text by hand"},
      {std::regex(R"(^\s*#\s*define\b)"), {"src", "include"}, {}, "use a constant, a function or a template"},
      {std::regex(R"(\bDISABLED_\w+|GTEST_SKIP\(\)\s*;)"),
       {"tests"},
       {"tests/tidy"},
       "mend the test, or say why it is skipped: GTEST_SKIP() << reason"},
  };
  return rules;
}

bool is_source(const fs::path& file) {
  static const std::set<std::string> endings = {".cpp", ".h", ".py", ".sh", ".cmake"};
  return endings.contains(file.extension().string());
}

bool lies_in(const std::string& file, const std::vector<std::string>& folders) {
  return std::ranges::any_of(
      folders, [&](const std::string& folder) { return file == folder || file.starts_with(folder + '/'); });
}

/// The room of a path below src/ or include/sosw/: the longest beginning that is one, else its first folder.
std::string room_of_path(const std::string& path) {
  std::string folder = fs::path(path).parent_path().generic_string();
  for (; !folder.empty(); folder = fs::path(folder).parent_path().generic_string())
    if (kFloors.contains(folder)) return folder;
  return path.substr(0, path.find('/'));
}

/// "src/store/sqlite/rows.h" belongs to store/sqlite; files that are not below src/ or include/ to no room.
std::string room_of(const std::string& file) {
  static const std::regex pattern("^(?:src|include/sosw)/([a-z]+/.*)");
  std::smatch match;
  return std::regex_match(file, match, pattern) ? room_of_path(match[1].str()) : "";
}

/// Looks at one file; remembers where it is.
class Look {
 public:
  Look(std::string file, std::vector<std::string>& findings)
      : file_(std::move(file)), room_(room_of(file_)), findings_(findings) {}

  void at_all(const fs::path& path) {
    if (!room_.empty() && !kFloors.contains(room_))
      add_finding("is in a room that docs/architecture.md does not know");
    const std::string stem = path.stem().string();
    static const std::regex vague("(^|_)(utils?|helpers?|manager|common|base)(_|$)");
    const bool known_name = stem == "secrets_manager";  // AWS calls it so
    if (!known_name && std::regex_search(stem, vague))
      add_finding("has a name that says nothing; name it after what it holds");
    std::ifstream stream(path);
    bool guarded = path.extension() != ".h";
    for (std::string line; std::getline(stream, line);) {
      ++line_;
      guarded = guarded || line == "#pragma once";
      at_line(line);
    }
    if (!guarded) add_finding("is a header without #pragma once");
    if (line_ > kLongestFile)
      add_finding(
          fmt::format("has {} lines, at most {} are allowed; is it one concept?", line_, kLongestFile));
  }

 private:
  void add_finding(const std::string& what) {
    findings_.push_back(fmt::format("{}:{}: {}", file_, std::max<std::size_t>(line_, 1), what));
  }

  void at_line(const std::string& line) {
    for (const LineRule& rule : line_rules())
      if (lies_in(file_, rule.checked) && !lies_in(file_, rule.exceptions) &&
          std::regex_search(line, rule.pattern))
        add_finding(fmt::format("'{}' is not allowed here; {}", line.substr(0, 60), rule.way_out));
    static const std::regex foreign(R"re(^#include (?:<[^>]*[/.]|"(?!sosw/)).*)re");
    if (file_.starts_with("include/") && std::regex_match(line, foreign))
      add_finding("a public header includes only the standard library and other public headers");
    static const std::regex include(R"re(^#include ["<](?:sosw/)?([^">]+)[">])re");
    std::smatch match;
    if (!room_.empty() && std::regex_search(line, match, include)) at_include(match[1].str());
  }

  void at_include(const std::string& header) {
    for (const LibraryRule& rule : kLibraries)
      if (header.starts_with(rule.header) && !rule.rooms.contains(room_))
        add_finding(fmt::format("{}/ may not know {}; put it behind a port", room_, header));
    const auto own = kFloors.find(room_);
    const std::string other = room_of_path(header);
    const auto floor = kFloors.find(other);
    if (own == kFloors.end() || floor == kFloors.end() || other == room_ || !header.ends_with(".h")) return;
    if (floor->second >= own->second)
      add_finding(
          fmt::format("{}/ (floor {}) may not include {}/ (floor {}); a room knows only those below it",
                      room_, own->second, other, floor->second));
  }

  std::string file_;
  std::string room_;
  std::vector<std::string>& findings_;
  std::size_t line_ = 0;
};

/// Paths that the documents name must exist, so that they lead somewhere.
void check_documents(const fs::path& root, std::vector<std::string>& findings) {
  static const std::regex path(
      "`((?:src|include|tests|docs|examples|bench|scripts|deploy)/[A-Za-z0-9_./-]+)`");
  for (const char* folder : {".", "docs"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::directory_iterator(root / folder)) {
      if (entry.path().extension() != ".md") continue;
      std::ifstream stream(entry.path());
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      for (std::sregex_iterator match(text.begin(), text.end(), path), end; match != end; ++match)
        if (!fs::exists(root / (*match)[1].str()))
          findings.push_back(fmt::format("{}: names `{}`, which does not exist",
                                         entry.path().filename().string(), (*match)[1].str()));
    }
  }
}

}  // namespace

std::vector<std::string> broken_rules(const fs::path& root) {
  std::vector<std::string> findings;
  for (const char* folder : {"src", "include", "tests", "bench", "examples"}) {
    if (!fs::exists(root / folder)) continue;
    for (auto entry = fs::recursive_directory_iterator(root / folder); entry != fs::end(entry); ++entry) {
      if (entry->path().filename() == "node_modules") entry.disable_recursion_pending();
      if (entry->is_regular_file() && is_source(entry->path()))
        Look(fs::relative(entry->path(), root).generic_string(), findings).at_all(entry->path());
    }
  }
  check_documents(root, findings);
  std::ranges::sort(findings);
  return findings;
}

}  // namespace sosw

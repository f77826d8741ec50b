// What is left of the lines that a worker process writes.

#include "runners/process/process_functions.h"
#include "runners/process_fixture.h"

namespace sosw {
namespace {

using ProcessLogs = ProcessFixture;

TEST_F(ProcessLogs, LeaveTheLastWholeLinesOfTheirLogWithTheOutcome) {
  const Outcome outcome =
      outcome_of_script("i=1000; while [ $i -lt 3000 ]; do echo line $i >&2; i=$((i+1)); done");
  EXPECT_TRUE(outcome.succeeded);
  EXPECT_LE(outcome.log.size(), 4096U);
  EXPECT_GT(outcome.log.size(), 4096U - 20);
  EXPECT_TRUE(outcome.log.starts_with("line "));
  EXPECT_TRUE(outcome.log.ends_with("line 2998\nline 2999\n"));
}

TEST_F(ProcessLogs, LeaveALogThatIsValidUtf8AlsoWhenTheyFail) {
  EXPECT_EQ(outcome_of_script("printf 'bad \\377 byte' >&2; exit 3").log, "bad \xEF\xBF\xBD byte\n");
}

TEST_F(ProcessLogs, TruncateAnEndlessLine) {
  const std::string log = outcome_of_script("head -c 100000 /dev/zero | tr '\\0' x >&2").log;
  EXPECT_EQ(log.size(), 4096U);
  EXPECT_TRUE(log.ends_with("x...\n"));
}

}  // namespace
}  // namespace sosw

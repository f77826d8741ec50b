// Every mistake of a user ends in one line that names the place and the fix, with nothing written.

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;

class BadInput : public CliFixture {
 protected:
  BadInput() {
    configure("exit 0");
    write_job(3);
  }
  void refuse_config(const std::string& text, const std::vector<std::string>& texts) {
    write("sosw.yaml", text);
    expect_refused("run job.json", texts);
    expect_refused("config check", texts);
  }
  void refuse_job(const std::string& text, const std::vector<std::string>& texts) {
    write("job.json", text);
    expect_refused("run job.json", texts);
    expect_refused("schedule job.json", texts);
  }
};

TEST_F(BadInput, MisspeltKeyOfALabourer) {
  refuse_config("labourers:\n  work:\n    command: [sh]\n    max_simultaneus_invocations: 8\n",
                {"sosw.yaml:4: labourers.work.max_simultaneus_invocations: unknown key",
                 "did you mean 'max_simultaneous_invocations'?"});
}
TEST_F(BadInput, MisspeltKeyAtTheTop) {
  refuse_config("labourer:\n  work: {command: [sh]}\n",
                {"sosw.yaml:1: labourer: unknown key", "'labourers'"});
}
TEST_F(BadInput, LabourerWithoutCommand) {
  refuse_config("labourers:\n  work:\n    max_attempts: 3\n",
                {"sosw.yaml:2: labourers.work: say how to run it: command: [program, argument]"});
}
TEST_F(BadInput, CommandThatIsNotAList) {
  refuse_config("labourers:\n  work:\n    command: python3 x.py\n",
                {"sosw.yaml:3: labourers.work.command: must be a list of texts"});
}
TEST_F(BadInput, CommandWithANumber) {
  refuse_config("labourers:\n  work:\n    command: [sleep, 5]\n",
                {"sosw.yaml:3: labourers.work.command: 5 is no text"});
}
TEST_F(BadInput, KeysThatThisVersionDoesNotSupport) {
  refuse_config("labourers:\n  work: {command: [sh]}\nresources: {}\n",
                {"sosw.yaml:3: resources: is not available"});
}
TEST_F(BadInput, InvalidUrlOrArn) {
  for (const std::string url : {"ftp://a/b", "resize", "5"})
    refuse_config("labourers:\n  work:\n    url: " + url + "\n",
                  {"sosw.yaml:3: labourers.work.url: must be an http or https URL"});
  for (const std::string arn : {"resize", "arn:aws:sns:eu-west-1:123456789012:topic"})
    refuse_config("labourers:\n  work:\n    arn: " + arn + "\n",
                  {"sosw.yaml:3: labourers.work.arn: must be the ARN of a function such as arn:aws:lambda:"});
}
TEST_F(BadInput, EssentialsWithInvalidNames) {
  const std::string config = "labourers:\n  work: {command: [sh]}\nessentials:\n  ";
  refuse_config(config + "sheduler: x\n", {"sosw.yaml:4: essentials.sheduler: unknown key", "'scheduler'"});
  refuse_config(config + "scheduler: a b\n",
                {"sosw.yaml:4: essentials.scheduler: must be the name of a function"});
  refuse_config(config + "scavenger: work\n", {"sosw.yaml:4: essentials.scavenger: work is a labourer"});
  refuse_config(config + "scheduler: x\n  scavenger: x\n",
                {"sosw.yaml:5: essentials.scavenger: x is the scheduler already"});
}
TEST_F(BadInput, InvalidRule) {
  const std::string rules =
      "labourers:\n  work: {command: [sh]}\nrules:\n"
      "  - {name: a, schedule: rate(1 day), job: {lambda_name: work}}\n"
      "  - name: b\n    job: {lambda_name: work}\n";
  refuse_config(rules + "    schedule: cron(0 25 * * ? *)\n", {"sosw.yaml:7: rules.1.schedule: hours: '25'"});
  refuse_config(rules + "    schedule: rate(1 day)\n    time_zone: Europe/Berln\n",
                {"sosw.yaml:8: rules.1.time_zone: there is no time zone 'Europe/Berln'"});
  refuse_config("labourers:\n  work: {command: [sh]}\nrules:\n  - nightly\n",
                {"sosw.yaml:4: rules.0: must be an object"});
}
TEST_F(BadInput, DuplicateKey) {
  refuse_config("labourers:\n  work:\n    command: [sh]\n    command: [bash]\n",
                {"sosw.yaml:4: labourers.work.command: stands here twice (first on line 3)"});
}
TEST_F(BadInput, WrongKindOfValue) {
  refuse_config("labourers:\n  work:\n    command: [sh]\n    max_attempts: \"3\"\n",
                {"sosw.yaml:4: labourers.work.max_attempts: must be a whole number"});
}
TEST_F(BadInput, CooldownTooShortToEndAWorker) {
  refuse_config("labourers:\n  work:\n    command: [sh]\n    cooldown: 4\n",
                {"sosw.yaml:4: labourers.work.cooldown: must be at least 5"});
}
TEST_F(BadInput, LabourerWithTwoRunners) {
  refuse_config("labourers:\n  work:\n    command: [sh]\n    bootstrap: ./worker\n",
                {"sosw.yaml:2: labourers.work: give one of command", "bootstrap"});
}
TEST_F(BadInput, BrokenYaml) {
  refuse_config("labourers:\n  work: [sh\nx: 1\n", {"sosw.yaml:3:2: is not valid YAML"});
}
TEST_F(BadInput, ConfigurationThatIsNotText) {
  refuse_config(std::string("labourers:\n  a\0b: {command: [sh]}\n", 34), {"sosw.yaml:2: holds a NUL byte"});
}
TEST_F(BadInput, ConfigurationThatIsEmpty) {
  for (const std::string text : {"", "  \n", "# nothing\n", "---\n"})
    refuse_config(text, {"sosw.yaml: is empty; it needs at least labourers: "});
}
TEST_F(BadInput, ConfigurationThatIsNotAMap) { refuse_config("- a\n", {"sosw.yaml: must be a map"}); }
TEST_F(BadInput, ConfigurationWithoutLabourers) {
  refuse_config("max_attempts: 3\n", {"sosw.yaml: labourers: names no labourer"});
}
TEST_F(BadInput, ConfigurationThatContainsItself) {
  refuse_config("labourers: &all\n  work: *all\n", {"sosw.yaml:", "labourers"});
}
TEST_F(BadInput, MissingConfiguration) {
  expect_refused("run job.json -c other.yaml", {"other.yaml: No such file or directory"});
  std::filesystem::remove(folder_ / "sosw.yaml");
  expect_refused("run job.json", {"no sosw.yaml in this directory", "-c FILE"});
  expect_refused("run job.json -c .", {".: is a directory"});
}
TEST_F(BadInput, BrokenJsonConfiguration) {
  write("sosw.json", "{\n  \"labourers\": {,}\n}");
  expect_refused("run job.json -c sosw.json", {"sosw.json:2:17: is not valid JSON"});
}
TEST_F(BadInput, JsonConfigurationWithAWrongKey) {
  write("sosw.json",
        "{\n\t\"labourers\": {\n\t\t\"work\": {\"command\": [\"sh\"],\n\t\t\t\"duratoin\": 1}}}");
  expect_refused("run job.json -c sosw.json",
                 {"sosw.json:4: labourers.work.duratoin: unknown key", "'duration'"});
}
TEST_F(BadInput, AlarmThatIsNotAnAddress) {
  const std::string work = "labourers:\n  work: {command: [sh]}\n";
  refuse_config(work + "alarm: {topic: here}\n", {"sosw.yaml:3: alarm.topic: must be the ARN of a topic"});
  refuse_config(work + "alarm: {function: here}\n",
                {"sosw.yaml:3: alarm.function: must be the ARN of a function"});
  refuse_config(work + "alarm: {}\n", {"sosw.yaml:3: alarm: must be one of"});
}
TEST_F(BadInput, AlarmThatIsNotAUrl) {
  refuse_config("labourers:\n  work: {command: [sh]}\nalarm: {webhook: here}\n",
                {"sosw.yaml:3: alarm.webhook: must be"});
}
TEST_F(BadInput, ProgramThatDoesNotExistIsFoundByTheCheck) {
  write("sosw.yaml", "labourers:\n  work:\n    command: [no_such_program_here]\n");
  expect_refused("config check",
                 {"sosw.yaml:3: labourers.work.command: there is no program 'no_such_program_here'"});
  write("sosw.yaml", "labourers:\n  work:\n    command: [./worker.sh]\n");
  expect_refused("config check", {"sosw.yaml:3: labourers.work.command: ", "worker.sh is not executable"});
}
TEST_F(BadInput, EachMistakeHasALineOfItsOwn) {
  write("sosw.yaml",
        "labourers:\n  work:\n    comand: [sh]\n    max_attempts: 0\n    retry: {base: -1, jitter: 2}\n"
        "  a b: {command: [sh]}\n  other: {command: [sh], cooldown: 1}\nalarms: {}\n"
        "rules:\n  - {name: r, schedule: rate(1 day), job: {lambda_name: nobody}}\n  - {name: s}\n");
  const Ended ended = sosw("config check");
  EXPECT_EQ(ended.exit_code, 2);
  for (const std::string line :
       {"sosw: sosw.yaml:3: labourers.work.comand: unknown key (did you mean 'command'?)\n",
        "sosw: sosw.yaml:4: labourers.work.max_attempts: must be a whole number",
        "sosw: sosw.yaml:5: labourers.work.retry.base: must be",
        "sosw: sosw.yaml:5: labourers.work.retry.jitter: must be",
        "sosw: sosw.yaml:2: labourers.work: say how to run it",
        "sosw: sosw.yaml:6: labourers.a b: no job can call a labourer so",
        "sosw: sosw.yaml:7: labourers.other.cooldown: must be at least 5",
        "sosw: sosw.yaml:8: alarms: unknown key (did you mean 'alarm'?)\n",
        "sosw: sosw.yaml:10: rules.0.job.lambda_name: there is no labourer 'nobody'",
        "sosw: sosw.yaml:11: rules.1.schedule: is missing\n"})
    EXPECT_THAT(ended.err, HasSubstr(line));
  EXPECT_EQ(std::ranges::count(ended.err, '\n'), 10) << ended.err;
  EXPECT_EQ(std::ranges::count(sosw("doctor").out, '\n'), 12) << "a heading, and a note of the store";
}
TEST_F(BadInput, ProgramsThatDoNotExistAreAllFoundByTheCheck) {
  write("sosw.yaml", "labourers:\n  a: {command: [no_such_program]}\n  b: {bootstrap: no_such_program}\n");
  const Ended ended = sosw("config check");
  EXPECT_THAT(ended.err, HasSubstr("sosw: sosw.yaml:2: labourers.a.command: there is no program"));
  EXPECT_THAT(ended.err, HasSubstr("sosw: sosw.yaml:3: labourers.b.bootstrap: there is no program"));
}
TEST_F(BadInput, ConfigurationThatIsAnAttack) {
  refuse_config("labourers: " + std::string(100'000, '[') + "\n", {"sosw.yaml:"});
  refuse_config("labourers:\n  work: {command: [sh], max_attempts: " + std::string(300'000, '9') + "}\n",
                {"sosw.yaml:2: labourers.work.max_attempts: must be a whole number"});
}
TEST_F(BadInput, JobThatIsAnAttack) {
  refuse_job(R"({"lambda_name": "work", "x": )" + std::string(60'000, '[') + std::string(60'000, ']') + "}",
             {"job.json: is nested deeper than 200 levels"});
}
TEST_F(BadInput, PagesOfNothing) {
  EXPECT_THAT(sosw("tasks --limit 0").err, HasSubstr("--limit"));
  EXPECT_THAT(sosw("jobs --limit 0").err, HasSubstr("--limit"));
}
TEST_F(BadInput, MetricThatNoSourceUnderstands) {
  write("sosw.yaml",
        "labourers:\n  work:\n    command: [sh]\n    health_metrics:\n      db:\n"
        "        details: {source: nowhere}\n        feelings: {3: 80}\n        feeling_comparison_operator: "
        "le\n");
  expect_refused("config check", {"sosw.yaml:6: labourers.work.health_metrics.db.details: "});
  expect_refused("run job.json", {"sosw.yaml:6: labourers.work.health_metrics.db.details: "});
}

TEST_F(BadInput, JobWithoutLambdaName) { refuse_job(R"({"items": [1]})", {"job.json: ", "lambda_name"}); }
TEST_F(BadInput, JobForAnUnknownLabourer) {
  refuse_job(R"({"lambda_name": "wrok"})", {"job.json: lambda_name: ", "wrok", "work"});
}
TEST_F(BadInput, JobWithABadPeriod) {
  refuse_job(R"({"lambda_name": "work", "period": "last_x_days", "isolate_days": true})",
             {"job.json: ", "period", "last_x_days"});
}
TEST_F(BadInput, JobWithAReservedName) {
  refuse_job(R"({"lambda_name": "work", "attempts": 3})", {"job.json: ", "attempts"});
}
TEST_F(BadInput, JobWithAnUnknownSchema) {
  refuse_job(R"({"lambda_name": "work", "job_schema_name": "other"})",
             {"job.json: job_schema_name: ", "other"});
}
TEST_F(BadInput, BrokenJob) {
  refuse_job("{\n  \"lambda_name\": \"work\",\n}", {"job.json:3:1: is not valid JSON"});
}
TEST_F(BadInput, EmptyJob) { refuse_job("\n", {"job.json: is empty; a job is a JSON object"}); }
TEST_F(BadInput, JobThatIsNotAnObject) { refuse_job("[1, 2]", {"job.json: "}); }
TEST_F(BadInput, MissingJobFile) {
  expect_refused("run nowhere.json", {"nowhere.json: No such file or directory"});
}
TEST_F(BadInput, BrokenJobOnStandardInput) {
  write("stdin", "{]");
  expect_refused("run -", {"standard input:1:2: is not valid JSON"});
}

TEST_F(BadInput, StoreOfAnotherKind) {
  expect_refused("run job.json --store redis:x", {"--store redis:x", "sqlite:PATH"});
  environment_ = {"SOSW_STORE=postgres://x"};
  expect_refused("run job.json", {"SOSW_STORE postgres://x", "sqlite:PATH"});
}
TEST_F(BadInput, FileThatIsNotAStore) {
  write("notes.db", "these are my notes");
  const Ended ended = sosw("run job.json --store sqlite:notes.db");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("notes.db"));
  EXPECT_EQ(read("notes.db"), "these are my notes");
}
TEST_F(BadInput, ReadingNeverCreatesAStore) {
  const std::string id(32, '0');
  for (const std::string& command :
       {std::string("status"), std::string("tasks"), "task " + id, std::string("jobs"),
        std::string("job 123456"), std::string("pause work"), std::string("resume work"), "retry " + id,
        "cancel " + id})
    expect_refused(command, {"no store at sosw.db yet", "`sosw run`"});
}
TEST_F(BadInput, InvalidCommandLines) {
  expect_refused("statsu", {"there is no command 'statsu' (did you mean 'status'?)"});
  expect_refused("", {"sosw --help"});
  expect_refused("run job.json --jsn", {"--jsn", "sosw run --help"});
  expect_refused("tasks --state deed", {"--state deed", "'dead'"});
  expect_refused("schedule", {"job", "sosw schedule --help"});
}

}  // namespace
}  // namespace sosw

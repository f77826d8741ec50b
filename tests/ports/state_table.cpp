// Every state of a task x every call that names it: what becomes of the task, and what the call answers.

#include <map>
#include <sstream>

#include "sosw/model/errors.h"

#include "ports/store_fixture.h"

namespace sosw {
namespace {

constexpr Time kLater = kNow + 100;  // when the calls are made
constexpr Time kDue = kNow + 60;     // when waiting tasks are due

// queued     never tried
// again      queued again after its attempt "1" failed
// timed      waits for the time of its job, never tried
// running    in its attempt "1", and so on:
// expired    not heard of for too long
// failed     reported as failed
// completed  reported as completed, not archived yet
// waiting    for a retry
// archived, dead, cancelled: closed
constexpr auto kStates =
    "queued again timed running expired failed completed waiting archived dead cancelled";

// A cell is the state after the call and, after the slash, its answer. "=" is: nothing at all has changed.
// Without an answer, a call says yes when it changed something, else no.
const std::map<std::string, std::string> kTable = {
    // clang-format off
 // call                       queued    again     timed     running   expired   failed    completed waiting   archived dead      cancelled
    {"claim",                 "running   running   =         =         =         =         =         =         =        =         ="},
    {"release",               "=         queued    =         queued    queued    queued    =         =         =        =         ="},
    {"release another",       "=         =         =         =         =         =         =         =         =        =         ="},
    {"complete",              "archived  archived  archived  archived  archived  archived  archived  archived  =        =         ="},
    {"complete as seen",      "archived  archived  =         archived  archived  archived  archived  =         =        =         ="},
    {"complete as not seen",  "=         =         =         =         =         =         =         =         =        =         ="},
    {"bury as seen",          "dead      dead      =         dead      dead      dead      =         =         =        =         ="},
    {"bury as not seen",      "=         =         =         =         =         =         =         =         =        =         ="},
    {"bury",                  "=         =         =         =         =         =         =         =         =        =         ="},
    {"retry as seen",         "waiting   waiting   =         waiting   waiting   waiting   =         =         =        =         ="},
    {"retry as not seen",     "=         =         =         =         =         =         =         =         =        =         ="},
    {"retry",                 "=         =         =         =         =         =         =         =         =        =         ="},
    {"requeue too early",     "=         =         =         =         =         =         =         =         =        =         ="},
    {"requeue",               "=         =         queued    =         =         =         =         queued    =        =         ="},
    {"revive",                "=         =         waiting   =         =         =         =         waiting   =        queued    ="},
    {"cancel",                "cancelled cancelled cancelled =         =         =         =         cancelled =        =         ="},
    {"cancel its job",        "cancelled cancelled cancelled =         =         =         =         cancelled =        =         ="},
    {"append again",          "=         =         =         =         =         =         =         =         =        =         ="},
    {"accept again",          "=         =         =         =         =         =         =         =         =        =         ="},
    {"success",               "completed/recorded completed/recorded completed/recorded completed/recorded completed/recorded completed/recorded "
                              "=/repeated completed/recorded =/closed =/closed =/closed"},
    {"success of 1",          "completed/recorded completed/recorded completed/recorded completed/recorded completed/recorded completed/recorded "
                              "=/repeated completed/recorded =/closed =/closed =/closed"},
    {"success of 0",          "completed/recorded completed/recorded completed/recorded completed/recorded completed/recorded completed/recorded "
                              "=/repeated completed/recorded =/closed =/closed =/closed"},
    {"failure",               "=/stale =/stale    =/stale expired/recorded expired/recorded =/repeated =/repeated =/stale    =/closed =/closed =/closed"},
    {"failure of 1",          "=/stale =/repeated =/stale expired/recorded expired/recorded =/repeated =/repeated =/repeated =/closed =/closed =/closed"},
    {"failure of 0",          "=/stale =/stale    =/stale =/stale          =/stale          =/stale    =/stale    =/stale    =/closed =/closed =/closed"},
    // clang-format on
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream columns(line);
  return {std::istream_iterator<std::string>(columns), {}};
}

std::string name_of_state(const TaskRecord& record) {
  if (record.table == Table::retry) return "waiting";
  if (record.table == Table::queue)
    return std::string(to_string(state_of(record.task, kLater, kAttemptTimeout)));
  if (record.closed == ClosedAs::dead) return "dead";
  return record.closed == ClosedAs::cancelled ? "cancelled" : "archived";
}

std::string said(bool yes) { return yes ? "yes" : "no"; }

std::string said(ReportOutcome outcome) {
  return std::array{"recorded", "repeated", "stale", "closed", "unknown"}.at(
      static_cast<std::size_t>(outcome));
}

class StateTable : public StoreContract {
 protected:
  /// A task in that state, alone with its labourer.
  std::string task_in(const std::string& state) {
    labourer_ = fmt::format("labourer {}", ++labourers_);
    job_ = some_job(labourer_);
    if (state == "timed") job_.run_at = kDue;
    const std::string id = schedule(job_, 1).front();
    if (state == "queued" || state == "timed") return id;
    if (state == "cancelled") {
      jobs.cancel_job(job_.job_id, kNow);
      return id;
    }
    claim(1, state == "expired" ? kNow - kAttemptTimeout : kNow, "1", labourer_);
    if (state == "failed" || state == "completed")
      report({.task_id = id,
              .succeeded = state == "completed",
              .token = "1",
              .now = kNow,
              .attempt_timeout = kAttemptTimeout});
    if (state == "waiting") postpone(id, kDue);
    if (state == "again") postpone(id, kNow);
    if (state == "again") tasks.requeue_due(labourer_, kNow, 1);
    if (state == "archived") settle({.task_id = id, .now = kNow});
    if (state == "dead") close_as_dead(id);
    return id;
  }

  Settlement move(const std::string& id, const std::string& call) {
    const To to = call.starts_with("bury") ? To::dead : call.starts_with("retry") ? To::retry : To::completed;
    Settlement move = {.task_id = id, .to = to, .now = kLater, .due = kLater + 60};
    if (call.ends_with("as seen")) move.seen = seen_;
    if (call.ends_with("not seen")) move.seen = Seen{seen_.greenfield, "another"};
    return move;
  }

  Report make_report(const std::string& id, const std::string& call) {
    Report made = {.task_id = id,
                   .succeeded = call.starts_with("success"),
                   .now = kLater,
                   .attempt_timeout = kAttemptTimeout};
    if (call.ends_with("of 1")) made.token = "1";
    if (call.ends_with("of 0")) made.token = "0";
    return made;
  }

  /// What release is given: as if claim had returned it.
  std::vector<Task> claimed(const std::string& id, const std::string& token) {
    Task task = record(id).task;
    task.token = token;
    task.greenfield = band_of(Priority::normal).start;
    task.attempts = 0;
    return {task};
  }

  bool hand_back(const std::string& id, const std::string& token) {
    const std::string before = described(record(id));
    tasks.release(claimed(id, token));
    return described(record(id)) != before;
  }

  /// Makes the call; its answer.
  std::string call(const std::string& call, const std::string& id) {
    const Ids ids = {id};
    if (call == "claim") return said(!claim(1, kLater, "2", labourer_).empty());
    if (call == "release") return said(hand_back(id, "1"));
    if (call == "release another") return said(hand_back(id, "another"));
    if (call == "requeue") return said(!tasks.requeue_due(labourer_, kLater, 1).empty());
    if (call == "requeue too early") return said(!tasks.requeue_due(labourer_, kDue - 1, 1).empty());
    if (call == "revive") return said(admin.revive(ids, kDue - 1).at(0));
    if (call == "cancel") return said(admin.cancel(ids, kLater).at(0));
    if (call == "cancel its job") return said(jobs.cancel_job(job_.job_id, kLater) == 1);
    if (call == "append again") return said(jobs.append(job_, 0, ids, true, kLater) != 1);
    if (call == "accept again") return said(jobs.accept(job_).progress.scheduled != 1);
    if (call.starts_with("success") || call.starts_with("failure"))
      return said(report(make_report(id, call)));
    return said(settle(move(id, call)));
  }

  void expect_cell(const std::string& name, const std::string& state, const std::string& cell) {
    SCOPED_TRACE(fmt::format("{} of a task that is {}", name, state));
    const std::string id = task_in(state);
    seen_ = seen(id);
    const std::string before = described(record(id));
    const std::string answer = call(name, id);
    const std::string after = described(record(id));

    const auto slash = cell.find('/');
    const std::string end = cell.substr(0, slash);
    EXPECT_EQ(answer, slash == std::string::npos ? said(end != "=") : cell.substr(slash + 1));
    if (end == "=") {
      EXPECT_EQ(after, before);
    } else {
      EXPECT_EQ(name_of_state(record(id)), end);
      EXPECT_NE(after, before);
    }
    call(name, id);
    EXPECT_EQ(described(record(id)), after) << "when it is repeated";
  }

 private:
  int labourers_ = 0;
  std::string labourer_;
  Job job_;
  Seen seen_;
};
INSTANTIATE_TEST_SUITE_P(Stores, StateTable, ::testing::ValuesIn(stores_under_contract()), name_of);

TEST_P(StateTable, EveryCallFollowsTheStateTableAndIsIdempotent) {
  const std::vector<std::string> states = words_of(kStates);
  for (const auto& [name, line] : kTable) {
    const std::vector<std::string> cells = words_of(line);
    ASSERT_EQ(cells.size(), states.size()) << name;
    for (std::size_t i = 0; i < states.size(); ++i) expect_cell(name, states[i], cells[i]);
  }
}

}  // namespace
}  // namespace sosw

#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runners/runtime/runtime_worker.h"

namespace sosw {

/// The warm processes of one labourer and its waiting work. Belongs to the thread of the server.
class RuntimePool {
 public:
  using Now = RuntimeWorker::Now;

  struct Events {
    std::function<void(Outcome)> settled;
    std::function<std::uint64_t(RuntimePool&)> new_process;  ///< returns its id; its events go to this pool
    std::function<void()> process_gone;
  };
  RuntimePool(const RuntimeHost&, std::string labourer_id, Bootstrap, Events);
  ~RuntimePool();

  void accept(RuntimeWork);

  /// An event from the supervisor about one of the processes.
  void take(const ProcessEvent&);

  /// Must be called regularly: handles time limits and delayed starts.
  void check_time(Now);

  /// Accepts no new work and starts no new process; idle ones end.
  void wind_down();
  /// Processes with work get SIGTERM, too, and later SIGKILL.
  void interrupt(const std::string& reason, Now);
  /// The supervisor is gone and all processes with it.
  void lose_all(const std::string& reason);

 private:
  void hand_out();
  void start_more(Now);
  bool start_one(Now);
  void free(const std::shared_ptr<RuntimeWorker>&);
  void settle(Outcome);
  void start_failed(const std::shared_ptr<RuntimeWorker>&, const std::string& reason);
  void fail_for_want_of_a_start(std::string log);
  void fail_unstartable(const std::string& problem);
  void be_careful(Now);
  void fail_all_waiting(const std::string& reason, bool interrupted);
  void fail_those_who_waited_too_long(Now);

  const RuntimeHost& host_;
  const std::string labourer_id_;
  const Bootstrap bootstrap_;
  Events events_;
  std::deque<RuntimeWork> waiting_;
  std::map<std::uint64_t, std::shared_ptr<RuntimeWorker>> workers_;
  std::set<std::uint64_t> starting_;  ///< have not yet asked for work
  std::set<std::uint64_t> resting_;   ///< have answered and not yet asked again
  std::vector<std::uint64_t> free_;   ///< the last one was busy last
  int failures_ = 0;                  ///< of processes since the last success
  Now next_start_{};
  std::string shortage_;                        ///< why no process could be started lately
  std::shared_ptr<RuntimeWorker> last_failed_;  ///< that ended before it asked for work, if the last one did
  std::string why_it_failed_;
  bool winding_down_ = false;
};

}  // namespace sosw

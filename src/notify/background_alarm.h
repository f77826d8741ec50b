#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sosw/ports/alarm.h"

namespace sosw {

/// Lets another alarm ring from a thread of its own, so that an address that does not answer holds up no
/// task. Of very many alarms that wait for one, all above 10,000 are only counted. Any thread.
class BackgroundAlarm final : public Alarm {
 public:
  explicit BackgroundAlarm(std::unique_ptr<Alarm>);
  ~BackgroundAlarm() override;  ///< sends what is left

  void raise(const std::string& subject, const std::string& message) override;
  void send() override;

 private:
  struct Raised {
    std::string subject;
    std::string message;
  };

  void work();
  void ring(const std::vector<Raised>&, std::size_t left_out);

  std::unique_ptr<Alarm> alarm_;  ///< of the thread alone
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Raised> raised_;
  std::size_t left_out_ = 0;
  bool wanted_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sosw

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

/// Raises another alarm from its own thread, so that an address that does not answer delays no task. More
/// than 10,000 waiting alarms are only counted. Any thread.
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

  std::unique_ptr<Alarm> alarm_;  ///< used by the thread only
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Raised> raised_;
  std::size_t left_out_ = 0;
  bool wanted_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sosw

#pragma once

#include <string>

namespace sosw {

/// Alerts people about something that needs attention, such as a dead task.
class Alarm {
 public:
  virtual ~Alarm() = default;

  /// Messages of one subject may go out together, at the latest with send(). Never throws.
  virtual void raise(const std::string& subject, const std::string& message) = 0;
  virtual void send() = 0;
};

}  // namespace sosw

#pragma once

#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sosw::aws {

/// Alarms of one subject, sent together.
struct AlarmBatch {
  std::string subject;
  std::vector<std::string> messages;
};

/// Raised alarms that are not sent yet. They quote what workers wrote: invalid UTF-8 is replaced, and very
/// long ones are truncated.
class WaitingAlarms {
 public:
  void add(const std::string& subject, const std::string& message);

  /// Returns and removes all of them. No batch is longer than that as JSON.
  std::vector<AlarmBatch> take(std::size_t most_bytes);

 private:
  std::vector<AlarmBatch> batches_;
};

/// A line of the log for a batch that could not be sent.
void log_lost(const AlarmBatch&, const char* why);

/// For each batch whose sending gives an error, and for all when it throws.
template <class Send>
void log_lost(std::span<const AlarmBatch> batches, Send send) {
  try {
    const auto results = send();
    for (std::size_t i = 0; i < batches.size(); ++i)
      if (results[i].error) log_lost(batches[i], results[i].error->what());
  } catch (const std::exception& error) {
    for (const AlarmBatch& batch : batches) log_lost(batch, error.what());
  }
}

}  // namespace sosw::aws

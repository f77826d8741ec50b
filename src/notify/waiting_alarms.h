#pragma once

#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sosw::aws {

/// Alarms that go out together: those of one subject.
struct AlarmBatch {
  std::string subject;
  std::vector<std::string> messages;
};

/// Alarms that were raised and not sent yet. They quote what workers wrote: what is no UTF-8 is replaced, and
/// of a very long one only the beginning is kept.
class WaitingAlarms {
 public:
  void add(const std::string& subject, const std::string& message);

  /// All of them, and forgets them. No batch is longer than that as JSON.
  std::vector<AlarmBatch> take(std::size_t most_bytes);

 private:
  std::vector<AlarmBatch> batches_;
};

/// A line of the log for a batch that did not get through.
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

#pragma once

#include <memory>
#include <thread>

#include "aws/core/account.h"
#include "essentials/completion_notifier.h"
#include "local/event_sinks.h"
#include "notify/all_messages.h"
#include "store/open_store.h"
#include "system/system_clock.h"
#include "system/system_random.h"

namespace sosw {

/// CompletionNotifier with its own connection to a store. Belongs to one thread at a time.
class ConnectedCompletionNotifier {
 public:
  /// Throws as open_store() does. The settings must outlive it.
  ConnectedCompletionNotifier(const StoreLocation&, const Settings&, const EventSinks& = {});

  /// Notifies of finished jobs, and waits for the receivers' answers. Throws StoreError.
  void run();

  /// The pause between two runs, so that a store of this kind is not polled too often.
  Seconds rest() const { return store_->polling().scavenging; }

 private:
  std::unique_ptr<Store> store_;
  ForwardingEventLog events_;
  SystemClock clock_;
  SystemRandom random_;
  AllMessages messages_;
  Scheduler scheduler_;
  CompletionNotifier notifier_;
};

/// Notifies from its own thread, so that a webhook that does not answer delays no task.
class CompletionNotifierThread {
 public:
  /// The settings must outlive it.
  CompletionNotifierThread(const StoreLocation&, const Settings&, const EventSinks& = {});

  /// Ends the thread, after the current notifications.
  void stop();

 private:
  std::jthread thread_;
};

}  // namespace sosw

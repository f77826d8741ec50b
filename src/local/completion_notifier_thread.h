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

/// CompletionNotifier with a connection of its own to a store. Belongs to one thread at a time.
class ConnectedCompletionNotifier {
 public:
  /// Throws as open_store() does. The settings outlive it.
  ConnectedCompletionNotifier(const StoreLocation&, const Settings&, const EventSinks& = {});

  /// Announces what is finished, and waits for those whom it tells. Throws StoreError.
  void run();

  /// How long to rest between two runs, so that a store of this kind is not asked too often.
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

/// Announces from a thread of its own, so that a webhook that does not answer holds up no task.
class CompletionNotifierThread {
 public:
  /// The settings outlive it.
  CompletionNotifierThread(const StoreLocation&, const Settings&, const EventSinks& = {});

  /// Ends the thread, when it has told those whom it is telling.
  void stop();

 private:
  std::jthread thread_;
};

}  // namespace sosw

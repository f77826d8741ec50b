#pragma once

#include <memory>
#include <thread>

#include "sosw/essentials/announcements.h"
#include "sosw/http/webhook_messenger.h"
#include "sosw/system/system_clock.h"
#include "sosw/system/system_random.h"

#include "cli/aws_parts.h"
#include "cli/open_store.h"
#include "cli/witnesses.h"

namespace sosw {

/// Messages of both kinds, each to who knows it.
class AllMessages final : public Messenger {
 public:
  std::vector<std::string> deliver(std::span<const Message>) override;

 private:
  WebhookMessenger webhooks_;
  TopicMessenger topics_;
};

/// Announcements with a connection of its own to a store. Belongs to one thread at a time.
class OpenAnnouncements {
 public:
  /// Throws as open_store() does. The settings outlive it.
  OpenAnnouncements(const StorePlace&, const Settings&, const Witnesses& = {});

  /// Announces what is finished, and waits for those whom it tells. Throws StoreError.
  void run();

  /// How long to rest between two runs, so that a store of this kind is not asked too often.
  Seconds rest() const { return store_->pace().scavenging; }

 private:
  std::unique_ptr<OpenStore> store_;
  WitnessedEvents events_;
  SystemClock clock_;
  SystemRandom random_;
  AllMessages messages_;
  Scheduler scheduler_;
  Announcements announcements_;
};

/// Announces from a thread of its own, so that a webhook that does not answer holds up no task.
class Announcer {
 public:
  /// The settings outlive it.
  Announcer(const StorePlace&, const Settings&, const Witnesses& = {});

  /// Ends the thread, when it has told those whom it is telling.
  void stop();

 private:
  std::jthread thread_;
};

}  // namespace sosw

#pragma once

#include <memory>
#include <string>

#include "sosw/ports/alarm.h"

#include "aws/clients/dynamo_db.h"
#include "aws/clients/s3.h"
#include "aws/core/session.h"
#include "health/cloud_watch_metric.h"
#include "http/client/curl_http.h"
#include "store/dynamo/dynamo_event_log.h"
#include "store/dynamo/dynamo_store.h"

namespace sosw::aws {

/// An installation on AWS and its parts: the counterpart of an engine's parts on one machine. Region,
/// credentials and endpoints are found as by every AWS tool. Tables are not checked; see table_setup.h.
/// Members belong to the thread that created them, except `metric`, which has its own connection and may
/// belong to another.
class AwsBackend {
 public:
  struct Setup {
    Environment environment;
    DynamoTables tables;
    EventAuthor author{.function = "sosw"};
    bool keeps_events = true;  ///< meta_handler_config.write_meta_to_ddb
    std::string alarm;         ///< ARN of a topic, or name or ARN of a function; empty: none
  };

  /// Clock, random and waiting are used by several threads. Throws InvalidConfig when there is no region, the
  /// shared files can't be read, or the alarm's address is invalid. Where the variable STAGE is test or
  /// autotest, it also throws unless all tables begin with autotest_, and there is no alarm.
  AwsBackend(const Setup&, Clock&, Random&, Waiting&);

  const DynamoTables tables;

 private:
  CurlHttp http_;
  CurlHttp metric_http_;
  CurlHttp event_http_;
  Session metric_session_;

 public:
  Session session;  ///< for more clients on the same thread
  DynamoDb dynamo;

 private:
  std::unique_ptr<S3> s3_;  ///< null without a bucket

 public:
  DynamoStore store;
  CloudWatchMetric metric;

  EventLog& events() { return *events_; }

  /// See DynamoEventLog::flush; returns at once when no events are kept.
  bool flush_events(Seconds at_most) { return !kept_events_ || kept_events_->flush(at_most); }

  /// Later events are from that invocation.
  void set_author(const EventAuthor& author) {
    if (kept_events_) kept_events_->set_author(author);
  }

  /// nullptr when there is none.
  Alarm* alarm() { return alarm_.get(); }

 private:
  std::unique_ptr<EventLog> events_;
  DynamoEventLog* kept_events_ = nullptr;
  std::unique_ptr<Alarm> alarm_;
};

}  // namespace sosw::aws

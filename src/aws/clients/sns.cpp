#include "aws/clients/sns.h"

#include <algorithm>

#include <fmt/format.h>

#include "aws/core/query_protocol.h"

namespace sosw::aws {
namespace {

constexpr const char* kSnsVersion = "2010-03-31";
constexpr std::size_t kMessagesAtOnce = 10;

void add_message(QueryForm& form, const std::string& prefix, const SnsMessage& message) {
  form.add(prefix + "Message", message.message);
  form.add_unless_empty(prefix + "Subject", message.subject);
  int number = 0;
  for (const auto& [name, value] : message.attributes) {
    const std::string entry = fmt::format("{}MessageAttributes.entry.{}.", prefix, ++number);
    form.add(entry + "Name", name);
    form.add(entry + "Value.DataType", "String");
    form.add(entry + "Value.StringValue", value);
  }
}

QueryForm batch_form(const std::string& topic_arn, std::span<const SnsMessage> messages) {
  QueryForm form("PublishBatch", kSnsVersion);
  form.add("TopicArn", topic_arn);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::string prefix = fmt::format("PublishBatchRequestEntries.member.{}.", i + 1);
    form.add(prefix + "Id", std::to_string(i));
    add_message(form, prefix, messages[i]);
  }
  return form;
}

/// The entries of <Successful> or <Failed> by the number that was their Id.
template <class Take>
void for_each_entry(const Xml& result, const char* list, std::size_t count, Take take) {
  for (const Xml* entry : members_at(result, list))
    if (const std::size_t i = entry->template get<std::size_t>("Id", count); i < count) take(i, *entry);
}

}  // namespace

Sns::Sns(Session& session) : Sns(session.caller(kSns)) {}

std::string Sns::publish(const std::string& topic_arn, const SnsMessage& message) {
  QueryForm form("Publish", kSnsVersion);
  form.add("TopicArn", topic_arn);
  add_message(form, "", message);
  return text_at(send_query(caller_, "Publish", form), "MessageId");
}

std::vector<Result<std::string>> Sns::publish_all(const std::string& topic_arn,
                                                  std::span<const SnsMessage> messages) {
  std::vector<Result<std::string>> results(messages.size());
  std::vector<Call> calls;
  for (std::size_t first = 0; first < messages.size(); first += kMessagesAtOnce)
    calls.push_back(
        batch_form(topic_arn, messages.subspan(first, std::min(kMessagesAtOnce, messages.size() - first)))
            .call());
  const std::vector<Reply> replies = caller_.send(calls);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Reply& reply = replies[i / kMessagesAtOnce];
    results[i].error =
        reply.error ? *reply.error : unreadable(caller_, "PublishBatch", reply.answer, "no word of it");
  }
  for (std::size_t batch = 0; batch < replies.size(); ++batch) {
    if (replies[batch].error) continue;
    const std::size_t first = batch * kMessagesAtOnce;
    const std::size_t count = std::min(kMessagesAtOnce, messages.size() - first);
    const Xml result = query_result(caller_, "PublishBatch", replies[batch].answer);
    for_each_entry(result, "Successful", count, [&](std::size_t i, const Xml& entry) {
      results[first + i].error.reset();
      results[first + i].value = text_at(entry, "MessageId");
    });
    for_each_entry(result, "Failed", count, [&](std::size_t i, const Xml& entry) {
      results[first + i].error.emplace(
          AwsError::Details{.service = caller_.setup().service,
                            .operation = "PublishBatch",
                            .code = text_at(entry, "Code"),
                            .message = text_at(entry, "Message"),
                            .status = replies[batch].answer.status,
                            .retryable = text_at(entry, "SenderFault") == "false"});
    });
  }
  return results;
}

std::string Sns::create_topic(const std::string& name) {
  QueryForm form("CreateTopic", kSnsVersion);
  form.add("Name", name);
  return text_at(send_query(caller_, "CreateTopic", form), "TopicArn");
}

std::string Sns::subscribe(const std::string& topic_arn, const std::string& protocol,
                           const std::string& endpoint) {
  QueryForm form("Subscribe", kSnsVersion);
  form.add("TopicArn", topic_arn);
  form.add("Protocol", protocol);
  form.add("Endpoint", endpoint);
  return text_at(send_query(caller_, "Subscribe", form), "SubscriptionArn");
}

}  // namespace sosw::aws

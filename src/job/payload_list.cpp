#include "job/payload_list.h"

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "job/job_json.h"
#include "job/job_keys.h"

namespace sosw {
namespace {

constexpr std::string_view kPayloadsKey = "payloads";

void check_payload(std::string_view payload, std::int64_t index) {
  if (!is_object(payload))
    throw InvalidJob(fmt::format("payloads[{}]: must be a JSON object, got {}", index, shown(payload)));
  Members members(payload);
  for (Member member; members.next(member);)
    if (const std::string name = decoded(member.key); is_reserved(name))
      throw InvalidJob(
          fmt::format("payloads[{}].{}: is reserved for the task itself, use another name", index, name));
}

}  // namespace

PayloadList::PayloadList(const JsonText& document, std::string_view labourer_id)
    : document_(document),
      list_(find_member(document_, kPayloadsKey)),
      labourer_id_(encoded(labourer_id)),
      payloads_(list_) {
  if (!is_list(list_)) throw InvalidJob(fmt::format("payloads: must be a list, got {}", shown(list_)));
  for (std::string_view payload; payloads_.next(payload); ++count_) check_payload(payload, count_);
  if (count_ == 0) throw InvalidJob("payloads: is empty, there is nothing to do");
  skip_to(0);
}

bool PayloadList::next(Form form, std::string& out) {
  std::string_view payload;
  if (!payloads_.next(payload)) return false;
  ++store_location_;
  if (form == Form::payload) {
    out = payload;
    return true;
  }
  out = R"({"labourer_id":)" + labourer_id_;
  if (payload != "{}") out += ',';
  out += payload.substr(1);
  return true;
}

void PayloadList::skip_to(std::int64_t index) {
  payloads_ = Elements(list_);
  std::string_view payload;
  for (store_location_ = 0; store_location_ < index; ++store_location_) payloads_.next(payload);
}

JsonText list_payloads(const std::vector<std::string>& payloads) {
  std::string list;
  for (std::size_t index = 0; index < payloads.size(); ++index) {
    try {
      list.append(index == 0 ? "" : ",").append(JsonText(payloads[index]).text());
    } catch (const InvalidJson& error) {
      throw InvalidJob(fmt::format("payloads[{}]: {}", index, error.what()));
    }
  }
  return job_json(fmt::format(R"({{"{}":[{}]}})", kPayloadsKey, list));
}

}  // namespace sosw

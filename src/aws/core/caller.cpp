#include "aws/core/caller.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "aws/core/error_answer.h"

namespace sosw::aws {
namespace {

constexpr Seconds kFirstDelayThrottled = 1;
constexpr Seconds kLongestDelay = 20;
constexpr Seconds kWorstExtraDelay = 5;  // that a service may request
constexpr Seconds kToleratedClockError = 240;

}  // namespace

/// Shared by the calls of one send().
struct Caller::Round {
  Credentials credentials;
  bool credentials_were_renewed = false;
  bool clock_was_set = false;
};

Caller::Caller(Setup setup, CredentialSource* credentials, Machine machine)
    : setup_(std::move(setup)), credentials_(credentials), machine_(machine) {}

std::vector<Reply> Caller::send(std::span<const Call> calls) {
  std::vector<Reply> replies(calls.size());
  std::vector<std::string> invocation_ids(calls.size());
  for (std::string& id : invocation_ids) id = new_id();
  std::vector<std::size_t> pending(calls.size());
  std::iota(pending.begin(), pending.end(), 0U);
  Round round;
  for (int attempt = 1; !pending.empty(); ++attempt) {
    if (credentials_) round.credentials = credentials_->get();
    std::vector<HttpRequest> requests;
    requests.reserve(pending.size());
    for (const std::size_t i : pending)
      requests.push_back(prepare(calls[i], round.credentials, invocation_ids[i], attempt));
    std::vector<HttpAnswer> answers = machine_.http.send(requests);

    std::vector<std::size_t> again;
    Seconds delay = 0;
    for (std::size_t k = 0; k < pending.size(); ++k) {
      const std::size_t i = pending[k];
      Reply& reply = replies[i];
      reply = {.answer = std::move(answers[k])};
      if (is_success(reply.answer)) {
        budget_.succeeded(attempt > 1);
        continue;
      }
      AwsError::Details details = error_details(reply.answer, round.credentials);
      details.service = setup_.service;
      details.operation = calls[i].operation;
      reply.error.emplace(details);
      if (attempt < setup_.max_attempts && mended(reply.answer, *reply.error, round)) {
        again.push_back(i);
      } else if (may_go_again(calls[i], *reply.error, attempt)) {
        again.push_back(i);
        delay = std::max(delay, delay_before(attempt, reply.error->throttled, reply.answer));
      }
    }
    pending = std::move(again);
    if (!pending.empty() && delay > 0) machine_.waiting.wait(delay);
  }
  return replies;
}

HttpAnswer Caller::send_one(Call call) {
  Reply reply = std::move(send({&call, 1}).front());
  if (reply.error) throw AwsError(*reply.error);
  return std::move(reply.answer);
}

void Caller::back_off(int retry) { machine_.waiting.wait(delay_before(retry, true, {})); }

void Caller::wait(Seconds seconds) {
  if (seconds > 0) machine_.waiting.wait(seconds);
}

HttpRequest Caller::prepare(const Call& call, const Credentials& credentials,
                            const std::string& invocation_id, int attempt) {
  HttpRequest request = call.request;
  request.url =
      (call.endpoint.empty() ? setup_.endpoint : call.endpoint) + (request.url.empty() ? "/" : request.url);
  request.headers.push_back({"amz-sdk-invocation-id", invocation_id});
  request.headers.push_back(
      {"amz-sdk-request", fmt::format("attempt={}; max={}", attempt, setup_.max_attempts)});
  if (!credentials_) return request;
  return sign(std::move(request), credentials, {setup_.region, setup_.signed_as},
              machine_.clock.now() + clock_error_, signing_key_);
}

bool Caller::may_go_again(const Call& call, const AwsError& error, int attempt) {
  if (!error.retryable || attempt >= setup_.max_attempts || now() >= call.give_up_at) return false;
  const bool unheard = error.maybe_done && error.status < 300;
  if (call.repeat == Repeat::unless_unheard && unheard) return false;
  if (call.repeat == Repeat::unless_uncertain && error.maybe_done) return false;
  return budget_.pay(error.throttled);
}

/// Whether the cause of an error was on our side, and is now fixed. Once per send for each kind of cause.
bool Caller::mended(const HttpAnswer& answer, const AwsError& error, Round& round) {
  if (!credentials_) return false;
  if (is_about_time(error.code)) return round.clock_was_set = set_clock_right(answer) || round.clock_was_set;
  if (!is_about_credentials(error.code)) return false;
  if (round.credentials_were_renewed) return true;
  credentials_->reject(round.credentials);
  const Credentials fresh = credentials_->get();
  return round.credentials_were_renewed = fresh.access_key_id != round.credentials.access_key_id ||
                                          fresh.session_token != round.credentials.session_token;
}

/// Whether our clock differed from the service's by more than signatures tolerate.
bool Caller::set_clock_right(const HttpAnswer& answer) {
  const auto theirs = date_of(answer.headers);
  if (!theirs) return false;
  const Seconds error = *theirs - machine_.clock.now();
  if (std::abs(error - clock_error_) < kToleratedClockError) return false;
  clock_error_ = error;
  spdlog::warn("{} says that this machine's clock is {:.0f} s {}; requests are signed with its time",
               setup_.service, std::abs(error), error > 0 ? "slow" : "fast");
  return true;
}

Seconds Caller::delay_before(int retry, bool throttled, const HttpAnswer& answer) {
  const Seconds first = throttled ? kFirstDelayThrottled : setup_.first_delay;
  const Seconds delay = machine_.random.chance() * std::min(first * std::pow(2, retry - 1), kLongestDelay);
  const std::string* header = find_header(answer.headers, "x-amz-retry-after");
  if (!header) return delay;
  double asked = 0;  // milliseconds
  std::from_chars(header->data(), header->data() + header->size(), asked);
  return std::max(delay, std::min(asked / 1000, delay + kWorstExtraDelay));
}

/// A UUID of version 4. Services and emulators recognize repeated requests by it.
std::string Caller::new_id() {
  const std::uint64_t high = (machine_.random.next() & ~0xF000ULL) | 0x4000;
  const std::uint64_t low = (machine_.random.next() >> 2) | 0x8000000000000000ULL;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xFFFF, high & 0xFFFF,
                     low >> 48, low & 0xFFFFFFFFFFFFULL);
}

}  // namespace sosw::aws

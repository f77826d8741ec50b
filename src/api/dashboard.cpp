#include "api/dashboard.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "api/api_answers.h"
#include "api/dashboard_assets.h"
#include "api/json_api.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kIndex = "index.html";
constexpr std::array kPages = {"jobs"sv, "tasks"sv, "labourers"sv, "rules"sv, "schedule"sv};
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";  // their names contain a hash

bool is(const web::Request& request, std::string_view page) {
  return request.path.size() == 1 && request.path[0] == page;
}

std::string path_of(const web::Request& request) { return fmt::format("{}", fmt::join(request.path, "/")); }

const DashboardAsset* find_asset(std::string_view path) {
  const auto assets = dashboard_assets();
  const auto found = std::ranges::find(assets, path, &DashboardAsset::path);
  return found == assets.end() ? nullptr : &*found;
}

std::string tag_of(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string tag = "\"";
  for (std::size_t i = 0; i < 16; ++i) tag += fmt::format("{:02x}", digest[i]);
  return tag + '"';
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  if (const std::size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
}

/// The client accepts gzip, and not with the weight 0.
bool takes_gzip(const web::Request& request) {
  std::string_view codings = request.header("accept-encoding");
  const std::size_t at = codings.find("gzip");
  if (at == std::string_view::npos) return false;
  const std::string_view rest = codings.substr(at + 4, codings.find(',', at) - at - 4);
  return rest.find("q=0") == std::string_view::npos || rest.find("q=0.") != std::string_view::npos;
}

web::Answer guarded(web::Answer answer) {
  answer.headers.emplace_back("Content-Security-Policy", kPolicy);
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  answer.headers.emplace_back("Referrer-Policy", "no-referrer");
  answer.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  return answer;
}

web::Answer file_answer(const web::Request& request, const DashboardAsset& asset) {
  const bool compressed = !asset.gzip.empty() && takes_gzip(request);
  web::Answer answer{.body = std::string(compressed ? asset.gzip : asset.bytes),
                     .content_type = std::string(asset.content_type),
                     .headers = {{"Cache-Control", std::string(kForEver)}, {"Vary", "Accept-Encoding"}}};
  if (compressed) answer.headers.emplace_back("Content-Encoding", "gzip");
  return guarded(std::move(answer));
}

}  // namespace

Dashboard::Dashboard(Mode mode, std::shared_ptr<const PageSessions> sessions)
    : mode_(mode), sessions_(std::move(sessions)), index_(find_asset(kIndex)->bytes) {
  replace(index_, R"(data-mode="on")",
          mode == Mode::read_only ? R"(data-mode="read-only")" : R"(data-mode="on")");
  replace(index_, R"(data-login="no")", sessions_ ? R"(data-login="yes")" : R"(data-login="no")");
  index_tag_ = tag_of(index_);
}

bool Dashboard::serves(const web::Request& request) {
  const auto& path = request.path;
  if (path.empty() || path[0] == "assets") return true;
  if (is(request, "login") || is(request, "logout")) return true;
  return path.size() <= 2 && std::ranges::find(kPages, path[0]) != kPages.end();
}

void Dashboard::handle(web::Request request, web::Reply reply) {
  if (request.method == "POST" && sessions_ && is(request, "login")) return reply.send(sign_in(request));
  if (request.method == "POST" && sessions_ && is(request, "logout"))
    return reply.send({.status = 204, .headers = {{"Set-Cookie", sessions_->end(request)}}});
  if (request.method != "GET" && request.method != "HEAD") {
    web::Answer refusal = api_error(405, fmt::format("{} is not for {}", request.method, request.target));
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return reply.send(std::move(refusal));
  }
  if (!request.path.empty() && request.path[0] == "assets") {
    const DashboardAsset* asset = find_asset(path_of(request));
    return reply.send(asset ? file_answer(request, *asset)
                            : api_error(404, fmt::format("there is no file {}", request.target)));
  }
  web::Pairs headers = {{"Cache-Control", "no-cache"}, {"ETag", index_tag_}};
  if (request.header("if-none-match") == index_tag_)
    return reply.send({.status = 304, .headers = std::move(headers)});
  reply.send(
      guarded({.body = index_, .content_type = "text/html; charset=utf-8", .headers = std::move(headers)}));
}

web::Answer Dashboard::sign_in(const web::Request& request) const {
  const Json body = json_or_discarded(request.body);
  const auto token = body.is_object() ? body.find("token") : body.end();
  if (token == body.end() || !token->is_string())
    return api_error(400, R"(give the token: {"token": "..."})");
  if (!sessions_->knows(token->get<std::string>()))
    return api_error(401, "this is not the token of this server (SOSW_TOKEN in its environment)");
  return {.status = 204, .headers = {{"Set-Cookie", sessions_->begin(request)}}};
}

/// Browsers send the page's origin with every request that changes something; other clients have no page.
std::optional<web::Answer> Dashboard::rejection(const web::Request& request) const {
  const bool of_page = !request.header("sec-fetch-site").empty() || !request.header("origin").empty();
  const bool changes = request.method != "GET" && request.method != "HEAD";
  if (mode_ != Mode::read_only || !of_page || !changes || !JsonApi::serves(request)) return std::nullopt;
  return api_error(403, "this dashboard only looks: the engine was started with --dashboard read-only");
}

}  // namespace sosw

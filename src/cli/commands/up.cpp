#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "api/activity.h"
#include "api/dashboard.h"
#include "api/essential_functions.h"
#include "api/invoke_api.h"
#include "api/json_api.h"
#include "api/local_functions.h"
#include "api/metrics.h"
#include "api/page_sessions.h"
#include "api/sigv4_authenticator.h"
#include "aws/core/account.h"
#include "cli/commands/command.h"
#include "cli/connected_admin_service.h"
#include "cli/labourer_states.h"
#include "cli/status_line.h"
#include "http/server/server.h"
#include "local/completion_notifier_thread.h"
#include "local/local_engine.h"
#include "runners/process/worker_files.h"
#include "system/stop_signals.h"

namespace sosw {
namespace {

constexpr Seconds kAnswersGrace = 1;  // for requests already read
constexpr int kKilled = 130;
constexpr std::string_view kInvokeApi = "2015-03-31";  // the start of its paths

struct UpOptions {
  Location location;
  std::string listen = "127.0.0.1:8787";
  std::vector<std::string> hosts;
  std::string dashboard = "on";
};

/// "127.0.0.1:8787", "[::1]:8787", ":8787" is loopback; the token comes from the environment, so that no list
/// of processes shows it.
web::Access access_of(const UpOptions& options) {
  const std::string& listen = options.listen;
  const auto wrong = [&] {
    return Error(fmt::format("--listen {}: must be ADDRESS:PORT, such as 127.0.0.1:8787", listen));
  };
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) throw wrong();
  web::Access access;
  std::string address = listen.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (!address.empty()) access.address = address;
  int port = 0;
  const char* last = listen.data() + listen.size();
  const auto read = std::from_chars(listen.data() + colon + 1, last, port);
  if (read.ec != std::errc() || read.ptr != last || port < 0 || port > 65535) throw wrong();
  access.port = static_cast<std::uint16_t>(port);
  for (const std::string& host : options.hosts)
    if (host.empty() || host.find_first_of(" */:@?#,") != std::string::npos)
      throw Error(fmt::format("--host {}: must be a name such as sosw.example.com, without a port", host));
  access.hosts = options.hosts;
  if (const char* token = std::getenv("SOSW_TOKEN")) access.token = token;
  if (access.token.find_first_of(" \t\r\n") != std::string::npos)
    throw Error("SOSW_TOKEN holds blanks, which no client can send; choose another token");
  return access;
}

std::string url_of(const std::string& address, std::uint16_t port) {
  return address.find(':') == std::string::npos ? fmt::format("http://{}:{}", address, port)
                                                : fmt::format("http://[{}]:{}", address, port);
}

/// The URL for commands and workers on this machine; an address that means all interfaces includes the
/// loopback.
std::string url_for_commands(const std::string& address, std::uint16_t port) {
  return url_of(address == "0.0.0.0" ? "127.0.0.1" : address == "::" ? "::1" : address, port);
}

/// The number of a free port is not known yet when the workers get their URL.
std::string url_for_workers(const web::Access& access) {
  return access.port == 0 ? "" : url_for_commands(access.address, access.port);
}

/// The credentials with which workers sign calls to this engine, where their AWS clients would find none and
/// fail. Without a token the signature is not checked.
InvokeCredentials credentials_for_workers(const web::Access& access) {
  const bool needed =
      access.port != 0 && !names_aws_credentials(aws::Environment::of_process()) && !is_ec2_instance();
  if (!needed) return {};
  return {SigV4Authenticator::kAccessKeyId, access.token.empty() ? "no token is asked for" : access.token};
}

/// Workers and the store need open files too.
web::Limits limits_of_this_process() {
  web::Limits limits;
  limits.connections = std::min<std::size_t>(limits.connections, allow_most_open_files() / 2);
  return limits;
}

/// GET /healthz shows whether the engine's process lives, /readyz and /metrics its state; / and some paths
/// below it are the dashboard, if enabled; /api/v1 is for people and their programs; everything else is the
/// Lambda Invoke API.
class RequestRouter final : public web::Handler {
 public:
  RequestRouter(EngineMetrics& metrics, std::shared_ptr<Dashboard> dashboard,
                std::shared_ptr<JsonApi> json_api, std::shared_ptr<InvokeApi> invoke_api)
      : metrics_(metrics),
        dashboard_(std::move(dashboard)),
        json_api_(std::move(json_api)),
        invoke_api_(std::move(invoke_api)) {}

  void handle(web::Request request, web::Reply reply) override {
    if (is_healthz(request)) return reply.send({.body = R"({"status":"ok"})"});
    if (EngineMetrics::serves(request)) return metrics_.handle(std::move(request), std::move(reply));
    if (dashboard_)
      if (auto rejection = dashboard_->rejection(request)) return reply.send(std::move(*rejection));
    api_for(request).handle(std::move(request), std::move(reply));
  }
  std::uint64_t body_limit(const web::Request& request) const override {
    return api_for(request).body_limit(request);
  }
  /// Probes have no token, and learn only that the process answers; the files of the pages hold no secrets.
  bool is_for_everybody(const web::Request& request) const override {
    return is_healthz(request) || (dashboard_ && Dashboard::serves(request));
  }
  web::Answer refusal(const web::Request& request, int status, std::string_view message) override {
    const bool of_aws = !request.path.empty() && request.path[0] == kInvokeApi;
    return of_aws || JsonApi::serves(request) ? api_for(request).refusal(request, status, message)
                                              : web::Handler::refusal(request, status, message);
  }

 private:
  static bool is_healthz(const web::Request& request) {
    return request.path.size() == 1 && request.path[0] == "healthz" &&
           (request.method == "GET" || request.method == "HEAD");
  }
  web::Handler& api_for(const web::Request& request) const {
    if (dashboard_ && Dashboard::serves(request)) return *dashboard_;
    return JsonApi::serves(request) ? static_cast<web::Handler&>(*json_api_) : *invoke_api_;
  }

  EngineMetrics& metrics_;
  std::shared_ptr<Dashboard> dashboard_;  ///< null: switched off
  std::shared_ptr<JsonApi> json_api_;
  std::shared_ptr<InvokeApi> invoke_api_;
};

std::shared_ptr<Dashboard> dashboard_of(const UpOptions& options,
                                        std::shared_ptr<const PageSessions> sessions) {
  if (options.dashboard == "off") return nullptr;
  return std::make_shared<Dashboard>(
      options.dashboard == "read-only" ? Dashboard::Mode::read_only : Dashboard::Mode::on,
      std::move(sessions));
}

int up(const UpOptions& options) {
  const auto line = log_to_stderr(spdlog::level::info);
  const Config config = require_config(options.location);
  web::Access access = access_of(options);
  const StoreLocation store_location = locate_store(options.location, config);
  for (const auto& [id, problem] : missing_programs(config)) spdlog::warn("{} can't run: {}", id, problem);
  LiveEvents live(fmt::format("{:x}", SystemRandom().next()));
  SystemClock clock;
  std::shared_ptr<const PageSessions> sessions;
  if (!access.token.empty()) {
    sessions = std::make_shared<PageSessions>(access.token, clock);
    access.proofs = {std::make_shared<SigV4Authenticator>(access.token, clock)};
    if (options.dashboard != "off") access.proofs.push_back(sessions);
  }
  Activity activity(clock);
  std::optional<LabourerStates> states;
  EngineMetrics metrics(config.settings, clock, [&] { return states->look(); });
  const EventSinks event_sinks{&live, &metrics, &activity};
  LocalFunctions* calls = nullptr;  // constructed after the engine, which uses it only while it runs
  const HeldSignals held_signals;
  LocalEngine here(config, store_location,
                   {.rules = true,
                    .invoke_url = url_for_workers(access),
                    .invoke_credentials = credentials_for_workers(access),
                    .event_sinks = event_sinks,
                    .taken_slots = [&](const Labourer& labourer, std::int64_t slots) {
                      return calls->take_slots(labourer, slots);
                    }});
  line->never_wait();
  states.emplace(store_location, here);
  const CompletionNotifierThread notifier(store_location, here.settings, event_sinks);
  WorkerAssistant assistant(here.settings, here.tasks, here.events, here.clock);
  Engine& engine = here.engine;
  LocalFunctions functions(
      {.labourers = here.settings.labourers,
       .region = local_region(),
       .functions = here.functions,
       .outcomes = here.outcomes,
       .essentials = essential_functions(engine, assistant, config.essentials),
       .on_engine = [&](std::function<void()> call) { engine.post(std::move(call)); },
       .wake = [&](const std::string& id) { engine.post([&engine, id] { engine.wake(id); }); },
       .tasks_in_flight = [&](const std::string& id) { return engine.in_flight().count(id); }});
  calls = &functions;
  const auto json_api = std::make_shared<JsonApi>(
      JsonApi::Parts{.open_admin_service =
                         [&] {
                           return std::make_unique<ConnectedAdminService>(store_location, here.settings,
                                                                          here.ecology, event_sinks);
                         },
                     .events = live,
                     .activity = [&] { return activity.text(); },
                     .clock = clock,
                     .changed = [&] { engine.post([] {}); }});
  web::Server server(limits_of_this_process());
  const std::uint16_t port = server.listen(
      access,
      std::make_shared<RequestRouter>(metrics, dashboard_of(options, sessions), json_api,
                                      std::make_shared<InvokeApi>(functions, here.random, here.clock)));
  server.every(JsonApi::kLookPeriod, [json_api] { json_api->look(); });

  const StopSignals signals([&] { engine.stop(); },
                            [&] {
                              // The supervisors kill all workers when this process is gone.
                              line->print("sosw: killed");
                              line->flush();
                              _exit(kKilled);
                            });
  engine.take_over();
  here.publish_url(url_for_commands(access.address, port));
  spdlog::info("up on {}, store {}", url_of(access.address, port), store_location.text());
  engine.run([&] { return here.fault().empty(); });
  functions.stop();
  metrics.turned({.problem = "it is stopping"});
  spdlog::info("stopping: workers may finish ({} s; again to kill them)", kGrace);
  here.publish_url("");
  here.let_workers_finish(kGrace);
  server.stop(kAnswersGrace);
  metrics.close();
  here.require_no_fault();
  return 0;
}

}  // namespace

void add_up(CLI::App& app, Action& action) {
  auto options = std::make_shared<UpOptions>();
  CLI::App* command = app.add_subcommand(
      "up", "Run the engine as a service: rules fire, and AWS clients can call labourers and essentials");
  command
      ->add_option(
          "--listen", options->listen,
          "Where to listen (default: 127.0.0.1:8787); another address than loopback needs a token in "
          "SOSW_TOKEN")
      ->type_name("ADDRESS:PORT");
  command
      ->add_option(
          "--host", options->hosts,
          "A name under which clients ask for this server, besides its addresses and localhost; again for "
          "more")
      ->type_name("NAME");
  command
      ->add_option("--dashboard", options->dashboard,
                   "The pages for people at /: on (default), off, or read-only")
      ->check(CLI::IsMember({"on", "off", "read-only"}))
      ->type_name("MODE");
  add_location(*command, options->location);
  command->footer(
      "Ctrl-C or SIGTERM ends it: running workers may finish, the rest stays queued.\n\n"
      "Example: sosw up, then in another terminal:\n"
      "  aws lambda invoke --endpoint-url http://127.0.0.1:8787 --function-name sosw_scheduler \\\n"
      "      --cli-binary-format raw-in-base64-out --payload file://job.json answer.json");
  command->callback([options, &action] { action = [options] { return up(*options); }; });
}

}  // namespace sosw

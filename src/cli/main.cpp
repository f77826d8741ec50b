#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "cli/commands/command.h"
#include "cli/status_line.h"
#include "text/known_keys.h"

namespace {

constexpr int kBadInput = 2;
constexpr int kUnexpected = 3;

int print_error(std::string_view what, int exit_code) {
  for (std::string_view rest = what; !rest.empty();) {
    const std::size_t line = std::min(rest.find('\n'), rest.size());
    fmt::print(stderr, "sosw: {}\n", rest.substr(0, line));
    rest.remove_prefix(std::min(line + 1, rest.size()));
  }
  return exit_code;
}

/// Reports invalid arguments in one line, with the nearest subcommand for a wrong one.
int print_parse_error(const CLI::App& app, const CLI::ParseError& error, const std::string& first_argument) {
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  std::vector<std::string_view> names;
  for (const CLI::App* subcommand : subcommands) names.push_back(subcommand->get_name());
  const bool known = std::ranges::find(names, first_argument) != names.end();
  if (first_argument.empty())
    return print_error("say what to do; `sosw --help` lists the commands", kBadInput);
  if (!known && !first_argument.starts_with('-'))
    return print_error(fmt::format("there is no command '{}'{}; `sosw --help` lists them", first_argument,
                                   sosw::did_you_mean(first_argument, names)),
                       kBadInput);
  const std::string help = known ? fmt::format("sosw {} --help", first_argument) : "sosw --help";
  return print_error(fmt::format("{}; see `{}`", error.what(), help), kBadInput);
}

/// `sosw --store URL COMMAND` is understood as `sosw COMMAND --store URL`.
std::vector<std::string> with_command_first(std::vector<std::string> arguments) {
  const auto takes_a_value = [](const std::string& argument) {
    return argument == "-c" || argument == "--config" || argument == "--store";
  };
  auto command = arguments.begin();
  while (arguments.end() - command > 2 && takes_a_value(*command)) command += 2;
  std::rotate(arguments.begin(), command, arguments.end());
  return arguments;
}

/// Our parent may have closed standard input, output or error. The next opened file would get that
/// descriptor, and be written to.
void open_standard_files() {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file)
    if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDWR) != file) std::abort();
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_files();
  sosw::log_to_stderr(spdlog::level::warn);
  CLI::App app(
      "Orchestrates asynchronous function invocations: cuts jobs into tasks and runs no more workers\n"
      "at once than the health of what they depend on allows.",
      "sosw");
  app.set_version_flag("--version", "sosw " SOSW_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  app.footer("Example: sosw run job.json -c sosw.yaml");
  const auto arguments = with_command_first({argv + std::min(argc, 1), argv + argc});
  sosw::Action action;
  for (const auto add :
       {sosw::add_run, sosw::add_up, sosw::add_init, sosw::add_schedule, sosw::add_chunk, sosw::add_status,
        sosw::add_tasks, sosw::add_jobs, sosw::add_controls, sosw::add_retry, sosw::add_rules,
        sosw::add_essentials, sosw::add_config_check, sosw::add_doctor})
    add(app, action);
  try {
    std::vector<std::string> reversed = arguments;
    std::ranges::reverse(reversed);  // the parser's order
    app.parse(std::move(reversed));
    return action();
  } catch (const CLI::Success& asked_for_help) {
    return app.exit(asked_for_help);
  } catch (const CLI::ParseError& error) {
    return print_parse_error(app, error, arguments.empty() ? "" : arguments.front());
  } catch (const sosw::Error& error) {
    return print_error(error.what(), kBadInput);
  } catch (const std::exception& error) {
    return print_error(fmt::format("this should not have happened: {}", error.what()), kUnexpected);
  }
}

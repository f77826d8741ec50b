#include "cli/cli_fixture.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sosw {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> split(const std::string& arguments) {
  std::istringstream stream(arguments);
  return {std::istream_iterator<std::string>(stream), {}};
}

void redirect(int descriptor, const fs::path& file, int flags) {
  const int opened = open(file.c_str(), flags, 0644);
  if (opened < 0 || dup2(opened, descriptor) < 0) _exit(127);
}

}  // namespace

Running::Running(std::vector<std::string> arguments, const fs::path& folder,
                 const std::vector<std::string>& environment, int number)
    : out_(folder / (".out." + std::to_string(number))), err_(folder / (".err." + std::to_string(number))) {
  arguments.insert(arguments.begin(), SOSW_PROGRAM);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  setpgid(0, 0);
  if (chdir(folder.c_str()) != 0) _exit(127);
  redirect(STDIN_FILENO, fs::exists(folder / "stdin") ? folder / "stdin" : "/dev/null", O_RDONLY);
  redirect(STDOUT_FILENO, out_, O_WRONLY | O_CREAT | O_TRUNC);
  redirect(STDERR_FILENO, err_, O_WRONLY | O_CREAT | O_TRUNC);
  unsetenv("SOSW_STORE");
  for (const std::string& variable : environment) putenv(const_cast<char*>(variable.c_str()));
  execv(SOSW_PROGRAM, argv.data());
  _exit(127);
}

Running::~Running() {
  if (ended()) return;
  send(SIGKILL);
  wait();
}

void Running::send(int signal) const { kill(pid_, signal); }

bool Running::ended() {
  if (!reaped_) reaped_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  return reaped_;
}

std::string Running::errors() const { return read_file(err_); }

Ended Running::wait() {
  if (!reaped_) reaped_ = waitpid(pid_, &status_, 0) == pid_;
  return {WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_), read_file(out_),
          read_file(err_)};
}

CliFixture::CliFixture() {
  std::string pattern = (fs::temp_directory_path() / "sosw_cli_XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
}

CliFixture::~CliFixture() {
  std::error_code error;
  fs::remove_all(folder_, error);
}

fs::path CliFixture::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name, std::ios::binary) << text;
  return folder_ / name;
}

std::string CliFixture::read(const std::string& name) const { return read_file(folder_ / name); }

bool CliFixture::exists(const std::string& name) const { return fs::exists(folder_ / name); }

std::unique_ptr<Running> CliFixture::start(const std::string& arguments) {
  return std::make_unique<Running>(split(arguments), folder_, environment_, ++commands_);
}

Ended CliFixture::sosw(const std::string& arguments) { return start(arguments)->wait(); }

void CliFixture::wait_until(const std::function<bool()>& condition, Running& command) {
  while (!condition()) {
    if (command.ended() && !condition()) {
      const Ended ended = command.wait();
      FAIL() << "ended too early with " << ended.exit_code << ": " << ended.out << ended.err;
    }
    std::this_thread::yield();
  }
}

std::string CliFixture::url_of(Running& engine) {
  std::smatch match;
  std::string errors;
  wait_until(
      [&] {
        errors = engine.errors();
        return std::regex_search(errors, match, std::regex("up on (http://[0-9.:]+),"));
      },
      engine);
  return match.empty() ? "" : match[1].str();
}

std::string CliFixture::output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> bytes{};
  while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), pipe))
    output.append(bytes.data(), count);
  pclose(pipe);
  return output;
}

void CliFixture::configure(const std::string& script, const std::string& more) const {
  write("worker.sh", "#!/bin/sh\n" + script + "\n");
  write("sosw.yaml",
        "labourers:\n"
        "  work:\n"
        "    command: [sh, worker.sh]\n" +
            more +
            "job_schema_variants:\n"
            "  default: {chunkable_attrs: [[item, {}]]}\n");
}

void CliFixture::write_job(int tasks, const std::string& more) const {
  std::string job = R"({"lambda_name": "work", "isolate_items": true, )" + more + R"("items": [)";
  for (int i = 0; i < tasks; ++i) job += (i > 0 ? ", " : "") + std::to_string(i);
  write("job.json", job + "]}\n");
}

void CliFixture::expect_refused(const std::string& arguments, const std::vector<std::string>& texts) {
  const Ended ended = sosw(arguments);
  EXPECT_EQ(ended.exit_code, 2) << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  EXPECT_THAT(ended.err, ::testing::StartsWith("sosw: "));
  for (const std::string& part : texts) EXPECT_THAT(ended.err, ::testing::HasSubstr(part));
  for (const auto& entry : fs::directory_iterator(folder_))
    EXPECT_THAT(entry.path().filename().string(), ::testing::Not(::testing::StartsWith("sosw.db")));
}

}  // namespace sosw

// The whole program in memory. The input is a text: the arguments, one per line, then the program's
// environment, in sections. For example:
//
//   tags
//   --source=registry:localhost
//   === answer _catalog 200
//   Link: </v2/_catalog?last=a>; rel="next"
//
//   {"repositories": ["a"]}
//
// "answer URL_PART STATUS": header fields, an empty line and a body, for requests with URL_PART in
//     their URL. The first such request gets the first such answer, and so on; further requests get
//     the last one. A STATUS below 100 is an error instead of a response. A request by digest gets
//     the answer whose body has that digest. In a body, "@3" stands for the digest of the third
//     answer, which must come later.
// "file PATH", "variable NAME", "program NAME": the content, value or output.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <coroutine>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/run.h"
#include "support/fake_world.h"
#include "support/registry_content.h"
#include "targets.h"

namespace dkr {
namespace {

/// Removes the part before `separator`, and the separator, from `text` and returns the part; all of
/// `text` if there is no separator.
std::string_view take(std::string_view& text, std::string_view separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + separator.size(), text.size()));
  return taken;
}

/// The response to requests for URLs that contain `url_part`.
struct Answer {
  std::string url_part;
  HttpResponse response;
  std::string digest;
  bool is_used = false;
};

/// A status, or below 100 the number of an error.
int number_of(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::clamp(number, 0, 999);
}

Answer parse_answer(std::string_view head, std::string_view content) {
  Answer answer;
  answer.url_part = std::string(take(head, " "));
  answer.response.status = number_of(head);
  while (!content.empty()) {
    std::string_view line = take(content, "\n");
    if (line.empty()) break;
    const std::string name = to_lower(trim(take(line, ":")));
    answer.response.headers.emplace_back(name, trim(line));
  }
  answer.response.body = std::string(content);
  return answer;
}

/// Replaces references by the digests of later answers, which requires going from last to first.
void resolve_digests(std::vector<Answer>& answers) {
  for (std::size_t i = answers.size(); i-- > 0;) {
    std::string& body = answers[i].response.body;
    for (std::size_t later = i + 1; later < answers.size(); ++later) {
      const std::string reference = "@" + std::to_string(later + 1) + "\"";
      for (std::size_t at = 0; (at = body.find(reference, at)) != std::string::npos;) {
        body.replace(at, reference.size() - 1, answers[later].digest);
      }
    }
    answers[i].digest = digest_of(body);
  }
}

/// Gives the answers at the next poll(). Time only passes in sleep().
class Network final : public HttpClient, public EventLoop {
 public:
  Network(std::vector<Answer> answers, std::chrono::milliseconds& passed)
      : answers_(std::move(answers)), passed_(passed) {}

  Task<HttpResponse> send(HttpRequest request) override {
    ++requests_;
    const HttpResponse response = response_to(request.url);
    co_await until(passed_);
    if (response.status < 100) {
      const auto choice = static_cast<std::size_t>(response.status);
      throw Error(kErrors[choice % kErrors.size()], "cause");
    }
    if (response.body.size() > request.max_body_bytes) throw Error(ErrorKind::kTooLarge, "cause");
    co_return response;
  }

  Task<void> sleep(std::chrono::milliseconds duration) override {
    co_await until(passed_ + duration);
  }

  void poll() override {
    if (waiters_.empty()) fail("nothing would ever end the wait", "");
    passed_ = std::max(passed_, waiters_.begin()->first.first);
    // One at a time: each may end others, which then wait no longer, or make them wait anew.
    const Turn end{passed_, turns_};
    while (!waiters_.empty() && waiters_.begin()->first < end) {
      const auto waiter = waiters_.begin()->second;
      waiters_.erase(waiters_.begin());
      waiter.resume();
    }
  }

  [[nodiscard]] int requests() const { return requests_; }

 private:
  static constexpr std::array kErrors{ErrorKind::kUnreachable, ErrorKind::kDisconnected,
                                      ErrorKind::kForbidden,   ErrorKind::kTimedOut,
                                      ErrorKind::kTooLarge,    ErrorKind::kUntrusted,
                                      ErrorKind::kMalformed};
  using Turn = std::pair<std::chrono::milliseconds, int>;  // when, and the how manyth wait
  using Waiters = std::map<Turn, std::coroutine_handle<>>;
  class Until {
   public:
    Until(Waiters& waiters, Turn turn) : waiters_(waiters), turn_(turn) {}
    Until(const Until&) = delete;
    Until& operator=(const Until&) = delete;
    ~Until() { waiters_.erase(turn_); }  // a task may be ended while it waits
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { waiters_.emplace(turn_, waiter); }
    void await_resume() {}

   private:
    Waiters& waiters_;
    Turn turn_;
  };
  Until until(std::chrono::milliseconds time) { return {waiters_, {time, turns_++}}; }

  HttpResponse response_to(const std::string& url) {
    Answer* last = nullptr;
    for (Answer& answer : answers_) {
      if (url.ends_with(answer.digest)) return answer.response;
      if (url.find(answer.url_part) == std::string::npos) continue;
      last = &answer;
      if (!std::exchange(answer.is_used, true)) break;
    }
    return last == nullptr ? HttpResponse{404, {}, ""} : last->response;
  }

  std::vector<Answer> answers_;
  std::chrono::milliseconds& passed_;
  Waiters waiters_;
  int turns_ = 0;
  int requests_ = 0;
};

/// Excludes the variables that set the location of the cache, which is a real file.
bool may_be_set(std::string_view variable) {
  return variable.starts_with("DOCKER_") || to_lower(variable).ends_with("_proxy");
}

bool has_error_line(std::string_view text) {
  return text.starts_with("Error: ") || text.find("\nError: ") != std::string_view::npos;
}

std::string without_indentation(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::string_view line = take(text, "\n");
    line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
    result.append(line).append("\n");
  }
  return result;
}

void check_program(std::string_view input) {
  std::string_view first = take(input, "\n=== ");
  std::vector<std::string> arguments;
  while (!first.empty()) arguments.emplace_back(take(first, "\n"));

  FakeWorld fake;
  fake.environment.variables["DOCKER_CONFIG"] = "/config";
  std::vector<Answer> answers;
  while (!input.empty()) {
    std::string_view content = take(input, "\n=== ");
    std::string_view head = take(content, "\n");
    const std::string_view kind = take(head, " ");
    const std::string name(head);
    if (kind == "answer") answers.push_back(parse_answer(head, content));
    if (kind == "file") fake.files.files.insert_or_assign(name, std::string(content));
    if (kind == "program") fake.programs.results[name] = {0, std::string(content)};
    if (kind == "variable" && may_be_set(head)) fake.environment.variables[name] = content;
  }
  resolve_digests(answers);

  Network network(std::move(answers), fake.clock.passed);
  World world{fake.out,   fake.masked_err, network,          network,
              fake.files, fake.programs,   fake.environment, fake.clock};
  const int status = run(arguments, world);

  // Tabs follow candidates of completions, and precede suggested commands.
  const bool completes = std::ranges::any_of(arguments, [](const std::string& argument) {
    return argument == "completion" || argument == "__complete";
  });
  if (completes) std::ranges::replace(fake.out.content, '\t', ' ');
  require_printable_lines(fake.out.content);
  require_printable_lines(without_indentation(fake.err.content));
  if (status < kSuccess || status > kDifferent) {
    fail("unexpected exit status", std::to_string(status));
  }
  if (status == kDifferent && std::ranges::find(arguments, "diff") == arguments.end()) {
    fail("a difference without a comparison", fake.out.content);
  }
  if (has_error_line(fake.err.content) != (status == kFailure || status == kBadUsage)) {
    fail("status " + std::to_string(status) + " with these errors", fake.err.content);
  }
  if (status == kBadUsage && (network.requests() > 0 || !fake.out.content.empty())) {
    fail("requests or output despite bad usage", fake.err.content);
  }
}

}  // namespace

void fuzz_program(const std::string& text) { check_program(text); }

}  // namespace dkr

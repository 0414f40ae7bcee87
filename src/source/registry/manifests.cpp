#include "source/registry/manifests.h"

#include <exception>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "model/docker_hub.h"
#include "model/media_type.h"
#include "net/http_status.h"
#include "source/oci/manifest.h"
#include "source/registry/requests.h"

namespace dkr {
namespace {

/// The digest of `manifest`, the body of `response`: that in the header, which must be right, or
/// else computed. The header's is not that of the body for a signed manifest of schema 1, whose
/// digest does not cover the signatures, so it is always computed for schema 1.
Digest digest_of(const HttpResponse& response, const Manifest& manifest) {
  const auto header = response.header("docker-content-digest");
  if (manifest.is_schema_one() || !header || !is_digest(*header)) {
    return Digest("sha256:" + sha256_hex(response.body));
  }
  Digest digest(*header);
  require_digest(response.body, digest);
  return digest;
}

std::string_view content_type_of(const HttpResponse& response) {
  return response.header("content-type").value_or("");
}

bool is_schema_one(const HttpResponse& response) {
  const std::string_view text = content_type_of(response);
  const MediaType type = parse_media_type(to_lower(trim(text.substr(0, text.find(';')))));
  return type == MediaType::kDockerSchema1 || type == MediaType::kDockerSchema1Signed;
}

/// The digest of a manifest that the headers tell, not verified; absent unless they do.
std::optional<Digest> digest_in(const HttpResponse& response) {
  const auto digest = response.header("docker-content-digest");
  const bool is_told = response.status == http_status::kOk && digest && is_digest(*digest);
  return is_told ? std::optional<Digest>(*digest) : std::nullopt;
}

/// What the cache calls whether the registry tells a limit, and the answer if it does.
constexpr const char* kLimitQuestion = "limit";
constexpr const char* kLimited = "told";

/// What the cache calls the manifest. Its answer is the media type, a line break and the manifest.
std::string question_of(const std::string& repository, const Digest& digest) {
  return fmt::format("manifest/{}@{}", repository, digest.text());
}

}  // namespace

RegistryManifests::RegistryManifests(const RegistryAddress& registry, HttpClient& client,
                                     const Clock& clock, std::shared_ptr<ImageCache> cache,
                                     std::string cache_key)
    : registry_(registry),
      client_(client),
      clock_(clock),
      cache_(std::move(cache)),
      cache_key_(std::move(cache_key)),
      limit_(is_docker_hub(registry.name) ? "Docker Hub" : registry.name) {}

bool RegistryManifests::is_frugal() {
  return is_docker_hub(registry_.name) || limit_.is_told() || was_limited().value_or(false);
}

HttpRequest RegistryManifests::request_for(const std::string& repository,
                                           const std::string& reference) const {
  HttpRequest request = repository_request(registry_, repository, "manifests/" + reference);
  request.headers.emplace_back("Accept", kAcceptManifests);
  return request;
}

Task<std::optional<TaggedManifest>> RegistryManifests::resolve(std::string repository,
                                                               std::string tag,
                                                               std::optional<Digest> cached) {
  if (is_frugal()) {
    Head head = co_await ask_head(repository, tag);
    if (head.is_gone) co_return std::nullopt;
    if (head.digest && !head.is_schema_one) {
      co_return TaggedManifest{std::move(*head.digest), std::nullopt};
    }
  }
  HttpRequest request = request_for(repository, tag);
  if (cached) request.headers.emplace_back("If-None-Match", fmt::format("\"{}\"", cached->text()));
  const HttpResponse response = co_await pull(std::move(request));
  if (response.status == http_status::kNotFound) co_return std::nullopt;
  if (response.status == http_status::kNotModified && cached) {
    co_return TaggedManifest{std::move(*cached), std::nullopt};
  }
  if (response.status != http_status::kOk) throw refusal(response, registry_.base_url);
  Manifest manifest = parse_manifest(response.body, content_type_of(response));
  Digest digest = digest_of(response, manifest);
  if (is_frugal()) keep(repository, digest, response);
  co_return TaggedManifest{std::move(digest), std::move(manifest)};
}

Task<std::optional<Digest>> RegistryManifests::digest(std::string repository, std::string tag) {
  Head head = co_await ask_head(repository, tag);
  if (head.digest || head.is_gone) co_return std::move(head.digest);
  co_return co_await digest_by_get(std::move(repository), std::move(tag));
}

/// Some registries, and proxies before them, answer HEAD with any status.
Task<RegistryManifests::Head> RegistryManifests::ask_head(std::string repository, std::string tag) {
  Head result;
  if (heads_ == Heads::kRefused) co_return result;
  HttpRequest head = request_for(repository, tag);
  head.method = HttpMethod::kHead;
  const HttpResponse response = co_await client_.send(std::move(head));
  note_limit(response);
  result.digest = digest_in(response);
  if (result.digest) {
    heads_ = Heads::kAnswered;
    result.is_schema_one = is_schema_one(response);
    co_return result;
  }
  const bool is_unknown = response.status < http_status::kBadRequest ||
                          response.status == http_status::kBadRequest ||
                          response.status == http_status::kNotFound;
  const bool is_refused = response.status == http_status::kMethodNotAllowed ||
                          response.status == http_status::kNotImplemented;
  if (!is_unknown && !is_refused) throw refusal(response, registry_.base_url);
  if (is_refused || (heads_ == Heads::kUnknown && response.status == http_status::kOk)) {
    heads_ = Heads::kRefused;
  }
  result.is_gone = response.status == http_status::kNotFound && heads_ == Heads::kAnswered;
  co_return result;
}

/// As HEAD has it, where the registry tells: that of a signed manifest of schema 1 is not that of
/// its bytes.
Task<std::optional<Digest>> RegistryManifests::digest_by_get(std::string repository,
                                                             std::string tag) {
  const HttpResponse response = co_await pull(request_for(repository, tag));
  if (response.status == http_status::kNotFound) co_return std::nullopt;
  if (response.status != http_status::kOk) throw refusal(response, registry_.base_url);
  if (auto digest = digest_in(response)) co_return digest;
  const Manifest manifest = parse_manifest(response.body, content_type_of(response));
  co_return digest_of(response, manifest);
}

Task<std::optional<Manifest>> RegistryManifests::manifest(std::string repository, Digest digest) {
  if (is_frugal()) {
    if (auto manifest = kept(repository, digest)) co_return manifest;
  }
  const HttpResponse response = co_await pull(request_for(repository, digest.text()));
  if (response.status == http_status::kNotFound) co_return std::nullopt;
  if (response.status != http_status::kOk) throw refusal(response, registry_.base_url);
  require_digest(response.body, digest);
  Manifest manifest = parse_manifest(response.body, content_type_of(response));
  if (is_frugal()) keep(repository, digest, response);
  co_return manifest;
}

/// The response to `request`, which counts as a pull. Where there is a limit, but it is not known
/// how many pulls are left, the headers of what is wanted are asked for first, which is free.
Task<HttpResponse> RegistryManifests::pull(HttpRequest request) {
  while (is_frugal() && !is_introduced_ && heads_ != Heads::kRefused) {
    if (const auto pending = introduction_) {
      (void)co_await *pending;
      continue;
    }
    const auto ours = std::make_shared<Shared<bool>>();
    introduction_ = ours;
    co_await ask_limit(request);
    introduction_ = nullptr;  // if that told nothing, the next pull asks
    ours->set(true);
    break;
  }
  limit_.take();
  HttpResponse response;
  std::exception_ptr failure;
  try {
    response = co_await client_.send(std::move(request));
  } catch (...) {
    failure = std::current_exception();
  }
  limit_.finish();
  if (failure) std::rethrow_exception(failure);
  note_limit(response);
  if (response.status == http_status::kOk && !limit_.is_told()) forget_limit();
  co_return response;
}

Task<void> RegistryManifests::ask_limit(HttpRequest request) {
  request.method = HttpMethod::kHead;
  try {
    const HttpResponse response = co_await client_.send(std::move(request));
    note_limit(response);
  } catch (const Error&) {  // the pull will say so
  }
}

void RegistryManifests::note_limit(const HttpResponse& response) {
  limit_.note(response, clock_.now());
  is_introduced_ = is_introduced_ || limit_.is_told() || response.status < http_status::kBadRequest;
  if (!cache_ || !limit_.is_told() || std::exchange(has_kept_limit_, true)) return;
  // A later run has to know of a limit before its first pull.
  cache_->keep_answer(cache_key_, kLimitQuestion, {clock_.now(), kLimited});
}

/// A pull was answered, and no limit told.
void RegistryManifests::forget_limit() {
  if (!was_limited().value_or(false)) return;
  was_limited_ = false;
  cache_->keep_answer(cache_key_, kLimitQuestion, {clock_.now(), ""});
}

/// Whether the registry told a limit when it was last asked; absent if that is not known.
std::optional<bool> RegistryManifests::was_limited() {
  if (cache_ && !std::exchange(has_recalled_limit_, true)) {
    const auto answer = cache_->answer(cache_key_, kLimitQuestion);
    if (answer) was_limited_ = answer->content == kLimited;
  }
  return was_limited_;
}

/// The manifest that an earlier run has fetched; absent when there is none.
std::optional<Manifest> RegistryManifests::kept(const std::string& repository,
                                                const Digest& digest) {
  if (!cache_) return std::nullopt;
  const auto answer = cache_->answer(cache_key_, question_of(repository, digest));
  if (!answer) return std::nullopt;
  try {
    const std::size_t end = answer->content.find('\n');
    if (end == std::string::npos) return std::nullopt;
    const std::string body = answer->content.substr(end + 1);
    require_digest(body, digest);
    return parse_manifest(body, std::string_view(answer->content).substr(0, end));
  } catch (const Error&) {
    return std::nullopt;  // damaged
  }
}

void RegistryManifests::keep(const std::string& repository, const Digest& digest,
                             const HttpResponse& response) {
  if (!cache_) return;
  cache_->keep_answer(
      cache_key_, question_of(repository, digest),
      {clock_.now(), fmt::format("{}\n{}", content_type_of(response), response.body)});
  cache_->write_answers();  // so that a run that is interrupted has not spent pulls in vain
}

}  // namespace dkr

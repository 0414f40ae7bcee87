#include "docker/config.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;

std::string config_directory(const Environment& environment) {
  if (const auto directory = environment.get("DOCKER_CONFIG")) return *directory;
  return environment.home().value_or("") + "/.docker";
}

std::string config_path(const Environment& environment) {
  return config_directory(environment) + "/config.json";
}

/// Whether docker accepts `name` for a new context (docker/cli, cli/context/store).
bool is_context_name(std::string_view name) {
  return name.size() > 1 && is_alphanumeric(name.front()) && std::ranges::all_of(name, [](char c) {
           return is_alphanumeric(c) || c == '_' || c == '.' || c == '+' || c == '-';
         });
}

/// Whether Go's net/http takes this header from the request itself instead, or docker from its
/// program's name.
bool is_set_otherwise(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {"content-length", "host", "trailer",
                                                      "transfer-encoding", "user-agent"};
  return std::ranges::find(kNames, to_lower(name)) != kNames.end();
}

/// Whether `name` is a token (RFC 9110, section 5.6.2).
bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

/// Whether `value` may stand in a header: no control characters but tabs.
bool is_header_value(std::string_view value) {
  return std::ranges::none_of(
      value, [](unsigned char c) { return (c < ' ' && c != '\t') || c == '\x7f'; });
}

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kHeadersVariable = "DOCKER_CUSTOM_HEADERS";
constexpr const char* kHeadersHint =
    "correct or remove it: docker sends these headers to its engine";

/// The fields in the first line of `text`, in Go's form of CSV (encoding/csv); absent when it is
/// not valid.
std::optional<std::vector<std::string>> read_csv_line(std::string_view text) {
  std::vector<std::string> fields;
  while (true) {
    std::string field;
    if (text.starts_with('"')) {
      while (text.starts_with('"')) {  // two of them within quotes stand for one
        const std::size_t end = text.find('"', 1);
        if (end == std::string_view::npos) return std::nullopt;
        field += text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (text.starts_with('"')) field += '"';
      }
    } else {
      field = text.substr(0, text.find_first_of(",\r\n"));
      if (field.find('"') != std::string::npos) return std::nullopt;
      text.remove_prefix(field.size());
    }
    fields.push_back(std::move(field));
    if (text.empty() || text.front() == '\r' || text.front() == '\n') return fields;
    if (text.front() != ',') return std::nullopt;
    text.remove_prefix(1);
  }
}

/// The headers in DOCKER_CUSTOM_HEADERS, `NAME=VALUE,...`. Throws Error kConfiguration.
Headers read_custom_headers(const std::string& text) {
  const auto invalid = [](std::string_view cause) {
    return Error(ErrorKind::kConfiguration, fmt::format("{}: {}", kHeadersVariable, cause),
                 kHeadersHint);
  };
  const auto fields = read_csv_line(text);
  if (!fields) throw invalid("expected NAME=VALUE pairs with commas between them");
  Headers headers;
  for (const std::string& field : *fields) {
    const std::size_t equals = field.find('=');
    const std::string name(trim(std::string_view(field).substr(0, equals)));
    if (name.empty()) throw invalid("a header has no name");
    if (equals == std::string::npos) throw invalid(fmt::format("{} has no value", name));
    if (is_set_otherwise(name)) continue;
    std::erase_if(headers, [&](const auto& header) {  // as in Go, the last one counts
      return to_lower(header.first) == to_lower(name);
    });
    headers.emplace_back(name, trim(std::string_view(field).substr(equals + 1)));
  }
  return headers;
}

}  // namespace

std::unique_ptr<json::Document> read_docker_config(const World& world, Log& log) {
  const std::string path = config_path(world.environment);
  try {
    const auto text = world.files.read(path, kMaxFileBytes);
    if (!text || trim(*text).empty()) return nullptr;
    auto document = std::make_unique<json::Document>(json::first_value(*text));
    if (document->root().is_null()) return nullptr;
    if (!document->root().is_object()) throw Error(ErrorKind::kMalformed, "not a JSON object");
    return document;
  } catch (const Error& error) {
    log.warn("{}: {}; the file is ignored", path, error.what());
    return nullptr;
  }
}

DockerConfig::DockerConfig(const World& world, Log& log)
    : files_(world.files),
      environment_(world.environment),
      directory_(config_directory(world.environment)) {
  const auto config = read_docker_config(world, log);
  if (!config) return;
  const auto text_of = [&](const json::Value& value, std::string_view name) {
    const auto text = value.string();
    if (!text) log.warn("{}/config.json: {} is not a string; it is ignored", directory_, name);
    return text;
  };
  const auto context = config->root().find_field("currentContext");
  if (context && !context->is_null()) {
    const auto name = text_of(*context, "currentContext");
    if (name && !name->empty()) current_context_ = *name;
  }
  const auto headers = config->root().map_field("HttpHeaders");
  for (const auto& [name, value] : headers) {
    if (is_set_otherwise(name)) continue;
    const auto text = text_of(value, fmt::format("{} of HttpHeaders", name));
    if (text) headers_.emplace_back(name, trim(*text));
  }
}

std::vector<std::pair<std::string, std::string>> DockerConfig::http_headers() const {
  const auto custom = environment_.get(kHeadersVariable);
  const Headers& headers = custom ? read_custom_headers(*custom) : headers_;
  for (const auto& [name, value] : headers) {
    if (is_header_name(name) && is_header_value(value)) continue;
    throw Error(
        ErrorKind::kConfiguration,
        fmt::format("{}: {} is not a valid {}",
                    custom ? kHeadersVariable : directory_ + "/config.json: HttpHeaders", name,
                    is_header_name(name) ? "header, for its value" : "name of a header"),
        kHeadersHint);
  }
  return headers;
}

DockerContext DockerConfig::context(std::string_view name) const {
  const std::string id = sha256_hex(name);
  const std::string path = fmt::format("{}/contexts/meta/{}/meta.json", directory_, id);
  const std::string shown = without_credentials(name);  // might be an address, given by mistake
  const auto unusable = [&](std::string_view cause) {
    return Error(ErrorKind::kConfiguration,
                 fmt::format("context \"{}\": {}: {}", shown, path, cause),
                 "fix or remove the context with docker context, or name another one");
  };
  try {
    const auto text = files_.read(path, kMaxFileBytes);
    if (!text) {
      throw Error(ErrorKind::kConfiguration,
                  fmt::format("context \"{}\": context not found", shown),
                  "`docker context ls` names those that exist");
    }
    const json::Document document(*text);
    const auto endpoints = document.root().map_field("Endpoints");
    const auto endpoint = endpoints.find("docker");
    if (endpoint == endpoints.end() || !endpoint->second.is_object()) {
      throw unusable("names no docker endpoint");
    }
    const auto host = endpoint->second.find_field("Host");
    const auto skip_verify = endpoint->second.find_field("SkipTLSVerify");
    DockerContext context;
    if (host && !host->is_null()) {
      if (!host->string()) throw unusable("the Host of its docker endpoint is not a string");
      context.host = *host->string();
    }
    context.skips_tls_verify = skip_verify && skip_verify->boolean().value_or(false);
    std::string tls_directory = fmt::format("{}/contexts/tls/{}/docker", directory_, id);
    if (files_.exists(tls_directory)) context.tls_directory = std::move(tls_directory);
    return context;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kConfiguration) throw;
    throw unusable(error.what());
  }
}

std::vector<std::string> DockerConfig::context_names() const {
  std::vector<std::string> names = {"default"};
  const std::string store = directory_ + "/contexts/meta/";
  for (const std::string& id : files_.list(store)) {
    try {
      const auto text = files_.read(fmt::format("{}{}/meta.json", store, id), kMaxFileBytes);
      if (!text) continue;
      const json::Document document(*text);
      const auto name = document.root().find_field("Name");
      if (name && is_context_name(name->string().value_or(""))) names.emplace_back(*name->string());
    } catch (const Error&) {
      continue;  // using the context reports the error
    }
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace dkr

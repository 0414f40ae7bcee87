#include "source/comparison.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "net/both.h"

namespace dkr {
namespace {

/// Whether the filter asks for more than names, which is known of the tags of A alone.
bool chooses_images(const Filter& filter) {
  return needs_dates(filter) || filter.min_size || filter.max_size;
}

class Comparer {
 public:
  /// The references must outlive this object.
  Comparer(ImageSource& a, ImageSource& b, ComparisonQuery query, Log& log)
      : a_(a), b_(b), query_(std::move(query)), log_(log) {
    for (std::string& name : query_.filter.names) name = naming(a, b).displayed_name(name);
  }

  Task<Comparison> run() {
    if (is_registry(a_)) {
      std::vector<std::string> names = co_await repositories_of_a();
      for (std::string& name : names) add_name(std::move(name));
    }
    co_await read();
    for (const std::string& name : absent_) names_.erase(name);
    const OnlyB only_b = chooses_images(query_.filter) ? OnlyB::kIgnore : OnlyB::kReport;
    result_.differences = compare(tags_a_, tags_b_, names_, only_b);
    co_await look_below();
    co_return std::move(result_);
  }

 private:
  /// Whether the repositories of the source can be asked for by their names, which lack its host.
  /// Other sources list everything.
  static bool is_registry(const ImageSource& source) {
    return source.registry_prefix().has_value();
  }

  /// Which of the sources knows the names under which repositories of `source` are compared: a
  /// registry, whose host the names of other sources contain.
  static const ImageSource& naming(ImageSource& source, ImageSource& other) {
    return !is_registry(source) && is_registry(other) ? other : source;
  }

  /// Those to compare of a registry: those that the user names, and those in its catalog that the
  /// filter keeps.
  Task<std::vector<std::string>> repositories_of_a() {
    const Filter& filter = query_.filter;
    std::vector<std::string> names = filter.names;
    if (!names.empty() && filter.prefixes.empty()) co_return names;
    RepositoryListing listing;
    try {
      listing = co_await a_.repositories();
    } catch (const Error& error) {
      if (names.empty()) throw;
      add_failures({{error.what()}});  // those that are named can be compared
    }
    add_failures(std::move(listing.failures));
    std::ranges::copy_if(listing.names, std::back_inserter(names),
                         [&](const std::string& name) { return keeps_repository(filter, name); });
    co_return names;
  }

  void add_name(std::string name) {
    std::string name_in_b = naming(b_, a_).displayed_name(renamed(name, query_.renamings));
    names_.emplace(std::move(name), std::move(name_in_b));
  }

  /// Reads what does not depend on the other source at the same time.
  Task<void> read() {
    // Variables, since g++ 12 destroys temporary aggregates in co_await twice.
    Query query_a = query_of_a();
    if (!is_registry(a_) && is_registry(b_)) {
      Listing listing = co_await a_.list(std::move(query_a));
      take_a(std::move(listing));
      Query query_b = query_of_b();
      Listing other = co_await b_.list(std::move(query_b));
      take_b(std::move(other));
    } else {
      Query query_b = query_of_b();
      auto listings = co_await both(a_.list(std::move(query_a)), b_.list(std::move(query_b)));
      take_a(std::move(listings.first));
      take_b(std::move(listings.second));
    }
  }

  [[nodiscard]] Query query_of_a() const {
    Query query;
    query.filter = query_.filter;
    query.detail = Detail::kAll;
    query.content = Content::kDigests;
    if (chooses_images(query_.filter)) {
      query.content = Content::kImages;
      query.platforms = query_.platforms;
      query.platform = query_.platform;
      query.is_platform_given = query_.is_platform_given;
    }
    if (!is_registry(a_)) {
      if (const auto registry = b_.registry_prefix()) name_in_full(query.filter, *registry);
      return query;
    }
    query.repositories.emplace();
    for (const auto& [name, name_in_b] : names_) query.repositories->push_back(name);
    return query;
  }

  /// Has the filter, whose names are those in a registry, keep what goes by the same names with
  /// the registry's before them, which is what keep_registry() leaves.
  static void name_in_full(Filter& filter, const std::string& registry) {
    if (registry.empty()) {  // Docker Hub, as which names without a registry are displayed
      filter.names.clear();
      filter.prefixes.clear();
    } else if (filter.names.empty() && filter.prefixes.empty()) {
      filter.names = {std::string(kNone)};
      filter.prefixes = {registry};
    } else {
      for (std::string& name : filter.names) {
        if (name != kNone) name.insert(0, registry);
      }
      const auto is_of_none = [](const std::string& prefix) { return kNone.starts_with(prefix); };
      if (std::ranges::any_of(filter.prefixes, is_of_none)) filter.names.emplace_back(kNone);
      for (std::string& prefix : filter.prefixes) prefix.insert(0, registry);
    }
  }

  /// With the names of A's repositories, hence no filter on them.
  [[nodiscard]] Query query_of_b() const {
    Query query;
    query.filter = filter_of_b();
    query.detail = Detail::kAll;
    query.content = Content::kDigests;
    if (!is_registry(b_)) return query;
    std::unordered_set<std::string> known;
    query.repositories.emplace();
    for (const auto& [name, name_in_b] : names_) {
      if (known.insert(name_in_b).second) query.repositories->push_back(name_in_b);
    }
    return query;
  }

  [[nodiscard]] Filter filter_of_b() const {
    Filter filter;
    filter.tags = query_.filter.tags;
    filter.excluded_tags = query_.filter.excluded_tags;
    return filter;
  }

  void take_a(Listing listing) {
    add_failures(listing.failures);
    drop_other_rows(listing, a_, b_);
    if (!is_registry(a_)) {
      for (std::string& name : repositories(listing)) {
        if (keeps_repository(query_.filter, name)) add_name(std::move(name));
      }
    }
    absent_ = std::move(listing.absent);
    (void)apply(query_.filter, listing, query_.now);
    tags_a_ = tags_of(listing, store_of(a_));
  }

  void take_b(Listing listing) {
    add_failures(listing.failures);
    drop_other_rows(listing, b_, a_);
    (void)apply(filter_of_b(), listing, query_.now);
    tags_b_ = tags_of(listing, store_of(b_));
  }

  /// Leaves the rows that can be compared with the other source.
  void drop_other_rows(Listing& listing, ImageSource& source, ImageSource& other) {
    if (is_registry(source)) return;
    const std::size_t all = listing.rows.size();
    if (const auto registry = other.registry_prefix()) keep_registry(listing, *registry);
    std::erase_if(listing.rows, [](const Row& row) { return row.tag.empty(); });
    const std::size_t dropped = all - listing.rows.size();
    if (dropped > 0) {
      log_.info(
          "{} of {} rows are no part of the comparison: without a tag, or of another registry",
          dropped, all);
    }
  }

  static TagStore store_of(ImageSource& source) {
    return source.content() != nullptr ? TagStore::kOci : TagStore::kEngine;
  }

  /// Finds out for the tags that differ which images they stand for, and what that leaves.
  Task<void> look_below() {
    std::vector<Difference>& all = result_.differences;
    std::vector<ManifestName> manifests_a;
    std::vector<ManifestName> manifests_b;
    for (const Difference& difference : all) {
      if (!is_open(difference)) continue;
      if (has_manifest(a_, difference.digest_a)) {
        manifests_a.push_back({difference.repository, *difference.digest_a});
      }
      if (has_manifest(b_, difference.digest_b)) {
        manifests_b.push_back({names_.at(difference.repository), *difference.digest_b});
      }
    }
    const auto found =
        co_await both(configs(a_, std::move(manifests_a)), configs(b_, std::move(manifests_b)));
    std::size_t next_a = 0;
    std::size_t next_b = 0;
    std::erase_if(all, [&](Difference& difference) {
      if (!is_open(difference)) return false;
      KnownConfigs in_a = nullptr;
      KnownConfigs in_b = nullptr;
      if (has_manifest(a_, difference.digest_a)) in_a = known(found.first, next_a++);
      if (has_manifest(b_, difference.digest_b)) in_b = known(found.second, next_b++);
      const auto status = judge(difference, in_a, in_b);
      if (status) difference.status = *status;
      return !status;
    });
  }

  /// Whether the digests alone do not tell how a tag differs.
  [[nodiscard]] bool is_open(const Difference& difference) const {
    const bool has_any =
        has_manifest(a_, difference.digest_a) || has_manifest(b_, difference.digest_b);
    return has_any && difference.status == DifferenceStatus::kDiffers &&
           difference.images == Difference::Images::kOne;
  }

  Task<ConfigListing> configs(ImageSource& source, std::vector<ManifestName> manifests) {
    ConfigListing listing;
    if (source.content() == nullptr || manifests.empty()) co_return listing;
    listing = co_await source.content()->configs(std::move(manifests));
    add_failures(std::move(listing.failures));
    co_return listing;
  }

  static bool has_manifest(ImageSource& source, const std::optional<Digest>& digest) {
    return source.content() != nullptr && digest;
  }

  static KnownConfigs known(const ConfigListing& listing, std::size_t position) {
    if (position >= listing.configs.size()) return nullptr;
    const auto& configs = listing.configs[position];
    return configs ? &*configs : nullptr;
  }

  void add_failures(std::vector<Failure> failures) {
    std::ranges::move(failures, std::back_inserter(result_.failures));
  }

  ImageSource& a_;
  ImageSource& b_;
  ComparisonQuery query_;
  Log& log_;
  std::map<std::string, std::string> names_;  // of A's repositories, with those in B
  std::vector<std::string> absent_;           // what the user names, and A does not have
  TagTable tags_a_;
  TagTable tags_b_;
  Comparison result_;
};

}  // namespace

Task<Comparison> compare_sources(ImageSource& a, ImageSource& b, ComparisonQuery query, Log& log) {
  Comparer comparer(a, b, std::move(query), log);
  co_return co_await comparer.run();
}

}  // namespace dkr

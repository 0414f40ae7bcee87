#include "source/hub/answers.h"

#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "model/docker_hub.h"

namespace dkr {

bool HubAnswers::recall(const std::string& question, HubPages& pages) {
  if (!ages_.may_be_used()) return false;
  const auto answer = cache_->answer(key_, question);
  if (!answer || !ages_.is_recent(answer->asked, now())) return false;
  try {
    if (pages.add(answer->content) || pages.fault()) return false;
  } catch (const Error&) {
    return false;  // written by somebody else
  }
  ++used_;
  ages_.note_used(answer->asked);
  return true;
}

void HubAnswers::keep(std::string question, Time asked, std::string page) {
  CachedAnswer answer{asked, std::move(page)};
  cache_->keep_answer(key_, std::move(question), std::move(answer));
}

void HubAnswers::forget(std::string question) {
  if (!cache_->answer(key_, question)) return;
  CachedAnswer nothing{now(), ""};  // which is no page
  cache_->keep_answer(key_, std::move(question), std::move(nothing));
}

void HubAnswers::report(Log& log) const {
  if (used_ == 0) return;
  log.info("{}: took {} from the cache; the oldest of these answers is {} old", kDockerHub,
           counted(used_, "list", "lists"), ages_.oldest(now()));
}

}  // namespace dkr

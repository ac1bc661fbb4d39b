#include "interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

namespace tspahole::dwarf {

namespace {

constexpr size_t kMaxText = 16;

// Written only while the handler is not installed.
int descriptor_;
size_t textSize_;
char text_[kMaxText];
struct sigaction previous_;
bool isInstalled_ = false;

extern "C" void onInterrupt(int signal) {
  // Nothing can be done about a write that fails.
  const ssize_t written = write(descriptor_, text_, textSize_);
  static_cast<void>(written);
  sigaction(signal, &previous_, nullptr);
  raise(signal);
}

void remove() {
  if (isInstalled_) sigaction(SIGINT, &previous_, nullptr);
  isInstalled_ = false;
}

}  // namespace

void writeAtInterrupt(int descriptor, const std::string& text) {
  remove();
  if (text.empty() || sigaction(SIGINT, nullptr, &previous_) != 0 || previous_.sa_handler == SIG_IGN) return;
  descriptor_ = descriptor;
  textSize_ = std::min(text.size(), kMaxText);
  std::copy_n(text.data(), textSize_, text_);
  struct sigaction action = {};
  action.sa_handler = onInterrupt;
  sigemptyset(&action.sa_mask);
  isInstalled_ = sigaction(SIGINT, &action, nullptr) == 0;
}

}  // namespace tspahole::dwarf

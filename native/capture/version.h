#pragma once

namespace gapscope::capture {
constexpr const char* kLibraryVersion = "0.1.0";
}

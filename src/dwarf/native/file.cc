#include "file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "abbreviations.h"

namespace tspahole::dwarf {

namespace {

// An owned file descriptor, until it is released.
struct Descriptor {
  int fd;
  explicit Descriptor(int fd) : fd(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

const Dwfl_Callbacks kCallbacks = {
    dwfl_build_id_find_elf,
    dwfl_standard_find_debuginfo,
    dwfl_offline_section_address,
    nullptr,
};

// A file that was deduplicated grows by less than this when each unit gets its types back.
constexpr uint64_t kVisitsPerByte = 64;

// libdw keeps about 1 KB for each unit up to the one that is read. So many units are read anyway, and one more for
// each so many bytes of .debug_info.
constexpr uint64_t kFreeUnits = 1 << 17;
constexpr uint64_t kBytesPerUnit = 256;
// Bytes of abbreviations that are read anyway, and for each byte of .debug_info: units may share a table, and libdw
// reads it again for each of them.
constexpr uint64_t kFreeAbbreviations = 64 << 20;
constexpr uint64_t kAbbreviationsPerByte = 64;

// Reads the header of the unit at `offset`, without its end. Answers as dwarf_next_unit.
int readHeader(Dwarf* dwarf, Dwarf_Off offset, Dwarf_Off& next, AbbreviationTables& abbreviations,
               UnitHeader& unit) {
  size_t headerSize;
  const int status = dwarf_next_unit(dwarf, offset, &next, &headerSize, &unit.version, &unit.abbreviationOffset,
                                     &unit.addressSize, &unit.offsetSize, nullptr, nullptr);
  if (status != 0) return status;
  unit.offset = offset;
  unit.dieOffset = offset + headerSize;
  unit.abbreviationSize = abbreviations.sizeAt(unit.abbreviationOffset);
  return 0;
}

// What libdwfl says about its last error.
std::string lastReason() {
  const char* reason = dwfl_errmsg(-1);
  return reason == nullptr ? "no reason is known" : reason;
}

bool hasName(Elf* elf, size_t names, const GElf_Shdr& header, const char* wanted) {
  const char* name = elf_strptr(elf, names, header.sh_name);
  if (name == nullptr) return false;
  if (std::strcmp(name, wanted) == 0) return true;
  return std::strncmp(name, ".z", 2) == 0 && std::strcmp(name + 2, wanted + 1) == 0;
}

// The first section of this name with contents, and its header; null without one.
Elf_Scn* findSection(Elf* elf, const char* name, GElf_Shdr& header) {
  size_t names;
  if (elf_getshdrstrndx(elf, &names) != 0) return nullptr;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type == SHT_NOBITS) continue;
    // libdw leaves members of section groups aside too.
    if ((header.sh_flags & SHF_GROUP) == 0 && hasName(elf, names, header, name)) return section;
  }
  return nullptr;
}

// libdw uncompresses the sections of a file when it opens it, and does without those that are damaged.
bool isStillCompressed(const GElf_Shdr& header, std::string_view bytes) {
  return (header.sh_flags & SHF_COMPRESSED) != 0 || bytes.substr(0, 4) == "ZLIB";
}

unsigned machineOf(Elf* elf) {
  GElf_Ehdr header;
  return gelf_getehdr(elf, &header) == nullptr ? EM_NONE : header.e_machine;
}

bool isLittleEndianElf(Elf* elf) {
  const char* ident = elf_getident(elf, nullptr);
  return ident == nullptr || ident[EI_DATA] != ELFDATA2MSB;
}

// What is found in the modules of a file; an archive has several.
struct Found {
  Dwarf* dwarf = nullptr;
  bool hasDamagedDwarf = false;
};

// Takes the first module with DWARF.
int lookForDwarf(Dwfl_Module* module, void**, const char*, Dwarf_Addr, void* result) {
  auto* found = static_cast<Found*>(result);
  Dwarf_Addr bias;
  found->dwarf = dwfl_module_getdwarf(module, &bias);
  if (found->dwarf != nullptr) return DWARF_CB_ABORT;
  Elf* elf = dwfl_module_getelf(module, &bias);
  GElf_Shdr header;
  if (elf == nullptr || findSection(elf, ".debug_info", header) == nullptr) return DWARF_CB_OK;
  found->hasDamagedDwarf = header.sh_size > 0;
  return DWARF_CB_OK;
}

// A descriptor of a regular file. Throws Error.
int openRegularFile(const std::string& path) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd < 0) {
    const bool isAbsent = errno == ENOENT || errno == ENOTDIR;
    throw Error(isAbsent ? "not-found" : "io", std::strerror(errno));
  }
  struct stat status;
  if (fstat(file.fd, &status) != 0 || !S_ISREG(status.st_mode)) throw Error("io", "not a regular file");
  const int fd = file.fd;
  file.fd = -1;
  return fd;
}

}  // namespace

std::string_view sectionContents(Elf* elf, const char* name) {
  GElf_Shdr header;
  Elf_Scn* section = findSection(elf, name, header);
  const Elf_Data* data = section == nullptr ? nullptr : elf_getdata(section, nullptr);
  if (data == nullptr || data->d_buf == nullptr) return {};
  const std::string_view bytes(static_cast<const char*>(data->d_buf), data->d_size);
  return isStillCompressed(header, bytes) ? std::string_view{} : bytes;
}

File::File(const std::string& path) {
  openModule(path);
  isLittleEndian_ = isLittleEndianElf(elf_);
  debugStr_ = sectionContents(elf_, ".debug_str");
  debugAbbrev_ = sectionContents(elf_, ".debug_abbrev");
  locations_ = {sectionContents(elf_, ".debug_loc"), sectionContents(elf_, ".debug_loclists"), isLittleEndian_};
  convention_ = callingConventionOf(machineOf(elf_));
  listSections();
  listUnits();
  if (units_.empty()) throw Error("bad-data", "no readable unit", ".debug_info");
}

uint64_t File::visitsPerUnit() const { return kVisitsPerByte * infoSize_ / units_.size(); }

void File::openModule(const std::string& path) {
  elf_version(EV_CURRENT);
  Descriptor file(openRegularFile(path));
  dwfl_.reset(dwfl_begin(&kCallbacks));
  if (dwfl_ == nullptr) throw Error("unsupported", lastReason());
  if (dwfl_report_offline(dwfl_.get(), path.c_str(), path.c_str(), file.fd) == nullptr) {
    throw Error("bad-data", lastReason());
  }
  file.fd = -1;  // libdwfl owns it now
  dwfl_report_end(dwfl_.get(), nullptr, nullptr);
  Found found;
  dwfl_getmodules(dwfl_.get(), lookForDwarf, &found, 0);
  if (found.dwarf == nullptr) {
    const char* code = found.hasDamagedDwarf ? "bad-data" : "not-found";
    throw Error(code, "no DWARF can be read: " + lastReason());
  }
  elf_ = dwarf_getelf(found.dwarf);
}

DwarfHandle File::makeHandle() {
  // libelf fills its caches without a lock.
  std::lock_guard<std::mutex> lock(handles_);
  DwarfHandle handle(dwarf_begin_elf(elf_, DWARF_C_READ, nullptr));
  if (handle == nullptr) throw Error("bad-data", dwarf_errmsg(-1), ".debug_info");
  return handle;
}

void File::listSections() {
  sections_.push_back({0, 0});
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
    GElf_Shdr header;
    const bool isKnown = gelf_getshdr(section, &header) != nullptr;
    const bool isMemory = isKnown && (header.sh_type == SHT_PROGBITS || header.sh_type == SHT_NOBITS);
    sections_.push_back(isMemory ? SectionRange{header.sh_addr, header.sh_size} : SectionRange{0, 0});
  }
}

uint32_t File::sectionAt(uint64_t& address) const {
  for (size_t index = 1; index < sections_.size(); ++index) {
    const auto [start, size] = sections_[index];
    if (address < start || address - start >= size) continue;
    address -= start;
    return static_cast<uint32_t>(index);
  }
  return 0;
}

void File::listUnits() {
  infoSize_ = sectionContents(elf_, ".debug_info").size();
  const DwarfHandle handle = makeHandle();
  AbbreviationTables abbreviations(debugAbbrev_);
  uint64_t abbreviationsLeft = kFreeAbbreviations + kAbbreviationsPerByte * infoSize_;
  for (Dwarf_Off offset = 0, next = 0; offset < infoSize_; offset = next) {
    UnitHeader unit{};
    const int status = readHeader(handle.get(), offset, next, abbreviations, unit);
    if (status > 0) return;
    if (status < 0) return leaveOut(offset, dwarf_errmsg(-1));
    if (unit.abbreviationSize > abbreviationsLeft) return leaveOut(offset, "too many abbreviations for its size");
    if (units_.size() == kFreeUnits + infoSize_ / kBytesPerUnit) return leaveOut(offset, "too many units for its size");
    abbreviationsLeft -= unit.abbreviationSize;
    unit.end = next < infoSize_ ? next : infoSize_;
    units_.push_back(unit);
    // A length that wraps is answered with the largest offset.
    if (next <= offset) return;
  }
}

void File::leaveOut(Dwarf_Off offset, const char* reason) {
  notes_.push_back({std::string("units from here on are not read: ") + reason, ".debug_info", offset});
}

}  // namespace tspahole::dwarf

// Prints what the DWARF walk makes of a file, for run.mjs to compare; no Node in it, so that it runs under
// sanitizers and valgrind.
//
//     dump [--count] [--threads=N] [--functions] [--variables] [--bodies] [--encoding] [--repeats] [--files] [--prefix=P] FILE
//
// A line per record, in id order:   [id] Kind 'name' <what its words say> {flags} in SCOPE
// Exit code: 0, or 1 with the error on stderr.

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "../../../src/dwarf/native/batch.h"
#include "../../../src/dwarf/native/reader.h"
#include "../../../src/dwarf/native/record_shapes.h"

namespace {

using namespace tspahole::dwarf;

struct Counts {
  uint64_t units = 0, types = 0, words = 0, members = 0, notes = 0, composites = 0, missing = 0;
};

// The logical blob of names, as a reader would put it together.
class Blob {
 public:
  explicit Blob(NameSection names) : bytes_(names.start, '\0') { bytes_.append(names.bytes); }
  void append(const UnitBatch& batch) { bytes_ += batch.arenaBytes; }
  std::string at(uint32_t offset) const {
    if (offset >= bytes_.size()) return offset == 0 ? "" : "<outside>";
    return bytes_.c_str() + offset;
  }

 private:
  std::string bytes_;
};

const char* kindName(uint32_t kind) {
  static const char* const btf[] = {"Void", "Int", "Pointer", "Array", "Struct", "Union", "Enum", "Forward",
                                    "Typedef", "Volatile", "Const", "Restrict", "Func", "FuncProto", "Var",
                                    "Datasec", "Float", "DeclTag", "TypeTag", "Enum64"};
  static const char* const own[] = {"Reference", "RvalueReference", "PointerToMember", "Atomic",
                                    "Unspecified", "Subrange", "VariantPart", "Namespace", "Complex",
                                    "String", "TemplateParameter"};
  if (kind < 20) return btf[kind];
  return kind >= 64 && kind < 75 ? own[kind - 64] : "?";
}

// Whether the record of a type was left out but for its kind.
bool hasKindOnly(const UnitBatch& batch, uint32_t id) {
  return batch.contents.size() > 0 && batch.starts[id - 1] < kHeaderWords * kKinds;
}

class Printer {
 public:
  Printer(const UnitBatch& batch, const Blob& blob) : batch_(batch), blob_(blob) {}

  void print() const {
    const UnitHead& head = batch_.head;
    std::printf("unit '%s' language %#x version %u address %u kind %u types %u\n", blob_.at(head.name).c_str(),
                head.language, head.version, head.addressSize, head.kind, batch_.typeCount());
    for (uint32_t id = 1; id <= batch_.typeCount(); ++id) printRecord(id);
    for (size_t row = 0; row < batch_.functions.size(); row += kFunctionWords) {
      std::printf("function [%u] size %u flags %#x linkage '%s' inlines %u\n", batch_.functions[row],
                  batch_.functions[row + 3], batch_.functions[row + 4],
                  blob_.at(batch_.functions[row + 5]).c_str(), batch_.functions[row + 7]);
    }
    printSignatures();
    printVariables();
    for (const Note& note : batch_.notes) {
      std::printf("note: %s (%s+%#" PRIx64 ")\n", note.text.c_str(), note.section, note.offset);
    }
  }

 private:
  uint32_t word(uint32_t id, uint32_t index) const { return batch_.words[batch_.starts[id - 1] + index]; }
  uint32_t kind(uint32_t id) const { return word(id, 1) >> 24 & 0x7f; }
  uint32_t vlen(uint32_t id) const { return word(id, 1) & 0xffffff; }
  bool kindFlag(uint32_t id) const { return word(id, 1) >> 31 != 0; }
  std::string name(uint32_t id, uint32_t index) const { return blob_.at(word(id, index)); }

  // [signature] name @ address {flags} result type (name[.member]:type, ...) tags value/component structs types
  void printSignatures() const {
    const Column& rows = batch_.signatures;
    for (size_t row = 0; row < rows.size();) {
      const uint64_t address = static_cast<uint64_t>(rows[row + 2]) << 32 | rows[row + 1];
      std::printf("[signature] %s @ %#" PRIx64 " {%u} result %u (", blob_.at(rows[row]).c_str(), address, rows[row + 3],
                  rows[row + 4]);
      size_t at = row + kSignatureWords;
      for (uint32_t count = rows[row + kSignatureCountsWord]; count > 0; --count, at += kSignatureParameterWords) {
        const std::string member = rows[at + 1] == 0 ? "" : "." + blob_.at(rows[at + 1]);
        std::printf("%s%s:%u%s", blob_.at(rows[at]).c_str(), member.c_str(), rows[at + 2], count > 1 ? ", " : "");
      }
      std::printf(")");
      for (uint32_t count = rows[row + kSignatureCountsWord + 1]; count > 0; --count, at += kSignatureTagWords) {
        std::printf(" tag %s/%d", blob_.at(rows[at]).c_str(), static_cast<int>(rows[at + 1]));
      }
      for (uint32_t count = rows[row + kSignatureCountsWord + 2]; count > 0; --count) std::printf(" stack %u", rows[at++]);
      std::printf("\n");
      row = at;
    }
  }

  // [variable] name section +offset type [external] tags
  void printVariables() const {
    const Column& rows = batch_.variables;
    for (size_t row = 0; row < rows.size();) {
      const uint64_t offset = static_cast<uint64_t>(rows[row + 3]) << 32 | rows[row + 2];
      std::printf("[variable] %s section %u +%" PRIu64 " type %u%s", blob_.at(rows[row]).c_str(), rows[row + 1], offset,
                  rows[row + 4], rows[row + 5] != 0 ? " external" : "");
      size_t at = row + kVariableWords;
      for (uint32_t count = rows[row + kVariableTagsWord]; count > 0; --count) {
        std::printf(" tag %s", blob_.at(rows[at++]).c_str());
      }
      std::printf("\n");
      row = at;
    }
  }

  void printRecord(uint32_t id) const {
    if (hasKindOnly(batch_, id)) {
      std::printf("[%u] %s repeats #%u\n", id, kindName(kind(id)), contents(id));
      return;
    }
    std::printf("[%u] %s '%s'", id, kindName(kind(id)), name(id, 0).c_str());
    printWords(id);
    const uint32_t flags = batch_.flags[id - 1];
    if (flags != 0) std::printf(" {%u}", flags);
    if (batch_.contents.size() > 0) std::printf(" #%u", contents(id));
    if (batch_.isForEncoding) {
      std::printf("\n");
      return;
    }
    if (batch_.alignments[id - 1] != 0) std::printf(" align %u", batch_.alignments[id - 1]);
    if (batch_.scopes[id - 1] != 0) std::printf(" in %u", batch_.scopes[id - 1]);
    if (batch_.declFiles[id - 1] != 0) {
      std::printf(" at %s:%u", blob_.at(batch_.declFiles[id - 1]).c_str(), batch_.declLines[id - 1]);
    }
    std::printf("\n");
    if (batch_.childStarts[id - 1] != 0) printChildren(batch_.childStarts[id - 1] - 1);
  }

  // Numbers of contents by their first appearance; 0 stays 0.
  uint32_t contents(uint32_t id) const {
    static std::map<uint32_t, uint32_t> numbers{{0, 0}};
    return numbers.emplace(batch_.contents[id - 1], static_cast<uint32_t>(numbers.size())).first->second;
  }

  void printWords(uint32_t id) const {
    switch (static_cast<Kind>(kind(id))) {
      case Kind::Int: std::printf(" size %u encoding %#x", word(id, 2), word(id, 3)); return;
      case Kind::Float:
      case Kind::Complex:
      case Kind::String: std::printf(" size %u", word(id, 2)); return;
      case Kind::Array:
        std::printf(" of %u index %u count %u", word(id, 3), word(id, 4), word(id, 5));
        return;
      case Kind::Struct:
      case Kind::Union:
      case Kind::VariantPart: printMembers(id); return;
      case Kind::Enum:
      case Kind::Enum64: printEnumerators(id); return;
      case Kind::FuncProto: printParameters(id); return;
      case Kind::Forward: std::printf(kindFlag(id) ? " union" : " struct"); return;
      case Kind::Unspecified:
      case Kind::Namespace: return;
      case Kind::Func: std::printf(" type %u linkage %u", word(id, 2), vlen(id)); return;
      case Kind::Var: std::printf(" type %u linkage %u", word(id, 2), word(id, 3)); return;
      case Kind::DeclTag: std::printf(" type %u component %d", word(id, 2), static_cast<int>(word(id, 3))); return;
      case Kind::PointerToMember: std::printf(" type %u class %u", word(id, 2), word(id, 3)); return;
      default: std::printf(" type %u", word(id, 2));
    }
  }

  static void printPlace(bool hasBitfields, uint32_t value, uint64_t high) {
    const uint64_t low = hasBitfields ? value & 0xffffff : value;
    std::printf("@%" PRIu64, (high << (hasBitfields ? 24 : 32)) + low);
    if (hasBitfields) std::printf(":%u", value >> 24);
  }

  void printMembers(uint32_t id) const {
    std::printf(" size %u", word(id, 2));
    for (uint32_t index = 0; index < vlen(id); ++index) {
      const uint32_t at = 3 + 3 * index;
      const uint32_t value = word(id, at + 2);
      const bool hasFlags = batch_.memberFlags.size() > 0;
      const uint32_t flags = hasFlags ? batch_.memberFlags[batch_.memberStarts[id - 1] + index] : 0;
      std::printf(", %s:%u", name(id, at).c_str(), word(id, at + 1));
      if ((flags & memberFlag::NoConstantOffset) != 0) std::printf("@?");
      else printPlace(kindFlag(id), value, flags >> memberFlag::HighOffsetShift);
      const uint32_t ownFlags = flags & ((1 << memberFlag::HighOffsetShift) - 1);
      if (ownFlags != 0) std::printf("{%u}", ownFlags);
    }
  }

  void printEnumerators(uint32_t id) const {
    const bool isWide = kind(id) == static_cast<uint32_t>(Kind::Enum64);
    std::printf(" size %u%s", word(id, 2), kindFlag(id) ? " signed" : "");
    for (uint32_t index = 0; index < vlen(id); ++index) {
      const uint32_t at = 3 + (isWide ? 3 : 2) * index;
      uint64_t value = word(id, at + 1);
      if (isWide) value |= static_cast<uint64_t>(word(id, at + 2)) << 32;
      else if (kindFlag(id)) value = static_cast<uint64_t>(static_cast<int32_t>(value));
      std::printf(", %s=%" PRId64, name(id, at).c_str(), static_cast<int64_t>(value));
    }
  }

  void printParameters(uint32_t id) const {
    std::printf(" result %u", word(id, 2));
    for (uint32_t index = 0; index < vlen(id); ++index) {
      std::printf(", %s:%u", name(id, 3 + 2 * index).c_str(), word(id, 4 + 2 * index));
    }
  }

  void printChildren(uint32_t at) const {
    std::printf("  children");
    for (uint32_t count = batch_.children[at++]; count > 0; --count, at += 2) {
      std::printf(" %#x:%u", batch_.children[at], batch_.children[at + 1]);
    }
    std::printf("\n");
  }

  const UnitBatch& batch_;
  const Blob& blob_;
};

// Every type id in place must be one, or say that it is missing; every name must be in the blob.
void checkIds(const UnitBatch& batch, Counts& counts) {
  const auto check = [&](uint32_t id) {
    if (id == kMissing) counts.missing += 1;
    else if (id > batch.typeCount()) std::printf("BAD id %u of %u\n", id, batch.typeCount()), std::exit(3);
  };
  for (uint32_t id = 1; id <= batch.typeCount(); ++id) {
    if (hasKindOnly(batch, id)) continue;
    const uint32_t start = batch.starts[id - 1];
    const uint32_t end = id < batch.typeCount() ? batch.starts[id] : static_cast<uint32_t>(batch.words.size());
    const uint32_t info = batch.words[start + 1];
    const auto kind = static_cast<Kind>(info >> 24 & 0x7f);
    uint32_t length = 3;
    switch (kind) {
      case Kind::Int: length = 4; break;
      case Kind::Float: case Kind::Complex: case Kind::String: case Kind::Forward: case Kind::Unspecified:
      case Kind::Namespace: break;
      case Kind::Array: length = 6; check(batch.words[start + 3]), check(batch.words[start + 4]); break;
      case Kind::Struct: case Kind::Union: case Kind::VariantPart:
        counts.composites += 1;
        length = 3 + 3 * (info & 0xffffff);
        for (uint32_t at = 4; at < length; at += 3) check(batch.words[start + at]);
        counts.members += info & 0xffffff;
        break;
      case Kind::Enum: length = 3 + 2 * (info & 0xffffff); break;
      case Kind::Enum64: length = 3 + 3 * (info & 0xffffff); break;
      case Kind::FuncProto:
        length = 3 + 2 * (info & 0xffffff);
        check(batch.words[start + 2]);
        for (uint32_t at = 4; at < length; at += 2) check(batch.words[start + at]);
        break;
      case Kind::PointerToMember: check(batch.words[start + 3]); [[fallthrough]];
      case Kind::Var: case Kind::DeclTag: length = 4; [[fallthrough]];
      default: check(batch.words[start + 2]);
    }
    // What follows may be left out.
    if (batch.contents.size() == 0 && end - start != length) std::printf("BAD length of %u\n", id), std::exit(3);
    if (!batch.isForEncoding && batch.scopes[id - 1] > batch.typeCount()) std::printf("BAD scope of %u\n", id), std::exit(3);
  }
}

// Prints what a file holds. Returns 1, after a line on stderr, where it cannot be read.
int dumpFile(const char* path, const Options& options, bool onlyCount) {
  try {
    Reader reader(path, options);
    Blob blob(reader.names());
    Counts counts;
    std::vector<uint32_t> buffer;
    while (auto batch = reader.next()) {
      buffer.resize(batchWords(*batch));
      writeBatch(*batch, buffer.data());
      counts.units += 1;
      counts.types += batch->typeCount();
      counts.words += buffer.size();
      counts.notes += batch->notes.size();
      checkIds(*batch, counts);
      if (!onlyCount) {
        blob.append(*batch);
        Printer(*batch, blob).print();
      }
      reader.recycle(std::move(batch));
    }
    std::printf("units %" PRIu64 " types %" PRIu64 " composites %" PRIu64 " members %" PRIu64 " words %" PRIu64
                " missing %" PRIu64 " notes %" PRIu64 "\n",
                counts.units, counts.types, counts.composites, counts.members, counts.words, counts.missing,
                counts.notes);
  } catch (const Error& error) {
    std::fprintf(stderr, "error %s: %s (%s+%#" PRIx64 ")\n", error.code, error.what(), error.section, error.offset);
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  bool onlyCount = false;
  std::vector<const char*> paths;
  for (int index = 1; index < argc; ++index) {
    const std::string argument = argv[index];
    if (argument == "--count") onlyCount = true;
    else if (argument == "--functions") options.functions = true;
    else if (argument == "--variables") options.variables = true;
    else if (argument == "--bodies") options.bodies = true;
    else if (argument == "--outlines") options.functions = options.bodies = options.outlines = true;
    else if (argument == "--libdw") options.throughLibdw = true;
    else if (argument == "--encoding") options.bodies = options.encoding = options.trueSignatures = true;
    else if (argument == "--repeats") options.bodies = options.encoding = options.omitRepeats = true;
    else if (argument == "--files") options.declFiles = true;
    else if (argument.rfind("--threads=", 0) == 0) options.threads = static_cast<unsigned>(std::atoi(argv[index] + 10));
    else if (argument.rfind("--prefix=", 0) == 0) options.kabiPrefix = argument.substr(9);
    else paths.push_back(argv[index]);
  }
  if (paths.empty()) return 2;
  int status = 0;
  for (const char* path : paths) status |= dumpFile(path, options, onlyCount);
  return status;
}

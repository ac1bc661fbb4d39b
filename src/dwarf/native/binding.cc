// The N-API module tspahole_dwarf, and the only file that knows N-API. src/dwarf/binding.ts validates what it
// passes; here a wrong argument is only kept from doing harm. Functions:
//
//     open(path, options)   -> reader       throws an Error with `code`, `section`, `offset`
//     unitCount(reader)    -> number
//     strings(reader)      -> ArrayBuffer   the logical blob of names up to the arena, see strings.h
//     next(reader, buffer?) -> unit | undefined    throws as open does; uses the buffer where it is large enough
//     close(reader)        cancels what is still to do; the reader then has no more units
//     entryPlaces(path, name)                     see entry_places.h; throws as open does
//     writeAtInterrupt(descriptor, text)          see interrupt.h
//     elfutilsVersion()     -> number        as in ELFUTILS_VERSION, of the headers that this was built with
//     interfaceVersion     the number of this interface, see src/dwarf/binding.ts

#include <elfutils/version.h>
#include <node_api.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "batch.h"
#include "entry_places.h"
#include "interrupt.h"
#include "reader.h"

namespace {

using tspahole::dwarf::Error;
using tspahole::dwarf::Note;
using tspahole::dwarf::Options;
using tspahole::dwarf::Reader;
using tspahole::dwarf::UnitBatch;
using tspahole::dwarf::UnitHead;

// Raised here and in src/dwarf/binding.ts with every change of what is passed but the number of columns.
constexpr uint32_t kRevision = 1;
constexpr uint32_t kInterfaceVersion = 100 * kRevision + tspahole::dwarf::kBatchColumns;

// Marks the objects that hold a reader.
constexpr napi_type_tag kReaderTag = {0x7f3c2b5d9e0148a6, 0xa1d4e6f80c3b2957};

// An N-API call failed. Where a JavaScript exception is pending, it says more than this.
struct CallFailed {};

void check(napi_status status) {
  if (status != napi_ok) throw CallFailed{};
}

// What JavaScript holds: a reader until it is closed.
struct Handle {
  std::unique_ptr<Reader> reader;
};

class Scope {
 public:
  explicit Scope(napi_env env) : env_(env) {}

  napi_value undefined() const {
    napi_value value;
    check(napi_get_undefined(env_, &value));
    return value;
  }
  napi_value number(double number) const {
    napi_value value;
    check(napi_create_double(env_, number, &value));
    return value;
  }
  napi_value bigint(uint64_t number) const {
    napi_value value;
    check(napi_create_bigint_uint64(env_, number, &value));
    return value;
  }
  napi_value boolean(bool flag) const {
    napi_value value;
    check(napi_get_boolean(env_, flag, &value));
    return value;
  }
  napi_value text(const std::string& text) const {
    napi_value value;
    check(napi_create_string_utf8(env_, text.data(), text.size(), &value));
    return value;
  }
  napi_value object() const {
    napi_value value;
    check(napi_create_object(env_, &value));
    return value;
  }
  napi_value array(size_t length) const {
    napi_value value;
    check(napi_create_array_with_length(env_, length, &value));
    return value;
  }
  napi_value buffer(size_t byteSize, void** data) const {
    napi_value value;
    check(napi_create_arraybuffer(env_, byteSize, data, &value));
    return value;
  }
  // The memory of an ArrayBuffer; null for anything else.
  void* dataOf(napi_value value, size_t& byteSize) const {
    bool isBuffer = false;
    void* data = nullptr;
    check(napi_is_arraybuffer(env_, value, &isBuffer));
    if (isBuffer) check(napi_get_arraybuffer_info(env_, value, &data, &byteSize));
    return data;
  }
  void set(napi_value object, const char* name, napi_value value) const {
    check(napi_set_named_property(env_, object, name, value));
  }
  void set(napi_value array, uint32_t index, napi_value value) const {
    check(napi_set_element(env_, array, index, value));
  }
  napi_value get(napi_value object, const char* name) const {
    napi_value value;
    check(napi_get_named_property(env_, object, name, &value));
    return value;
  }

  std::string toText(napi_value value) const {
    size_t size;
    check(napi_get_value_string_utf8(env_, value, nullptr, 0, &size));
    std::string text(size + 1, '\0');
    check(napi_get_value_string_utf8(env_, value, text.data(), text.size(), &size));
    text.resize(size);
    return text;
  }
  uint32_t toNumber(napi_value value) const {
    uint32_t number;
    check(napi_get_value_uint32(env_, value, &number));
    return number;
  }
  bool toBoolean(napi_value value) const {
    bool flag;
    check(napi_get_value_bool(env_, value, &flag));
    return flag;
  }
  std::vector<uint32_t> toNumbers(napi_value array) const {
    uint32_t length;
    check(napi_get_array_length(env_, array, &length));
    std::vector<uint32_t> numbers;
    for (uint32_t index = 0; index < length; ++index) {
      napi_value element;
      check(napi_get_element(env_, array, index, &element));
      numbers.push_back(toNumber(element));
    }
    return numbers;
  }
  Handle& toHandle(napi_value value) const {
    bool isOurs = false;
    check(napi_check_object_type_tag(env_, value, &kReaderTag, &isOurs));
    void* handle;
    if (!isOurs) throw CallFailed{};
    check(napi_unwrap(env_, value, &handle));
    return *static_cast<Handle*>(handle);
  }

  // Arguments of a call; missing ones are undefined.
  void arguments(napi_callback_info info, size_t count, napi_value* values) const {
    check(napi_get_cb_info(env_, info, &count, values, nullptr, nullptr));
  }

  void throwError(const Error& error) const {
    napi_value value;
    check(napi_create_error(env_, text(error.code), text(error.what()), &value));
    set(value, "section", text(error.section));
    set(value, "offset", number(static_cast<double>(error.offset)));
    check(napi_throw(env_, value));
  }
  void throwTypeError() const {
    bool isPending = false;
    napi_is_exception_pending(env_, &isPending);
    if (!isPending) napi_throw_type_error(env_, nullptr, "tspahole_dwarf: wrong arguments");
  }

  napi_env env() const { return env_; }

 private:
  napi_env env_;
};

Options toOptions(const Scope& scope, napi_value object) {
  Options options;
  options.threads = scope.toNumber(scope.get(object, "threads"));
  options.functions = scope.toBoolean(scope.get(object, "functions"));
  options.variables = scope.toBoolean(scope.get(object, "variables"));
  options.bodies = scope.toBoolean(scope.get(object, "bodies"));
  options.outlines = scope.toBoolean(scope.get(object, "outlines"));
  options.encoding = scope.toBoolean(scope.get(object, "encoding"));
  options.trueSignatures = scope.toBoolean(scope.get(object, "trueSignatures"));
  options.omitRepeats = scope.toBoolean(scope.get(object, "omitRepeats"));
  options.declFiles = scope.toBoolean(scope.get(object, "declFiles"));
  options.kabiPrefix = scope.toText(scope.get(object, "kabiPrefix"));
  options.excludedLanguages = scope.toNumbers(scope.get(object, "excludeLanguages"));
  return options;
}

napi_value notesOf(const Scope& scope, const std::vector<Note>& notes) {
  napi_value array = scope.array(notes.size());
  uint32_t index = 0;
  for (const Note& note : notes) {
    napi_value object = scope.object();
    scope.set(object, "text", scope.text(note.text));
    scope.set(object, "section", scope.text(note.section));
    scope.set(object, "offset", scope.number(static_cast<double>(note.offset)));
    scope.set(array, index++, object);
  }
  return array;
}

// Writes a batch into `room`, if that is a buffer that it fits in, else into a new one.
napi_value bufferOf(const Scope& scope, const UnitBatch& batch, napi_value room) {
  const size_t byteSize = sizeof(uint32_t) * tspahole::dwarf::batchWords(batch);
  size_t roomSize;
  void* data = scope.dataOf(room, roomSize);
  napi_value buffer = data != nullptr && roomSize >= byteSize ? room : scope.buffer(byteSize, &data);
  tspahole::dwarf::writeBatch(batch, static_cast<uint32_t*>(data));
  return buffer;
}

napi_value unitOf(const Scope& scope, const UnitBatch& batch, napi_value room) {
  const UnitHead& head = batch.head;
  napi_value unit = scope.object();
  scope.set(unit, "buffer", bufferOf(scope, batch, room));
  scope.set(unit, "typeCount", scope.number(batch.typeCount()));
  scope.set(unit, "arenaStart", scope.number(batch.arenaStart));
  scope.set(unit, "nameOffset", scope.number(head.name));
  scope.set(unit, "compilationDirectoryOffset", scope.number(head.compilationDirectory));
  scope.set(unit, "producerOffset", scope.number(head.producer));
  scope.set(unit, "language", scope.number(head.language));
  scope.set(unit, "version", scope.number(head.version));
  scope.set(unit, "addressSize", scope.number(head.addressSize));
  scope.set(unit, "kind", scope.number(head.kind));
  scope.set(unit, "isExcluded", scope.boolean(head.isExcluded));
  scope.set(unit, "isLittleEndian", scope.boolean(head.isLittleEndian));
  scope.set(unit, "dieOffset", scope.number(static_cast<double>(head.dieOffset)));
  scope.set(unit, "lowPc", scope.bigint(head.lowPc));
  scope.set(unit, "notes", notesOf(scope, batch.notes));
  return unit;
}

napi_value open(const Scope& scope, napi_callback_info info) {
  napi_value arguments[2];
  scope.arguments(info, 2, arguments);
  const std::string path = scope.toText(arguments[0]);
  auto handle = std::make_unique<Handle>();
  handle->reader = std::make_unique<Reader>(path, toOptions(scope, arguments[1]));
  napi_value object = scope.object();
  check(napi_type_tag_object(scope.env(), object, &kReaderTag));
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Handle*>(data); };
  check(napi_wrap(scope.env(), object, handle.get(), finalize, nullptr, nullptr));
  handle.release();
  return object;
}

napi_value unitCount(const Scope& scope, napi_callback_info info) {
  napi_value argument;
  scope.arguments(info, 1, &argument);
  const Handle& handle = scope.toHandle(argument);
  return scope.number(handle.reader ? static_cast<double>(handle.reader->unitCount()) : 0);
}

napi_value strings(const Scope& scope, napi_callback_info info) {
  napi_value argument;
  scope.arguments(info, 1, &argument);
  const Handle& handle = scope.toHandle(argument);
  if (!handle.reader) return scope.undefined();
  const tspahole::dwarf::NameSection names = handle.reader->names();
  void* data;
  napi_value buffer = scope.buffer(names.end(), &data);
  std::memset(data, 0, names.start);
  std::memcpy(static_cast<char*>(data) + names.start, names.bytes.data(), names.bytes.size());
  return buffer;
}

napi_value next(const Scope& scope, napi_callback_info info) {
  napi_value arguments[2];
  scope.arguments(info, 2, arguments);
  Handle& handle = scope.toHandle(arguments[0]);
  if (!handle.reader) return scope.undefined();
  std::unique_ptr<UnitBatch> batch = handle.reader->next();
  if (!batch) return scope.undefined();
  napi_value unit = unitOf(scope, *batch, arguments[1]);
  handle.reader->recycle(std::move(batch));
  return unit;
}

napi_value close(const Scope& scope, napi_callback_info info) {
  napi_value argument;
  scope.arguments(info, 1, &argument);
  scope.toHandle(argument).reader.reset();
  return scope.undefined();
}

const char* entryKindName(tspahole::dwarf::EntryKind kind) {
  using tspahole::dwarf::EntryKind;
  switch (kind) {
    case EntryKind::Absent: return "absent";
    case EntryKind::Constant: return "constant";
    case EntryKind::Register: return "register";
    case EntryKind::Memory: return "memory";
    case EntryKind::Frame: return "frame";
    case EntryKind::Other: return "other";
  }
  return "other";
}

napi_value entryFunctionOf(const Scope& scope, const tspahole::dwarf::EntryFunction& function) {
  napi_value parameters = scope.array(function.parameters.size());
  uint32_t index = 0;
  for (const tspahole::dwarf::EntryParameter& parameter : function.parameters) {
    napi_value object = scope.object();
    scope.set(object, "name", scope.text(parameter.name));
    scope.set(object, "kind", scope.text(entryKindName(parameter.kind)));
    scope.set(object, "number", scope.number(static_cast<double>(parameter.number)));
    scope.set(parameters, index++, object);
  }
  napi_value object = scope.object();
  scope.set(object, "address", scope.bigint(function.address));
  scope.set(object, "parameters", parameters);
  return object;
}

napi_value entryPlaces(const Scope& scope, napi_callback_info info) {
  napi_value arguments[2];
  scope.arguments(info, 2, arguments);
  const tspahole::dwarf::EntryPlaces places =
      tspahole::dwarf::entryPlaces(scope.toText(arguments[0]), scope.toText(arguments[1]));
  napi_value functions = scope.array(places.functions.size());
  uint32_t index = 0;
  for (const auto& function : places.functions) scope.set(functions, index++, entryFunctionOf(scope, function));
  napi_value object = scope.object();
  scope.set(object, "functions", functions);
  scope.set(object, "isKnown", scope.boolean(places.isKnown));
  return object;
}

napi_value writeAtInterrupt(const Scope& scope, napi_callback_info info) {
  napi_value arguments[2];
  scope.arguments(info, 2, arguments);
  const int descriptor = static_cast<int>(scope.toNumber(arguments[0]));
  tspahole::dwarf::writeAtInterrupt(descriptor, scope.toText(arguments[1]));
  return scope.undefined();
}

napi_value elfutilsVersion(const Scope& scope, napi_callback_info) { return scope.number(_ELFUTILS_VERSION); }

// A function as N-API calls it: C++ exceptions become JavaScript's.
template <napi_value (*Function)(const Scope&, napi_callback_info)>
napi_value call(napi_env env, napi_callback_info info) {
  const Scope scope(env);
  try {
    try {
      return Function(scope, info);
    } catch (const Error& error) {
      scope.throwError(error);
    } catch (const std::bad_alloc&) {
      scope.throwError(Error("unsupported", "out of memory"));
    }
  } catch (const CallFailed&) {
    scope.throwTypeError();
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return nullptr;
}

template <napi_value (*Function)(const Scope&, napi_callback_info)>
void define(napi_env env, napi_value exports, const char* name) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, call<Function>, nullptr, &function) == napi_ok) {
    napi_set_named_property(env, exports, name, function);
  }
}

void defineVersion(napi_env env, napi_value exports) {
  napi_value version;
  if (napi_create_uint32(env, kInterfaceVersion, &version) == napi_ok) {
    napi_set_named_property(env, exports, "interfaceVersion", version);
  }
}

}  // namespace

NAPI_MODULE_INIT() {
  define<open>(env, exports, "open");
  define<unitCount>(env, exports, "unitCount");
  define<strings>(env, exports, "strings");
  define<next>(env, exports, "next");
  define<close>(env, exports, "close");
  define<entryPlaces>(env, exports, "entryPlaces");
  define<writeAtInterrupt>(env, exports, "writeAtInterrupt");
  define<elfutilsVersion>(env, exports, "elfutilsVersion");
  defineVersion(env, exports);
  return exports;
}

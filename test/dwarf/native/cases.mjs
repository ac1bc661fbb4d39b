/**
 * Small programs, and what the records of each must say. An expectation is a line of dump's output without
 * the id, in which `*` stands for any number (ids depend on the compiler).
 */

const C_LAYOUTS = {
  name: 'layouts',
  language: 'c',
  source: `
    enum e { A, B = -1, C = 5 };
    enum big { X = 0x1ffffffffLL };
    struct fwd; union ufwd;
    struct s { int a; char b : 3; unsigned c : 7; long long d : 40; struct fwd *p; union ufwd *q;
               int arr[2][3]; char flex[]; };
    union u { int a; double d; _Complex double c; };
    int (*fp)(const char *fmt, ...);
    struct s gs; union u gu; enum e ge; enum big gb; volatile _Bool vb;
    typedef struct s s_t; s_t *gt;
    typedef int v4 __attribute__((vector_size(16))); v4 vv;
    int zero[0];
    int main(int argc, char **argv) {
      struct local { int l; } x = { argc }; static struct local *sl; sl = &x; return sl->l;
    }`,
  expect: [
    "Enum 'e' size 4 signed, A=0, B=-1, C=5*",
    "Enum64 'big' size 8, X=8589934591",
    "Struct 's' size *, a:*@0:0, b:*@32:3, c:*@35:7, d:*@*:40, p:*@*:0, q:*@*:0, arr:*@*:0, flex:*@*:0",
    "Union 'u' size 16, a:*@0, d:*@0, c:*@0",
    "Complex '*complex*' size 16",
    "Float 'double' size 8",
    "Forward 'fwd' struct {2}",
    "Forward 'ufwd' union {2}",
    "Array '' of * index * count 3 {4}",
    "Array '' of * index * count 2",
    "FuncProto '' result *, :*, :0",
    "Int '_Bool' size 1 encoding 0x4000008",
    "Int 'char' size 1 encoding 0x1000008",
    "Array '' of * index * count 4 {8}",
    "Struct 'local' size 4, l:*@0 {128}",
  ],
};

const CPP_CLASSES = {
  name: 'classes',
  language: 'c++',
  source: `
    namespace ns {
    struct Base { virtual ~Base() {} int b; };
    struct V { int v; };
    class D : public Base, virtual private V {
     public:
      static int count; int d; mutable int m;
      enum class Color : unsigned char { Red, Green };
      struct Inner { int i; Color c; } in;
      int method(int a, ...) const;
     protected: int p : 3;
     private: unsigned q : 5;
    };
    inline namespace v1 { struct Out; }
    template <typename T, int N> struct Arr { T data[N]; };
    }
    struct ns::v1::Out { int z; };
    enum class Neg : long { A = -1, B = 5000000000 };
    ns::D d; int ns::D::*pm; int &&rr = 3; int &r = rr; decltype(nullptr) np; ns::Arr<int, 4> arr;
    ns::Out out; Neg neg;
    int ns::D::count;
    int ns::D::method(int a, ...) const { return a; }
    int main() { return d.method(1); }`,
  flags: ['-std=c++17'],
  options: ['--functions'],
  expect: [
    "Struct 'D' size 40, :*@0:0{5}, :*@?{67}, d:*@96:0{4}, m:*@128:0{*}, in:*@160:0{4}, p:*@224:3{8}, q:*@227:5* {1} in *",
    "Enum 'Color' size 1, Red=0, Green=1 {32} in *",
    "Struct 'Inner' size 8, i:*@0, c:*@32 in *",
    "Func 'method' type * linkage 1 {2} in *",
    "Func 'method' type * linkage 1 in *",
    "Struct 'Out' size 4, z:*@0 in *",
    "Namespace 'v1' {256} in *",
    "Namespace 'ns'",
    "TemplateParameter 'T' type * in *",
    "Enum64 'Neg' size 8 signed, A=-1, B=5000000000 {32}",
    "PointerToMember '' type * class *",
    "RvalueReference '' type *",
    "Reference '' type *",
    "Unspecified 'decltype(nullptr)'",
  ],
};

const C_FUNCTIONS = {
  name: 'functions',
  language: 'c',
  source: `
    struct a { int x; };
    static inline __attribute__((always_inline)) int inl(struct a *p) { struct in_inl { int y; } v = { p->x }; return v.y; }
    int f(struct a *p, int n) { { struct blk { long long b; } y = { n }; return inl(p) + (int)y.b; } }
    static int g(void) { return 1; }
    int var = 3;
    int main(void) { struct a a = { g() }; return f(&a, var); }`,
  options: ['--functions', '--variables', '--bodies'],
  expect: [
    "Func 'f' type * linkage 1",
    "Func 'g' type * linkage 0",
    "FuncProto '' result *, p:*, n:* {4}",
    "Struct 'blk' size 8, b:*@0 {128} in *",
    "Struct 'in_inl' size 4, y:*@0 {128} in *",
    "Var 'var' type * linkage 1",
  ],
};

const C_TAGS = {
  name: 'tags',
  language: 'c',
  compilers: ['clang'],
  source: `
    #define T(x) __attribute__((btf_type_tag(#x)))
    #define D(x) __attribute__((btf_decl_tag(#x)))
    struct s { int a D(member); } D(whole);
    int T(outer) T(inner) *p;
    typedef struct s D(name) s_t;
    s_t v;`,
  expect: [
    "TypeTag 'outer' type * {4}",
    "TypeTag 'inner' type * {4}",
    "DeclTag 'member' type * component 0",
    "DeclTag 'whole' type * component -1",
    "DeclTag 'name' type * component -1",
  ],
};

export const PROGRAMS = [C_LAYOUTS, CPP_CLASSES, C_FUNCTIONS, C_TAGS];

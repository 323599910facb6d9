#!/usr/bin/env python3
"""The house rules that neither the compiler nor clang-format can see; docs/style.md states them, docs/layout.md has the tables.

usage: scripts/tidy.py [--root DIR] [--layout FILE] [--list-rules]

Reads every source below DIR that git does not ignore, and prints `file:line: rule: what to write instead`.
Exit code 0: nothing found; 1: something found; 2: wrong usage.
"""
import fnmatch
import os
import re
import subprocess
import sys

CODE_FOLDERS = ("events", "store", "model", "runtime", "actors", "cli", "bench", "test")
TOP_FOLDERS = CODE_FOLDERS + ("web",)
LAYERS = CODE_FOLDERS[:5]
MACROS = re.compile(r"ARS_(CHECK|DCHECK|TRY|BUGGIFY)(_\w+_)?$")  # a trailing underscore: a step of one of the four
LINE_MAX, FUNCTION_MAX, HEADER_MAX, SOURCE_MAX, ACTOR_MAX, SUBJECT_MAX = 100, 70, 300, 600, 100, 60

# Known offenders: file (or file:function) -> lines. An entry may shrink or go; none may grow or be added.
SIZE_RATCHET = {}

# The same for other rules: "file: rule" -> how often. It may only get shorter.
RULE_RATCHET = {
    "actors/evolution/autofeature/autofeature_state.cpp: narrow": 1,
    "actors/evolution/autofeature/autofeature_state.hpp: bool-parameter": 1,
    "actors/evolution/autotrain/autotrain_effects.hpp: shared-pointer": 1,
    "actors/evolution/autotrain/example_store.hpp: bool-parameter": 1,
    "actors/registry.cpp: using-namespace": 1,
    "bench/anchors/raw_kafka.cpp: new-delete": 2,
    "bench/anchors/raw_rocksdb.cpp: new-delete": 1,
    "bench/local_broker.cpp: new-delete": 1,
    "bench/serving_world.cpp: new-delete": 1,
    "bench/subjects/kafka.cpp: new-delete": 1,
    "cli/run/summary.cpp: using-namespace": 1,
    "model/ranking/matrix.cpp: pure": 1,
    "runtime/event_sourced/agent_host.hpp: bool-parameter": 1,
}

STD_HEADERS = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale
cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream functional future
initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new
numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location
span sstream stack stdexcept stop_token streambuf string string_view syncstream system_error thread tuple type_traits
typeindex typeinfo unordered_map unordered_set utility valarray variant vector version""".split())
POSIX = re.compile(r"(sys|netinet|arpa|linux|net)/\w+(/\w+)*\.h$|(unistd|fcntl|poll|signal|dirent|dlfcn|pthread|sched|spawn|"
                   r"termios|time|errno|netdb|grp|pwd|syslog|ucontext|stdlib|string|stdio)\.h$|(x86|imm)intrin\.h$|cpuid\.h$")

# --- reading ----------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"""
    (?P<comment>//[^\n]*(?:\\\n[^\n]*)*|/\*.*?\*/)
  | (?P<raw>\bu?8?[RLU]?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<number>(?<!\w)[0-9](?:'?[\w.])*)
  | (?P<char>'(?:\\.|[^'\\\n])+')
""", re.S | re.X)
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]*)[>"]')


def blank(text):
    return re.sub(r"[^\n]", " ", text)


class Source:
    """One C++ file: `lines` as written, `code` with comments, strings and preprocessor lines blanked, `comments` alone."""

    def __init__(self, path, text):
        self.path, self.text, self.lines = path, text, text.split("\n")
        self.name = os.path.basename(path)
        self.stem = self.name.split(".")[0]
        self.folder = os.path.dirname(path)
        self.top = path.split("/")[0]
        self.is_header = path.endswith(".hpp")
        self.is_test = self.top == "test"
        self.comments, self.raw_lines = {}, set()
        pieces, at = [], 0
        for token in TOKEN.finditer(text):
            pieces.append(text[at:token.start()])
            at = token.end()
            kind, body = token.lastgroup if token.lastgroup != "mark" else "raw", token.group()
            first = text.count("\n", 0, token.start()) + 1 if kind in ("comment", "raw") else 0
            if kind == "comment":
                for number, line in enumerate(body.split("\n"), first):
                    self.comments[number] = self.comments.get(number, "") + line
                pieces.append(blank(body))
            elif kind == "raw":
                self.raw_lines.update(range(first, first + body.count("\n") + 1))
                pieces.append('""' + blank(body)[2:])
            elif kind in ("string", "char"):
                pieces.append(body[0] + blank(body[1:-1]) + body[-1])
            else:
                pieces.append(body)
        pieces.append(text[at:])
        with_directives = "".join(pieces)
        self.directives = {}  # line -> the directive, joined over continuations
        code = with_directives.split("\n")
        number = 0
        while number < len(code):
            first = number
            if code[number].lstrip().startswith("#"):
                whole = code[number]
                code[number] = ""
                while whole.endswith("\\") and number + 1 < len(code):
                    number += 1
                    whole = whole[:-1] + " " + code[number]
                    code[number] = ""
                self.directives[first + 1] = whole
            number += 1
        self.code_lines = code
        self.code = "\n".join(code)
        self.includes = []
        for line in self.directives:
            match = INCLUDE.match(self.lines[line - 1])
            if match:
                self.includes.append((line, match.group(1), match.group(2)))

    def everything(self):
        """(line, text) of the code and of what macros expand to."""
        for number, line in enumerate(self.code_lines, 1):
            yield number, self.directives.get(number, line)

    def comment_above(self, line):
        """The comment on this line and the block of comments right above it; declarations of one group share theirs."""
        said = self.comments.get(line, "")
        line -= 1
        while line >= 1 and self.lines[line - 1].strip():
            if line in self.comments:
                said += self.comments[line]
            elif re.search(r"[{}]\s*$", self.code_lines[line - 1]):
                break
            line -= 1
        return said


# --- scopes: what each brace opens --------------------------------------------------------------------------------

class Scopes:
    """Functions with their lengths, namespaces, and the declarations directly in a class, namespace or file."""

    def __init__(self, source):
        self.functions = []     # (name, first line, last line)
        self.namespaces = []    # (name, line, body, is outermost)
        self.declarations = []  # (kind of scope, name of scope, text, line, comment above the scope)
        self._walk(source)

    @staticmethod
    def _bare(head):
        head = re.sub(r"\[\[[^\]]*\]\]|\balignas\s*\([^)]*\)", " ", head)
        head = re.sub(r"^(\s*(public|private|protected)\s*:)+", " ", head)
        while True:  # template <...>, with nested <>
            match = re.match(r"\s*template\s*<", head)
            if not match:
                return head.strip()
            depth, at = 1, match.end()
            while at < len(head) and depth:
                depth += {"<": 1, ">": -1}.get(head[at], 0)
                at += 1
            head = re.sub(r"^\s*requires\b[^{};]*?(?=\b(?:class|struct|auto|constexpr|inline|void|bool|static|\w+\s+\w+\()|$)", " ",
                          head[at:])

    @classmethod
    def _kind(cls, head, scope):
        bare = cls._bare(head)
        match = re.match(r"(?:inline\s+)?namespace\b\s*(?:\[\[.*\]\])?\s*([\w:]*)$", bare)
        if match:
            return "namespace", match.group(1)
        if re.match(r'extern\s*""$|extern\s*"\s*"$', bare):
            return "namespace", "extern"
        match = re.match(r"(?:typedef\s+)?(?:class|struct|union|enum(?:\s+class|\s+struct)?)\b([^(=]*)$", bare)
        if match:
            words = re.findall(r"\w+", match.group(1).split(":")[0] if "::" not in match.group(1) else match.group(1))
            return ("enum" if bare.startswith("enum") else "class"), (words[0] if words else "")
        if scope not in ("file", "namespace", "class") or "(" not in bare:
            return "other", ""
        outside = re.sub(r"operator\s*(\(\s*\)|[^\s\w(]+)", "operator_", bare)
        flat, depth = [], 0
        for char in outside:
            depth -= char in ")]"
            if not depth:
                flat.append(char)
            depth += char in "(["
        if re.search(r"(?<![<>!=])=(?!=)", "".join(flat)):
            return "other", ""
        match = re.search(r"([\w~:]+)\s*\(", outside)
        return "function", match.group(1) if match else "?"

    def _walk(self, source):
        code = source.code
        stack = [("file", "", 0, 0, False, "")]  # kind, name, line, offset, keeps the head, comment
        head, head_line, line, depth = "", 0, 1, 0
        for at, char in enumerate(code):
            if char == "\n":
                line += 1
            if char == "{":
                before = code[at - 1] if at else " "
                constructor = re.search(r"\)\s*(noexcept\s*)?:[^:]", head)
                initialises = depth > 0 or (not before.isspace() and before not in ")") or head.rstrip().endswith(("=", ","))
                kind, name = ("init", "") if initialises else self._kind(head, stack[-1][0])
                if kind == "other" and constructor is None and "=" in head and stack[-1][0] in ("file", "namespace", "class"):
                    kind = "init"
                keeps = kind == "init"
                stack.append((kind, name, head_line or line, at, (head, head_line, depth) if keeps else None,
                              source.comment_above(head_line or line)))
                depth = 0
                if not keeps:
                    if kind == "function":
                        self.declarations.append((stack[-2][0], stack[-2][1], head.strip(), head_line or line, stack[-2][5]))
                    head, head_line = "", 0
                else:
                    head, head_line = "", 0
            elif char == "}":
                if len(stack) == 1:
                    continue  # unbalanced: an #if with two openings; nothing below is measured
                kind, name, first, opened, kept, _ = stack.pop()
                if kind == "function":
                    self.functions.append((name, first, line))
                elif kind == "namespace":
                    outermost = all(frame[0] != "namespace" for frame in stack)
                    self.namespaces.append((name, first, code[opened + 1:at], outermost))
                if kept is not None:
                    head, head_line, depth = kept[0] + "{}", kept[1], kept[2]
                else:
                    head, head_line, depth = "", 0, 0
            elif char == ";" and depth == 0:
                if stack[-1][0] in ("file", "namespace", "class") and head.strip():
                    self.declarations.append((stack[-1][0], stack[-1][1], head.strip(), head_line, stack[-1][5]))
                head, head_line = "", 0
            else:
                depth += {"(": 1, ")": -1}.get(char, 0)
                if not char.isspace() and not head_line:
                    head_line = line
                head += char
                if char == ":" and re.fullmatch(r"\s*(public|private|protected)\s*:", head):
                    head, head_line = "", 0


# --- docs/layout.md -----------------------------------------------------------------------------------------------

class Row:
    def __init__(self, patterns, may, libraries, target):
        self.patterns, self.may, self.libraries, self.target = patterns, may, libraries, target
        self.is_part = len(patterns) == 1 and patterns[0].count("/") >= 2 and target.startswith("ars_")

    def rank(self, path):
        """How closely the row fits: -1 not at all; a file or glob beats a folder, a deeper folder a shallower one."""
        best = -1
        for pattern in self.patterns:
            if pattern.endswith("/"):
                if path.startswith(pattern):
                    best = max(best, len(pattern))
            elif fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path, pattern.replace("**/", "")):
                best = max(best, 1000 + len(pattern))
        return best


class Layout:
    """The table of docs/layout.md: who may include whom, and which libraries where."""

    def __init__(self, text):
        self.rows, self.problems = [], []
        self.folder_names = set(re.findall(r"(?<![\w])([a-z_0-9]+)/", text)) | set(
            word for group in re.findall(r"\{([a-z_,]+)\}", text) for word in group.split(","))
        in_table = False
        for line in text.split("\n"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("|") and cells[0] == "folder" and len(cells) == 4:
                in_table = True
            elif in_table and not line.startswith("|"):
                in_table = False
            elif in_table and not cells[0].startswith("-"):
                self._row(cells)
        if not self.rows:
            self.problems.append("the table `folder | may include | third-party headers | target` is not there")

    def _row(self, cells):
        patterns = re.findall(r"`([^`]+)`", cells[0])
        may = re.sub(r"`|\bin `.*", "", cells[1])
        if may in ("-",) or may.startswith("nothing"):
            folders = []
        elif may.startswith("all"):
            but = re.findall(r"\w+", may[len("all but"):]) if " but " in may else []
            folders = [folder for folder in CODE_FOLDERS if folder not in but]
        else:
            folders = [word.strip().rstrip("/") for word in may.split(",")]
        libraries = []
        for entry in cells[2].split(";"):
            what, _, where = entry.partition(":")
            names = re.findall(r"`([^`]+)`", what) + (["POSIX"] if "POSIX" in what else []) + (
                ["*"] if "raw libraries" in what else [])
            places = re.findall(r"`([^`]+)`", where)
            libraries += [(name, places) for name in names]
        target = (re.findall(r"`([^`]+)`", cells[3]) or [""])[0]
        self.rows.append(Row(patterns, folders, libraries, "in" if cells[3].startswith("in ") else target))

    def row_of(self, path):
        ranked = max(self.rows, key=lambda row: row.rank(path), default=None)
        return ranked if ranked and ranked.rank(path) >= 0 else None

    def part_of(self, path):
        for row in self.rows:
            if row.is_part and path.startswith(row.patterns[0]):
                return row.patterns[0].rstrip("/")
        return ""

    def may_include(self, path, header):
        row = self.row_of(path)
        if row is None:
            return True
        if row.rank(header) >= 1000 or (row.rank(header) >= 0 and self.row_of(header) is row):
            return True
        top = path.split("/")[0]
        if header == top + "/limits.hpp":
            return True
        part = self.part_of(header)
        if part and not (self.part_of(path) == part or top in ("cli", "bench", "test")):
            return part in row.may
        if part and row.rank(path) >= 1000:
            return part in row.may
        return any(header == folder or header.startswith(folder + "/") for folder in row.may)

    @staticmethod
    def _names(library, header):
        if library == "*":
            return True
        if library == "POSIX":
            return bool(POSIX.match(header))
        return header.startswith(library) if library.endswith("/") else header == library or header.startswith(library + "/")

    def grants(self, path):
        """(library, granted in this very file) for every library the row of this file knows."""
        row = self.row_of(path)
        if row is None:
            return
        base = next((p for p in row.patterns if p.endswith("/")), row.patterns[0].split("*")[0].rpartition("/")[0] + "/")
        for library, places in row.libraries:
            here = not places
            for place in places:
                full = base + place
                here = here or (path.startswith(full) if place.endswith("/") else fnmatch.fnmatchcase(path, full)) or (
                    row.patterns[0].find("*") >= 0 and fnmatch.fnmatchcase(os.path.basename(path), place))
            yield library, here

    def may_use_library(self, path, header):
        if header.startswith("fmt/") and path.endswith(".cpp"):
            return True
        if header.startswith(("nlohmann/", "valijson/")) and path.endswith("_json.cpp"):
            return True
        if path.startswith("test/"):
            if header.startswith(("boost/test/", "fmt/", "nlohmann/")):
                return True
            mirrored = path.split("/")[1]
            own = [row for row in self.rows if mirrored not in LAYERS or row.patterns[0].startswith(mirrored + "/")]
            return any(self._names(library, header) for row in own for library, _ in row.libraries if library != "*")
        return any(here and self._names(library, header) for library, here in self.grants(path))

    def has_library(self, path):
        """Whether this file talks to a library that throws."""
        if path.endswith("_json.cpp"):
            return True
        return any(here and library != "POSIX" for library, here in self.grants(path))


# --- the rules ----------------------------------------------------------------------------------------------------

RULES = {}


def rule(name):
    def register(function):
        RULES[name] = function
        return function
    return register


class Project:
    def __init__(self, root, layout_text):
        self.root, self.layout = root, Layout(layout_text)
        self.paths = self._list()
        self.sources = {}
        for path in self.paths:
            if path.endswith((".hpp", ".cpp")) and path.split("/")[0] in CODE_FOLDERS + ("examples",):
                self.sources[path] = Source(path, self.read(path))
        self.scopes = {path: Scopes(source) for path, source in self.sources.items()}

    def git(self, *arguments):
        try:
            done = subprocess.run(("git", "-C", self.root) + arguments, capture_output=True, text=True, check=True)
            return done.stdout
        except (OSError, subprocess.CalledProcessError):
            return None

    def has_history(self):
        top = self.git("rev-parse", "--show-toplevel")
        return top is not None and os.path.realpath(top.strip()) == os.path.realpath(self.root) and self.git(
            "rev-parse", "-q", "--verify", "HEAD") is not None

    def _list(self):
        if self.has_history():
            listed = self.git("ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
            found = sorted(set(path for path in listed if path and os.path.isfile(os.path.join(self.root, path))))
        else:
            found = []
            for folder, folders, files in os.walk(self.root):
                folders[:] = [name for name in folders if name not in (".git", "build", "node_modules", "__pycache__")]
                found += [os.path.relpath(os.path.join(folder, name), self.root) for name in files]
            found.sort()
        return [path for path in found if not path.startswith(("test/tidy/", "web/dist/"))]

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            return file.read()

    def pure(self, source):
        path = source.path
        return (path.startswith("model/") and not path.startswith("model/torch/")) or path.startswith(
            ("store/projections/", "actors/decision/recall/sources/")) or (
                path.startswith("actors/") and source.stem.endswith("_state"))


def each_line(pattern, message, where=lambda project, source: True):
    """A rule that bans a pattern in code."""
    compiled = re.compile(pattern)

    def check(project):
        for source in project.sources.values():
            if where(project, source):
                for line, text in source.everything():
                    match = compiled.search(text)
                    if match:
                        yield source.path, line, message.format(re.sub(r"\s+", " ", match.group().strip(" (")))
    return check


@rule("file-name")
def file_name(project):
    for path in project.paths:
        name = os.path.basename(path)
        if path.endswith((".hpp", ".cpp", ".h", ".cc", ".cxx", ".py")) or (
                path.startswith("docs/") and path.endswith(".md")):
            if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", name) and not (path.startswith("docs/adr/") or name == "README.md"):
                yield path, 1, "name the file in snake_case"
        if path.split("/")[0] in CODE_FOLDERS and path.endswith((".h", ".cc", ".cxx", ".c", ".hh", ".inl", ".ipp")):
            yield path, 1, "sources end in .cpp and headers in .hpp"


@rule("macro")
def macro(project):
    for source in project.sources.values():
        for line, text in source.directives.items():
            match = re.match(r"\s*#\s*define\s+(\w+)", text)
            if match and not MACROS.match(match.group(1)) and not (source.is_test and match.group(1).startswith("BOOST_TEST_")):
                yield source.path, line, f"write a constexpr, a template or a function instead of the macro {match.group(1)}"


@rule("namespace")
def namespace(project):
    for path, source in project.sources.items():
        if source.is_test or source.top == "examples":
            continue
        wanted = "ars::" + source.top
        for name, line, body, outermost in project.scopes[path].namespaces:
            if name == "" and source.is_header:
                yield path, line, "in a header use namespace detail; an unnamed namespace belongs to a .cpp"
            if not outermost or name in ("", "extern"):
                continue
            if re.fullmatch(r"\s*((class|struct)\s+\w+\s*;\s*)+", body):
                continue  # forward declarations of a library's types
            if name == "ars" and source.top == "events":
                continue  # events/base is what every folder speaks
            if not (name == wanted or name.startswith(wanted + "::")):
                yield path, line, f"put this into namespace {wanted}, as its top folder says"


rule("using-namespace")(each_line(r"\busing\s+namespace\b", "name what you use; `using namespace` is for tests",
                                  lambda project, source: not source.is_test))


@rule("pragma-once")
def pragma_once(project):
    for source in project.sources.values():
        if source.is_header and not any(re.match(r"\s*#\s*pragma\s+once\b", text) for text in source.directives.values()):
            yield source.path, 1, "add #pragma once below the opening comment"


@rule("header-comment")
def header_comment(project):
    for source in project.sources.values():
        if source.is_header and len(source.comments.get(1, "").strip("/* ")) < 15:
            yield source.path, 1, "open with a comment: what it is for, who owns it, which thread may call it"


@rule("include-form")
def include_form(project):
    for source in project.sources.values():
        for line, mark, header in source.includes:
            top = header.split("/")[0]
            if ".." in header.split("/"):
                yield source.path, line, "start at the top folder, never with .."
            elif mark == '"' and (top not in TOP_FOLDERS or "/" not in header):
                yield source.path, line, f'third party stands in <>, ours in "" with the full path from a top folder: {header}'
            elif mark == "<" and top in TOP_FOLDERS and header.endswith(".hpp"):
                yield source.path, line, f'ours stands in "": "{header}"'


@rule("include-layer")
def include_layer(project):
    for source in project.sources.values():
        if source.top == "examples":
            continue
        for line, mark, header in source.includes:
            if header.split("/")[0] in TOP_FOLDERS and ".." not in header and not project.layout.may_include(source.path, header):
                row = project.layout.row_of(source.path)
                may = ", ".join(row.may) or "nothing"
                yield source.path, line, f"docs/layout.md lets this file include {may}; not {header}"


@rule("include-library")
def include_library(project):
    for source in project.sources.values():
        if source.top == "examples":
            continue
        for line, mark, header in source.includes:
            if mark == "<" and header not in STD_HEADERS and header.split("/")[0] not in TOP_FOLDERS:
                if not project.layout.may_use_library(source.path, header):
                    yield source.path, line, f"docs/layout.md does not grant <{header}> here; hide it behind an interface of ours"


@rule("include-unused")
def include_unused(project):
    used = {}
    for source in project.sources.values():
        for _, _, header in source.includes:
            if source.path != header and source.path != header[:-4] + ".cpp":
                used.setdefault(header, source.path)
    for source in project.sources.values():
        if source.is_header and source.path not in used and source.top != "examples":
            yield source.path, 1, "no other file includes this header: use it, or delete it"


@rule("layout-folder")
def layout_folder(project):
    seen = set()
    for path in project.paths:
        folder = os.path.dirname(path)
        if folder in seen or folder.split("/")[0] not in CODE_FOLDERS or not path.endswith((".hpp", ".cpp")):
            continue
        seen.add(folder)
        for name in folder.split("/"):
            if name not in project.layout.folder_names:
                yield path, 1, f"docs/layout.md does not name the folder {name}/: use one it names, or add it there first"
                break
    for name in sorted(set(path.split("/")[0] for path in project.paths if "/" in path)):
        if not name.startswith(".") and name not in project.layout.folder_names:
            yield name, 1, "docs/layout.md names every top folder, and not this one"


@rule("layout-uses")
def layout_uses(project):
    for problem in project.layout.problems:
        yield "docs/layout.md", 1, problem
    if "CMakeLists.txt" not in project.paths:
        return
    text = re.sub(r"#[^\n]*", lambda match: blank(match.group()), project.read("CMakeLists.txt"))
    for match in re.finditer(r"\bars_(?:layer|part)\(\s*([\w/]+)\s+MAY_USE\s+([^)]*)\)", text):
        folder, line = match.group(1), text.count("\n", 0, match.start()) + 1
        uses = set(re.split(r"\s+(?:[A-Z]{3,})\b", " " + match.group(2))[0].split()) if not match.group(2).startswith(
            "NOTHING") else set()
        row = next((row for row in project.layout.rows if row.patterns == [folder + "/"]), None)
        if row is None:
            yield "CMakeLists.txt", line, f"docs/layout.md has no row for {folder}/"
        elif uses != set(row.may) - {folder}:
            yield "CMakeLists.txt", line, f"docs/layout.md says {folder} MAY_USE {' '.join(row.may) or 'NOTHING'}"


@rule("limits")
def limits(project):
    for folder in LAYERS:
        if any(path.startswith(folder + "/") and path.endswith(".cpp") for path in project.sources) and (
                folder + "/limits.hpp" not in project.sources):
            yield folder, 1, f"name the maxima of this folder in {folder}/limits.hpp"


@rule("setting-used")
def setting_used(project):
    """A setting that nothing reads is a promise that nothing keeps."""
    table = "runtime/config.cpp"
    if table not in project.sources:
        return
    code = "".join(project.read(path) for path in project.sources if not path.startswith(("runtime/config", "test/")))
    for line, text in enumerate(project.read(table).split("\n"), 1):
        for section, name in re.findall(r"return &c\.(\w+)\.(\w+);", text):
            if not re.search(rf"\b{section}\.{name}\b", code):
                yield table, line, f"nothing outside of runtime/config reads {section}.{name}: use the setting, or delete it"


@rule("catalog")
def catalog(project):
    for path in project.sources:
        if os.path.basename(path) != "catalog.hpp" or path.startswith(("test/", "examples/")):
            continue
        folder = os.path.dirname(path)
        listed = project.read(path)
        if folder + "/catalog.cpp" in project.sources:
            listed += project.read(folder + "/catalog.cpp")
        words = set(re.findall(r"\w+", listed))
        for other, source in project.sources.items():
            if source.folder == folder and source.stem not in ("catalog", "limits") and source.stem not in words:
                if not any(word.startswith(source.stem + "_") or word.endswith("_" + source.stem) for word in words):
                    yield other, 1, f"no unit without a line in {path}: add the line, or delete the unit"


@rule("line-length")
def line_length(project):
    for source in project.sources.values():
        for number, line in enumerate(source.lines, 1):
            if len(line) > LINE_MAX and number not in source.raw_lines and "#include" not in line:
                yield source.path, number, f"break the line at {LINE_MAX} columns"


@rule("function-length")
def function_length(project):
    for path, scopes in project.scopes.items():
        for name, first, last in scopes.functions:
            length, known = last - first + 1, SIZE_RATCHET.get(f"{path}:{name}", FUNCTION_MAX)
            if length > known:
                yield path, first, f"{name} has {length} lines; split it, {FUNCTION_MAX} is the most (known: {known})"


@rule("file-length")
def file_length(project):
    for path, source in project.sources.items():
        most = HEADER_MAX if source.is_header else SOURCE_MAX
        length, known = len(source.text.rstrip("\n").split("\n")), SIZE_RATCHET.get(path, most)
        if length > known:
            yield path, 1, f"{length} lines; split the file, {most} is the most (known: {known})"
        elif path in SIZE_RATCHET and length < known:
            yield path, 1, f"has shrunk to {length} lines: write that number into SIZE_RATCHET, or remove the entry"


@rule("actor-length")
def actor_length(project):
    for path, source in project.sources.items():
        length = len(source.text.rstrip("\n").split("\n"))
        if path.startswith("actors/") and source.stem.endswith("_actor") and length > ACTOR_MAX:
            yield path, 1, f"{length} lines; an actor is a shell of {ACTOR_MAX} at most: decisions go to its _state file"


@rule("todo")
def todo(project):
    for path in project.paths:
        if path.endswith((".hpp", ".cpp", ".py", ".cmake", ".txt", ".toml", ".json")) or path.startswith("scripts/"):
            if path == "scripts/tidy.py":
                continue
            for number, line in enumerate(project.read(path).split("\n"), 1):
                if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                    yield path, number, "finish it, or open an issue"


CODE_IN_COMMENT = re.compile(r"""//+\s*(
    (return|break|continue|throw|delete|using|typedef)\b[^.]*;
  | (const\s+|static\s+|constexpr\s+)*[\w:<>,*&]+(\s+[\w:<>,*&]+)?\s+[\w.\[\]]+\s*[+\-*/|&]?=\s*\S.*;
  | [\w.\[\]>-]+\s*[+\-*/|&]?=\s*\S.*;
  | [\w:.>-]+(<[^>]*>)?\(.*\);
  | (if|for|while|switch|else)\b.*[{;]
  | \}\s*(else\b.*)?
)$""", re.X)


@rule("commented-code")
def commented_code(project):
    for source in project.sources.values():
        opening = 1
        while opening in source.comments:  # the opening comment may show an example
            opening += 1
        for line, comment in source.comments.items():
            if line > opening and comment.startswith("//") and CODE_IN_COMMENT.match(comment.rstrip()):
                yield source.path, line, "delete commented-out code; the history keeps it"


rule("assert")(each_line(r"(?<![\w.:>])assert\s*\(|#\s*include\s*<(cassert|assert\.h)>",
                         "write ARS_CHECK(condition, \"text\", ...), which stays on in every build"))
rule("throw")(each_line(
    r"\bthrow\b", "return fail(Errc::..., context), or ARS_CHECK where it is our own bug",
    lambda project, source: not source.is_test and source.path != "events/base/check.cpp"
    and not source.path.startswith("runtime/sim/")))
rule("catch")(each_line(
    r"\bcatch\s*\(", "catch in the file that calls the library, which docs/layout.md grants; elsewhere pass a Result on",
    lambda project, source: not source.is_test and source.path != "cli/main.cpp"
    and not source.path.startswith(("runtime/sim/", "runtime/event_sourced/")) and not project.layout.has_library(source.path)))
rule("new-delete")(each_line(
    r"(?<!operator )(?<!operator)\bnew\b(?!\s*\))|(?<!=)(?<!= )(?<!operator )\bdelete\b", "own it as a value or with std::make_unique",
    lambda project, source: not project.layout.part_of(source.path)))
rule("outcome-macro")(each_line(r"\bBOOST_OUTCOME_(CO_)?TRY\w*", "write ARS_TRY; Boost's own macros differ between versions"))

INTEGER = r"(?:std\s*::\s*)?(?:u?int(?:_fast|_least)?\d+_t|u?intptr_t|u?intmax_t|size_t|ssize_t|ptrdiff_t|" \
          r"(?:(?:unsigned|signed|long|short|int)\b\s*)+)"  # not char: that is how bytes of text are read
rule("narrow")(each_line(
    r"\bstatic_cast\s*<\s*" + INTEGER + r"\s*>", "write narrow<T>(x), truncate<T>(x) or to_underlying(x) of events/base/narrow.hpp",
    lambda project, source: source.top not in ("events", "test", "examples")))

rule("pure")(each_line(
    r"\b(system_clock|steady_clock|high_resolution_clock|random_device|getenv|this_thread|thread_local|clock_gettime|gettimeofday|"
    r"localtime(_r)?|gmtime(_r)?)\b|(?<![\w.>])(std::)?time\s*\(\s*(NULL|nullptr|0)\s*\)|\bstd::clock\s*\(|"
    r"^\s*static\s+(?!const\b|constexpr\b|consteval\b|inline\s+const|_)[\w:<>,*& ]+\s+\w+\s*(=[^=]|;|\{)",
    "{}: this file is pure: time, seeds, ids and settings arrive in the input", lambda project, source: project.pure(source)))
rule("outside-world")(each_line(
    r"\b(system_clock|steady_clock|high_resolution_clock|sleep_for|sleep_until|nanosleep|usleep|clock_gettime)\b|"
    r"\bstd::j?thread\b(?!::hardware_concurrency|::id)",
    "{}: use runtime/clock.hpp for time and the Executor for work; only runtime/ and bench/ touch the real ones",
    lambda project, source: source.top not in ("runtime", "bench", "test", "examples") and not project.pure(source)))
rule("environment")(each_line(
    r"\b(secure_)?getenv\b|\bsetenv\b|\bputenv\b", "{}: settings come from the configuration; only runtime/, cli/ and bench/ read the environment",
    lambda project, source: source.top not in ("runtime", "cli", "bench", "test", "examples") and not project.pure(source)))
rule("randomness")(each_line(
    r"\bstd::\w+_distribution\b|\bstd::(random_)?shuffle\b|\bstd::sample\b|\bstd::ranges::(shuffle|sample)\b|\b(s?rand|random|drand48)\s*\(\s*\)|"
    r"\bsrand\b|\brandom_device\b|\bmt19937(_64)?\b|\bdefault_random_engine\b|\bminstd_rand0?\b",
    "{}: draw from events/base/prng.hpp, keyed by agent and sequence; it gives the same numbers everywhere"))
rule("unordered")(each_line(
    r"\bunordered_(multi)?(map|set)\b|\bstd::hash\b", "{}: iteration order must not reach a state or an event; use std::map or a sorted vector",
    lambda project, source: project.pure(source)))


@rule("float-order")
def float_order(project):
    bad = re.compile(r"\bparallel_reduce\b|\bstd::execution\b|\bstd::reduce\b|\bstd::transform_reduce\b|\batomic<\s*(float|double)\s*>")
    for source in project.sources.values():
        for line, text in source.everything():
            if bad.search(text):
                yield source.path, line, "sum in a fixed order: model/parallel reduces deterministically"
    for path in project.paths:
        if path.endswith(("CMakeLists.txt", ".cmake", "CMakePresets.json")):
            for number, line in enumerate(project.read(path).split("\n"), 1):
                if re.search(r"-f(fast-math|associative-math|unsafe-math-optimizations)|-Ofast", line):
                    yield path, number, "leave floating point as the standard has it; equal inputs must give equal bits"


SHARED = re.compile(r"\bstd::(mutex|shared_mutex|recursive_mutex|timed_mutex|atomic_flag|atomic_\w+|once_flag|condition_variable(_any)?|"
                    r"atomic\s*<.*>)\s*&?\s*\w+")


@rule("shared-state")
def shared_state(project):
    for source in project.sources.values():
        granted = source.top in ("runtime", "bench") or project.layout.part_of(source.path) or source.path in (
            "store/projection.hpp", "store/projection.cpp", "store/projector.hpp", "store/projector.cpp")
        if source.is_test or source.top == "examples":
            continue
        for line, text in source.everything():
            match = SHARED.search(text)
            if not match or re.search(r"\b(lock_guard|unique_lock|scoped_lock|shared_lock)\b", text) or "&" in match.group():
                continue
            if not granted:
                yield source.path, line, "give the state one owner, an actor or a stack frame; locks belong to runtime/ and parts"
            elif "SHARED:" not in source.comment_above(line):
                yield source.path, line, "say above it `// SHARED: ...`, why a message would not do"


@rule("shared-pointer")
def shared_pointer(project):
    bad = re.compile(r"\bstd::shared_ptr\s*<\s*(?!const\b)")
    for source in project.sources.values():
        said = any("SHARED:" in comment for comment in source.comments.values())  # once for all nodes of a structure
        if source.top in ("events", "store", "model", "actors") and not said and not project.layout.part_of(source.path):
            for line, text in source.everything():
                if bad.search(text):
                    yield source.path, line, "own it with unique_ptr, or share shared_ptr<const T>; a structure that shares nodes says `// SHARED: ...`"


@rule("view-member")
def view_member(project):
    member = re.compile(r"(?:const\s+)?std::(?:span\s*<.*>|string_view)\s+\w+\s*(?:=.*|\{.*)?$", re.S)
    for path, scopes in project.scopes.items():
        source = project.sources[path]
        if not source.is_header or source.is_test or source.top == "examples" or source.stem == "catalog":
            continue
        for kind, name, text, line, above in scopes.declarations:
            if kind == "class" and member.match(Scopes._bare(text)) and not name.endswith(("View", "Reader")) and (
                    "static storage" not in above):
                yield path, line, "own the bytes (std::string, std::vector); views are parameters, or fields of constexpr tables " \
                    "whose comment says `static storage`"


@rule("caf-handle")
def caf_handle(project):
    member = re.compile(r".*\bcaf::(actor|strong_actor_ptr|weak_actor_ptr|actor_addr|typed_actor\s*<.*>)\s*>?\s+\w+\s*(?:=.*|\{.*)?$", re.S)
    for path, scopes in project.scopes.items():
        if project.sources[path].top in ("runtime", "test"):
            continue
        for kind, _, text, line, _ in scopes.declarations:
            if kind == "class" and "(" not in text and member.match(text):
                yield path, line, "keep the agent's id and address it through the route table; handles stay in runtime/"


def parameters(text):
    """The parameters of a declaration, split at top-level commas."""
    bare = Scopes._bare(text)
    start, angle = 0, 0
    while start < len(bare) and not (bare[start] == "(" and angle == 0):  # not that of std::function<void(bool)>
        angle += {"<": 1, ">": -1}.get(bare[start], 0)
        start += 1
    if start == len(bare) or re.match(r"(using|typedef|friend\s+class|static_assert)\b", bare) or re.search(r"=", bare[:start].replace(
            "operator", "").replace("==", "")):
        return []
    depth, angle, item, items = 0, 0, "", []
    for char in bare[start + 1:]:
        if char == ")" and depth == 0:
            break
        depth += {"(": 1, ")": -1, "{": 1, "}": -1}.get(char, 0)
        angle += {"<": 1, ">": -1}.get(char, 0)
        if char == "," and depth == 0 and angle <= 0:
            items.append(item.strip())
            item = ""
        else:
            item += char
    return items + [item.strip()]


@rule("bool-parameter")
def bool_parameter(project):
    for path, scopes in project.scopes.items():
        source = project.sources[path]
        if not source.is_header or source.is_test or source.top == "examples":
            continue
        for _, _, text, line, _ in scopes.declarations:
            if any(re.fullmatch(r"(const\s+)?bool(\s+\w+)?(\s*=\s*\w+)?", item) for item in parameters(text)):
                yield path, line, "write an enum class with two names instead of a bool parameter"


@rule("golden-edit")
def golden_edit(project):
    if not project.has_history():
        return
    changed = project.git("diff", "--name-status", "-M", "HEAD", "--", "*.golden", "test/golden_logs") or ""
    if project.git("rev-parse", "-q", "--verify", "HEAD~1"):
        changed += project.git("diff", "--name-status", "-M", "HEAD~1", "HEAD", "--", "*.golden", "test/golden_logs") or ""
    for line in sorted(set(changed.split("\n"))):
        if line[:1] in ("M", "R", "T"):
            yield line.split("\t")[1], 1, "golden files are added, never edited: a change is a new version with its own file"


@rule("test-path")
def test_path(project):
    stems = {}
    for path in project.paths:
        stems.setdefault(os.path.dirname(path), set()).add(os.path.basename(path).split(".")[0])
    folders = set()
    for folder in stems:
        while folder:
            folders.add(folder)
            folder = os.path.dirname(folder)
    for path, source in project.sources.items():
        if not source.is_test or not source.name.endswith("_test.cpp"):
            continue
        parts = source.folder.split("/")[1:]
        unit = source.stem[:-len("_test")]
        if parts and parts[0] in CODE_FOLDERS[:-1]:
            mirrored = "/".join(parts)
            if unit not in stems.get(mirrored, ()) and f"{mirrored}/{unit}" not in folders:
                yield path, 1, f"tests mirror the tree: there is no {mirrored}/{unit}.hpp, .cpp or folder"
            suites = {f"{'_'.join(parts[start:end])}_{unit}" for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)}
            for line, text in source.everything():
                match = re.search(r"\bBOOST_AUTO_TEST_SUITE\(\s*(\w+)|\bBOOST_FIXTURE_TEST_SUITE\(\s*(\w+)", text)
                name = match and (match.group(1) or match.group(2))
                if name and name not in suites:
                    yield path, line, f"name the suite {parts[-1]}_{unit}"
        for line, text in source.everything():
            match = re.search(r"\bBOOST_(?:AUTO|FIXTURE|DATA)_TEST_CASE\(\s*(\w+)", text)
            if match and not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", match.group(1)):
                yield path, line, f"a case is a claim in snake_case, not {match.group(1)}"


@rule("commit-subject")
def commit_subject(project):
    if not project.has_history():
        return
    subject = (project.git("log", "-1", "--no-merges", "--format=%s") or "").strip()
    if len(subject) > SUBJECT_MAX:
        yield "HEAD", 1, f"{len(subject)} characters: write an imperative subject of {SUBJECT_MAX} at most, and why in the body"
    elif subject.endswith("."):
        yield "HEAD", 1, "a commit subject has no full stop"


# --- running ------------------------------------------------------------------------------------------------------

def check(root, layout_text):
    project = Project(root, layout_text)
    return [(path, line, name, message) for name, function in RULES.items() for path, line, message in function(project)]


def main(arguments):
    root = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))
    layout = None
    while arguments:
        option = arguments.pop(0)
        if option == "--list-rules":
            print("\n".join(RULES))
            return 0
        if option not in ("--root", "--layout") or not arguments:
            print(__doc__, file=sys.stderr)
            return 2
        if option == "--root":
            root = arguments.pop(0)
        else:
            layout = arguments.pop(0)
    with open(layout or os.path.join(root, "docs/layout.md"), encoding="utf-8") as file:
        found = check(root, file.read())
    left = {}
    for path, _, name, _ in found:
        left[f"{path}: {name}"] = left.get(f"{path}: {name}", 0) + 1
    found = [each for each in found if left[f"{each[0]}: {each[2]}"] > RULE_RATCHET.get(f"{each[0]}: {each[2]}", 0)]
    for path, line, name, message in sorted(found):
        print(f"{path}:{line}: {name}: {message}")
    if found:
        print(f"tidy: {len(found)} to fix", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

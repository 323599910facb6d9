#!/usr/bin/env python3
"""Tests scripts/tidy.py: every rule has a case of its name that it alone reports, and clean.case is reported by none.

A case is a text of sections: `--- PATH` writes the file that follows, `--- commit: SUBJECT` commits what there is.
Each case starts from a small tree with a limits.hpp per layer, and reads docs/layout.md of this repository.
"""
import importlib.util
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "../.."))


def load_tidy():
    spec = importlib.util.spec_from_file_location("tidy", os.path.join(ROOT, "scripts/tidy.py"))
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


def write(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as file:
        file.write(text)


def git(root, *arguments):
    subprocess.run(("git", "-C", root, "-c", "user.name=tidy", "-c", "user.email=tidy@localhost", "-c", "commit.gpgsign=false",
                    "-c", "core.hooksPath=/dev/null") + arguments, check=True, capture_output=True)


def lay_out(root, tidy, text):
    """Writes the case; the small tree first, so that a case may overwrite it."""
    for layer in tidy.LAYERS:
        write(root, f"{layer}/limits.hpp", f"// The maxima of {layer}/, for whoever sizes something.\n#pragma once\n")
    write(root, "bench/base.cpp", "".join(f'#include "{layer}/limits.hpp"\n' for layer in tidy.LAYERS))
    pieces = re.split(r"^--- (.*)\n", text, flags=re.M)[1:]
    for head, body in zip(pieces[::2], pieces[1::2]):
        if head.startswith("commit: "):
            if not os.path.isdir(os.path.join(root, ".git")):
                git(root, "init", "-q")
            git(root, "add", "-A")
            git(root, "commit", "-q", "--allow-empty", "-m", head[len("commit: "):])
        elif head.startswith("remove: "):
            os.remove(os.path.join(root, head[len("remove: "):]))
        else:
            body = re.sub(r"^@(\d+)@(.*)\n", lambda match: (match.group(2) + "\n") * int(match.group(1)), body, flags=re.M)
            write(root, head, body)


def main():
    tidy = load_tidy()
    with open(os.path.join(ROOT, "docs/layout.md"), encoding="utf-8") as file:
        layout = file.read()
    cases = sorted(name[:-len(".case")] for name in os.listdir(os.path.join(HERE, "cases")) if name.endswith(".case"))
    failures = [f"rule {name} has no test/tidy/cases/{name}.case" for name in tidy.RULES if name not in cases]
    for name in cases:
        wanted = {name.split("+")[0]} if name != "clean" else set()
        if wanted - set(tidy.RULES):
            failures.append(f"{name}.case is of no rule")
            continue
        with tempfile.TemporaryDirectory(prefix="tidy-") as root, open(
                os.path.join(HERE, "cases", name + ".case"), encoding="utf-8") as file:
            lay_out(root, tidy, file.read())
            found = tidy.check(root, layout)
        fired = {rule for _, _, rule, _ in found}
        if fired != wanted:
            failures.append(f"{name}.case: wanted {sorted(wanted)}, got {sorted(fired)}")
            failures += [f"    {path}:{line}: {rule}: {message}" for path, line, rule, message in found if rule not in wanted]
    print("\n".join(failures) if failures else f"{len(cases)} cases, {len(tidy.RULES)} rules: each fires, and on its own case alone")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

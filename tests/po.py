#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is said in other languages: po/ has every sentence of the program's tables, each with
all that stands in it, and none is too long.

usage: tests/po.py BUILD"""
import ast
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
REASON_MAX = 100  # characters, of a device's reason and of what to do about it
SENTENCE_MAX = 240
DIRECTIVE = re.compile(r"%(?:\d+\$)?[-+ #0]*\d*(?:\.\d+)?[lhz]*[a-zA-Z%]")


def entries(path):
    """{English: translation} of a .po file, and whether one is marked as doubtful."""
    found, doubtful, part, texts = {}, False, None, {}
    for line in [*path.read_text().split("\n"), 'msgid ""']:
        begin = re.match(r"(msgid|msgstr) (\".*\")$", line)
        if begin and begin[1] == "msgid" and part:
            found[texts["msgid"]] = texts["msgstr"]
        if begin:
            part = begin[1]
            texts[part] = ast.literal_eval(begin[2])
        elif line.startswith('"'):
            texts[part] += ast.literal_eval(line)
        doubtful = doubtful or line.startswith("#,") and "fuzzy" in line
    found.pop("", None)
    return found, doubtful


def blanks(text):
    """How far it is indented, and how it ends."""
    return len(text) - len(text.lstrip(" ")), text[-1:].isspace()


def tables(build):
    """(sentence, the most characters that it may have) of all that the daemon's tables say."""
    api = json.loads(subprocess.run([build / "tilld", "--api"], text=True, check=True,
                                    capture_output=True).stdout)
    for problem in api["problems"]:
        yield problem["title"], SENTENCE_MAX
        yield problem.get("advice", ""), SENTENCE_MAX
    for reason in api["reasons"]:
        yield reason["sentence"], REASON_MAX
        yield reason["advice"], REASON_MAX


def complaints(language, said, limits, template):
    for english in sorted(template - set(said)):
        yield f"{language}: not there: {english}"
    for english in sorted(set(said) - template):
        yield f"{language}: nobody says: {english}"
    for english, text in said.items():
        if not text:
            yield f"{language}: not translated: {english}"
        if sorted(DIRECTIVE.findall(english)) != sorted(DIRECTIVE.findall(text)):
            yield f"{language}: other things stand in it: {text}"
        if blanks(english) != blanks(text):
            yield f"{language}: blanks around it: {text!r}"
        if english[-1:] == "." and text[-1:] != ".":
            yield f"{language}: it does not end: {text}"
        most = limits.get(english, SENTENCE_MAX)
        if len(text) > most or len(english) > most:
            yield f"{language}: longer than {most}: {text}"


def main():
    build = pathlib.Path(sys.argv[1])
    limits = {}
    for english, most in tables(build):
        limits[english] = min(most, limits.get(english, most))
    limits.pop("", None)
    template = set(entries(TOP / "po/tilld.pot")[0])
    wrong = [f"no N_() around it: {english}" for english in limits if english not in template]
    for language in (TOP / "po/LINGUAS").read_text().split():
        path = TOP / f"po/{language}.po"
        said, doubtful = entries(path)
        wrong += complaints(language, said, limits, template)
        if doubtful:
            wrong.append(f"{language}: something is marked as fuzzy")
        with tempfile.NamedTemporaryFile() as out:
            subprocess.run(["msgfmt", "--check", "-o", out.name, path], check=True)
    before = (TOP / "po/tilld.pot").read_bytes()
    with tempfile.TemporaryDirectory() as folder:  # as ./dev po would write it
        made = pathlib.Path(folder) / "tilld.pot"
        subprocess.run([TOP / "po/update", made], check=True, capture_output=True)
        if made.read_bytes() != before:
            wrong.append("po/tilld.pot is not what the sources say: ./dev po")
    print("\n".join(wrong) or f"{len(template)} sentences, each in every language")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

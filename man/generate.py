#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what follows from the programs' own tables: three manual pages and the
completions of tillctl for bash and zsh. They are checked in, and tests/check.sh
finds them outdated when a table has changed; then: ./dev man

usage: generate.py BUILD [--check]
"""
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
DATE = "November 22, 2026"


def ask(program, *words):
    return subprocess.run([program, *words], text=True, check=True, capture_output=True).stdout


# -- mdoc -------------------------------------------------------------------------

def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in ".'" else text


words = escape  # a sentence: no line of it may begin like a macro


def page(name, section, what, *body):
    return "\n".join([
        '.\\" SPDX-License-Identifier: Apache-2.0',
        '.\\" Made by man/generate.py: change the table that it comes from, not this.',
        f".Dd {DATE}", f".Dt {name.upper()} {section}", ".Os", ".Sh NAME",
        f".Nm {name}", f".Nd {what}", *body,
        ".Sh SEE ALSO", ".Xr tillctl 1 ,", ".Xr tilld.conf 5 ,", ".Xr tilld 8", ""])


def tagged(rows, width):
    """rows: (tag, lines)"""
    lines = [f".Bl -tag -width {width}"]
    for tag, text in rows:
        lines += [f".It {tag}", *text]
    return lines + [".El"]


# -- tilld-devices(7) ---------------------------------------------------------------

def drivers(text):
    """What "tilld --drivers" prints: (name, summary, [line], [(option, type, default, allowed,
    help)])"""
    found = []
    for block in text.split("\n\n"):
        head = re.match(r"([a-z0-9-]+): (.*)\n", block + "\n")
        if not head or "\n  " not in block:
            continue
        lines, options = [], []
        for line in block.splitlines()[1:]:
            if line.startswith("      "):
                options[-1].append(line.strip())
            elif re.match(r"  ((serial|tcp): |(usb|hid|keyboard|pcsc)$)", line):
                lines.append(line.strip())
            elif line.startswith("  "):
                options.append(re.split(r"  +", line.strip(), maxsplit=3))
        found.append((head.group(1), head.group(2), lines, options))
    return found


WIRES = {"serial": "Serial line", "tcp": "TCP", "usb": "USB, as a printer",
         "hid": "USB, as a HID", "keyboard": "USB, as a keyboard",
         "pcsc": "PC/SC"}


def devices(text):
    body = [".Sh DESCRIPTION",
            "Each device of a till is a section of", ".Xr tilld.conf 5 :", ".Bd -literal -offset indent",
            'device "drawer1" {', '\tdriver = "escpos\\-drawer"', '\ttills = { "1" }',
            '\tserial = "/dev/serial/by\\-id/..."', "}", ".Ed", ".Pp",
            "It has a", ".Cm serial", "port, by", ".Cm tcp", "an address, or, by", ".Cm usb ,",
            ".Cm hid", "or", ".Cm keyboard ,", "its name on USB, or, by", ".Cm pcsc ,",
            "its name as pcscd has it:", ".Xr tilld.conf 5 .",
            "These are the drivers that there are and the options that each has."]
    for name, summary, lines, options in drivers(text):
        body += [f".Ss {name}", words(summary[0].upper() + summary[1:] + ".")]
        for line in lines:
            kind, _, rest = line.partition(": ")
            body += [".br", words(WIRES[kind] + (f": {rest}." if rest else "."))]
        rows = []
        for option in options:
            *head, text_ = option
            otherwise = head[2] if len(head) == 4 else ""
            rows.append((f"Cm {head[0]}", [
                words(text_), words(f"Takes {head[-1]}"
                                    + (f"; by default {otherwise}." if otherwise else "."))]))
        body += tagged(rows, "kicks-per-minute") if rows else []
    return page("tilld-devices", 7, "devices that tilld drives, and their options", *body)


# -- tilld-policy(7) ----------------------------------------------------------------

def policy(api):
    permissions = [(f"Cm {p['id']}", [words(p["meaning"][0].upper() + p["meaning"][1:] + ".")])
                   for p in api["permissions"]]
    objects = [(f"Cm {o['id']}", [words(o["meaning"][0].upper() + o["meaning"][1:] + ".")])
               for o in api["objects"]]
    asks = []
    for row in api["asks"]:
        takes = " and ".join(row["all"])
        if row["any"]:
            takes += (" and one of " if takes else "one of ") + ", ".join(row["any"])
        asks.append((f"Cm {row['name']}", [words(row["asks"][0].upper() + row["asks"][1:] + ".")]
                     + ([words(f"Takes {takes}.")] if takes and takes != row["name"] else [])))
    return page(
        "tilld-policy", 7, "who may do what at a till",
        ".Sh DESCRIPTION",
        "The policy says which operators there are, in which groups they are, and what each group",
        "may do at which tills.",
        "It is one document, which", ".Ic tillctl policy show", "prints and",
        ".Ic tillctl policy apply", "replaces; what differs is shown first.",
        "Whoever lacks a permission can be authorized by somebody who has it: once, for that very",
        "action.",
        ".Sh PERMISSIONS", "What a group is given under", ".Li permissions :",
        *tagged(permissions, "payment.accept_unvalidated"),
        ".Sh RIGHTS", "Under", ".Li rights",
        "a group is given, for each of these objects, one or more of",
        words(", ".join(api["rights"]) + "."),
        *tagged(objects, "cash_withdrawal"),
        ".Sh ACTIONS", "What an app can ask for by name (", ".Ic tillctl check ,",
        ".Ic tillctl can", "), and what it takes:",
        *tagged(asks, "payment.accept_unvalidated"))


# -- tilld-api(7) -------------------------------------------------------------------

def fields(table):
    """The fields of a body or a query, as a sentence."""
    told = []
    for field in table or ():
        name = field["name"] or field["type"]
        told.append(name if field.get("required") else f"[{name}]")
    return ", ".join(told)


def route(row):
    told = []
    if row["query"]:
        told.append(words(f"Query: {fields(row['query'])}."))
    if row["body"]:
        told.append(words(f"Body: {fields(row['body'])}."))
    return (f"Li {row['method']} {escape(row['path'])}", told)


def interface(api):
    problems = [(f"Cm {p['code']}", [words(f"{p['status']}: {p['title']}")]
                 + ([words(p["advice"])] if p.get("advice") else [])) for p in api["problems"]]
    reasons = [(f"Cm {r['reason']}", [words(f"{r['sentence']} {r['advice']}")])
               for r in api["reasons"] if r["reason"] != "none"]
    return page(
        "tilld-api", 7, "how programs talk to tilld",
        ".Sh DESCRIPTION",
        "Programs on the box talk HTTP and JSON to", ".Xr tilld 8",
        "over its Unix socket,", ".Pa /run/tilld/tilld.sock .",
        "The kernel says who they are; their operators sign on with", ".Li POST /v1/sign\\-ons",
        "and send the token as", ".Li Authorization: Bearer .",
        "Whatever moves paper, money or a drawer needs an", ".Li Idempotency\\-Key :",
        "the same key again is the same operation, and never a second movement.",
        "An action that the operator may not do is answered 403 with what could be authorized and by",
        "whom; the same request with", ".Li Prefer: wait=60",
        "arms the badge reader, waits, and goes ahead by itself.",
        ".Pp", "All of it, answers too, is in openapi.yaml beside this package's documentation.",
        ".Sh ROUTES", "Fields in brackets may be left out.",
        *tagged([route(r) for r in api["routes"]], "Ds"),
        ".Sh PROBLEMS", "Refusals are", ".Li application/problem+json ;",
        ".Li code", "is one of these:", *tagged(problems, "authorization-required"),
        ".Sh REASONS", "Why a device is not there, or an operation ended as it did:",
        *tagged(reasons, "counters-ambiguous"))


# -- completions --------------------------------------------------------------------

def verbs(tillctl):
    """{verb: [option]}"""
    found = {}
    listed = ask(tillctl, "help").split("\n\n")[1]
    for line in listed.splitlines():
        name = re.match(r"  ([a-z-]+(?: [a-z-]+)?)  ", line)
        if name:
            told = ask(tillctl, "help", *name.group(1).split())
            blocks = [b for b in re.split(r"(?m)^usage: tillctl ", told)
                      if re.match(re.escape(name.group(1)) + r"(?![a-z-])(?! [a-z-]+\n)", b)]
            text = next((b for b in blocks if re.match(
                re.escape(name.group(1)) + r"( [^a-z]|\n)", b)), blocks[0] if blocks else told)
            found[name.group(1)] = re.findall(r"(?m)^  (--[a-z-]+)", text)
    return found


# What the word after a verb is, where the daemon knows it.
NAMES = {"devices": "device", "trace": "device", "till": "till", "till show": "till",
         "till set": "till", "till remove": "till", "check": "action",
         "operator show": "operator", "operator set": "operator", "operator remove": "operator",
         "operator erase": "operator", "password": "operator", "pin": "operator",
         "badge enroll": "operator", "badge list": "operator", "help": "verb"}
VALUES = {"--till": "till", "--at": "till", "--action": "action", "--login": "operator",
          "--operator": "operator", "--for": "operator"}

# What both shells have in common: plain functions of plain words.
COMMON = r'''
# Values of one field out of JSON that the daemon sent; names have no quotes.
_tillctl_names() {
	grep -o "$1:\"[^\"]*\"" | cut -d'"' -f4 | sort -u
}

_tillctl_known() {
	case $1 in
	device) tillctl devices --json 2>/dev/null | _tillctl_names '"name"' ;;
	till) tillctl tills --json 2>/dev/null | _tillctl_names '"id"' ;;
	operator) tillctl operator list --json 2>/dev/null | _tillctl_names '"login"' ;;
	action) echo "@ACTIONS@" ;;
	verb) echo "@FIRST@" ;;
	esac
}

_tillctl_options() {
	case $1 in
@OPTIONS@
	esac
}

# What the word behind a verb, or behind an option, is.
_tillctl_kind() {
	case $1 in
@KINDS@
	esac
}

# Second words of verbs that have two.
_tillctl_second() {
	case $1 in
@SECOND@
	esac
}

# first, second, the word before and the current one: what could stand there;
# nothing: a file.
_tillctl_choose() {
	_tillctl_verb=$1
	[ -z "$(_tillctl_options "$1 $2")" ] || _tillctl_verb="$1 $2"
	case $3 in
	--*) if [ -n "$(_tillctl_kind "$3")" ]; then
		_tillctl_known "$(_tillctl_kind "$3")"
		return
	fi ;;
	esac
	case $4 in
	-*) echo "$(_tillctl_options "$_tillctl_verb") --socket --json --help" ;;
	*) if [ -z "$1" ]; then
		echo "@FIRST@"
	else
		_tillctl_known "$(_tillctl_kind "$_tillctl_verb")"
		[ -n "$2" ] || _tillctl_second "$1"
	fi ;;
	esac
}
'''

BASH = r'''# bash completion for tillctl                              -*- shell-script -*-
# SPDX-License-Identifier: Apache-2.0
# Made by man/generate.py from tillctl's table of verbs.
''' + COMMON + r'''
_tillctl() {
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local first='' second='' word i
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--*) [ -z "$(_tillctl_kind "$word")" ] || ((i++)) ;;
		*) if [ -z "$first" ]; then first=$word
		   elif [ -z "$second" ]; then second=$word; fi ;;
		esac
	done
	word=$(_tillctl_choose "$first" "$second" "$before" "$current")
	mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current")
	[ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

complete -F _tillctl tillctl
'''

ZSH = r'''#compdef tillctl
# SPDX-License-Identifier: Apache-2.0
# Made by man/generate.py from tillctl's table of verbs.
''' + COMMON + r'''
_tillctl() {
	local current=${words[CURRENT]} before=${words[CURRENT-1]}
	local first='' second='' word i
	for ((i = 2; i < CURRENT; i++)); do
		word=${words[i]}
		case $word in
		--*) [ -z "$(_tillctl_kind "$word")" ] || ((i++)) ;;
		*) if [ -z "$first" ]; then first=$word
		   elif [ -z "$second" ]; then second=$word; fi ;;
		esac
	done
	word=$(_tillctl_choose "$first" "$second" "$before" "$current")
	if [ -n "$word" ]; then compadd -- ${=word}; else _files; fi
}

_tillctl "$@"
'''


def completion(tillctl, api):
    table = verbs(tillctl)
    first = sorted({name.split()[0] for name in table})
    second = {}
    for name in table:
        if " " in name:
            second.setdefault(name.split()[0], []).append(name.split()[1])

    def cases(rows):
        return "\n".join(f'\t"{name}") echo "{value}" ;;' for name, value in rows)
    def fill(text):
        for mark, value in {
                "@ACTIONS@": " ".join(sorted(a["name"] for a in api["asks"])),
                "@FIRST@": " ".join(first),
                "@OPTIONS@": cases((name, " ".join(o)) for name, o in sorted(table.items())),
                "@KINDS@": cases(sorted({**NAMES, **VALUES}.items())),
                "@SECOND@": cases((n, " ".join(sorted(w))) for n, w in sorted(second.items())),
        }.items():
            text = text.replace(mark, value)
        return text
    return {"completion/tillctl.bash": fill(BASH), "completion/_tillctl": fill(ZSH)}


# -- all of it ----------------------------------------------------------------------

def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    api = json.loads(ask(build / "tilld", "--api"))
    made = {"man/tilld-devices.7": devices(ask(build / "tilld", "--drivers")),
            "man/tilld-policy.7": policy(api), "man/tilld-api.7": interface(api),
            **completion(build / "tillctl", api)}
    outdated = [name for name, text in made.items()
                if not (TOP / name).exists() or (TOP / name).read_text() != text]
    if "--check" in sys.argv:
        for name in outdated:
            print(f"{name} is not what the programs' tables say any more: ./dev man")
        sys.exit(1 if outdated else 0)
    for name in outdated:
        (TOP / name).write_text(made[name])
        print(name)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What programs are made of, as CycloneDX 1.5 JSON: every shared library that is loaded with them
(by ldd), which of them needs which (by their dynamic sections), the Debian package and version it
is of, its hash, and which of configure's libraries it is.

	debian/sbom.py --name tilld --version 0.1.0 [--configure configure.ac] PROGRAM...

The same programs on the same system give the same bytes: nothing in it is of when or where it
was made. ./dev package puts it into the packages' documentation.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

ENV = {**os.environ, "LC_ALL": "C", "LANGUAGE": ""}
VDSO = ("linux-vdso.so", "linux-gate.so")


def read(*words, fails=False):
    done = subprocess.run(words, text=True, capture_output=True, env=ENV)
    if done.returncode and not fails:
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return "" if done.returncode else done.stdout


def loaded(program):
    """{soname: file} of all that is loaded with it."""
    found = {}
    for line in read("ldd", program).splitlines():
        words = line.split()
        if not words or words[0].startswith(VDSO):
            continue
        if "not found" in line:
            sys.exit(f"{program}: {line.strip()}")
        path = words[2] if "=>" in words else words[0]
        found[os.path.basename(words[0])] = os.path.realpath(path)
    return found


def needed(file):
    """What it names itself."""
    return re.findall(r"\(NEEDED\)\s+Shared library: \[(.*?)\]", read("readelf", "-d", file))


def packages_of(files):
    """{file: (package, version, architecture)}, without those that are of none."""
    other = {file: file[len("/usr"):] if file.startswith("/usr/lib") else "/usr" + file
             for file in files}  # /lib is /usr/lib now, and packages know either
    told = subprocess.run(["dpkg-query", "-S", *files, *other.values()], text=True,
                          capture_output=True, env=ENV).stdout
    owners = {path: owner for owner, path in (line.rsplit(": ", 1) for line in told.splitlines()
                                              if not line.startswith("diversion "))}
    owner_of = {file: owners.get(file, owners.get(other[file])) for file in files}
    names = sorted({owner for owner in owner_of.values() if owner})
    if not names:
        return {}
    rows = read("dpkg-query", "-W", "-f", "${binary:Package} ${Package} ${Version} "
                "${Architecture}\\n", *names).splitlines()
    facts = {}
    for full, *fact in map(str.split, rows):
        facts[full] = facts[fact[0]] = tuple(fact)
    return {file: facts[owner] for file, owner in owner_of.items() if owner}


def configured(text):
    """{soname's stem: "module version"} of the libraries that configure asks for."""
    asked = re.findall(r"PKG_CHECK_MODULES\(\[\w+\], \[([^\]$]+)\]", text)
    asked += re.findall(r"TILLD_WITH\(\[\w+\], \[\w+\], \[([^\]$]+)\]", text)
    found = {}
    for module in {word for words in asked for word in words.split() if word[0].isalpha()}:
        version = read("pkg-config", "--modversion", module, fails=True).strip()
        for library in re.findall(r"-l(\S+)", read("pkg-config", "--libs-only-l", module,
                                                   fails=True)):
            found[f"lib{library}"] = f"{module} {version}"
    return found


def module_of(soname, modules):
    """libusb-1.0.so.0 is -lusb-1.0's, libevent_core-2.1.so.7 is -levent_core's."""
    stem = soname.split(".so")[0]
    return modules.get(stem) or modules.get(re.sub(r"-\d[\d.]*$", "", stem))


def component(soname, file, package, modules):
    made = {"type": "library", "bom-ref": soname, "name": soname,
            "hashes": [{"alg": "SHA-256",
                        "content": hashlib.sha256(pathlib.Path(file).read_bytes()).hexdigest()}]}
    properties = []
    if package:
        name, version, architecture = package
        made["version"] = version
        made["purl"] = f"pkg:deb/debian/{name}@{version}?arch={architecture}".replace("+", "%2B")
        properties.append({"name": "tilld:debian-package", "value": name})
    module = module_of(soname, modules)
    if module:
        properties.append({"name": "tilld:configure", "value": module})
    if properties:
        made["properties"] = properties
    return made


def describe(name, version, programs, modules):
    libraries, edges = {}, {}
    for program in programs:
        libraries.update(loaded(program))
        edges[os.path.basename(program)] = needed(program)
    for soname, file in libraries.items():
        edges[soname] = [other for other in needed(file) if other in libraries]
    own = {"type": "application", "bom-ref": name, "name": name, "version": version,
           "licenses": [{"license": {"id": "Apache-2.0"}}]}
    packages = packages_of(sorted(set(libraries.values())))
    edges[name] = sorted({soname for program in programs for soname in needed(program)})
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
           "metadata": {"component": {**own, "components": [
               {"type": "file", "bom-ref": f"program:{os.path.basename(program)}",
                "name": os.path.basename(program)} for program in sorted(programs)]}},
           "components": [component(soname, libraries[soname], packages.get(libraries[soname]),
                                    modules)
                          for soname in sorted(libraries)],
           "dependencies": [{"ref": ref, "dependsOn": sorted(set(edges[ref]))}
                            for ref in sorted({name, *libraries})]
           + [{"ref": f"program:{program}", "dependsOn": sorted(set(edges[program]))}
              for program in sorted(map(os.path.basename, programs))]}
    content = json.dumps(bom, sort_keys=True)
    bom["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}"
    return bom


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--configure", type=pathlib.Path,
                        default=pathlib.Path(__file__).parent.parent / "configure.ac")
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    words = parser.parse_args()
    bom = describe(words.name, words.version, words.programs,
                   configured(words.configure.read_text()))
    print(json.dumps(bom, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()

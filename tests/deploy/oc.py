#!/usr/bin/env python3
"""The part of oc's command line that the documents use: process, which fills in a Template, and apply, which here only checks."""

import argparse
import random
import re
import string
import sys

import manifests
import yaml


def arguments():
    parser = argparse.ArgumentParser(prog="oc")
    parser.add_argument("command", choices=["process", "apply"])
    parser.add_argument("-f", "--filename", required=True)
    parser.add_argument("-p", "--param", action="append", default=[])
    parser.add_argument("--param-file", action="append", default=[])
    parser.add_argument("-n", "--namespace", default="default")
    parser.add_argument("-o", "--output", choices=["yaml"], default="yaml")
    parser.add_argument("--local", action="store_true")
    return parser.parse_args()


def text_of(name):
    if name == "-":
        return sys.stdin.read()
    with open(name, encoding="utf-8") as file:
        return file.read()


def given(asked):
    lines = [line for name in asked.param_file for line in text_of(name).splitlines()]
    pairs = [line for line in lines if line.strip() and not line.startswith("#")] + asked.param
    return dict(pair.split("=", 1) for pair in pairs)


def generated(parameter):
    """What stands in `from`: [characters]{count}, as far as our templates use it."""
    ranges, count = re.fullmatch(r"\[([^\]]+)\]\{(\d+)\}", parameter["from"]).groups()
    letters = "".join(
        one for one in string.ascii_letters + string.digits if re.fullmatch(f"[{ranges}]", one)
    )
    return "".join(random.choices(letters, k=int(count)))


def values(template, stated):
    declared = {one["name"]: one for one in template.get("parameters", [])}
    unknown = sorted(stated.keys() - declared.keys())
    if unknown:
        sys.exit(f"error: unknown parameter name {', '.join(unknown)}")
    found = {}
    for name, parameter in declared.items():
        value = stated.get(name, parameter.get("value", ""))
        if not value and parameter.get("generate") == "expression":
            value = generated(parameter)
        if not value and parameter.get("required"):
            sys.exit(f"error: parameter {name} is required and must be specified")
        found[name] = value
    return found


class Filled:
    """A tree with its parameters filled in; remembers which were asked for."""

    def __init__(self, values):
        self.values, self.used = values, set()

    def tree(self, node):
        if isinstance(node, dict):
            return {self.text(key): self.tree(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.tree(value) for value in node]
        if isinstance(node, str):
            raw = re.fullmatch(r"\$\{\{([A-Za-z0-9_]+)\}\}", node)
            return yaml.safe_load(self.value(raw[1])) if raw else self.text(node)
        return node

    def text(self, text):
        return re.sub(r"\$\{([A-Za-z0-9_]+)\}", lambda found: self.value(found[1]), text)

    def value(self, name):
        if name not in self.values:
            sys.exit(f"error: ${{{name}}} is asked for, but there is no such parameter")
        self.used.add(name)
        return self.values[name]


def process(asked):
    (template,) = manifests.read(text_of(asked.filename))
    unknown = set(template) - {"apiVersion", "kind", "metadata", "parameters", "objects", "labels", "message"}
    if (template["apiVersion"], template["kind"]) != ("template.openshift.io/v1", "Template") or unknown:
        sys.exit(f"error: no Template, or one with {sorted(unknown)}")
    filled = Filled(values(template, given(asked)))
    objects = filled.tree(template["objects"])
    # oc itself does not mind; a parameter that does nothing is a mistake all the same.
    unused = sorted(filled.values.keys() - filled.used)
    if unused:
        sys.exit(f"error: nothing asks for the parameter {', '.join(unused)}")
    yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": objects}, sys.stdout, sort_keys=False)


def apply(asked):
    objects = manifests.read(text_of(asked.filename))
    objects = [one for each in objects for one in (each["items"] if each.get("kind") == "List" else [each])]
    found = manifests.problems(objects)
    if found:
        sys.exit("\n".join(found))
    for one in objects:
        print(f"{one['kind'].lower()}/{one['metadata']['name']} created")


def main():
    asked = arguments()
    {"process": process, "apply": apply}[asked.command](asked)


main()

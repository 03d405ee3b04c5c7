#!/usr/bin/env python3
"""The part of helm's command line that the documents use, on Helm's own library: template, lint, upgrade --install.

Nothing is installed anywhere: an upgrade prints what it would send, as template does.
"""

import argparse
import sys

import helm_python as helm
import yaml


def arguments():
    parser = argparse.ArgumentParser(prog="helm")
    parser.add_argument("command", choices=["template", "lint", "upgrade"])
    parser.add_argument("names", nargs="+", metavar="[RELEASE] CHART")
    parser.add_argument("-f", "--values", action="append", default=[])
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--set-file", action="append", default=[])
    parser.add_argument("-n", "--namespace", default="default")
    parser.add_argument("--install", action="store_true")
    return parser.parse_args()


def lay_over(below, above):
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            lay_over(below[key], value)
        else:
            below[key] = value


def values_of(asked):
    values = {}
    for name in asked.values:
        with open(name, encoding="utf-8") as file:
            lay_over(values, yaml.safe_load(file) or {})
    for one in asked.set:
        lay_over(values, helm.parse_set_string(one))
    for one in asked.set_file:
        key, name = one.split("=", 1)
        with open(name, encoding="utf-8") as file:
            value = file.read()
        for part in reversed(key.split(".")):
            value = {part: value}
        lay_over(values, value)
    return values


def lint(path, values):
    report = helm.lint(path, values=values, strict=True)
    # 1 is information: that an icon is recommended.
    problems = [one for one in report["messages"] if one["severity"] > 1]
    print(*problems, *report["errors"], sep="\n")
    print(f"{len(problems) + len(report['errors'])} problems")
    return 1 if problems or report["errors"] else 0


def main():
    asked = arguments()
    values = values_of(asked)
    if asked.command == "lint":
        return lint(asked.names[-1], values)
    release, path = asked.names
    with helm.Chart.load(path) as chart:
        chart.validate_schema(values)
        rendered = chart.render(values, name=release, namespace=asked.namespace)
    for name, text in sorted(rendered.items()):
        if name.endswith(".yaml") and text.strip():
            print(f"---\n# Source: {name}\n{text.strip()}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except helm.HelmError as error:
        sys.exit(f"Error: {error}")

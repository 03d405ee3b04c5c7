#!/usr/bin/env python3
"""Kubernetes objects on standard input: prints them as JSON if nothing is wrong with them, otherwise what is."""

import json
import sys

import manifests
import yaml


def main():
    try:
        objects = manifests.read(sys.stdin.read())
    except yaml.YAMLError as error:
        sys.exit(str(error))
    # What `oc process` prints is one object that holds the others.
    objects = [one for each in objects for one in (each["items"] if each.get("kind") == "List" else [each])]
    if not objects:
        sys.exit("no objects")
    found = manifests.problems(objects)
    if found:
        sys.exit("\n".join(found))
    json.dump(objects, sys.stdout)


main()

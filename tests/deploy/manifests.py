"""Kubernetes objects as text: read strictly, checked against the schemas of several versions and, for the kinds of the
Prometheus Operator and OpenShift that those do not have, against lists of fields of our own.
"""

import kubernetes_validate
import yaml

# The oldest that the chart names, one in between, the newest there is.
VERSIONS = ["1.25", "1.31", "1.37"]

# What the kinds without a schema may say, as far as we use it: a field to its own fields, or to None for any value.
ENDPOINT = {
    "port": None, "path": None, "interval": None, "scrapeTimeout": None, "honorLabels": None, "scheme": None,
    "tlsConfig": {
        "ca": {"configMap": {"name": None, "key": None}, "secret": {"name": None, "key": None}},
        "cert": {"secret": {"name": None, "key": None}},
        "keySecret": {"name": None, "key": None},
        "serverName": None,
    },
    "basicAuth": {"username": {"name": None, "key": None}, "password": {"name": None, "key": None}},
    "relabelings": [{"action": None, "targetLabel": None, "replacement": None}],
}  # fmt: skip
SELECTOR = {"matchLabels": None}
RULE = {
    "alert": None, "record": None, "expr": None, "for": None, "keep_firing_for": None, "labels": None, "annotations": None,
}  # fmt: skip
OWN = {
    "ServiceMonitor": {
        "selector": SELECTOR, "namespaceSelector": {"matchNames": None}, "endpoints": [ENDPOINT],
    },
    "PodMonitor": {
        "selector": SELECTOR, "namespaceSelector": {"matchNames": None}, "podMetricsEndpoints": [ENDPOINT],
    },
    "PrometheusRule": {"groups": [{"name": None, "interval": None, "rules": [RULE]}]},
}  # fmt: skip
OWN_VERSION = "monitoring.coreos.com/v1"


class Strict(yaml.SafeLoader):
    """YAML in which no key stands twice."""


def _mapping(loader, node, deep=False):
    keys = [loader.construct_object(key, deep=deep) for key, _ in node.value]
    twice = sorted({str(key) for key in keys if keys.count(key) > 1})
    if twice:
        raise yaml.constructor.ConstructorError(None, None, f"stands twice: {', '.join(twice)}", node.start_mark)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(text):
    """The objects in a text of one or several documents."""
    return [one for one in yaml.load_all(text, Loader=Strict) if one is not None]


def problems(objects):
    """What is wrong with objects, each a line."""
    found = [problem for one in objects for problem in _problems_of(one)]
    names = [_name(one) for one in objects]
    found += [f"{name}: stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    return found


def _name(one):
    metadata = one.get("metadata") or {}
    return f"{one.get('kind')} {metadata.get('name')}"


def _problems_of(one):
    if not (one.get("metadata") or {}).get("name"):
        return [f"{_name(one)}: has no name"]
    fields = OWN.get(one.get("kind"))
    if fields is not None:
        return _problems_of_own(one, fields)
    return [problem for version in VERSIONS for problem in _against(one, version)]


def _problems_of_own(one, fields):
    whole = {"apiVersion": None, "kind": None, "metadata": None, "spec": fields}
    # App-SRE's own mark, which app-interface takes off.
    shown = {key: value for key, value in one.items() if key != "$schema"}
    found = [f"{_name(one)}: {path}" for path in _unknown(shown, whole, "")]
    if one.get("apiVersion") != OWN_VERSION:
        found.append(f"{_name(one)}: apiVersion is not {OWN_VERSION}")
    return found


def _unknown(value, fields, path):
    if fields is None:
        return []
    if isinstance(fields, list):
        if not isinstance(value, list) or not value:
            return [f"{path}: no list, or an empty one"]
        return [one for i, each in enumerate(value) for one in _unknown(each, fields[0], f"{path}[{i}]")]
    if not isinstance(value, dict):
        return [f"{path}: no table"]
    found = [f"{path}.{key}: unknown field" for key in value if key not in fields]
    for key in value.keys() & fields.keys():
        found += _unknown(value[key], fields[key], f"{path}.{key}")
    return found


def _against(one, version):
    try:
        kubernetes_validate.validate(one, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        path = ".".join(str(part) for part in error.path)
        return [f"{_name(one)}: Kubernetes {version}: {path}: {error.message}"]
    except kubernetes_validate.SchemaNotFoundError as error:
        return [f"{_name(one)}: Kubernetes {version}: {error.message}"]
    return []

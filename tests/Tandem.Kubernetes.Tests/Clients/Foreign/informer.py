"""The official Python client's list and watch: prints what it believes to be there whenever that changes."""
import os
import sys
import time

import urllib3
from kubernetes import client, config, watch

config.load_kube_config(os.environ["KUBECONFIG"])
api = client.CoreV1Api()
present = {}


def show():
    print(" ".join(f"{name}={value}" for name, value in sorted(present.items())), flush=True)


def put(item):
    present[item.metadata.name] = (item.data or {}).get("v", "")


version = None
while True:
    try:
        if version is None:
            listed = api.list_namespaced_config_map("default")
            present.clear()
            for item in listed.items:
                put(item)
            version = listed.metadata.resource_version
            show()
        for event in watch.Watch().stream(api.list_namespaced_config_map, "default", resource_version=version, timeout_seconds=30):
            item = event["object"]
            version = item.metadata.resource_version
            if event["type"] == "DELETED":
                present.pop(item.metadata.name, None)
            elif event["type"] in ("ADDED", "MODIFIED"):
                put(item)
            show()
    except client.ApiException as error:
        print(f"again after: {error.status} {error.reason}", file=sys.stderr, flush=True)
        if error.status == 410:
            version = None
        time.sleep(0.2)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        print(f"again after: {error}", file=sys.stderr, flush=True)
        time.sleep(0.2)

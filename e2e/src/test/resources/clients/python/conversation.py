"""What a program with the official Python client does with a cluster; ends with an error at the first answer it does not expect."""
import sys
import time

from kubernetes import client, config, dynamic, watch

NAMESPACE = "python"
PATIENCE = 90


def eventually(what, probe):
    """Asks until the answer is true, and returns it."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > end:
            sys.exit("waited in vain for " + what)
        time.sleep(0.2)


def refused(status, call):
    """Expects an answer that is an error."""
    try:
        call()
    except client.ApiException as e:
        assert e.status == status, "%s instead of %s: %s" % (e.status, status, e.body)
        return e
    sys.exit("not refused with %d" % status)


def config_maps(core):
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))
    color = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="color"), data={"is": "blue"})
    made = core.create_namespaced_config_map(NAMESPACE, color)
    assert made.metadata.uid and made.metadata.resource_version
    assert "already exists" in refused(409, lambda: core.create_namespaced_config_map(NAMESPACE, color)).body
    made.data["is"] = "red"
    changed = core.replace_namespaced_config_map("color", NAMESPACE, made)
    assert changed.data == {"is": "red"}
    made.data["is"] = "green"
    assert "the object has been modified" in refused(409, lambda: core.replace_namespaced_config_map("color", NAMESPACE, made)).body
    assert core.patch_namespaced_config_map("color", NAMESPACE, {"data": {"was": "red"}}).data == {"is": "red", "was": "red"}
    seen = []
    stream = watch.Watch().stream(core.list_namespaced_config_map, NAMESPACE, field_selector="metadata.name=color", timeout_seconds=60)
    for event in stream:
        seen.append(event["type"])
        if len(seen) == 1:
            core.delete_namespaced_config_map("color", NAMESPACE)
        if event["type"] == "DELETED":
            break
    assert seen == ["ADDED", "DELETED"], seen
    refused(404, lambda: core.read_namespaced_config_map("color", NAMESPACE))


def pages(core):
    for i in range(7):
        core.create_namespaced_secret(NAMESPACE, client.V1Secret(metadata=client.V1ObjectMeta(name="s%d" % i, labels={"page": "x"})))
    first = core.list_namespaced_secret(NAMESPACE, label_selector="page in (x)", limit=4)
    assert (len(first.items), first.metadata.remaining_item_count) == (4, None), first.metadata
    rest = core.list_namespaced_secret(NAMESPACE, label_selector="page in (x)", limit=4, _continue=first.metadata._continue)
    assert [s.metadata.name for s in rest.items] == ["s4", "s5", "s6"]
    core.delete_collection_namespaced_secret(NAMESPACE, label_selector="page=x")
    assert core.list_namespaced_secret(NAMESPACE, label_selector="page").items == []


def deployments(api, apps):
    deployments = dynamic.DynamicClient(api).resources.get(api_version="apps/v1", kind="Deployment")
    wanted = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}},
                 "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "example.com/web:v1"}]}}}}
    applied = deployments.server_side_apply(body=wanted, namespace=NAMESPACE, name="web", field_manager="python")
    assert [m.manager for m in applied.metadata.managedFields] == ["python"]
    eventually("two available pods", lambda: apps.read_namespaced_deployment_status("web", NAMESPACE).status.available_replicas == 2)
    assert apps.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 1}}).spec.replicas == 1
    eventually("one pod", lambda: apps.read_namespaced_deployment_status("web", NAMESPACE).status.replicas == 1)


def main():
    config.load_kube_config()
    core = client.CoreV1Api()
    assert client.VersionApi().get_code().git_version.startswith("v1.36")
    config_maps(core)
    pages(core)
    deployments(client.ApiClient(), client.AppsV1Api())
    core.delete_namespace(NAMESPACE)
    eventually("the end of the namespace", lambda: all(n.metadata.name != NAMESPACE for n in core.list_namespace().items))
    print("done")


main()

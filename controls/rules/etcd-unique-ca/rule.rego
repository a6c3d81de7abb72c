package armo_builtins

import rego.v1

import data.kubescape.control_plane

deny contains finding if {
	some i, pod in input
	control_plane.runs(pod, "etcd")
	some trusted in control_plane.settings(pod.spec.containers[0], "--trusted-ca-file")
	some user in api_servers[trusted.value]
	paths := [trusted.path, user.path]
	finding := {
		"alertMessage": sprintf("%s: etcd and the API server share %s", [
			object.get(pod, ["metadata", "name"], ""),
			trusted.value,
		]),
		"packagename": "armo_builtins",
		"alertScore": 8,
		"failedPaths": paths,
		"reviewPaths": paths,
		"fixPaths": [{"path": path, "value": "<path/to/different-tls-certificate-file.crt>"} | some path in paths],
		"alertObject": {"k8sApiObjects": [pod, input[user.index]]},
	}
}

# api_servers: the API servers by the file of their authority.
api_servers[file] contains user if {
	some i, pod in input
	control_plane.runs(pod, "kube-apiserver")
	some setting in control_plane.settings(pod.spec.containers[0], "--client-ca-file")
	file := setting.value
	user := {"index": i, "path": setting.path}
}

package armo_builtins

import rego.v1

import data.kubescape.cluster
import data.kubescape.workload

deny contains finding if {
	some subject in input
	some volume in workload.pod_spec(subject).volumes
	name := object.get(volume, data.parameters.source, null)
	is_string(name)
	some mounted in cluster.named(data.parameters.kind, workload.namespace(subject), name)
	some entry in workload.containers(subject, ["containers"])
	some k, mount in entry.container.volumeMounts
	mount.name == volume.name
	paths := [sprintf("%s.volumeMounts[%d]", [entry.path, k])]
	finding := {
		"alertMessage": sprintf("%s mounts the %s %s", [workload.name(subject), data.parameters.kind, name]),
		"packagename": "armo_builtins",
		"failedPaths": paths,
		"deletePaths": paths,
		"alertObject": {"k8sApiObjects": [subject]},
		"relatedObjects": [{"object": mounted}],
	}
}

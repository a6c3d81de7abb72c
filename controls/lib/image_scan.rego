# Pods with the scans of their images.
package kubescape.image_scan

import rego.v1

import data.kubescape.workload

scans[image] contains position if {
	some position, report in input
	report.kind == "ImageVulnerabilities"
	image := report.metadata.name
}

# pods: each pod with the scan of each of its images.
pods := [{"pod": pod, "scan": input[position], "container": i} |
	some pod in input
	pod.kind == "Pod"
	some i, container in pod.spec.containers
	some position in scans[container.image]
]

# open_labels: namespace and value of what services select that can be reached from outside.
open_labels contains label if {
	some service in input
	service.kind == "Service"
	object.get(service, ["spec", "type"], "ClusterIP") != "ClusterIP"
	some value in service.spec.selector
	label := [workload.namespace(service), value]
}

# exposed(pod): a service opens it to the outside.
exposed(pod) if {
	some value in pod.metadata.labels
	[workload.namespace(pod), value] in open_labels
}

# subject(entry): what a finding is about.
subject(entry) := {
	"apiVersion": "result.vulnscan.com/v1",
	"kind": entry.pod.kind,
	"metadata": {"name": entry.pod.metadata.name, "namespace": workload.namespace(entry.pod)},
	"relatedObjects": [entry.pod, entry.scan],
}

# chosen(entry): whether the rule is about it.
chosen(_) if not data.parameters.exposed

chosen(entry) if {
	data.parameters.exposed
	exposed(entry.pod)
}

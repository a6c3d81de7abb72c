# Services that select exactly the labels of a workload's pods, and those of them on the port of SSH.
package kubescape.ssh

import rego.v1

import data.kubescape.connected
import data.kubescape.workload

ports := {22, 2222}

# connections: workload and service, with the place of the labels by which they are connected.
connections := [{"subject": subject, "service": service, "path": path} |
	some subject in input
	workload.prefix(subject)
	path := labels_path(subject)
	labels := object.remove(object.get(subject, split(path, "."), {}), ["pod-template-hash"])
	count(labels) > 0
	some service in connected.exact_services(subject.metadata.namespace, labels)
]

labels_path(subject) := "metadata.labels" if subject.kind == "Pod"

else := "spec.jobTemplate.spec.template.metadata.labels" if subject.kind == "CronJob"

else := "spec.template.metadata.labels"

# serves(service): one of its ports is that of SSH.
serves(service) if {
	some port in service.spec.ports
	some number in [object.get(port, "port", 0), object.get(port, "targetPort", 0)]
	number in ports
}

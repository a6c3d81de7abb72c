# Administrative interfaces among the workloads, by their names.
package kubescape.sensitive_interface

import rego.v1

import data.kubescape.selection
import data.kubescape.workload

# workloads: those whose name contains that of a known interface.
workloads := [subject |
	some subject in input
	workload.prefix(subject)
	known(subject.metadata.name)
]

known(name) if {
	some interface in data.postureControlInputs.sensitiveInterfaces
	contains(name, interface)
}

# services(subject): the services of its namespace that select it.
services(subject) := [service |
	some service in input
	service.kind == "Service"
	service.metadata.namespace == subject.metadata.namespace
	count(service.spec.selector) > 0
	some labels in selection.all_labels(subject)
	selection.has_all(labels, service.spec.selector)
]

# Administrative interfaces among the workloads, by their names.
package kubescape.sensitive_interface

import rego.v1

import data.kubescape.selection
import data.kubescape.workload

# positions: where the workloads stand whose name contains that of a known interface.
positions contains position if {
	some position, subject in input
	workload.prefix(subject)
	known(subject.metadata.name)
}

known(name) if {
	some interface in data.postureControlInputs.sensitiveInterfaces
	contains(name, interface)
}

# services(position): the services that select the workload there, each once, in the order of the input.
services(position) := [input[service] | some service in object.get(selected_by, [position], set())]

# selected_by[position]: where the services stand that select the workload there.
selected_by[position] contains service if {
	some service, candidate in input
	candidate.kind == "Service"
	some position in selection.of_service(candidate)
	position in positions
}

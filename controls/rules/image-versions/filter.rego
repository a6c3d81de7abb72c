# The deployments of the programs that the rule is about.
package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	subject.kind == "Deployment"
	some entry in workload.containers(subject, ["containers"])
	some name in data.parameters.names
	contains(entry.container.image, name)
	finding := workload.finding(subject, "is looked at", 0, {})
}

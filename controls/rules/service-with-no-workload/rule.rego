package armo_builtins

import rego.v1

import data.kubescape.selection
import data.kubescape.workload

deny contains finding if {
	some service in input
	service.kind == "Service"
	object.get(service, ["spec", "type"], "") != "ExternalName"
	count(service.spec.selector) > 0
	count(selection.positions(workload.namespace(service), service.spec.selector)) == 0
	finding := workload.finding(service, "it selects no pod", 3, {"failedPaths": ["spec.selector"]})
}

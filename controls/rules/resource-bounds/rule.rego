package armo_builtins

import rego.v1

import data.kubescape.quantity
import data.kubescape.workload

deny contains finding if {
	resource := data.parameters.resource
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	some kind, word in {"requests": "request", "limits": "limit"}
	path := sprintf("%s.resources.%s.%s", [entry.path, kind, resource])
	places := fault(object.get(entry.container, ["resources", kind, resource], null), path, bounds(resource, word))
	message := sprintf("%s is missing or out of bounds", [path])
	finding := workload.finding(subject, message, 7, places)
}

fault(null, path, _) := {"fixPaths": [{"path": path, "value": "YOUR_VALUE"}]}

fault(given, path, limits) := {"failedPaths": [path], "reviewPaths": [path]} if {
	given != null
	quantity.outside(given, limits.most, limits.least)
}

bounds(resource, word) := {
	"most": object.get(data.postureControlInputs, sprintf("%s_%s_max", [resource, word]), []),
	"least": object.get(data.postureControlInputs, sprintf("%s_%s_min", [resource, word]), []),
}

package armo_builtins

import rego.v1

import data.kubescape.quantity
import data.kubescape.sandbox
import data.kubescape.workload

deny contains finding if {
	resource := data.parameters.resource
	some template in sandbox.templates
	some entry in sandbox.containers(template, ["containers"])
	path := sprintf("%s.resources.limits.%s", [entry.path, resource])
	places := fault(object.get(entry.container, ["resources", "limits", resource], null), path)
	finding := workload.finding(template, sprintf("%s is missing or too high", [path]), 7, places)
}

fault(null, path) := {"fixPaths": [{"path": path, "value": "YOUR_VALUE"}]}

fault(given, path) := {"failedPaths": [path], "reviewPaths": [path]} if {
	given != null
	quantity.outside(given, object.get(data.postureControlInputs, data.parameters.bound, []), [])
}

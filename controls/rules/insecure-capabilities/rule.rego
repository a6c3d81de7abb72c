package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.all_containers(subject)
	added := entry.container.securityContext.capabilities.add
	found := [k | some k, capability in added; capability in data.postureControlInputs.insecureCapabilities]
	count(found) > 0
	paths := [sprintf("%s.securityContext.capabilities.add[%d]", [entry.path, k]) | some k in found]
	message := sprintf("%s adds %s", [entry.path, concat(", ", [added[k] | some k in found])])
	finding := workload.finding(subject, message, 7, {"failedPaths": paths, "deletePaths": mendable(entry.path, paths)})
}

# Containers that were added to a running pod cannot be changed.
mendable(path, paths) := paths if not contains(path, "ephemeralContainers[")

else := []

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.all_containers(subject)
	writable(entry.container)
	message := sprintf("%s can write to its root file system", [entry.path])
	finding := workload.finding(subject, message, 7, {"fixPaths": repairs(entry.path)})
}

writable(container) if object.get(container, ["securityContext", "readOnlyRootFilesystem"], false) == false

# Containers that were added to a running pod cannot be changed.
repairs(path) := [{"path": sprintf("%s.securityContext.readOnlyRootFilesystem", [path]), "value": "true"}] if {
	not contains(path, "ephemeralContainers[")
} else := []

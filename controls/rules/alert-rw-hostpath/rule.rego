package armo_builtins

import rego.v1

import data.kubescape.volumes
import data.kubescape.workload

deny contains finding if {
	some subject in input
	names := {volume.name | some volume in volumes.host_volumes(subject)}
	count(names) > 0
	some entry in workload.containers(subject, ["containers", "initContainers"])
	some k, mount in entry.container.volumeMounts
	mount.name in names
	not mount.readOnly == true
	path := sprintf("%s.volumeMounts[%d].readOnly", [entry.path, k])
	message := sprintf("%s may write to the volume %s of the host", [entry.path, mount.name])
	finding := workload.finding(subject, message, 7, {"fixPaths": [{"path": path, "value": "true"}]})
}

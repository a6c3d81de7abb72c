package armo_builtins

import rego.v1

import data.kubescape.volumes
import data.kubescape.workload

deny contains finding if {
	some subject in input
	some volume in volumes.host_volumes(subject)
	bad(volume.host)
	some paths in volumes.uses(subject, volume)
	message := sprintf("the volume %s is %s of the host", [volume.name, volume.host])
	finding := workload.finding(subject, message, data.parameters.score, {"failedPaths": paths, "deletePaths": paths})
}

bad(_) if data.parameters.hosts == ["any"]

bad(host) if host in data.parameters.hosts

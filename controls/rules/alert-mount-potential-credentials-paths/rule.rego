package armo_builtins

import rego.v1

import data.kubescape.volumes
import data.kubescape.workload

deny contains finding if {
	known := data.parameters[data.dataControlInputs.cloudProvider]
	some subject in input
	some volume in volumes.host_volumes(subject)
	as_folder(volume.host) in known
	some entry in volumes.mounting(subject, ["containers", "initContainers"])
	paths := array.concat([volume.path], volumes.mounts(entry, volume.name))
	message := sprintf("the volume %s may hold credentials of the cloud", [volume.name])
	finding := workload.finding(subject, message, 7, {"failedPaths": paths, "deletePaths": paths})
}

as_folder(path) := path if endswith(path, "/")

else := sprintf("%s/", [path])

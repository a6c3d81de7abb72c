# Volumes of the host and where containers mount them.
package kubescape.volumes

import rego.v1

import data.kubescape.workload

# host_volumes(subject): the volumes of a workload that are folders or files of the host.
host_volumes(subject) := [{"path": sprintf("%svolumes[%d]", [workload.prefix(subject), i]), "name": volume.name, "host": volume.hostPath.path} |
	some i, volume in workload.pod_spec(subject).volumes
	volume.hostPath.path
]

# mounting(subject, arrays): the containers that mount anything.
mounting(subject, arrays) := [entry |
	some entry in workload.containers(subject, arrays)
	entry.container.volumeMounts
]

# mounts(entry, name): where a container mounts a volume.
mounts(entry, name) := [sprintf("%s.volumeMounts[%d]", [entry.path, k]) |
	some k, mount in entry.container.volumeMounts
	mount.name == name
]

# uses(subject, volume): for each container that mounts anything, the volume's path and those of its mounts.
uses(subject, volume) := [array.concat([volume.path], mounts(entry, volume.name)) |
	some entry in mounting(subject, ["containers", "initContainers"])
]

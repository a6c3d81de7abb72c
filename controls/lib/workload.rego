# Where the pod spec of a workload stands, for the seven kinds that carry one.
package kubescape.workload

import rego.v1

controllers := {"Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job"}

# prefix(object): the path of the pod spec, with its dot; undefined for other kinds.
prefix(object) := "spec." if object.kind == "Pod"

prefix(object) := "spec.template.spec." if object.kind in controllers

prefix(object) := "spec.jobTemplate.spec.template.spec." if object.kind == "CronJob"

# pod_spec(object): the pod spec itself.
pod_spec(object) := object.spec if object.kind == "Pod"

pod_spec(object) := object.spec.template.spec if object.kind in controllers

pod_spec(object) := object.spec.jobTemplate.spec.template.spec if object.kind == "CronJob"

# containers(object, arrays): every container of the named arrays ("containers", "initContainers",
# "ephemeralContainers") with its path, in order.
containers(object, arrays) := [{"container": container, "path": path} |
	spec := pod_spec(object)
	start := prefix(object)
	some array in arrays
	some i, container in spec[array]
	path := sprintf("%s%s[%d]", [start, array, i])
]

# namespace(object): a missing namespace is "default".
namespace(object) := object.metadata.namespace if object.metadata.namespace != ""

else := "default"

# all_containers(object): every container with its path and array. Only pods have ephemeral ones of their own.
all_containers(object) := containers(object, ["containers", "initContainers", "ephemeralContainers"]) if object.kind == "Pod"

else := containers(object, ["containers", "initContainers"])

# name(object): "Deployment web", for messages.
name(object) := sprintf("%s %s", [object.kind, given_name(object)])

# given_name(object): its name, or the beginning of the name that the API server would make.
given_name(object) := object.metadata.name if object.metadata.name

else := object.metadata.generateName if object.metadata.generateName

else := ""

# finding(subject, message, score, places): what a rule reports of an object.
finding(subject, message, score, places) := object.union(
	{
		"alertMessage": sprintf("%s: %s", [name(subject), message]),
		"packagename": "armo_builtins",
		"alertScore": score,
		"alertObject": {"k8sApiObjects": [subject]},
	},
	places,
)

# any_prefix(object): prefix(object), also of replication controllers.
any_prefix(object) := prefix(object)

any_prefix(object) := "spec.template.spec." if object.kind == "ReplicationController"

# any_spec(object): pod_spec(object), also of replication controllers.
any_spec(object) := pod_spec(object)

any_spec(object) := object.spec.template.spec if object.kind == "ReplicationController"

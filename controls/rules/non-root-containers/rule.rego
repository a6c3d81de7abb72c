package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	pod := object.get(workload.pod_spec(subject), "securityContext", {})
	some entry in workload.all_containers(subject)
	own := object.get(entry.container, "securityContext", {})
	place := {"own": entry.path, "pod": workload.prefix(subject)}
	repairs := array.concat(user_repairs(place, own, pod), group_repairs(place, own, pod))
	count(repairs) > 0
	message := sprintf("%s may run as root or in its group", [entry.path])
	finding := workload.finding(subject, message, 7, {"fixPaths": mendable(entry.path, repairs)})
}

# Containers that were added to a running pod cannot be changed.
mendable(path, repairs) := repairs if not contains(path, "ephemeralContainers[")

else := []

user_repairs(place, own, pod) := [user_repair(place, own, pod)] if {
	effective(own, pod, "runAsNonRoot", false) == false
	effective(own, pod, "runAsUser", 0) == 0
} else := []

group_repairs(place, own, pod) := [{"path": defined_at(place, own, pod, "runAsGroup"), "value": "1000"}] if {
	effective(own, pod, "runAsGroup", 0) == 0
} else := []

user_repair(place, own, pod) := {"path": defined_at(place, own, pod, "runAsUser"), "value": "1000"} if {
	effective(own, pod, "runAsUser", null) != null
} else := {"path": sprintf("%s.securityContext.runAsNonRoot", [place.own]), "value": "true"}

# What holds for a container: its own setting, else the pod's, else the default.
effective(own, pod, field, fallback) := object.get(own, field, object.get(pod, field, fallback))

# Where a setting stands; in the container when it stands nowhere.
defined_at(place, own, pod, field) := sprintf("%ssecurityContext.%s", [place.pod, field]) if {
	not field in object.keys(own)
	field in object.keys(pod)
} else := sprintf("%s.securityContext.%s", [place.own, field])

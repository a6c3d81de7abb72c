# The static pods of the control plane and the flags on their command lines.
#
# Flags are the strings of `command` followed by those of `args`. One string may hold several flags, as in `sh -c`.
package kubescape.control_plane

import rego.v1

# pods: the pods of the component that the rule names (`parameters.component`).
pods := [pod | some pod in input; runs(pod, data.parameters.component)]

# runs(pod, component): the pod's only container starts the component. The input of an aggregator holds nothing else.
runs(_, component) if component == "aggregated"

runs(pod, component) if {
	component in {"kube-apiserver", "kube-controller-manager", "kube-scheduler"}
	pod.kind == "Pod"
	pod.apiVersion == "v1"
	pod.metadata.namespace == "kube-system"
	endswith(program(pod), component)
}

runs(pod, "etcd") if {
	pod.kind == "Pod"
	pod.apiVersion == "v1"
	endswith(split(program(pod), " ")[0], "etcd")
}

# program(pod): the first string of the command of the pod's only container.
program(pod) := pod.spec.containers[0].command[0] if {
	count(pod.spec.containers) == 1
	is_string(pod.spec.containers[0].command[0])
}

# flags(container): all flag strings; what is no string counts as an empty one, so that positions hold.
flags(container) := [text(flag) | some flag in array.concat(strings(container, "command"), strings(container, "args"))]

strings(container, key) := container[key] if {
	is_array(container[key])
} else := []

text(flag) := flag if {
	is_string(flag)
} else := ""

# path(container, i): where flag i stands.
path(container, i) := sprintf("spec.containers[0].command[%d]", [i]) if {
	i < count(strings(container, "command"))
} else := sprintf("spec.containers[0].args[%d]", [i - count(strings(container, "command"))])

# next_path(container, k): where a flag that is missing would go, as the k-th of those that are.
next_path(container, k) := sprintf("%s[%d]", [list_path(container), count(container.args) + k]) if {
	has_args(container)
} else := sprintf("%s[%d]", [list_path(container), count(strings(container, "command")) + k])

# list_path(container): the list that flags are added to.
list_path(container) := "spec.containers[0].args" if {
	has_args(container)
} else := "spec.containers[0].command"

has_args(container) if count(strings(container, "args")) > 0

# given(flags, name): the name stands somewhere in the flags, with or without a value.
given(flags, name) if contains(concat(" ", flags), name)

# settings(container, name): each flag string that gives the flag exactly one value: {path, flag, match, value}.
settings(container, name) := [setting |
	some i, flag in flags(container)
	contains(flag, name)
	matches := regex.find_all_string_submatch_n(sprintf(" ?%s=(.+?)(?: |$)", [name]), flag, -1)
	count(matches) == 1
	setting := {"path": path(container, i), "flag": flag, "name": name, "match": matches[0][0], "value": matches[0][1]}
]

# with_value(setting, value): the flag string with another value; its other flags stay.
with_value(setting, value) := replace(
	setting.flag,
	setting.match,
	sprintf("%s%s=%s%s", [space(startswith(setting.match, " ")), setting.name, value, space(endswith(setting.match, " "))]),
)

space(true) := " "

space(false) := ""

# finding(pod, message, paths, fixes): what a rule about flags reports.
finding(pod, message, paths, fixes) := {
	"alertMessage": sprintf("%s: %s", [object.get(pod, ["metadata", "name"], ""), message]),
	"packagename": "armo_builtins",
	"alertScore": data.parameters.score,
	"failedPaths": paths,
	"reviewPaths": paths,
	"fixPaths": fixes,
	"alertObject": {"k8sApiObjects": [pod]},
}

# subjects: the same pods as a filter reports them.
subjects contains {
	"alertMessage": "",
	"packagename": "armo_builtins",
	"alertObject": {"k8sApiObjects": [pod]},
} if {
	some pod in pods
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	paths := [sprintf("%s.command[%d]", [entry.path, k]) |
		some k, word in entry.container.command
		contains(word, "sudo")
	]
	count(paths) > 0
	message := sprintf("%s uses sudo", [entry.path])
	finding := workload.finding(subject, message, 7, {"failedPaths": paths, "reviewPaths": paths})
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	wanted := object.get(data.postureControlInputs, data.parameters.list, [])
	some subject in input
	repairs := [{"path": sprintf("%s[%s]", [concat(".", path), proposed(wanted)]), "value": "YOUR_VALUE"} |
		some path in label_maps(subject)
		not labelled(object.get(subject, path, {}), wanted)
	]
	count(repairs) > 0
	finding := workload.finding(subject, "it has none of the recommended labels", data.parameters.score, {"fixPaths": repairs})
}

label_maps(subject) := [["metadata", "labels"]] if subject.kind == "Pod"

else := [["metadata", "labels"], ["spec", "jobTemplate", "spec", "template", "metadata", "labels"]] if subject.kind == "CronJob"

else := [["metadata", "labels"], ["spec", "template", "metadata", "labels"]] if workload.prefix(subject)

labelled(labels, wanted) if {
	some label in wanted
	labels[label] != null
}

proposed([]) := "YOUR_LABEL"

proposed(wanted) := wanted[0] if count(wanted) > 0

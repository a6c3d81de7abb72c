package armo_builtins

import rego.v1

deny contains finding if {
	some report in input
	report.kind == "CNIInfo"
	names := report.data.CNINames
	bad(data.parameters.bad, names)
	finding := {
		"alertMessage": "the network of the node ignores network policies",
		"packagename": "armo_builtins",
		"alertScore": 2,
		"fixCommand": "",
		"alertObject": {
			"k8sApiObjects": [],
			"externalObjects": object.union(object.filter(report, ["apiVersion", "kind", "metadata"]), {"data": {"CNINames": names}}),
		},
	}
}

bad("known", names) if {
	"Flannel" in names
	not "Calico" in names
}

bad("known", names) if names == ["aws"]

bad("eks", names) if {
	not "Calico" in names
	not "Cilium" in names
}

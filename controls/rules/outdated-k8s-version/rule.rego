package armo_builtins

import rego.v1

import data.kubescape.node
import data.kubescape.workload

deny contains finding if {
	some subject in node.nodes
	version := subject.status.nodeInfo.kubeletVersion
	not maintained(version)
	finding := {
		"alertMessage": sprintf("the node %s runs %s, which gets no more fixes", [workload.given_name(subject), version]),
		"packagename": "armo_builtins",
		"reviewPaths": ["status.nodeInfo.kubeletVersion"],
		"alertObject": {"k8sApiObjects": [subject]},
	}
}

maintained(version) if {
	some minor in data.parameters.maintained
	startswith(version, minor)
}

package armo_builtins

import rego.v1

import data.kubescape.node
import data.kubescape.workload

deny contains finding if {
	some subject in node.nodes
	not startswith(subject.status.nodeInfo.osImage, "Bottlerocket")
	paths := ["status.nodeInfo.osImage"]
	message := "its operating system is not made for containers alone"
	finding := workload.finding(subject, message, 7, {"failedPaths": paths, "reviewPaths": paths})
}

# Kernels of the nodes.
package kubescape.kernel

import rego.v1

# vulnerable(version): a kernel such as 5.4.0-1065-azure with the hole of CVE-2022-0185.
vulnerable(version) if {
	[found] := regex.find_all_string_submatch_n(`^(\d+)\.(\d+)\.(\d+)-(\d+)-(\w+)`, version, 1)
	affected(found[5], [to_number(found[i]) | some i in [1, 2, 3, 4]])
}

affected(vendor, [5, minor, patch, _]) if {
	vendor != "azure"
	minor >= 1
	minor <= 16
	patch < 2
}

affected("azure", [5, minor, 0, build]) if {
	minor >= 1
	minor <= 4
	build < 1067
}

# variables(name): what the host scanner says of the kernel of a node.
variables(name) := [input[position] | some position in object.get(reports, [name], set())]

# reports[name]: where the reports of a node stand.
reports[name] contains position if {
	some position, report in input
	report.kind == "LinuxKernelVariables"
	name := report.metadata.name
}

# subject(node, related): what a finding is about.
subject(node, related) := {
	"name": node.metadata.name,
	"namespace": "",
	"kind": node.kind,
	"kernelVersion": node.status.nodeInfo.kernelVersion,
	"relatedObjects": related,
}

linux_nodes := [node |
	some node in input
	node.kind == "Node"
	node.status.nodeInfo.operatingSystem == "linux"
]

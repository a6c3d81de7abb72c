# Versions of what runs on nodes.
package kubescape.node

import rego.v1

nodes := [node | some node in input; node.kind == "Node"]

# numbers(version): [major, minor, patch] of v1.2.3 with whatever follows.
numbers(version) := [to_number(part) | some part in split(found, ".")] if {
	found := regex.find_n(`[0-9]+\.[0-9]+\.[0-9]+`, version, 1)[0]
}

# follows_links: the kubelet of some node follows links out of a mounted part of a volume (CVE-2021-25741).
follows_links if {
	some node in nodes
	version := numbers(node.status.nodeInfo.kubeletVersion)
	vulnerable(version)
}

vulnerable([1, minor, _]) if minor < 19

vulnerable([1, 19, patch]) if patch <= 14

vulnerable([1, 20, patch]) if patch <= 10

vulnerable([1, 21, patch]) if patch <= 4

vulnerable([1, 22, patch]) if patch <= 1

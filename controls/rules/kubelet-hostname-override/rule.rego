package armo_builtins

import rego.v1

import data.kubescape.kubelet

deny contains finding if {
	some report in kubelet.reports
	contains(report.data.cmdLine, "--hostname-override")
	finding := kubelet.finding(report, "--hostname-override is given", [], kubelet.command_line(report))
}

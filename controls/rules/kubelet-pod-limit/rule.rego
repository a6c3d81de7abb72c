package armo_builtins

import rego.v1

import data.kubescape.kubelet

deny contains finding if {
	some report in kubelet.reports
	not contains(report.data.cmdLine, "--pod-max-pids")
	not limited(report)
	finding := kubelet.finding(
		report,
		"neither --pod-max-pids nor podPidsLimit is given",
		[],
		kubelet.command_line(report),
	)
}

limited(report) if "podPidsLimit" in object.keys(kubelet.config(report))

# A file that is no proper document gets the benefit of the doubt.
limited(report) if {
	not kubelet.config(report)
	contains(kubelet.text(report), "podPidsLimit")
}

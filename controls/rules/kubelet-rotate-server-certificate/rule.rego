package armo_builtins

import rego.v1

import data.kubescape.kubelet

deny contains finding if {
	some report in kubelet.reports
	not contains(report.data.cmdLine, "--rotate-server-certificates")
	not bootstrapped(report)
	not gated(report.data.cmdLine)
	finding := kubelet.finding(
		report,
		"nothing turns the rotation of the server certificate on",
		[],
		kubelet.command_line(report),
	)
}

bootstrapped(report) if kubelet.config(report).serverTLSBootstrap == true

gated(line) if {
	some word in split(line, " ")
	startswith(word, "--feature-gates=")
	contains(word, "RotateKubeletServerCertificate=true")
}

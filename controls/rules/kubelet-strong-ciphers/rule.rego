package armo_builtins

import rego.v1

import data.kubescape.kubelet

flag := "--tls-cipher-suites"

deny contains finding if {
	some report in kubelet.reports
	contains(report.data.cmdLine, flag)
	not begins_strong(report.data.cmdLine)
	finding := kubelet.finding(report, sprintf("%s names weak ciphers", [flag]), [], kubelet.command_line(report))
}

deny contains finding if {
	some report in kubelet.reports
	not contains(report.data.cmdLine, flag)
	kubelet.configured(report)
	some key in weak(kubelet.config(report))
	finding := kubelet.finding(report, sprintf("%s names weak ciphers", [key]), [key], kubelet.config_text(report))
}

deny contains finding if {
	some report in kubelet.reports
	not contains(report.data.cmdLine, flag)
	not kubelet.configured(report)
	finding := kubelet.finding(
		report,
		sprintf("%s not given, and no configuration file", [flag]),
		[],
		kubelet.command_line(report),
	)
}

begins_strong(line) if {
	some cipher in data.parameters.strong
	contains(line, sprintf("%s=%s", [flag, cipher]))
}

# weak(config): the keys that hold weak ciphers. The kubelet reads a list under `tlsCipherSuites`; one name under
# `TLSCipherSuites` is what reports have been seen to carry.
weak(config) := array.concat(
	[key | some key in ["TLSCipherSuites"]; config[key] != null; not config[key] in data.parameters.strong],
	[key | some key in ["tlsCipherSuites"]; not all_strong(object.get(config, key, null))],
)

all_strong(null) := true

all_strong(ciphers) if {
	is_array(ciphers)
	every cipher in ciphers {
		cipher in data.parameters.strong
	}
}

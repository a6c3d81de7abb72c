package armo_builtins

import rego.v1

import data.kubescape.kubelet

# Without a configuration file both must stand on the command line.
deny contains finding if {
	some report in kubelet.reports
	not kubelet.configured(report)
	names := [file.flag | some file in data.parameters.files; not contains(report.data.cmdLine, file.flag)]
	count(names) > 0
	finding := answer(report, names, kubelet.command_line(report))
}

# With one, each must stand in either place.
deny contains finding if {
	some report in kubelet.reports
	kubelet.configured(report)
	config := kubelet.config(report)
	names := [file.property |
		some file in data.parameters.files
		not contains(report.data.cmdLine, file.flag)
		object.get(config, file.property, null) == null
	]
	count(names) > 0
	finding := answer(report, names, kubelet.config_text(report))
}

answer(report, names, external) := kubelet.finding(
	report,
	sprintf("%s not given", [concat(", ", names)]),
	[],
	external,
)

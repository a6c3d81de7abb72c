# A setting of the kubelet that stands on its command line or in its configuration file.
package armo_builtins

import rego.v1

import data.kubescape.kubelet

parameters := data.parameters

# The flag has a bad value.
deny contains finding if {
	some report in kubelet.reports
	contains(report.data.cmdLine, parameters.flag)
	bad_flag(report.data.cmdLine)
	found := kubelet.finding(
		report,
		sprintf("%s has a bad value", [parameters.flag]),
		[],
		kubelet.command_line(report),
	)
	finding := placed(found)
}

# The configuration file has a bad value.
deny contains finding if {
	some report in kubelet.reports
	left_to_config(report)
	kubelet.configured(report)
	config := kubelet.config(report)
	bad_property(config)
	finding := kubelet.finding(
		report,
		sprintf("%s has a bad value", [property]),
		[property],
		kubelet.config_text(report),
	)
}

# The configuration file could not be read.
deny contains finding if {
	some report in kubelet.reports
	left_to_config(report)
	kubelet.unreadable(report)
	finding := object.union(
		kubelet.finding(report, "the configuration file could not be read", [], kubelet.bare(report)),
		{"alertScore": object.get(parameters, "unreadableScore", parameters.score)},
	)
}

# Neither flag nor configuration file: the default is bad.
deny contains finding if {
	parameters.neither
	some report in kubelet.reports
	left_to_config(report)
	not kubelet.configured(report)
	finding := kubelet.finding(
		report,
		sprintf("%s not given, and no configuration file", [parameters.flag]),
		[],
		shown(kubelet.command_line(report)),
	)
}

property := concat(".", parameters.property)

# left_to_config(report): the flag does not decide.
left_to_config(_) if object.get(parameters, "flag", "") == ""

left_to_config(_) if parameters.flagDecides == false

left_to_config(report) if not contains(report.data.cmdLine, parameters.flag)

bad_flag(line) if contains(line, parameters.badFlag)

bad_flag(line) if {
	good := parameters.goodFlag
	not contains(line, good)
}

bad_property(config) if {
	parameters.badProperty == "missing"
	object.get(config, parameters.property, null) == null
}

bad_property(config) if {
	parameters.badProperty == "not true"
	not object.get(config, parameters.property, null) == true
}

bad_property(config) if {
	parameters.badProperty == "set"
	not object.get(config, parameters.property, null) in {null, false, 0}
}

bad_property(config) if object.get(config, parameters.property, null) == parameters.badValue

# placed(finding): some findings carry the report in place of the object that it should stand in.
placed(finding) := object.union(
	object.remove(finding, ["alertObject"]),
	{"alertObject": finding.alertObject.externalObjects},
) if {
	parameters.misplaced
} else := finding

shown(external) := object.remove(external, ["metadata"]) if {
	parameters.neither == "nameless"
} else := external

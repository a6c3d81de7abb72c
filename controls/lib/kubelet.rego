# The kubelets of the nodes: their command line and their configuration file, as the host scanner reports them.
package kubescape.kubelet

import rego.v1

import data.kubescape.host

# reports: the kubelets whose command line is known.
reports := [report | some report in host.reports("KubeletInfo"); is_string(report.data.cmdLine)]

# configured(report): a configuration file is named on the command line.
configured(report) if contains(report.data.cmdLine, "--config")

# text(report): the configuration file, decoded.
text(report) := host.decoded(report.data.configFile.content)

# config(report): the configuration; an empty file is an empty one.
config(report) := document if {
	document := host.document(text(report))
	is_object(document)
} else := {} if {
	host.document(text(report)) == null
}

# unreadable(report): the scanner could not read the configuration file.
unreadable(report) if {
	configured(report)
	not report.data.configFile.content
}

# command_line(report): the report with nothing but the command line.
command_line(report) := host.part(report, {"cmdLine": report.data.cmdLine})

# config_text(report): the report with nothing but the decoded configuration.
config_text(report) := host.part(report, {"configFile": {"content": text(report)}})

# bare(report): the whole report without its metadata.
bare(report) := object.filter(report, ["apiVersion", "kind", "data"])

# finding(report, message, paths, external): what a rule about kubelets reports.
finding(report, message, paths, external) := {
	"alertMessage": sprintf("%s: %s", [host.name(report), message]),
	"packagename": "armo_builtins",
	"alertScore": data.parameters.score,
	"failedPaths": paths,
	"reviewPaths": paths,
	"fixPaths": [],
	"alertObject": {"externalObjects": external},
}

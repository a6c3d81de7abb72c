# Files of the nodes, as the reports of the host scanner describe them.
package kubescape.host_file

import rego.v1

import data.kubescape.host

# found: every file that the rule names in its parameters, with the report and with what a finding shows of it.
# `parameters.kind` is the kind of report; `parameters.files` says where the files stand in it: `path`, at which
# there is a file, or with `list: true` a list of files; `suffix` selects files by their path.
found := [{"report": report, "file": file.file, "external": host.part(report, nested(place.path, file.shown))} |
	some report in host.reports(data.parameters.kind)
	some place in data.parameters.files
	some file in files(object.get(report, array.concat(["data"], place.path), null), place)
	is_string(file.file.path)
	endswith(file.file.path, object.get(place, "suffix", ""))
]

files(value, place) := [{"file": file, "shown": [file]} | some file in value; is_object(file)] if {
	is_array(value)
	place.list
}

files(value, place) := [{"file": value, "shown": value}] if {
	is_object(value)
	not place.list
}

nested(path, value) := {path[0]: value} if count(path) == 1

nested(path, value) := {path[0]: {path[1]: value}} if count(path) == 2

# finding(entry, message, command): what a rule about files reports; not every rule has a score.
finding(entry, message, command) := object.union(
	{
		"alertMessage": sprintf("%s: %s", [host.name(entry.report), message]),
		"packagename": "armo_builtins",
		"failedPaths": [],
		"fixPaths": [],
		"fixCommand": command,
		"alertObject": {"externalObjects": entry.external},
	},
	score,
)

score := {"alertScore": data.parameters.score} if {
	data.parameters.score
} else := {}

# Data of the nodes: what the host scanner reports, and the configuration files in it.
package kubescape.host

import rego.v1

# reports(kind): the reports of a kind.
reports(kind) := [report |
	some report in input
	report.kind == kind
	report.apiVersion == "hostdata.kubescape.cloud/v1beta0"
]

# part(report, content): the report with nothing but `content` as its data.
part(report, content) := object.union(
	object.filter(report, ["apiVersion", "kind", "metadata"]),
	{"data": content},
)

# name(report): the name of the node.
name(report) := object.get(report, ["metadata", "name"], "")

# decoded(content): the text of a file, which reports carry in base64.
decoded(content) := base64.decode(content) if {
	is_string(content)
	base64.is_valid(content)
}

# document(text): the YAML or JSON document in the text of a file.
document(text) := yaml.unmarshal(text) if yaml.is_valid(text)

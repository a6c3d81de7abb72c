# Feature gates of the API server, as the host scanner reports its command line.
package kubescape.feature_gates

import rego.v1

# enabled: gates that the API server sets to true.
enabled := {name |
	some report in input
	report.kind == "ControlPlaneInfo"
	startswith(report.apiVersion, "hostdata.kubescape.cloud/")
	some token in split(report.data.APIServerInfo.cmdLine, " ")
	startswith(token, "--feature-gates=")
	some setting in split(trim_prefix(token, "--feature-gates="), ",")
	[name, "true"] := split(setting, "=")
}

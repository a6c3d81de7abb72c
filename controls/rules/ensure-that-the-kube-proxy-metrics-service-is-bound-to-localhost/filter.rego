# The settings that the rule is about.
package armo_builtins

import rego.v1

import data.kubescape.kube_proxy
import data.kubescape.workload

deny contains finding if {
	some settings in kube_proxy.settings
	finding := workload.finding(settings, "is looked at", 7, {})
}

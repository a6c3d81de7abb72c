package armo_builtins

import rego.v1

import data.kubescape.kube_proxy
import data.kubescape.workload

deny contains finding if {
	some settings in kube_proxy.settings
	config := yaml.unmarshal(kube_proxy.text(settings))
	bad(object.get(config, "metricsBindAddress", null))
	message := "its metrics can be read from outside of the node"
	finding := workload.finding(settings, message, 7, {"failedPaths": ["data"]})
}

bad(null)

bad("")

bad(address) if startswith(address, "0.0.0.0")

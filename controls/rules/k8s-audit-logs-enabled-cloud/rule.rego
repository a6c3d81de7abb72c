package armo_builtins

import rego.v1

import data.kubescape.cloud

deny contains finding if {
	some provider in ["gke", "eks"]
	some description in cloud.descriptions(provider, "ClusterDescribe")
	unlogged(provider, description.data)
	finding := cloud.finding(description, "the audit log is off", 3, {"fixCommand": data.parameters[provider]})
}

unlogged("gke", described) if {
	count(object.get(described, ["logging_config", "component_config", "enable_components"], [])) == 0
}

unlogged("gke", described) if described.logging_config.component_config.enable_components == null

unlogged("eks", described) if {
	enabled := {type |
		some setup in described.Cluster.Logging.ClusterLogging
		setup.Enabled == true
		some type in setup.Types
	}
	some type in data.parameters.types
	not type in enabled
}

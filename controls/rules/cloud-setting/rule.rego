package armo_builtins

import rego.v1

import data.kubescape.cloud

deny contains finding if {
	some description in cloud.descriptions(data.parameters.provider, data.parameters.kind)
	bad(data.parameters.check, object.get(description, "data", {}))
	finding := cloud.finding(description, "the setting should be changed", data.parameters.score, places(data.parameters))
}

places(parameters) := {"fixCommand": parameters.command} if {
	is_string(parameters.command)
} else := {}

# What is to be reviewed in any case.
bad("ensure-aws-policies-are-present", _)

bad("list-iam-policies-in-gcp", _)

bad("list-role-definitions-in-acr", _)

bad("cluster-access-manager-api-eks", described) if described.Cluster.AccessConfig.AuthenticationMode == "CONFIG_MAP"

bad("ensure-endpointprivateaccess-is-enabled", described) if network(described).EndpointPrivateAccess == false

bad("ensure-endpointprivateaccess-is-enabled-and-endpointpublicaccess-is-disabled-eks", described) if {
	network(described).EndpointPrivateAccess == false
}

bad("ensure-endpointprivateaccess-is-enabled-and-endpointpublicaccess-is-disabled-eks", described) if {
	network(described).EndpointPublicAccess == true
}

bad("ensure-endpointpublicaccess-is-disabled-on-private-nodes-eks", described) if {
	network(described).EndpointPublicAccess == true
	"0.0.0.0/0" in network(described).PublicAccessCidrs
}

bad("ensure-azure-rbac-is-set", described) if not described.properties.aadProfile.enableAzureRBAC == true

bad("ensure-clusters-are-created-with-private-endpoint-enabled-and-public-access-disabled", described) if {
	not described.properties.privateEndpoint.id
}

bad("ensure-clusters-are-created-with-private-nodes", described) if {
	not described.properties.apiServerAccessProfile.enablePrivateCluster == true
}

bad("ensure-image-vulnerability-scanning-using-azure-defender-image-scanning-or-a-third-party-provider", described) if {
	not described.properties.securityProfile.defender.securityMonitoring.enabled == true
}

bad("psp-enabled-cloud", described) if not described.pod_security_policy_config.enabled == true

bad("restrict-access-to-the-control-plane-endpoint", described) if {
	not filled(object.get(described, ["properties", "apiServerAccessProfile", "authorizedIPRanges"], null))
}

bad("rule-cni-enabled-aks", described) if not enforcing(object.get(described, ["properties", "networkProfile"], {}))

network(described) := described.Cluster.ResourcesVpcConfig

filled(list) if {
	is_array(list)
	count(list) > 0
}

enforcing(profile) if {
	[profile.networkPlugin, profile.networkPolicy] in {["azure", "azure"], ["azure", "calico"], ["kubenet", "calico"]}
}

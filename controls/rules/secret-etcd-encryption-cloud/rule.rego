package armo_builtins

import rego.v1

import data.kubescape.cloud

deny contains finding if {
	some provider in ["aks", "eks", "gke"]
	some description in cloud.descriptions(provider, "ClusterDescribe")
	not encrypted(provider, object.get(description, "data", {}))
	places := object.union({"fixCommand": data.parameters[provider]}, paths(provider))
	finding := cloud.finding(description, "secrets are not encrypted at rest", 3, places)
}

paths("gke") := {"failedPaths": [path], "reviewPaths": [path]} if path := "data.database_encryption.state"

paths(provider) := {} if provider != "gke"

encrypted("gke", described) if described.database_encryption.state in {"1", "ENCRYPTED"}

encrypted("eks", described) if {
	some setup in described.Cluster.EncryptionConfig
	setup.Provider.KeyArn
	setup.Resources
}

encrypted("eks", described) if {
	some setup in described.cluster.encryptionConfig
	setup.provider.keyArn
	setup.resources
}

encrypted("aks", described) if {
	pools := described.properties.agentPoolProfiles
	count(pools) > 0
	every pool in pools {
		pool.enableEncryptionAtHost == true
	}
}

encrypted("aks", described) if described.properties.securityProfile.azureKeyVaultKms.enabled == true

encrypted("aks", described) if {
	described.properties.kubernetesResourceObjectEncryptionProfile.infrastructureEncryption == "Enabled"
}

# Descriptions that cloud providers give of a cluster.
package kubescape.cloud

import rego.v1

groups := {
	"eks": "eks.amazonaws.com/v1",
	"aks": "management.azure.com/v1",
	"gke": "container.googleapis.com/v1",
}

# descriptions(provider, kind): the descriptions of a kind that a provider gives.
descriptions(provider, kind) := [description |
	some description in input
	description.kind == kind
	description.apiVersion == groups[provider]
]

# finding(description, message, score, places): what a rule reports of a description.
finding(description, message, score, places) := object.union(
	{
		"alertMessage": message,
		"packagename": "armo_builtins",
		"alertScore": score,
		"alertObject": {"k8sApiObjects": [], "externalObjects": description},
	},
	places,
)

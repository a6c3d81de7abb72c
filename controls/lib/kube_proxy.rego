# The settings of kube-proxy.
package kubescape.kube_proxy

import rego.v1

settings := [object |
	some object in input
	object.kind == "ConfigMap"
	object.metadata.name == "kube-proxy"
	object.metadata.namespace == "kube-system"
]

# text(settings): the configuration file among the settings.
text(settings) := settings.data["config.conf"] if settings.data["config.conf"]

else := settings.data["kubeconfig.conf"] if settings.data["kubeconfig.conf"]

else := settings.data.config

package armo_builtins

import rego.v1

import data.kubescape.control_plane

deny contains finding if {
	some pod in control_plane.pods
	container := pod.spec.containers[0]
	some i, flag in control_plane.flags(container)
	contains(flag, "--token-auth-file=")
	words := split(flag, " ")
	others := [word | some word in words; not names_file(word)]
	count(others) < count(words)
	path := control_plane.path(container, i)
	finding := control_plane.finding(
		pod,
		"tokens from a file are accepted",
		[path],
		[{"path": path, "value": rest} |
			rest := concat(" ", others)
			rest != ""
		],
	)
}

names_file(word) if {
	startswith(word, "--token-auth-file=")
	word != "--token-auth-file="
}

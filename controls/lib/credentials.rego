# Keys and values that look like credentials, by the lists of the user.
package kubescape.credentials

import rego.v1

# named(key): the key contains the name of a credential.
named(key) if {
	lowered := lower(key)
	some name in names
	contains(lowered, name)
}

names := {lower(name) | some name in data.postureControlInputs.sensitiveKeyNames}

# looks(value): the value looks like a credential.
looks(value) if regex.match(looks_expression, value)

# All expressions in one, so that a value is read once.
looks_expression := sprintf("(?i)%s", [concat("|", parts)]) if {
	parts := [sprintf("(?:%s)", [expression]) |
		some expression in data.postureControlInputs.sensitiveValues
		regex.is_valid(expression)
	]
	count(parts) > 0
}

# allowed(key, value): the user says that it is none.
allowed(key, _) if {
	lowered := lower(key)
	some name in object.get(data.postureControlInputs, "sensitiveKeyNamesAllowed", [])
	contains(lowered, lower(name))
}

allowed(_, value) if {
	some expression in object.get(data.postureControlInputs, "sensitiveValuesAllowed", [])
	regex.match(sprintf("(?i)%s", [expression]), value)
}

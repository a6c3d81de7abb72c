# Keys and values that look like credentials, by the lists of the user.
package kubescape.credentials

import rego.v1

# named(key): the key contains the name of a credential.
named(key) if {
	lowered := lower(key)
	some name in data.postureControlInputs.sensitiveKeyNames
	contains(lowered, lower(name))
}

# looks(value): the value looks like a credential.
looks(value) if {
	some expression in data.postureControlInputs.sensitiveValues
	regex.match(sprintf("(?i)%s", [expression]), value)
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
